from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from threading import Event

import pytest

from restorer.batch.finish import Figures
from restorer.batch.journal import Row
from restorer.batch.plan import CHUNK_RECORDS, Plan, Shard
from restorer.batch.records import BadRecord, InputFile, Outcome
from restorer.batch.runner import Summary, run
from restorer.batch.tables import error_line
from restorer.cli import progress
from restorer.cli.progress import conclude, watch
from restorer.config import Settings
from tests.batch.workers import InProcess

ODD = "[/red] {x} [bold] %s \x1b]0;\x07\nnew"


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")


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
    on_terminal(monkeypatch)
    made = plan(tmp_path)
    with watch(made, quiet=False) as shown:
        shown.resumed(1, 3)
        shown.rows(rows())
        shown.finishing(Shard(0, made.files))
    err = capsys.readouterr().err
    assert "1 of 3 parts of it finished" in err
    assert "writing [/red] {x} [bold] %s" in err
    assert "\x1b]0;" not in err, "a name must not speak to the terminal"


def test_quiet_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with watch(plan(tmp_path), quiet=True) as shown:
        shown.resumed(1, 3)
        shown.rows(rows())
    assert capsys.readouterr().err == ""


def test_the_bar_of_a_run_that_goes_on_ends_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)
    for name, count in (("a.jsonl", 2 * CHUNK_RECORDS), ("b.jsonl", 3 * CHUNK_RECORDS + 1)):
        (tmp_path / name).write_text(json.dumps({"text": "He mentioned it."}) + "\n")
        (tmp_path / name).write_text((tmp_path / name).read_text() * count)
    files = tuple(InputFile(tmp_path / name, name, "jsonl") for name in ("a.jsonl", "b.jsonl"))
    made = Plan(files, tmp_path / "out", Settings(threshold=0.5))
    with pytest.raises(KeyboardInterrupt):
        run(made, InProcess(stop_after=3))
    with watch(made, quiet=False) as shown:
        run(made, InProcess(), shown)
        assert isinstance(shown, progress._Bar)
        assert shown._counting is not None
        shown._counting.join()
        (task,) = shown._progress.tasks
        assert (task.completed, task.total) == (2 * CHUNK_RECORDS + 1, 2 * CHUNK_RECORDS + 1)


def test_what_cannot_be_counted_is_the_runs_own_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    made = Plan((InputFile(tmp_path / "a.jsonl.zst", "a.jsonl.zst", "jsonl", "zst"),), tmp_path / "out")
    assert progress._count(made, {}, Event()) is None


def test_the_first_bad_record_is_told_on_one_safe_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Plan((), tmp_path)
    bad = BadRecord(7, f"{ODD}: has no field \x1b[2J\n'text' {'x' * 999}")
    (tmp_path / "errors.jsonl").write_text(error_line(ODD, bad) + error_line("b", BadRecord(0, "other")))
    summary = Summary(Figures(errors=2))
    conclude(made, summary, quiet=True)
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert len(err) < 500
    assert "\x1b" not in err
    assert "2 bad records" in err
    assert "record 7: has no field" in err
