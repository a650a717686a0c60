"""The word material turned round: for a spun form, which originals may have stood there.

A spinner's replacements are a noisy channel: P(original | spun) follows from how often each original is written and
how likely a spinner turns it into the spun form. The model gets both directions of it as evidence: how suspicious the
form is by itself (an input) and a prior over wordings (added to its logits), and learns what the context says beyond.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["BUCKETS", "Channel", "Form", "Matches", "bias"]

BUCKETS = 5
"""Number of suspicion buckets; 0 is a word the material does not know as a spun form."""

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
    :param log_priors: For each entry, log P(wording | form), float32 of shape (entries,), at most 0.
    """

    words: tuple[str, ...]
    log_odds: float
    offsets: NDArray[np.uint8]
    wordings: NDArray[np.int32]
    log_priors: NDArray[np.float32]

    @property
    def bucket(self) -> int:
        """Suspicion by itself: 1 (common in honest text) to 4 (hardly ever honest)."""
        return 1 + sum(self.log_odds > edge for edge in _EDGES)


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
            for offset in set(form.offsets.tolist()):
                covered[first + offset].append((offset, form))
        return covered


def bias(covering: Sequence[tuple[int, Form]]) -> dict[int, float]:
    """Prior over wordings at one word, as it is added to the model's logits.

    Each wording the word's forms may stand for gets ``log P(wording | form)`` above a floor; a longer form counts
    more, since spinners match longest first. Wordings that are not listed get nothing and so stay possible.

    :param covering: The forms that cover the word, each with the word's index in the form (:meth:`Matches.covering`).
    :return: Wording id → bias (nats, above 0).
    """
    values: dict[int, float] = {}
    for offset, form in covering:
        extra = _FLOOR + (_LONGER if len(form.words) > 1 else 0.0)
        for at, wording, prior in zip(form.offsets, form.wordings, form.log_priors, strict=True):
            if at == offset:
                values[int(wording)] = max(values.get(int(wording), 0.0), float(prior) + extra)
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
                self._longer[form.words[:2]].append(form)

    def match(self, words: Sequence[str]) -> Matches:
        """Find every form in the words, overlapping ones too.

        :param words: Lower-case words.
        :return: The matches.
        """
        found: list[tuple[int, Form]] = []
        single, longer = self._single, self._longer
        for index, word in enumerate(words):
            form = single.get(word)
            if form is not None:
                found.append((index, form))
            rows = longer.get((word, words[index + 1])) if index + 1 < len(words) else None
            for form in rows or ():
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
        buckets = np.zeros(length, np.uint8)
        for index, form in found:
            bucket = form.bucket
            for offset in set(form.offsets.tolist()):
                buckets[index + offset] = max(buckets[index + offset], bucket)
        return Matches(buckets, found)

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
        )

    @classmethod
    def load(cls, path: Path) -> Channel:
        """Read what :meth:`save` wrote.

        :param path: The file.
        :return: The channel.
        """
        with np.load(path, allow_pickle=False) as data:
            words = data["words"].tobytes().decode().split("\n")
            ends = np.cumsum(data["counts"], dtype=np.int64).tolist()
            odds = data["log_odds"].astype(np.float32).tolist()
            offsets, wordings = data["offsets"], data["wordings"].astype(np.int32)
            priors = data["log_priors"].astype(np.float32)
        starts = [0, *ends[:-1]]
        return cls(
            [
                Form(tuple(w.split(" ")), o, offsets[a:b], wordings[a:b], priors[a:b])
                for w, o, a, b in zip(words, odds, starts, ends, strict=True)
            ]
        )
