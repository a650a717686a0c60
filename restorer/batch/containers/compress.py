"""Compressed files as streams: read as far as they go, written so that the same content gives the same bytes."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from gzip import GzipFile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from restorer.batch.records import Compression
from restorer.errors import DamagedFileError
from restorer.extras import needed
from restorer.readers.access import file_access

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["open_read", "open_write"]

PIECE = 2048
"""Packed bytes that are unpacked at once: 64 MB at most, where somebody made them to swell."""
BUFFER = 1 << 18
_GZIP_LEVEL, _ZSTD_LEVEL = 6, 3
_LARGEST_WINDOW = 1 << 31


def open_read(path: Path, compression: Compression, start: int = 0) -> io.BufferedReader:
    """Open a file for reading, unpacked.

    Several gzip members or Zstandard frames in a row are one stream. What stands before a damage is read first, to the
    last byte that can be had; the read after it raises the error.

    :param path: The file.
    :param compression: How it is compressed.
    :param start: Where in the file to begin: at its beginning or that of a member or frame.
    :return: A buffered stream; its reads raise DamagedFileError where the file is cut off, damaged or unreadable.
    :raises FileAccessError: if it cannot be opened.
    :raises MissingDependencyError: if the compression's library is not installed.
    """
    packing = _packing(compression)
    with file_access(str(path)):
        source: io.BufferedReader = io.BufferedReader(_Source(path, "rb"), BUFFER)
    source.seek(start)
    return source if packing is None else io.BufferedReader(_Unpacked(source, packing, start), BUFFER)


def open_write(path: Path, compression: Compression) -> BinaryIO:
    """Open a file for writing, packed; without a time, a name or anything else that differs between two runs.

    :param path: The file.
    :param compression: How to compress it.
    :return: A stream; the file is whole once it is closed.
    :raises OSError: if it cannot be opened.
    :raises MissingDependencyError: if the compression's library is not installed.
    """
    if compression == "gz":
        return io.BufferedWriter(cast(io.RawIOBase, _GzipWriter(path)), BUFFER)
    if compression == "zst":
        packer = _zstandard().ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
        return io.BufferedWriter(packer.stream_writer(path.open("wb"), closefd=True), BUFFER)
    return path.open("wb")


class _GzipWriter(GzipFile):
    """A gzip file that closes the file below it too."""

    def __init__(self, path: Path) -> None:
        self._below = path.open("wb")
        super().__init__("", "wb", _GZIP_LEVEL, self._below, mtime=0)

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._below.close()


class _Source(io.FileIO):
    """A file whose disk or network may fail while it is being read."""

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        try:
            return super().readinto(buffer) or 0
        except OSError as error:
            msg = f"cannot be read further ({error.strerror or error}); check the disk it lies on"
            raise DamagedFileError(msg) from error


class _Decoder(Protocol):
    """Unpacks one gzip member or one Zstandard frame."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Packing:
    """A way of compressing: its name, what unpacks it, what that raises, and what may fill up the end of a file."""

    name: str
    decoder: Callable[[], _Decoder]
    error: type[Exception]
    padding: bytes = b""


def _packing(compression: Compression) -> _Packing | None:
    if compression == "gz":
        return _Packing("gzip", lambda: zlib.decompressobj(wbits=31), zlib.error, b"\0")
    if compression == "zst":
        zstandard = _zstandard()
        unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
        return _Packing("Zstandard", unpacker.decompressobj, zstandard.ZstdError)
    return None


def _zstandard() -> Any:  # noqa: ANN401 - a module that may be missing
    return needed("zstandard", "files that end in .zst need")


class _Unpacked(io.RawIOBase):
    """The content of a packed file."""

    def __init__(self, source: BinaryIO, packing: _Packing, start: int) -> None:
        self._source, self._packing = source, packing
        self._ready = memoryview(b"")
        self._fault = ""
        self._members = 0
        self._begin(b"", start)

    def _begin(self, packed: bytes, place: int) -> None:
        """Make ready for the member or frame at a place of the file, of which some bytes may be read already."""
        self._decoder = self._packing.decoder()
        self._packed, self._place, self._fed = packed, place, 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._source.close()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target = memoryview(buffer).cast("B")
        while not self._ready:
            if self._fault:
                raise DamagedFileError(self._fault, self._place)
            if not (piece := self._piece()):
                if not self._fed and self._members:
                    return 0
                self._break("ends too early")
            else:
                self._unpack(piece)
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _piece(self) -> bytes:
        """The next packed bytes, none at the end; what fills up the file between its members is passed over."""
        piece, self._packed = self._packed or self._source.read(PIECE), b""
        while self._members and not self._fed:
            kept = piece.lstrip(self._packing.padding)
            self._place += len(piece) - len(kept)
            if kept or not piece:
                return kept
            piece = self._source.read(PIECE)
        return piece

    def _unpack(self, piece: bytes) -> None:
        try:
            content = self._decoder.decompress(piece)
        except self._packing.error as error:
            content = self._salvaged(piece)
            self._break(f"is damaged ({error})")
        self._fed += len(piece)
        if self._decoder.eof and not self._fault:
            left = self._decoder.unused_data
            self._members += 1
            self._begin(left, self._place + self._fed - len(left))
        self._ready = memoryview(content)

    def _break(self, how: str) -> None:
        place = self._place + self._fed
        self._fault = f"the {self._packing.name} data {how} near byte {place} of the file; fetch the file again"

    def _salvaged(self, piece: bytes) -> bytes:
        """What a damaged piece holds before its damage: its member is unpacked once more, at last byte by byte."""
        decoder, content = self._packing.decoder(), bytearray()
        self._source.seek(self._place)
        left = self._fed
        while left:
            left -= len(again := self._source.read(min(PIECE, left)))
            decoder.decompress(again)
        for byte in piece:
            try:
                content += decoder.decompress(bytes([byte]))
            except self._packing.error:
                break
        return bytes(content)
