from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from starlette.requests import ClientDisconnect

from restorer.config import Settings
from restorer.serve.app import make_service
from restorer.serve.stream import answered
from restorer.serve.worker import Work


async def answers(error: type[Exception], found: list[bytes]) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"no": "text"}\n'
        raise error

    service = make_service(Work(Settings()), workers=1)
    async with asyncio.timeout(30):
        async for line in answered(service, body()):
            found.append(line)


def test_a_stream_whose_client_has_gone_away_ends() -> None:
    found: list[bytes] = []
    asyncio.run(answers(ClientDisconnect, found))
    assert [json.loads(line)["line"] for line in found] == [1]


def test_a_fault_of_ours_ends_a_stream_and_is_not_taken_for_its_end() -> None:
    found: list[bytes] = []
    with pytest.raises(LookupError):
        asyncio.run(answers(LookupError, found))
    assert len(found) == 1
