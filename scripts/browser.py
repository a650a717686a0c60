"""A real server and Debian's Chromium, for pictures and tests of the review page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["FLAGS", "chromium", "served"]

# The first lets root start it, as in a container; the others keep it from asking for anything on the network.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def chromium() -> str | None:
    """Path of the browser: what the environment variable CHROMIUM names, or the one that is installed.

    :return: The path, None when there is none.
    """
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def served(*options: str, folder: Path) -> Iterator[str]:
    """A server with the shipped model on a free port.

    :param options: Further options of ``restore serve``.
    :param folder: Its working folder.
    :return: Its address.
    :raises RuntimeError: if it ends while it starts.
    """
    command = [sys.executable, "-m", "restorer", "serve", "--port", "0", "--workers", "1", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if line.startswith("review page"):
                break
        else:
            msg = f"the server ended while it started: {said}"
            raise RuntimeError(msg)
        try:
            yield line.split()[-1]
        finally:
            process.terminate()
            process.stderr.read()
