"""Where the shipped weights are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from restorer.models import locate


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place in which the package lies."""
    monkeypatch.setattr(locate, "_PACKAGE", tmp_path / "restorer")
    return tmp_path


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "model.onnx").write_bytes(b"")


def test_an_installed_package_carries_its_weights_inside(root: Path) -> None:
    put(root / "restorer" / "_models", "small", "large")
    put(root / "models", "other")
    assert locate.shipped_models() == {name: root / "restorer" / "_models" / name for name in ("large", "small")}


def test_a_checkout_has_them_at_its_top(root: Path) -> None:
    (root / "pyproject.toml").touch()
    put(root / "models", "small")
    (root / "models" / "notes").mkdir()
    assert locate.shipped_models() == {"small": root / "models" / "small"}


def test_a_folder_beside_an_installed_package_is_none_of_ours(root: Path) -> None:
    put(root / "models", "small")
    assert locate.shipped_models() == {}
