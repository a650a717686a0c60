"""JSON Lines: one object a line. What a line already holds stays as it is, byte for byte."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from restorer.batch.containers.compress import open_read, open_write
from restorer.batch.containers.fields import DATE, TITLE, identifier, kind_of, listed, note, reach
from restorer.batch.records import ADDED_FIELDS, BadRecord, FieldNames, InputFile, Outcome, Record
from restorer.errors import DamagedFileError
from restorer.report.json import dumps

__all__ = ["JsonlContainer"]

_SKIP = 1 << 16
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # UTF-16's is the start of UTF-32-LE's


class JsonlContainer:
    """Files of JSON Lines, packed or not; a record's number is its line."""

    def read(self, file: InputFile, fields: FieldNames, *, most_bytes: int) -> Iterator[Record | BadRecord]:
        """The records of the file; blank lines are passed over.

        :param file: The file.
        :param fields: Names of the fields to look in; dots reach into nested objects.
        :param most_bytes: A line with more than this is a bad record, and never in memory as a whole.
        :return: Records and bad records.
        :raises FileAccessError: if the file cannot be opened.
        :raises MissingDependencyError: if it ends in .zst and zstandard is not installed.
        """
        number = 0
        with open_read(file.path, file.compression) as stream:
            try:
                for number, (line, whole) in enumerate(_lines(stream, most_bytes), 1):
                    if number == 1 and (fault := _no_lines(line)):
                        yield BadRecord(0, fault)
                        return
                    if not whole:
                        yield BadRecord(number, f"has more than {most_bytes} bytes; raise --max-bytes to restore it")
                    elif line.strip():
                        yield _record(line, number, file, fields)
            except DamagedFileError as error:
                yield BadRecord(number + 1, f"{error} (lines before this one: {number})")

    def write(
        self, file: InputFile, fields: FieldNames, outcomes: Iterator[tuple[Record, Outcome]], target: Path
    ) -> None:
        """Write each line again, with the new fields before its final brace.

        :param file: The file, for its compression.
        :param fields: Not needed.
        :param outcomes: The records and what became of them.
        :param target: Where to write.
        :raises OSError: if it cannot be written.
        """
        with open_write(target, file.compression) as stream:
            for record, outcome in outcomes:
                stream.write(_with(record.native, outcome.added()))


def _lines(stream: BinaryIO, most_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Lines with their ends, and whether each is whole; of one that is too long, the beginning."""
    while line := stream.readline(most_bytes + 3):
        whole = len(line.removesuffix(b"\n").removesuffix(b"\r")) <= most_bytes
        piece = line
        while not whole and piece and not piece.endswith(b"\n"):
            piece = stream.readline(_SKIP)
        yield line, whole


def _no_lines(first: bytes) -> str:
    """Why a file with this first line is none of JSON Lines; empty if it may be one."""
    if first.startswith(_WIDE_MARKS):
        return "is UTF-16 or UTF-32, not UTF-8 as JSON Lines must be; convert it first"
    if first.removeprefix(codecs.BOM_UTF8).strip() in (b"[", b"{"):
        return "is one JSON value over several lines, not one object a line; convert it first (jq -c '.[]' for a list)"
    return ""


def _record(line: bytes, number: int, file: InputFile, fields: FieldNames) -> Record | BadRecord:
    try:
        data = json.loads(_body(line, number))
    except UnicodeDecodeError as error:
        fault = f"byte {error.start + 1} of the line, 0x{error.object[error.start]:02x}, is not UTF-8"
        return BadRecord(number, f"{fault}; convert the file to UTF-8 first")
    except json.JSONDecodeError as error:
        return BadRecord(
            number, f"is not JSON ({error.msg.removesuffix(' at')} at character {error.pos + 1} of the line)"
        )
    except ValueError as error:  # a number of thousands of digits
        return BadRecord(number, f"is JSON that cannot be read ({str(error).split(';')[0]})")
    except RecursionError:
        return BadRecord(number, "is JSON that is nested too deeply to be read")
    if not isinstance(data, dict):
        return BadRecord(number, f"the line is {kind_of(data)}, not an object")
    name = identifier(_get(data, fields.id), file, number)
    try:
        text = reach(data, fields.text)
    except KeyError:
        has = f"has no field {fields.text!r}; its fields are {listed(data)}; choose one with --text-field"
        return BadRecord(number, has, name)
    if not isinstance(text, str):
        return BadRecord(number, f"field {fields.text!r} is {kind_of(text)}, not a string", name)
    url, title, date = (note(_get(data, field)) for field in (fields.url, TITLE, DATE))
    again = any(field in data for field in ADDED_FIELDS)
    return Record(number, name, text, url=url, title=title, date=date, native=(line, again))


def _get(data: Mapping[str, object], name: str) -> object:
    try:
        return reach(data, name)
    except KeyError:
        return None


def _body(line: bytes, number: int) -> str:
    return (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).rstrip(b"\r\n").decode("utf-8")


def _with(native: tuple[bytes, bool], added: Mapping[str, object]) -> bytes:
    """A line with new fields at the end of its object, or in place of those an earlier run has put there."""
    line, again = native
    body = line.rstrip(b" \t\r\n")
    end = line[len(body) :]
    if again:
        return _replaced(body.decode("utf-8"), added).encode("utf-8") + end
    return body[:-1] + f", {dumps(added)[1:]}".encode() + end


def _replaced(text: str, added: Mapping[str, object]) -> str:
    pieces, done = [], 0
    left = dict(added)
    for name, start, end in _members(text):
        if name in added:
            pieces += [text[done:start], dumps(added[name])]
            done = end
            left.pop(name, None)
    new = f", {dumps(left)[1:-1]}" if left else ""
    return "".join([*pieces, text[done:-1], new, "}"])


def _members(text: str) -> Iterator[tuple[str, int, int]]:
    """The members of an object: name, and where the value begins and ends."""
    decode = json.JSONDecoder().raw_decode
    place = text.index("{")
    while text[place] != "}":
        name, place = decode(text, _next(text, place + 1))
        start = _next(text, _next(text, place) + 1)
        _, end = decode(text, start)
        yield name, start, end
        place = _next(text, end)


_SPACE = re.compile(r"[ \t\r\n]*")


def _next(text: str, place: int) -> int:
    """The next place that is not white space."""
    match = _SPACE.match(text, place)
    return match.end() if match else place
