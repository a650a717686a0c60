"""How a segmented text becomes the small model's input; shared by training and inference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from restorer.channel import BUCKETS
from restorer.segment import Shape

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["TYPES", "TYPE_PAD", "Pieces", "special_ids", "type_ids", "windows"]

TYPES = BUCKETS * 2 * Shape.COUNT
"""Size of the type vocabulary: suspicion bucket × in a quotation × shape."""

TYPE_PAD = Shape.OTHER
_CACHE = 200_000

_SPECIAL = (("<s>", "</s>", "<mask>"), ("[CLS]", "[SEP]", "[MASK]"))
"""MPNet's special tokens and BERT's, in this order: MPNet's vocabulary lists BERT's too, but never learnt them."""


class Pieces:
    """Sub-word ids of words, remembered: news repeats its words."""

    def __init__(self, encode: Callable[[str], Sequence[int]], unknown: int) -> None:
        self._encode = encode
        self._unknown = unknown
        self._known: dict[str, tuple[int, ...]] = {}

    def __call__(self, word: str) -> tuple[int, ...]:
        """Ids of one word, at least one and at most eight."""
        ids = self._known.get(word)
        if ids is None:
            # Half a surrogate pair, which strings may hold, is nothing a tokenizer takes.
            sayable = word[:64].encode("utf-8", "replace").decode("utf-8")
            ids = tuple(islice(self._encode(sayable), 8)) or (self._unknown,)
            if len(self._known) >= _CACHE:
                self._known.clear()
            self._known[word] = ids
        return ids


def special_ids(tokenizer: Tokenizer) -> tuple[int, int, int] | None:
    """Ids of the tokens that begin a window, end it and hide a word.

    :param tokenizer: A BERT's or MPNet's tokenizer.
    :return: The three ids; None when it is neither's.
    """
    for first, last, mask in _SPECIAL:
        ids = [i for token in (first, last, mask) if (i := tokenizer.token_to_id(token)) is not None]
        if len(ids) == 3:
            return ids[0], ids[1], ids[2]
    return None


def type_ids(buckets: NDArray[np.uint8], quoted: NDArray[np.bool_], shapes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """One id for everything the model is told about a word besides its pieces.

    :param buckets: Suspicion bucket of each word, shape (n,).
    :param quoted: Whether it stands in a quotation, shape (n,).
    :param shapes: Its written shape, shape (n,).
    :return: Ids below :data:`TYPES`, int64 of shape (n,).
    """
    return (buckets.astype(np.int64) * 2 + quoted) * Shape.COUNT + shapes


def windows(lengths: Sequence[int], sentences: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Cut a text into runs of words that fit the model, at sentence ends where possible.

    :param lengths: Pieces in each word.
    :param sentences: Sentence number of each word, ascending.
    :param most: Most pieces in a window, special tokens not counted.
    :return: (first word, one past the last word) of each window; together they cover every word once.
    """
    first = size = boundary = 0
    for index, length in enumerate(lengths):
        if index and sentences[index] != sentences[index - 1]:
            boundary = index
        while size + length > most and index > first:
            cut = boundary if boundary > first else index
            yield first, cut
            first, size = cut, sum(lengths[cut:index])
        size += length
    if first < len(lengths):
        yield first, len(lengths)
