"""A model whose every answer is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np

from restorer.models.base import Candidate, Scores
from restorer.segment import Segmented
from restorer.types import Calibration

__all__ = ["SPUN", "FakeModel"]

SPUN: Mapping[str, Sequence[tuple[str, float]]] = {
    "mentioned": (("said", 0.96), ("told", 0.03)),
    "adequate": (("enough", 0.9), ("sufficient", 0.08)),
    "convention": (("conference", 0.93), ("meeting", 0.05)),
    "statesmen": (("officials", 0.95),),
}
"""Spun words of the fake language, each with its wordings and their probabilities."""

CALIBRATION = Calibration(fpr=(0.0001, 0.001, 0.01), flag=(0.9, 0.6, 0.3), edit=(0.8, 0.5, 0.2))


@dataclass(frozen=True)
class FakeModel:
    """Flags the words of a dictionary and nothing else.

    :param spun: Spun words with their wordings, best first.
    :param odds: Log odds of a word of the dictionary; every other word has the negative of it.
    :param name: Name shown in results.
    """

    spun: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=lambda: SPUN)
    odds: float = 8.0
    name: str = "fake@1"
    calibration: Calibration = CALIBRATION
    prior: float = 0.1

    def score(self, texts: Sequence[Segmented]) -> Iterator[Scores]:
        """Score texts one by one.

        :param texts: Segmented texts.
        :return: Their scores.
        """
        for text in texts:
            hits = [i for i, word in enumerate(text.words) if word in self.spun]
            logits = np.full(len(text.words), -self.odds, np.float32)
            logits[hits] = self.odds
            yield Scores(logits, {i: self._candidates(i, text.words[i]) for i in hits})

    def _candidates(self, first: int, word: str) -> list[Candidate]:
        return [Candidate(first, 1, wording, log(share)) for wording, share in self.spun[word]]
