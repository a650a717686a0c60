"""Recognising the encodings of the time before UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

__all__ = ["decode_legacy", "encode_legacy", "legacy_codecs", "mostly_utf8"]

# Encodings that articles are still found in. The rest of what Python knows is left out on purpose: on a short text
# an EBCDIC or DOS code page of some far country fits as well as the right one.
_KNOWN = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859_2", "iso8859_5", "iso8859_7", "iso8859_15",
    "koi8_r", "mac_roman", "cp437", "cp850", "big5", "gb18030", "euc_jp", "cp932", "cp949",
]  # fmt: skip

# Python leaves five bytes of Windows-1252 undefined; browsers read them as the control characters of the same number,
# and so do we, since such a byte must come back as it was.
_CP1252 = bytes(range(256)).decode("cp1252", "replace")
_CP1252 = "".join(chr(i) if c == "\ufffd" else c for i, c in enumerate(_CP1252))
_CP1252_BYTES = codecs.charmap_build(_CP1252)

# What English text in Windows-1252 uses beyond ASCII: typographic marks, money, and the letters of names.
_USUAL = re.compile(r"[‘’“”–—…•·£€¥¢§©®™°±¼½¾«»\xa0àáâãäåæçèéêëìíîïñòóôöøùúûüßœšžÀÁÄÅÆÇÈÉÊÍÎÑÓÖØÚÜ]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_SAMPLE = 32_768


def decode_legacy(data: bytes, codec: str) -> str:
    """Decode strictly, Windows-1252 with all its 256 bytes.

    :param data: Encoded text.
    :param codec: A Python codec name.
    :return: The text.
    :raises UnicodeDecodeError: if the bytes do not fit.
    """
    if codec == "cp1252":
        return codecs.charmap_decode(data, "strict", _CP1252)[0]
    return data.decode(codec)


def encode_legacy(text: str, codec: str) -> bytes:
    """The inverse of :func:`decode_legacy`.

    :param text: Any text.
    :param codec: A Python codec name.
    :return: The bytes.
    :raises UnicodeEncodeError: if the encoding lacks a character.
    """
    if codec == "cp1252":
        return codecs.charmap_encode(text, "strict", _CP1252_BYTES)[0]
    return text.encode(codec)


def mostly_utf8(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 are nevertheless meant to be, with some bytes broken or cut off.

    Read as another encoding, such a text would look restored and be garbled.

    :param data: Bytes that do not decode as UTF-8.
    :return: True when at least as many characters beyond ASCII are whole as are broken.
    """
    replaced = data.decode("utf-8", "replace")
    broken = replaced.count("\ufffd") - data.count("\ufffd".encode())
    return len(_BEYOND_ASCII.findall(replaced)) - broken >= broken


def legacy_codecs(data: bytes) -> Iterator[str]:
    """Codecs these bytes may be in, most plausible first.

    :param data: Bytes that do not decode as UTF-8.
    :return: Python codec names; each may still fail on the whole of the data.
    """
    sample = _sample(data)
    western = _is_western(sample)
    if western:
        yield "cp1252"
    from charset_normalizer import from_bytes

    for match in from_bytes(sample, cp_isolation=_KNOWN):
        # Codecs that read the sample alike are one match; the most common of them comes first.
        yield from (c for c in _KNOWN if c in match.could_be_from_charset and not (western and c == "cp1252"))


def _is_western(sample: bytes) -> bool:
    """Whether the sample reads like English in Windows-1252.

    charset-normalizer judges languages by letters and is easily misled where all there is beyond ASCII is a few
    quotation marks or a pound sign, the usual case here.
    """
    text = decode_legacy(sample, "cp1252")
    beyond = len(_BEYOND_ASCII.findall(text))
    return beyond <= len(text) / 3 and len(_USUAL.findall(text)) >= 0.9 * beyond


def _sample(data: bytes) -> bytes:
    """A stretch that holds the first bytes beyond ASCII, ending at white space so that no character is cut."""
    first = _HIGH_BYTE.search(data)
    start = max(0, (first.start() if first else 0) - 1024)
    sample = data[start : start + _SAMPLE]
    if start + _SAMPLE >= len(data):
        return sample
    with suppress(ValueError):
        return sample[: max(sample.rindex(b" "), sample.rfind(b"\n")) + 1]
    return sample
