"""From runs to ranked sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from restorer.sites.domains import display
from restorer.sites.estimate import Share, spun_share
from restorer.sites.pages import Page, Pages
from restorer.sites.thresholds import page_rates
from restorer.sites.traits import Sources, Traits, sources_of, traits_of

__all__ = ["Site", "Survey", "survey"]

MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a site.

    :param domain: Its registered domain, in ASCII.
    :param name: The same as it is read.
    :param pages: Pages seen.
    :param flagged: Pages that count as spun.
    :param words: Words of all pages.
    :param hosts: Hosts of its pages.
    :param share: Share of its pages that are spun.
    :param traits: Habits of its spinner; None where no page is spun.
    :param sources: Where its spun pages were copied from.
    :param examples: Its worst pages.
    """

    domain: str
    name: str
    pages: int
    flagged: int
    words: int
    hosts: tuple[str, ...]
    share: Share
    traits: Traits | None
    sources: Sources
    examples: tuple[Page, ...]

    def to_dict(self) -> dict[str, Any]:
        """The site as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Survey:
    """All sites.

    :param sites: The sites, the surest spun first.
    :param without_address: Pages that belong to no site.
    :param fpr: Requested false alarms a page.
    :param limit: Least probability of a page that counts as spun.
    """

    sites: tuple[Site, ...]
    without_address: int
    fpr: float
    limit: float

    def to_dict(self) -> dict[str, Any]:
        """The survey as JSON can hold it."""
        return asdict(self)


def survey(runs: Sequence[Path], fpr: float = 0.001) -> Survey:
    """Look at the sites of some runs.

    Sites are in order of the lower end of their share's interval, so that three pages never outrank three hundred.

    :param runs: Output folders of ``restore batch``, or their tables.
    :param fpr: Requested false alarms a page.
    :return: The sites.
    :raises SettingsError: if the rate is out of range.
    :raises InputError: if a run cannot be read.
    :raises MissingDependencyError: if a library is not installed.
    """
    limit = page_rates().limit(fpr)
    pages = Pages(runs)
    found: dict[str, tuple[Traits, Sources, tuple[Page, ...]]] = {}
    for domain, group in groupby(pages.flagged(limit), key=lambda item: item[0]):
        spun = [page for _, page in group]
        found[domain] = traits_of(spun), sources_of(spun), tuple(spun[:MOST_EXAMPLES])
    sites = []
    for total in pages.totals(limit):
        traits, sources, examples = found.get(total.domain, (None, Sources(0, (), None), ()))
        sites.append(
            Site(
                domain=total.domain,
                name=display(total.domain),
                pages=total.pages,
                flagged=total.flagged,
                words=total.words,
                hosts=total.hosts,
                share=spun_share(total.flagged, total.pages, fpr),
                traits=traits,
                sources=sources,
                examples=examples,
            )
        )
    sites.sort(key=lambda site: (-site.share.low, -site.share.value, site.domain))
    return Survey(tuple(sites), pages.without_address, fpr, limit)
