"""The text in a page's markup, with the place of every character; read from any markup, well-formed or not."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.entities import html5

__all__ = ["PageText", "bare", "page_text"]

_WORD = re.compile(r"[^\s<&|]+|[<&]")
_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*+)")
# A quotation that is never closed matches nothing: as browsers have it, all the rest of the page is in it.
_REST_OF_TAG = re.compile(
    r"""(?:[\s/]++|[^\s/>][^\s/>=]*+"""
    r"""(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|(?=>))|(?!\s*+=\s*+["'])))*+(>?)"""
)
_COMMENT_END = re.compile(r"--!?>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,8}+;?|#[xX][0-9a-fA-F]{1,8}+;?|([a-zA-Z][a-zA-Z0-9]{1,31}+;?))")
_UNREAD = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in "script style textarea title noscript template iframe xmp noembed noframes".split()
}
"""Elements whose content is no text of the page, or is not read as markup; with what ends each."""


def bare(text: str) -> str:
    """A text without what tags, line breaks of the source and readers of pages move about.

    :param text: The text.
    :return: Its characters without white space, those that cannot be seen, and the bars between cells of a table.
    """
    joined = "".join(text.split()).replace("|", "")
    return joined if joined.isprintable() else "".join(filter(str.isprintable, joined))


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's text, bare, in stretches that stand in one piece in the page: words, parts of words, entities.

    :param text: The text.
    :param begins: Where in it each stretch begins.
    :param starts: Where in the page each stretch begins.
    :param ends: Where in the page it ends.
    :param runs: The number of the run of text, from one tag to the next, that it stands in.
    """

    text: str
    begins: array[int] = field(repr=False)
    starts: array[int] = field(repr=False)
    ends: array[int] = field(repr=False)
    runs: array[int] = field(repr=False)

    def slices(self, first: int, last: int) -> list[tuple[int, int]] | None:
        """Where a part of the text stands in the page.

        :param first: Its first character.
        :param last: One past its last.
        :return: A slice of the page for each run, without the tags between them; None where the part begins or ends
            within an entity.
        """
        found: list[tuple[int, int]] = []
        number, run = bisect_right(self.begins, first) - 1, -1
        while number < len(self.begins) and (begin := self.begins[number]) < last:
            start, end = self.starts[number], self.ends[number]
            follows = self.begins[number + 1] if number + 1 < len(self.begins) else len(self.text)
            if begin < first or last < follows:
                if end - start != follows - begin:  # an entity of two characters
                    return None
                start, end = start + max(first - begin, 0), end - max(follows - last, 0)
            if self.runs[number] == run:
                found[-1] = found[-1][0], end
            else:
                found.append((start, end))
            number, run = number + 1, self.runs[number]
        return found

    def is_edge(self, place: int) -> bool:
        """Whether a run begins or ends here.

        :param place: A place in the text.
        :return: True between two runs, and at either end of the text.
        """
        number = bisect_right(self.begins, place) - 1
        if number <= 0 or place == len(self.text):
            return place in (0, len(self.text))
        return self.begins[number] == place and self.runs[number] != self.runs[number - 1]


def page_text(page: str) -> PageText:
    """Read a page's text.

    :param page: The markup.
    :return: Its text, with places.
    """
    pieces: list[str] = []
    begins, starts, ends, runs = array("Q"), array("Q"), array("Q"), array("Q")
    length = 0
    for text, start, end, run in _stretches(page):
        begins.append(length)
        starts.append(start)
        ends.append(end)
        runs.append(run)
        pieces.append(text)
        length += len(text)
    return PageText("".join(pieces), begins, starts, ends, runs)


def _stretches(page: str) -> Iterator[tuple[str, int, int, int]]:
    """Every stretch of text: its bare characters, where it begins and ends in the page, and the number of its run."""
    place = run = 0
    while (match := _WORD.search(page, place)) is not None:
        start, place = match.span()
        word = match[0]
        if word == "<" and (end := _after_markup(page, start)) > start:
            place, run = end, run + 1
        elif word == "&" and (entity := _entity(page, start)) is not None:
            text, place = entity
            if text := bare(text):
                yield text, start, place, run
        elif word.isprintable():
            yield word, start, place, run
        else:
            yield from ((c, at, at + 1, run) for at, c in enumerate(word, start) if c.isprintable())


def _entity(page: str, place: int) -> tuple[str, int] | None:
    """The character reference at a place, as it reads, and where it ends; None where a lone "&" stands."""
    match = _ENTITY.match(page, place)
    if match is None:
        return None
    if (name := match[1]) is None:
        return unescape(match[0]), match.end()
    for length in range(len(name), 1, -1):  # of "&notit" the first four characters are a reference
        if (text := html5.get(name[:length])) is not None:
            return text, place + 1 + length
    return None


def _after_markup(page: str, place: int) -> int:
    """Where the markup at a place ends; the place itself where there is none."""
    if (match := _TAG.match(page, place)) is not None:
        rest = _REST_OF_TAG.match(page, match.end())
        end = rest.end() if rest is not None and rest[1] else len(page)
        element = _UNREAD.get(match[1].lower()) if page[place + 1] != "/" else None
        return end if element is None else _found(element.search(page, end), page, past=False)
    if page.startswith("<!--", place):
        return _found(_COMMENT_END.search(page, place + 2), page)
    for opening, closing in (("<![CDATA[", "]]>"), ("<!", ">"), ("<?", ">"), ("</", ">")):
        if page.startswith(opening, place):
            end = page.find(closing, place)
            return len(page) if end < 0 else end + len(closing)
    return place


def _found(match: re.Match[str] | None, page: str, *, past: bool = True) -> int:
    """Where a closing mark begins or ends; the end of the page where there is none."""
    if match is None:
        return len(page)
    return match.end() if past else match.start()
