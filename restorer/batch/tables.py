"""The run's own tables: one row a document, and one a record that could not be restored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from restorer.batch.containers.parquet_write import clean
from restorer.batch.records import BadRecord, Outcome

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DocumentsWriter", "documents", "error_line", "join_documents"]

ROWS_PER_GROUP = 5000
CONTEXT = 60
"""Characters of context on either side of a finding."""
MOST_FINDINGS = 10
"""Findings of one document that its row shows."""


@lru_cache(maxsize=1)
def _schema() -> pa.Schema:
    import pyarrow as pa

    text, real, truth, count = pa.string(), pa.float64(), pa.bool_(), pa.int32()
    return pa.schema(
        [
            ("file", text),
            ("number", pa.int64()),
            ("id", text),
            ("url", text),
            ("title", text),
            ("date", text),
            ("words", count),
            ("spun_probability", real),
            ("spin_density", real),
            ("quotes_spun", truth),
            ("capitals_spun", truth),
            ("leftovers", count),
            ("flagged", count),
            ("applied", count),
            ("source", text),
            ("source_date", text),
            ("findings", text),
        ]
    )


class DocumentsWriter(AbstractContextManager["DocumentsWriter"]):
    """Writes rows of ``documents.parquet`` in groups of a fixed size, so that the same rows give the same bytes."""

    def __init__(self, target: Path) -> None:
        """Open the file.

        :param target: Where to write.
        """
        import pyarrow.parquet as pq

        self._schema = _schema()
        self._writer = pq.ParquetWriter(target, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        """Add a row.

        :param row: The row, as :func:`row_of` makes it.
        """
        self._rows.append(row)
        if len(self._rows) == ROWS_PER_GROUP:
            self._flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the file's end, or let go of it unfinished after an error."""
        if kind is None:
            self.close()
        self._writer.is_open = False

    def close(self) -> None:
        """Write what is left and the file's end."""
        try:
            self._flush()
            self._writer.close()
        finally:
            # A writer that failed would try again once it is collected, and print why it failed again.
            self._writer.is_open = False

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, self._schema))
            self._rows = []


def row_of(file: str, outcome: Outcome, text: str) -> dict[str, Any]:
    """A document's row.

    :param file: Name of its file.
    :param outcome: What became of it.
    :param text: The text that was scored.
    :return: The row.
    """
    best = sorted(outcome.findings, key=lambda f: (-f["confidence"], f["start"]))[:MOST_FINDINGS]
    shown = [_shown(text, finding) for finding in sorted(best, key=lambda f: int(f["start"]))]
    row = {name: getattr(outcome, name) for name in _schema().names if hasattr(outcome, name)}
    row |= {
        "file": file,
        "flagged": len(outcome.findings),
        "applied": sum(f["applied"] for f in outcome.findings),
        "findings": json.dumps(shown, ensure_ascii=False),
    }
    return {name: clean(value) if isinstance(value, str) else value for name, value in row.items()}


def _shown(text: str, finding: dict[str, Any]) -> dict[str, Any]:
    start, end = finding["start"], finding["end"]
    return {
        "before": text[max(start - CONTEXT, 0) : start],
        "text": finding["text"],
        "after": text[end : end + CONTEXT],
        "replacement": finding["replacement"],
        "confidence": finding["confidence"],
        "kind": finding["kind"],
        "leftover": finding["evidence"]["leftover"],
        "applied": finding["applied"],
    }


def error_line(file: str, bad: BadRecord) -> str:
    """One line of ``errors.jsonl``.

    :param file: Name of the file.
    :param bad: What is wrong.
    :return: The line.
    """
    data = {"file": file, "record": bad.number, "id": bad.id, "reason": bad.reason}
    return json.dumps(data, ensure_ascii=True) + "\n"


def documents(path: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a ``documents.parquet``, one after the other.

    :param path: The file.
    :param columns: Columns wanted; all when None.
    :return: The rows.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1000, columns=columns):
            yield from batch.to_pylist()


def join_documents(paths: Iterable[Path], target: Path) -> None:
    """Several of them as one.

    :param paths: The files, in order.
    :param target: Where to write.
    """
    with DocumentsWriter(target) as writer:
        for path in paths:
            for row in documents(path):
                writer.add(row)
