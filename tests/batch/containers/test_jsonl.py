from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from restorer.batch.containers.compress import open_read, open_write
from restorer.batch.records import ADDED_FIELDS, FieldNames, Record
from tests.batch.rows import FINDING, bad, file_of, good, outcome_of, read, rewritten

ADDED = {"spun_probability": 0.5, "spin_density": 0.25}


def test_a_line_keeps_its_bytes_and_gets_the_fields_before_its_final_brace(tmp_path: Path) -> None:
    lines = (
        b'{"id":1,"text":"The statesmen.", "price": 1.50, "big": 12345678901234567890123, "e":1E5 }\n'
        b'  {"text" : "\\u00e9t\xc3\xa9",\t"z": {"a": [1 , 2]}}  \r\n'
        b'{"text":""}'
    )
    out = rewritten(file_of(tmp_path / "a.jsonl", lines))
    first, second, third = out.split(b"\n")
    assert first.startswith(
        b'{"id":1,"text":"The statesmen.", "price": 1.50, "big": 12345678901234567890123, "e":1E5 , '
    )
    assert json.loads(first)["findings"] == [FINDING]
    assert second.startswith(b'  {"text" : "\\u00e9t\xc3\xa9",\t"z": {"a": [1 , 2]}, "restored": "\xc3\x89T\xc3\x89"')
    assert second.endswith(b"}  \r"), "its own line end"
    assert third == b'{"text":"", "restored": "", "spun_probability": 0.5, "spin_density": 0.25, "findings": []}'


def test_fields_of_an_earlier_run_are_replaced_where_they_stand(tmp_path: Path) -> None:
    line = b'\xef\xbb\xbf{"spin_density" :9 , "text":"a", "n":1.0, "findings": [{"x": "}"}], "restored":"old"}\n'
    out = rewritten(file_of(tmp_path / "a.jsonl", line))
    assert out.decode() == (
        '\ufeff{"spin_density" :0.25 , "text":"a", "n":1.0, "findings": [], "restored":"A", "spun_probability": 0.5}\n'
    )
    again = rewritten(file_of(tmp_path / "b.jsonl", out))
    assert again == out


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "x", "text": ', "is not JSON (Expecting value at character 21 of the line)"),
        (b'["text"]', "the line is a list, not an object"),
        (b"null", "the line is null, not an object"),
        (b'{"id": "x", "body": "", "more": 1}', "has no field 'text'; its fields are 'id', 'body', 'more'; choose one"),
        (b'{"id": "x", "text": 7}', "field 'text' is a number, not a string"),
        (b'{"id": "x", "text": null}', "field 'text' is null, not a string"),
        (b'{"id": "x", "text": true}', "field 'text' is true or false, not a string"),
        (b'{"id": "x", "text": ["a"]}', "field 'text' is a list, not a string"),
        (b'{"id": "x", "text": "\xe9"}', "byte 22 of the line, 0xe9, is not UTF-8; convert the file to UTF-8 first"),
        (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"text": "", "n": ' + b"1" * 5000 + b"}", "is JSON that cannot be read (Exceeds the limit (4300 digits)"),
    ],
)
def test_a_bad_line_is_told_of_and_the_next_one_is_read(tmp_path: Path, line: bytes, reason: str) -> None:
    records = read(file_of(tmp_path / "a.jsonl", b'{"text": "a"}\n' + line + b'\n{"text": "b"}\n'))
    assert [(r.number, r.content) for r in good(records)] == [(1, "a"), (3, "b")]
    (fault,) = bad(records)
    assert fault.number == 2
    assert reason in fault.reason


def test_the_id_of_a_bad_line_is_told_where_it_can_be_read(tmp_path: Path) -> None:
    lines = b'{"id": "x"}\n{"id": 8, "text": 7}\n{"text": 7}\n{"id": "y", "text": \n'
    assert [r.id for r in bad(read(file_of(tmp_path / "a.jsonl", lines)))] == ["x", "8", "a.jsonl:3", ""]


def test_blank_lines_are_counted_and_ids_are_strings(tmp_path: Path) -> None:
    lines = '{"id":7,"text":""}\n\n \r\n{"id":1.5,"text":""}\n{"text":""}\n{"id":null,"text":""}\n{"id":"","text":""}\n'
    records = read(file_of(tmp_path / "a.ndjson", lines.encode()))
    assert [(r.number, r.id) for r in good(records)] == [
        (1, "7"),
        (4, "1.5"),
        (5, "a.ndjson:5"),
        (6, "a.ndjson:6"),
        (7, "a.ndjson:7"),
    ]


def test_dotted_names_reach_into_objects_where_no_field_has_that_name(tmp_path: Path) -> None:
    line = {
        "meta": {"url": "https://a.example", "doc": {"id": 3}},
        "body.text": "b",
        "title": "T",
        "date": "2020-01-02",
    }
    fields = FieldNames("body.text", "meta.doc.id", "meta.url")
    (record,) = read(file_of(tmp_path / "a.jsonl", json.dumps(line).encode()), fields)
    assert record == Record(1, "3", "b", url="https://a.example", title="T", date="2020-01-02")
    (fault,) = bad(read(file_of(tmp_path / "a.jsonl"), FieldNames("meta.url.text")))
    assert "has no field 'meta.url.text'" in fault.reason


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path) -> None:
    fits, over = b'{"text":"12345"}', b'{"text":"123456"}'
    for end in (b"\n", b"\r\n"):
        data = fits + end + over + end + over * 10_000 + end + fits + end + over
        records = read(file_of(tmp_path / "a.jsonl", data), most_bytes=len(fits))
        assert [r.number for r in good(records)] == [1, 4]
        assert [r.number for r in bad(records)] == [2, 3, 5]
        assert bad(records)[0].reason == "has more than 16 bytes; raise --max-bytes to restore it"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('{"text": "a"}\n'.encode("utf-16"), "is UTF-16"),
        (b'[\n  {"text": "a"}\n]\n', "is one JSON value over several lines"),
    ],
)
def test_a_file_of_another_form_is_one_fault(tmp_path: Path, data: bytes, reason: str) -> None:
    (fault,) = bad(read(file_of(tmp_path / "a.jsonl", data)))
    assert (fault.number, reason in fault.reason) == (0, True)


@pytest.mark.parametrize("ending", [".jsonl.gz", ".ndjson.zst", ".json-lines", ".json.gz"])
def test_a_packed_file_is_packed_again(tmp_path: Path, ending: str) -> None:
    file = file_of(tmp_path / f"a{ending}", b"")
    with open_write(file.path, file.compression) as stream:
        stream.write(b'{"text":"a"}\n' * 1000)
    (tmp_path / "out").write_bytes(rewritten(file))
    with open_read(tmp_path / "out", file.compression) as stream:
        assert [json.loads(line)["restored"] for line in stream] == ["A"] * 1000


def test_a_truncated_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    lines = b"".join(b'{"text":"number %d %d"}\n' % (i, i * i * i) for i in range(50_000))
    data = zstandard.ZstdCompressor().compress(lines)
    records = read(file_of(tmp_path / "a.jsonl.zst", data[:-10]))
    (fault,) = bad(records)
    assert records[-1] == fault
    assert len(records) > 40_000
    assert fault.number == len(records)
    assert fault.reason == (
        f"the Zstandard data ends too early near byte {len(data) - 10} of the file; fetch the file again "
        f"(lines before this one: {len(records) - 1})"
    )


def test_half_a_surrogate_pair_and_acting_characters_come_back_as_they_were(tmp_path: Path) -> None:
    line = b'{"text": "half \\ud83d \\u202e\\u0000"}\n'
    data = json.loads(rewritten(file_of(tmp_path / "a.jsonl", line)))
    assert data["restored"] == "HALF \ud83d \u202e\x00"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
spaces = st.text(" \t", max_size=2)
objects = st.dictionaries(st.text(max_size=6) | st.sampled_from(ADDED_FIELDS), json_values, max_size=5)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.lists(objects, min_size=1, max_size=4),
    text=st.text(max_size=20),
    ascii_only=st.booleans(),
    indent=st.sampled_from([(", ", ": "), (",", ":"), (" ,\t", " : ")]),
    before=spaces,
    after=spaces,
    inside=spaces,
    ends=st.lists(st.sampled_from(["\n", "\r\n"]), min_size=4, max_size=4),
    last=st.booleans(),
)
def test_any_line_is_kept(
    tmp_path: Path,
    data: list[dict[str, Any]],
    text: str,
    ascii_only: bool,
    indent: tuple[str, str],
    before: str,
    after: str,
    inside: str,
    ends: list[str],
    last: bool,
) -> None:
    lines = []
    for each, end in zip(data, ends, strict=False):
        each["text"] = text
        line = json.dumps(each, ensure_ascii=ascii_only, separators=indent)
        lines.append(f"{before}{line[:-1]}{inside}}}{after}{end}")
    raw = "".join(lines).encode("utf-8", "surrogatepass")
    raw = raw if last else raw.rstrip(b" \t\r\n")
    out = rewritten(file_of(tmp_path / "a.jsonl", raw))
    assert out.count(b"\n") == raw.count(b"\n")
    for old, new, each in zip(raw.split(b"\n"), out.split(b"\n"), data, strict=False):
        read_back = json.loads(new)
        assert {k: v for k, v in read_back.items() if k not in ADDED_FIELDS} == {
            k: v for k, v in each.items() if k not in ADDED_FIELDS
        }
        expected = outcome_of(Record(1, "", text)).added()
        assert {name: read_back[name] for name in ADDED_FIELDS} == expected
        head, tail = old.rstrip()[:-1], old[len(old.rstrip()) - 1 :]
        assert new.endswith(tail)
        if not set(each) & set(ADDED_FIELDS):
            assert new.startswith(head)
            assert json.loads(b"{" + new[len(head) + 2 : len(new) - len(tail)] + b"}") == expected
