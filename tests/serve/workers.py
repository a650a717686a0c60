"""Workers for tests: the fake model, and texts and jobs that hold, break or end the process that is at them.

A text that begins with one of the words below is an order to the worker: ``hold PORT`` calls there and goes on once the
other end hangs up, ``die`` ends the process, ``die-once PATH`` ends it the first time, ``fail`` raises an exception
that has the text in its message.
"""

from __future__ import annotations

import os
import socket
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from restorer.config import Settings
from restorer.engine import Restorer
from restorer.errors import ModelFormatError, SettingsError
from restorer.serve.jobs import Answer, Desk
from restorer.types import Document, Result
from tests.fakes import FakeModel

__all__ = [
    "PATIENCE",
    "Hold",
    "Order",
    "obedient",
    "stillborn",
    "unloadable",
]

PATIENCE = 60.0
"""Seconds after which a test that waits for something has failed; nothing that works takes nearly as long."""


def obey(text: str) -> None:
    """Do what a text orders."""
    order, _, argument = text.partition(" ")
    if order == "hold":
        with socket.create_connection(("127.0.0.1", int(argument.split()[0])), PATIENCE) as line:
            line.recv(1)
    elif order == "die":
        os._exit(9)
    elif order == "die-once" and not Path(argument).exists():
        Path(argument).touch()
        os._exit(9)
    elif order == "fail":
        raise ValueError(text)
    elif order == "refuse":
        raise SettingsError(text)


class _Obedient(Restorer):
    def restore(self, text: str | Document) -> Result:
        obey(text.text if isinstance(text, Document) else text)
        return super().restore(text)


def obedient(settings: Settings) -> Restorer:
    """A restorer with the fake model that does what texts order."""
    return _Obedient(FakeModel(), settings)


def unloadable(settings: Settings) -> Restorer:
    """A restorer whose model cannot be loaded."""
    msg = "models/odd: the model cannot be read; export it again"
    raise ModelFormatError(msg)


def stillborn(settings: Settings) -> Restorer:
    """A worker whose process ends while it starts."""
    os._exit(9)


@dataclass(frozen=True)
class Order:
    """A job that does what its text orders and answers with it and with the process it was done in.

    :param text: The text.
    :param size: How much work it says it is.
    """

    text: str
    size: int = 10

    def run(self, desk: Desk) -> Answer:
        """Do it."""
        obey(self.text)
        return Answer(f"{self.text} {os.getpid()}".encode(), words=1)


class Hold(AbstractContextManager["Hold"]):
    """What holds a worker from within a test; at the end of the context it goes on."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE)
        self._lines: list[socket.socket] = []

    @property
    def text(self) -> str:
        """The text that is held."""
        return f"hold {self._listener.getsockname()[1]} mentioned"

    def begun(self) -> None:
        """Wait until a worker is at the text."""
        self._lines.append(self._listener.accept()[0])

    def release(self) -> None:
        """Let all go on who are held now."""
        while self._lines:
            self._lines.pop().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._listener.close()
