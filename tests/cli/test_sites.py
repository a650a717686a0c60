from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from restorer.cli.app import app
from tests.sites.runs import page, write_run


def run(*args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["sites", *args], prog_name="restore")
    return done.exit_code, done.stdout, done.stderr


def test_every_form_of_the_answer(folder: Path) -> None:
    write_run(folder / "run", [page(f"https://a.com/{i}", 1.0, 0.3) for i in range(40)] + [page("https://b.com/")])
    status, text, _ = run("run", "--html", "report.html")
    assert status == 0
    assert [line.split()[0] for line in text.splitlines()[1:3]] == ["a.com", "b.com"]
    assert "<title>Spun sites</title>" in (folder / "report.html").read_text()
    assert [site["domain"] for site in json.loads(run("run", "--format", "json")[1])["sites"]] == ["a.com", "b.com"]
    assert run("run", "--blocklist", "uBlock")[1].splitlines()[-1] == "||a.com^"
    assert run("run", "--blocklist", "hosts", "-o", "hosts.txt")[1] == ""
    assert (folder / "hosts.txt").read_text().endswith("0.0.0.0 a.com\n0.0.0.0 www.a.com\n")


def test_wrong_values_are_named(folder: Path) -> None:
    write_run(folder / "run", [page("https://a.com/")])
    assert run("nowhere")[0] == 2
    assert "nowhere: holds no documents.parquet" in run("nowhere")[2]
    assert "got 1e-09; try 0.001" in run("run", "--fpr", "1e-9")[2]
    assert "least-share must be between 0 and 1, got 3.0" in run("run", "--blocklist", "csv", "--least-share", "3")[2]
