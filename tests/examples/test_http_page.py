"""What docs/http.md shows runs as it stands there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
HERE = "http://127.0.0.1:8000/"
COMMANDS = re.findall(r"^```bash\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(SCRIPT,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("sh"), reason="needs curl")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_curl_command_runs(command: str, address: str, folder: Path) -> None:
    assert command.count(HERE) == 1
    done = subprocess.run(
        ["sh", "-euc", command.replace(HERE, address)], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if "report.html" in command:
        assert "Ministers" in (folder / "report.html").read_text(encoding="utf-8")
    else:
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert answers
        assert ["error" in answer for answer in answers] == [False, True, False][: len(answers)]


def test_the_clients_lines_run(address: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("lines.txt").write_text("He mentioned it.\nNothing odd.", encoding="utf-8")
    exec(compile(SCRIPT.replace(HERE, address), "docs/http.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("He said boots on the bottom. ")
    assert [line for line in lines[1:] if line] == ["He said it.", "Nothing odd."]
