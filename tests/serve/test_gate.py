"""What every request passes, before an application that only says what reached it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx
import pytest

from restorer.serve.gate import CROWD, HEADERS, Gate, Message, Receive, Scope, Send
from restorer.serve.limits import Limits
from restorer.serve.metrics import Metrics

TOKEN = "very secret"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
SECRET = "the minister's illness"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body, or fail as the path says."""
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message["more_body"]:
            break
    if scope["path"] == "/fails":
        raise RuntimeError(SECRET)
    headers = [(b"content-security-policy", b"sandbox")] if scope["path"] == "/own" else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] == "/breaks":
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError(SECRET)
    await send({"type": "http.response.body", "body": body})


def gate(limits: Limits | None = None, *, token: str = "", hosts: frozenset[str] = frozenset()) -> Gate:
    return Gate(echo, limits or Limits(), Metrics(), token, hosts)


def ask(
    app: Gate,
    path: str = "/",
    *,
    method: str = "POST",
    host: str = "localhost",
    **given: Any,  # noqa: ANN401 - as httpx
) -> httpx.Response:
    async def scenario() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.request(method, path, **{"headers": {"host": host}, **given})

    return asyncio.run(scenario())


def said(response: httpx.Response) -> str:
    data = response.json()
    assert list(data) == ["error"]
    return str(data["error"])


class Wire:
    """A connection played by hand: what comes in, then silence; what went out."""

    def __init__(self, *messages: Message) -> None:
        self._incoming = list(messages)
        self.taken = 0
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if self.taken == len(self._incoming):
            await asyncio.Event().wait()
        self.taken += 1
        return self._incoming[self.taken - 1]

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


def play(app: Gate, wire: Wire, *, path: str = "/", headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    scope = {"type": "http", "method": "POST", "path": path, "headers": [(b"host", b"localhost"), *headers]}
    asyncio.run(app(scope, wire.receive, wire.send))


def piece(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def test_a_body_reaches_the_application_whole_however_it_came() -> None:
    assert ask(gate(Limits(body_bytes=6)), content=pieces(b"ab", b"", b"cdef")).content == b"abcdef"


def test_a_body_announced_as_too_long_is_refused_before_any_of_it_is_read() -> None:
    wire = Wire(piece(b"x" * 11, more=False))
    play(gate(Limits(body_bytes=10)), wire, headers=[(b"content-length", b"11")])
    assert (wire.status, wire.taken) == (413, 0)
    assert b"longer than 10 bytes" in wire.sent[1]["body"]


@pytest.mark.parametrize("length", [b"9" * 5000, b"-1", b"1e3", "²".encode("latin-1"), b""])
def test_a_length_that_is_no_length_is_refused(length: bytes) -> None:
    wire = Wire(piece(b"", more=False))
    play(gate(), wire, headers=[(b"Content-Length", length)])
    assert wire.status == 413


def test_a_body_without_a_length_is_read_no_further_than_the_limit() -> None:
    wire = Wire(*(piece(b"x" * 4) for _ in range(50)))
    play(gate(Limits(body_bytes=10)), wire)
    assert (wire.status, wire.taken) == (413, 3)


def test_a_body_that_does_not_come_in_is_given_up() -> None:
    wire = Wire(piece(b"a"))
    play(gate(Limits(body_seconds=0.05)), wire)
    assert (wire.status, wire.headers[b"connection"]) == (408, b"close")


def test_a_request_whose_connection_ends_half_way_goes_no_further() -> None:
    wire = Wire(piece(b"a"), {"type": "http.disconnect"})
    play(gate(), wire)
    assert wire.status == 400


def test_while_bodies_of_many_come_in_others_are_told_to_come_again_and_the_state_can_be_asked_for() -> None:
    app = gate(Limits(requests=1))

    async def scenario() -> None:
        scope = {"type": "http", "method": "POST", "path": "/v1/restore", "headers": []}
        hanging = [asyncio.create_task(app(scope, Wire(piece(b"a")).receive, Wire().send)) for _ in range(CROWD)]
        await asyncio.sleep(0)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            refused = await client.post("/v1/restore", content=b"a")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
            assert "try again in a second" in said(refused)
            assert (await client.get("/healthz")).status_code == 200
            hanging[0].cancel()
            await asyncio.wait(hanging[:1])
            assert (await client.post("/v1/restore", content=b"a")).content == b"a"
        for task in hanging:
            task.cancel()
        await asyncio.wait(hanging)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer no", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN} x", "Bearer \xff\xfe"]
)
def test_without_the_token_a_request_goes_no_further(header: str | None) -> None:
    headers = {} if header is None else {"authorization": header.encode("latin-1")}
    response = ask(gate(token=TOKEN), "/v1/restore", headers=headers)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert TOKEN not in said(response)


@pytest.mark.parametrize("kind", ["Bearer", "bearer"])
def test_with_the_token_it_does(kind: str) -> None:
    response = ask(gate(token=TOKEN), "/v1/restore", headers={"authorization": f"{kind} {TOKEN}"}, content=b"x")
    assert response.content == b"x"


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/static/main.js"])
def test_the_page_and_the_state_need_no_token(path: str) -> None:
    assert ask(gate(token=TOKEN), path, method="GET").status_code == 200


@pytest.mark.parametrize(
    "path", ["/metrics", "/openapi.json", "/v1/model", "/static", "//", "/healthz/", "/review/text"]
)
def test_everything_else_does(path: str) -> None:
    wire = Wire(piece(b"", more=False))
    play(gate(token=TOKEN), wire, path=path)
    assert wire.status == 401


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:80", "[::1]", "[::1]:8000"])
def test_a_server_of_this_machine_goes_by_its_own_names(host: str) -> None:
    assert ask(gate(hosts=LOCAL), host=host).status_code == 200


@pytest.mark.parametrize(
    "host", ["rebound.example", "rebound.example:8000", "localhost.rebound.example", "", "127.0.0.2"]
)
def test_and_by_no_stranger_s(host: str) -> None:
    response = ask(gate(hosts=LOCAL), host=host)
    assert response.status_code == 400
    assert "address it as 127.0.0.1" in said(response)


def test_without_names_any_will_do() -> None:
    assert ask(gate(), host="anything.example").status_code == 200


def test_a_page_of_another_site_may_not_send_anything() -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert ask(gate(), headers=headers).status_code == 403
    assert ask(gate(), method="GET", headers=headers).status_code == 200, "a link to the page from elsewhere works"
    assert ask(gate(), headers={"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/fails"])
def test_every_answer_has_the_headers_that_keep_others_out(path: str) -> None:
    response = ask(gate(), path)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS


def test_a_refusal_has_them_too() -> None:
    response = ask(gate(token=TOKEN), "/v1/model")
    assert {name: response.headers[name] for name in HEADERS} == HEADERS


def test_a_policy_of_a_route_s_own_stays() -> None:
    response = ask(gate(), "/own")
    assert response.headers.get_list("content-security-policy") == ["sandbox"]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_ours_is_answered_and_logged_without_what_it_was_about(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    response = ask(gate(), "/fails")
    assert response.status_code == 500
    assert SECRET not in response.text
    assert "RuntimeError at test_gate.py" in caplog.text
    assert SECRET not in caplog.text


def test_an_answer_that_fails_half_way_is_not_finished_as_if_it_were_whole() -> None:
    wire = Wire(piece(b"", more=False))
    play(gate(), wire, path="/breaks")
    assert [m["type"] for m in wire.sent] == ["http.response.start", "http.response.body"]
    assert wire.sent[-1]["more_body"]


def test_what_the_application_gives_up_is_counted() -> None:
    app = gate()
    ask(app, "/fails")
    assert b'restorer_requests_total{route="none",status="500"} 1.0' in app.metrics.text()


def test_a_refusal_says_why_in_json() -> None:
    wire = Wire(piece(b"", more=False))
    play(gate(token=TOKEN), wire, path="/v1/model")
    body = wire.sent[1]["body"]
    assert int(wire.headers[b"content-length"]) == len(body)
    assert "Authorization: Bearer TOKEN" in json.loads(body)["error"]
