"""CSV and TSV: a header, and one record a row. What a row already holds stays as it is, character for character."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from restorer.batch.containers.compress import open_read, open_write
from restorer.batch.containers.csv_rows import BOM, Row, RowFault, Rows, joined
from restorer.batch.containers.fields import DATE, TITLE, identifier, listed, note
from restorer.batch.records import ADDED_FIELDS, BadRecord, FieldNames, InputFile, Outcome, Record
from restorer.errors import DamagedFileError, EncodingError, InputError
from restorer.readers.legacy import mostly_utf8
from restorer.readers.text import decode
from restorer.report.json import dumps

__all__ = ["CsvContainer"]

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 20
"""Bytes from which the encoding and the header are judged."""
_ESCAPED = re.compile("[\udc80-\udcff]")
"""Bytes that did not decode."""


@dataclass(frozen=True, slots=True)
class _Form:
    """What a file's beginning tells: its encoding, what stands between its columns, and their names."""

    codec: str
    delimiter: str
    columns: list[str]
    header: Row


class CsvContainer:
    """Files of rows, packed or not; a record's number is its row, the header not counted."""

    def read(self, file: InputFile, fields: FieldNames, *, most_bytes: int) -> Iterator[Record | BadRecord]:
        """The records of the file; empty lines are passed over.

        :param file: The file.
        :param fields: Names of the columns to look in.
        :param most_bytes: A row with more than this is a bad record, and never in memory as a whole.
        :return: Records and bad records; one with the number 0 where the file as a whole cannot be used.
        :raises FileAccessError: if the file cannot be opened.
        :raises MissingDependencyError: if it ends in .zst and zstandard is not installed.
        """
        form = _form(file, fields)
        if isinstance(form, str):
            yield BadRecord(0, form)
            return
        number = 0
        with _text(file, form.codec) as text:
            rows = Rows(text, form.delimiter, max(most_bytes, len(form.header.raw)))
            rows.next()
            try:
                for number in count(1):
                    if (row := rows.next()) is None:
                        return
                    yield _record(row, number, file, fields, form, most_bytes)
            except (DamagedFileError, UnicodeDecodeError) as error:
                yield BadRecord(number, f"{error} (rows before this one: {number - 1})")

    def write(
        self, file: InputFile, fields: FieldNames, outcomes: Iterator[tuple[Record, Outcome]], target: Path
    ) -> None:
        """Write each row again with the new columns behind its own, or in place of those an earlier run has added.

        A character that the file's encoding lacks becomes a numeric reference, as in HTML.

        :param file: The file, for its header, its encoding and its compression.
        :param fields: Names of the columns.
        :param outcomes: The records and what became of them.
        :param target: Where to write.
        :raises InputError: if the file has no usable header any more.
        :raises OSError: if it cannot be written.
        """
        form = _form(file, fields)
        if isinstance(form, str):
            msg = f"{file.path}: {form}"
            raise InputError(msg)
        with open_write(target, file.compression) as stream:
            stream.write(_with(form.header, {name: name for name in ADDED_FIELDS}, form))
            for record, outcome in outcomes:
                stream.write(_with(record.native, _values(outcome, form.codec), form))


def _text(file: InputFile, codec: str) -> io.TextIOWrapper:
    """The file as text; bytes that do not decode are kept as lone surrogates."""
    return io.TextIOWrapper(open_read(file.path, file.compression), codec, errors="surrogateescape", newline="")


def _form(file: InputFile, fields: FieldNames) -> _Form | str:
    """The form of a file, or why it has none that can be used."""
    with open_read(file.path, file.compression) as stream:
        try:
            sample = _beginning(stream)
            codec = _codec(sample, file.name)
            text = codecs.getincrementaldecoder(codec)("surrogateescape").decode(sample)
        except (InputError, UnicodeDecodeError) as error:
            return str(error).removeprefix(f"{file.name}: ")
    forms = [form for delimiter in _delimiters(file) if (form := _form_by(text, codec, delimiter))]
    if not forms:
        return "has no header row with the names of its columns; add one"
    form = max(forms, key=lambda form: (fields.text in form.columns, len(form.columns)))
    if (times := form.columns.count(fields.text)) != 1:
        has = "no column" if times == 0 else f"{times} columns"
        return f"has {has} {fields.text!r}; its columns are {listed(form.columns)}; choose one with --text-field"
    return form


def _beginning(stream: io.BufferedReader) -> bytes:
    sample = bytearray()
    try:
        while len(sample) < _SAMPLE and (piece := stream.read1(_SAMPLE - len(sample))):
            sample += piece
    except DamagedFileError:
        if not sample:
            raise
    return bytes(sample)


def _codec(sample: bytes, name: str) -> str:
    """The encoding of a file, judged by its beginning; rows that do not fit it later on are bad records."""
    if len(sample) == _SAMPLE:  # it may end within a character; those of UTF-16 and UTF-32 hold zeros
        sample = sample[: _SAMPLE if b"\0" in sample[:4] else sample.rfind(b"\n") + 1 or _SAMPLE]
    try:
        return decode(sample, name).encoding.codec
    except EncodingError:
        if mostly_utf8(sample):
            return "utf-8"
        raise


def _delimiters(file: InputFile) -> str:
    name = file.path.name.lower().removesuffix(".gz").removesuffix(".zst")
    return "\t" if name.endswith(".tsv") else _DELIMITERS


def _form_by(text: str, codec: str, delimiter: str) -> _Form | None:
    """The form with a certain delimiter; None where the first row cannot be read with it."""
    first = Rows(io.StringIO(text, newline=""), delimiter, len(text)).next()
    return _Form(codec, delimiter, first.fields, first) if isinstance(first, Row) else None


def _record(
    row: Row | RowFault, number: int, file: InputFile, fields: FieldNames, form: _Form, most_bytes: int
) -> Record | BadRecord:
    if isinstance(row, RowFault):
        return BadRecord(number, row.reason)
    if len(row.fields) != len(form.columns):
        fault = f"line {row.line}: has {len(row.fields)} columns where the header has {len(form.columns)}"
        return BadRecord(number, fault)
    data = dict(zip(reversed(form.columns), reversed(row.fields), strict=True))  # of two of a name, the first
    name = identifier(data.get(fields.id), file, number)
    if len(row.raw) * 4 > most_bytes and len(row.raw.encode(form.codec, "surrogateescape")) > most_bytes:
        too_long = f"line {row.line}: has more than {most_bytes} bytes; raise --max-bytes to restore it"
        return BadRecord(number, too_long, name)
    text = data[fields.text]
    if escaped := _ESCAPED.search(text):
        byte = f"0x{ord(escaped.group()) - 0xDC00:02x}"
        fault = f"line {row.line}: byte {byte} in {fields.text!r} is not {form.codec.upper()}; convert the file first"
        return BadRecord(number, fault, name)
    url, title, date = (note(data.get(field)) for field in (fields.url, TITLE, DATE))
    return Record(number, name, text, url=url, title=title, date=date, native=row)


def _values(outcome: Outcome, codec: str) -> dict[str, str]:
    """The new columns' values, in characters that the encoding has."""
    values = {name: str(value) for name, value in outcome.added().items()}
    findings = dumps(outcome.findings)
    values["findings"] = findings if _fits(findings, codec) == findings else json.dumps(outcome.findings)
    values["restored"] = _fits(outcome.restored, codec)
    return values


def _fits(text: str, codec: str) -> str:
    return text.encode(codec, "xmlcharrefreplace").decode(codec)


def _with(row: Row, values: Mapping[str, str], form: _Form) -> bytes:
    """A row with the new values in the columns of their names, or behind its own."""
    new = [value for name, value in values.items() if name not in form.columns]
    body = row.body
    if len(new) < len(values):
        mark = BOM if body.startswith(BOM) else ""
        own = [values.get(name, field) for name, field in zip(form.columns, row.fields, strict=True)]
        body = mark + joined(own, form.delimiter)
    if new:
        body += form.delimiter + joined(new, form.delimiter)
    return (body + row.end).encode(form.codec, "surrogateescape")
