"""A share and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

__all__ = ["Share", "spun_share", "wilson"]


@dataclass(frozen=True, slots=True)
class Share:
    """An estimated share with its 95% interval.

    :param value: The estimate, 0 to 1.
    :param low: Lower end.
    :param high: Upper end.
    """

    value: float
    low: float
    high: float


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """95% interval of a share (Wilson 1927).

    :param hits: Successes.
    :param trials: Trials.
    :return: Lower and upper end; 0 and 1 where nothing was tried.
    """
    if not trials:
        return 0.0, 1.0
    z, p = 1.96, hits / trials
    centre = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def spun_share(flagged: int, pages: int, fpr: float) -> Share:
    """Share of a site's pages that are spun, the false alarms to be expected taken off (Rogan and Gladen 1978).

    Pages that are spun and not flagged are not made up for: how many there are depends on how lightly the site spins.

    :param flagged: Pages above the threshold.
    :param pages: All pages.
    :param fpr: False alarms a page of the threshold.
    :return: The share.
    """
    low, high = wilson(flagged, pages)
    return Share(*((max(share - fpr, 0.0)) / (1.0 - fpr) for share in (flagged / max(pages, 1), low, high)))
