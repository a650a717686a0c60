"""A client of ``restore serve``, in nothing but Python.

restore serve &
python examples/client.py article.txt              # the restored text
python examples/client.py one.txt two.txt          # several in one request: a line on each
python examples/client.py --lines < lines.txt      # a text a line, streamed: a restored line each

Copy it into your own program, or start from it: docs/http.md says what each status means.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, RemoteDisconnected
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Client", "Refused"]

Result = dict[str, Any]
"""One result, as ``restore --format json`` prints it."""

BUSY = (429, 503)
"""Statuses of a server that will answer later."""

_FOR_GOOD = 7 * 86_400.0
"""Time limit of a stream in seconds: sending waits for as long as whoever takes the results likes."""


class Refused(Exception):
    """The server has answered with an error.

    :param status: Its status.
    :param message: What is wrong, and what to do about it.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class Client:
    """Talks to one server over one connection, so give each thread a client of its own.

    Options are those of the command line: ``fpr``, ``threshold``, ``quotes``, ``ignore_words``.

    :param address: The server's address.
    :param token: Its token; empty for none.
    :param attempts: How often to ask a server that is busy.
    :param seconds: How long to wait for an answer: longer than the server's own limit (``--timeout``).
    """

    def __init__(
        self, address: str = "http://127.0.0.1:8000/", token: str = "", attempts: int = 5, seconds: float = 90.0
    ) -> None:
        self._address = urlsplit(address)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._attempts = attempts
        self._seconds = seconds
        self._connection = self._connected()

    def restore(self, text: str, **options: object) -> Result:
        """Restore one text.

        :param text: The text.
        :param options: What to decide by.
        :return: Its result.
        :raises Refused: if the server cannot or will not.
        """
        result: Result = self._answer("v1/restore", {"text": text, **options})
        return result

    def restore_many(self, texts: Sequence[str], **options: object) -> list[Result]:
        """Restore several texts in one request; for more than a server takes at once, or for very many, stream them.

        :param texts: The texts.
        :param options: What to decide by.
        :return: Their results, in order.
        :raises Refused: if the server cannot or will not: then there is none of any.
        """
        results: list[Result] = self._answer("v1/restore", {"texts": list(texts), **options})
        return results

    def stream(self, texts: Iterable[str], **options: object) -> Iterator[Result]:
        """Restore any number of texts; neither side ever holds more than a few of them.

        The server takes nothing more in while answers wait to be read. So a thread sends, and this reads meanwhile.
        (Python's TLS is not made for that: over https, use an asynchronous client.)

        :param texts: The texts. They are taken from a thread.
        :param options: What to decide by.
        :return: A result each, in order; for a text that could not be restored an object with ``line`` and ``error``.
        :raises Refused: if the server will not.
        """
        # The head of the answer comes before anything was sent, so that a server that is busy has cost no text.
        with closing(self._connected()) as connection, self._asked(connection, "v1/stream", None) as response:
            connection.sock.settimeout(_FOR_GOOD)
            fault: list[BaseException] = []
            Thread(target=_send, args=(connection, texts, options, fault), daemon=True).start()
            try:
                for line in response:
                    yield json.loads(line)
            except HTTPException:
                if not fault:
                    raise
            finally:
                _cut(connection)
            if fault:
                raise fault[0]

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _connected(self) -> HTTPConnection:
        kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
        return kind(self._address.hostname or "127.0.0.1", self._address.port, timeout=self._seconds)

    def _answer(self, path: str, asked: dict[str, object]) -> Any:  # noqa: ANN401 - anything that JSON can hold
        with self._asked(self._connection, path, json.dumps(asked).encode()) as response:
            return json.loads(response.read())

    def _asked(self, connection: HTTPConnection, path: str, body: bytes | None) -> HTTPResponse:
        """Ask until the server is not busy; the answer is a good one."""
        for left in range(self._attempts)[::-1]:
            try:
                response = self._once(connection, path, body)
            except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):  # it was idle for too long
                connection.close()
                if not left:
                    raise
                continue
            if response.status == 200:
                return response
            message = _message(response.read())
            connection.close()
            if response.status not in BUSY or not left:
                raise Refused(response.status, message)
            time.sleep(float(response.headers.get("Retry-After", 1)))
        msg = f"attempts must be at least 1, got {self._attempts}"
        raise ValueError(msg)

    def _once(self, connection: HTTPConnection, path: str, body: bytes | None) -> HTTPResponse:
        path = f"{self._address.path.rstrip('/')}/{path}"
        if body is None:
            headers = {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked", **self._headers}
            connection.putrequest("POST", path)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
        else:
            connection.request("POST", path, body, {"Content-Type": "application/json", **self._headers})
        return connection.getresponse()


def _send(
    connection: HTTPConnection, texts: Iterable[str], options: dict[str, object], fault: list[BaseException]
) -> None:
    """Send a line for each text, as chunks of a body."""
    try:
        for text in texts:
            line = json.dumps({"text": text, **options}).encode() + b"\n"
            connection.send(b"%x\r\n%s\r\n" % (len(line), line))
        connection.send(b"0\r\n\r\n")
    except OSError:  # whoever reads learns from the answer why the server wants no more
        pass
    except BaseException as error:  # the texts' own: it belongs to whoever gave them
        fault.append(error)
        _cut(connection)


def _cut(connection: HTTPConnection) -> None:
    """End a connection that the other thread may be waiting at."""
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):  # not from the server itself: a proxy's page
        return body[:200].decode("utf-8", "replace")


def main() -> int:
    """Restore what the command line names.

    :return: 0, or 2 if something could not be restored.
    """
    parser = argparse.ArgumentParser(description="Restore texts by a server.")
    parser.add_argument("files", nargs="*", type=Path, help="texts in UTF-8")
    parser.add_argument("--lines", action="store_true", help="restore each line of standard input")
    parser.add_argument("--url", default="http://127.0.0.1:8000/", help="the server's address")
    asked = parser.parse_args()
    try:
        with Client(asked.url, os.environ.get("RESTORE_TOKEN", "")) as client:
            return _lines(client) if asked.lines else _files(client, asked.files)
    except (OSError, ValueError, HTTPException, Refused) as error:
        print(error, file=sys.stderr)
        return 2


def _files(client: Client, paths: Sequence[Path]) -> int:
    texts = [path.read_bytes().decode("utf-8") for path in paths]
    if len(texts) == 1:
        sys.stdout.buffer.write(client.restore(texts[0])["restored"].encode())
        return 0
    for path, result in zip(paths, client.restore_many(texts), strict=True):
        share = result["document"]["spun_probability"]
        edits = sum(finding["applied"] for finding in result["findings"])
        print(f"{path}: {edits} edits, spun with a probability of {share:.0%}")
    return 0


def _lines(client: Client) -> int:
    status = 0
    for result in client.stream(line.rstrip("\n") for line in sys.stdin):
        if "error" in result:
            print(f"line {result['line']}: {result['error']}", file=sys.stderr)
            status = 2
        else:
            print(result["restored"])
    return status


if __name__ == "__main__":
    sys.exit(main())
