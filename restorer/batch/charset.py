"""The character sets of pages: read as browsers read them, and written back to the same bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from restorer.readers.legacy import decode_legacy, encode_legacy, legacy_codecs, mostly_utf8
from restorer.readers.text import unmarked_utf16

__all__ = ["decode_page", "encode_page"]

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_.:-]+)", re.IGNORECASE)
_META_BYTES = 4096

# Sets that pages name where they mean one that contains it.
_WIDER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip

# Those of the web. Python has others that are none ("utf-7", "punycode"); some of them take long to decode.
_KNOWN = frozenset(
    "iso2022_jp iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 "
    "iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic cp866 cp874 cp1250 cp1251 cp1252 cp1253 "
    "cp1254 cp1255 cp1256 cp1257 cp1258 gb18030 big5 big5hkscs cp932 cp949 euc_jp".split()
)


def decode_page(data: bytes, charset: str) -> tuple[str, str]:
    """Decode a page.

    A byte order mark decides. What is UTF-8 is read as that, whatever is said of it: other text is not UTF-8 by
    chance, and its broken bytes become lone surrogates. Then comes what the page's surroundings say of it, what it
    says itself, as long as its bytes fit, and what they look like.

    :param data: The page.
    :param charset: The character set that its surroundings named, empty where none did.
    :return: The page with its byte order mark, and the codec; :func:`encode_page` gives the same bytes back.
    """
    for codec in _codecs(data, charset):
        text = _decoded(data, codec)
        if text is not None:
            return text, codec
    return decode_legacy(data, "cp1252"), "cp1252"


def _codecs(data: bytes, charset: str) -> Iterator[str]:
    """Codecs to try, the likeliest first."""
    yield from (codec for mark, codec in _MARKS if data.startswith(mark))
    if (wide := unmarked_utf16(data)) is not None:
        yield wide
    declared = _META.search(data[:_META_BYTES])
    said = [name for label in (charset, declared[1].decode("ascii") if declared else "") if (name := _name(label))]
    if "iso2022_jp" in said[:1]:  # its bytes are all ASCII
        yield from said
    yield "utf-8"
    yield from said
    yield from legacy_codecs(data)


def _name(label: str) -> str:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    name = _WIDER.get(name, name)
    return name if name in _KNOWN else ""


def _decoded(data: bytes, codec: str) -> str | None:
    """The text, if it is one in this codec and gives the very bytes back."""
    try:
        if codec == "utf-8":
            return _decoded_utf8(data)
        text = decode_legacy(data, codec)
        return text if encode_legacy(text, codec) == data else None
    except UnicodeError:
        return None


def _decoded_utf8(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape") if mostly_utf8(data) else None


def encode_page(page: str, codec: str) -> bytes:
    """Encode a page; a character that its encoding lacks becomes a reference.

    :param page: The page.
    :param codec: Its codec, from :func:`decode_page`.
    :return: The bytes.
    """
    try:
        return encode_legacy(page, codec)
    except UnicodeEncodeError:
        return b"".join(_encoded(piece, codec) for piece in re.split(r"([^\x00-\x7f])", page))


def _encoded(text: str, codec: str) -> bytes:
    """ASCII, or one other character."""
    try:
        return encode_legacy(text, codec)
    except UnicodeEncodeError:
        if 0xDC80 <= ord(text) <= 0xDCFF:
            return text.encode("utf-8", "surrogateescape")
        return f"&#{ord(text)};".encode(codec)
