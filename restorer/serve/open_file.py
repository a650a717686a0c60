"""The text in a file that somebody opens: plain text as it is, the main text of a page, the paragraphs of a .docx."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any
from zipfile import ZipFile

from restorer.errors import BinaryFileError, ExtractionError, InputError, SettingsError
from restorer.extras import needed
from restorer.readers.text import decode
from restorer.types import TextEncoding

Element = Any
"""An element of lxml's, which has no types."""

__all__ = ["KINDS", "Opened", "open_file"]

KINDS = (".txt", ".md", ".html", ".htm", ".docx")
"""Endings of the files that can be opened."""

UNPACKED = 40 << 20
"""Most bytes that the parts of a .docx may have once unpacked: several times a long book's. As a tree its markup takes
some forty times as much memory, and a thousandth of it as a file."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found.

    :param text: The text, newlines untouched.
    :param note: What the user is to know of how it was read; empty where there is nothing to say.
    """

    text: str
    note: str = ""


def open_file(data: bytes, name: str, html: Callable[[bytes], str], most: int) -> Opened:
    """Find the text.

    :param data: The file.
    :param name: Its name; its ending says what it is.
    :param html: Finds the main text of a page.
    :param most: Longest text to accept, in code points.
    :return: The text, and a note on it.
    :raises InputError: if the file is not what its name says, or has no text, or too much.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in KINDS:
        msg = f"{name or 'file'}: files of the kinds {', '.join(KINDS)} can be opened; save it as one of them"
        raise InputError(msg)
    if ending == ".docx":
        opened = Opened(_docx(data, name), _DOCX)
    elif ending in (".html", ".htm"):
        opened = Opened(_main_text(data, name, html), _HTML)
    else:
        document = decode(data, name)
        opened = Opened(document.text, "" if document.encoding == TextEncoding() else _encoding(document.encoding))
    if not opened.text.strip():
        msg = f"{name}: has no text; open another file"
        raise InputError(msg)
    if len(opened.text) > most:
        msg = (
            f"{name}: has {len(opened.text):,} characters; at most {most:,} can be reviewed at once, cut it into parts"
        )
        raise SettingsError(msg)
    return opened


_DOCX = "The text alone: it is saved without its formatting, and headers, footers, notes and comments are not read."
_HTML = "The main text of the page, without its markup."


def _encoding(encoding: TextEncoding) -> str:
    mark = ", without its byte order mark" if encoding.bom else ""
    return f"Read as {encoding.codec.upper()}; what you save is UTF-8{mark}."


def _main_text(data: bytes, name: str, html: Callable[[bytes], str]) -> str:
    try:
        return html(data)
    except ExtractionError as error:  # its message is for a batch of pages
        msg = f"{name}: its main text cannot be found; copy the text from the browser and paste it"
        raise InputError(msg) from error


def _docx(data: bytes, name: str) -> str:
    docx = needed("docx", ".docx files need", extra="serve")
    try:
        with ZipFile(BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED:
            msg = f"{name}: unpacks to {unpacked >> 20:,} MB, which no text needs; save the text alone and open that"
            raise BinaryFileError(msg)
        return "\n".join(_blocks(docx.Document(BytesIO(data)).element.body))
    except (BinaryFileError, MemoryError):
        raise
    except Exception as error:  # python-docx checks little: what it raises depends on where a damaged file trips it up
        msg = f"{name}: is no .docx file, or a damaged or encrypted one; save it anew, or as plain text"
        raise BinaryFileError(msg) from error


def _blocks(place: Element) -> Iterator[str]:
    """Every paragraph, and every row of a table with its cells apart, in the order in which they stand.

    python-docx's own lists leave out what stands in tracked insertions, content controls and text boxes.
    """
    for child in _within(place, ("p", "tbl")):
        if _name(child) == "tbl":
            for row in _within(child, ("tr",)):
                yield "\t".join(" ".join(" ".join(_blocks(cell)).split()) for cell in _within(row, ("tc",)))
        else:
            yield "".join(_pieces(child))
            for box in _boxes(child):
                yield from _blocks(box)


def _within(place: Element, names: Sequence[str]) -> Iterator[Element]:
    """Elements of these names, also where they are wrapped; what was deleted or moved away is passed over."""
    for child in place:
        name = _name(child)
        if name in names:
            yield child
        elif name in _WRAPPERS:
            yield from _within(child, names)


def _pieces(place: Element) -> Iterator[str]:
    """The text of a paragraph."""
    for child in place:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _MARKS:
            yield _MARKS[name]
        elif name not in _NO_TEXT:
            yield from _pieces(child)


def _boxes(place: Element) -> Iterator[Element]:
    """Text boxes of a paragraph; where a box stands twice, for older programs too, the first time."""
    for child in place:
        name = _name(child)
        if name == "txbxContent":
            yield child
        elif name != "Fallback":
            yield from _boxes(child)


_WRAPPERS = ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NO_TEXT = ("del", "moveFrom", "txbxContent", "Fallback", "pPr", "rPr", "AlternateContent")


def _name(element: Element) -> str:
    """An element's name without its namespace; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
