"""From which probability on a page counts as spun, for a requested rate of false alarms a page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from math import floor
from pathlib import Path

from restorer.errors import SettingsError

__all__ = ["PageRates", "page_rates"]

_STEP = 1e-4
"""Probabilities are written with four digits."""


@dataclass(frozen=True, slots=True)
class PageRates:
    """What probabilities clean pages get.

    :param model: The model that gave them.
    :param pages: How many clean pages were looked at.
    :param highest: The highest probabilities among them, descending.
    """

    model: str
    pages: int
    highest: tuple[float, ...]

    def limit(self, fpr: float) -> float:
        """The least probability of a page that counts as spun.

        :param fpr: Requested false alarms a page.
        :return: A probability that no more than this share of the clean pages reached.
        :raises SettingsError: if the rate is finer or coarser than the pages tell.
        """
        finest, coarsest = 1 / self.pages, (len(self.highest) - 1) / self.pages
        if not finest <= fpr <= coarsest:
            msg = (
                f"fpr must be between {finest:.2g} and {coarsest:.2g} false alarms a page, which {self.pages:,} clean "
                f"pages were measured to tell, got {fpr:g}; try 0.001"
            )
            raise SettingsError(msg)
        return round(self.highest[floor(fpr * self.pages)] + _STEP, 4)


@lru_cache(maxsize=1)
def page_rates() -> PageRates:
    """The rates measured with the shipped model (benchmarks/page_rates.py).

    :return: The rates.
    """
    data = json.loads((Path(__file__).parent / "page_rates.json").read_text(encoding="utf-8"))
    return PageRates(data["model"], data["pages"], tuple(data["highest"]))
