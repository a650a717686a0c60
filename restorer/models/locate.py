"""Where the weights that come with the package lie."""

from __future__ import annotations

from pathlib import Path

__all__ = ["shipped_models"]

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_models() -> dict[str, Path]:
    """The models that need no download: those inside the installed package, else those of the checkout.

    :return: Folder of each model by its name, in order of name; empty when the package was built without weights.
    """
    for folder in (_PACKAGE / "_models", _checkout_models()):
        if folder is not None and (models := _models_in(folder)):
            return models
    return {}


def _checkout_models() -> Path | None:
    """The checkout's own folder; a folder of that name beside an installed package is none of ours."""
    root = _PACKAGE.parent
    return root / "models" if (root / "pyproject.toml").is_file() else None


def _models_in(folder: Path) -> dict[str, Path]:
    """Sub-folders that hold weights."""
    if not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_dir() and any(path.glob("*.onnx"))}
