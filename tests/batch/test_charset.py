from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.batch.charset import decode_page, encode_page


@pytest.mark.parametrize(
    ("data", "charset", "codec"),
    [
        ("<p>é".encode(), "", "utf-8"),
        ("<p>é".encode("latin-1"), "", "cp1252"),
        ("<p>“é”".encode("cp1252"), "iso-8859-1", "cp1252"),
        ('<meta charset="shift_jis"><p>日本'.encode("shift_jis"), "", "cp932"),
        ("<p>“é” – declared wrongly".encode(), "iso-8859-1", "utf-8"),
        ("<p>“é” – cut off ’".encode()[:-1], "utf-8", "utf-8"),
        ('<meta charset="utf-16"><p>x'.encode("utf-16-le"), "", "utf-16-le"),
        ('<meta charset="utf-16"><p>é'.encode("cp1252"), "", "cp1252"),
        ("<p>Привет, это страница на русском языке.".encode("cp1251"), "", "cp1251"),
        ("<p>日本".encode("iso2022_jp"), "iso-2022-jp", "iso2022_jp"),
        (codecs.BOM_UTF16_LE + '<meta charset="utf-8"><p>x'.encode("utf-16-le"), "", "utf-16-le"),
        (codecs.BOM_UTF8 + b"<p>x", "ascii", "utf-8"),
        ("<p>é".encode("latin-1"), "utf-8", "cp1252"),
        (b"<p>x", "no-such-charset", "utf-8"),
        (b"<p>x", "zip", "utf-8"),
        ("<p>é".encode("latin-1"), "punycode", "cp1252"),
    ],
)
def test_pages_decode_as_in_a_browser_and_encode_back(data: bytes, charset: str, codec: str) -> None:
    page, found = decode_page(data, charset)
    assert found == codec
    assert encode_page(page, found) == data


@given(st.binary(max_size=60), st.sampled_from(["", "utf-8", "utf-16", "gbk", "cp1252", "utf-7"]))
def test_any_bytes_come_back(data: bytes, charset: str) -> None:
    assert encode_page(*decode_page(data, charset)) == data


def test_broken_bytes_and_lacking_characters_are_kept_apart() -> None:
    data = "<p>“One” broken byte: ".encode() + b"\xff</p>"
    page, codec = decode_page(data, "")
    assert encode_page(page.replace("One", "Ein €"), codec) == data.replace(b"One", "Ein €".encode())
    page, codec = decode_page("<p>é".encode("latin-1"), "")
    assert encode_page(page + "Ω€", codec) == b"<p>\xe9&#937;\x80"
