"""Stretches that no spinner's victim wants touched: headlines in capitals, tables, verse, other languages.

A model trained on running English prose is least sure of itself there, and a wrong edit shows most, so edits in them
need near-certain evidence. Addresses and code are never touched at all (:mod:`restorer.segment`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from restorer.segment import Segmented, Shape

__all__ = ["GUARDS", "guards"]

GUARDS = ("", "capitals", "table", "verse", "another language")
"""What each value of :func:`guards` stands for."""

_ENGLISH = frozenset(
    """the a an and of in to is was on for as that with by from at his her he we i or no do just they their have has had
    not it she this are were be been but which who will would can could you its after when about than into over more
    there what if so out up all one me my our us""".split()
)
"""Frequent English words: every third word of a text, and few of one in another language."""

_CAPITALS, _TABLE, _VERSE, _LANGUAGE = range(1, len(GUARDS))
_CELLS = re.compile(r"\t|\s\|\s|(?<=\S) {3,}(?=\S)")
_LINE = re.compile(r"[^\n]*\n?")
_LEAST_VERSES = 4
_LONGEST_VERSE = 60
_LEAST_WORDS = 12


def guards(text: Segmented) -> NDArray[np.uint8]:
    """What guards each word: an index into :data:`GUARDS`, 0 for running text.

    :param text: The segmented text.
    :return: uint8 of shape (words,).
    """
    kinds = np.zeros(len(text), np.uint8)
    if not len(text):
        return kinds
    lines = list(_lines(text))
    for low, high in _verses(lines):
        kinds[low:high] = _VERSE
    for low, high, line in lines:
        if _is_row(line):
            kinds[low:high] = _TABLE
        elif _foreign(text, low, high):
            kinds[low:high] = _LANGUAGE
    letters = np.fromiter((w[0].isalpha() for w in text.words), np.bool_, len(text))
    starts = np.flatnonzero(np.diff(text.sentences, prepend=-1)).tolist()
    for low, high in zip(starts, [*starts[1:], len(text)], strict=True):
        words = np.flatnonzero(letters[low:high]) + low
        if len(words) >= 3 and (text.shapes[words] == Shape.UPPER).mean() >= 0.75:
            kinds[low:high] = _CAPITALS
    return kinds


def _foreign(text: Segmented, low: int, high: int) -> bool:
    """Whether a line of some length has few frequent English words, and is not a row of names."""
    lower = [i for i in range(low, high) if text.shapes[i] == Shape.LOWER]
    return len(lower) >= _LEAST_WORDS and sum(text.words[i] in _ENGLISH for i in lower) < 0.15 * len(lower)


def _lines(text: Segmented) -> Iterator[tuple[int, int, str]]:
    """First word, one past the last, and the line itself, of every line."""
    spans = [(m.start(), m.end()) for m in _LINE.finditer(text.text) if m.end() > m.start()]
    lows = np.searchsorted(text.starts, [start for start, _ in spans])
    highs = np.searchsorted(text.starts, [end for _, end in spans])
    for (start, end), low, high in zip(spans, lows.tolist(), highs.tolist(), strict=True):
        yield low, high, text.text[start:end].rstrip("\r\n")


def _is_row(line: str) -> bool:
    return len(_CELLS.findall(line)) >= 2


def _verses(lines: list[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    """Words of runs of short lines that begin with a capital and mostly end in the middle of a sentence."""
    for short, group in groupby(lines, key=_may_be_verse):
        run = list(group)
        if not short or len(run) < _LEAST_VERSES:
            continue
        ended = sum(line.rstrip("”\"' ").endswith((".", "!", "?", ":")) for _, _, line in run)
        begun = sum(line.lstrip("“\"‘' ")[:1].isupper() for _, _, line in run)
        if ended <= 0.5 * len(run) and begun >= 0.75 * len(run):
            yield run[0][0], run[-1][1]


def _may_be_verse(row: tuple[int, int, str]) -> bool:
    low, high, line = row
    return high - low > 1 and len(line) <= _LONGEST_VERSE and not _is_row(line)
