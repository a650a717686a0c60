"""One format for all outputs, whatever the inputs were: JSON Lines, Parquet, or attribute files of Dolma."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from restorer.batch.containers import container, container_of
from restorer.batch.containers.compress import open_write
from restorer.batch.containers.parquet_write import MOST_BYTES, MOST_ROWS, clean, write_groups
from restorer.batch.records import Compression, FieldNames, InputFile, Outcome, Record
from restorer.extras import needed
from restorer.report.json import dumps

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["OUT_FORMATS", "UniformWriter", "output_name"]

ATTRIBUTES = "attributes/restorer"
"""Where Dolma looks for what restorer says of documents; it puts this in place of the folder ``documents``."""
DOCUMENTS = "documents"

_LARGEST_DOCUMENT = 1 << 28
"""Bytes up to which a document that was not restored is read again for its identifier."""

Pairs = Iterator[tuple[Record, Outcome]]


class UniformWriter(Protocol):
    """Writes the records of any container in one format."""

    def write(self, file: InputFile, fields: FieldNames, outcomes: Pairs, target: Path) -> None:
        """Write what became of a file's records.

        :param file: The file.
        :param fields: Names of the fields that were looked in.
        :param outcomes: The good records and what became of each.
        :param target: Where to write.
        :raises OSError: if it cannot be written.
        """
        ...


class JsonlWriter:
    """One object a record, one a line."""

    def write(self, file: InputFile, fields: FieldNames, outcomes: Pairs, target: Path) -> None:
        """Write what became of a file's records.

        :param file: The file, for its name.
        :param fields: Not needed.
        :param outcomes: The good records and what became of each.
        :param target: Where to write.
        :raises OSError: if it cannot be written.
        """
        with open_write(target, "") as stream:
            for record, outcome in outcomes:
                stream.write(dumps(_row(file, record, outcome)).encode("utf-8") + b"\n")


class ParquetWriter:
    """The same fields as columns; findings as JSON."""

    def write(self, file: InputFile, fields: FieldNames, outcomes: Pairs, target: Path) -> None:
        """Write what became of a file's records.

        :param file: The file, for its name.
        :param fields: Not needed.
        :param outcomes: The good records and what became of each.
        :param target: Where to write.
        :raises OSError: if it cannot be written.
        :raises MissingDependencyError: if pyarrow is not installed.
        """
        write_groups(target, _schema(), _tables(_row(file, *pair) for pair in outcomes), "zstd")


class DolmaWriter:
    """Attributes of documents, as Dolma's mixer takes them: one line a document, in the documents' order.

    Spans are ``[start, end, score]`` in code points. A document that could not be restored has a line without
    attributes, since the mixer goes through both files side by side.
    """

    def write(self, file: InputFile, fields: FieldNames, outcomes: Pairs, target: Path) -> None:
        """Write what became of a file's records.

        :param file: The file, which is read again for the documents that could not be restored.
        :param fields: Names of the fields that were looked in.
        :param outcomes: The good records and what became of each.
        :param target: Where to write.
        :raises OSError: if it cannot be written.
        """
        with open_write(target, _dolma_compression(file)) as stream:
            for name, attributes in _attributes(file, fields, outcomes):
                stream.write(dumps({"id": name, "attributes": attributes}).encode("utf-8") + b"\n")


OUT_FORMATS: dict[str, UniformWriter] = {"jsonl": JsonlWriter(), "parquet": ParquetWriter(), "dolma": DolmaWriter()}
"""Writers by the name of their format."""


def output_name(name: str, out_format: str | None) -> str:
    """Where the output of a file lies below the output folder.

    The format's ending is put behind the whole name (``a/b.warc.gz`` → ``a/b.warc.gz.jsonl``), so that two inputs
    never share an output. Dolma's attribute files have the names of their documents, in ``attributes/restorer`` in
    place of ``documents``, or below it where there is no folder of that name (``x/documents/a.jsonl.gz`` →
    ``x/attributes/restorer/a.jsonl.gz``); those of other containers than JSON Lines get ``.jsonl.gz`` behind theirs.
    :func:`restorer.batch.inputs.find_inputs` refuses inputs whose outputs would share a place after all.

    :param name: The input file's name.
    :param out_format: One of :data:`OUT_FORMATS`, None for the input's own.
    :return: The name, with slashes.
    """
    if out_format != "dolma":
        return name if out_format is None else f"{name}.{out_format}"
    parts = name.split("/")
    place = parts.index(DOCUMENTS) if DOCUMENTS in parts[:-1] else -1
    parts = [*parts[:place], ATTRIBUTES, *parts[place + 1 :]] if place >= 0 else [ATTRIBUTES, *parts]
    return "/".join(parts) + ("" if _is_jsonl(name) else ".jsonl.gz")


def _is_jsonl(name: str) -> bool:
    return (container_of(PurePosixPath(name)) or ("",))[0] == "jsonl"


def _dolma_compression(file: InputFile) -> Compression:
    return file.compression if file.container == "jsonl" else "gz"


def _row(file: InputFile, record: Record, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "source": file.name,
        "url": outcome.url,
        "title": outcome.title,
        "date": outcome.date,
        "text": outcome.scored(record),
        "restored": outcome.restored,
        "spun_probability": outcome.spun_probability,
        "spin_density": outcome.spin_density,
        "words": outcome.words,
        "findings": outcome.findings,
    }


def _schema() -> pa.Schema:
    needed("pyarrow", "--out-format parquet needs")
    import pyarrow as pa

    kinds = {"spun_probability": pa.float64(), "spin_density": pa.float64(), "words": pa.int32()}
    names = "id source url title date text restored spun_probability spin_density words findings".split()
    return pa.schema([(name, kinds.get(name, pa.string())) for name in names])


def _tables(rows: Iterable[dict[str, Any]]) -> Iterator[pa.Table]:
    """Rows in groups of a fixed number, or fewer where their texts are long."""
    import pyarrow as pa

    group: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        plain = row | {"findings": dumps(row["findings"])}
        group.append({name: clean(value) if isinstance(value, str) else value for name, value in plain.items()})
        size += len(row["text"])
        if len(group) == MOST_ROWS or size >= MOST_BYTES:
            yield pa.Table.from_pylist(group, _schema())
            group, size = [], 0
    if group:
        yield pa.Table.from_pylist(group, _schema())


def _attributes(file: InputFile, fields: FieldNames, outcomes: Pairs) -> Iterator[tuple[str, dict[str, Any]]]:
    """Identifier and attributes of every document; of JSON Lines, also of those that were not restored."""
    if file.container != "jsonl":
        yield from ((outcome.id, _spans(record, outcome)) for record, outcome in outcomes)
        return
    following = next(outcomes, None)
    for each in container(file.container).read(file, fields, most_bytes=_LARGEST_DOCUMENT):
        if following is not None and following[0].number == each.number:
            yield following[1].id, _spans(*following)
            following = next(outcomes, None)
        elif each.id:
            yield each.id, {}


def _spans(record: Record, outcome: Outcome) -> dict[str, Any]:
    length = len(outcome.scored(record))
    found = [(f, [f["start"], f["end"], f["confidence"]]) for f in outcome.findings]
    return {
        "restorer__spun_probability": [[0, length, outcome.spun_probability]],
        "restorer__spin_density": [[0, length, outcome.spin_density]],
        "restorer__findings": [span for _, span in found],
        "restorer__applied": [span for finding, span in found if finding["applied"]],
    }
