"""Encodings of the time before UTF-8."""

from __future__ import annotations

import pytest

from restorer.readers import decode, encode

RUSSIAN = "Министр вчера сказал, что цена вполне справедливая, и добавил ещё кое-что."


@pytest.mark.parametrize(
    "text",
    [
        "It cost £5.",
        "It cost €5 and “more”.",
        "a café",
        "We won’t go, they said… and left – quickly.",
        "Der Minister sagte gestern, die Straße sei schön und über alles geprüft.",
    ],
)
def test_short_western_text_is_windows_1252(text: str) -> None:
    document = decode(text.encode("cp1252"), "t.txt")
    assert (document.text, document.encoding.codec) == (text, "cp1252")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("The mayor said “we won’t go” and left for the café.", "mac_roman"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        ("Zażółć gęślą jaźń, powiedział minister wczoraj wieczorem w Łodzi.", "cp1250"),
        ("大臣は昨日、価格は公正だと述べた。これは日本語の文章です。", "cp932"),
        ("部长昨天说，价格是公平的。这是一个中文句子。", "gb18030"),
    ],
)
def test_other_encodings_are_recognised(text: str, codec: str) -> None:
    assert decode(text.encode(codec), "t.txt").text == text


def test_bytes_windows_1252_leaves_undefined_come_back() -> None:
    data = b"The caf\xe9 owner\x92s \x93fair price\x94 was \xa340, \x91no more\x92 \x97 he said \x85 and left.\x9d\r\n"
    document = decode(data, "t.txt")
    assert "café owner’s “fair price”" in document.text
    assert encode(document.text, document.encoding) == data


def test_long_text_is_recognised_by_what_stands_far_in() -> None:
    text = "Plain words only. " * 20_000 + "Then a café’s “price”. " * 3_000
    assert decode(text.encode("cp1252"), "t.txt").text == text
