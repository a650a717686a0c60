"""Why each span was flagged, for a reader at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from restorer.report.characters import visible
from restorer.report.inline import mark
from restorer.report.phrases import count, name, percent, reasons, status, suggestion, tri_state, verdict
from restorer.report.pieces import Positions, context
from restorer.report.terminal import Style, paint
from restorer.types import Finding, Result

__all__ = ["explain"]

_INDENT = " " * 5
_LABEL = 14


def explain(result: Result, color: bool) -> str:
    """The document's verdict, then every finding with its words in context, alternatives and reasons.

    :param result: A result.
    :param color: Whether to colour it.
    :return: Text for a terminal; it ends with a line break.
    """
    positions = Positions(result.document.text)
    lines = list(_heading(result, color))
    for number, finding in enumerate(result.findings, 1):
        lines += ["", *_finding(result.document.text, finding, number, positions.at(finding.start), color)]
    return "\n".join(lines) + "\n"


def _heading(result: Result, color: bool) -> Iterator[str]:
    """The document as a whole."""
    summary = result.summary
    title = f"{name(result)}: {verdict(summary)}, probability {percent(summary.spun_probability)}"
    yield paint(title, Style.HEADER, color=color)
    density = f"about {percent(summary.spin_density)} of them in spun wording"
    yield _labelled("words", f"{summary.words:,}, {density}", color)
    edits = count(len(result.applied), "edit")
    yield _labelled("findings", f"{len(result.findings):,} flagged, {edits} applied", color)
    yield _labelled("spun too", f"quotations: {tri_state(summary.quotes_spun)}", color)
    yield _labelled("", f"capitalised words: {tri_state(summary.capitals_spun)}", color)
    yield _labelled("leftovers", f"{summary.leftovers:,}", color)
    yield _labelled("model", visible(result.model, one_line=True), color)


def _finding(text: str, finding: Finding, number: int, position: tuple[int, int], color: bool) -> Iterator[str]:
    """One finding."""
    line, column = position
    old = suggestion(finding.text)
    new = suggestion(finding.replacement)
    yield (
        f"{number:<{len(_INDENT)}}{line}:{column}  {paint(old, Style.REMOVED, color=color)} -> "
        f"{paint(new, Style.ADDED, color=color)}  {percent(finding.confidence)}, {status(finding)}"
    )
    before, after = context(text, finding)
    # the bracketed form may hold line breaks of the span itself, which would break the indentation
    shown = mark(finding, color=color).replace("\n", " ")
    yield f"{_INDENT}{visible(before, one_line=True)}{shown}{visible(after, one_line=True)}"
    if any(a.text != finding.replacement for a in finding.alternatives):
        yield _labelled("alternatives", _alternatives(finding), color)
    for i, reason in enumerate(reasons(finding.evidence)):
        yield _labelled("" if i else "why", reason, color)


def _alternatives(finding: Finding) -> str:
    """The ranked wordings on one line."""
    return ", ".join(f"{suggestion(a.text)} {percent(a.confidence)}" for a in finding.alternatives)


def _labelled(label: str, value: str, color: bool) -> str:
    return _INDENT + paint(f"{label:<{_LABEL}}", Style.FAINT, color=color and bool(label)) + value
