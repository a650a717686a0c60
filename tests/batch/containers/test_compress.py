from __future__ import annotations

import gzip
import io
import os
import random
import tracemalloc
from pathlib import Path

import pytest
import zstandard

from restorer.batch.containers.compress import open_read, open_write
from restorer.batch.records import Compression
from restorer.errors import DamagedFileError, FileAccessError

PACKINGS: list[Compression] = ["gz", "zst"]
KINDS: list[Compression] = ["", *PACKINGS]
LINES = b"".join(b"%d %x\n" % (i, random.Random(i).getrandbits(256)) for i in range(20_000))


def packed(content: bytes, compression: Compression) -> bytes:
    if compression == "gz":
        return gzip.compress(content, 6)
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)


def read_all(path: Path, compression: Compression) -> tuple[bytes, str]:
    """Everything that can be read, and the error at the end."""
    content = io.BytesIO()
    with open_read(path, compression) as stream:
        try:
            while piece := stream.read1(1000):
                content.write(piece)
        except DamagedFileError as error:
            with pytest.raises(DamagedFileError):
                stream.read(1)
            return content.getvalue(), str(error)
    return content.getvalue(), ""


@pytest.mark.parametrize("compression", KINDS)
def test_what_is_written_is_read_and_is_the_same_every_time(tmp_path: Path, compression: Compression) -> None:
    for name in ("one", "two"):
        with open_write(tmp_path / name, compression) as stream:
            for line in LINES.splitlines(keepends=True):
                stream.write(line)
    assert read_all(tmp_path / "one", compression) == (LINES, "")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    if compression == "gz":
        assert gzip.decompress((tmp_path / "one").read_bytes()) == LINES
        assert b"one" not in (tmp_path / "one").read_bytes()[:20]


@pytest.mark.parametrize("compression", PACKINGS)
def test_several_members_are_one_stream(tmp_path: Path, compression: Compression) -> None:
    parts = [LINES[:70_000], b"", LINES[70_000:70_001], LINES[70_001:]]
    data = b"".join(packed(part, compression) for part in parts)
    (tmp_path / "many").write_bytes(data)
    assert read_all(tmp_path / "many", compression) == (LINES, "")


def test_skippable_frames_and_large_windows_are_read(tmp_path: Path) -> None:
    skipped = b"\x50\x2a\x4d\x18\x05\0\0\0hello"
    wide = zstandard.ZstdCompressionParameters(window_log=29, compression_level=1, write_content_size=0)
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    (tmp_path / "wide").write_bytes(skipped + packer.compress(LINES) + packer.flush() + skipped)
    assert read_all(tmp_path / "wide", "zst") == (LINES, "")


def test_zeros_that_fill_up_a_gzip_file_are_passed_over(tmp_path: Path) -> None:
    data = packed(LINES, "gz")
    (tmp_path / "tape").write_bytes(data + bytes(10_000) + data + bytes(7))
    assert read_all(tmp_path / "tape", "gz") == (LINES + LINES, "")


@pytest.mark.parametrize("compression", PACKINGS)
def test_a_truncated_stream_is_read_as_far_as_it_goes(tmp_path: Path, compression: Compression) -> None:
    data = packed(LINES, compression)
    for cut in (0, 1, 5, len(data) // 2, len(data) - 1):
        (tmp_path / "cut").write_bytes(data[:cut])
        content, error = read_all(tmp_path / "cut", compression)
        assert LINES.startswith(content)
        assert error.endswith(f"data ends too early near byte {cut} of the file; fetch the file again")
    assert len(content) == len(LINES), "all but the checksum was there"


@pytest.mark.parametrize("compression", PACKINGS)
def test_all_that_stands_before_a_damage_is_read(tmp_path: Path, compression: Compression) -> None:
    whole = packed(LINES[:300_000], compression)
    for content, wrong in ((LINES[300_000:], -3), (LINES[300_000:], 1)):  # its checksum, its first bytes
        second = bytearray(packed(content, compression))
        second[wrong] ^= 0xFF
        (tmp_path / "bad").write_bytes(whole + second)
        read, error = read_all(tmp_path / "bad", compression)
        assert read == (LINES if wrong == -3 else LINES[:300_000])
        assert "data is damaged (" in error


@pytest.mark.parametrize("compression", PACKINGS)
def test_a_small_file_that_swells_is_not_unpacked_at_once(tmp_path: Path, compression: Compression) -> None:
    (tmp_path / "bomb").write_bytes(packed(bytes(300_000_000), compression))
    tracemalloc.start()
    with open_read(tmp_path / "bomb", compression) as stream:
        assert len(stream.read(1000)) == 1000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


@pytest.mark.parametrize("compression", PACKINGS)
def test_what_is_no_archive_is_damaged(tmp_path: Path, compression: Compression) -> None:
    (tmp_path / "x").write_bytes(b"plain text, and not short, in a file that is named wrongly")
    content, error = read_all(tmp_path / "x", compression)
    assert (content, "is damaged" in error) == (b"", True)


def test_a_path_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match=r"none: no such file"):
        open_read(tmp_path / "none", "gz")
    with pytest.raises(FileAccessError, match="is a folder"):
        open_read(tmp_path, "")
    (tmp_path / "secret").touch(0)
    if os.geteuid():
        with pytest.raises(FileAccessError, match="permission denied"):
            open_read(tmp_path / "secret", "")
