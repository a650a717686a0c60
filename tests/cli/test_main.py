"""The program as a process: what it loads, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from restorer import __version__
from restorer.cli import main

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "onnxruntime", "tokenizers", "torch", "transformers", "rich")
ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}

# The program with the fake model, as a process of its own.
WITH_FAKE = """
import sys, restorer.engine
from tests.fakes import FakeModel
restorer.engine.load_model = lambda name, *, threads=0: FakeModel()
from restorer.cli import main
sys.exit(main())
"""


def _loaded(*arguments: str) -> set[str]:
    code = f"import sys\nfrom restorer.cli import main\ntry: main({list(arguments)!r})\nexcept SystemExit: pass\n"
    code += "print('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], env=ENVIRON, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_what_needs_no_model_loads_nothing_heavy(argument: str) -> None:
    assert not _loaded(argument) & set(HEAVY)


def test_version_is_answered_before_the_command_line_is_built() -> None:
    assert "typer" not in _loaded("--version")


@pytest.mark.parametrize("arguments", [["--version"], ["x.txt", "--version"]])
def test_version(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"restorer {__version__}\n"


def test_no_arguments_show_the_help_and_are_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    shown = capsys.readouterr()
    assert "Usage: restore [OPTIONS] FILE..." in shown.err
    assert shown.out == ""


def test_help_behind_a_file_is_the_whole_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["x.txt", "--help"]) == 0
    assert "Usage: restore [OPTIONS] FILE..." in capsys.readouterr().out


def test_a_fault_of_the_program_is_one_line_and_not_findings(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(name: str, *, threads: int = 0) -> None:
        msg = "unforeseen"
        raise RuntimeError(msg)

    monkeypatch.setattr("restorer.engine.load_model", fail)
    (folder / "a.txt").write_text("text\n")
    assert main(["detect", "a.txt"]) == 2
    assert capsys.readouterr().err.startswith("restore: internal error, RuntimeError: unforeseen; ")


def test_python_m_restorer_is_the_same_program() -> None:
    command = [sys.executable, "-m", "restorer", "nowhere.txt"]
    done = subprocess.run(command, env=ENVIRON, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "restore: nowhere.txt: no such file; check the path\n")


@pytest.mark.skipif(os.name == "nt", reason="pipes of Unix")
def test_a_reader_that_stops_reading_is_no_error_message(folder: Path) -> None:
    (folder / "a.txt").write_text("She mentioned it.\n")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", WITH_FAKE, "a.txt"]
    done = subprocess.run(command, env=ENVIRON, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
