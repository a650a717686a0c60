"""The wording of a clean copy, word by word, where a spun text departs from it.

Only wording is taken over. A figure that differs, or a name that stands only on one side, may be the site's own
update or correction and is left alone (but for figures spelled out in a sentence that is spun anyway); so are long
insertions and cuts, which are editing and not spinning. What
counts as the same figure: ``two,500`` is the half-spelled ``2,500``. What counts as a name: a capitalised word that
is nowhere written in lower case, so that "White Home" still goes back to "White House" once "home" and "house" were
seen.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from enum import Enum, auto

from rapidfuzz.distance import Indel

from restorer.reference_alignment import Reading, SentencePair, plain
from restorer.segment import NUMERALS, Segmented, Shape, segment

__all__ = ["ReferenceEdit", "agrees", "lower_case_words", "wording_edits"]

MOST_WORDS = 8
"""Longer differences are rewriting, not spinning."""
MOST_ONE_SIDED = 3
"""Most words that may simply be missing on one side."""
SPUN_SENTENCE, HEAVILY_SPUN = 2, 4
"""Differences of wording from which a sentence is spun, and not an update: then a figure spelled out on one side only
("both" for "two") was spun like the rest; in a heavily spun one two different ones were ("million" for "billion").
Figures in digits never are."""
_HALF_SPELLED = re.compile(rf"\b({'|'.join(NUMERALS)})(?=[.,]\d)")
# "One" is left out: it is a pronoun more often than a figure ("one other" for "another").
_FIGURE = re.compile(rf"\d+(?:[.,:]\d+)*|\b(?:{'|'.join(w for w in NUMERALS if w != 'one')}|hundred|[mb]illion)\b")


@dataclass(frozen=True, slots=True)
class ReferenceEdit:
    """A run of the suspect's words and what the clean copy has in their place.

    :param first: Index of the first word replaced.
    :param count: Number of words replaced, 1 or more.
    :param wording: The copy's wording exactly as written there, case and inner punctuation included; empty to delete.
    :param source: Where the clean copy came from: a path, with the line after a colon for JSONL.
    :param similarity: Share of common words of the two sentences, 0 to 1.
    """

    first: int
    count: int
    wording: str
    source: str
    similarity: float


class _Figures(Enum):
    """Which differences of figures keep a change from being one of wording."""

    SPELLED = auto()
    ONE_SIDED = auto()
    DIGITS = auto()

    @classmethod
    def of(cls, changes: int) -> _Figures:
        """What to heed in a sentence with so many changes of wording."""
        if changes < SPUN_SENTENCE:
            return cls.SPELLED
        return cls.ONE_SIDED if changes < HEAVILY_SPUN else cls.DIGITS


@dataclass(frozen=True, slots=True)
class _Change:
    """Words ``first:last`` of the suspect against words ``start:stop`` of the source."""

    first: int
    last: int
    start: int
    stop: int


def lower_case_words(segmented: Segmented) -> set[str]:
    """The words a text writes in lower case.

    :param segmented: A segmented text.
    :return: The set of them.
    """
    return {w for w, s in zip(segmented.words, segmented.shapes, strict=True) if s == Shape.LOWER}


def wording_edits(
    suspect: Segmented,
    source: Segmented,
    pairs: tuple[SentencePair, ...],
    label: str,
    ordinary: Set[str],
) -> list[ReferenceEdit]:
    """The edits that give a suspect text the wording of its source.

    :param suspect: The suspect text.
    :param source: The clean text it was copied from.
    :param pairs: The copied sentences; everything outside them is left alone.
    :param label: Where the clean text came from.
    :param ordinary: Words known to be written in lower case, which are no names.
    :return: Edits in order, not overlapping.
    """
    ordinary = ordinary | lower_case_words(suspect)
    names = _names(suspect, ordinary) | _names(source, ordinary)
    mine, theirs = plain(suspect), plain(source)
    edits: list[ReferenceEdit] = []
    for pair in pairs:
        changes = _changes(mine, theirs, pair)
        taken = [_is_wording(suspect, source, change, names) for change in changes]
        heed = _Figures.of(sum(taken))
        if heed is not _Figures.SPELLED:
            taken = [_is_wording(suspect, source, change, names, heed) for change in changes]
        for change, wanted in zip(changes, taken, strict=True):
            whole = _widened(suspect, source, change, pair)
            if whole is None or not wanted:
                continue
            wording = source.slice(whole.start, whole.stop) if whole.stop > whole.start else ""
            edit = ReferenceEdit(whole.first, whole.last - whole.first, wording, label, pair.similarity)
            if not edits or edit.first >= edits[-1].first + edits[-1].count:
                edits.append(edit)
    return edits


def agrees(suspect: Segmented, source: Segmented, pair: SentencePair, reading: Reading) -> bool:
    """Whether a model's first wording for a run of words is the one the source has there.

    :param suspect: The suspect text.
    :param source: The clean text it was copied from.
    :param pair: The copied sentence of the run.
    :param reading: The run and the model's wordings for it.
    :return: True if every word it takes away is missing in the source and every word it brings stands there.
    """
    if not (reading.wordings and pair.first <= reading.first and reading.last <= pair.last):
        return False
    old, new = plain(suspect, reading.first, reading.last), plain(segment(reading.wordings[0]))
    before, after = plain(suspect, pair.first, reading.first), plain(suspect, reading.last, pair.last)
    theirs = plain(source, pair.source_first, pair.source_last)
    nearer = Indel.distance(before + old + after, theirs) - Indel.distance(before + new + after, theirs)
    return 0 < nearer == Indel.distance(old, new)


def _changes(mine: list[str], theirs: list[str], pair: SentencePair) -> list[_Change]:
    """The runs in which two sentences differ, between the most words they can share in order."""
    left, right = mine[pair.first : pair.last], theirs[pair.source_first : pair.source_last]
    changes: list[_Change] = []
    for code in Indel.opcodes(left, right):
        if code.tag == "equal":
            continue
        change = _Change(
            pair.first + code.src_start,
            pair.first + code.src_end,
            pair.source_first + code.dest_start,
            pair.source_first + code.dest_end,
        )
        before = changes[-1] if changes else None
        if before and before.last == change.first and before.stop == change.start:
            changes[-1] = _Change(before.first, change.last, before.start, change.stop)
        else:
            changes.append(change)
    return changes


def _is_wording(
    suspect: Segmented,
    source: Segmented,
    change: _Change,
    names: Set[str],
    heed: _Figures = _Figures.SPELLED,
) -> bool:
    """Whether a change is one of wording: short, of words, with the same figures and without names."""
    count, wanted = change.last - change.first, change.stop - change.start
    if max(count, wanted) > (MOST_WORDS if count and wanted else MOST_ONE_SIDED):
        return False
    sides = ((suspect, change.first, change.last), (source, change.start, change.stop))
    words = [text.words[i] for text, a, b in sides for i in range(a, b) if text.shapes[i] != Shape.OTHER]
    if not words or any(w in names for w in words) or any(text.protected[a:b].any() for text, a, b in sides):
        return False
    mine, theirs = (_figures(text.slice(a, b) if b > a else "") for text, a, b in sides)
    if [NUMERALS.get(f, f) for f in mine] == [NUMERALS.get(f, f) for f in theirs]:
        return True
    if heed is _Figures.SPELLED or any(f[0].isdigit() for f in mine + theirs):
        return False
    return heed is _Figures.DIGITS or not (mine and theirs)


def _figures(text: str) -> list[str]:
    """The figures, in digits or as they are spelled."""
    return _FIGURE.findall(_HALF_SPELLED.sub(lambda m: NUMERALS[m.group()], text.lower()))


def _names(segmented: Segmented, ordinary: Set[str]) -> set[str]:
    """Words capitalised inside a sentence, or of odd shape, that nobody writes in lower case."""
    odd = (Shape.TITLE, Shape.UPPER, Shape.MIXED)
    shown = {w for w, s in zip(segmented.words, segmented.shapes, strict=True) if s in odd}
    return shown - ordinary


def _widened(suspect: Segmented, source: Segmented, change: _Change, pair: SentencePair) -> _Change | None:
    """The change with as many shared neighbours as it takes to replace words by words with the same spacing.

    A word that is only missing needs a neighbour to stand beside; "20%" for "20 percent" needs the figure.
    """
    first, last, start, stop = change.first, change.last, change.start, change.stop
    if first > pair.first and start > pair.source_first:
        if _gap(suspect, first) != _gap(source, start) or first == last:
            first, start = first - 1, start - 1
    elif first == last or start == stop:
        last, stop = last + 1, stop + 1
    if last < pair.last and stop < pair.source_last and start < stop and _gap(suspect, last) != _gap(source, stop):
        last, stop = last + 1, stop + 1
    if last > pair.last or stop > pair.source_last or first == last:
        return None
    before = suspect.slice(first, change.first) == source.slice(start, change.start) if first < change.first else True
    after = suspect.slice(change.last, last) == source.slice(change.stop, stop) if change.last < last else True
    # A neighbour in another style of quotation mark would bring that style in: rather no edit.
    return _Change(first, last, start, stop) if before and after else None


def _gap(segmented: Segmented, index: int) -> bool:
    """Whether white space stands before a word."""
    return 0 < index < len(segmented) and bool(segmented.starts[index] > segmented.ends[index - 1])
