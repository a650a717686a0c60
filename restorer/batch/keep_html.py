"""Edits of a page's main text, made inside its markup: nothing else in the page changes by one character."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from restorer.batch.locate import Locator
from restorer.batch.markup import PageText, bare, page_text

__all__ = ["restore_markup"]

# What new neighbours could make a tag or a character reference of.
_OPEN = re.compile(r"(?:<[/!?]?|&#?[0-9a-zA-Z]*)\Z")
_LONGEST_OPEN = 64

# A list's items begin with a dash in the main text, which the page does not have.
_MARKER = re.compile(r"\s*- ")

Edit = tuple[int, int, str]
"""Where an edit begins and ends in the main text, and its wording."""


def restore_markup(page: str, text: str, edits: Sequence[Edit]) -> str:
    """Make edits of the main text in the page that it came from.

    An edit that cannot be placed for certain is left out. One that reaches over tags puts its wording before the first
    of them and takes its words from behind them; the tags stay.

    :param page: The markup, decoded.
    :param text: The main text.
    :param edits: The edits, in order, not overlapping.
    :return: The page with the edits that could be placed.
    """
    if not edits:
        return page
    whole = page_text(page)
    pieces: list[str] = []
    done = 0
    for slices in sorted(filter(None, (_slices(page, whole, placed) for placed in _placed(whole, text, edits)))):
        if page[slices[0][0] : done].strip():  # two edits may take the same white space, but no more
            continue
        for start, end, wording in slices:
            pieces += (page[done:start], wording)
            done = end
    return "".join([*pieces, page[done:]])


@dataclass(frozen=True, slots=True)
class _Placed:
    """An edit with its place.

    :param first: Its first character in the page's bare text.
    :param last: One past its last.
    :param old: What it replaces in the main text, white space included.
    :param new: Its wording.
    """

    first: int
    last: int
    old: str
    new: str


def _placed(whole: PageText, text: str, edits: Sequence[Edit]) -> Iterator[_Placed]:
    """The edits whose place is certain."""
    places, lines = _bare_places(text)
    locator = Locator("".join(text[at] for at in places), lines, whole)
    for start, end, new in edits:
        first, last = bisect_left(places, start), bisect_left(places, end)
        at = locator.place(first, last) if first < last else None
        if at is not None:
            yield _Placed(at, at + last - first, text[start:end], new)


def _bare_places(text: str) -> tuple[array[int], list[int]]:
    """Where the characters of the bare main text stand in it, and where its lines begin in the bare text."""
    places: array[int] = array("Q")
    lines: list[int] = []
    start = 0
    for line in text.split("\n"):
        lines.append(len(places))
        marker = _MARKER.match(line)
        for at in range(marker.end() if marker else 0, len(line)):
            if bare(line[at]):
                places.append(start + at)
        start += len(line) + 1
    return places, [*lines, len(places)]


def _slices(page: str, whole: PageText, placed: _Placed) -> list[tuple[int, int, str]]:
    """What an edit replaces in the page, and with what: a slice for each run of text it reaches into."""
    found = whole.slices(placed.first, placed.last)
    if found is None:
        return []
    old, new = placed.old, placed.new
    if old[0].isspace():  # white space at either end stays as it is in the page, or goes
        if not new[:1].isspace():
            found[0] = _before_space(page, found[0][0]), found[0][1]
        new = new.lstrip()
    if old[-1].isspace():
        if not new[-1:].isspace():
            found[-1] = found[-1][0], _after_space(page, found[-1][1])
        new = new.rstrip()
    if any(_OPEN.search(page[max(start - _LONGEST_OPEN, 0) : start]) for start, _ in found):
        return []
    wordings = [escape(new, quote=False), *("" for _ in found[1:])]
    return [(start, end, wording) for (start, end), wording in zip(found, wordings, strict=True)]


def _before_space(page: str, place: int) -> int:
    """Where the white space before a place begins."""
    while place and page[place - 1].isspace():
        place -= 1
    return place


def _after_space(page: str, place: int) -> int:
    """Where the white space at a place ends."""
    while place < len(page) and page[place].isspace():
        place += 1
    return place
