"""What every test may rely on: no settings, state or colours of whoever runs them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fakes import FakeModel

# Read when torch is first loaded: for models as small as the tests' own, threads only wait for each other, and on a
# busy machine they wait long.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def clean_surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the runner's own settings out of the environment, and keep state in a temporary folder."""
    for name in list(os.environ):
        if name.startswith("RESTORER_") or name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    """The model that every name loads."""
    model = FakeModel()

    def load(name: str, *, threads: int = 0) -> FakeModel:
        return model

    monkeypatch.setattr("restorer.engine.load_model", load)
    return model
