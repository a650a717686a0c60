"""A text cut at its findings, and positions as people count them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from restorer.report.characters import LINE_BREAK
from restorer.types import Finding

__all__ = ["Positions", "context", "is_edit", "pieces"]


def is_edit(finding: Finding) -> bool:
    """Whether the finding changes the restored text.

    :param finding: Any finding.
    :return: True for an applied finding that has a replacement.
    """
    return finding.applied and finding.replacement is not None


def pieces(text: str, findings: Iterable[Finding]) -> Iterator[str | Finding]:
    """Cut a text at its findings.

    :param text: The document's text.
    :param findings: Findings in order of position, not overlapping.
    :return: Stretches of plain text and findings, in order; empty stretches are left out.
    """
    position = 0
    for finding in findings:
        if finding.start > position:
            yield text[position : finding.start]
        yield finding
        position = finding.end
    if position < len(text):
        yield text[position:]


def context(text: str, finding: Finding, width: int = 60) -> tuple[str, str]:
    """The words around a finding on its own line.

    :param text: The document's text.
    :param finding: A finding in it.
    :param width: Most code points on either side.
    :return: What stands before and after, cut at white space and marked ``…`` where cut.
    """
    before = LINE_BREAK.split(text[max(0, finding.start - width - 1) : finding.start])[-1]
    after = LINE_BREAK.split(text[finding.end : finding.end + width + 1], maxsplit=1)[0]
    if len(before) > width:
        before = "…" + (before[1:].partition(" ")[2] or before[1:])
    if len(after) > width:
        after = (after[:-1].rpartition(" ")[0] or after[:-1]) + "…"
    return before, after


class Positions:
    """Line and column of offsets, both counted from 1, columns in code points.

    :param text: The document's text; CRLF, CR and LF each end a line.
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in LINE_BREAK.finditer(text))]

    def at(self, offset: int) -> tuple[int, int]:
        """Where an offset lies.

        :param offset: A code point offset.
        :return: Line and column.
        """
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
