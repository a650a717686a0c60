"""What the engine asks of a model, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from restorer.evidence import sigmoid
from restorer.segment import Segmented
from restorer.types import Calibration

__all__ = ["Candidate", "EditModel", "Scores"]


class Candidate(NamedTuple):
    """A wording the model would put in place of a run of words; a tuple, since a spun page has ten thousand of them.

    :param first: Index of the first word replaced.
    :param count: Number of words replaced, 1 or more.
    :param wording: Lower-case wording, words joined by single spaces; empty to delete.
    :param log_probability: Natural log of the probability of this wording, given that the span is spun.
    """

    first: int
    count: int  # type: ignore[assignment] # tuple.count is of no use here
    wording: str
    log_probability: float


@dataclass(frozen=True, slots=True)
class Scores:
    """One text as a model sees it.

    :param spun_logit: Log odds (nats) that each word is not the author's, float32 of shape (words,).
    :param candidates: For each suspect word index, ranked candidates for that word alone, best first.
    :param phrases: For a word index, candidates for a run of two or more words that begins there.
    :param neighbours: What of the log odds comes from what each word's neighbours may have been (nats), float32 of
        shape (words,); None where the model does not look at that.
    :param own_table: What of them comes from how much better the page's own table explains the word (nats), likewise.
    """

    spun_logit: NDArray[np.float32]
    candidates: dict[int, list[Candidate]]
    phrases: dict[int, list[Candidate]] = field(default_factory=dict)
    neighbours: NDArray[np.float32] | None = None
    own_table: NDArray[np.float32] | None = None

    def alone(self, index: int) -> float:
        """Probability that a word is spun, by the network alone.

        :param index: The word's index.
        :return: Between 0 and 1.
        """
        parts = (part for part in (self.neighbours, self.own_table) if part is not None)
        logit = float(self.spun_logit[index]) - sum(float(part[index]) for part in parts)
        return float(sigmoid(np.array(logit)))


@runtime_checkable
class EditModel(Protocol):
    """A model that says for every word whether it is spun and what would stand there."""

    @property
    def name(self) -> str:
        """Name and version, as shown in results."""
        ...

    @property
    def calibration(self) -> Calibration:
        """Thresholds measured for this model."""
        ...

    @property
    def prior(self) -> float:
        """Share of spun words in the text its ``spun_logit`` was trained on."""
        ...

    def score(self, texts: Sequence[Segmented]) -> Iterator[Scores]:
        """Score texts, batching across them.

        :param texts: Segmented texts.
        :return: One :class:`Scores` a text, in order.
        """
        ...
