"""What a suspect was copied from, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from restorer.reference_alignment import SentencePair, complete_pairs
from restorer.references import Match, Reference, References
from restorer.segment import Segmented, segment

__all__ = ["MOST_SOURCES", "Change", "Pair", "Source", "SourceReport", "trace"]

MOST_SOURCES = 3
"""Sources named for one suspect: versions of one report are each a source of it."""


@dataclass(frozen=True, slots=True)
class Change:
    """Words that differ between a sentence and the one it was copied from.

    :param start: First code point in the suspect's sentence.
    :param end: One past the last.
    :param source_start: First code point in the source's sentence.
    :param source_end: One past the last.
    """

    start: int
    end: int
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and the one it was copied from.

    :param text: The suspect's sentence.
    :param source_text: The source's.
    :param similarity: Share of common words, 0 to 1.
    :param changes: Where the two differ, in order.
    """

    text: str
    source_text: str
    similarity: float
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One article that a suspect was copied from.

    :param source: Its identifier.
    :param url: Its address, empty where it has none.
    :param title: Its title, empty where it has none.
    :param date: Its date, empty where it has none.
    :param score: Share of the suspect's own words in copied sentences, 0 to 1.
    :param sentences_aligned: Share of the suspect's sentences that have a counterpart, 0 to 1.
    :param pairs: The sentences side by side, in order.
    """

    source: str
    url: str
    title: str
    date: str
    score: float
    sentences_aligned: float
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What was found about one suspect.

    :param suspect: Its identifier.
    :param url: Its address, empty where it has none.
    :param title: Its title, empty where it has none.
    :param date: Its date, empty where it has none.
    :param sources: What it was copied from, the best first; empty when nothing was found.
    """

    suspect: str
    url: str
    title: str
    date: str
    sources: tuple[Source, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON can hold it."""
        return asdict(self)


def trace(suspect: Reference, references: References) -> SourceReport:
    """Find what a text was copied from.

    :param suspect: The text.
    :param references: The clean texts.
    :return: What was found.
    """
    text = segment(suspect.text)
    matches = references.matches(text)[:MOST_SOURCES]
    sources = tuple(_source(text, match) for match in matches)
    return SourceReport(suspect.source, suspect.url, suspect.title, suspect.date, sources)


def _source(text: Segmented, match: Match) -> Source:
    pairs = complete_pairs(text, match.article, match.pairs)
    reference = match.reference
    covered = {int(s) for pair in pairs for s in text.sentences[pair.first : pair.last]}
    return Source(
        source=reference.source,
        url=reference.url,
        title=reference.title,
        date=reference.date,
        score=round(match.share, 4),
        sentences_aligned=round(len(covered) / max(len(np.unique(text.sentences)), 1), 4),
        pairs=tuple(_pair(text, match.article, pair) for pair in pairs),
    )


def _pair(text: Segmented, article: Segmented, pair: SentencePair) -> Pair:
    mine, theirs = range(pair.first, pair.last), range(pair.source_first, pair.source_last)
    left, right = [text.words[i] for i in mine], [article.words[i] for i in theirs]
    changes = tuple(
        Change(
            *_place(text, mine, step.src_start, step.src_end),
            *_place(article, theirs, step.dest_start, step.dest_end),
        )
        for step in Levenshtein.opcodes(left, right)
        if step.tag != "equal"
    )
    return Pair(
        text.slice(pair.first, pair.last),
        article.slice(pair.source_first, pair.source_last),
        round(pair.similarity, 4),
        _joined(changes),
    )


def _place(text: Segmented, words: range, first: int, last: int) -> tuple[int, int]:
    """Code points of some of a sentence's words, from the sentence's beginning; an empty range where there are none."""
    origin = int(text.starts[words.start])
    if first == last:
        at = int(text.ends[words.start + first - 1]) - origin if first else 0
        return at, at
    return int(text.starts[words.start + first]) - origin, int(text.ends[words.start + last - 1]) - origin


def _joined(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Changes, those that follow each other with nothing but a space between them as one."""
    joined = list(changes[:1])
    for before, change in pairwise(changes):
        last = joined[-1]
        if change.start - before.end <= 1 and change.source_start - before.source_end <= 1:
            joined[-1] = Change(last.start, change.end, last.source_start, change.source_end)
        else:
            joined.append(change)
    return tuple(joined)
