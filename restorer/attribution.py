"""Which of the channel's tables a text was spun with.

A spinner has one table, and a page is spun by one spinner. The channel holds several tables in one, and what the words
of a page may stand for differs from table to table: "crucial" is "important" in one and "critical" in another. The
words of a page tell together which table it is, and then for each of them what it stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restorer.channel import TEMPER, Form

__all__ = ["Entries", "attribute"]

UNLISTED = 1e-3
"""Probability given to a form that a table does not hold, so that one word alone rules no table out."""

PRIOR_WORDS = 2.0
"""How many spun words' worth of belief the channel's own weights have."""

_STEPS = 15
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Entries:
    """What the forms over some words may stand for: m entries over n words, and p different (word, wording) pairs.

    :param words: Number of words, n.
    :param rows: For each pair, the word, int64 of shape (p,), ascending.
    :param wordings: For each pair, the wording's id, int64 of shape (p,).
    :param pairs: For each entry, its pair, int64 of shape (m,), ascending.
    :param blocks: For each entry, the number of its form and word, int64 of shape (m,).
    :param shares: For each entry, P(wording | form) at the channel's own weights, float32 of shape (m,).
    :param rates: For each entry, P(form | wording) under each table, float32 of shape (m, tables).
    :param reach: For each entry, how far (nats) a certain original stands above what is not listed, of shape (m,).
    :param weights: The channel's own weights of its tables, of shape (tables,), that add up to 1.
    """

    words: int
    rows: NDArray[np.int64]
    wordings: NDArray[np.int64]
    pairs: NDArray[np.int64]
    blocks: NDArray[np.int64]
    shares: NDArray[np.float32]
    rates: NDArray[np.float32]
    reach: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, covering: Sequence[Sequence[tuple[int, Form]]], weights: NDArray[np.float64]) -> Entries:
        """Line up what covers some words.

        :param covering: For each word, the forms over it, with its index in each (:meth:`Matches.covering`).
        :param weights: The channel's weights of its tables, of shape (tables,).
        :return: The entries.
        """
        found = [(row, form, form.originals(offset)) for row, forms in enumerate(covering) for offset, form in forms]
        counts = [len(known.wordings) for _, _, known in found]
        wordings = _joined([known.wordings for _, _, known in found], np.zeros(0, np.int64))
        keys = np.stack([np.repeat(np.array([row for row, _, _ in found], np.int64), counts), wordings], axis=1)
        order = np.lexsort((keys[:, 1], keys[:, 0]))
        keys = keys[order]
        first = np.ones(len(keys), np.bool_)
        first[1:] = (keys[1:] != keys[:-1]).any(axis=1)
        return cls(
            words=len(covering),
            rows=keys[first, 0],
            wordings=keys[first, 1],
            pairs=np.cumsum(first) - 1,
            blocks=np.repeat(np.arange(len(found)), counts)[order],
            shares=_joined([known.shares for _, _, known in found], np.zeros(0, np.float32))[order],
            rates=_joined([known.rates for _, _, known in found], np.zeros((0, len(weights)), np.float32))[order],
            reach=np.repeat([form.reach for _, form, _ in found], counts)[order],
            weights=weights / weights.sum(),
        )

    def likelihood(self, log_probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(form | context) of each word under each table, if it was spun with it.

        :param log_probability: Of each pair's wording in its place, by the context alone, of shape (p,).
        :return: Of shape (n, tables).
        """
        weighed = np.exp(log_probability)[self.pairs, None] * self.rates
        rows = self.rows[self.pairs]
        columns = [np.bincount(rows, column, self.words) for column in weighed.T]
        return np.stack(columns, axis=1).astype(np.float64) + UNLISTED

    def bias(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """What is added to the logit of each pair's wording (nats, 0 or more).

        :param weights: The weights of the tables on this page, of shape (tables,).
        :return: Of shape (p,).
        """
        own = self.rates @ self.weights
        moved = np.divide(self.rates @ weights, own, out=np.ones_like(own), where=own > 0) ** TEMPER
        shares = self.shares * moved
        blocks = int(self.blocks.max(initial=-1)) + 1
        before, after = (np.bincount(self.blocks, values, blocks) for values in (self.shares, shares))
        scaled = shares * (before / np.maximum(after, _LEAST))[self.blocks]
        values = np.maximum(np.log(np.maximum(scaled, _LEAST)) + self.reach, 0.0)
        return (
            np.maximum.reduceat(values, np.searchsorted(self.pairs, np.arange(len(self.rows))))
            if len(values)
            else values
        )


def attribute(
    likelihood: NDArray[np.float64], spun: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shares of the tables in a page's spun words, by expectation maximisation with a Dirichlet prior.

    :param likelihood: P(form | context) of each word under each table, of shape (n, tables).
    :param spun: Probability that each word is spun at all, of shape (n,).
    :param weights: The channel's own weights, of shape (tables,), that add up to 1.
    :return: The page's weights, of shape (tables,), that add up to 1.
    """
    found = weights
    for _ in range(_STEPS):
        joint = likelihood * found
        counted = spun @ (joint / joint.sum(axis=1, keepdims=True)) + PRIOR_WORDS * weights
        found = counted / counted.sum()
    return found


def _joined(arrays: Sequence[NDArray], empty: NDArray) -> NDArray:  # type: ignore[type-arg]
    return np.concatenate(arrays) if arrays else empty
