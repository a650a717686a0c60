"""The documentation says what the program does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from restorer.config import Settings
from restorer.serve.app import create_app, make_service
from restorer.serve.examples import ERRORS
from restorer.serve.metrics import Metrics
from restorer.serve.openapi import describe
from restorer.serve.options import Options
from restorer.serve.worker import Work

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("columns", ["40", "200"])
def test_cli_page_is_the_help_at_any_terminal_width(columns: str) -> None:
    environ = {**os.environ, "COLUMNS": columns, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "scripts" / "cli_docs.py"), "--check"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_readme_tables_are_the_committed_results() -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "scripts" / "readme_tables.py"), "--check"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


DOCS = [f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")]
PAGES = ["README.md", "CONTRIBUTING.md", "benchmarks/README.md", *DOCS]


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def rows_of(page: str, heading: str = "") -> str:
    """The rows of a page's tables, of all or of the part under a heading."""
    text = (ROOT / page).read_text(encoding="utf-8")
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0] if heading else text
    return "\n".join(line for line in part.splitlines() if line.startswith("|"))


def test_http_page_lists_the_routes_that_there_are() -> None:
    app = create_app(make_service(Work(Settings()), workers=1)).app
    described = describe(app, token=False)["paths"]  # type: ignore[arg-type]
    there = {f"{method.upper()} {path}" for path, operations in described.items() for method in operations}
    assert set(re.findall(r"`((?:GET|POST) \S+)`", rows_of("docs/http.md"))) == there


def test_http_page_lists_the_counters_that_there_are() -> None:
    names = re.findall(r"^# HELP (\S+)", Metrics().text().decode(), re.MULTILINE)
    there = {name for name in names if not name.endswith("_created")}
    assert set(re.findall(r"`(restorer_\w+)`", rows_of("docs/http.md", "Metrics"))) == there


def test_http_page_says_what_to_do_about_every_status() -> None:
    first_cells = [row.split("|")[1] for row in rows_of("docs/http.md", "Statuses").splitlines()]
    assert {str(status) for status in ERRORS} <= set(re.findall(r"\b\d{3}\b", " ".join(first_cells)))


def test_http_page_lists_every_option_of_a_request() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", rows_of("docs/http.md", "Texts"), re.MULTILINE)
    assert set(Options.model_fields) <= set(listed)
