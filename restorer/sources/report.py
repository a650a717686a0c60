"""What a search for sources shows: JSON Lines for programs, one page side by side for people."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from restorer.report import html_page
from restorer.report.html_page import shown
from restorer.sources.match import Source, SourceReport

__all__ = ["MOST_SHOWN", "head", "section", "tail"]

MOST_SHOWN = 500
"""Suspects that the page shows; all of them are in the JSON Lines."""

_STYLE = """
main { padding-top: 1rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .2rem 1.2rem; padding: .5rem 0;
  border-bottom: 1px solid var(--line); }
.pair p { margin: 0; overflow-wrap: anywhere; }
.sides { color: var(--soft); font-weight: 600; }
.source { margin: .2rem 0 1rem; color: var(--soft); overflow-wrap: anywhere; }
@media (max-width: 40rem) { .pair { grid-template-columns: 1fr; } .sides { display: none; } }
"""


def head(copied: int, suspects: int) -> str:
    """Beginning of the page.

    :param copied: Suspects with a source.
    :param suspects: All suspects.
    :return: HTML.
    """
    note = f", the first {MOST_SHOWN:,} of them here and all in sources.jsonl" if copied > MOST_SHOWN else ""
    return (
        html_page.head("Sources", _STYLE)
        + f'<header class="bar"><h1>Sources</h1></header>\n<main>\n<p class="verdict">{copied:,} of {suspects:,} texts '
        f"were copied{note}.</p>\n"
    )


def section(report: SourceReport) -> str:
    """One suspect beside its best source.

    :param report: What was found about it.
    :return: HTML, empty where nothing was.
    """
    if not report.sources:
        return ""
    best = report.sources[0]
    title = f"{shown(report.title)} " if report.title else ""
    others = "".join(f"<br>also like {_about(other)}, {other.score:.0%}" for other in report.sources[1:])
    return (
        f'<section class="document">\n<h2>{title}<bdi>{shown(report.url or report.suspect)}</bdi></h2>\n'
        f'<p class="source">copied from {_about(best)}<br>{best.score:.0%} of its own words stand in copied sentences; '
        f"{best.sentences_aligned:.0%} of its sentences have a counterpart{_dates(report, best)}{others}</p>\n"
        f'<div class="pair sides"><p>this text</p><p>source</p></div>\n{"".join(_pairs(best))}</section>\n'
    )


def tail() -> str:
    """End of the page.

    :return: HTML.
    """
    return "</main>\n</body>\n</html>\n"


def _about(source: Source) -> str:
    title = f"{shown(source.title)}, " if source.title else ""
    return f"{title}<bdi>{shown(source.url or source.source)}</bdi>"


def _dates(report: SourceReport, source: Source) -> str:
    return f"<br>{escape(report.date)}, the source {escape(source.date)}" if report.date and source.date else ""


def _pairs(source: Source) -> Iterator[str]:
    for pair in source.pairs:
        mine = _marked(pair.text, [(c.start, c.end) for c in pair.changes], "del")
        theirs = _marked(pair.source_text, [(c.source_start, c.source_end) for c in pair.changes], "ins")
        yield f'<div class="pair"><p dir="auto">{mine}</p><p dir="auto">{theirs}</p></div>\n'


def _marked(text: str, places: list[tuple[int, int]], tag: str) -> str:
    pieces, done = [], 0
    for start, end in places:
        if start < end:
            pieces += [shown(text[done:start]), f"<{tag}>{shown(text[start:end])}</{tag}>"]
            done = end
    return "".join([*pieces, shown(text[done:])])
