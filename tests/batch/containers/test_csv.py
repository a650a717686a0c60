from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Literal

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from restorer.batch.records import ADDED_FIELDS, FieldNames, Outcome, Record
from tests.batch.rows import FINDING, bad, file_of, good, outcome_of, read, rewritten

NEW = ",restored,spun_probability,spin_density,findings"


def rows_of(data: bytes, delimiter: str = ",", codec: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(codec), newline=""), delimiter=delimiter, strict=True))


def test_a_row_keeps_its_characters_and_gets_columns_behind_its_own(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf"id",text,"n"\r\n1,"The ""statesmen"",\r\n\r\nof.",  1.50\r\n"",a\x00b,""\n3,,\xc3\xa9'
    out = rewritten(file_of(tmp_path / "a.csv", data))
    assert out.startswith(b'\xef\xbb\xbf"id",text,"n"' + NEW.encode() + b"\r\n1,")
    assert b'1,"The ""statesmen"",\r\n\r\nof.",  1.50,"THE ""STATESMEN"",\r\n\r\nOF.",0.5,0.25,"[{""start"": 4' in out
    assert b'\r\n"",a\x00b,"",A\x00B,0.5,0.25,[]\n3,,\xc3\xa9,,0.5,0.25,[]' in out
    assert not out.endswith(b"\n"), "as it was"
    assert json.loads(rows_of(out)[0]["findings"]) == [FINDING]


def test_columns_of_an_earlier_run_are_replaced_where_they_stand(tmp_path: Path) -> None:
    data = '\ufeffspin_density,text,findings,restored,"a ""b"""\n9,one,[],"x\ny",2\n'.encode()
    out = rewritten(file_of(tmp_path / "a.csv", data))
    assert out.decode() == (
        '\ufeffspin_density,text,findings,restored,"a ""b""",spun_probability\n0.25,one,[],ONE,2,0.5\n'
    )
    assert rewritten(file_of(tmp_path / "b.csv", out)) == out


@pytest.mark.parametrize(
    ("name", "header", "delimiter"),
    [
        ("a.csv", "id;text;a,b", ";"),
        ("a.csv", 'id|text|"c;d;e;f"', "|"),
        ("a.csv", "id\ttext\tn", "\t"),
        ("a.csv", '"a,b,c,d";id;text', ";"),
        ("a.CSV", "text", ","),
        ("a.tsv", "a,b\ttext\tx;y;z", "\t"),
    ],
)
def test_the_delimiter_is_the_headers(tmp_path: Path, name: str, header: str, delimiter: str) -> None:
    columns = next(csv.reader([header], delimiter=delimiter))
    row = delimiter.join("v" if column != "text" else "he said" for column in columns)
    file = file_of(tmp_path / name, f"{header}\n{row}\n".encode())
    assert [r.content for r in good(read(file))] == ["he said"]
    assert rewritten(file).decode().splitlines()[0] == header + NEW.replace(",", delimiter)


def test_rows_of_another_width_are_bad_and_numbered(tmp_path: Path) -> None:
    data = b'id,text\n1,"two\nlines"\n\n2,b,c\n3\n4,"5" pipe"\n5,ok\n6,"open\n7,x\n'
    records = read(file_of(tmp_path / "a.csv", data))
    assert [(r.number, r.id, r.content) for r in good(records)] == [(1, "1", "two\nlines"), (5, "5", "ok")]
    assert [(r.number, r.reason) for r in bad(records)] == [
        (2, "line 5: has 3 columns where the header has 2"),
        (3, "line 6: has 1 columns where the header has 2"),
        (4, "line 7: is not well-formed CSV (',' expected after '\"')"),
        (6, "lines 9 to 10: a quotation mark that is opened there is not closed before the file ends"),
    ]


def test_ids_addresses_titles_and_dates_are_the_columns(tmp_path: Path) -> None:
    data = b"link,key,text,title,date,key\nhttps://a.example,7,x,T,2020-01-02,8\n,,y,,,9\n"
    first, second = read(file_of(tmp_path / "a.csv", data), FieldNames(id="key", url="link"))
    assert first == Record(1, "7", "x", url="https://a.example", title="T", date="2020-01-02")
    assert second == Record(2, "a.csv:2", "y")


def test_a_field_larger_than_the_modules_limit_is_read_up_to_ours(tmp_path: Path) -> None:
    fits, over = "x" * 300_000, "é" * 300_000
    data = f'id,text\n1,{fits}\n2,"{over}"\n3,"{fits},\n{fits}"\n4,{fits}{fits}{fits}\n5,"""{fits}\n"", {fits}"\n6,z\n'
    records = read(file_of(tmp_path / "a.csv", data.encode()), most_bytes=400_000)
    assert [(r.id, r.content) for r in good(records)] == [("1", fits), ("6", "z")]
    assert [(r.number, r.reason.split(";")[0]) for r in bad(records)] == [
        (2, "line 3: has more than 400000 bytes"),
        (3, "lines 4 to 5: has more than 400000 characters"),
        (4, "line 6: has more than 400000 characters"),
        (5, "lines 7 to 8: has more than 400000 characters"),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "has no header row"),
        (b"\n\n", "has no header row"),
        (b"id,body\n1,x\n", "has no column 'text'; its columns are 'id', 'body'; choose one with --text-field"),
        (b"text,text\n1,x\n", "has 2 columns 'text'"),
        (gzip.compress(b"text\nx\n"), "is a gzip archive, not text"),
        (bytes(range(256)) * 4, "is not text"),
        (b'"text\n1', "has no header row"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_fault(tmp_path: Path, data: bytes, reason: str) -> None:
    (fault,) = bad(read(file_of(tmp_path / "a.csv", data)))
    assert fault.number == 0
    assert fault.reason.startswith(reason)


@pytest.mark.parametrize("codec", ["cp1252", "utf-16", "utf-16-be", "utf-8-sig"])
def test_other_encodings_come_back_as_they_were(tmp_path: Path, codec: str) -> None:
    text = "It’s a café — “enough,” he said"
    data = f'id,text\r\n1,"{text}"\r\n2,b\r\n'
    file = file_of(tmp_path / "a.csv", data.encode(codec))
    assert good(read(file))[0].content == text
    out = rewritten(file)
    assert out.startswith(f"id,text{NEW}\r\n".encode(codec))
    assert out.decode(codec).splitlines()[1].startswith(f'1,"{text}",')
    assert rows_of(out, codec=codec)[0]["restored"] == text.upper()


def test_a_character_that_the_encoding_lacks_becomes_a_reference(tmp_path: Path) -> None:
    def become(record: Record) -> Outcome:
        outcome = outcome_of(record)
        object.__setattr__(outcome, "restored", "café ☕")
        object.__setattr__(outcome, "findings", [{"replacement": "☕"}])
        return outcome

    file = file_of(tmp_path / "a.csv", "text\nIt’s a café\n".encode("cp1252"))
    (row,) = rows_of(rewritten(file, become=become), codec="cp1252")
    assert row["restored"] == "café &#9749;"
    assert json.loads(row["findings"]) == [{"replacement": "☕"}]


def test_a_row_with_broken_bytes_is_bad_only_where_its_text_has_them(tmp_path: Path) -> None:
    good_rows = "".join(f"{i},naïve — “text”,é\n" for i in range(5)).encode()
    data = b"id,text,other\n" + good_rows + b"5,br\xffken,\n6,fine,br\xffken\n"
    file = file_of(tmp_path / "a.csv", data)
    (fault,) = bad(read(file))
    assert fault.reason == "line 7: byte 0xff in 'text' is not UTF-8; convert the file first"
    assert fault.id == "5"
    assert rewritten(file).splitlines()[-1].startswith(b"6,fine,br\xffken,FINE,")


def test_the_encoding_is_judged_by_more_than_half_a_character(tmp_path: Path) -> None:
    for shift in range(3):
        data = "text\n" + "a" * shift + ("“é”" * 200 + "\n") * 1000
        records = read(file_of(tmp_path / "a.csv", data.encode()))
        assert len(good(records)) == len(records) == 1000


def test_old_macs_line_ends_are_line_ends(tmp_path: Path) -> None:
    out = rewritten(file_of(tmp_path / "a.csv", b"id,text\r1,a\r2,b\r"))
    assert out.split(b"\r")[1:] == [b"1,a,A,0.5,0.25,[]", b"2,b,B,0.5,0.25,[]", b""]


@pytest.mark.parametrize("name", ["a.csv.gz", "a.tsv.zst"])
def test_a_truncated_file_is_read_as_far_as_it_goes(tmp_path: Path, name: str) -> None:
    delimiter = "\t" if "tsv" in name else ","
    data = f"id{delimiter}text\n" + "".join(f"{i}{delimiter}text {i * i * i}\n" for i in range(50_000))
    pack = gzip.compress if name.endswith("gz") else zstandard.ZstdCompressor().compress
    packed = pack(data.encode())
    records = read(file_of(tmp_path / name, packed[:-5]))
    (fault,) = bad(records)
    assert records[-1] == fault
    assert fault.number == len(records) > 30_000
    assert f"(rows before this one: {len(records) - 1})" in fault.reason
    assert [r.content for r in good(records)[:2]] == ["text 0", "text 1"]
    (empty,) = bad(read(file_of(tmp_path / name, b"")))
    assert (empty.number, "ends too early" in empty.reason) == (0, True)


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6) | st.sampled_from(
    ["", '"', ",", "\r\n", "a\nb"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(cells, cells, cells), max_size=4),
    columns=st.permutations(["id", "text", "restored"]) | st.permutations(["id", "text", "x\ny"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\r\n", "\n"]),
)
def test_any_values_are_kept(
    tmp_path: Path, rows: list[tuple[str, str, str]], columns: list[str], quoting: Literal[0, 1], end: str
) -> None:
    data = io.StringIO(newline="")
    writer = csv.writer(data, quoting=quoting, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    raw = data.getvalue()
    if "\r\n" not in "".join(map("".join, rows)):
        raw = raw.replace("\r\n", end)
    out = rows_of(rewritten(file_of(tmp_path / "a.csv", raw.encode())), codec="utf-8")
    assert len(out) == len(rows)
    for old, new in zip((dict(zip(columns, row, strict=True)) for row in rows), out, strict=True):
        assert {k: v for k, v in new.items() if k not in ADDED_FIELDS} == {
            k: v for k, v in old.items() if k not in ADDED_FIELDS
        }
        assert new["restored"] == old["text"].upper()
