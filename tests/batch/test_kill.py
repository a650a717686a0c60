"""The command itself, killed and given again; with the shipped model, in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.batch.test_runner import CLEAN, SPUN, contents

RECORDS = 1500


def command(out: Path, source: Path) -> list[str]:
    return [sys.executable, "-m", "restorer", "batch", str(source), "-o", str(out), "--workers", "2", "--quiet"]


def family(pid: int) -> set[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return set()
    return {pid}.union(*(family(int(child)) for child in children))


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_run_ends_like_another_and_leaves_no_process_behind(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    lines = [json.dumps({"id": i, "text": SPUN if i % 2 else CLEAN}) for i in range(RECORDS)]
    lines[7] = "{broken"
    (source / "dump.jsonl").write_text("\n".join(lines) + "\n")
    (source / "page.html").write_text("<html><body>" + f"<p>{SPUN} {CLEAN}</p>" * 20 + "</body></html>")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    done = subprocess.run(command(whole, source), stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "1 bad records" in done.stderr
    started: set[int] = set()
    for parts in (1, 8, 16):
        process = subprocess.Popen(command(killed, source), stderr=subprocess.DEVNULL)
        while process.poll() is None and len(list(killed.glob(".restore/*/*.jsonl.zst"))) < parts:
            started |= family(process.pid)
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    last = subprocess.run(command(killed, source), stderr=subprocess.DEVNULL, check=False)
    assert last.returncode == 1
    assert contents(killed) == contents(whole)
    deadline = time.monotonic() + 10
    while any(map(running, started)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in started if running(pid)]
