"""Worker processes behind an event loop: who is next, what goes along with it, and what happens when one dies.

Texts are not put into one run of the model: int8 activations have one scale a run, so a neighbour would change a text's
result (see :meth:`restorer.engine.Restorer.restore_many`). What requests share is a worker's turn. A worker that is
free takes small texts from all who wait, one of each in turn, and answers each as soon as it is done, so that it never
waits for the event loop between two of them.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from restorer.errors import ModelError, RestorerError
from restorer.processes import thread_limits
from restorer.serve.jobs import Answer, Job
from restorer.serve.metrics import Metrics
from restorer.serve.worker import Fault, Ready, Reply, Work, main

__all__ = ["BrokenText", "Late", "Pool", "Stopped"]

BATCH_TEXTS = 16
"""Most texts in one batch."""

BATCH_SIZE = 6_000
"""Code points after which a batch takes no more texts: about a news article, so that nobody waits behind much."""

ATTEMPTS = 2
"""How often a text is tried whose worker died."""

_GRACE = 5.0
"""Seconds in which a worker ends when told to."""

_log = logging.getLogger(__name__)


class Late(Exception):
    """The time limit was over before the answer was there."""


class BrokenText(Exception):
    """The worker died of the text, or a fault of ours ended it."""


class Stopped(Exception):
    """The pool takes no more."""


@dataclass(slots=True, eq=False)
class _Ticket:
    """A job that somebody waits for."""

    job: Job
    answer: asyncio.Future[Answer]
    attempts: int = 0


@dataclass(slots=True, eq=False)
class _Process:
    """A worker process that is up."""

    process: BaseProcess
    pipe: Connection

    def kill(self) -> None:
        """End it; a thread that reads from its pipe then comes to the end, so the pipe is left to it."""
        self.process.kill()
        self.process.join(_GRACE)


@dataclass(slots=True)
class Pool:
    """Holds the workers.

    :param work: What each of them is told.
    :param workers: How many there are.
    :param metrics: Counts what they do.
    :param seconds: How long a worker may be at one text before it is replaced.
    """

    work: Work
    workers: int
    metrics: Metrics
    seconds: float = 120.0
    model: Ready | None = None
    _asked: set[_Ticket] = field(default_factory=set)
    _lanes: deque[deque[_Ticket]] = field(default_factory=deque)
    _waiting: asyncio.Condition = field(default_factory=asyncio.Condition)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _turns: list[asyncio.Task[None]] = field(default_factory=list)
    _up: int = 0
    _closing: bool = False
    _threads: ThreadPoolExecutor | None = None

    @property
    def ready(self) -> bool:
        """Whether there is a worker that takes jobs."""
        return self._up > 0 and not self._closing

    async def start(self) -> None:
        """Start all workers and wait until they are up.

        :raises ModelError: if the model cannot be loaded, or a worker ends while it starts.
        """
        self._threads = ThreadPoolExecutor(2 * self.workers, thread_name_prefix="pool")
        processes = await asyncio.gather(*(self._started() for _ in range(self.workers)), return_exceptions=True)
        faults = [p for p in processes if isinstance(p, BaseException)]
        if faults:
            for process in processes:
                if isinstance(process, _Process):
                    process.kill()
            self._threads.shutdown(wait=True)
            raise faults[0]
        self._turns = [asyncio.create_task(self._turn(p)) for p in processes if isinstance(p, _Process)]

    async def close(self) -> None:
        """End the workers; whoever still waits is told so."""
        self._closing = True
        for turn in self._turns:
            turn.cancel()
        await asyncio.gather(*self._turns, return_exceptions=True)
        for ticket in self._asked:  # those that a worker was at are in no lane
            _refuse(ticket, Stopped())
        self._lanes.clear()
        if self._threads is not None:
            self._threads.shutdown(wait=True)

    async def answers(self, jobs: Iterable[Job], seconds: float) -> list[Answer | RestorerError]:
        """Have jobs done, in any order.

        :param jobs: The jobs of one request.
        :param seconds: Time limit for all of them.
        :return: An answer for each, in order, or the error that is its answer.
        :raises Late: if the time is over.
        :raises BrokenText: if a job cannot be done through no fault of the request's.
        :raises Stopped: if the pool is closing.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        lane = deque(_Ticket(job, loop.create_future()) for job in jobs)
        tickets = tuple(lane)
        if self._closing:
            raise Stopped
        self._asked.update(tickets)
        try:
            await self._put(lane)
            async with asyncio.timeout_at(deadline):
                return [await _outcome(ticket.answer) for ticket in tickets]
        except TimeoutError as error:
            raise Late from error
        finally:
            self._asked.difference_update(tickets)
            for ticket in tickets:  # a caller who has gone away wants none of them
                if not ticket.answer.done():
                    ticket.answer.cancel()
                elif not ticket.answer.cancelled():
                    ticket.answer.exception()

    async def answer(self, job: Job, seconds: float) -> Answer:
        """Have one job done.

        :param job: The job.
        :param seconds: Time limit.
        :return: The answer.
        :raises RestorerError: if that is the answer.
        :raises Late: if the time is over.
        :raises BrokenText: if it cannot be done through no fault of the request's.
        :raises Stopped: if the pool is closing.
        """
        (answer,) = await self.answers((job,), seconds)
        if isinstance(answer, RestorerError):
            raise answer
        return answer

    async def _put(self, lane: deque[_Ticket], *, front: bool = False) -> None:
        self.metrics.waiting.inc(len(lane))
        async with self._waiting:
            if front:
                self._lanes.appendleft(lane)
            else:
                self._lanes.append(lane)
            self._waiting.notify(len(lane))

    async def _batch(self) -> list[_Ticket]:
        """The next texts, one of each request in turn; waits for the first of them only."""
        async with self._waiting:
            batch: list[_Ticket] = []
            while not batch:
                await self._waiting.wait_for(lambda: self._lanes)
                batch = self._taken()
            return batch

    def _taken(self) -> list[_Ticket]:
        batch: list[_Ticket] = []
        size = 0
        while self._lanes and len(batch) < BATCH_TEXTS:
            ticket = self._lanes[0][0]
            if batch and (size + ticket.job.size > BATCH_SIZE or ticket.attempts):
                break
            lane = self._lanes.popleft()
            lane.popleft()
            if lane:
                self._lanes.append(lane)
            self.metrics.waiting.dec()
            if not ticket.answer.done():
                batch.append(ticket)
                size += ticket.job.size
                if ticket.attempts:  # its worker died: should this one too, nobody else is in it
                    break
        return batch

    async def _turn(self, process: _Process) -> None:
        """One worker's life: batch after batch, and a new process whenever the old one is lost."""
        held: _Process | None = process
        self._up += 1
        try:
            while True:
                if held is None:
                    held = await self._restarted()
                batch = await self._batch()
                self.metrics.batch.observe(len(batch))
                with self.metrics.busy.track_inprogress():
                    lost = not await self._worked(held, batch)
                if lost:
                    self._up -= 1
                    await self._in_thread(held.kill)
                    held = None
        finally:
            if held is not None:
                self._up -= 1
                held.kill()

    async def _restarted(self) -> _Process:
        wait = 0.1
        while True:
            try:
                process = await self._started()
            except ModelError as error:
                _log.error("a worker does not start again: %s", error)
                await asyncio.sleep(wait)
                wait = min(2 * wait, 30.0)
            else:
                self.metrics.restarts.inc()
                self._up += 1
                return process

    async def _worked(self, held: _Process, batch: list[_Ticket]) -> bool:
        """Have a batch done; whether the worker is still there."""
        left = deque(batch)
        try:
            await self._in_thread(held.pipe.send, tuple(ticket.job for ticket in batch))
            while left:
                # Not the deadline of whoever asked: on a busy server every text that had to wait would cost a worker.
                reply: Reply = await asyncio.wait_for(self._in_thread(held.pipe.recv), self.seconds)
                self._settle(left.popleft(), reply)
        except TimeoutError:
            _log.warning("a text took longer than its time limit; its worker is replaced")
            _refuse(left.popleft(), Late())
        except (EOFError, OSError):
            await self._blame(left.popleft())
        else:
            return True
        if left:
            await self._put(left, front=True)
        return False

    def _settle(self, ticket: _Ticket, reply: Reply) -> None:
        if isinstance(reply, Answer):
            self.metrics.count(reply)
            if not ticket.answer.done():
                ticket.answer.set_result(reply)
        elif isinstance(reply, Fault):
            _log.error("internal error, %s at %s", reply.kind, reply.frames)
            _refuse(ticket, BrokenText())
        else:
            _refuse(ticket, reply)

    async def _blame(self, ticket: _Ticket) -> None:
        """The worker died while it was at this one."""
        ticket.attempts += 1
        _log.warning("a worker died (out of memory?); it is replaced")
        if ticket.attempts >= ATTEMPTS:
            _refuse(ticket, BrokenText())
        else:
            await self._put(deque((ticket,)), front=True)

    async def _started(self) -> _Process:
        """A new worker that has loaded its model."""
        # Not fork: the event loop, and the runtime's threads, do not survive it.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=main, args=(theirs, self.work), daemon=True)
        async with self._starting:  # the limits are the environment's, and so this process's
            with thread_limits(self.work.settings.threads):
                await self._in_thread(process.start)
        theirs.close()
        worker = _Process(process, ours)
        try:
            self.model = await self._greeting(worker)
        except BaseException:  # one that does not come up, or that nobody waits for any more, is not left behind
            worker.kill()
            raise
        return worker

    async def _greeting(self, worker: _Process) -> Ready:
        try:
            first = await self._in_thread(worker.pipe.recv)
        except (EOFError, OSError) as error:
            msg = "a worker process ended while it started; give fewer --workers if memory is short"
            raise ModelError(msg) from error
        if isinstance(first, RestorerError):
            raise first
        assert isinstance(first, Ready)
        return first

    async def _in_thread(self, call: Callable[..., Any], *args: Any) -> Any:  # noqa: ANN401 - as run_in_executor
        assert self._threads is not None
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, *args)


async def _outcome(answer: asyncio.Future[Answer]) -> Answer | RestorerError:
    try:
        return await answer
    except RestorerError as error:
        return error


def _refuse(ticket: _Ticket, error: Exception) -> None:
    if not ticket.answer.done():
        ticket.answer.set_exception(error)
