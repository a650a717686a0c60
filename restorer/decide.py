"""From candidates to findings: thresholds, and what is protected."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from restorer.config import QuotePolicy, Settings
from restorer.errors import SettingsError
from restorer.types import Calibration, DocumentSummary, Finding

__all__ = ["LOOKS_CLEAN", "Policy", "Thresholds", "thresholds_for"]

QUOTED_DOUBT = 0.25
"""How far the threshold of an edit inside a quotation moves towards certainty, unless the document's were spun."""

GUARDED_DOUBT = 0.8
"""The same for an edit in a headline in capitals, a table, verse or another language, or in a text that looks clean."""

LOOKS_CLEAN = 0.2
"""Probability of having been spun below which a text looks clean: a lone "mentioned" there is its author's own."""

CAREFUL = 0.001
"""False alarms per word up to which texts that look clean are spared; who asks for more, or names a threshold of their
own, gets what they ask for."""

CERTAIN = ("leftover", "reference")

_PIECE = re.compile(r"\w+|[^\w\s]")
_BEGIN = r"(?<!\w['’-])"
_END = r"(?:(?=['’]s\b)|(?!\w|['’-]\w))"
"""A phrase ends where a word does; a possessive is still the phrase."""


class Thresholds(NamedTuple):
    """From where on a candidate counts.

    :param flag: Least posterior of a flag.
    :param edit: Least confidence of an applied edit.
    :param careful: Whether a text that looks clean asks for more.
    """

    flag: float
    edit: float
    careful: bool = True


def thresholds_for(calibration: Calibration, *, fpr: float | None = None, threshold: float | None = None) -> Thresholds:
    """The thresholds for one of the two ways to ask.

    :param calibration: The model's calibration.
    :param fpr: Requested false alarms per word.
    :param threshold: Least probability of a flag and least confidence of an edit.
    :return: Posterior threshold for flags, confidence threshold for edits, and whether clean texts are spared.
    :raises SettingsError: if neither or both are given, or the value is out of range.
    """
    if (fpr is None) == (threshold is None):
        msg = f"give either fpr or threshold, got fpr={fpr} and threshold={threshold}"
        raise SettingsError(msg)
    if threshold is not None:
        if not 0.0 <= threshold <= 1.0:
            msg = f"threshold must be between 0 and 1, got {threshold}; try 0.8"
            raise SettingsError(msg)
        return Thresholds(threshold, threshold, careful=False)
    return Thresholds(*calibration.thresholds(fpr or 0.0), careful=(fpr or 0.0) <= CAREFUL)


@dataclass(frozen=True, slots=True)
class Policy:
    """Turns candidates into findings.

    :param quotes: What to do inside quotations.
    :param ignored: Words and phrases that are never flagged, in any case and with any white space.
    :param quotes_spun: Whether the document's quotations were spun like the rest of it; None when that is not known.
    :param text: The document's text, so that a span inside an ignored phrase is known; a span that contains one is
        known without it.
    :param looks_clean: Whether the document's probability of having been spun is below :data:`LOOKS_CLEAN`.
    """

    quotes: QuotePolicy = "restore"
    ignored: frozenset[str] = frozenset()
    quotes_spun: bool | None = None
    text: str = field(default="", repr=False)
    looks_clean: bool = False

    @classmethod
    def from_settings(cls, settings: Settings, summary: DocumentSummary | None = None, text: str = "") -> Policy:
        """The policy a user's settings ask for.

        :param settings: The settings.
        :param summary: Figures of the document, if they are known.
        :param text: The document's text.
        :return: The policy.
        """
        quotes_spun = summary.quotes_spun if summary else None
        looks_clean = summary is not None and summary.spun_probability < LOOKS_CLEAN
        return cls(settings.quotes, settings.ignore_words, quotes_spun, text, looks_clean)

    def __call__(
        self, candidates: tuple[Finding, ...], flag: float, edit: float, careful: bool = True
    ) -> tuple[Finding, ...]:
        """Keep what is flagged and say which edits are applied.

        :param candidates: Candidate findings in order of position.
        :param flag: Least posterior of a flag.
        :param edit: Least confidence of an applied edit.
        :param careful: Whether a text that looks clean asks for more.
        :return: Findings in order of position.
        """
        spared = _spared(self.text, self.ignored)
        kept = (self._decided(c, flag, edit, careful) for c in candidates if not self._ignored(c, spared))
        return tuple(f for f in kept if f is not None)

    def _decided(self, candidate: Finding, flag: float, edit: float, careful: bool) -> Finding | None:
        if candidate.in_quotation and self.quotes == "skip":
            return None
        sure = candidate.kind in CERTAIN
        needed = edit
        if candidate.in_quotation and not self.quotes_spun:
            needed += (1.0 - edit) * QUOTED_DOUBT
        if candidate.evidence.guard is not None or (careful and self.looks_clean):
            needed = max(needed, edit + (1.0 - edit) * GUARDED_DOUBT)
        applied = candidate.replacement is not None and (sure or candidate.confidence >= needed)
        if candidate.in_quotation and self.quotes == "flag":
            applied, needed = False, 1.0
        if not (applied or sure or candidate.evidence.posterior >= flag):
            return None
        if applied or candidate.replacement is None:
            return replace(candidate, applied=applied)
        return replace(candidate, applied=False, evidence=replace(candidate.evidence, asked=round(needed, 4)))

    def _ignored(self, candidate: Finding, spared: bytearray) -> bool:
        """Whether the span touches an ignored word or phrase of the document, or contains one."""
        return 1 in spared[candidate.start : candidate.end] or 1 in _spared(candidate.text, self.ignored)


def _spared(text: str, ignored: frozenset[str]) -> bytearray:
    """For each code point of the text, 1 where an ignored word or phrase stands."""
    if not ignored:
        return bytearray()
    places = bytearray(len(text))
    patterns = _patterns(ignored)
    for piece in _PIECE.finditer(text):
        pattern = patterns.get(piece.group().lower())
        # Compiled only here, since most of a long list's words do not occur; re keeps what it compiled.
        if pattern and (found := re.compile(pattern, re.IGNORECASE).match(text, piece.start())) is not None:
            places[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    return places


@lru_cache(maxsize=8)
def _patterns(ignored: frozenset[str]) -> dict[str, str]:
    """For each first piece of an ignored phrase, what matches all such phrases, the longest first."""
    phrases: dict[str, list[str]] = {}
    for phrase in sorted(ignored, key=len, reverse=True):
        if (first := _PIECE.search(phrase)) is not None:
            words = r"\s+".join(map(re.escape, phrase.split()))
            phrases.setdefault(first.group().lower(), []).append(words)
    return {first: f"{_BEGIN}(?:{'|'.join(words)}){_END}" for first, words in phrases.items()}
