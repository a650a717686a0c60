"""The word material turned round: for a spun form, which originals may have stood there.

A spinner's replacements are a noisy channel: P(original | spun) follows from how often each original is written and
how likely a spinner turns it into the spun form. The model gets both directions of it as evidence: how suspicious the
form is by itself (an input) and a prior over wordings (added to its logits), and learns what the context says beyond.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import log
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["BUCKETS", "PARTIAL", "TEMPER", "Channel", "Form", "Matches", "Originals", "bias"]

BUCKETS = 5
"""Number of suspicion buckets; 0 is a word the material does not know as a spun form."""

PARTIAL = 255
"""Origin of entries that belong to no original the vocabulary holds in full."""

TEMPER = 0.75
"""Exponent of how often originals are written, and of how likely their table is, in their shares: a table's weights are
guesses, and a very frequent original with a stray entry would otherwise swamp the likely ones."""

_EDGES = (-2.5, -0.5, 1.5)
_FLOOR = 6.0
_LONGER = 1.5
_STEPS = 16
"""Steps to a halving in which a table's rates are saved."""


class Originals(NamedTuple):
    """What a form may stand for at one of its words; k wordings, t tables.

    :param wordings: Their ids, int64 of shape (k,).
    :param shares: P(wording | form) where nothing is known of the page's table, float32 of shape (k,).
    :param rates: P(form | wording) under each table, float32 of shape (k, t), at most 1.
    """

    wordings: NDArray[np.int64]
    shares: NDArray[np.float32]
    rates: NDArray[np.float32]


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
    :param rates: For each entry, P(form | original) under each of the channel's tables, float32 of shape
        (entries, tables).
    :param bucket: Suspicion bucket of the form by itself; worked out.
    :param tagged: Indices into ``words`` that some entry tags; worked out.
    :param known: What :meth:`originals` has worked out so far, by index in ``words``.
    """

    words: tuple[str, ...]
    log_odds: float
    offsets: NDArray[np.uint8]
    wordings: NDArray[np.int32]
    log_priors: NDArray[np.float32]
    origins: NDArray[np.uint8]
    rates: NDArray[np.float32]
    bucket: int = field(init=False)
    tagged: tuple[int, ...] = field(init=False)
    known: dict[int, Originals] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what every match asks: the suspicion, 1 (common) to 4 (hardly honest), and the words tagged."""
        object.__setattr__(self, "bucket", 1 + sum(self.log_odds > edge for edge in _EDGES))
        object.__setattr__(self, "tagged", (0,) if len(self.words) == 1 else tuple(sorted(set(self.offsets.tolist()))))
        object.__setattr__(self, "known", {})

    @property
    def reach(self) -> float:
        """How far (nats) a certain original of this form stands above wordings that are not listed.

        A longer form counts more, since spinners match longest first.
        """
        return _FLOOR + (_LONGER if len(self.words) > 1 else 0.0)

    def originals(self, offset: int) -> Originals:
        """What one of the form's words may stand for; worked out once, and not to be changed.

        :param offset: The word's index in the form.
        :return: Its originals, each wording once.
        """
        if (known := self.known.get(offset)) is None:
            at = np.flatnonzero(self.offsets == offset)
            wordings, place = np.unique(self.wordings[at], return_inverse=True)
            shares = np.bincount(place, np.exp(self.log_priors[at], dtype=np.float64))
            rates = np.zeros((len(wordings), self.rates.shape[1]), np.float32)
            np.add.at(rates, place, self.rates[at])
            known = Originals(wordings.astype(np.int64), shares.astype(np.float32), np.minimum(rates, 1.0))
            self.known[offset] = known
        return known


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
    """Prior over wordings at one word, as it is added to the model's logits where nothing is known of the page.

    Each wording the word's forms may stand for gets ``log P(wording | form)`` above a floor. Wordings that are not
    listed get nothing and so stay possible.

    :param covering: The forms that cover the word, each with the word's index in the form (:meth:`Matches.covering`).
    :return: Wording id → bias (nats, 0 or more).
    """
    values: dict[int, float] = {}
    for offset, form in covering:
        known = form.originals(offset)
        for wording, share in zip(known.wordings.tolist(), known.shares.tolist(), strict=True):
            values[wording] = max(values.get(wording, 0.0), log(share) + form.reach)
    return values


class _Stored(Sequence[Form]):
    """Forms as a file holds them, each made when it is first asked for: a text has a few hundred of them.

    :param written: The words of each form, joined by spaces.
    :param log_odds: See :class:`Form`.
    :param ends: For each form, one past its last entry.
    :param columns: Offsets, wordings, log priors, origins and rates of all entries, form after form.
    """

    def __init__(
        self, written: list[str], log_odds: list[float], ends: list[int], columns: Sequence[NDArray[Any]]
    ) -> None:
        self.written = written
        self._log_odds = log_odds
        self._ends = ends
        self._columns = columns
        self._made: dict[int, Form] = {}

    def __len__(self) -> int:
        return len(self.written)

    @overload
    def __getitem__(self, index: int) -> Form: ...
    @overload
    def __getitem__(self, index: slice) -> list[Form]: ...
    def __getitem__(self, index: int | slice) -> Form | list[Form]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        if (form := self._made.get(index)) is None:
            entries = slice(self._ends[index - 1] if index else 0, self._ends[index])
            own = [column[entries] for column in self._columns]
            form = Form(tuple(self.written[index].split(" ")), self._log_odds[index], *own)
            # Of two threads that make a form at once, both go on with the one that was kept.
            form = self._made.setdefault(index, form)
        return form


class Channel:
    """All spun forms, found in a text by one pass over its words.

    :param forms: The forms.
    :param weights: How likely a page's maker writes like each of the tables that the forms come from.
    """

    def __init__(self, forms: Sequence[Form], weights: Sequence[float] = (1.0,)) -> None:
        self.forms = forms
        self.weights = np.array(weights, np.float64)
        self._single: dict[str, int] = {}
        self._longer: dict[tuple[str, str], list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        written = forms.written if isinstance(forms, _Stored) else [" ".join(form.words) for form in forms]
        for place, form in enumerate(written):
            if " " not in form:
                self._single[form] = place
            else:
                words = tuple(form.split(" "))
                self._longer[words[0], words[1]].append((words, place))

    def match(self, words: Sequence[str]) -> Matches:
        """Find every form in the words, overlapping ones too.

        :param words: Lower-case words.
        :return: The matches.
        """
        single, longer, forms = self._single, self._longer, self.forms
        found = [(index, forms[single[word]]) for index, word in enumerate(words) if word in single]
        for index, pair in enumerate(pairwise(words)):
            if pair in longer:
                for form, place in longer[pair]:
                    if tuple(words[index : index + len(form)]) == form:
                        found.append((index, forms[place]))
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
        return Channel([form for form in self.forms if rng.random() >= share], self.weights.tolist())

    def rated(self, other: Channel) -> Channel:
        """The same forms, odds and shares, with the rates that another channel's tables have for them.

        :param other: A channel over the same wordings.
        :return: The channel; what the other does not know is left to no table.
        """
        known = {form.words: form for form in other.forms}
        forms = []
        for form in self.forms:
            rates = np.zeros((len(form.offsets), len(other.weights)), np.float32)
            if (same := known.get(form.words)) is not None:
                for row, (offset, wording) in enumerate(
                    zip(form.offsets.tolist(), form.wordings.tolist(), strict=True)
                ):
                    originals = same.originals(offset)
                    rates[row] = originals.rates[originals.wordings == wording].sum(axis=0)
            forms.append(replace(form, rates=rates))
        return Channel(forms, other.weights.tolist())

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
            rates=_narrowed(np.concatenate([f.rates for f in self.forms])),
            weights=self.weights,
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
            columns = [data["offsets"], data["wordings"].astype(np.int32), data["log_priors"].astype(np.float32)]
            origins = data["origins"]
            # A channel made before its tables were told apart is one table.
            rates = _WIDENED[data["rates"]] if "rates" in data else np.ones((len(origins), 1), np.float32)
            weights = data["weights"].tolist() if "weights" in data else [1.0]
        if not len(words) == len(odds) == len(ends) or {len(c) for c in (*columns, origins, rates)} != {ends[-1]}:
            msg = "columns of different lengths"
            raise ValueError(msg)
        return cls(_Stored(words, odds, ends, (*columns, origins, rates)), weights)


_WIDENED = np.concatenate([[0.0], 2.0 ** (-np.arange(255) / _STEPS)]).astype(np.float32)
"""The rates that :func:`_narrowed` writes as 0 to 255."""


def _narrowed(rates: NDArray[np.float32]) -> NDArray[np.uint8]:
    steps = np.rint(-_STEPS * np.log2(np.maximum(rates, 2.0**-15))) + 1
    return np.where(rates > 0, np.clip(steps, 1, 255), 0).astype(np.uint8)
