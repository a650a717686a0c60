"""Plain text files: bytes in, the same bytes out.

Whatever is accepted comes back byte for byte from :func:`encode`; what could not is refused. Newlines are never
translated, and a byte order mark is kept apart from the text.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from pathlib import Path

from restorer.errors import BinaryFileError, EncodingError, FileAccessError, OutputError
from restorer.readers.access import file_access
from restorer.readers.binary import too_many_controls, what_binary
from restorer.readers.legacy import decode_legacy, encode_legacy, legacy_codecs, mostly_utf8
from restorer.types import Document, TextEncoding

__all__ = ["decode", "encode", "read_document", "unmarked_utf16"]

# UTF-32 stands before UTF-16, whose mark is the beginning of its own.
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Control characters that a text may hold, as a share of its characters. Where the encoding is a guess there is less
# reason to believe that it is a text at all.
_STRAY = 0.05
_STRAY_IN_GUESS = 0.01


def read_document(path: str | Path) -> Document:
    """Read a text file.

    :param path: The file, ``-`` for standard input.
    :return: The document.
    :raises FileAccessError: if the path is missing, a folder or not readable.
    :raises BinaryFileError: if it is not text.
    :raises EncodingError: if its bytes do not decode without loss.
    """
    name = str(path)
    return decode(_stdin_bytes() if name == "-" else _file_bytes(name), name)


def _stdin_bytes() -> bytes:
    try:
        return sys.stdin.buffer.read()
    except (AttributeError, OSError, ValueError) as error:
        msg = "standard input: cannot be read (closed?); pipe a text in or give the path of a file"
        raise FileAccessError(msg) from error


def _file_bytes(name: str) -> bytes:
    if not name:
        msg = "'': the path is empty; name a text file, or - for standard input"
        raise FileAccessError(msg)
    with file_access(name):
        return Path(name).read_bytes()


def decode(data: bytes, path: str) -> Document:
    """Turn the bytes of a text file into a document.

    :param data: The whole file.
    :param path: Where it came from, for messages and for the document.
    :return: The document; ``encode(document.text, document.encoding) == data``.
    :raises BinaryFileError: if this is not text.
    :raises EncodingError: if the bytes do not decode without loss.
    """
    if (kind := what_binary(data)) is not None:
        msg = f"{path}: is {kind}, not text; save or export it as plain text first"
        raise BinaryFileError(msg)
    binary = False
    for encoding, share in _encodings(data, path):
        text = _decoded(data, encoding)
        if text is None:
            continue
        if not too_many_controls(text, share=share):
            return Document(text=text, path=path, encoding=encoding)
        binary = True
    if binary or _unreadable(data):
        msg = f"{path}: is not text (many control characters); name a plain text file"
        raise BinaryFileError(msg)
    msg = f"{path}: {_first_fault(data)} and no other encoding fits without loss; convert it to UTF-8 first"
    raise EncodingError(msg)


def _encodings(data: bytes, path: str) -> Iterator[tuple[TextEncoding, float]]:
    """Encodings to try in order, each with the share of control characters it may show."""
    if marked := _marked(data):
        yield from ((encoding, _STRAY) for encoding in marked)
        return
    if (unmarked := unmarked_utf16(data)) is not None:
        yield TextEncoding(unmarked), _STRAY_IN_GUESS
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _unreadable(data):
            return
        if mostly_utf8(data):
            msg = (
                f"{path}: looks like UTF-8, but byte 0x{data[error.start]:02x} at offset {error.start} is broken; "
                "repair it or save the text as UTF-8 again"
            )
            raise EncodingError(msg) from error
        yield from ((TextEncoding(codec), _STRAY_IN_GUESS) for codec in legacy_codecs(data))
    else:
        yield TextEncoding(), _STRAY


def _marked(data: bytes) -> list[TextEncoding]:
    return [TextEncoding(codec, mark) for mark, codec in _MARKS if data.startswith(mark)]


def _unreadable(data: bytes) -> bool:
    """Whether bytes that decode as nothing are no text in any encoding that builds on ASCII."""
    return not _marked(data) and too_many_controls(data.decode("latin-1"), share=_STRAY_IN_GUESS)


def unmarked_utf16(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: in Latin text one byte of nearly every pair is zero, and always the same one.

    :param data: The whole text.
    :return: The codec, None where it is not UTF-16.
    """
    pairs = len(data) // 2
    if len(data) % 2 or pairs == 0:
        return None
    first, second = data[0::2].count(0), data[1::2].count(0)
    if second > 0.6 * pairs and first <= 0.02 * pairs:
        return "utf-16-le"
    return "utf-16-be" if first > 0.6 * pairs and second <= 0.02 * pairs else None


def _decoded(data: bytes, encoding: TextEncoding) -> str | None:
    """The text, None when the bytes do not fit or would not come back as they are."""
    try:
        text = decode_legacy(data[len(encoding.bom) :], encoding.codec)
        return text if encode(text, encoding) == data else None
    except (UnicodeError, OutputError):
        return None


def _first_fault(data: bytes) -> str:
    """Where the text stops being what its byte order mark, or for want of one UTF-8, says."""
    encoding = [TextEncoding(), *_marked(data)][-1]
    try:
        data[len(encoding.bom) :].decode(encoding.codec)
    except UnicodeDecodeError as error:
        return f"is not valid {encoding.codec.upper()} at byte {len(encoding.bom) + error.start}"
    return f"cannot be read as {encoding.codec.upper()}"


def encode(text: str, encoding: TextEncoding) -> bytes:
    """Turn a text into bytes the way its document was read.

    :param text: Any text.
    :param encoding: How to write it.
    :return: The bytes, byte order mark included.
    :raises OutputError: if the encoding lacks a character of the text.
    """
    try:
        return encoding.bom + encode_legacy(text, encoding.codec)
    except UnicodeEncodeError as error:
        character = text[error.start]
        where = f"U+{ord(character):04X} at code point {error.start}"
        if 0xD800 <= ord(character) <= 0xDFFF:
            msg = f"{where} is half of a surrogate pair and cannot be written; remove it from the text"
        else:
            msg = (
                f"{character!r} ({where}) does not exist in {encoding.codec}, the encoding of the input; "
                "convert the input to UTF-8 first"
            )
        raise OutputError(msg) from error
