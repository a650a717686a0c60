from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.batch.containers.compress import open_read, open_write
from restorer.batch.containers.parquet_write import MOST_ROWS
from restorer.batch.containers.uniform import OUT_FORMATS, output_name
from restorer.batch.records import FieldNames, InputFile, Record
from tests.batch.rows import FINDING, file_of, good, outcome_of, read

RECORDS = b"""\
{"id": 1, "text": "The statesmen.", "url": "https://a.example", "title": "T", "date": "2020-01-02"}
{"id": "broken", "text": 7}
{"id": "odd", "text": "half \\ud83d"}
"""
ROW = {
    "id": "1",
    "source": "a.jsonl",
    "url": "https://a.example",
    "title": "T",
    "date": "2020-01-02",
    "text": "The statesmen.",
    "restored": "THE STATESMEN.",
    "spun_probability": 0.5,
    "spin_density": 0.25,
    "words": 3,
    "findings": [FINDING],
}


def write(out_format: str, file: InputFile, records: list[Record] | None = None) -> Path:
    """The file's output, written twice."""
    targets = [file.path.with_name(name) for name in ("once", "twice")]
    for target in targets:
        pairs = ((r, outcome_of(r)) for r in (good(read(file)) if records is None else records))
        OUT_FORMATS[out_format].write(file, FieldNames(), pairs, target)
    assert targets[0].read_bytes() == targets[1].read_bytes()
    return targets[0]


def test_json_lines_have_one_object_a_record(tmp_path: Path) -> None:
    first, second = write("jsonl", file_of(tmp_path / "a.jsonl", RECORDS)).read_bytes().splitlines()
    assert list(json.loads(first).items()) == list(ROW.items())
    assert (json.loads(second)["text"], json.loads(second)["restored"]) == ("half \ud83d", "HALF \ud83d")


def test_the_text_of_a_page_is_the_one_that_was_scored(tmp_path: Path) -> None:
    file = InputFile(tmp_path / "a.html", "a.html", "html")
    path = write("jsonl", file, [Record(1, "a.html", b"<p>from the page</p>", kind="html")])
    assert json.loads(path.read_bytes())["text"] == "from the page"


def test_parquet_has_the_same_as_columns(tmp_path: Path) -> None:
    table = pq.read_table(write("parquet", file_of(tmp_path / "a.jsonl", RECORDS)))
    first, second = table.to_pylist()
    assert list(first.items()) == list((ROW | {"findings": json.dumps([FINDING])}).items())
    assert second["restored"] == "HALF ?"
    assert table.schema.field("words").type == pa.int32()


def test_parquet_is_written_in_groups_and_may_be_empty(tmp_path: Path) -> None:
    many = b"".join(b'{"text": "%d"}\n' % i for i in range(2 * MOST_ROWS + 1))
    metadata = pq.ParquetFile(write("parquet", file_of(tmp_path / "a.jsonl", many))).metadata
    assert [metadata.row_group(i).num_rows for i in range(3)] == [MOST_ROWS, MOST_ROWS, 1]
    empty = pq.read_table(write("parquet", file_of(tmp_path / "a.jsonl", b"")))
    assert (empty.num_rows, empty.column_names) == (0, list(ROW))


@pytest.mark.parametrize("ending", [".jsonl", ".json.gz", ".jsonl.zst"])
def test_dolmas_attributes_line_up_with_the_documents(tmp_path: Path, ending: str) -> None:
    file = file_of(tmp_path / f"a{ending}", b"")
    with open_write(file.path, file.compression) as packed:
        packed.write(RECORDS)
    with open_read(write("dolma", file), file.compression) as stream:
        first, broken, odd = map(json.loads, stream)
    assert first == {
        "id": "1",
        "attributes": {
            "restorer__spun_probability": [[0, 14, 0.5]],
            "restorer__spin_density": [[0, 14, 0.25]],
            "restorer__findings": [[4, 13, 0.75]],
            "restorer__applied": [[4, 13, 0.75]],
        },
    }
    assert broken == {"id": "broken", "attributes": {}}
    assert (odd["id"], odd["attributes"]["restorer__findings"]) == ("odd", [])


def test_dolmas_attributes_of_other_containers_are_gzip(tmp_path: Path) -> None:
    lines = gzip.decompress(write("dolma", file_of(tmp_path / "a.csv", b"id,text\n7,x\n8\n")).read_bytes())
    assert [json.loads(line)["id"] for line in lines.splitlines()] == ["7"]


@pytest.mark.parametrize(
    ("name", "out_format", "output"),
    [
        ("a/b.warc.gz", None, "a/b.warc.gz"),
        ("a/b.warc.gz", "jsonl", "a/b.warc.gz.jsonl"),
        ("b.jsonl", "parquet", "b.jsonl.parquet"),
        ("x/documents/2019/a.json.gz", "dolma", "x/attributes/restorer/2019/a.json.gz"),
        ("documents/a.jsonl.zst", "dolma", "attributes/restorer/a.jsonl.zst"),
        ("2019/a.jsonl.gz", "dolma", "attributes/restorer/2019/a.jsonl.gz"),
        ("documents.jsonl", "dolma", "attributes/restorer/documents.jsonl"),
        ("a/b.parquet", "dolma", "attributes/restorer/a/b.parquet.jsonl.gz"),
    ],
)
def test_names_of_outputs(name: str, out_format: str | None, output: str) -> None:
    assert output_name(name, out_format) == output


names = st.lists(st.sampled_from(["a", "a.jsonl", "documents", "b.csv.jsonl", "a.parquet"]), min_size=1, max_size=3)


@given(one=names.map("/".join), other=names.map("/".join), out_format=st.sampled_from([None, "jsonl", "parquet"]))
def test_two_inputs_never_share_an_output(one: str, other: str, out_format: str | None) -> None:
    assert (output_name(one, out_format) == output_name(other, out_format)) == (one == other)


def test_every_format_is_one_of_the_command_lines() -> None:
    assert list(OUT_FORMATS) == ["jsonl", "parquet", "dolma"]
