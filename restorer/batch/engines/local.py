"""Worker processes on this machine.

Every worker is a process of its own, even a single one: a page that brings the runtime down, or makes it take all
memory, ends a worker and not the run.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import TYPE_CHECKING

from restorer.batch.chunks import Chunk, Item, read_chunks
from restorer.batch.engines.base import Done, Read
from restorer.batch.journal import Row
from restorer.batch.plan import Plan, Shard
from restorer.batch.records import BadRecord
from restorer.batch.work import Work, Worker
from restorer.errors import ModelError, RestorerError
from restorer.processes import thread_limits, threads_each

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

__all__ = ["LocalEngine"]

WAITING = 2
"""Chunks in flight for each worker: one at work and one that waits for it."""

_worker: Worker | None = None
_failure: RestorerError | None = None


class LocalEngine:
    """Runs chunks in worker processes."""

    def __init__(self, workers: int, load: Callable[[Work], Worker] = Worker) -> None:
        """Set the engine up; nothing starts yet.

        :param workers: Number of processes.
        :param load: Makes a worker inside each of them.
        """
        self._workers = workers
        self._load = load
        self._pool: ProcessPoolExecutor | None = None
        # Not fork: the runtime's threads, and whatever the caller's process holds, do not survive it.
        self._context = multiprocessing.get_context("spawn")
        self._stop = self._context.Event()

    def run(self, plan: Plan, shards: Sequence[Shard], done: Mapping[int, AbstractSet[int]]) -> Iterator[Done | Read]:
        """Restore whatever is not done yet; see :class:`restorer.batch.engines.base.Engine`.

        :param plan: The plan.
        :param shards: The shards to read.
        :param done: Places of the chunks that are done already, by number of the shard.
        :return: Chunks in the order in which they are ready, and the ends of shards.
        :raises ModelError: if the model cannot be loaded, or the workers end while they start.
        """
        threads = threads_each(plan.settings.threads, self._workers)
        work = Work(replace(plan.settings, threads=threads), plan.keep_html, plan.page_seconds)
        flying: dict[Future[list[Row]], Chunk] = {}
        self._stop = self._context.Event()
        try:
            with thread_limits(threads):
                yield from self._steps(plan, work, shards, done, flying)
        except BaseException:
            self._stop.set()  # nobody waits for what is in flight
            raise
        finally:
            self._end()

    def _steps(
        self,
        plan: Plan,
        work: Work,
        shards: Sequence[Shard],
        done: Mapping[int, AbstractSet[int]],
        flying: dict[Future[list[Row]], Chunk],
    ) -> Iterator[Done | Read]:
        for step in _steps(plan, shards, done):
            if isinstance(step, Read):
                yield step
                continue
            self._submit(work, step, flying)
            if len(flying) >= WAITING * self._workers:
                yield from self._landed(work, flying)
        while flying:
            yield from self._landed(work, flying)

    def _submit(self, work: Work, chunk: Chunk, flying: dict[Future[list[Row]], Chunk]) -> None:
        if self._pool is None:
            self._pool = self._started(work, self._workers)
        try:
            future = self._pool.submit(_rows, chunk.items)
        except BrokenProcessPool as error:  # a worker died since; the chunk shares the fate of those in flight
            future = Future()
            future.set_exception(error)
        flying[future] = chunk

    def _landed(self, work: Work, flying: dict[Future[list[Row]], Chunk]) -> Iterator[Done]:
        """Wait for one chunk or more; when a worker died, all that were in flight are done one record at a time."""
        ready, _ = wait(flying, return_when=FIRST_COMPLETED)
        try:
            for future in sorted(ready, key=lambda f: (flying[f].shard, flying[f].number)):
                rows = future.result()
                chunk = flying.pop(future)
                yield Done(chunk.shard, chunk.number, rows)
        except BrokenProcessPool:
            chunks = [flying.pop(future) for future in list(flying)]
            self._end()
            for chunk in chunks:
                yield Done(chunk.shard, chunk.number, self._one_by_one(work, chunk.items))

    def _one_by_one(self, work: Work, items: Sequence[Item]) -> list[Row]:
        rows: list[Row] = []
        pool = self._ready(work)
        for item in items:
            try:
                rows += pool.submit(_rows, (item,)).result()
            except BrokenProcessPool:
                record = item.record
                reason = "the worker process died of it (out of memory?); lower --max-bytes, or look at the record"
                rows.append((item.file, BadRecord(record.number, reason, record.id)))
                pool.shutdown()
                pool = self._ready(work)
        pool.shutdown()
        return rows

    def _ready(self, work: Work) -> ProcessPoolExecutor:
        """A single worker that is up; no record is to blame for one that is not."""
        pool = self._started(work, 1)
        try:
            pool.submit(_rows, ()).result()
        except BrokenProcessPool as error:
            msg = (
                "worker processes end while they start; give fewer --workers if memory is short, and call a batch from "
                "a script under if __name__ == '__main__' only"
            )
            raise ModelError(msg) from error
        return pool

    def _started(self, work: Work, workers: int) -> ProcessPoolExecutor:
        told = (self._load, work, os.getpid(), self._stop)
        return ProcessPoolExecutor(workers, self._context, initializer=_start, initargs=told)

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _steps(plan: Plan, shards: Sequence[Shard], done: Mapping[int, AbstractSet[int]]) -> Iterator[Chunk | Read]:
    for shard in shards:
        count = 0
        for chunk in read_chunks(plan, shard):
            count += 1
            if chunk.number not in done[shard.number]:
                yield chunk
        yield Read(shard.number, count)


def _start(load: Callable[[Work], Worker], work: Work, parent: int, stop: Event) -> None:
    """Begin a worker process.

    A fault is kept for the first chunk: an initializer that raises would only show as a process that died.
    """
    global _worker, _failure
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent, stop), daemon=True).start()
    try:
        _worker = load(work)
    except RestorerError as error:
        _failure = error


def _end_with(parent: int, stop: Event) -> None:
    """End when the parent was killed, which the queue between the two does not tell, or wants no more."""
    while os.getppid() == parent and not stop.is_set():
        time.sleep(0.2)
    os._exit(1)


def _rows(items: Sequence[Item]) -> list[Row]:
    if _failure is not None:
        raise _failure
    assert _worker is not None
    return _worker.rows(items)
