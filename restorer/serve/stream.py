"""``/v1/stream``: a text a line in, a result a line out, in order, with no more in memory than a window of them.

Nothing more is read while the window is full, and the window stays full while nobody takes the answers: whoever sends
is slowed down to the pace of whoever reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from restorer.errors import RestorerError, SettingsError
from restorer.report.json import dumps
from restorer.serve.faults import said
from restorer.serve.options import Text
from restorer.serve.pool import BrokenText, Late, Stopped
from restorer.serve.service import Service

__all__ = ["answered", "lines"]


async def lines(pieces: AsyncIterator[bytes], most: int, idle: float) -> AsyncIterator[tuple[int, bytes]]:
    """Cut a body into lines as it comes in.

    :param pieces: The body.
    :param most: Longest line in bytes.
    :param idle: Time limit for the next piece in seconds.
    :return: Numbers from 1, and lines without their ends; empty ones are counted and left out.
    :raises SettingsError: if a line is too long, or nothing comes for too long.
    """
    rest = bytearray()
    searched, number = 0, 0
    async for piece in _timed(pieces, idle):
        rest += piece
        while 0 <= (end := rest.find(b"\n", searched)) <= most:
            line = bytes(rest[:end]).strip()
            del rest[: end + 1]
            searched = 0
            number += 1
            if line:
                yield number, line
        searched = len(rest)
        if searched > most:
            msg = f"a line is longer than {most:,} bytes; send a text a line, each ended by a line feed"
            raise SettingsError(msg)
    if line := bytes(rest).strip():
        yield number + 1, line


async def _timed(pieces: AsyncIterator[bytes], idle: float) -> AsyncIterator[bytes]:
    iterator = aiter(pieces)
    while True:
        try:
            yield await asyncio.wait_for(anext(iterator), idle)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            msg = f"nothing came in for {idle:g} s; the stream is ended here, send the rest again"
            raise SettingsError(msg) from error


async def answered(service: Service, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Restore every line.

    :param service: What to do it with.
    :param body: The request's body.
    :return: A line of JSON for each line, in order: a result, or ``line`` and ``error``.
    """
    window: asyncio.Queue[asyncio.Task[bytes] | None] = asyncio.Queue(maxsize=2 * service.pool.workers)
    reader = asyncio.create_task(_read(service, body, window))
    try:
        while (task := await window.get()) is not None:
            yield await task
    finally:
        reader.cancel()
        while not window.empty():
            if (task := window.get_nowait()) is not None:
                task.cancel()
        with suppress(asyncio.CancelledError):
            await reader


async def _read(
    service: Service, body: AsyncIterator[bytes], window: asyncio.Queue[asyncio.Task[bytes] | None]
) -> None:
    number = 0
    try:
        async for number, line in lines(body, service.limits.body_bytes, service.limits.body_seconds):
            await window.put(asyncio.create_task(_line(service, line, number)))
    except RestorerError as error:
        await window.put(asyncio.create_task(_failed(number + 1, str(error))))
    except ClientDisconnect:  # nobody is there to be told
        pass
    finally:  # whatever ended it, whoever waits for the next line must learn that there is none
        await window.put(None)


async def _line(service: Service, line: bytes, number: int) -> bytes:
    try:
        asked = Text.model_validate_json(line)
        return await service.restored(asked, flag_only=False) + b"\n"
    except ValidationError as error:
        return await _failed(number, said(error.errors(include_url=False)))
    except RestorerError as error:
        return await _failed(number, str(error))
    except Late:
        return await _failed(number, f"took longer than {service.limits.seconds:g} s; send it again, or in parts")
    except Stopped:
        return await _failed(number, "the server is about to end; send it again later")
    except BrokenText:
        return await _failed(number, "internal error; the other lines are not touched by it")


async def _failed(number: int, message: str) -> bytes:
    return dumps({"line": number, "error": message}).encode() + b"\n"
