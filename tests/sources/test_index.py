from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from restorer.errors import FileAccessError, InputError
from restorer.references import Reference, References
from restorer.segment import segment
from restorer.sources import index as module
from restorer.sources.index import DATABASE, SourceIndex
from tests.test_references import CLEAN, HONEST, OTHER, SPUN

THREE = [Reference("clean", CLEAN, "https://a.example/1", "Bridge", "2024-05-01"), Reference("other", OTHER)]


def test_a_saved_index_finds_the_source_again(tmp_path: Path) -> None:
    SourceIndex.extend(tmp_path / "index", THREE)
    references = References.from_folder(tmp_path / "index")
    match = references.find(segment(SPUN))
    assert match is not None
    assert (match.source, match.reference.url, match.reference.text) == ("clean", "https://a.example/1", CLEAN)
    assert references.date("clean") == "2024-05-01"
    assert references.date("nobody") == ""
    assert references.find(segment(HONEST)) is None


def test_an_index_grows_and_takes_each_source_once(tmp_path: Path) -> None:
    SourceIndex.extend(tmp_path, THREE[1:])
    assert References.from_folder(tmp_path).find(segment(SPUN)) is None
    grown = SourceIndex.extend(tmp_path, [*THREE, THREE[0]])
    assert len(grown) == 2
    found = References.over(grown).find(segment(SPUN))
    assert found is not None
    assert found.source == "clean"


def test_an_addition_that_is_cut_off_leaves_the_index_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SourceIndex.extend(tmp_path, THREE[:1])
    monkeypatch.setattr(module, "SEGMENT", 1)

    def two_and_no_more() -> Iterator[Reference]:
        yield THREE[1]
        yield Reference("third", OTHER + " More of it.")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SourceIndex.extend(tmp_path, two_and_no_more())
    (tmp_path / "000000000003.keys.npy").write_bytes(b"half of some arr")
    index = SourceIndex.open(tmp_path)
    assert len(index) == 3
    assert len(SourceIndex.extend(tmp_path, [Reference("fourth", HONEST)])) == 4
    found = References.over(SourceIndex.open(tmp_path)).find(segment(SPUN))
    assert found is not None


def test_names_in_lower_case_are_known_from_the_whole_collection(tmp_path: Path) -> None:
    index = SourceIndex.extend(tmp_path, THREE)
    assert {"bridge", "museum"} <= index.ordinary
    assert "halvorsen" not in index.ordinary


def test_damage_and_strangers_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="no index of sources there; make one with"):
        SourceIndex.open(tmp_path)
    other = sqlite3.connect(tmp_path / DATABASE)
    other.execute("CREATE TABLE mine (a)")
    other.close()
    with pytest.raises(InputError, match="is no index of this version"):
        SourceIndex.open(tmp_path)
    with pytest.raises(InputError, match="is no index of this version"):
        SourceIndex.extend(tmp_path, THREE)
    (tmp_path / DATABASE).write_bytes(b"not a database at all, but long enough to look at" * 40)
    with pytest.raises(InputError, match="cannot be read"):
        SourceIndex.open(tmp_path)


def test_a_missing_array_is_named(tmp_path: Path) -> None:
    SourceIndex.extend(tmp_path, THREE)
    next(tmp_path.glob("*.keys.npy")).unlink()
    with pytest.raises(InputError, match="the index cannot be read"):
        SourceIndex.open(tmp_path)
