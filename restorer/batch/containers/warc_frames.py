"""Where the records of a web archive begin and end, whatever stands between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["Frame", "frames"]

_VERSION = b"WARC/"
_LONGEST_LINE = 1 << 16
_LONGEST_HEAD = 1 << 18
_LONGEST_NUMBER = 18
_BEGINNING = 1 << 16
"""What is read of a record that is too long: enough to say what it is."""
_SKIP = 1 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """One record.

    :param headers: Its WARC headers, names in lower case.
    :param block: Its content, or the beginning of one that is too long.
    :param fault: What is wrong with it, empty where nothing is.
    :param is_whole: Whether all of its content is there.
    """

    headers: dict[str, str]
    block: bytes = b""
    fault: str = ""
    is_whole: bool = True


def frames(stream: BinaryIO, most_bytes: int) -> Iterator[Frame]:
    """Cut an archive into its records; after something that is none, go on with the next line that begins one.

    :param stream: The archive, unpacked.
    :param most_bytes: The content of a longer record is passed over.
    :return: The records, and one frame with a fault for each stretch of something else.
    :raises DamagedFileError: where the stream cannot be read further.
    """
    strange = False
    while line := stream.readline(_LONGEST_LINE):
        if line.startswith(_VERSION):
            strange = False
            yield _frame(line, stream, most_bytes)
        elif line.strip() and not strange:
            strange = True
            fault = f"expected a WARC record, got {line[:40]!r}; passed over up to the next record"
            yield Frame({}, fault=fault)


def _frame(version: bytes, stream: BinaryIO, most_bytes: int) -> Frame:
    headers: dict[str, str] = {}
    size = len(version)
    while (line := stream.readline(_LONGEST_LINE)).strip():
        size += len(line)
        if size > _LONGEST_HEAD:
            return Frame(headers, fault=f"its headers have more than {_LONGEST_HEAD} bytes")
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    declared = headers.get("content-length", "")
    if not (declared.isascii() and declared.isdigit() and len(declared) <= _LONGEST_NUMBER):
        return Frame(headers, fault=f"its Content-Length is {declared[:40]!r}, not a number of bytes")
    return _with_block(headers, stream, int(declared), most_bytes)


def _with_block(headers: dict[str, str], stream: BinaryIO, length: int, most_bytes: int) -> Frame:
    is_whole = length <= most_bytes
    block = stream.read(length if is_whole else min(length, _BEGINNING))
    there = len(block)
    while there < length and (piece := stream.read(min(length - there, _SKIP))):
        there += len(piece)
    fault = "" if there == length else f"ends after {there} of {length} bytes; fetch the file again"
    return Frame(headers, block, fault, is_whole)
