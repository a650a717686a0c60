"""Bytes in, the same bytes out."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from restorer.errors import BinaryFileError, EncodingError, FileAccessError, InputError, OutputError
from restorer.readers import decode, encode, read_document
from restorer.types import TextEncoding

ENGLISH = "The mayor said the café’s owner had paid £40 – “a fair price”, he added.\r\nNobody else spoke.  \n\rEnd"


@given(st.binary(max_size=400))
@example(b"\xff\xfeA")
@example(b"\xff\xfe\x00\x00\x00\xd8\x00\x00")
@example(b"\xef\xbb\xbf\xff")
@example(b"\x81\x8d\x8f\x90\x9d")
@example(b"\xed\xa0\x80")
def test_any_bytes_round_trip_or_are_refused(data: bytes) -> None:
    try:
        document = decode(data, "any.txt")
    except InputError as error:
        assert str(error).startswith("any.txt: ")
        assert "\n" not in str(error)
    else:
        assert encode(document.text, document.encoding) == data
        assert not any("\ud800" <= c <= "\udfff" for c in document.text)


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.sampled_from("\r\n\t"), max_size=200))
@example("\ufeffmark inside")
@example("a\u0000b")
def test_every_utf8_text_is_read_as_it_is(text: str) -> None:
    document = decode(b"\xef\xbb\xbf" + text.encode(), "t.txt")
    assert document.text == text
    assert document.encoding == TextEncoding("utf-8", b"\xef\xbb\xbf")


@given(st.text(st.sampled_from("abc déf“”’—£\r\n.")), st.sampled_from(["cp1252", "mac_roman"]), st.data())
def test_legacy_bytes_come_back_after_an_edit_elsewhere(text: str, codec: str, data: st.DataObject) -> None:
    raw = text.encode(codec)
    try:
        document = decode(raw, "t.txt")
    except EncodingError:
        return
    at = data.draw(st.integers(0, len(document.text)))
    edited = encode(document.text[:at] + " spun " + document.text[at:], document.encoding)
    assert edited.replace(b" spun ", b"") == raw


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_are_not_translated(newline: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(f"One.{newline}Two. {newline}{newline}".encode())
    assert read_document(path).text == f"One.{newline}Two. {newline}{newline}"


@pytest.mark.parametrize(
    ("bom", "codec"),
    [
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "cp1252"),
    ],
)
def test_english_is_recognised_in_each_encoding(bom: bytes, codec: str) -> None:
    document = decode(bom + ENGLISH.encode(codec), "e.txt")
    assert document.text == ENGLISH
    assert document.encoding == TextEncoding(codec, bom)


def test_empty_file_is_an_empty_text() -> None:
    assert decode(b"", "empty.txt").text == ""


def test_nul_inside_a_text_is_kept() -> None:
    data = b"The first part ends here.\x00And the second part begins after it.\n"
    document = decode(data, "nul.txt")
    assert "\x00" in document.text
    assert encode(document.text, document.encoding) == data


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "docx"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "gzip"),
        (b"%PDF-1.7\nall of it readable", "PDF"),
        (b"\x7fELF\x02\x01\x01", "ELF"),
        (bytes(range(256)) * 4, "not text"),
        (b"\x00" * 64, "not text"),
        (b"\xff\xfe" + b"\x01\x00\x02\x00" * 40, "not text"),
    ],
)
def test_binary_files_are_refused(data: bytes, name: str) -> None:
    with pytest.raises(BinaryFileError, match=name):
        decode(data, "x.bin")


@pytest.mark.parametrize("cut", [1, 2])
def test_utf8_cut_inside_a_character_is_refused_not_garbled(cut: int) -> None:
    data = "He said “no”, then “yes”".encode()[:-cut]
    with pytest.raises(EncodingError, match=r"t\.txt: looks like UTF-8, but byte 0xe2 at offset"):
        decode(data, "t.txt")


def test_mark_that_the_bytes_belie_names_the_byte() -> None:
    with pytest.raises(EncodingError, match="UTF-16-LE at byte 6"):
        decode(b"\xff\xfea\x00b\x00c", "t.txt")


def test_missing_file_folder_and_impossible_path_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="no such file"):
        read_document(tmp_path / "gone.txt")
    with pytest.raises(FileAccessError, match=r"folder|permission"):
        read_document(tmp_path)
    with pytest.raises(FileAccessError, match="cannot be read"):
        read_document("a\0b")


def test_dash_reads_the_bytes_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfOne.\r\n")))
    document = read_document("-")
    assert (document.path, document.text, document.encoding.bom) == ("-", "One.\r\n", b"\xef\xbb\xbf")


def test_character_the_encoding_lacks_is_named_with_place_and_remedy() -> None:
    with pytest.raises(OutputError, match=r"'→' \(U\+2192 at code point 2\).*cp1252.*UTF-8"):
        encode("a →", TextEncoding("cp1252"))


def test_half_a_surrogate_pair_cannot_be_written() -> None:
    with pytest.raises(OutputError, match=r"U\+D800 at code point 1"):
        encode("a\ud800", TextEncoding())


def test_an_empty_path_is_named_as_such() -> None:
    with pytest.raises(FileAccessError, match="'': the path is empty; name a text file"):
        read_document("")
