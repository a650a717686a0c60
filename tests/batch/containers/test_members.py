from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from restorer.batch.containers.compress import open_read
from restorer.batch.containers.members import next_member
from restorer.errors import DamagedFileError


def test_behind_a_damage_a_packed_file_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    members = [gzip.compress(b"WARC/%d " % i + b"\x1f\x8b\x08" * 9) for i in range(3)]
    path.write_bytes(members[0] + members[1][:-3] + members[2])
    with open_read(path, "gz") as stream, pytest.raises(DamagedFileError) as caught:
        while stream.read1():
            pass
    assert caught.value.place == len(members[0])
    place = next_member(path, caught.value.place, b"WARC/")
    assert place == len(members[0]) + len(members[1]) - 3
    with open_read(path, "gz", place) as stream:
        assert stream.read().startswith(b"WARC/2")
    assert next_member(path, place, b"WARC/") is None
    assert next_member(path, 0, b"no such") is None


def test_a_beginning_is_found_across_what_is_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    member = gzip.compress(b"WARC/1.0")
    for before in range((1 << 20) - 4, (1 << 20) + 4):
        path.write_bytes(bytes(before) + member)
        assert next_member(path, 0, b"WARC/") == before
