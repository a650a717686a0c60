"""Details of single findings in the HTML report: the card beside the text and the table below it."""

from __future__ import annotations

from html import escape

from restorer.report.phrases import percent, reasons, status, suggestion
from restorer.report.pieces import Positions, is_edit
from restorer.types import Finding, Result

__all__ = ["card", "table"]

_COLUMNS = ("#", "Line", "Confidence", "Found", "Suggested", "State", "Why")
_IN_CARD = 4


def card(finding: Finding, number: int, prefix: str) -> str:
    """What opens beside a finding on hover, focus or tap.

    :param finding: The finding.
    :param number: Its number in the document, from 1.
    :param prefix: Start of the document's anchors.
    :return: HTML made of phrasing content only, since it stands inside a line of text.
    """
    others = (f"{_isolated(a.text)} {_figure(a.confidence)}" for a in finding.alternatives[1:_IN_CARD])
    more = ", ".join(others)
    return (
        f'<span class="card" id="{prefix}-t{number}-card" dir="ltr">'
        f"<b>{_isolated(finding.text)} → {_isolated(finding.replacement)}</b>"
        f"<span>{escape(status(finding)).capitalize()}{_sure(finding)}</span>"
        + (f"<span>or {more}</span>" if more else "")
        + f'<span class="more">{escape(reasons(finding.evidence)[-1])}; '
        f'<a href="#{prefix}-f{number}">all the reasons</a></span></span>'
    )


def table(result: Result, prefix: str) -> str:
    """All findings of a document.

    :param result: The document's result.
    :param prefix: Start of the document's anchors.
    :return: HTML, a heading and a table, or a sentence when there are none.
    """
    if not result.findings:
        return '<h3>Findings</h3>\n<p class="empty">Nothing was flagged.</p>'
    positions = Positions(result.document.text)
    rows = (_row(f, i, prefix, positions.at(f.start)) for i, f in enumerate(result.findings, 1))
    head = "".join(f'<th scope="col">{column}</th>' for column in _COLUMNS)
    body = "\n".join(rows)
    return f"<h3>Findings</h3>\n<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _row(finding: Finding, number: int, prefix: str, position: tuple[int, int]) -> str:
    line, column = position
    tag = "del" if is_edit(finding) else "mark"
    found = f"<{tag}>{_isolated(finding.text)}</{tag}>"
    return (
        f'<tr id="{prefix}-f{number}">'
        f'<td class="number"><a href="#{prefix}-t{number}" aria-label="finding {number} in the text">{number}</a></td>'
        f'<td class="number">{line}:{column}</td><td class="number last">{_confidence(finding)}</td>'
        f'<td class="first">{found}</td>'
        f"<td>{_isolated(finding.replacement)}</td>"
        f'<td class="first">{escape(status(finding))}</td><td>{_why(finding)}</td></tr>'
    )


def _why(finding: Finding) -> str:
    """Alternatives and evidence, folded."""
    listed = finding.alternatives[1:] if finding.decision == "written" else finding.alternatives
    others = "".join(f"<li>{_isolated(a.text)} {_figure(a.confidence)}</li>" for a in listed)
    lines = "".join(f"<li><bdi>{escape(reason)}</bdi></li>" for reason in reasons(finding.evidence))
    alternatives = f"Alternatives<ul>{others}</ul>" if others else ""
    summary = f"{percent(finding.evidence.posterior)} spun"
    return f"<details><summary>{escape(summary)}</summary>{alternatives}Reasons<ul>{lines}</ul></details>"


def _isolated(wording: str | None) -> str:
    """A wording that cannot turn the reading order of what stands around it."""
    return f"<bdi>{escape(suggestion(wording))}</bdi>"


def _sure(finding: Finding) -> str:
    """How sure the engine is; of a reviewer's own wording it knows nothing."""
    return "" if finding.decision == "written" else f", {_figure(finding.confidence)} sure"


def _confidence(finding: Finding) -> str:
    return "" if finding.decision == "written" else _figure(finding.confidence)


def _figure(share: float) -> str:
    return escape(percent(share))
