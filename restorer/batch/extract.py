"""The main text of a page, found by trafilatura in a helper process.

A page may keep a parser busy for minutes, or bring its process down; then the helper is ended and the page is a bad
record. Signals would not do: they are only heeded between two steps of Python, and a parser is one long step.
"""

from __future__ import annotations

import json
import os
import selectors
import struct
import subprocess
import sys
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO

from restorer.batch.charset import decode_page
from restorer.errors import ExtractionError, MissingDependencyError

__all__ = ["Extractor", "Page"]

LENGTH = struct.Struct(">Q")
"""What goes before each message between the two processes: its length in bytes."""

_PIECE = 1 << 16

_START = 300.0
"""Seconds in which the helper must be up: not the page's fault, however busy the machine is."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is in a page.

    :param text: The main text, a line a paragraph.
    :param title: Its title, empty where it has none.
    :param date: ISO date, empty where it has none.
    :param url: Address that the page gives itself, empty where it gives none.
    """

    text: str
    title: str = ""
    date: str = ""
    url: str = ""


class Extractor(AbstractContextManager["Extractor"]):
    """Holds the helper process, which starts with the first page."""

    def __init__(self, seconds: float = 20.0) -> None:
        """Set up; nothing starts yet.

        :param seconds: Time limit for a page.
        """
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the helper."""
        self.close()

    def close(self) -> None:
        """End the helper; the next page starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()

    def extract(self, data: bytes, *, charset: str = "") -> Page:
        """Find a page's main text.

        :param data: The page.
        :param charset: The character set that its surroundings named, empty where none did.
        :return: Its text and what it says of itself.
        :raises ExtractionError: if it has no main text, or the search for it takes too long or breaks down.
        :raises MissingDependencyError: if trafilatura is not installed.
        """
        answer = self._ask(decode_page(data, charset)[0])
        if "error" in answer:
            raise ExtractionError(answer["error"])
        return Page(**answer)

    def _ask(self, page: str) -> dict[str, str]:
        # Broken bytes are told apart as the one character that stands for them.
        body = page.encode("utf-8", "surrogateescape")
        try:
            process = self._started()
            assert process.stdin is not None
            deadline = monotonic() + self._seconds
            process.stdin.write(LENGTH.pack(len(body)) + body)
            process.stdin.flush()
            return _answer(process, deadline)
        except TimeoutError as error:
            self.close()
            msg = f"finding the page's text took longer than {self._seconds:g} s; raise --page-seconds"
            raise ExtractionError(msg) from error
        except (OSError, EOFError, ValueError) as error:
            self.close()
            msg = "finding the page's text broke down (out of memory?)"
            raise ExtractionError(msg) from error

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None:
            return self._process
        # It ends at the end of its input, and so with this process, however that ends. An interrupt at the terminal is
        # not for it: the page at work would be taken for one that broke it. And no module of its working folder is for
        # it either, whatever lies there (-P).
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "restorer.batch.extract_helper", str(self._seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)},
        )
        if missing := _answer(self._process, monotonic() + _START).get("missing"):
            self.close()
            msg = f"pages of HTML need {missing}, which is not installed; pip install 'restorer[batch]'"
            raise MissingDependencyError(msg)
        return self._process


def _answer(process: subprocess.Popen[bytes], deadline: float) -> dict[str, str]:
    assert process.stdout is not None
    (length,) = LENGTH.unpack(_read(process.stdout, LENGTH.size, deadline))
    answer: dict[str, str] = json.loads(_read(process.stdout, length, deadline))
    return answer


def _read(stream: IO[bytes], count: int, deadline: float) -> bytes:
    """So many bytes, or an error: too late, or the end."""
    pieces: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while count:
            if not selector.select(max(deadline - monotonic(), 0.0)):
                raise TimeoutError
            piece = os.read(stream.fileno(), min(count, _PIECE))
            if not piece:
                raise EOFError
            pieces.append(piece)
            count -= len(piece)
    return b"".join(pieces)
