from __future__ import annotations

import datetime as dt
import decimal
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from restorer.batch.containers.parquet_write import MOST_ROWS
from restorer.batch.records import FieldNames, Record
from tests.batch.rows import FINDING, bad, file_of, good, outcome_of, read, rewritten

NESTED = pa.list_(pa.struct({"a": pa.int8(), "b": pa.list_(pa.binary())}))
ODD = pa.table(
    {
        "id": pa.array([1, 2, None], pa.uint64()),
        "text": ["The statesmen.", "é", ""],
        "price": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("-3.00")], pa.decimal128(12, 2)),
        "when": pa.array([10**18 + 1, None, 5], pa.timestamp("ns", "Europe/Paris")),
        "nested": pa.array([[{"a": 1, "b": [b"\xff"]}], [], None], NESTED),
        "map": pa.array([[("k", 1.5)], [], None], pa.map_(pa.string(), pa.float32())),
        "kind": pa.array(["x", None, "x"]).dictionary_encode(),
        "fixed": pa.array([b"ab", None, b"cd"], pa.binary(2)),
        "nothing": pa.nulls(3),
    },
    metadata={"made by": "us"},
)  # fmt: skip


def written(path: Path, table: pa.Table, **options: Any) -> Path:  # noqa: ANN401 - pyarrow's own
    pq.write_table(table, path, **options)
    return path


def again(path: Path, fields: FieldNames | None = None) -> pa.Table:
    return pq.read_table(pa.BufferReader(rewritten(file_of(path), fields)))


def test_columns_of_any_type_pass_through_beside_the_new_ones(tmp_path: Path) -> None:
    field = pa.field("flagged", pa.bool_(), nullable=False, metadata={"note": "ours"})
    path = written(tmp_path / "a.parquet", ODD.append_column(field, [[True, False, True]]))
    before, after = pq.read_table(path), again(path)
    assert after.select(before.column_names).equals(before, check_metadata=True)
    assert after.schema.metadata[b"made by"] == b"us"
    assert [(f.name, str(f.type)) for f in after.schema][-4:] == [
        ("restored", "string"),
        ("spun_probability", "double"),
        ("spin_density", "double"),
        ("findings", "string"),
    ]
    assert after["restored"].to_pylist() == ["THE STATESMEN.", "É", ""]
    assert [json.loads(f) for f in after["findings"].to_pylist()] == [[FINDING], [], []]


def test_columns_of_an_earlier_run_are_replaced_where_they_stand(tmp_path: Path) -> None:
    first = pa.table({"findings": [[1], [2]], "restored": ["x", "y"], "text": ["a", "b"]})
    after = again(written(tmp_path / "a.parquet", first))
    assert after.column_names == ["findings", "restored", "text", "spun_probability", "spin_density"]
    assert after["restored"].to_pylist() == ["A", "B"]
    assert after["findings"].to_pylist() == ["[]", "[]"]
    assert again(written(tmp_path / "b.parquet", after)).equals(after)


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())], ids=str
)
def test_strings_of_every_kind_are_read(tmp_path: Path, kind: pa.DataType) -> None:
    texts = pa.array(["a", None, "b", "a"]).cast(kind)
    path = written(tmp_path / "a.parquet", pa.table({"text": texts, "n": [1, 2, 3, 4]}), row_group_size=2)
    records = read(file_of(path))
    assert [(r.number, r.content) for r in good(records)] == [(1, "a"), (3, "b"), (4, "a")]
    assert [(r.number, r.reason) for r in bad(records)] == [(2, "'text' is null")]
    after = again(path)
    assert (after["n"].to_pylist(), after["restored"].to_pylist()) == ([1, 3, 4], ["A", "B", "A"])
    assert after.schema.field("text").type == kind


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (pa.table({"text": [1]}), "column 'text' is of type int64, not of strings"),
        (pa.table({"text": [["a"]]}), "column 'text' is of type list<element: string>, not of strings"),
        (pa.table({"text": [b"a"]}), "column 'text' is of type binary, not of strings"),
        (pa.table({"body": ["a"], "n": [1]}), "has no column 'text'; its columns are 'body', 'n'; choose one"),
    ],
)
def test_a_file_without_a_column_of_text_is_one_fault(tmp_path: Path, table: pa.Table, reason: str) -> None:
    (fault,) = bad(read(file_of(written(tmp_path / "a.parquet", table))))
    assert fault.number == 0
    assert fault.reason.startswith(reason)


@pytest.mark.parametrize("data", [b"", b"PAR1", b'{"text": "a"}\n' * 100])
def test_what_is_no_parquet_is_one_fault(tmp_path: Path, data: bytes) -> None:
    (fault,) = bad(read(file_of(tmp_path / "a.parquet", data)))
    assert fault.number == 0
    assert fault.reason.startswith("cannot be read as Parquet (Parquet ")
    assert str(tmp_path) not in fault.reason


def test_dotted_names_reach_into_structs_and_ids_are_strings(tmp_path: Path) -> None:
    meta = pa.array(
        [{"doc": {"id": 7, "body": "a"}, "url": "https://a.example"}, None, {"doc": None}],
        pa.struct({"doc": pa.struct({"id": pa.int32(), "body": pa.string()}), "url": pa.string()}),
    )
    when = pa.array([dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC)] * 3, pa.timestamp("ns", "UTC"))
    table = pa.table({"meta": meta, "date": when, "meta.title": ["T"] * 3})
    file = file_of(written(tmp_path / "a.parquet", table))
    one, *others = read(file, FieldNames("meta.doc.body", "meta.doc.id", "meta.url"))
    assert one == Record(1, "7", "a", url="https://a.example", date="2020-01-02T03:00:00+00:00")
    assert [(r.number, r.id) for r in bad(others)] == [(2, "a.parquet:2"), (3, "a.parquet:3")]
    (fault,) = bad(read(file, FieldNames("meta.doc.text")))
    assert "has no column 'meta.doc.text'" in fault.reason


def test_texts_that_are_too_long_or_no_text_are_bad(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(bytes([0] * 4 + [2, 0, 0, 0])), pa.py_buffer(b"\xff\xfe")]
    )
    texts = pa.chunked_array([["éé", "ééé"], broken])
    records = read(file_of(written(tmp_path / "a.parquet", pa.table({"text": texts}))), most_bytes=5)
    assert [r.content for r in good(records)] == ["éé"]
    assert [(r.number, r.reason) for r in bad(records)] == [
        (2, "text has more than 5 bytes; raise --max-bytes to restore it"),
        (3, "'text' is not UTF-8, as strings in Parquet must be"),
    ]


def test_groups_have_a_fixed_number_of_rows_whatever_those_of_the_input(tmp_path: Path) -> None:
    count = 2 * MOST_ROWS + 500
    table = pa.table({"text": [str(i) if i % 7 else None for i in range(count)], "n": range(count)})
    for size in (100, 333, count):
        path = written(tmp_path / "a.parquet", table, row_group_size=size, compression="gzip")
        data = rewritten(file_of(path))
        metadata = pq.ParquetFile(pa.BufferReader(data)).metadata
        assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [
            1000,
            1000,
            count * 6 // 7 - 2000,
        ]
        assert metadata.row_group(0).column(0).compression == "GZIP"
        after = pq.read_table(pa.BufferReader(data))
        assert after["n"].to_pylist() == [i for i in range(count) if i % 7]
        assert after["restored"].to_pylist() == after["text"].to_pylist()


def test_a_file_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", ODD.slice(0, 0))
    assert read(file_of(path)) == []
    assert again(path).column_names == [*ODD.column_names, "restored", "spun_probability", "spin_density", "findings"]


def test_a_damaged_row_group_costs_its_own_rows(tmp_path: Path) -> None:
    table = pa.table({"text": [f"{i} {i * i * i}" for i in range(600)], "n": range(600)})
    plain = {"compression": "none", "use_dictionary": False, "write_page_checksum": True}
    path = written(tmp_path / "a.parquet", table, row_group_size=200, **plain)
    column = pq.ParquetFile(path).metadata.row_group(1).column(1)
    data = bytearray(path.read_bytes())
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 0xFF
    file = file_of(path, bytes(data))
    records = read(file)
    (fault,) = bad(records)
    assert fault.number == 201
    assert fault.reason.startswith("rows 201 to 400 cannot be read (")
    assert [r.number for r in good(records)] == [*range(1, 201), *range(401, 601)]
    assert again(path)["n"].to_pylist() == [*range(200), *range(400, 600)]


def test_half_a_surrogate_pair_becomes_a_question_mark(tmp_path: Path) -> None:
    def become(record: Record) -> Any:  # noqa: ANN401
        outcome = outcome_of(record)
        object.__setattr__(outcome, "restored", "half \ud83d")
        return outcome

    file = file_of(written(tmp_path / "a.parquet", pa.table({"text": ["a"]})))
    assert pq.read_table(pa.BufferReader(rewritten(file, become=become)))["restored"].to_pylist() == ["half ?"]
