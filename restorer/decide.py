"""From candidates to findings: thresholds, and what is protected."""

from __future__ import annotations

from dataclasses import dataclass, replace

from restorer.config import QuotePolicy, Settings
from restorer.errors import SettingsError
from restorer.types import Calibration, Finding

__all__ = ["Policy", "thresholds_for"]

QUOTED_DOUBT = 0.25
"""How far the threshold of an edit inside a quotation moves towards certainty, unless the document's were spun."""

GUARDED_DOUBT = 0.8
"""The same for an edit in a headline in capitals, a table, verse or another language."""

CERTAIN = ("leftover", "reference")


def thresholds_for(
    calibration: Calibration, *, fpr: float | None = None, threshold: float | None = None
) -> tuple[float, float]:
    """The (flag, edit) thresholds for one of the two ways to ask.

    :param calibration: The model's calibration.
    :param fpr: Requested false alarms per word.
    :param threshold: Least probability of a flag and least confidence of an edit.
    :return: Posterior threshold for flags, confidence threshold for edits.
    :raises SettingsError: if neither or both are given, or the value is out of range.
    """
    if (fpr is None) == (threshold is None):
        msg = f"give either fpr or threshold, got fpr={fpr} and threshold={threshold}"
        raise SettingsError(msg)
    if threshold is not None:
        if not 0.0 <= threshold <= 1.0:
            msg = f"threshold must be between 0 and 1, got {threshold}; try 0.8"
            raise SettingsError(msg)
        return threshold, threshold
    return calibration.thresholds(fpr or 0.0)


@dataclass(frozen=True, slots=True)
class Policy:
    """Turns candidates into findings.

    :param quotes: What to do inside quotations.
    :param ignored: Lower-case words that are never flagged.
    :param quotes_spun: Whether the document's quotations were spun like the rest of it; None when that is not known.
    """

    quotes: QuotePolicy = "restore"
    ignored: frozenset[str] = frozenset()
    quotes_spun: bool | None = None

    @classmethod
    def from_settings(cls, settings: Settings, quotes_spun: bool | None = None) -> Policy:
        """The policy a user's settings ask for.

        :param settings: The settings.
        :param quotes_spun: Whether the document's quotations were spun; None when that is not known.
        :return: The policy.
        """
        return cls(settings.quotes, settings.ignore_words, quotes_spun)

    def __call__(self, candidates: tuple[Finding, ...], flag: float, edit: float) -> tuple[Finding, ...]:
        """Keep what is flagged and say which edits are applied.

        :param candidates: Candidate findings in order of position.
        :param flag: Least posterior of a flag.
        :param edit: Least confidence of an applied edit.
        :return: Findings in order of position.
        """
        kept = (self._decided(c, flag, edit) for c in candidates)
        return tuple(f for f in kept if f is not None)

    def _decided(self, candidate: Finding, flag: float, edit: float) -> Finding | None:
        if self._ignored(candidate) or (candidate.in_quotation and self.quotes == "skip"):
            return None
        sure = candidate.kind in CERTAIN
        needed = edit
        if candidate.in_quotation and not self.quotes_spun:
            needed += (1.0 - edit) * QUOTED_DOUBT
        if candidate.evidence.guard is not None:
            needed = max(needed, edit + (1.0 - edit) * GUARDED_DOUBT)
        applied = candidate.replacement is not None and (sure or candidate.confidence >= needed)
        if candidate.in_quotation and self.quotes == "flag":
            applied = False
        if not (applied or sure or candidate.evidence.posterior >= flag):
            return None
        return replace(candidate, applied=applied)

    def _ignored(self, candidate: Finding) -> bool:
        if not self.ignored:
            return False
        text = candidate.text.lower()
        return text in self.ignored or any(word in self.ignored for word in text.split())
