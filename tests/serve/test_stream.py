"""A text a line in, a result a line out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import httpx
import pytest

from restorer.config import Settings
from restorer.engine import Restorer
from restorer.errors import SettingsError
from restorer.serve.gate import Message
from restorer.serve.limits import Limits
from restorer.serve.stream import lines
from restorer.types import Document
from tests.fakes import FakeModel
from tests.serve.conftest import Served, Serving
from tests.serve.workers import PATIENCE, Hold, Order


async def body(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def cut(pieces: AsyncIterator[bytes], most: int = 100, idle: float = PATIENCE) -> list[tuple[int, bytes]]:
    return [line async for line in lines(pieces, most, idle)]


@pytest.mark.parametrize(
    "pieces", [(b"a\nb\r\n\n  \nc",), (b"a", b"\n", b"b\r", b"\n\n  ", b"\nc"), tuple(b"a\nb\r\n\n  \nc\n".split(b"|"))]
)
def test_lines_are_the_same_wherever_the_body_is_cut_and_empty_ones_are_counted(pieces: tuple[bytes, ...]) -> None:
    assert asyncio.run(cut(body(*pieces))) == [(1, b"a"), (2, b"b"), (5, b"c")]


def test_a_line_that_never_ends_is_given_up() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 30

    with pytest.raises(SettingsError, match="longer than 100 bytes"):
        asyncio.run(cut(endless()))
    assert taken == 4


def test_a_body_in_which_nothing_comes_is_given_up() -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield b"a\n"
        await asyncio.Event().wait()

    with pytest.raises(SettingsError, match=r"nothing came in for 0\.05 s"):
        asyncio.run(cut(silent(), idle=0.05))


def restored(text: str, **settings: Any) -> dict[str, Any]:  # noqa: ANN401 - settings
    return Restorer(FakeModel(), Settings(**settings)).restore(Document(text)).to_dict()


def stream(server: Served, *texts: str | bytes) -> list[Any]:
    content = b"\n".join(t if isinstance(t, bytes) else json.dumps({"text": t}).encode() for t in texts)
    response = server.post("/v1/stream", content=content)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def test_lines_are_answered_in_order_as_single_texts_are(server: Served) -> None:
    texts = [f"Line {n} mentioned it." for n in range(50)]
    assert stream(server, *texts) == [restored(text) for text in texts]


def test_each_line_has_options_of_its_own(server: Served) -> None:
    text = "She mentioned it."
    asked = [{"text": text, "ignore_words": ["mentioned"]}, {"text": text, "path": "b"}, {"text": text, "fpr": 0.01}]
    answers = stream(server, *(json.dumps(line).encode() for line in asked))
    assert answers == [
        restored(text, ignore_words=frozenset({"mentioned"})),
        restored(text) | {"path": "b"},
        restored(text, fpr=0.01),
    ]


def test_an_empty_stream_has_no_answers(server: Served) -> None:
    assert stream(server) == []
    assert stream(server, b"\n\n") == []


def test_a_line_that_cannot_be_restored_says_so_by_its_number_and_the_others_are_answered(serving: Serving) -> None:
    server = serving(Limits(characters=200))
    bad = {
        2: (b"{", "is no JSON"),
        3: (b'{"text": "\xff"}', "is no JSON"),
        4: (b'{"text": 5}', "text must be a string, got 5"),
        5: (b'{"texts": ["a"]}', "texts is not among the fields"),
        6: (b"[]", "the body must be an object"),
        8: (json.dumps({"text": "x" * 201}).encode(), "text has 201 characters"),
        9: (b'{"text": "refuse this"}', "refuse this"),
        10: (b'{"text": "die"}', "internal error"),
        11: (b'{"text": "fail here"}', "internal error"),
        12: (b'{"text": "a", "fpr": 1, "threshold": 1}', "give one of them"),
        13: (b"[" * 100_000, "is no JSON"),
        14: (b'{"text": "a", "fpr": 1' + b"0" * 5000 + b"}", "is no JSON"),
    }
    given = [bad[n][0] if n in bad else b"" if n == 7 else b'{"text": "She mentioned it."}' for n in range(1, 17)]
    answers = stream(server, *given)
    numbers = [n for n in range(1, 17) if n != 7]
    for number, answer in zip(numbers, answers, strict=True):
        if number in bad:
            assert answer.keys() == {"line", "error"}
            assert answer["line"] == number
            assert bad[number][1] in answer["error"], number
        else:
            assert answer == restored("She mentioned it.")


def test_a_line_that_takes_too_long_says_so_and_the_next_is_answered(serving: Serving) -> None:
    with Hold() as hold:
        # The second line's worker may just have begun again, on a machine that has other work to do.
        answers = stream(serving(Limits(seconds=2.5)), hold.text, "She mentioned it.")
    assert answers[0] == {"line": 1, "error": "took longer than 2.5 s; send it again, or in parts"}
    assert answers[1] == restored("She mentioned it.")


def test_a_line_that_is_too_long_ends_the_stream_once_those_before_it_are_answered(serving: Serving) -> None:
    answers = stream(serving(Limits(body_bytes=100)), "She mentioned it.", b"x" * 101, "never looked at")
    assert answers[0] == restored("She mentioned it.")
    assert answers[1]["line"] == 2
    assert "longer than 100 bytes" in answers[1]["error"]
    assert len(answers) == 2


class Wire:
    """A stream's two ends played by hand."""

    def __init__(self, server: Served, incoming: Iterable[Message]) -> None:
        self._server = server
        self._incoming = iter(incoming)
        self.taken = 0
        self.sent: list[Message] = []
        self.begun = asyncio.Event()
        self.read = asyncio.Event()
        self.read.set()

    async def receive(self) -> Message:
        message = next(self._incoming, None)
        if message is None:
            await asyncio.Event().wait()
        assert message is not None
        self.taken += 1
        return message

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if message["type"] == "http.response.body":
            self.begun.set()
            await self.read.wait()

    def start(self) -> asyncio.Task[None]:
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/v1/stream", "raw_path": b"/v1/stream", "root_path": "", "query_string": b"",
            "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        return asyncio.create_task(self._server.app(scope, self.receive, self.send))

    @property
    def answers(self) -> list[Any]:
        return [json.loads(m["body"]) for m in self.sent if m.get("body")]


def piece(text: str, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": json.dumps({"text": text}).encode() + b"\n", "more_body": more}


def test_nothing_more_is_taken_in_while_nobody_reads_the_answers(server: Served) -> None:
    count = 200
    window = 2 * server.service.pool.workers + 3

    async def scenario(_: httpx.AsyncClient) -> None:
        wire = Wire(server, [*(piece(f"Line {n}.") for n in range(count)), {"type": "http.request", "body": b""}])
        wire.read.clear()
        task = wire.start()
        await wire.begun.wait()
        before = -1
        while before != wire.taken:  # until what was taken is all done, and no more is taken
            before = wire.taken
            await server.service.pool.answer(Order("another"), PATIENCE)
            await asyncio.sleep(0)
        assert 1 < wire.taken <= window
        wire.read.set()
        await asyncio.wait_for(task, PATIENCE)
        assert [answer["restored"] for answer in wire.answers] == [f"Line {n}." for n in range(count)]
        assert not wire.sent[-1].get("more_body")

    server.run(scenario)


def test_an_answer_goes_out_while_lines_still_come_in(server: Served) -> None:
    async def scenario(_: httpx.AsyncClient) -> None:
        wire = Wire(server, [piece("She mentioned it.")])
        task = wire.start()
        await asyncio.wait_for(wire.begun.wait(), PATIENCE)
        assert wire.answers == [restored("She mentioned it.")]
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    server.run(scenario)


@pytest.mark.parametrize(
    ("limits", "incoming", "line"),
    [
        (Limits(requests=1, body_seconds=0.05), [piece("a")], 2),
        (Limits(requests=1), [piece("a"), {"type": "http.disconnect"}], None),
        (Limits(requests=1), [{"type": "http.disconnect"}], None),
    ],
)
def test_a_stream_whose_lines_stop_coming_ends_and_gives_its_place_back(
    serving: Serving, limits: Limits, incoming: list[Message], line: int | None
) -> None:
    server = serving(limits)

    async def scenario(client: httpx.AsyncClient) -> None:
        wire = Wire(server, incoming)
        await asyncio.wait_for(wire.start(), PATIENCE)
        assert [a["line"] for a in wire.answers if "line" in a] == ([line] if line else [])
        assert (await client.post("/v1/restore", json={"text": "a"})).status_code == 200

    server.run(scenario)


def test_a_stream_holds_a_place_among_the_requests(serving: Serving) -> None:
    server = serving(Limits(requests=1))

    async def scenario(client: httpx.AsyncClient) -> None:
        wire = Wire(server, [piece("a")])
        task = wire.start()
        await asyncio.wait_for(wire.begun.wait(), PATIENCE)
        refused = [await client.post(path, json={"text": "a"}) for path in ("/v1/restore", "/v1/stream")]
        assert [r.status_code for r in refused] == [429, 429]
        assert all("retry-after" in r.headers for r in refused)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await client.post("/v1/restore", json={"text": "a"})).status_code == 200

    server.run(scenario)


def test_what_a_client_that_has_gone_still_had_in_the_queue_is_not_done(server: Served) -> None:
    async def scenario(_: httpx.AsyncClient) -> None:
        workers: list[Callable[[], None]] = []
        with Hold() as one, Hold() as other:
            for hold in (one, other):
                asyncio.create_task(server.service.pool.answer(Order(hold.text), PATIENCE))  # noqa: RUF006
                await asyncio.to_thread(hold.begun)
                workers.append(hold.release)
            before = server.service.metrics.text()
            wire = Wire(server, [piece("die"), piece("die")])
            task = wire.start()
            while wire.taken < 2:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            for release in workers:
                release()
        await server.service.pool.answers([Order("a"), Order("b")], PATIENCE)
        restarts = [
            line
            for text in (before, server.service.metrics.text())
            for line in text.decode().splitlines()
            if line.startswith("restorer_worker_restarts_total")
        ]
        assert restarts[0] == restarts[1]

    server.run(scenario)
