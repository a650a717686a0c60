"""How a batch goes, on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from restorer.batch.chunks import read_chunks
from restorer.batch.finish import Figures
from restorer.batch.journal import Journal, Row
from restorer.batch.plan import Plan, Shard, shards
from restorer.batch.runner import NoWatch, Summary, Watch
from restorer.cli.output import note
from restorer.errors import RestorerError
from restorer.report.characters import visible

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["conclude", "watch"]

LINE_SECONDS = 30.0
"""Time between two lines where there is no terminal."""

LONGEST_REASON = 300
"""Characters of a bad record's reason that are shown."""

Done = Mapping[int, AbstractSet[int] | None]


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
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = _Bar(progress, plan)
        try:
            yield bar
        finally:
            bar.stop()


def _count(plan: Plan, done: Done, stop: Event) -> int | None:
    """How many records there are to restore, found out while the first of them are being restored.

    :param plan: The run's plan.
    :param done: What an earlier run did: for a shard its chunks, None for all of them.
    :param stop: Tells that nobody wants to know any more.
    :return: The number; None if it cannot be found out, for a reason that the run itself will tell.
    """
    total = 0
    with suppress(RestorerError, OSError):
        for shard in shards(plan.files):
            parts = done.get(shard.number, frozenset())
            if parts is None:
                continue
            for chunk in read_chunks(plan, shard):
                if stop.is_set():
                    return None
                total += 0 if chunk.number in parts else len(chunk.items)
        return total
    return None


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

    def __init__(self, progress: Progress, plan: Plan) -> None:
        super().__init__()
        self._progress, self._plan = progress, plan
        self._task = progress.add_task("starting", total=None)
        self._stop = Event()
        self._counting: Thread | None = None

    def rows(self, rows: Sequence[Row]) -> None:
        """Count and show.

        :param rows: What became of a chunk's records.
        """
        self._begin({})
        self._add(rows)
        self._progress.update(self._task, advance=len(rows), description=self._line())

    def finishing(self, shard: Shard) -> None:
        """Say what is written.

        :param shard: The shard.
        """
        name = visible(shard.files[0].name, one_line=True)
        self._progress.update(self._task, description=f"{self._line()}, writing {name}")

    def resumed(self, finished: int, total: int) -> None:
        """Say that a run goes on.

        :param finished: Shards that are finished.
        :param total: All shards.
        """
        self._progress.console.print(_resumed(finished, total), markup=False, highlight=False)
        journal = Journal(self._plan.out)
        numbers = [shard.number for shard in shards(self._plan.files)]
        self._begin({n: journal.parts(n) if journal.finished(n) is None else None for n in numbers})

    def stop(self) -> None:
        """Count no further."""
        self._stop.set()

    def _begin(self, done: Done) -> None:
        """Have the records counted, once: not before it is known what an earlier run did."""
        if self._counting is None:
            self._counting = Thread(target=self._set_total, args=(done,), daemon=True)
            self._counting.start()

    def _set_total(self, done: Done) -> None:
        total = _count(self._plan, done, self._stop)
        if total is not None:
            self._progress.update(self._task, total=total)


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
        errors = plan.out / "errors.jsonl"
        note(f"restore: {total.errors:,} bad records, each with its reason in {errors}; the first: {_first(errors)}")


def _first(errors: Path) -> str:
    """The first bad record, on one line."""
    with errors.open(encoding="ascii") as lines:
        bad = json.loads(next(lines))
    name, reason = bad["file"], bad["reason"].removeprefix(f"{bad['file']}: ")
    where = f"{name}, record {bad['record']}" if bad["record"] else name
    return visible(" ".join(f"{where}: {reason}".split())[:LONGEST_REASON], one_line=True)
