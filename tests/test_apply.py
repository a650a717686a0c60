"""Edits land where they should, and no file is ever spoiled."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.apply import check_writable, splice, write_all_in_place, write_in_place, write_text
from restorer.errors import OutputError, SettingsError
from restorer.readers import read_document
from restorer.types import Document, Evidence, Finding, TextEncoding

EVIDENCE = Evidence(model_probability=0.9, document_prior=0.1, posterior=0.9)


def finding(text: str, start: int, end: int, replacement: str | None, *, applied: bool = True) -> Finding:
    return Finding(start, end, text[start:end], replacement, 0.9, applied, "wording", False, (), EVIDENCE)


@given(st.data())
def test_text_outside_the_edits_is_untouched(data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.text(max_size=8), min_size=1, max_size=6))
    edits = [(data.draw(st.text(max_size=5)), data.draw(st.none() | st.text(max_size=5))) for _ in kept[1:]]
    text, expected, findings = kept[0], kept[0], []
    for after, (old, new) in zip(kept[1:], edits, strict=True):
        start, text = len(text), text + old
        findings.append((start, len(text), new))
        text += after
        expected += (old if new is None else new) + after
    assert splice(text, [finding(text, *f) for f in findings]) == expected


def test_findings_that_are_not_applied_change_nothing() -> None:
    assert splice("big apple", [finding("big apple", 0, 3, "great", applied=False)]) == "big apple"


@pytest.mark.parametrize("spans", [[(0, 3), (2, 5)], [(4, 9), (0, 3)], [(5, 20)], [(3, 2)]])
def test_overlapping_unordered_or_outlying_findings_are_refused(spans: list[tuple[int, int]]) -> None:
    text = "big apple"
    with pytest.raises(ValueError, match=r"overlaps, is out of order or lies outside"):
        splice(text, [finding(text, start, end, "x") for start, end in spans])


def test_findings_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="another text: 'big'"):
        splice("Big apple", [finding("big apple", 0, 3, "great")])


def test_written_file_has_the_encoding_newlines_and_bits_of_the_input(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe" + "One\r\ntwo".encode("utf-16-le"))
    path.chmod(0o640)
    write_text(read_document(path), "Uno\r\ntwo", path)
    assert path.read_bytes() == b"\xff\xfe" + "Uno\r\ntwo".encode("utf-16-le")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_new_file_gets_the_default_bits(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_text(Document("x"), "x", tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "folder" / "real.txt", tmp_path / "link.txt"
    real.parent.mkdir()
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    write_text(Document("old"), "new", link, backup=".orig")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new"
    assert (tmp_path / "link.txt.orig").read_text(encoding="utf-8") == "old"


def test_backup_holds_the_old_bytes_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old\r\n")
    write_text(Document("old\r\n"), "new\r\n", path, backup=".orig")
    assert (tmp_path / "a.txt.orig").read_bytes() == b"old\r\n"
    with pytest.raises(OutputError, match=r"a\.txt\.orig: this backup exists"):
        write_text(Document("new\r\n"), "newer\r\n", path, backup=".orig")
    assert path.read_bytes() == b"new\r\n"
    assert (tmp_path / "a.txt.orig").read_bytes() == b"old\r\n"


@pytest.mark.parametrize("suffix", ["", "/up", "a/../b"])
def test_backup_must_be_a_suffix(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(SettingsError, match="suffix"):
        write_text(Document("old"), "new", path, backup=suffix)
    assert path.read_bytes() == b"old"


def test_failed_swap_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_text(Document("old"), "new", path, backup=".orig")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.txt": b"old"}


def test_interrupt_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_text(Document("old"), "new", path, backup=".orig")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.txt": b"old"}


def test_character_the_encoding_lacks_leaves_the_target(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match="cp1252"):
        write_text(Document("old", encoding=TextEncoding("cp1252")), "→", path, backup=".orig")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.txt": b"old"}


def test_folder_and_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        write_text(Document("x"), "x", tmp_path)
    with pytest.raises(OutputError, match="does not exist; create it"):
        write_text(Document("x"), "x", tmp_path / "no" / "a.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipe_is_written_to_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(Document("x"), "x\r\n", pipe)
        assert os.read(reader, 100) == b"x\r\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root may write everything")
def test_read_only_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(OutputError, match="read-only"):
        write_text(Document("old"), "new", path)


def test_in_place_leaves_an_unchanged_text_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"same")
    assert not write_in_place(read_document(path), "same")
    assert list(tmp_path.iterdir()) == [path]


def test_in_place_refuses_a_file_that_has_changed_since(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    document = read_document(path)
    path.write_bytes(b"edited meanwhile")
    with pytest.raises(OutputError, match="has changed since"):
        write_in_place(document, "new")
    assert path.read_bytes() == b"edited meanwhile"


def test_in_place_keeps_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    assert write_in_place(read_document(path), "new")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.txt": b"new", "a.txt.orig": b"old"}


def test_in_place_refuses_standard_input() -> None:
    with pytest.raises(OutputError, match="standard input"):
        write_in_place(Document("old"), "new")


def _three(folder: Path) -> list[tuple[Document, str]]:
    """Three files, the last of them without a change, and their new texts."""
    for name in "abc":
        (folder / f"{name}.txt").write_bytes(b"old")
    a, b, c = (read_document(folder / f"{name}.txt") for name in "abc")
    return [(a, "new"), (c, "old"), (b, "new")]


def _contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_several_files_are_changed_together(tmp_path: Path) -> None:
    assert write_all_in_place(_three(tmp_path), backup=".o") == 2
    expected = {"a.txt": b"new", "a.txt.o": b"old", "b.txt": b"new", "b.txt.o": b"old", "c.txt": b"old"}
    assert _contents(tmp_path) == expected


def test_a_file_that_cannot_be_replaced_keeps_those_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = _three(tmp_path)
    before = _contents(tmp_path)
    # Not by its bits, which root may ignore.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "b.txt")
    with pytest.raises(OutputError, match=r"b\.txt: is read-only"):
        write_all_in_place(changes)
    assert _contents(tmp_path) == before


def test_a_disk_that_fills_up_keeps_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = _three(tmp_path)
    before = _contents(tmp_path)
    calls: list[int] = []

    def fail_later(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 4:  # file and backup of the first, file and backup of the second
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail_later)
    with pytest.raises(OutputError, match=r"b\.txt: cannot be written \(No space.*nothing was changed"):
        write_all_in_place(changes)
    assert _contents(tmp_path) == before


def test_a_swap_that_fails_half_way_names_the_files_already_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = _three(tmp_path)
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.name == "b.txt":
            raise OSError(5, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match=r"b\.txt: .*Input/output error.*already changed: .*a\.txt; run again"):
        write_all_in_place(changes)
    assert _contents(tmp_path) == {"a.txt": b"new", "a.txt.orig": b"old", "b.txt": b"old", "c.txt": b"old"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_in_place_refuses_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="not a regular file"):
        write_in_place(Document("old", str(tmp_path / "pipe")), "new", backup=None)


def test_a_check_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")
    check_writable(tmp_path / "a.txt", backup=".orig")
    check_writable(tmp_path / "new.txt", backup=".orig")
    check_writable(Path(os.devnull))
    assert _contents(tmp_path) == {"a.txt": b"old"}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (".", "is a folder"),
        ("no/a.txt", "does not exist; create it"),
        ("n" * 300, "cannot be written"),
        ("a", "exists"),
    ],
)
def test_a_check_refuses_what_could_not_be_written(tmp_path: Path, name: str, part: str) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "a.orig").touch()
    with pytest.raises(OutputError, match=part):
        check_writable(tmp_path / name, backup=".orig")
