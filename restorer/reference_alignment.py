"""Which sentences of a suspect text were copied from which sentences of a clean one.

A spinner works through a text from front to back and leaves most words where they were, so a copy shows as a long
ordered chain of sentence pairs that share most of their words. Honest articles on one event share names, figures and
quotations, but neither their sentences nor the order of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from restorer.segment import Segmented, Shape

__all__ = ["SentencePair", "align_sentences", "copied_share", "plain"]

COPIED = 0.5
"""Least share of common words (twice the common ones by the sum of both) of a sentence that counts as copied."""
BETWEEN = 0.35
"""The same for a sentence whose neighbours on both sides are copied."""
LEAST_WORDS = 4
"""Shorter sentences look alike by chance and are only paired between copied neighbours."""
_FIRST_CODE = 0x10000
_GLYPHS = str.maketrans("“”„«»‘’‚–—", '""""""' + "''" + "--")


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A sentence of the suspect and the one it was copied from, as ranges of words.

    :param first: First word in the suspect.
    :param last: One past its last word.
    :param source_first: First word in the source.
    :param source_last: One past its last word.
    :param similarity: Share of common words, 0 to 1.
    """

    first: int
    last: int
    source_first: int
    source_last: int
    similarity: float


def plain(segmented: Segmented) -> list[str]:
    """The words as they are compared: quotation marks and dashes of every style alike.

    :param segmented: A segmented text.
    :return: Its words.
    """
    columns = zip(segmented.words, segmented.shapes, strict=True)
    return [word.translate(_GLYPHS) if shape == Shape.OTHER else word for word, shape in columns]


def align_sentences(suspect: Segmented, source: Segmented) -> list[SentencePair]:
    """The heaviest chain of copied sentences that keeps the order of both texts.

    :param suspect: The suspect text.
    :param source: The clean text.
    :return: Pairs in order; sentences with no counterpart are left out.
    """
    bounds, source_bounds = _bounds(suspect), _bounds(source)
    codes: dict[str, str] = {}
    left, right = _encoded(suspect, bounds, codes), _encoded(source, source_bounds, codes)
    if not left or not right:
        return []
    similarity = cdist(left, right, scorer=Indel.normalized_similarity, dtype=np.float32)
    lengths = np.fromiter(map(len, left), np.float32, len(left))
    source_lengths = np.fromiter(map(len, right), np.float32, len(right))
    copied = (similarity >= COPIED) & (lengths >= LEAST_WORDS)[:, None] & (source_lengths >= LEAST_WORDS)
    chain = _chain(np.where(copied, similarity * lengths[:, None], 0.0).astype(np.float32))
    ends, source_ends = bounds.tolist(), source_bounds.tolist()
    return [
        SentencePair(ends[i], ends[i + 1], source_ends[j], source_ends[j + 1], float(similarity[i, j]))
        for i, j in _filled(chain, similarity)
    ]


def copied_share(suspect: Segmented, pairs: list[SentencePair]) -> tuple[float, int]:
    """How much of a text's own words was copied; quotations are common property and do not count.

    :param suspect: The suspect text.
    :param pairs: Its copied sentences.
    :return: Share of its words outside quotation marks that stand in copied sentences, and their number.
    """
    own = (suspect.shapes != Shape.OTHER) & ~suspect.quoted
    covered = np.zeros(len(suspect), np.bool_)
    for pair in pairs:
        covered[pair.first : pair.last] = True
    count = int((covered & own).sum())
    return count / max(int(own.sum()), 1), count


def _bounds(segmented: Segmented) -> NDArray[np.int64]:
    """First word of each sentence, and the number of words at the end."""
    if not len(segmented):
        return np.zeros(1, np.int64)
    starts = np.flatnonzero(np.diff(segmented.sentences)) + 1
    return np.concatenate([[0], starts, [len(segmented)]])


def _encoded(segmented: Segmented, bounds: NDArray[np.int64], codes: dict[str, str]) -> list[str]:
    """Each sentence as a string of one code point a word, punctuation left out: rapidfuzz is fastest on strings."""
    marks = [
        "" if shape == Shape.OTHER else codes.setdefault(word, chr(_FIRST_CODE + len(codes)))
        for word, shape in zip(segmented.words, segmented.shapes, strict=True)
    ]
    return ["".join(marks[a:b]) for a, b in pairwise(bounds.tolist())]


def _chain(weights: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Cells of the greatest total weight whose rows and columns both ascend."""
    rows, columns = weights.shape
    best = np.zeros((rows + 1, columns + 1), np.float32)
    for i in range(rows):
        taken = best[i, :-1] + weights[i]
        best[i + 1, 1:] = np.maximum.accumulate(np.maximum(best[i, 1:], taken))
    chain: list[tuple[int, int]] = []
    i, j = rows, columns
    while i and j:
        if best[i, j] == best[i, j - 1]:
            j -= 1
        elif best[i, j] == best[i - 1, j]:
            i -= 1
        else:
            i, j = i - 1, j - 1
            chain.append((i, j))
    return chain[::-1]


def _filled(chain: list[tuple[int, int]], similarity: NDArray[np.float32]) -> list[tuple[int, int]]:
    """The chain with the sentences between two copied ones, where both texts have as many of them."""
    full = chain[:1]
    for (i, j), (after, source_after) in pairwise(chain):
        if after - i == source_after - j:
            between = [(i + k, j + k) for k in range(1, after - i)]
            full += [cell for cell in between if similarity[cell] >= BETWEEN]
        full.append((after, source_after))
    return full
