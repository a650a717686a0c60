"""The documentation says what the program does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

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
