"""Workers for tests: the fake model, and one that some records bring down."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from restorer.batch.chunks import Item, read_chunks
from restorer.batch.engines.base import Done, Read
from restorer.batch.journal import Row
from restorer.batch.plan import Plan, Shard
from restorer.batch.records import Record
from restorer.batch.work import Work, Worker
from restorer.engine import Restorer
from restorer.errors import ModelFormatError
from tests.fakes import FakeModel

__all__ = ["DEADLY", "InProcess", "deadly", "fake", "slow", "stillborn", "unloadable"]

DEADLY = "a text that brings the process down"


def fake(work: Work) -> Worker:
    """A worker with the fake model."""
    return Worker(work, Restorer(FakeModel(), work.settings))


class _Deadly(Worker):
    def rows(self, items: Sequence[Item]) -> list[Row]:
        if any(getattr(item.record, "content", "") == DEADLY for item in items):
            os._exit(9)
        return super().rows(items)


def deadly(work: Work) -> Worker:
    """A worker whose process ends without a word at a certain text."""
    return _Deadly(work, Restorer(FakeModel(), work.settings))


def unloadable(work: Work) -> Worker:
    """A worker whose model cannot be loaded."""
    msg = "models/odd: the model cannot be read; export it again"
    raise ModelFormatError(msg)


def stillborn(work: Work) -> Worker:
    """A worker whose process ends while it starts."""
    os._exit(9)


class _Slow(Worker):
    def rows(self, items: Sequence[Item]) -> list[Row]:
        for item in items:
            record = item.record
            if isinstance(record, Record) and isinstance(record.content, str):
                Path(record.content).with_suffix(".begun").touch()
                time.sleep(15)
                Path(record.content).with_suffix(".ended").touch()
        return []


def slow(work: Work) -> Worker:
    """A worker that takes its time, and notes beside the path that a text is when it began and ended."""
    return _Slow(work, Restorer(FakeModel(), work.settings))


class InProcess:
    """An engine without processes, which can be made to stop half-way."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.restored = 0
        self._stop_after = stop_after

    def run(self, plan: Plan, shards: Sequence[Shard], done: Mapping[int, AbstractSet[int]]) -> Iterator[Done | Read]:
        """Restore the chunks one after the other."""
        with fake(Work(plan.settings, plan.keep_html, plan.page_seconds)) as worker:
            for shard in shards:
                count = 0
                for chunk in read_chunks(plan, shard):
                    count += 1
                    if chunk.number in done[shard.number]:
                        continue
                    if self.restored == self._stop_after:
                        raise KeyboardInterrupt
                    self.restored += 1
                    yield Done(shard.number, chunk.number, worker.rows(chunk.items))
                yield Read(shard.number, count)
