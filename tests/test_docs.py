"""The documentation says what the program does."""

from __future__ import annotations

import os
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
