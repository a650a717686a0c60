"""``restore serve`` in a process of its own, for tests and pictures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.serve.workers import PATIENCE

__all__ = ["Live", "command", "served"]


@dataclass(frozen=True)
class Live:
    """A server that takes requests.

    :param process: Its process.
    :param address: Where it listens.
    :param client: Sends it requests.
    """

    process: subprocess.Popen[str]
    address: str
    client: httpx.Client

    @property
    def port(self) -> int:
        """The port."""
        found = urlsplit(self.address).port
        assert found is not None
        return found

    def ended(self) -> tuple[int, str]:
        """Wait for its end; exit status, and what it has said since it took requests."""
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        return self.process.wait(), said


def command(*options: str, start: Sequence[str] = ("-m", "restorer")) -> list[str]:
    """The command line of a server on a free port, with one worker if the options do not say otherwise."""
    return [sys.executable, *start, "serve", "--port", "0", "--workers", "1", *options]


@contextmanager
def served(*options: str, folder: Path, start: Sequence[str] = ("-m", "restorer")) -> Iterator[Live]:
    """A server, which is ended in good order after it."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command(*options, start=start), stderr=subprocess.PIPE, text=True, cwd=folder, env=environment
    ) as process:
        assert process.stderr is not None
        address = ""
        for said in process.stderr:
            if said.startswith("review page"):
                address = said.split()[-1]
            if said.startswith("HTTP API"):
                break
        else:
            msg = "the server ended while it started"
            raise RuntimeError(msg)
        try:
            with httpx.Client(base_url=address, timeout=PATIENCE) as client:
                yield Live(process, address, client)
        finally:
            process.terminate()
            process.stderr.read()
