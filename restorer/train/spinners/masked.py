"""A masked language model's own plausible guesses, as in replaced-token detection (ELECTRA, Clark et al. 2020)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from random import Random
from typing import Protocol

from restorer.align import DELETE
from restorer.models.base import Candidate
from restorer.segment import Segmented
from restorer.train.lexicon import rate
from restorer.train.spinners.base import Edit, Options, allowed

__all__ = ["Generator", "MaskedSpinner"]

MOST_HIDDEN = 0.4
"""Share of the words hidden at full density; with more of them hidden the guesses no longer fit the text."""


class Generator(Protocol):
    """Something that guesses hidden words."""

    def fill(self, text: Segmented, hidden: Sequence[int]) -> Mapping[int, Sequence[Candidate]]:
        """Likeliest wordings of hidden words, the word that stands there left out.

        :param text: The segmented text.
        :param hidden: Indices of the hidden words, ascending.
        :return: For each hidden word, ranked candidates.
        """
        ...


class MaskedSpinner:
    """Hides words here and there and writes what a masked language model would."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    def spin(self, article: Segmented, options: Options, rng: Random) -> list[Edit]:
        """Draw the replacements for one article.

        :param article: The clean article.
        :param options: How to spin it; the sharpness is the inverse temperature of the guesses.
        :param rng: Source of chance; the same state gives the same edits.
        :return: Edits in order of position, not overlapping.
        """
        share = MOST_HIDDEN * options.density
        hidden = [
            index
            for index, word in enumerate(article.words)
            if word[0].isalpha() and allowed(article, index, options) and rng.random() < share * rate((word,))
        ]
        edits = []
        for index, row in sorted(self._generator.fill(article, hidden).items()):
            kept = [c for c in row if c.wording != DELETE]
            if kept:
                weights = [exp(options.sharpness * c.log_probability) for c in kept]
                wording = rng.choices(kept, weights)[0].wording
                edits.append(Edit(index, 1, tuple(wording.lower().replace("-", " - ").split())))
        return edits
