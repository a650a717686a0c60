"""The survey as a page: stand-alone, sortable, everything from pages escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from restorer.report.html_page import figures, head, in_context, shown
from restorer.report.html_style import TABLES
from restorer.sites.pages import Page
from restorer.sites.survey import Site, Survey
from restorer.sites.traits import Sources, Traits

__all__ = ["sites_html"]

MOST_FINDINGS = 5

_STYLE = (
    TABLES
    + """
main { max-width: 76rem; }
th button { padding: 0; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }
th button::after { content: " \\2195"; }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
svg.range { display: block; width: 9rem; height: .7rem; background: var(--panel); border: 1px solid var(--line);
  border-radius: 4px; }
.range .span { fill: var(--flag-edge); }
.range .best { fill: var(--ink); }
.site { margin: .8rem 0; padding: .2rem .9rem; border: 1px solid var(--line); border-radius: 8px; }
.site summary { padding: .4rem 0; white-space: normal; font-weight: 600; overflow-wrap: anywhere; }
.note { color: var(--soft); }
h4 { margin: 1rem 0 .2rem; }
"""
)

_SCRIPT = """
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const head = button.closest("th"), body = head.closest("table").tBodies[0];
    const place = [...head.parentNode.children].indexOf(head);
    const figures = head.classList.contains("n"), before = head.getAttribute("aria-sort");
    const up = before ? before === "descending" : !figures;
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = row => row.children[place].dataset.value;
    const compare = (a, b) => figures ? value(a) - value(b) : value(a).localeCompare(value(b));
    body.append(...[...body.rows].sort((a, b) => up ? compare(a, b) : compare(b, a)));
  });
}
"""

_HEADINGS = (
    ("Site", False),
    ("Pages", True),
    ("Spun", True),
    ("Share", True),
    ("At least", True),
    ("At most", True),
    ("Interval", False),
    ("Density", True),
    ("Copied", True),
    ("Days later", True),
)


def sites_html(survey: Survey) -> str:
    """The page.

    :param survey: The survey.
    :return: HTML.
    """
    details = "\n".join(_site(site) for site in survey.sites if site.traits)
    return (
        head("Spun sites", _STYLE, _SCRIPT)
        + f'<header class="bar"><h1>Spun sites</h1></header>\n<main>\n{_note(survey)}{_table(survey)}\n'
        f"<h2>What shows it</h2>\n{details or '<p>No page counts as spun.</p>'}\n</main>\n<script>{_SCRIPT}</script>\n"
        "</body>\n</html>\n"
    )


def _note(survey: Survey) -> str:
    without = f" {survey.without_address:,} pages without an address are in no site." if survey.without_address else ""
    return (
        f'<p class="note">{len(survey.sites):,} sites, those first whose share of spun pages is surely high. A page '
        f"counts as spun from a probability of {survey.limit:g} on: {survey.fpr:g} false alarms a page. Intervals are "
        f"95%.{without}</p>\n"
    )


def _table(survey: Survey) -> str:
    top = "".join(
        f'<th scope="col"{" class=n" if number else ""}>'
        f"{f'<button type=button>{name}</button>' if name != 'Interval' else name}</th>"
        for name, number in _HEADINGS
    )
    body = "\n".join(f"<tr>{''.join(_cells(site, n))}</tr>" for n, site in enumerate(survey.sites))
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _cells(site: Site, place: int) -> Iterator[str]:
    name = f"<bdi>{shown(site.name)}</bdi>"
    link = f'<a href="#{escape(site.domain)}">{name}</a>' if site.traits else name
    yield f'<td data-value="{escape(site.domain)}">{link}</td>'
    share = site.share
    yield from (_number(site.pages, f"{site.pages:,}"), _number(site.flagged, f"{site.flagged:,}"))
    yield from (_number(value, f"{value:.1%}") for value in (share.value, share.low, share.high))
    yield f'<td data-value="{place}">{_range(site)}</td>'
    density = site.traits.density if site.traits else 0.0
    yield _number(density, f"{density:.0%}" if site.traits else "")
    yield _number(site.sources.pages, f"{site.sources.pages:,}" if site.sources.pages else "")
    days = site.sources.days_later
    yield _number(days if days is not None else -1e9, f"{days:g}" if days is not None else "")


def _number(value: float, text: str) -> str:
    return f'<td class="n" data-value="{value:g}">{text}</td>'


def _range(site: Site) -> str:
    low, high, best = (round(100 * v, 2) for v in (site.share.low, site.share.high, site.share.value))
    return (
        f'<svg class="range" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" '
        f'aria-label="{low:g} to {high:g}%"><rect class="span" x="{low}" y="1" width="{max(high - low, 1):g}" '
        f'height="6"/><rect class="best" x="{min(best, 99)}" y="0" width="1" height="8"/></svg>'
    )


def _site(site: Site) -> str:
    traits = site.traits
    assert traits is not None
    return (
        f'<details class="site" id="{escape(site.domain)}"><summary><bdi>{shown(site.name)}</bdi>, {site.flagged:,} of '
        f"{site.pages:,} pages spun</summary>\n{_traits(traits)}{_sources(site.sources)}"
        f"<h4>Worst pages</h4>\n{''.join(_example(page) for page in site.examples)}</details>"
    )


def _traits(traits: Traits) -> str:
    cells = {
        "Words in spun wording": f"{traits.density:.0%}",
        "Quotations spun": _of_pages(traits.quotes),
        "Capitalised words spun": _of_pages(traits.capitals),
        "Spelling": traits.dialect or "too little to tell",
        "Leftovers": ", ".join(f"{kind} on {n:,}" for kind, n in traits.leftovers.items()) or "none",
    }
    forms = "".join(
        f"<li><del>{shown(form)}</del> <ins>{shown(wording) or '(deleted)'}</ins> on {count:,} pages</li>"
        for form, wording, count in traits.forms
    )
    return f"{figures(cells)}\n" + (f"<h4>Commonest edits</h4>\n<ul>{forms}</ul>\n" if forms else "")


def _of_pages(share: float | None) -> str:
    return "too little to tell" if share is None else f"on {share:.0%} of the pages"


def _sources(sources: Sources) -> str:
    if not sources.pages:
        return ""
    later = f", {sources.days_later:g} days later (median)" if sources.days_later is not None else ""
    rows = "".join(f"<li><bdi>{shown(source)}</bdi>, {count:,} pages</li>" for source, count in sources.commonest)
    return f"<h4>Copied from</h4>\n<p>{sources.pages:,} pages with a source{later}</p><ul>{rows}</ul>\n"


def _example(page: Page) -> str:
    title = f"<b>{shown(page.title)}</b> " if page.title else ""
    about = f"{title}<bdi>{shown(page.url)}</bdi>, {page.density:.0%} of its words"
    best = sorted(page.findings, key=lambda f: -f["confidence"])[:MOST_FINDINGS]
    spans = "".join(in_context(f) for f in page.findings if f in best)
    return f'<p class="example">{about}</p>{spans}'
