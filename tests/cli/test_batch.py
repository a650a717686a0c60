"""The command with the shipped model: its worker processes know no fake one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from restorer.cli.app import app

SEEDS = Path(__file__).parents[2] / "seeds"


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["batch", *args], prog_name="restore")
    assert done.stdout == ""
    return done.exit_code, done.stderr


def test_a_folder_comes_back_restored_with_a_report(folder: Path) -> None:
    (folder / "in").mkdir()
    text = (SEEDS / "000_51b03726b155822c.txt").read_text(encoding="utf-8")
    (folder / "in" / "a.jsonl").write_text(json.dumps({"body": text}) + "\n{}\n")
    (folder / "in" / "notes.pdf").write_bytes(b"%PDF")
    status, stderr = run("in", "-o", "out", "--text-field", "body", "--workers", "1")
    assert status == 1, stderr
    assert "1 files of other kinds passed over (1 .pdf)" in stderr
    assert "1 documents" in stderr
    assert "1 bad records, each with its reason in out/errors.jsonl; the first: a.jsonl, record 2: " in stderr
    record = json.loads((folder / "out" / "a.jsonl").read_text())
    assert record["body"] == text
    assert record["spun_probability"] > 0.99
    assert "boots on the ground" in record["restored"]
    assert "Restored batch" in (folder / "out" / "report.html").read_text()
    status, stderr = run("in", "-o", "out", "--text-field", "body", "--workers", "1")
    assert "going on with the run that is there, 1 of 1 parts of it finished" in stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere", "-o", "out"], "nowhere"),
        (["in", "-o", "out", "--max-bytes", "abc"], "max-bytes must be a whole number, got 'abc'; try 10000000"),
        (
            ["in", "-o", "out", "--max-bytes", "0"],
            "max-bytes must be above 0 and at most 2000000000, got 0; try 10000000",
        ),
        (["in", "-o", "out", "--max-bytes", "9" * 30], f"at most 2000000000, got {'9' * 30}; try 10000000"),
        (
            ["in", "-o", "out", "--workers", "0"],
            "workers must be above 0 and at most 1024, got 0; leave it out for one a core",
        ),
        (["in", "-o", "out", "--workers", "-3"], "got -3"),
        (["in", "-o", "out", "--workers", "two"], "workers must be a whole number, got 'two'; try 2"),
        (
            ["in", "-o", "out", "--page-seconds", "-1"],
            "page-seconds must be above 0 and at most 86400, got -1.0; try 20",
        ),
        (["in", "-o", "out", "--page-seconds", "nan"], "got nan; try 20"),
        (["in", "-o", "out", "--page-seconds", "inf"], "got inf; try 20"),
        (["in", "-o", "out", "--out-format", "xml"], "'xml' is not one of 'jsonl', 'parquet', 'dolma'"),
        (["in", "-o", "out", "--engine", "spark"], "'spark' is not one of 'local', 'ray'"),
        (["in", "-o", "."], "in: lies in the output folder .; choose another --output"),
        (["in", "-o", "in/a.txt"], "in/a.txt: cannot be written (Not a directory); choose another --output"),
        (["in", "-o", "in/a.txt/out"], "in/a.txt/out: cannot be written (Not a directory); choose another --output"),
        (["in", "-o", "full"], "full: holds mine.txt and no run to go on with; give an empty folder as --output"),
        (["in", "-o", "out", "--fpr", "2"], "fpr must be above 0 and at most 1"),
    ],
)
def test_wrong_values_are_named_and_nothing_is_written(folder: Path, args: list[str], message: str) -> None:
    for name in ("in", "full"):
        (folder / name).mkdir()
    (folder / "in" / "a.txt").write_text("He mentioned it.")
    (folder / "full" / "mine.txt").write_text("mine")
    status, stderr = run(*args)
    assert status == 2
    assert message in stderr
    assert stderr.count("\n") == 1
    assert not (folder / "out").exists()
    assert (folder / "full" / "mine.txt").read_text() == "mine"
