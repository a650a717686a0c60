"""Rows of a CSV file, each with the text it was made of, so that it can be written again as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

__all__ = ["BOM", "Row", "RowFault", "Rows", "joined"]

BOM = "\ufeff"
_ENDS = ("\n", "\r")
_SKIP = 1 << 16
_LARGEST_LIMIT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    :param fields: Its values.
    :param raw: The text it was made of, line end included.
    :param line: The line it begins in, from 1.
    """

    fields: list[str]
    raw: str
    line: int

    @property
    def body(self) -> str:
        """Its text without its line end."""
        return self.raw.removesuffix("\n").removesuffix("\r")

    @property
    def end(self) -> str:
        """Its line end; the last row may have none."""
        return self.raw[len(self.body) :]


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that cannot be read.

    :param reason: Why.
    """

    reason: str


class _TooLongError(Exception):
    """A row has more characters than are kept of one."""


class Rows:
    """Reads rows one after the other; after one that cannot be read it goes on with the next."""

    def __init__(self, text: TextIO, delimiter: str, most: int) -> None:
        """Begin at the start of a file.

        :param text: The file; its newlines must come as they are.
        :param delimiter: What stands between columns.
        :param most: A row with more characters cannot be read.
        """
        # The limit is the process's; raising it harms nobody, lowering it again might.
        csv.field_size_limit(max(csv.field_size_limit(), min(most, _LARGEST_LIMIT)))
        self._text, self._most = text, most
        self._reader = csv.reader(iter(self._line, ""), delimiter=delimiter, strict=True)
        self._raw: list[str] = []
        self._size = self._lines = 0

    def next(self) -> Row | RowFault | None:
        """Read a row; lines that are empty are passed over.

        :return: The row, or what is wrong with it; None at the end.
        """
        fields: list[str] | None = []
        while fields is not None and not fields:
            first = self._lines + 1
            self._raw, self._size = [], 0
            try:
                fields = next(self._reader, None)
            except _TooLongError:
                self._pass_over()
                return RowFault(f"{self._place(first)}: has more than {self._most} characters; raise --max-bytes")
            except csv.Error as error:
                return RowFault(f"{self._place(first)}: {_explained(str(error))}")
        return None if fields is None else Row(fields, "".join(self._raw), first)

    def _line(self) -> str:
        line = self._text.readline(self._most + 1 - self._size)
        self._lines += bool(line)
        self._raw.append(line)
        self._size += len(line)
        if self._size > self._most:
            raise _TooLongError
        return line.removeprefix(BOM) if self._lines == 1 else line

    def _pass_over(self) -> None:
        """Go to the end of a row that is too long: the first end of a line outside quotation marks."""
        piece, quotes = self._raw[-1], sum(part.count('"') for part in self._raw)
        self._raw = []
        self._lines -= not piece.endswith(_ENDS)
        while not piece.endswith(_ENDS) or quotes % 2:
            if not (piece := self._text.readline(_SKIP)):
                return
            quotes += piece.count('"')
            self._lines += piece.endswith(_ENDS)

    def _place(self, first: int) -> str:
        return f"line {first}" if self._lines <= first else f"lines {first} to {self._lines}"


def _explained(fault: str) -> str:
    if fault == "unexpected end of data":
        return "a quotation mark that is opened there is not closed before the file ends"
    return f"is not well-formed CSV ({fault})"


def joined(fields: Sequence[str], delimiter: str) -> str:
    """Values as a row, quoted where they must be.

    :param fields: The values.
    :param delimiter: What stands between columns.
    :return: The row without a line end.
    """
    row = io.StringIO(newline="")
    csv.writer(row, delimiter=delimiter, lineterminator="\r\n").writerow(fields)
    return row.getvalue().removesuffix("\r\n")
