"""Writing Parquet: rows as they were read, in groups of a fixed size, with the columns that a run adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from restorer.batch.records import ADDED_FIELDS, Outcome
from restorer.report.json import dumps

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["Place", "clean", "compression_of", "group_rows", "write_groups", "write_rows"]

MOST_ROWS = 1000
"""Rows of a group: readers get some megabytes of articles at once, and that is what writing holds."""
MOST_BYTES = 1 << 26
"""Rows of columns that hold more (pictures, say) are put in smaller groups."""

_COMPRESSIONS = frozenset({"BROTLI", "GZIP", "LZ4", "SNAPPY", "UNCOMPRESSED", "ZSTD"})

Place = tuple["pa.RecordBatch", int]
"""Where a row lies: its batch, and its index there."""


def clean(text: str) -> str:
    """Text as Parquet can hold it.

    :param text: Any text.
    :return: The text with a question mark for each half of a surrogate pair, which UTF-8 lacks.
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def group_rows(metadata: pq.FileMetaData) -> int:
    """How many rows a group should have.

    :param metadata: What the input file says of itself.
    :return: The number, at least one.
    """
    size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    fitting: int = MOST_BYTES * metadata.num_rows // max(size, 1)
    return max(1, min(MOST_ROWS, fitting))


def compression_of(metadata: pq.FileMetaData) -> str:
    """How an input file is compressed.

    :param metadata: What it says of itself.
    :return: The same, or Zstandard where it is empty or nobody writes that any more.
    """
    if not metadata.num_row_groups or not metadata.num_columns:
        return "zstd"
    name = metadata.row_group(0).column(0).compression
    return {"UNCOMPRESSED": "none"}.get(name, name) if name in _COMPRESSIONS else "zstd"


def write_rows(
    target: Path, schema: pa.Schema, metadata: pq.FileMetaData, rows: Iterable[tuple[Place, Outcome]]
) -> None:
    """Write rows with what became of them.

    :param target: Where to write.
    :param schema: The rows' schema, with its metadata.
    :param metadata: What the input file says of itself.
    :param rows: Each row's place, and what became of it.
    """
    size = group_rows(metadata)
    tables = _tables(_runs(rows, size), _with_added(schema), size)
    write_groups(target, _with_added(schema), tables, compression_of(metadata))


def write_groups(target: Path, schema: pa.Schema, tables: Iterable[pa.Table], compression: str) -> None:
    """Write tables, a row group each.

    :param target: Where to write.
    :param schema: Their schema.
    :param tables: The tables, none of them empty.
    :param compression: How to compress them.
    """
    import pyarrow.parquet as pq

    with target.open("wb") as file, pq.ParquetWriter(file, schema, compression=compression) as writer:
        for table in tables:
            writer.write_table(table, row_group_size=table.num_rows)


def _with_added(schema: pa.Schema) -> pa.Schema:
    for field in _added_fields():
        place = schema.get_field_index(field.name)
        schema = schema.append(field) if place < 0 else schema.set(place, field)
    return schema


def _added_fields() -> list[pa.Field]:
    import pyarrow as pa

    kinds = (pa.string(), pa.float64(), pa.float64(), pa.string())
    return [pa.field(name, kind) for name, kind in zip(ADDED_FIELDS, kinds, strict=True)]


Run = tuple["pa.RecordBatch", int, list[Outcome]]
"""Rows that follow each other in a batch: the batch, the index of the first, and what became of each."""


def _runs(rows: Iterable[tuple[Place, Outcome]], most: int) -> Iterator[Run]:
    """Rows as runs; none of them crosses the border of a group."""
    run: Run | None = None
    for count, ((batch, index), outcome) in enumerate(rows):
        if run is not None and run[0] is batch and run[1] + len(run[2]) == index and count % most:
            run[2].append(outcome)
            continue
        if run is not None:
            yield run
        run = batch, index, [outcome]
    if run is not None:
        yield run


def _tables(runs: Iterable[Run], schema: pa.Schema, size: int) -> Iterator[pa.Table]:
    import pyarrow as pa

    batches: list[pa.RecordBatch] = []
    for run in runs:
        batches.append(_batch(run, schema))
        if sum(batch.num_rows for batch in batches) == size:
            yield pa.Table.from_batches(batches, schema)
            batches = []
    if batches:
        yield pa.Table.from_batches(batches, schema)


def _batch(run: Run, schema: pa.Schema) -> pa.RecordBatch:
    """A run's rows with the new columns."""
    import pyarrow as pa

    batch, first, outcomes = run
    rows = batch.slice(first, len(outcomes))
    new = {
        "restored": [clean(outcome.restored) for outcome in outcomes],
        "spun_probability": [outcome.spun_probability for outcome in outcomes],
        "spin_density": [outcome.spin_density for outcome in outcomes],
        "findings": [dumps(outcome.findings) for outcome in outcomes],
    }
    arrays = [
        pa.array(new[field.name], field.type) if field.name in new else rows.column(place)
        for place, field in enumerate(schema)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
