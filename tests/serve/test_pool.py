"""Who is next, what goes along with it, and what happens when a worker dies."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal

from restorer.config import Settings
from restorer.engine import Restorer
from restorer.errors import ModelError, ModelFormatError, SettingsError
from restorer.serve.jobs import Answer
from restorer.serve.metrics import Metrics
from restorer.serve.pool import BATCH_SIZE, BrokenText, Late, Pool, Stopped
from restorer.serve.worker import Work
from tests.serve.workers import PATIENCE, Hold, Order, obedient, stillborn, unloadable

Scenario = Callable[[Pool], Coroutine[Any, Any, None]]
Play = Callable[[Scenario], None]


@pytest.fixture(scope="module")
def alone(portal: BlockingPortal) -> Iterator[Pool]:
    """A pool of one worker."""
    found = Pool(Work(Settings(), load=obedient), 1, Metrics())
    portal.call(found.start)
    yield found
    portal.call(found.close)


@pytest.fixture
def play(portal: BlockingPortal, alone: Pool) -> Play:
    """Plays a scenario with one worker."""

    def run(scenario: Scenario) -> None:
        portal.call(scenario, alone)

    return run


def texts(answers: Sequence[object]) -> list[str]:
    """What was answered, without the process it was done in."""
    return [a.body.decode().rpartition(" ")[0] if isinstance(a, Answer) else str(a) for a in answers]


async def process(pool: Pool) -> int:
    """The worker's process."""
    return int((await pool.answer(Order("who"), PATIENCE)).body.rpartition(b" ")[2])


def asked(pool: Pool, *jobs: Order) -> asyncio.Task[list[Any]]:
    """One request."""
    return asyncio.create_task(pool.answers(jobs, PATIENCE))


async def held(pool: Pool, hold: Hold, *, size: int = 10) -> asyncio.Task[list[Any]]:
    """A request that a worker is at and does not come to the end of."""
    task = asked(pool, Order(hold.text, size))
    await asyncio.to_thread(hold.begun)
    return task


def test_a_request_s_texts_are_answered_in_order_and_a_refusal_is_an_answer(play: Play) -> None:
    async def scenario(pool: Pool) -> None:
        answers = await pool.answers([Order(word) for word in ("a", "refuse b", "c")], PATIENCE)
        assert texts(answers) == ["a", "refuse b", "c"]
        assert isinstance(answers[1], SettingsError)
        with pytest.raises(SettingsError, match="refuse b"):
            await pool.answer(Order("refuse b"), PATIENCE)

    play(scenario)


def test_a_request_of_many_texts_does_not_hold_up_another_of_one(play: Play) -> None:
    async def scenario(pool: Pool) -> None:
        with Hold() as first, Hold() as second:
            await held(pool, first)
            many = asked(pool, *(Order(str(n)) for n in range(9)), Order(second.text), *(Order("x") for _ in range(90)))
            await asyncio.sleep(0)
            one = asked(pool, Order("one"))
            first.release()
            assert texts(await one) == ["one"]
            await asyncio.to_thread(second.begun)
            assert not many.done()
            second.release()
            assert len(await many) == 100

    play(scenario)


def test_nobody_is_put_behind_a_long_text_while_another_worker_may_be_free(pool: Pool, portal: BlockingPortal) -> None:
    async def scenario() -> None:
        with Hold() as one, Hold() as other, Hold() as long:
            await held(pool, one)
            await held(pool, other)
            asked(pool, Order(long.text, BATCH_SIZE))
            await asyncio.sleep(0)
            short = asked(pool, Order("short"))
            await asyncio.sleep(0)
            one.release()
            await asyncio.to_thread(long.begun)
            assert not short.done()
            other.release()
            assert texts(await short) == ["short"]

    portal.call(scenario)


def test_small_texts_of_several_requests_share_a_turn(play: Play) -> None:
    async def scenario(pool: Pool) -> None:
        with Hold() as hold:
            await held(pool, hold)
            requests = [asked(pool, Order(str(n))) for n in range(5)]
            await asyncio.sleep(0)
            before = pool.metrics.text()
            hold.release()
            assert [texts(await r) for r in requests] == [["0"], ["1"], ["2"], ["3"], ["4"]]
        batches = [
            float(line.split()[1])
            for text in (before, pool.metrics.text())
            for line in text.decode().splitlines()
            if line.startswith("restorer_batch_texts_count")
        ]
        assert batches[1] - batches[0] == 1

    play(scenario)


def test_a_text_whose_worker_died_is_tried_again_and_its_neighbours_are_answered(play: Play, tmp_path: Path) -> None:
    async def scenario(pool: Pool) -> None:
        with Hold() as hold:
            await held(pool, hold)
            requests = [asked(pool, Order(t)) for t in ("before", f"die-once {tmp_path / 'died'}", "after")]
            await asyncio.sleep(0)
            hold.release()
            answers = [texts(await request) for request in requests]
        assert answers == [["before"], [f"die-once {tmp_path / 'died'}"], ["after"]]

    play(scenario)
    assert (tmp_path / "died").exists()


def test_a_text_that_kills_every_worker_is_given_up_and_its_neighbours_are_not(play: Play) -> None:
    async def scenario(pool: Pool) -> None:
        with Hold() as hold:
            await held(pool, hold)
            before = asked(pool, Order("before"))
            deadly = asked(pool, Order("die"))
            after = asked(pool, *(Order(str(n)) for n in range(20)))
            await asyncio.sleep(0)
            hold.release()
            assert texts(await before) == ["before"]
            with pytest.raises(BrokenText):
                await deadly
            assert texts(await after) == [str(n) for n in range(20)]
        assert pool.ready

    play(scenario)


def test_a_worker_that_was_killed_while_it_had_nothing_to_do_is_replaced(play: Play) -> None:
    async def scenario(pool: Pool) -> None:
        before = await process(pool)
        os.kill(before, signal.SIGKILL)
        assert await process(pool) != before

    play(scenario)


def test_a_text_that_takes_too_long_costs_its_worker_and_nobody_else_their_answer(
    play: Play, alone: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(pool: Pool) -> None:
        before = await process(pool)
        with Hold() as hold, Hold() as endless:
            await held(pool, hold)
            late, after = asked(pool, Order(endless.text)), asked(pool, Order("after"))
            await asyncio.sleep(0)
            monkeypatch.setattr(alone, "seconds", 0.1)
            hold.release()
            with pytest.raises(Late):
                await late
            monkeypatch.setattr(alone, "seconds", PATIENCE)
            assert texts(await after) == ["after"]
        assert await process(pool) != before

    play(scenario)


def test_who_has_waited_too_long_is_told_so_and_the_worker_is_left_at_its_work(play: Play) -> None:
    async def scenario(pool: Pool) -> None:
        before = await process(pool)
        with Hold() as hold:
            working = await held(pool, hold)
            with pytest.raises(Late):
                await pool.answer(Order("queued"), 0.05)
            hold.release()
            assert texts(await working) == [hold.text]
        assert await process(pool) == before

    play(scenario)


def test_what_nobody_waits_for_any_more_is_not_done(play: Play) -> None:
    async def scenario(pool: Pool) -> None:
        before = await process(pool)
        with Hold() as hold:
            await held(pool, hold)
            gone = asked(pool, Order("die"))
            await asyncio.sleep(0)
            gone.cancel()
            hold.release()
            assert await process(pool) == before

    play(scenario)


def test_a_fault_of_ours_is_logged_by_its_place_and_never_with_its_text(
    play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario(pool: Pool) -> None:
        before = await process(pool)
        with pytest.raises(BrokenText) as raised:
            await pool.answer(Order("fail at the minister's illness"), PATIENCE)
        assert "illness" not in str(raised.value)
        assert await process(pool) == before

    play(scenario)
    assert "internal error, ValueError at workers.py:" in caplog.text
    assert "illness" not in caplog.text


def test_at_the_end_whoever_waits_is_told_and_nobody_is_let_in() -> None:
    async def scenario() -> None:
        pool = Pool(Work(Settings(), load=obedient), 1, Metrics())
        await pool.start()
        with Hold() as hold:
            working = await held(pool, hold)
            queued = asked(pool, Order("queued"))
            await asyncio.sleep(0)
            await pool.close()
            for task in (working, queued):
                with pytest.raises(Stopped):
                    await asyncio.wait_for(task, PATIENCE / 2)
        with pytest.raises(Stopped):
            await pool.answer(Order("too late"), PATIENCE)
        assert not pool.ready

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("load", "error", "message"),
    [(unloadable, ModelFormatError, "export it again"), (stillborn, ModelError, "ended while it started")],
)
def test_workers_that_do_not_come_up_are_an_error_and_none_is_left(
    load: Callable[[Settings], Restorer], error: type[ModelError], message: str
) -> None:
    async def scenario() -> None:
        pool = Pool(Work(Settings(), load=load), 2, Metrics())
        with pytest.raises(error, match=message):
            await pool.start()
        assert not pool.ready

    before = set(multiprocessing.active_children())
    asyncio.run(scenario())
    assert set(multiprocessing.active_children()) <= before


def unless_removed(settings: Settings) -> Restorer:
    """A restorer whose model is there only as long as its file is."""
    if not Path(settings.model).exists():
        msg = f"{settings.model}: no such model"
        raise ModelError(msg)
    return obedient(settings)


def test_a_worker_that_cannot_be_replaced_at_once_is_tried_for_until_it_can(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.touch()

    async def scenario() -> None:
        pool = Pool(Work(Settings(model=str(model)), load=unless_removed), 1, Metrics())
        await pool.start()
        refused = asyncio.Event()
        loop = asyncio.get_running_loop()

        class Listener(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                if "does not start again" in record.getMessage():
                    loop.call_soon_threadsafe(refused.set)

        with ExitStack() as stack:
            listener = Listener()
            logging.getLogger("restorer.serve.pool").addHandler(listener)
            stack.callback(logging.getLogger("restorer.serve.pool").removeHandler, listener)
            model.unlink()
            waiting = asked(pool, Order(f"die-once {tmp_path / 'died'}"))
            await asyncio.wait_for(refused.wait(), PATIENCE)
            ready = [pool.ready]
            model.touch()
            assert len(await waiting) == 1
            assert [*ready, pool.ready] == [False, True]
        await pool.close()

    asyncio.run(scenario())
