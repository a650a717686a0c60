"""Answers of web servers as crawls keep them: their heads, and their content out of whatever it was sent in."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from restorer.errors import DamagedFileError

__all__ = ["Answer", "answer_of", "content_of"]

_STATUS = re.compile(r"HTTP/\d(?:\.\d)?\s+(\d{3})(?:\s|$)")
_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_MARKS = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_PIECE = 1 << 14
_BROTLI_PIECE = 64
"""Brotli may make sixteen megabytes of a few bytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a request.

    :param status: Its status code.
    :param headers: Its headers, names in lower case; of those given twice the first.
    :param body: What follows them.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The type of its content, in lower case, without parameters; empty where it names none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The character set that it names, empty where it names none."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            key, _, value = part.partition("=")
            if key.strip().lower() == "charset":
                return value.strip().strip("\"'")
        return ""


def answer_of(block: bytes) -> Answer | None:
    """Read an answer, or its beginning.

    :param block: The answer as it was sent.
    :return: The answer; None where this is none.
    """
    lines = _lines(block)
    first, at = next(lines, ("", 0))
    status = _STATUS.match(first)
    if status is None:
        return None
    headers: dict[str, str] = {}
    for line, end in lines:
        at = end
        if not line:
            break
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return Answer(int(status[1]), headers, block[at:])


def _lines(block: bytes) -> Iterator[tuple[str, int]]:
    """Lines, each with where the next one begins."""
    at = 0
    while at < len(block):
        end = block.find(b"\n", at)
        end = len(block) if end < 0 else end + 1
        yield block[at:end].decode("latin-1").rstrip("\r\n"), end
        at = end


def content_of(answer: Answer, most_bytes: int) -> bytes:
    """The content of an answer, put together from chunks and unpacked.

    Content that is not sent as its headers say is taken as it is: crawlers unpack it and leave the headers, and servers
    name character sets there. Of content that is cut off there is the beginning.

    :param answer: The answer.
    :param most_bytes: Little more than this is unpacked.
    :return: The content.
    :raises DamagedFileError: if it is damaged, or its packing is not known here.
    """
    content = answer.body
    if "chunked" in answer.headers.get("transfer-encoding", "").lower():
        content = _joined(content)
    for name in reversed(answer.headers.get("content-encoding", "").lower().split(",")):
        content = _unpacked(content, name.strip(), most_bytes)
    return content


def _joined(body: bytes) -> bytes:
    """A body without the lengths between its chunks."""
    pieces: list[bytes] = []
    at = 0
    while (size := _CHUNK.match(body, at)) is not None:
        length = int(size[1], 16)
        pieces.append(body[size.end() : size.end() + length])
        at = size.end() + length
        if not length:
            break
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
    return b"".join(pieces) if pieces else body


def _unpacked(content: bytes, name: str, most_bytes: int) -> bytes:
    if name in ("", "identity", "none") or not content.startswith(_MARKS.get(name, b"")):
        return content
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in _pieces(content, name):
            pieces.append(piece)
            size += len(piece)
            if size > most_bytes:
                break
    except DamagedFileError:
        if pieces or not content.lstrip().startswith(b"<"):
            raise
        return content
    return b"".join(pieces)


def _pieces(content: bytes, name: str) -> Iterator[bytes]:
    if name in ("gzip", "x-gzip"):
        return _fed(content, zlib.decompressobj(31).decompress, zlib.error)
    if name == "deflate":  # with the header that the standard asks for, or without, as many servers send it
        wrapped = len(content) > 1 and content[0] & 15 == 8 and int.from_bytes(content[:2], "big") % 31 == 0
        return _fed(content, zlib.decompressobj(15 if wrapped else -15).decompress, zlib.error)
    if name == "zstd":
        zstandard = _module("zstandard", name)
        return _fed(content, zstandard.ZstdDecompressor().decompressobj().decompress, zstandard.ZstdError)
    if name == "br":
        brotli = _module("brotli", name)
        return _fed(content, brotli.Decompressor().process, brotli.error, _BROTLI_PIECE)
    msg = f"its content is packed as {name[:20]!r}, which is not known here"
    raise DamagedFileError(msg)


def _module(library: str, name: str) -> ModuleType:
    try:
        return import_module(library)
    except ImportError as error:
        msg = f"its content is packed as {name!r}, which needs {library}, which is not installed; pip install {library}"
        raise DamagedFileError(msg) from error


def _fed(
    content: bytes, unpack: Callable[[bytes], bytes], fault: type[Exception], width: int = _PIECE
) -> Iterator[bytes]:
    for at in range(0, len(content), width):
        try:
            yield unpack(content[at : at + width])
        except fault as error:
            msg = f"its content is damaged and cannot be unpacked ({error})"
            raise DamagedFileError(msg) from error
