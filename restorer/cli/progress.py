"""How a batch goes, on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from restorer.batch.chunks import read_items
from restorer.batch.finish import Figures
from restorer.batch.journal import Row
from restorer.batch.plan import Plan, Shard
from restorer.batch.runner import NoWatch, Summary, Watch
from restorer.cli.output import note

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["conclude", "watch"]

LINE_SECONDS = 30.0
"""Time between two lines where there is no terminal."""


def watch(plan: Plan, *, quiet: bool) -> AbstractContextManager[Watch]:
    """What shows a run, as fits where it is shown.

    :param plan: The run's plan.
    :param quiet: Show nothing.
    :return: A context; within it, the watch.
    """
    if quiet:
        return _nothing()
    return _bar(plan) if sys.stderr.isatty() else _lines()


@contextmanager
def _nothing() -> Iterator[Watch]:
    yield NoWatch()


@contextmanager
def _lines() -> Iterator[Watch]:
    yield _Lines()


@contextmanager
def _bar(plan: Plan) -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(bar_width=None),
        TextColumn("{task.description}", markup=False),
        TimeRemainingColumn(compact=True),
    )
    stop = Event()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=None)
        Thread(target=_count, args=(plan, progress, task, stop), daemon=True).start()
        try:
            yield _Bar(progress, task)
        finally:
            stop.set()


def _count(plan: Plan, progress: Progress, task: TaskID, stop: Event) -> None:
    """Find out how many records there are while the first of them are being restored."""
    total = 0
    for file in plan.files:
        for _ in read_items(plan, file):
            total += 1
            if stop.is_set():
                return
    progress.update(task, total=total)


class _Rates:
    """What both ways of showing say."""

    def __init__(self) -> None:
        self._figures = Figures()
        self._began = monotonic()

    def _add(self, rows: Sequence[Row]) -> None:
        for _, what in rows:
            self._figures.count(what)

    def _line(self) -> str:
        figures, seconds = self._figures, max(monotonic() - self._began, 1e-9)
        return (
            f"{figures.documents:,} documents ({figures.documents / seconds:,.1f}/s), "
            f"{figures.words / seconds:,.0f} words/s, {figures.spun / max(figures.documents, 1):.1%} spun, "
            f"{figures.errors:,} bad"
        )


class _Lines(_Rates):
    """A line every half minute."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = monotonic()

    def rows(self, rows: Sequence[Row]) -> None:
        """Count, and show a line when it is time.

        :param rows: What became of a chunk's records.
        """
        self._add(rows)
        if monotonic() - self._shown >= LINE_SECONDS:
            self._shown = monotonic()
            note(f"restore: {self._line()}")

    def finishing(self, shard: Shard) -> None:
        """Nothing to show; it takes moments.

        :param shard: The shard.
        """

    def resumed(self, finished: int, total: int) -> None:
        """Say that a run goes on.

        :param finished: Shards that are finished.
        :param total: All shards.
        """
        note(_resumed(finished, total))


class _Bar(_Rates):
    """A bar with the rates beside it."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        super().__init__()
        self._progress, self._task = progress, task

    def rows(self, rows: Sequence[Row]) -> None:
        """Count and show.

        :param rows: What became of a chunk's records.
        """
        self._add(rows)
        self._progress.update(self._task, advance=len(rows), description=self._line())

    def finishing(self, shard: Shard) -> None:
        """Say what is written.

        :param shard: The shard.
        """
        self._progress.update(self._task, description=f"{self._line()}, writing {shard.files[0].name}")

    def resumed(self, finished: int, total: int) -> None:
        """Say that a run goes on.

        :param finished: Shards that are finished.
        :param total: All shards.
        """
        self._progress.console.print(_resumed(finished, total), markup=False, highlight=False)


def _resumed(finished: int, total: int) -> str:
    return f"restore: going on with the run that is there, {finished} of {total} parts of it finished"


def conclude(plan: Plan, summary: Summary, *, quiet: bool) -> None:
    """Sum a run up.

    :param plan: Its plan.
    :param summary: What it came to.
    :param quiet: Only tell of bad records.
    """
    total = summary.total
    if not quiet:
        share = total.spun / max(total.documents, 1)
        note(
            f"{plan.out}: {total.documents:,} documents, {total.words:,} words, {total.spun:,} likely spun "
            f"({share:.1%}), {total.flagged:,} findings, {total.applied:,} edits; see {plan.out / 'report.html'}"
        )
    if total.errors:
        note(f"restore: {total.errors:,} bad records, each with its reason in {plan.out / 'errors.jsonl'}")
