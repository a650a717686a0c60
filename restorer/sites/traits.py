"""What the spun pages of a site have in common: the habits of whatever spun them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median

from restorer.sites.pages import Page

__all__ = ["Sources", "Traits", "days_between", "sources_of", "traits_of"]

MOST_FORMS, MOST_SOURCES = 10, 5
ENOUGH_SPELLINGS = 3
"""Words of one dialect's spelling on a site's pages before its spinner is said to write it."""

_BRITISH = frozenset(
    "colour colours favour favours favourite favourites honour honours labour behaviour neighbour neighbours harbour "
    "humour rumour rumours centre centres theatre theatres metre metres litre litres fibre defence offence licence "
    "organise organised organisation recognise recognised realise realised apologise criticise criticised emphasise "
    "analyse analysed travelled travelling cancelled modelling programme programmes grey cheque tyre whilst amongst "
    "mum towards learnt aeroplane aluminium maths".split()
)
_AMERICAN = frozenset(
    "color colors favor favors favorite favorites honor honors labor behavior neighbor neighbors harbor humor rumor "
    "rumors center centers theater theaters meter meters liter liters fiber defense offense license organize organized "
    "organization recognize recognized realize realized apologize criticize criticized emphasize analyze analyzed "
    "traveled traveling canceled modeling program programs gray check tire mom toward airplane aluminum math".split()
)


@dataclass(frozen=True, slots=True)
class Traits:
    """Habits of a site's spinner.

    :param density: Mean share of a spun page's words that are spun.
    :param quotes: Share of the spun pages, of those where it can be told, whose quotations were spun too; None where it
        can be told of none.
    :param capitals: The same for capitalised words.
    :param leftovers: Kinds of leftovers, each with the number of pages that have it.
    :param dialect: ``British`` or ``American`` where the wordings that were put in are spelled so; empty where there is
        too little to tell.
    :param forms: Wordings that were put in and what they stand for, each with the number of pages, commonest first.
    """

    density: float
    quotes: float | None
    capitals: float | None
    leftovers: dict[str, int]
    dialect: str
    forms: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a site's spun pages were copied from.

    :param pages: Pages whose source was found.
    :param commonest: Sources with the number of pages, commonest first.
    :param days_later: Median of the days from a source's date to its copy's; None where no two dates are known.
    """

    pages: int
    commonest: tuple[tuple[str, int], ...]
    days_later: float | None


def traits_of(pages: Sequence[Page]) -> Traits:
    """What the spun pages of a site have in common.

    :param pages: The pages, one or more.
    :return: Their traits.
    """
    forms: Counter[tuple[str, str]] = Counter()
    leftovers: Counter[str] = Counter()
    spelled: Counter[str] = Counter()
    for page in pages:
        edits = {(f["text"].lower(), (f["replacement"] or "").lower()) for f in page.findings if f["applied"]}
        forms.update(edits)
        leftovers.update({f["leftover"] for f in page.findings if f["leftover"]})
        words = {word for form, _ in edits for word in form.split()}
        spelled["British"] += len(words & _BRITISH)
        spelled["American"] += len(words & _AMERICAN)
    best = sorted(forms.items(), key=lambda item: (-item[1], item[0]))[:MOST_FORMS]
    return Traits(
        density=round(fmean(page.density for page in pages), 4),
        quotes=_share([page.quotes_spun for page in pages]),
        capitals=_share([page.capitals_spun for page in pages]),
        leftovers=dict(sorted(leftovers.items())),
        dialect=_dialect(spelled),
        forms=tuple((form, wording, count) for (form, wording), count in best),
    )


def sources_of(pages: Sequence[Page]) -> Sources:
    """Where they were copied from.

    :param pages: The spun pages of a site.
    :return: The sources.
    """
    found = Counter(page.source for page in pages if page.source)
    best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MOST_SOURCES]
    days = [d for page in pages if page.source and (d := days_between(page.source_date, page.date)) is not None]
    return Sources(sum(found.values()), tuple(best), float(median(days)) if days else None)


def days_between(earlier: str, later: str) -> int | None:
    """Days from one date to another.

    :param earlier: An ISO date or time, or whatever else a page calls its date.
    :param later: Another.
    :return: The days, below 0 when the second comes first; None where either is not known.
    """
    try:
        return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days
    except ValueError:
        return None


def _share(answers: Sequence[bool | None]) -> float | None:
    known = [answer for answer in answers if answer is not None]
    return round(sum(known) / len(known), 4) if known else None


def _dialect(spelled: Counter[str]) -> str:
    """The dialect, where one has enough words and four times the other's."""
    best, other = sorted(("British", "American"), key=lambda name: -spelled[name])
    return best if spelled[best] >= max(ENOUGH_SPELLINGS, 4 * spelled[other]) else ""
