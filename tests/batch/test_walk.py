from __future__ import annotations

import os
from pathlib import Path

import pytest

from restorer.batch.walk import is_within, walk
from restorer.errors import FileAccessError


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def found(top: Path, leave_out: str = "nothing") -> list[str]:
    return sorted(path.relative_to(top).as_posix() for path in walk(top, top / leave_out))


def test_files_below_but_nothing_hidden_and_not_what_is_left_out(tmp_path: Path) -> None:
    tree(tmp_path, "b", "a/c", "a/d/e", ".git/f", "a/.g", "out/h", "a/out/i")
    assert found(tmp_path, "out") == ["a/c", "a/d/e", "a/out/i", "b"]
    assert found(tmp_path / "out", ".") == []


def test_links_are_followed_but_never_in_circles(tmp_path: Path) -> None:
    tree(tmp_path, "in/z/x", "in/a/y", "far/w", "in/b/v")
    for link, target in {
        "in/a/up": "..",
        "in/a/out": "../..",
        "in/a/self": "self",
        "in/b/loop": ".",
        "in/a/cross": "../b",
        "in/b/cross": "../a",
        "in/0": "z",
        "in/far": "../far",
        "in/z/far again": "../../far",
        "in/file": "z/x",
        "in/nowhere": "gone",
    }.items():
        (tmp_path / link).symlink_to(target)
    assert found(tmp_path / "in") == ["a/self", "a/y", "b/v", "far/w", "file", "nowhere", "z/x"]


def test_pipes_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert found(tmp_path) == []


def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="gone: cannot be looked into"):
        list(walk(tmp_path / "gone", tmp_path / "out"))


def test_within_follows_links(tmp_path: Path) -> None:
    tree(tmp_path, "real/a")
    (tmp_path / "link").symlink_to("real")
    assert is_within(tmp_path / "link" / "a", tmp_path / "real")
    assert not is_within(tmp_path / "reality", tmp_path / "real")
