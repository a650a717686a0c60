"""Pairs of words that people write side by side, and what they say where both were replaced.

A spinner changes the words of a fixed expression one by one ("counterfeit consciousness"): neither of its replacements
is odd by itself and the context holds no whole word of the expression any more, yet of all the originals the two words
may have, a few stand together in honest text far more often than chance has it ("artificial intelligence").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log1p
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restorer.channel import Form, Matches
from restorer.segment import is_function

__all__ = ["Collocations", "Company", "neighbours"]

KEPT = 0.5
"""Chance given to a word of standing there unchanged beside one that was replaced."""

BETWEEN = 2
"""Function words that may stand between two neighbours, as in "coalition of the willing"."""

_NONE: dict[str, float] = {}
MOST = 8.0
"""Largest pointwise mutual information that counts (nats)."""


@dataclass(frozen=True, slots=True)
class Company:
    """What the neighbours of some words say of them.

    :param gain: Log likelihood ratio of each word's having been replaced, 0 to :data:`MOST`, float32 of shape (words,).
    :param wordings: For a word's index, what speaks for each of its originals: wording id → nats, above 0.
    """

    gain: NDArray[np.float32]
    wordings: dict[int, dict[int, float]]


def neighbours(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Words that say something of their own, each with the next one that does.

    :param words: Lower-case words.
    :return: Pairs of indices with nothing but up to :data:`BETWEEN` function words between them.
    """
    last, between = -1, 0
    for index, word in enumerate(words):
        if is_function(word):
            between += 1
        elif len(word) > 2 and word.isalpha():
            if last >= 0 and between <= BETWEEN:
                yield last, index
            last, between = index, 0
        else:
            last = -1


class Collocations:
    """Pointwise mutual information of neighbouring words (Church and Hanks 1990), the strongest pairs only."""

    def __init__(self, pairs: Mapping[tuple[str, str], float], wordings: Sequence[str]) -> None:
        """Index the pairs.

        :param pairs: (first, second) in lower case → pointwise mutual information, nats.
        :param wordings: The model's wordings in order of id, which the channel's forms refer to.
        """
        self.pairs = pairs
        self._after: dict[str, dict[str, float]] = defaultdict(dict)
        for (first, second), information in pairs.items():
            self._after[first][second] = exp(min(information, MOST))
        self._wordings = [wording.lower() for wording in wordings]
        self._ids = {wording: i for i, wording in enumerate(self._wordings)}
        self._known: dict[str, tuple[Form, dict[str, float]]] = {}

    def weigh(self, words: Sequence[str], matches: Matches, asked: NDArray[np.bool_]) -> Company:
        """Look at every two neighbours of which one is asked about, and say something of that one.

        :param words: Lower-case words.
        :param matches: What the channel knows about them.
        :param asked: Which words are in question, of shape (words,).
        :return: What their neighbours say.
        """
        gain = np.zeros(len(words), np.float32)
        wordings: dict[int, dict[int, float]] = {}
        single = {index: form for index, form in matches.forms if len(form.words) == 1}
        for index, following in neighbours(words):
            if not (asked[index] or asked[following]):
                continue
            first, second = words[index], words[following]
            befores, afters = self._originals(first, single.get(index)), self._originals(second, single.get(following))
            by_chance = self._after.get(first, _NONE).get(second, 1.0)
            left: dict[str, float] = {}
            right: dict[str, float] = {}
            for before, share in befores.items():
                row = self._after.get(before, _NONE)
                for after in row.keys() & afters.keys():
                    weight = row[after]
                    left[before] = left.get(before, 0.0) + weight * afters[after]
                    right[after] = right.get(after, 0.0) + weight * share
            for place, word, found, prior in ((index, first, left, befores), (following, second, right, afters)):
                if not asked[place]:
                    continue
                total = sum(value * prior[original] for original, value in found.items() if original != word)
                if total > 0.0:
                    gain[place] = max(gain[place], log1p(total / by_chance))
                    self._note(wordings.setdefault(place, {}), found, word)
        return Company(gain, wordings)

    def _note(self, noted: dict[int, float], found: Mapping[str, float], word: str) -> None:
        for original, value in found.items():
            place = self._ids.get(original, -1)
            if original != word and place >= 0:
                noted[place] = max(noted.get(place, 0.0), log1p(value))

    def _originals(self, word: str, form: Form | None) -> dict[str, float]:
        """What may have stood in a word's place, itself included, with probabilities."""
        if form is None:
            return {word: KEPT}
        kept = self._known.get(word)
        # Another channel has another form of the same word, with originals of its own.
        if kept is not None and kept[0] is form:
            return kept[1]
        known = {word: KEPT}
        for wording, prior in zip(form.wordings.tolist(), form.log_priors.tolist(), strict=True):
            written = self._wordings[wording]
            if written and written != word:
                known[written] = known.get(written, 0.0) + (1.0 - KEPT) * exp(prior)
        self._known[word] = form, known
        return known

    def save(self, path: Path) -> None:
        """Write the pairs as one compressed NumPy archive.

        :param path: The file, ending in ``.npz``.
        """
        np.savez_compressed(
            path,
            words=np.frombuffer("\n".join(" ".join(pair) for pair in self.pairs).encode(), np.uint8),
            information=np.array(list(self.pairs.values()), np.float16),
        )

    @classmethod
    def load(cls, path: Path, wordings: Sequence[str]) -> Collocations:
        """Read what :meth:`save` wrote.

        :param path: The file.
        :param wordings: The model's wordings in order of id.
        :return: The collocations.
        """
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            words = data["words"].tobytes().decode().split("\n")
            information = data["information"].astype(np.float32).tolist()
        pairs = (tuple(pair.split(" ", 1)) for pair in words if pair)
        return cls(
            {(first, second): value for (first, second), value in zip(pairs, information, strict=True)}, wordings
        )
