"""The word material turned round: for a spun form, which originals may have stood there.

A spinner's replacements are a noisy channel: P(original | spun) follows from how often each original is written and
how likely a spinner turns it into the spun form. The model gets both directions of it as evidence: how suspicious the
form is by itself (an input) and a prior over wordings (added to its logits), and learns what the context says beyond.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import exp, log
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

__all__ = ["BUCKETS", "PARTIAL", "Channel", "Form", "Matches", "bias"]

BUCKETS = 5
"""Number of suspicion buckets; 0 is a word the material does not know as a spun form."""

PARTIAL = 255
"""Origin of entries that belong to no original the vocabulary holds in full."""

_EDGES = (-2.5, -0.5, 1.5)
_FLOOR = 6.0
_LONGER = 1.5


@dataclass(frozen=True, slots=True)
class Form:
    """A spun form.

    :param words: Its words, lower case.
    :param log_odds: Log of how often it would be written by a spinner over how often people write it (nats).
    :param offsets: For each entry, the index in ``words`` of the word tagged, uint8 of shape (entries,).
    :param wordings: For each entry, the wording's id, int32 of shape (entries,).
    :param log_priors: For each entry, log P(original | form), float32 of shape (entries,), at most 0.
    :param origins: For each entry, the number of the original it belongs to, uint8 of shape (entries,);
        :data:`PARTIAL` where the original cannot be said in full.
    :param bucket: Suspicion bucket of the form by itself; worked out.
    :param tagged: Indices into ``words`` that some entry tags; worked out.
    :param biases: What :meth:`bias` has worked out so far, by index in ``words``.
    """

    words: tuple[str, ...]
    log_odds: float
    offsets: NDArray[np.uint8]
    wordings: NDArray[np.int32]
    log_priors: NDArray[np.float32]
    origins: NDArray[np.uint8]
    bucket: int = field(init=False)
    tagged: tuple[int, ...] = field(init=False)
    biases: dict[int, dict[int, float]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what every match asks: the suspicion, 1 (common) to 4 (hardly honest), and the words tagged."""
        object.__setattr__(self, "bucket", 1 + sum(self.log_odds > edge for edge in _EDGES))
        object.__setattr__(self, "tagged", (0,) if len(self.words) == 1 else tuple(sorted(set(self.offsets.tolist()))))
        object.__setattr__(self, "biases", {})

    def bias(self, offset: int) -> dict[int, float]:
        """Prior over wordings at one of the form's words; worked out once, and not to be changed.

        :param offset: The word's index in the form.
        :return: Wording id → bias (nats, above 0).
        """
        if (known := self.biases.get(offset)) is not None:
            return known
        shares: dict[int, float] = {}
        for at, wording, prior in zip(self.offsets, self.wordings.tolist(), self.log_priors.tolist(), strict=True):
            if at == offset:
                shares[wording] = shares.get(wording, 0.0) + exp(prior)
        extra = _FLOOR + (_LONGER if len(self.words) > 1 else 0.0)
        values = {wording: max(log(share) + extra, 0.0) for wording, share in shares.items()}
        self.biases[offset] = values
        return values


@dataclass(frozen=True, slots=True)
class Matches:
    """What a channel knows about a run of words.

    :param buckets: Suspicion bucket of each word, uint8 of shape (words,).
    :param forms: (index of the first word, form) of every form that stands in the words.
    """

    buckets: NDArray[np.uint8]
    forms: list[tuple[int, Form]]

    def covering(self) -> dict[int, list[tuple[int, Form]]]:
        """For each word that a form tags: the forms, with the word's index in each.

        :return: Word index → (offset in the form, form).
        """
        covered: dict[int, list[tuple[int, Form]]] = defaultdict(list)
        for first, form in self.forms:
            for offset in form.tagged:
                covered[first + offset].append((offset, form))
        return covered


def bias(covering: Sequence[tuple[int, Form]]) -> dict[int, float]:
    """Prior over wordings at one word, as it is added to the model's logits.

    Each wording the word's forms may stand for gets ``log P(wording | form)`` above a floor; a longer form counts
    more, since spinners match longest first. Wordings that are not listed get nothing and so stay possible.

    :param covering: The forms that cover the word, each with the word's index in the form (:meth:`Matches.covering`).
    :return: Wording id → bias (nats, above 0), not to be changed.
    """
    if len(covering) == 1:
        ((offset, form),) = covering
        return form.bias(offset)
    values: dict[int, float] = {}
    for offset, form in covering:
        for wording, value in form.bias(offset).items():
            values[wording] = max(values.get(wording, 0.0), value)
    return values


class Channel:
    """All spun forms, found in a text by one pass over its words."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self.forms = list(forms)
        self._single: dict[str, Form] = {}
        self._longer: dict[tuple[str, str], list[Form]] = defaultdict(list)
        for form in self.forms:
            if len(form.words) == 1:
                self._single[form.words[0]] = form
            else:
                self._longer[form.words[0], form.words[1]].append(form)

    def match(self, words: Sequence[str]) -> Matches:
        """Find every form in the words, overlapping ones too.

        :param words: Lower-case words.
        :return: The matches.
        """
        single, longer = self._single, self._longer
        found = [(index, single[word]) for index, word in enumerate(words) if word in single]
        for index, pair in enumerate(pairwise(words)):
            if pair in longer:
                for form in longer[pair]:
                    if tuple(words[index : index + len(form.words)]) == form.words:
                        found.append((index, form))
        return self.matches(len(words), found)

    @staticmethod
    def matches(length: int, found: list[tuple[int, Form]]) -> Matches:
        """The suspicion that found forms cast on the words they tag.

        :param length: Number of words in the text.
        :param found: (index of the first word, form).
        :return: The matches.
        """
        buckets = [0] * length
        for index, form in found:
            bucket = form.bucket
            for offset in form.tagged:
                if buckets[index + offset] < bucket:
                    buckets[index + offset] = bucket
        return Matches(np.array(buckets, np.uint8), found)

    def without(self, share: float, rng: Random) -> Channel:
        """A channel that knows fewer forms, as it is for a maker whose words were never collected.

        :param share: Chance that a form is forgotten.
        :param rng: Source of chance.
        :return: The smaller channel.
        """
        return Channel([form for form in self.forms if rng.random() >= share])

    def save(self, path: Path) -> None:
        """Write the forms as one compressed NumPy archive.

        :param path: The file, ending in ``.npz``.
        """
        counts = [len(f.offsets) for f in self.forms]
        np.savez_compressed(
            path,
            words=np.frombuffer("\n".join(" ".join(f.words) for f in self.forms).encode(), np.uint8),
            log_odds=np.array([f.log_odds for f in self.forms], np.float16),
            counts=np.array(counts, np.uint16),
            offsets=np.concatenate([f.offsets for f in self.forms]),
            wordings=np.concatenate([f.wordings for f in self.forms]).astype(np.uint16),
            log_priors=np.concatenate([f.log_priors for f in self.forms]).astype(np.float16),
            origins=np.concatenate([f.origins for f in self.forms]),
        )

    @classmethod
    def load(cls, path: Path) -> Channel:
        """Read what :meth:`save` wrote.

        :param path: The file.
        :return: The channel.
        """
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            words = data["words"].tobytes().decode().split("\n")
            ends = np.cumsum(data["counts"], dtype=np.int64).tolist()
            odds = data["log_odds"].astype(np.float32).tolist()
            offsets, wordings = data["offsets"], data["wordings"].astype(np.int32)
            priors = data["log_priors"].astype(np.float32)
            origins = data["origins"]
        starts = [0, *ends[:-1]]
        return cls(
            [
                Form(tuple(w.split(" ")), o, offsets[a:b], wordings[a:b], priors[a:b], origins[a:b])
                for w, o, a, b in zip(words, odds, starts, ends, strict=True)
            ]
        )
