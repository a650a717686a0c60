"""Where the main text of a page stands in the page's whole text: for certain, or not at all.

Both are bare of white space. Blocks of the main text that occur once in either are found in one pass over the page; of
them the longest series in the same order in both is kept, and each is followed as far as the two texts agree. What was
left out or put in between two of them belongs to neither.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from restorer.batch.markup import PageText

__all__ = ["Locator"]

BLOCK = 12
"""Characters of a block: two or three words."""

_STEP = 64


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the main text that stands in the page as it is.

    :param first: Its first character in the main text.
    :param last: One past its last.
    :param shift: How much further on it stands in the page's text.
    """

    first: int
    last: int
    shift: int


class Locator:
    """Finds parts of the main text in the page."""

    def __init__(self, main: str, lines: Sequence[int], page: PageText) -> None:
        """Compare the two.

        :param main: The main text, bare.
        :param lines: Where its lines begin, and last its length.
        :param page: The page's text.
        """
        self._main, self._lines, self._page = main, lines, page
        ends = _Stretch(0, 0, 0), _Stretch(len(main), len(main), len(page.text) - len(main))
        self._stretches = [ends[0], *_stretches(main, page.text, _anchors(main, lines, page.text)), ends[1]]
        self._gaps: dict[int, dict[str, list[int]]] = {}
        self._places: dict[tuple[int, str], list[int]] = {}

    def place(self, first: int, last: int) -> int | None:
        """Where a part of the main text stands.

        :param first: Its first character.
        :param last: One past its last.
        :return: Its first character in the page's text; None where that is not certain.
        """
        number = bisect_right(self._stretches, first, key=lambda s: s.first) - 1
        before = self._stretches[number]
        if last <= before.last:
            return first + before.shift
        line = bisect_right(self._lines, first) - 1
        begin, end = self._lines[line : line + 2]
        if before.last <= begin and last <= end <= self._stretches[number + 1].first:
            at = self._of_line(number, begin, end)
            return None if at is None else at + first - begin
        return None

    def _of_line(self, gap: int, begin: int, end: int) -> int | None:
        """Where a line between two stretches stands, if the page has it there as often as the main text has."""
        line = self._main[begin:end]
        before, after = self._stretches[gap : gap + 2]
        if gap not in self._gaps:
            self._gaps[gap] = self._lines_between(before.last, after.first)
        if (gap, line) not in self._places:
            low, high = before.last + before.shift, after.first + after.shift
            self._places[gap, line] = list(self._occurrences(line, low, high))
        begins, places = self._gaps[gap][line], self._places[gap, line]
        return places[begins.index(begin)] if len(begins) == len(places) else None

    def _lines_between(self, first: int, last: int) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number in range(bisect_left(self._lines, first), bisect_right(self._lines, last) - 1):
            begin, end = self._lines[number : number + 2]
            found.setdefault(self._main[begin:end], []).append(begin)
        return found

    def _occurrences(self, line: str, low: int, high: int) -> Iterator[int]:
        """Where a line stands in a part of the page, from one tag to another."""
        at = self._page.text.find(line, low, high)
        while at >= 0:
            if self._page.is_edge(at) and self._page.is_edge(at + len(line)):
                yield at
            at = self._page.text.find(line, at + len(line), high)


def _anchors(main: str, lines: Sequence[int], page: str) -> list[tuple[int, int]]:
    """Blocks that are once in either text, with their places in both, in the same order in both."""
    blocks: set[str] = set()
    for begin, end in pairwise(lines):
        places = [*range(begin, end - BLOCK + 1, BLOCK), max(end - BLOCK, begin)]
        blocks.update(main[at : at + BLOCK] for at in places if at + BLOCK <= end)
    there = _once(page, blocks)
    pairs = ((at, there.get(block, -1)) for block, at in _once(main, blocks).items())
    return _in_order(sorted((at, place) for at, place in pairs if at >= 0 and place >= 0))


def _once(text: str, blocks: set[str]) -> dict[str, int]:
    """Where each block stands in a text; -1 where it is there more than once."""
    found: dict[str, int] = {}
    for at in range(len(text) - BLOCK + 1):
        if (block := text[at : at + BLOCK]) in blocks:
            found[block] = -1 if block in found else at
    return found


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest series of pairs that rises in both (patience sorting)."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tails, place)
        before.append(last[pile - 1] if pile else -1)
        tails[pile : pile + 1] = [place]
        last[pile : pile + 1] = [number]
    series: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        series.append(pairs[number])
        number = before[number]
    return series[::-1]


def _stretches(main: str, page: str, anchors: Sequence[tuple[int, int]]) -> list[_Stretch]:
    """What can be followed from the anchors, without what two of them claim."""
    found: list[_Stretch] = []
    behind = (0, 0)
    for at, place in anchors:
        if found and at < found[-1].last and place - at == found[-1].shift:
            behind = at + BLOCK, place + BLOCK
            continue
        first = at - _agree_before(main, page, at, place, min(at - behind[0], place - behind[1]))
        room = min(len(main) - at, len(page) - place)
        last = at + BLOCK + _agree(main, page, at + BLOCK, place + BLOCK, room - BLOCK)
        _append(found, _Stretch(first, last, place - at))
        behind = at + BLOCK, place + BLOCK
    return found


def _append(found: list[_Stretch], new: _Stretch) -> None:
    """Add a stretch; what it and the one before both claim, in the one text or the other, is taken from both."""
    if found:
        old = found[-1]
        shared = max(old.last - new.first, old.last + old.shift - new.first - new.shift, 0)
        new = _Stretch(min(new.first + shared, new.last), new.last, new.shift)
        found[-1] = _Stretch(old.first, max(old.last - shared, old.first), old.shift)
    found.append(new)


def _agree(main: str, page: str, at: int, place: int, room: int) -> int:
    """How many characters agree from two places on."""
    same = 0
    while same < room:
        width = min(_STEP, room - same)
        if main[at + same : at + same + width] != page[place + same : place + same + width]:
            return same + next(i for i in range(width) if main[at + same + i] != page[place + same + i])
        same += width
    return same


def _agree_before(main: str, page: str, at: int, place: int, room: int) -> int:
    """How many characters agree before two places."""
    same = 0
    while same < room and main[at - same - 1] == page[place - same - 1]:
        same += 1
    return same
