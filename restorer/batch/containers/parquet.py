"""Parquet: one record a row. Other columns go from file to file as they are, never through Python's values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from restorer.batch.containers.compress import open_read
from restorer.batch.containers.fields import DATE, TITLE, identifier, listed, note
from restorer.batch.containers.parquet_write import group_rows, write_rows
from restorer.batch.records import BadRecord, FieldNames, InputFile, Outcome, Record
from restorer.errors import DamagedFileError, InputError
from restorer.extras import needed

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["ParquetContainer"]

_BATCH = 64
_BUFFER = 1 << 20
_DIGITS = 200
"""Characters of the library's own words that a message quotes."""


class ParquetContainer:
    """Parquet files; a record's number is its row."""

    def read(self, file: InputFile, fields: FieldNames, *, most_bytes: int) -> Iterator[Record | BadRecord]:
        """The records of the file.

        A row group that is damaged costs its own rows; those of the next are read.

        :param file: The file.
        :param fields: Names of the columns to look in; dots reach into structs.
        :param most_bytes: A row whose text has more than this is a bad record.
        :return: Records and bad records; one with the number 0 where the file as a whole cannot be used.
        :raises FileAccessError: if the file cannot be opened.
        :raises MissingDependencyError: if pyarrow is not installed.
        """
        with open_read(file.path, "") as stream:
            try:
                opened = _opened(stream)
                _check_text(opened.schema_arrow, fields.text)
            except InputError as error:
                yield BadRecord(0, str(error))
                return
            rows = _Rows(file, fields, most_bytes, opened)
            for group in range(opened.num_row_groups):
                yield from rows.of_group(group)

    def write(
        self, file: InputFile, fields: FieldNames, outcomes: Iterator[tuple[Record, Outcome]], target: Path
    ) -> None:
        """Write the rows again with the new columns behind the others, or in place of those an earlier run has added.

        :param file: The file, for its schema and its compression.
        :param fields: Not needed.
        :param outcomes: The records and what became of them.
        :param target: Where to write.
        :raises InputError: if the file is not Parquet any more.
        :raises OSError: if it cannot be written.
        """
        with open_read(file.path, "") as stream:
            opened = _opened(stream)
            rows = ((record.native, outcome) for record, outcome in outcomes)
            write_rows(target, opened.schema_arrow, opened.metadata, rows)


class _Columns(NamedTuple):
    """The columns of a batch that are looked into; None for one that is not there."""

    text: pa.Array
    id: pa.Array | None
    url: pa.Array | None
    title: pa.Array | None
    date: pa.Array | None


class _Rows:
    """Makes records of rows."""

    def __init__(self, file: InputFile, fields: FieldNames, most_bytes: int, opened: pq.ParquetFile) -> None:
        self._file, self._fields, self._most, self._opened = file, fields, most_bytes, opened
        self._batch_size = min(_BATCH, group_rows(opened.metadata))
        self._before = 0

    def of_group(self, group: int) -> Iterator[Record | BadRecord]:
        """The records of a row group, or where they cannot be read further."""
        import pyarrow as pa

        number, self._before = self._before, self._before + self._opened.metadata.row_group(group).num_rows
        try:
            for batch in self._opened.iter_batches(self._batch_size, row_groups=[group]):
                yield from self._of_batch(batch, number)
                number += batch.num_rows
        except (pa.ArrowException, OSError, DamagedFileError) as error:
            fault = f"rows {number + 1} to {self._before} cannot be read ({_words(error)}); fetch the file again"
            yield BadRecord(number + 1, fault)

    def _of_batch(self, batch: pa.RecordBatch, before: int) -> Iterator[Record | BadRecord]:
        import pyarrow.compute as pc

        fields = self._fields
        found = [_column(batch, name) for name in (fields.text, fields.id, fields.url, TITLE, DATE)]
        columns = _Columns(_strings(found[0]), *found[1:])
        sizes = pc.binary_length(columns.text)
        for index in range(batch.num_rows):
            yield self._record(batch, index, before + index + 1, columns, sizes[index].as_py())

    def _record(
        self, batch: pa.RecordBatch, index: int, number: int, columns: _Columns, size: int | None
    ) -> Record | BadRecord:
        name = identifier(_at(columns.id, index), self._file, number)
        if size is None:
            return BadRecord(number, f"{self._fields.text!r} is null", name)
        if size > self._most:
            return BadRecord(number, f"text has more than {self._most} bytes; raise --max-bytes to restore it", name)
        if (text := _at(columns.text, index)) is None:
            return BadRecord(number, f"{self._fields.text!r} is not UTF-8, as strings in Parquet must be", name)
        url, title, date = (note(_at(column, index)) for column in columns[2:])
        return Record(number, name, str(text), url=url, title=title, date=date, native=(batch, index))


def _opened(stream: BinaryIO) -> pq.ParquetFile:
    needed("pyarrow.parquet", "Parquet files need")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Without these two a column of a whole row group would be in memory.
        return pq.ParquetFile(stream, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        msg = f"cannot be read as Parquet ({_words(error)}); fetch the file again, or name it by what it is"
        raise InputError(msg) from error


def _words(error: Exception) -> str:
    """What a library says, on one line and not at length."""
    return " ".join(str(error).split())[:_DIGITS]


def _check_text(schema: pa.Schema, name: str) -> None:
    import pyarrow as pa

    if twice := sorted({name for name in schema.names if schema.names.count(name) > 1}):
        msg = f"has several columns of the name {listed(twice)}; rename them"
        raise InputError(msg)
    path = _path(pa.struct(list(schema)), name)
    if path is None:
        msg = f"has no column {name!r}; its columns are {listed(schema.names)}; choose one with --text-field"
        raise InputError(msg)
    kind: pa.DataType = pa.struct(list(schema))
    for place in path:
        kind = kind.field(place).type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if inner not in (pa.string(), pa.large_string(), pa.string_view()):
        msg = f"column {name!r} is of type {_words(Exception(kind))}, not of strings; choose another with --text-field"
        raise InputError(msg)


def _path(kind: pa.DataType, name: str) -> list[int] | None:
    """Indices that lead to a field; where there is none of that name, dots reach into structs."""
    import pyarrow as pa

    if not pa.types.is_struct(kind):
        return None
    if (place := kind.get_field_index(name)) >= 0:
        return [place]
    outer, dot, inner = name.partition(".")
    if not dot or (place := kind.get_field_index(outer)) < 0:
        return None
    further = _path(kind.field(place).type, inner)
    return None if further is None else [place, *further]


def _column(batch: pa.RecordBatch, name: str) -> pa.Array | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    if (path := _path(pa.struct(list(batch.schema)), name)) is None:
        return None
    column = batch.column(path[0])
    return pc.struct_field(column, path[1:]) if path[1:] else column


def _strings(column: pa.Array) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.large_string()) if column.type == pa.string_view() else column


def _at(column: pa.Array | None, index: int) -> object:
    """A value; None also where Python has none for it."""
    import pyarrow as pa

    if column is None:
        return None
    value = column[index]
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        value = value.cast(pa.timestamp("us", column.type.tz), safe=False)
    with suppress(ValueError, KeyError, pa.ArrowException):  # not UTF-8, a time zone nobody knows, a year beyond 9999
        return value.as_py()
    return None
