"""The members of a gzip file: where one begins behind a damage."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import BinaryIO

from restorer.batch.containers.compress import open_read

__all__ = ["next_member"]

_MARK = b"\x1f\x8b\x08"
_WINDOW = 1 << 20
_PIECE = 2048


def next_member(path: Path, after: int, content: bytes) -> int | None:
    """Find where a gzip file can be read again behind a damage.

    :param path: The file.
    :param after: A place in it, the beginning of the damaged member.
    :param content: What the content of the member to be found begins with.
    :return: Where it begins, None where there is no other.
    :raises FileAccessError: if the file cannot be opened.
    :raises DamagedFileError: if it cannot be read.
    """
    with open_read(path, "", after + 1) as source, open_read(path, "") as probe:
        place, window = after + 1, source.read(_WINDOW)
        while len(window) >= len(_MARK):
            at = window.find(_MARK)
            while at >= 0:
                if _begins(probe, place + at, content):
                    return place + at
                at = window.find(_MARK, at + 1)
            kept = window[1 - len(_MARK) :]
            place += len(window) - len(kept)
            read = source.read(_WINDOW)
            window = kept + read if read else b""
    return None


def _begins(source: BinaryIO, place: int, content: bytes) -> bool:
    source.seek(place)
    try:
        return zlib.decompressobj(wbits=31).decompress(source.read(_PIECE), len(content)) == content
    except zlib.error:
        return False
