"""Where the records of a web archive begin and end, whatever stands between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["Frame", "frames"]

_VERSION = b"WARC/"
_LONGEST_LINE = 1 << 16
_LONGEST_HEAD = 1 << 18
_SKIP = 1 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """One record.

    :param headers: Its WARC headers, names in lower case.
    :param data: The whole record, headers included; None where it is too long, or is none.
    :param fault: What is wrong with it, empty where nothing is.
    """

    headers: dict[str, str]
    data: bytes | None
    fault: str = ""


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
            yield Frame({}, None, f"expected a WARC record, got {line[:40]!r}; passed over up to the next record")


def _frame(version: bytes, stream: BinaryIO, most_bytes: int) -> Frame:
    head = [version]
    headers: dict[str, str] = {}
    size = len(version)
    while (line := stream.readline(_LONGEST_LINE)).strip():
        head.append(line)
        size += len(line)
        if size > _LONGEST_HEAD:
            return Frame(headers, None, f"its headers have more than {_LONGEST_HEAD} bytes")
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    declared = headers.get("content-length", "")
    if not (declared.isascii() and declared.isdigit()):
        return Frame(headers, None, f"its Content-Length is {declared!r}, not a number")
    length = int(declared)
    if length > most_bytes:
        return _passed_over(headers, stream, length)
    body = stream.read(length)
    if len(body) < length:
        return Frame(headers, None, f"ends after {len(body)} of {length} bytes; fetch the file again")
    return Frame(headers, b"".join([*head, line, body, b"\r\n\r\n"]))


def _passed_over(headers: dict[str, str], stream: BinaryIO, length: int) -> Frame:
    left = length
    while left and (piece := stream.read(min(left, _SKIP))):
        left -= len(piece)
    return Frame(headers, None, f"ends {left} bytes early; fetch the file again" if left else "")
