from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from restorer.cli.app import app
from tests.test_references import CLEAN, HONEST, OTHER, SPUN


@pytest.fixture
def inputs(folder: Path) -> Path:
    (folder / "clean").mkdir()
    records = [{"id": "bridge", "text": CLEAN, "date": "2024-05-01"}, {"id": "museum", "text": OTHER}]
    (folder / "clean" / "dump.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    (folder / "pages").mkdir()
    (folder / "pages" / "spun.txt").write_text(SPUN)
    (folder / "pages" / "honest.txt").write_text(HONEST)
    return folder


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["sources", *args], prog_name="restore")
    return done.exit_code, done.stderr


def found(out: Path) -> dict[str, list[str]]:
    reports = [json.loads(line) for line in (out / "sources.jsonl").read_text().splitlines()]
    return {r["suspect"]: [s["source"] for s in r["sources"]] for r in reports}


def test_copies_are_traced_and_shown(inputs: Path) -> None:
    status, stderr = run("pages", "--references", "clean", "-o", "out")
    assert status == 0, stderr
    assert "1 of 2 texts were copied" in stderr
    assert found(inputs / "out") == {"honest.txt": [], "spun.txt": ["bridge"]}
    assert json.loads((inputs / "out" / "summary.json").read_text()) == {"suspects": 2, "copied": 1, "references": 2}
    assert "<del>discovered</del>" in (inputs / "out" / "sources.html").read_text()


def test_an_index_is_kept_and_used_again(inputs: Path) -> None:
    assert run("pages", "--references", "clean", "--save-index", "index", "-o", "one")[0] == 0
    (inputs / "clean" / "dump.jsonl").unlink()
    assert run("pages", "--references", "index", "-o", "two")[0] == 0
    assert found(inputs / "two") == found(inputs / "one")


def test_wrong_paths_are_named(inputs: Path) -> None:
    assert run("pages", "--references", "nowhere", "-o", "out") == (
        2,
        "restore: nowhere: no such folder or file; --references takes clean texts, or an index of them\n",
    )
    status, stderr = run("nothing*", "--references", "clean", "-o", "out")
    assert status == 2
    assert "nothing*" in stderr
    assert not (inputs / "out").exists()
