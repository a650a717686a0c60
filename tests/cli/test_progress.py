from __future__ import annotations

import re
from pathlib import Path

import pytest

from restorer.batch.journal import Row
from restorer.batch.plan import Plan, Shard
from restorer.batch.records import BadRecord, InputFile, Outcome
from restorer.cli import progress
from restorer.cli.progress import watch

ODD = "[/red] {x} [bold]"


def plan(folder: Path) -> Plan:
    (folder / "a.jsonl").write_text('{"text": "one"}\n' * 3)
    return Plan((InputFile(folder / "a.jsonl", ODD, "jsonl"),), folder / "out")


def rows() -> list[Row]:
    done = Outcome(1, "a", "", "", "", None, "x", None, 120, 0.9, 0.3, None, None, 0, [])
    return [(0, done), (0, BadRecord(2, "broken"))]


def test_without_a_terminal_there_is_a_line_now_and_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with watch(plan(tmp_path), quiet=False) as shown:
        shown.rows(rows())
        assert capsys.readouterr().err == "", "not at once"
        monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
        shown.rows(rows())
    line = capsys.readouterr().err
    assert re.fullmatch(r"restore: 2 documents \([\d.,]+/s\), [\d,]+ words/s, 100\.0% spun, 2 bad\n", line)


def test_on_a_terminal_there_is_a_bar_whatever_names_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan(tmp_path)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    with watch(made, quiet=False) as shown:
        shown.resumed(1, 3)
        shown.rows(rows())
        shown.finishing(Shard(0, made.files))
    err = capsys.readouterr().err
    assert "1 of 3 parts of it finished" in err
    assert f"writing {ODD}" in err


def test_quiet_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with watch(plan(tmp_path), quiet=True) as shown:
        shown.resumed(1, 3)
        shown.rows(rows())
    assert capsys.readouterr().err == ""
