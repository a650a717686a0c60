"""What every request passes: token and host on the way in, the body within its limits, headers on the way out.

A body is read here, as a whole and under a time limit, before anything looks at it; the stream's is not, it has limits
of its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from hmac import compare_digest
from time import perf_counter
from typing import Any

from restorer.serve.limits import Limits
from restorer.serve.metrics import Metrics
from restorer.serve.worker import frames_of

__all__ = ["FAULT", "OPEN", "Gate", "problem"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = ("/", "/healthz", "/readyz")
"""Paths that need no token, beside those under ``/static/``: none of them says anything of a text."""

STREAMED = ("/v1/stream",)

FAULT = "internal error; please report what you asked for"
"""Said of a fault of ours."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing is loaded from elsewhere, no script or style stands in a page, and no string becomes markup in one."""

HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""Set where a route has not set its own."""

_DIGITS = 18
"""Most digits of a length: Python reads no number of thousands of them, and no body is that long."""

CROWD = 2
"""Requests whose bodies may come in at once, for each that may be answered: what they hold is memory too."""

_log = logging.getLogger(__name__)


class _Refused(Exception):
    """The request goes no further."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


def problem(message: str) -> bytes:
    """The body of every answer that is an error.

    :param message: What is wrong, with the remedy.
    :return: JSON.
    """
    return json.dumps({"error": message}).encode()


@dataclass(slots=True)
class Gate:
    """Stands before the application.

    :param app: The application.
    :param limits: What is refused.
    :param metrics: Counts requests.
    :param token: The bearer token to ask for; empty for none.
    :param hosts: Names under which this server is to be addressed; empty for any. A page of a stranger's whose name
        resolves to this machine (DNS rebinding) has another one.
    """

    app: App
    limits: Limits
    metrics: Metrics
    token: str = field(default="", repr=False)
    hosts: frozenset[str] = frozenset()
    _inside: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        :param scope: ASGI's.
        :param receive: ASGI's.
        :param send: ASGI's.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        out = _Outgoing(send)
        started = perf_counter()
        self._inside += 1
        try:
            self._check(scope)
            body = None if scope["path"] in STREAMED else await self._body(scope, receive)
            await self.app(scope, receive if body is None else _replayed(body, receive), out)
        except _Refused as refused:
            await out.refuse(refused.status, str(refused), refused.headers)
        except Exception as error:  # an exception's message may hold a piece of the text: it is not logged
            _log.error("internal error, %s at %s", type(error).__name__, frames_of(error))
            await out.refuse(500, FAULT)
        finally:
            self._inside -= 1
            self._count(scope, out.status, perf_counter() - started)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if route != "none" else "any"
        self.metrics.requests.labels(route, status).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        _log.info("%s %s %d %.0f ms", method, route, status, seconds * 1000)

    def _check(self, scope: Scope) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = _hostname(headers.get(b"host", ""))
        if self.hosts and host not in self.hosts:
            raise _Refused(400, f"host {host!r} is not this server's; address it as {sorted(self.hosts)[0]}")
        if headers.get(b"sec-fetch-site") == "cross-site" and scope["method"] != "GET":
            raise _Refused(403, "a page of another site may not use this server")
        path = scope["path"]
        if self._inside > CROWD * self.limits.requests and path not in OPEN:
            raise _Refused(503, "too many requests come in at once; try again in a second", {"retry-after": "1"})
        if self.token and path not in OPEN and not path.startswith("/static/"):
            kind, _, given = headers.get(b"authorization", "").partition(" ")
            if kind.lower() != "bearer" or not compare_digest(given.strip().encode(), self.token.encode()):
                raise _Refused(
                    401,
                    "this server asks for a token; send the header Authorization: Bearer TOKEN",
                    {"www-authenticate": "Bearer"},
                )

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        too_long = _Refused(
            413, f"the body is longer than {self.limits.body_bytes:,} bytes; send less at once, or use /v1/stream"
        )
        length = next((v for k, v in scope["headers"] if k.lower() == b"content-length"), b"0")
        if not length.isdigit() or len(length) > _DIGITS or int(length) > self.limits.body_bytes:
            raise too_long
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Refused(400, "the connection ended before the body did")
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    if size > self.limits.body_bytes:
                        raise too_long
                    if not message.get("more_body", False):
                        return b"".join(pieces)
        except TimeoutError as error:
            msg = f"the body did not come in within {self.limits.body_seconds:g} s; send less at once"
            raise _Refused(408, msg, {"connection": "close"}) from error


def _hostname(host: str) -> str:
    """A Host header without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).strip("[]").lower()


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message, and whatever comes after it."""
    messages: Iterable[Message] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def replay() -> Message:
        return next(iter(messages), None) or await receive()

    return replay


@dataclass(slots=True)
class _Outgoing:
    """Sends an answer with the headers that every one has."""

    send: Send
    status: int = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            present = {name.lower() for name, _ in headers}
            headers += [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in present]
            message = {**message, "headers": headers}
        await self.send(message)

    async def refuse(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        """Answer with an error; an answer that has begun is cut off, so that nobody takes it for a whole one."""
        if self.status:
            return
        body = problem(message)
        own = {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}
        await self(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(k.encode(), v.encode()) for k, v in own.items()],
            }
        )
        await self({"type": "http.response.body", "body": body})
