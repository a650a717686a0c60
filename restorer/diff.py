"""Unified diffs that ``patch`` and ``git apply`` accept.

Lines end at line feeds only, as those programs see them, so a carriage return or any other separator stays in its
line. A text whose only newlines are carriage returns would be one line; it is split at them, for reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from restorer.types import Document

__all__ = ["unified_diff"]

# Lines [a, b) of the old text became lines [c, d) of the new one.
_Change: TypeAlias = tuple[int, int, int, int]

_NO_NEWLINE = "\\ No newline at end of file\n"


def unified_diff(document: Document, restored: str, *, context: int = 3) -> str:
    """Unified diff from a document to its restored text.

    :param document: The document as it was read.
    :param restored: The new text.
    :param context: Lines of context around a change.
    :return: The diff, empty when nothing changes.
    """
    if restored == document.text:
        return ""
    newline = "\r" if "\n" not in document.text and "\n" not in restored else "\n"
    old, new = _lines(document.text, newline), _lines(restored, newline)
    label = document.path.replace("\n", "\\n").replace("\t", "\\t")
    parts = [f"--- {label}\n", f"+++ {label}\n"]
    for hunk in _hunks(_changes(old, new), max(context, 0)):
        parts += _render(hunk, old, new, max(context, 0))
    return "".join(parts)


def _lines(text: str, newline: str) -> list[str]:
    """The lines, each ready to stand in a diff after its sign."""
    lines = [line + "\n" for line in text.split(newline)]
    last = lines.pop()
    return lines if last == "\n" else [*lines, last + _NO_NEWLINE]


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Change]:
    """Stretches of lines that differ, in order.

    Edits seldom touch newlines; with as many lines as before, lines of one number belong together, and the search
    that difflib would make, slow in a long text with many changes, is not needed.
    """
    if len(old) == len(new):
        found: list[_Change] = []
        for i in (i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b):
            if found and found[-1][1] == i:
                found[-1] = (found[-1][0], i + 1, found[-1][2], i + 1)
            else:
                found.append((i, i + 1, i, i + 1))
        return found
    codes = SequenceMatcher(None, old, new, autojunk=len(old) > 10_000).get_opcodes()
    return [(a, b, c, d) for tag, a, b, c, d in codes if tag != "equal"]


def _hunks(changes: Sequence[_Change], context: int) -> Iterator[list[_Change]]:
    """Changes whose context touches or overlaps, together."""
    hunk: list[_Change] = []
    for change in changes:
        if hunk and change[0] - hunk[-1][1] > 2 * context:
            yield hunk
            hunk = []
        hunk.append(change)
    if hunk:
        yield hunk


def _render(hunk: Sequence[_Change], old: Sequence[str], new: Sequence[str], context: int) -> Iterator[str]:
    before = min(context, hunk[0][0])
    after = min(context, len(old) - hunk[-1][1])
    old_range = _range(hunk[0][0] - before, hunk[-1][1] + after)
    new_range = _range(hunk[0][2] - before, hunk[-1][3] + after)
    yield f"@@ -{old_range} +{new_range} @@\n"
    done = hunk[0][0] - before
    for a, b, c, d in hunk:
        yield from (" " + line for line in old[done:a])
        yield from ("-" + line for line in old[a:b])
        yield from ("+" + line for line in new[c:d])
        done = b
    yield from (" " + line for line in old[done : done + after])


def _range(start: int, end: int) -> str:
    """Lines counted from 1; an empty range names the line before it."""
    count = end - start
    first = start + 1 if count else start
    return str(first) if count == 1 else f"{first},{count}"
