"""Golden cases: each file in ``cases/`` is one command line with everything it must print, write and answer.

Keys: ``args``, ``status``, and where they matter ``stdin``, ``stdout`` (exact) or ``stdout_regex``, ``stderr`` (a
regular expression for the whole of it), ``files`` and ``bytes`` (hex) before, ``after`` (exact) and ``absent`` after,
``encoding`` of all of these.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from restorer.cli.app import app
from tests.fakes import FakeModel

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, folder: Path) -> None:
    case: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    encoding = case.get("encoding", "utf-8")
    _write(folder, case, encoding)
    given = case["stdin"].encode(encoding) if "stdin" in case else None
    done = CliRunner().invoke(app, case["args"], input=given, prog_name="restore")
    shown = f"{case['about']}\nstdout: {done.stdout_bytes!r}\nstderr: {done.stderr}"
    assert done.exit_code == case["status"], shown
    if "stdout" in case:
        assert done.stdout_bytes == (case["stdout"].encode(encoding) if case["stdout"] else b""), shown
    if "stdout_regex" in case:
        assert re.fullmatch(case["stdout_regex"], done.stdout_bytes.decode(encoding), re.DOTALL), shown
    if "stderr" in case:
        assert re.fullmatch(case["stderr"] + "\n", done.stderr), shown
    for name, text in case.get("after", {}).items():
        assert (folder / name).read_bytes() == text.encode(encoding), f"{name}: {shown}"
    for name in case.get("absent", []):
        assert not (folder / name).exists(), f"{name}: {shown}"


def _write(folder: Path, case: dict[str, Any], encoding: str) -> None:
    contents = {name: text.encode(encoding) for name, text in case.get("files", {}).items()}
    contents |= {name: bytes.fromhex(digits) for name, digits in case.get("bytes", {}).items()}
    for name, data in contents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)


def test_a_model_that_fails_leaves_output_and_files_alone(
    folder: Path, fake_model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeModel, "score", fail)
    (folder / "a.txt").write_text("She mentioned it.\n")
    done = CliRunner().invoke(app, ["--in-place", "a.txt"])
    assert (done.exit_code, done.stdout_bytes) == (130, b"")
    assert [p.name for p in folder.iterdir()] == ["a.txt"]
    assert (folder / "a.txt").read_text() == "She mentioned it.\n"
