"""The unified diff, plain for ``patch`` or coloured down to the word for a reader."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from restorer.report.characters import visible
from restorer.report.pieces import is_edit
from restorer.report.terminal import Style, paint
from restorer.types import Result

__all__ = ["DiffReporter", "painted_diff"]

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_Span = tuple[int, int]


class DiffReporter:
    """A unified diff for each document that changes.

    :param color: Whether to colour it; only the plain form can be fed to ``patch``.
    """

    def __init__(self, *, color: bool = False) -> None:
        self._color = color

    def begin(self) -> str:
        """Nothing stands before the first diff.

        :return: The empty string.
        """
        return ""

    def report(self, result: Result) -> str:
        """The diff of one document.

        :param result: The result to show.
        :return: The diff, empty when nothing changes.
        """
        return painted_diff(result) if self._color else result.diff()

    def end(self) -> str:
        """Nothing stands after the last diff.

        :return: The empty string.
        """
        return ""


def painted_diff(result: Result) -> str:
    """The unified diff with the changed words of each line standing out; lines stay whole, however long.

    :param result: A result.
    :return: The diff in colour, safe to print; empty when nothing changes.
    """
    return "".join(f"{line}\n" for line in _painted(result))


def _painted(result: Result) -> Iterator[str]:
    old_spans, new_spans = _changed(result)
    newline = "\n" if "\n" in result.document.text or "\n" in result.restored else "\r"
    removed = _Side(result.document.text, old_spans, newline, (Style.REMOVED, Style.REMOVED_WORD))
    added = _Side(result.restored, new_spans, newline, (Style.ADDED, Style.ADDED_WORD))
    in_hunk = False
    for line in result.diff().split("\n")[:-1]:
        line = line.removesuffix("\r")  # a picture of it at the end of every line would only distract
        if hunk := _HUNK.match(line):
            in_hunk = True
            removed.number, added.number = int(hunk[1]), int(hunk[2])
            yield paint(line, Style.HUNK, color=True)
        elif not in_hunk:
            yield paint(visible(line), Style.HEADER, color=True)
        elif line[0] in "-+":
            yield (removed if line[0] == "-" else added).painted(line)
        else:
            if line[0] == " ":  # else it says that there is no newline at the end
                removed.number += 1
                added.number += 1
            yield visible(line)


def _changed(result: Result) -> tuple[list[_Span], list[_Span]]:
    """Where the applied edits lie in the old and in the new text."""
    old: list[_Span] = []
    new: list[_Span] = []
    shift = 0
    for finding in result.findings:
        if is_edit(finding):
            length = len(finding.replacement or "")
            start = finding.start + shift
            old.append((finding.start, finding.end))
            new.append((start, start + length))
            shift += length - (finding.end - finding.start)
    return old, new


class _Side:
    """The old or the new text, walked line by line as the diff names its lines."""

    def __init__(self, text: str, spans: Sequence[_Span], newline: str, styles: tuple[Style, Style]) -> None:
        self.number = 1
        self._text = text
        self._spans = spans
        self._ends = [end for _, end in spans]
        self._line_style, self._word_style = styles
        self._starts = [0, *(match.end() for match in re.finditer(newline, text))]

    def painted(self, line: str) -> str:
        """The current line of the diff, its sign and its changed words in colour; moves on to the next."""
        start = self._starts[self.number - 1]
        self.number += 1
        return paint(line[0], self._line_style, color=True) + "".join(self._parts(start, start + len(line) - 1))

    def _parts(self, position: int, end: int) -> Iterator[str]:
        """The text from ``position`` to ``end`` with the spans in it painted."""
        i = bisect_right(self._ends, position)
        while i < len(self._spans) and self._spans[i][0] < end:
            first, last = max(self._spans[i][0], position), min(self._spans[i][1], end)
            yield visible(self._text[position:first])
            yield paint(visible(self._text[first:last]), self._word_style, color=True)
            position, i = last, i + 1
        yield visible(self._text[position:end])
