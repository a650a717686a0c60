"""Which sentences of a suspect text were copied from which sentences of a clean one.

A spinner works through a text from front to back and leaves most words where they were, so a copy shows as a long
ordered chain of sentence pairs that share most of their words. Honest articles on one event share names, figures and
quotations, but neither their sentences nor the order of them.

Once that chain has shown a text to be a copy, what lies beside it is looked at again: a sentence spun beyond
recognition is known by what a model reads in it, and one that "U.S." cut in two is put together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from restorer.segment import Segmented, Shape, segment

__all__ = ["Reading", "SentencePair", "align_sentences", "complete_pairs", "copied_share", "plain"]

COPIED = 0.5
"""Least share of common words (twice the common ones by the sum of both) of a sentence that counts as copied."""
BETWEEN, BETWEEN_IN_COPY = 0.35, 0.2
"""The same for a sentence whose neighbours on both sides are copied; and in a text most of whose words are."""
COPY = 0.5
"""Share of a text's words in copied sentences from which the latter holds: it is a copy, spun heavily here."""
LEAST_WORDS = 4
"""Shorter sentences look alike by chance and are only paired between copied neighbours."""
FARTHEST = 12
"""Sentences from a copied one within which another is looked for again; more in a row are the site's own text."""
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


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model takes a run of the suspect's words to have been.

    :param first: First word in the suspect.
    :param last: One past its last word.
    :param wordings: What may have stood there, likeliest first.
    """

    first: int
    last: int
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two texts: its words as they are compared, letters and figures only, and where its sentences begin."""

    text: Segmented
    bounds: tuple[int, ...]

    def words(self, first: int, last: int) -> list[str]:
        return [self.text.words[i] for i in range(first, last) if self.text.shapes[i] != Shape.OTHER]

    def sentences(self, first: int, last: int) -> list[tuple[int, int]]:
        low, high = bisect_left(self.bounds, first), bisect_left(self.bounds, last)
        return list(pairwise(self.bounds[low : high + 1]))

    def after(self, last: int, limit: int) -> int:
        """One past the sentence that follows on the same line; the same place when there is none."""
        if last >= limit or "\n" in self.text.text[self.text.ends[last - 1] : self.text.starts[last]]:
            return last
        return self.bounds[bisect_right(self.bounds, last)]

    def before(self, first: int, limit: int) -> int:
        """First word of the sentence before on the same line; the same place when there is none."""
        if first <= limit or "\n" in self.text.text[self.text.ends[first - 1] : self.text.starts[first]]:
            return first
        return self.bounds[bisect_left(self.bounds, first) - 1]


def plain(segmented: Segmented, first: int = 0, last: int | None = None) -> list[str]:
    """The words as they are compared: quotation marks and dashes of every style alike.

    :param segmented: A segmented text.
    :param first: Index of the first word wanted.
    :param last: One past the index of the last; the number of words when None.
    :return: The words.
    """
    columns = zip(segmented.words[first:last], segmented.shapes[first:last], strict=True)
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
    covered = sum(lengths[i] for i, _ in chain) / max(lengths.sum(), 1)
    ends, source_ends = bounds.tolist(), source_bounds.tolist()
    return [
        SentencePair(ends[i], ends[i + 1], source_ends[j], source_ends[j + 1], float(similarity[i, j]))
        for i, j in _filled(chain, similarity, BETWEEN_IN_COPY if covered >= COPY else BETWEEN)
    ]


def complete_pairs(
    suspect: Segmented, source: Segmented, pairs: Sequence[SentencePair], readings: Sequence[Reading] = ()
) -> list[SentencePair]:
    """The copied sentences of a text known to be a copy, with those that words alone did not show.

    :param suspect: The suspect text.
    :param source: The clean text it was copied from.
    :param pairs: Its copied sentences, from :func:`align_sentences`.
    :param readings: What a model takes the suspect's words to have been, in order of position.
    :return: Pairs in order, the given ones among them, each with the rest of a sentence that was cut in two.
    """
    mine, theirs = (_Side(text, tuple(_bounds(text).tolist())) for text in (suspect, source))
    none = SentencePair(0, 0, 0, 0, 1.0)
    end = SentencePair(len(suspect), len(suspect), len(source), len(source), 1.0)
    full: list[SentencePair] = []
    for before, after in pairwise([none, *pairs, end]):
        own, clean = mine.sentences(before.last, after.first), theirs.sentences(before.source_last, after.source_first)
        near = slice(-FARTHEST, None) if before is none else slice(FARTHEST)
        full += _read_pairs(mine, theirs, own[near], clean[near], readings)
        full.append(after)
    return _grown(mine, theirs, [none, *full])


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


def _filled(chain: list[tuple[int, int]], similarity: NDArray[np.float32], least: float) -> list[tuple[int, int]]:
    """The chain with the sentences between two copied ones, where both texts have as many of them."""
    full = chain[:1]
    for (i, j), (after, source_after) in pairwise(chain):
        if after - i == source_after - j:
            between = [(i + k, j + k) for k in range(1, after - i)]
            full += [cell for cell in between if similarity[cell] >= least]
        full.append((after, source_after))
    return full


def _read_pairs(
    mine: _Side,
    theirs: _Side,
    own: list[tuple[int, int]],
    clean: list[tuple[int, int]],
    readings: Sequence[Reading],
) -> list[SentencePair]:
    """The heaviest chain of sentences that are alike as a model reads them."""
    weights = np.zeros((len(own), len(clean)), np.float32)
    for i, (first, last) in enumerate(own):
        words = mine.words(first, last)
        low = bisect_left(readings, first, key=lambda r: r.first)
        inside = [(r, _wordings(r)) for r in readings[low : bisect_left(readings, last, key=lambda r: r.first)]]
        for j, cell in enumerate(clean):
            wanted = theirs.words(*cell)
            similarity = Indel.normalized_similarity(_read(mine, first, last, inside, set(wanted)), wanted)
            if words == wanted or (similarity >= COPIED and min(len(words), len(wanted)) >= LEAST_WORDS):
                weights[i, j] = similarity * len(words)
    return [_pair(mine, theirs, *own[i], *clean[j]) for i, j in _chain(weights)]


def _wordings(reading: Reading) -> list[list[str]]:
    return [segment(wording).words for wording in reading.wordings]


def _read(
    side: _Side, first: int, last: int, readings: list[tuple[Reading, list[list[str]]]], wanted: set[str]
) -> list[str]:
    """The words of a sentence, with the first reading of each run that has only wanted words."""
    words: list[str] = []
    for reading, wordings in readings:
        chosen = next((w for w in wordings if w and wanted.issuperset(w)), None)
        if chosen is not None and reading.first >= first and reading.last <= last:
            words += [*side.words(first, reading.first), *chosen]
            first = reading.last
    return words + side.words(first, last)


def _pair(mine: _Side, theirs: _Side, first: int, last: int, start: int, stop: int) -> SentencePair:
    similarity = Indel.normalized_similarity(mine.words(first, last), theirs.words(start, stop))
    return SentencePair(first, last, start, stop, similarity)


def _grown(mine: _Side, theirs: _Side, pairs: list[SentencePair]) -> list[SentencePair]:
    """The pairs between the first and the last, with the sentences beside them that make the two sides more alike."""
    grown = pairs[:1]
    for pair, after in pairwise(pairs[1:]):
        grown.append(_widest(mine, theirs, grown[-1], pair, after))
    return grown[1:]


def _widest(mine: _Side, theirs: _Side, before: SentencePair, pair: SentencePair, after: SentencePair) -> SentencePair:
    while True:
        first, last, start, stop = pair.first, pair.last, pair.source_first, pair.source_last
        wider = {
            (mine.before(first, before.last), last, start, stop),
            (first, mine.after(last, after.first), start, stop),
            (first, last, theirs.before(start, before.source_last), stop),
            (first, last, start, theirs.after(stop, after.source_first)),
        } - {(first, last, start, stop)}
        best = max((_pair(mine, theirs, *w) for w in sorted(wider)), key=lambda p: p.similarity, default=pair)
        if best.similarity <= pair.similarity:
            return pair
        pair = best
