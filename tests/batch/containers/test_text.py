from __future__ import annotations

import codecs
import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from restorer.batch.containers.text import TextContainer
from restorer.batch.records import BadRecord, Compression, FieldNames, InputFile, Outcome, Record
from restorer.types import TextEncoding

FIELDS = FieldNames()
TEXTS = {
    "utf-8": "He mentioned “it”.\r\nNext\u2028line\r".encode(),
    "bom": codecs.BOM_UTF8 + b"He mentioned it.\n",
    "utf-16": "He mentioned it.\n".encode("utf-16"),
    "cp1252": "He mentioned “it” – again.".encode("cp1252"),
    "empty": b"",
}


def read(path: Path, compression: Compression = "", most_bytes: int = 1000) -> Record | BadRecord:
    (record,) = TextContainer().read(InputFile(path, path.name, "text", compression), FIELDS, most_bytes=most_bytes)
    return record


def outcome(restored: str) -> Outcome:
    return Outcome(1, "a", "", "", "", None, restored, None, 3, 0.0, 0.0, None, None, 0, [])


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("compression", ["", "gz"])
def test_what_is_not_edited_comes_back_byte_for_byte(tmp_path: Path, name: str, compression: Compression) -> None:
    path, target = tmp_path / "in", tmp_path / "out"
    path.write_bytes(gzip.compress(TEXTS[name]) if compression else TEXTS[name])
    record = read(path, compression)
    assert isinstance(record, Record)
    assert isinstance(record.content, str)
    file = InputFile(path, "in", "text", compression)
    edited = outcome(record.content.replace("mentioned", "said"))
    TextContainer().write(file, FIELDS, iter([(record, edited)]), target)
    written = gzip.decompress(target.read_bytes()) if compression else target.read_bytes()
    wide = name == "utf-16"
    old, new = ("mentioned".encode("utf-16-le"), "said".encode("utf-16-le")) if wide else (b"mentioned", b"said")
    assert written == TEXTS[name].replace(old, new)
    again = tmp_path / "again"
    TextContainer().write(file, FIELDS, iter([(record, edited)]), again)
    assert again.read_bytes() == target.read_bytes()


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x00\x01\x02" * 50)
    assert isinstance(bad := read(path), BadRecord)
    assert "is not text" in bad.reason
    path.write_bytes(b"a" * 1001)
    assert read(path) == BadRecord(1, "has more than 1000 bytes; raise --max-bytes to restore it", "a.txt")
    path.write_bytes(gzip.compress(b"words " * 200)[:-20])
    assert isinstance(bad := read(path, "gz", 10_000), BadRecord)
    assert "gzip data" in bad.reason


def test_a_small_file_that_swells_is_not_unpacked_whole(tmp_path: Path) -> None:
    path = tmp_path / "bomb.txt.gz"
    path.write_bytes(gzip.compress(b"a" * 50_000_000))
    assert isinstance(bad := read(path, "gz"), BadRecord)
    assert "more than 1000 bytes" in bad.reason


def test_each_encoding_is_the_texts_own(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXTS["cp1252"])
    record = read(path)
    assert isinstance(record, Record)
    file = InputFile(path, "a.txt", "text")
    TextContainer().write(file, FIELDS, iter([(replace(record), outcome("“so”"))]), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == "“so”".encode("cp1252")


def test_an_edit_that_the_encoding_lacks_is_left_out_and_the_others_made(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    text = "Привет, это текст: he mentioned the cafe."
    record = Record(1, "a.txt", text, native=TextEncoding("cp1251"))
    edits = [("mentioned", "said"), ("cafe", "café")]
    findings = [
        {"start": text.index(old), "end": text.index(old) + len(old), "replacement": new, "applied": True}
        for old, new in edits
    ]
    edited = replace(outcome(text.replace("mentioned", "said").replace("cafe", "café")), findings=findings)
    TextContainer().write(InputFile(path, "a.txt", "text"), FIELDS, iter([(record, edited)]), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == text.replace("mentioned", "said").encode("cp1251")
