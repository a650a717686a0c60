"""What an installed package must carry, and what the locks must hold."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import restorer
from restorer.version import __version__

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAME = re.compile(r"^[A-Za-z0-9_.-]+")


def names(requirements: list[str]) -> set[str]:
    found = [NAME.match(requirement) for requirement in requirements]
    return {match.group().lower().replace("_", "-") for match in found if match}


def test_the_version_is_the_packages() -> None:
    assert restorer.__version__ == __version__


def test_wheel_and_sdist_carry_the_weights() -> None:
    targets = PROJECT["tool"]["hatch"]["build"]["targets"]
    assert targets["wheel"]["force-include"] == {"models": "restorer/_models"}
    assert "/models" in targets["sdist"]["include"]


def test_the_default_path_needs_no_torch() -> None:
    assert not names(PROJECT["project"]["dependencies"]) & {"torch", "transformers", "sentencepiece"}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_version_is_exact_and_hashed_and_no_address_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[a-z0-9.-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_the_locks_hold_everything_that_is_asked_for() -> None:
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    build = names(PROJECT["build-system"]["requires"])
    runtime = names((ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines())
    developing = names((ROOT / "requirements-dev.lock").read_text(encoding="utf-8").splitlines())
    torch = names((ROOT / "requirements-torch.lock").read_text(encoding="utf-8").splitlines())
    assert names(project["dependencies"]) | build <= runtime <= developing
    assert names(extras["dev"] + extras["torch"]) - {"restorer"} <= developing | torch
