"""A stand-alone HTML page: no scripts, no network, everything from the text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from restorer.report.characters import LINE_BREAK
from restorer.report.html_findings import card, table
from restorer.report.html_page import figures, head, shown
from restorer.report.phrases import name, percent, tri_state, verdict
from restorer.report.pieces import is_edit, pieces
from restorer.types import Finding, Result

__all__ = ["HtmlReporter"]

_VIEWS = ("changes", "original", "restored")
_LEGEND = (
    "<del>old</del> <ins class=certain>new</ins> 90% sure or more",
    "<ins class=sure>new</ins> 70% or more",
    "<ins>new</ins> less",
    "<mark>flagged, left as it was</mark>",
)
_GAP = '<span class="gap"> </span>'  # gone when only one of the two wordings is shown
_CERTAIN, _SURE = 0.9, 0.7


class HtmlReporter:
    """One page; each document is a section of it with its figures, its text and a table of findings."""

    def __init__(self) -> None:
        self._documents = 0

    def begin(self) -> str:
        """Head of the page, the choice of view and the legend.

        :return: Text to write.
        """
        return (
            head("Restored wording")
            + f'<header class="bar"><h1>Restored wording</h1>{_views()}{_legend()}</header>\n<main>\n'
        )

    def report(self, result: Result) -> str:
        """One document.

        :param result: The result to show.
        :return: Text to write.
        """
        self._documents += 1
        prefix = f"d{self._documents}"
        title = escape(name(result)).replace("/", "/<wbr>")
        return (
            f'<section class="document" id="{prefix}">\n<h2><bdi>{title}</bdi></h2>\n'
            f"{_figures(result)}\n"
            f'<div class="text">{"".join(_lines(result, prefix))}</div>\n'
            f"{table(result, prefix)}\n</section>\n"
        )

    def end(self) -> str:
        """Foot of the page.

        :return: Text to write.
        """
        return "</main>\n</body>\n</html>\n"


def _views() -> str:
    """Radio buttons that the style sheet reacts to."""
    buttons = (
        f'<label><input type="radio" name="view" id="view-{v}"{" checked" if v == _VIEWS[0] else ""}> {v}</label>'
        for v in _VIEWS
    )
    return f"<fieldset><legend>Show</legend>{''.join(buttons)}</fieldset>"


def _legend() -> str:
    return f'<ul class="legend">{"".join(f"<li>{item}</li>" for item in _LEGEND)}</ul>'


def _figures(result: Result) -> str:
    """Verdict and figures of one document."""
    summary = result.summary
    decided = sum(finding.decision is not None for finding in result.findings)
    cells = {
        "Words": f"{summary.words:,}",
        "Flagged": f"{len(result.findings):,}",
        "Edits applied": f"{len(result.applied):,}",
        **({"Decided on by a reviewer": f"{decided:,}"} if decided else {}),
        "Words in spun wording": percent(summary.spin_density),
        "Quotations spun": tri_state(summary.quotes_spun),
        "Capitalised words spun": tri_state(summary.capitals_spun),
        "Spinner's leftovers": f"{summary.leftovers:,}",
        "Model": result.model,
    }
    title = f"<strong>{verdict(summary).capitalize()}</strong>, probability {escape(percent(summary.spun_probability))}"
    return f'<p class="verdict">{title}</p>{figures(cells)}'


def _lines(result: Result, prefix: str) -> Iterator[str]:
    """The text, one block a line; a span that holds a line break keeps it inside."""
    yield '<div class="line" dir="auto">'
    number = 0
    for piece in pieces(result.document.text, result.findings):
        if isinstance(piece, str):
            yield '</div>\n<div class="line" dir="auto">'.join(shown(line) for line in LINE_BREAK.split(piece))
        else:
            number += 1
            yield _span(piece, number, prefix)
    yield "</div>"


def _span(finding: Finding, number: int, prefix: str) -> str:
    """One finding in the text, with the card that opens on hover and focus."""
    if is_edit(finding):
        # A reviewer's own wording has no confidence that could shade it.
        level = (
            "own"
            if finding.decision == "written"
            else "certain"
            if finding.confidence >= _CERTAIN
            else "sure"
            if finding.confidence >= _SURE
            else "unsure"
        )
        new = f'<ins class="{level}">{shown(finding.replacement or "")}</ins>' if finding.replacement else ""
        body = f"<del>{shown(finding.text)}</del>{_GAP if new else ''}{new}"
    else:
        body = f"<mark>{shown(finding.text)}</mark>"
    anchor = f"{prefix}-t{number}"
    described = f'tabindex="0" role="group" aria-describedby="{anchor}-card"'
    return f'<span class="finding" id="{anchor}" {described}>{body}{card(finding, number, prefix)}</span>'
