"""Servers for tests: the real one over the fake model, and one that answers what it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import uvicorn

from restorer import Restorer
from restorer.config import Settings
from restorer.serve.app import create_app, make_service
from restorer.serve.limits import Limits
from restorer.serve.worker import Work
from tests.fakes import FakeModel

__all__ = ["Script", "fake", "scripted", "serving"]

_BUFFER = 4096
"""Asked of the server's sockets, so that a stream need not be long to be more than they hold."""


def fake(settings: Settings) -> Restorer:
    """What a worker loads."""
    return Restorer(FakeModel(), settings)


@contextmanager
def serving(limits: Limits | None = None, token: str = "") -> Iterator[str]:
    """A server with one worker; its address."""
    app = create_app(make_service(Work(Settings(), load=fake), workers=1, limits=limits), token=token)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):  # whoever is accepted has them from here
        listener.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"  # who comes too soon waits in the listener's queue
    finally:
        server.should_exit = True
        thread.join()


@dataclass
class Script:
    """What a scripted server answers in turn, and what it was asked.

    :param answers: Status, headers and body of each answer.
    :param hang_up: End each connection after an answer, without saying so in it.
    """

    answers: Sequence[tuple[int, dict[str, str], bytes]]
    hang_up: bool = False
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def scripted(script: Script) -> Iterator[str]:
    """A server that follows a script; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, answer = script.answers[len(script.asked)]
            script.asked.append((self.path, dict(self.headers), body))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)
            self.close_connection = script.hang_up

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
