"""Edits of a page's main text, made inside its markup: nothing else in the page changes by one character."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate, pairwise

from restorer.batch.markup import PageText, page_text
from restorer.readers.legacy import decode_legacy, encode_legacy

__all__ = ["decode_page", "encode_page", "restore_markup"]

_SPACE = re.compile(r"[\s\u200b\xad]+")
_CHARSET = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_.:-]+)", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_AS_BROWSERS = {"iso8859-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252"}
_META_BYTES = 4096

Edit = tuple[int, int, str]
"""Where an edit begins and ends in the main text, and its wording."""


def decode_page(data: bytes, charset: str) -> tuple[str, str]:
    """Decode a page as a browser would: byte order mark, then what its surroundings say, then what it says itself.

    :param data: The page.
    :param charset: The character set that its surroundings named, empty where none did.
    :return: The page with its byte order mark, and the codec; :func:`encode_page` gives the same bytes back.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark) and (text := _decoded(data, codec)) is not None:
            return text, codec
    declared = _CHARSET.search(data[:_META_BYTES])
    for label in (charset, declared[1].decode("ascii") if declared else "", "utf-8"):
        if label and (found := _codec(label)) and (text := _decoded(data, found)) is not None:
            return text, found
    return decode_legacy(data, "cp1252"), "cp1252"


def encode_page(page: str, codec: str) -> bytes:
    """Encode a page; a character that its encoding lacks becomes a reference.

    :param page: The page.
    :param codec: Its codec, from :func:`decode_page`.
    :return: The bytes.
    """
    try:
        return encode_legacy(page, codec)
    except UnicodeEncodeError:
        if codec != "cp1252":
            return page.encode(codec, "xmlcharrefreplace")
    return b"".join(_one(character, codec) for character in page)


def _one(character: str, codec: str) -> bytes:
    try:
        return encode_legacy(character, codec)
    except UnicodeEncodeError:
        return f"&#{ord(character)};".encode()


def _codec(label: str) -> str:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    return _AS_BROWSERS.get(name, name)


def _decoded(data: bytes, codec: str) -> str | None:
    """The text, if the codec is one of text and gives the very bytes back."""
    try:
        text = decode_legacy(data, codec)
        return text if encode_legacy(text, codec) == data else None
    except (UnicodeError, LookupError, ValueError, TypeError):
        return None


def restore_markup(page: str, text: str, edits: Sequence[Edit]) -> str:
    """Make edits of the main text in the page that it came from.

    A line of the main text is looked for in the page's text, white space left out of both. An edit whose line is not
    there, or is there more than once with the same lines around it, is left out: where it belongs cannot be said. An
    edit that reaches over a tag puts its wording before the tag.

    :param page: The markup, decoded.
    :param text: The main text.
    :param edits: The edits, in order, not overlapping.
    :return: The page with the edits that could be placed.
    """
    if not edits:
        return page
    whole = page_text(page)
    slices: list[tuple[int, int, str]] = []
    for line, own in _by_line(text, edits):
        offset = _place(whole.text, line)
        if offset is not None:
            for edit in own:
                slices += _slices(page, whole, line, offset, edit)
    pieces, done = [], 0
    for start, end, wording in sorted(slices):
        if start >= done:
            pieces += [page[done:start], wording]
            done = end
    return "".join([*pieces, page[done:]])


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the main text.

    :param start: Its first code point.
    :param text: The line.
    :param bare: The line without white space.
    :param before: The line before it, without white space.
    :param after: The line after it, without white space.
    """

    start: int
    text: str
    bare: str
    before: str
    after: str


def _by_line(text: str, edits: Sequence[Edit]) -> Iterator[tuple[_Line, list[Edit]]]:
    """The lines that have edits, each with them; an edit over a line break has no place."""
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    own: dict[int, list[Edit]] = {}
    for edit in edits:
        number = bisect_right(starts, edit[0]) - 1
        if edit[1] <= starts[number] + len(lines[number]):
            own.setdefault(number, []).append(edit)
    for number, found in own.items():
        before, line, after = (
            _SPACE.sub("", lines[n]) if 0 <= n < len(lines) else "" for n in (number - 1, number, number + 1)
        )
        yield _Line(starts[number], lines[number], line, before, after), found


def _place(page: str, line: _Line) -> int | None:
    """Where a line begins in the page's text, if that is certain."""
    for before, after in (("", ""), (line.before, ""), ("", line.after), (line.before, line.after)):
        key = before + line.bare + after
        first = page.find(key)
        if first >= 0 and page.find(key, first + 1) < 0:
            return first + len(before)
    return None


def _slices(page: str, whole: PageText, line: _Line, offset: int, edit: Edit) -> Iterator[tuple[int, int, str]]:
    """What an edit replaces in the page: a slice, and where it reaches over tags one for each stretch between them."""
    first, last = edit[0] - line.start, edit[1] - line.start
    old, new = line.text[first:last], edit[2]
    if not old.strip():
        return
    low = offset + len(_SPACE.sub("", line.text[:first]))
    high = low + len(_SPACE.sub("", old))
    cuts = [low, *(i for i in range(low + 1, high) if whole.runs[i] != whole.runs[i - 1]), high]
    for begin, end in pairwise(cuts):
        stretch = whole.starts[begin], whole.ends[end - 1]
        yield _trimmed(page, *stretch, old, new) if begin == low else (*stretch, "")


def _trimmed(page: str, start: int, end: int, old: str, new: str) -> tuple[int, int, str]:
    """A slice whose white space at either end goes or stays as in the edit."""
    if old[:1].isspace() and not new[:1].isspace() and start and page[start - 1].isspace():
        start -= 1
    if old[-1:].isspace() and not new[-1:].isspace() and page[end : end + 1].isspace():
        end += 1
    if old[:1].isspace() and new[:1].isspace():
        new = new.lstrip()
    if old[-1:].isspace() and new[-1:].isspace():
        new = new.rstrip()
    return start, end, escape(new, quote=False)
