"""The wording head: what the context makes of every wording, and what stands there once the channel is heard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["COMMON", "MOST_CANDIDATES", "Head", "Look"]

MOST_CANDIDATES = 12
COMMON = 5_000
"""Wordings, the most frequent first, that every suspect word is compared with; rarer ones only where the channel names
them for the word's form, which halves the time on heavily spun text."""

_ROWS = 256
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Look:
    """What the context says at n words: of the common wordings, and of p pairs of a word and a wording.

    :param best: Ids of each word's likeliest common wordings, in no order, int64 of shape (n, MOST_CANDIDATES).
    :param logits: Their logits, of shape (n, MOST_CANDIDATES).
    :param rows: For each pair, the word, int64 of shape (p,), ascending.
    :param wordings: For each pair, the wording's id, int64 of shape (p,).
    :param listed: For each pair, the logit; negative infinity where the wording is the word itself.
    :param total: Log of the sum over the common wordings, of shape (n,).
    """

    best: NDArray[np.int64]
    logits: NDArray[np.float64]
    rows: NDArray[np.int64]
    wordings: NDArray[np.int64]
    listed: NDArray[np.float64]
    total: NDArray[np.float64]

    def log_probability(self) -> NDArray[np.float64]:
        """Of each pair's wording, by the context alone, of shape (p,)."""
        return self.listed - self.total[self.rows]

    def rank(self, bias: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The likeliest wordings of each word, once the pairs' logits are moved.

        :param bias: Added to each pair's logit, of shape (p,).
        :return: Ids and log probabilities, best first, both of shape (n, MOST_CANDIDATES).
        """
        words, most = self.best.shape
        moved = self.listed + bias
        rows = np.repeat(np.arange(words), most)
        stride = int(max(self.best.max(initial=0), self.wordings.max(initial=0))) + 1
        others = ~np.isin(rows * stride + self.best.ravel(), self.rows * stride + self.wordings)
        peak = self.logits.max(axis=1)
        np.maximum.at(peak, self.rows, moved)
        # What the context alone gives the pairs is part of the total where they are common.
        counted = np.where(self.wordings < COMMON, np.exp(self.listed - peak[self.rows]), 0.0)
        change = np.bincount(self.rows, np.exp(moved - peak[self.rows]) - counted, words)
        total = np.log(np.maximum(np.exp(self.total - peak) + change, 1e-12)) + peak
        rows = np.concatenate([self.rows, rows[others]])
        ids = np.concatenate([self.wordings, self.best.ravel()[others]])
        values = np.concatenate([moved, self.logits.ravel()[others]]) - total[rows]
        order = np.lexsort((-values, rows))
        first = np.searchsorted(rows[order], np.arange(words))
        kept = order[first[:, None] + np.arange(most)]
        return ids[kept], values[kept]


@dataclass(frozen=True, slots=True)
class Head:
    """The weights of the head.

    :param weight: One row a wording, float32 of shape (wordings, width).
    :param bias: float32 of shape (wordings,).
    :param wordings: The wordings as they are written, in order of id; the first deletes.
    :param prior_scale: Factor of the channel's prior.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    wordings: list[str]
    prior_scale: float

    @classmethod
    def load(cls, folder: Path, prior_scale: float) -> Head:
        """Read ``head.npz`` (int8 rows with a scale each) and ``wordings.json``.

        :param folder: The model's folder.
        :param prior_scale: Factor of the channel's prior.
        :return: The head.
        """
        with (folder / "head.npz").open("rb") as file, np.load(file, allow_pickle=False) as data:
            weight = data["weight"].astype(np.float32) * data["scale"].astype(np.float32)[:, None]
            offset = data["bias"].astype(np.float32)
        return cls(weight, offset, json.loads((folder / "wordings.json").read_text(encoding="utf-8")), prior_scale)

    def look(
        self, hidden: NDArray[np.float32], own: Sequence[int], rows: NDArray[np.int64], wordings: NDArray[np.int64]
    ) -> Look:
        """What the context says at some words.

        :param hidden: The words' vectors, of shape (n, width).
        :param own: For each, the id of the word that stands there, which is not an answer; -1 when it has none.
        :param rows: For each pair to look at, the word, ascending, of shape (p,).
        :param wordings: For each pair, the wording's id, of shape (p,).
        :return: What it says.
        """
        words, most = len(hidden), min(MOST_CANDIDATES, COMMON, len(self.bias))
        best = np.empty((words, most), np.int64)
        values = np.empty((words, most))
        total = np.empty(words)
        listed = np.empty(len(rows))
        for start in range(0, words, _ROWS):
            chunk = hidden[start : start + _ROWS]
            logits = chunk @ self.weight[:COMMON].T
            logits += self.bias[:COMMON]
            for row, excluded in enumerate(own[start : start + _ROWS]):
                if 0 <= excluded < logits.shape[1]:
                    logits[row, excluded] = -np.inf
            pairs = slice(*np.searchsorted(rows, (start, start + _ROWS)))
            listed[pairs] = self._listed(chunk, logits, rows[pairs] - start, wordings[pairs])
            best[start : start + _ROWS] = columns = _top(logits)
            values[start : start + _ROWS] = chosen = np.take_along_axis(logits, columns, 1)
            peak = chosen.max(axis=1, keepdims=True)
            np.subtract(logits, peak, out=logits)
            total[start : start + _ROWS] = np.log(np.exp(logits, out=logits).sum(axis=1)) + peak[:, 0]
        listed[wordings == np.array(own, np.int64)[rows]] = -np.inf
        return Look(best, values, rows, wordings, listed, total)

    def _listed(
        self,
        hidden: NDArray[np.float32],
        logits: NDArray[np.float32],
        rows: NDArray[np.int64],
        wordings: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """Logits of pairs, those of rare wordings worked out."""
        rare = wordings >= logits.shape[1]
        values = logits[rows, np.where(rare, 0, wordings)]
        rows, wordings = rows[rare], wordings[rare]
        values[rare] = np.einsum("ij,ij->i", hidden[rows], self.weight[wordings]) + self.bias[wordings]
        return values


def _top(logits: NDArray[np.float32]) -> NDArray[np.int64]:
    """Columns of each row's largest values, in no order.

    The largest values lie in the blocks with the largest maxima, and one pass for the maxima of blocks is several
    times faster than partitioning whole rows.
    """
    rows, width = logits.shape
    blocks = width // _BLOCK
    most = min(MOST_CANDIDATES, width)
    if blocks <= most:
        return np.argpartition(logits, -most, axis=1)[:, -most:]
    # A block is every blocks-th column, so that the maxima are taken along rows that lie together in memory.
    maxima = logits[:, : blocks * _BLOCK].reshape(rows, _BLOCK, blocks).max(axis=1)
    kept = np.argpartition(maxima, -most, axis=1)[:, -most:]
    columns = (kept[:, :, None] + np.arange(_BLOCK) * blocks).reshape(rows, -1)
    rest = np.broadcast_to(np.arange(blocks * _BLOCK, width), (rows, width - blocks * _BLOCK))
    columns = np.concatenate([columns, rest], axis=1)
    inner = np.argpartition(np.take_along_axis(logits, columns, 1), -most, axis=1)[:, -most:]
    return np.take_along_axis(columns, inner, 1)
