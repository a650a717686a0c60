"""The text in a file that somebody opens: plain text as it is, the main text of a page, the paragraphs of a .docx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING
from zipfile import ZipFile

from restorer.errors import BinaryFileError, ExtractionError, InputError, SettingsError
from restorer.extras import needed
from restorer.readers.text import decode

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.table import Table

__all__ = ["KINDS", "text_of"]

KINDS = (".txt", ".md", ".html", ".htm", ".docx")
"""Endings of the files that can be opened."""

UNPACKED = 40 << 20
"""Most bytes that the parts of a .docx may have once unpacked: several times a long book's. As a tree its markup takes
some forty times as much memory, and a thousandth of it as a file."""


def text_of(data: bytes, name: str, html: Callable[[bytes], str], most: int) -> str:
    """Find the text.

    :param data: The file.
    :param name: Its name; its ending says what it is.
    :param html: Finds the main text of a page.
    :param most: Longest text to accept, in code points.
    :return: The text, newlines untouched.
    :raises InputError: if the file is not what its name says, or has no text, or too much.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in KINDS:
        msg = f"{name or 'file'}: files of the kinds {', '.join(KINDS)} can be opened; save it as one of them"
        raise InputError(msg)
    if ending == ".docx":
        text = _docx(data, name)
    else:
        text = _main_text(data, name, html) if ending in (".html", ".htm") else decode(data, name).text
    if not text.strip():
        msg = f"{name}: has no text; open another file"
        raise InputError(msg)
    if len(text) > most:
        msg = f"{name}: has {len(text):,} characters; at most {most:,} can be reviewed at once, cut it into parts"
        raise SettingsError(msg)
    return text


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
        return "\n".join(_paragraphs(docx.Document(BytesIO(data))))
    except (BinaryFileError, MemoryError):
        raise
    except Exception as error:  # python-docx checks little: what it raises depends on where a damaged file trips it up
        msg = f"{name}: is no .docx file, or a damaged or encrypted one; save it anew, or as plain text"
        raise BinaryFileError(msg) from error


def _paragraphs(place: Docx) -> Iterator[str]:
    """Every paragraph, and every row of a table with its cells apart, in the order in which they stand."""
    from docx.text.paragraph import Paragraph

    for block in place.iter_inner_content():
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from _rows(block)


def _rows(table: Table) -> Iterator[str]:
    from docx.table import _Cell

    for row in table.rows:
        # As they stand in the file: row.cells has a cell once for each column that it says it spans, be it a billion.
        cells = (_Cell(cell, table).text for cell in row._tr.tc_lst)
        yield "\t".join(" ".join(cell.split()) for cell in cells)
