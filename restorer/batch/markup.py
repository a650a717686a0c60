"""The text in a page's markup, with the place of every character; read from any markup, well-formed or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

__all__ = ["PageText", "page_text"]

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>|<[!?/][^<>]*>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_UNREAD = frozenset("script style textarea title noscript template iframe xmp noembed noframes".split())
"""Elements whose content is no text of the page, or is not read as markup."""


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's text without white space, which tags and line breaks of the source move about.

    :param text: The characters, entities read.
    :param starts: For each, where its source begins in the page.
    :param ends: For each, where its source ends.
    :param runs: For each, the number of the stretch between two tags that it stands in.
    """

    text: str
    starts: list[int]
    ends: list[int]
    runs: list[int]


def page_text(page: str) -> PageText:
    """Read a page's text.

    :param page: The markup.
    :return: Its text, with places.
    """
    found = PageText("", [], [], [])
    characters: list[str] = []
    lowered = page.lower() if page.isascii() else ""
    place = run = 0
    while place < len(page):
        opening = page.find("<", place)
        if opening < 0:
            opening = len(page)
        _read_run(page, place, opening, run, characters, found)
        place = _after_markup(page, lowered, opening)
        if place == opening and opening < len(page):  # a lone "<" is text
            _note("<", opening, opening + 1, run, characters, found)
            place += 1
        else:
            run += 1
    return PageText("".join(characters), found.starts, found.ends, found.runs)


def _after_markup(page: str, lowered: str, place: int) -> int:
    """Where the markup at a place ends; the place itself where there is none."""
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>")):
        if page.startswith(opening, place):
            end = page.find(closing, place + len(opening))
            return len(page) if end < 0 else end + len(closing)
    match = _TAG.match(page, place)
    if match is None:
        return place
    name = (match[2] or "").lower()
    if match[1] or name not in _UNREAD:
        return match.end()
    closing = f"</{name}"
    if lowered:
        end = lowered.find(closing, match.end())
    else:
        found = re.compile(re.escape(closing), re.IGNORECASE).search(page, match.end())
        end = found.start() if found else -1
    return len(page) if end < 0 else end


def _read_run(page: str, first: int, last: int, run: int, characters: list[str], found: PageText) -> None:
    place = first
    for entity in _ENTITY.finditer(page, first, last):
        for at in range(place, entity.start()):
            _note(page[at], at, at + 1, run, characters, found)
        for character in unescape(entity.group()):
            _note(character, entity.start(), entity.end(), run, characters, found)
        place = entity.end()
    for at in range(place, last):
        _note(page[at], at, at + 1, run, characters, found)


def _note(character: str, start: int, end: int, run: int, characters: list[str], found: PageText) -> None:
    if character.isspace() or character in "\u200b\xad":
        return
    characters.append(character)
    found.starts.append(start)
    found.ends.append(end)
    found.runs.append(run)
