"""The survey as plain text, CSV, and lists for blockers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from enum import StrEnum

from restorer.sites.domains import listable
from restorer.sites.survey import Site, Survey

__all__ = ["Blocklist", "as_blocklist", "as_csv", "as_text"]

_HEADINGS = ("site", "pages", "spun", "share", "95% interval", "density", "copied", "days later")
_WIDEST = 48


class Blocklist(StrEnum):
    """Lists that blockers read."""

    UBLOCK = "ublock"
    HOSTS = "hosts"
    CSV = "csv"


def as_text(survey: Survey) -> str:
    """A table for a terminal.

    :param survey: The survey.
    :return: Lines; nothing but letters, figures and spaces, whatever pages hold.
    """
    rows = [_HEADINGS, *(_row(site) for site in survey.sites)]
    widths = [min(max(len(row[i]) for row in rows), _WIDEST) for i in range(len(_HEADINGS))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
    lines.append(
        f"pages with a probability of {survey.limit:g} or more count as spun: {survey.fpr:g} false alarms a page"
    )
    if survey.without_address:
        lines.append(f"{survey.without_address:,} pages without an address are in no site")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _row(site: Site) -> tuple[str, ...]:
    days = site.sources.days_later
    return (
        site.name,
        f"{site.pages:,}",
        f"{site.flagged:,}",
        f"{site.share.value:.1%}",
        f"{site.share.low:.1%} to {site.share.high:.1%}",
        f"{site.traits.density:.0%}" if site.traits else "",
        f"{site.sources.pages:,}" if site.sources.pages else "",
        f"{days:g}" if days is not None else "",
    )


def as_csv(survey: Survey) -> str:
    """One row a site.

    :param survey: The survey.
    :return: CSV with a header.
    """
    return _csv(survey.sites)


def _csv(sites: tuple[Site, ...]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("domain", "pages", "spun", "share", "low", "high"))
    for site in sites:
        share = site.share
        writer.writerow(
            (site.domain, site.pages, site.flagged, f"{share.value:.4f}", f"{share.low:.4f}", f"{share.high:.4f}")
        )
    return stream.getvalue()


def as_blocklist(survey: Survey, form: Blocklist, *, least_share: float = 0.5, least_pages: int = 10) -> str:
    """The sites that are surely spun, as a blocker reads them.

    :param survey: The survey.
    :param form: Which blocker.
    :param least_share: Least lower end of a site's share.
    :param least_pages: Least number of its pages.
    :return: The list.
    """
    sites = tuple(
        site
        for site in survey.sites
        if site.flagged and site.share.low >= least_share and site.pages >= least_pages and listable(site.domain)
    )
    if form is Blocklist.CSV:
        return _csv(sites)
    return "".join(_lines(sites, form, least_share, least_pages))


def _lines(sites: tuple[Site, ...], form: Blocklist, least_share: float, least_pages: int) -> Iterator[str]:
    mark = "!" if form is Blocklist.UBLOCK else "#"
    yield f"{mark} Title: Sites with machine-spun pages\n"
    yield f"{mark} At least {least_share:.0%} of at least {least_pages} pages, by the lower end of the 95% interval\n"
    for site in sites:
        if form is Blocklist.UBLOCK:
            yield f"! {site.flagged:,} of {site.pages:,} pages\n||{site.domain}^\n"
        else:  # such a list knows no subdomains
            names = {site.domain, f"www.{site.domain}", *filter(str.isascii, site.hosts)}
            yield "".join(f"0.0.0.0 {name}\n" for name in sorted(names))
