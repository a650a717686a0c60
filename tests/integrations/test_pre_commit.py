from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pre_commit")

from pre_commit.clientlib import load_manifest

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
# Two of the test articles: each hook is run with the shipped model.
SPUN = (ROOT / "seeds" / "002_8a5da1890fba73c2.txt").read_text(encoding="utf-8")
CLEAN = (ROOT / "seeds" / "003_f2ea12741fe29b45.txt").read_text(encoding="utf-8")
CONFIG = """\
repos:
- repo: local
  hooks:
  - id: {id}
    name: {id}
    entry: {entry}
    language: system
    types: {types}
    require_serial: {serial}
"""


def hooks() -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in load_manifest(str(MANIFEST))}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    # Nothing of the user's git, and nothing of a hook that these tests may themselves run in.
    for name in [name for name in os.environ if name.startswith(("GIT_", "PRE_COMMIT"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    git(folder, "init", "-q")
    return folder


def run(repository: Path, name: str, **files: str) -> subprocess.CompletedProcess[str]:
    """Stage files and run one hook on them, with this checkout's command in place of the installed one."""
    hook = hooks()[name]
    command, _, arguments = hook["entry"].partition(" ")
    assert command == "restore"
    entry = f"{shlex.quote(sys.executable)} -m restorer {arguments}"
    config = CONFIG.format(id=name, entry=entry, types=hook["types"], serial=str(hook["require_serial"]).lower())
    (repository / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    for file, text in files.items():
        (repository / f"{file}.txt").write_text(text, encoding="utf-8")
    git(repository, "add", "-A")
    arguments_of_ours = [sys.executable, "-m", "pre_commit", "run", "--color", "never"]
    return subprocess.run(arguments_of_ours, cwd=repository, capture_output=True, text=True, check=False)


def test_the_manifest_names_commands_that_are_installed() -> None:
    found = hooks()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert set(found) == {"restorer", "restorer-fix"}
    for hook in found.values():
        assert shlex.split(hook["entry"])[0] in scripts
        assert (hook["language"], hook["types"]) == ("python", ["text"])
        # In parallel, every process would load a model of its own.
        assert hook["require_serial"]


@pytest.mark.parametrize("name", ["restorer", "restorer-fix"])
def test_clean_files_pass(repository: Path, name: str) -> None:
    done = run(repository, name, clean=CLEAN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (repository / "clean.txt").read_text(encoding="utf-8") == CLEAN


def test_a_spun_file_fails_is_listed_and_is_not_touched(repository: Path) -> None:
    done = run(repository, "restorer", clean=CLEAN, spun=SPUN)
    assert done.returncode == 1
    assert "- exit code: 1" in done.stdout
    assert "spun.txt:1:" in done.stdout
    assert "clean.txt:1:" not in done.stdout
    assert (repository / "spun.txt").read_text(encoding="utf-8") == SPUN


def test_a_spun_file_is_restored_once_and_passes_then(repository: Path) -> None:
    done = run(repository, "restorer-fix", clean=CLEAN, spun=SPUN)
    assert done.returncode == 1
    assert "- files were modified by this hook" in done.stdout
    restored = (repository / "spun.txt").read_text(encoding="utf-8")
    assert restored != SPUN
    assert [path.name for path in sorted(repository.glob("*.txt*"))] == ["clean.txt", "spun.txt"]
    again = run(repository, "restorer-fix")
    assert again.returncode == 0, again.stdout + again.stderr
    assert (repository / "spun.txt").read_text(encoding="utf-8") == restored


def test_a_file_that_cannot_be_read_fails_with_its_name(repository: Path) -> None:
    (repository / "odd.txt").write_bytes(b"caf\xe9 " * 3 + b"\x81\x8d\xff\n")
    done = run(repository, "restorer")
    assert done.returncode == 1
    assert "- exit code: 2" in done.stdout
    assert "odd.txt" in done.stdout
