"""A run from its inputs to its report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from restorer.batch.engines.base import Done, Engine
from restorer.batch.finish import Figures, finish_shard
from restorer.batch.journal import Journal, Row, written, written_bytes
from restorer.batch.plan import Plan, Shard, shards
from restorer.batch.report import report_html
from restorer.batch.tables import join_documents
from restorer.extras import needed

__all__ = ["NoWatch", "Summary", "Watch", "run"]

DOCUMENTS, ERRORS, SUMMARY, REPORT = "documents.parquet", "errors.jsonl", "summary.json", "report.html"
"""The run's own files in the output folder."""

_LIBRARIES = ("pyarrow", "zstandard")
"""What every run needs, whatever its inputs: for its table of documents and its journal."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to.

    :param total: Counts of all records.
    :param files: The same for each input file of many records, and each folder of single documents.
    :param asked: What the run was asked for.
    """

    total: Figures
    files: dict[str, Figures] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON can hold it; the same for an interrupted and an uninterrupted run."""
        files = {name: asdict(figures) for name, figures in sorted(self.files.items())}
        return {"run": self.asked, "total": asdict(self.total), "files": files}


class Watch(Protocol):
    """Is told how a run goes, to show it."""

    def rows(self, rows: Sequence[Row]) -> None:
        """A chunk is done.

        :param rows: What became of its records.
        """
        ...

    def finishing(self, shard: Shard) -> None:
        """The outputs of a shard are being written.

        :param shard: The shard.
        """
        ...

    def resumed(self, finished: int, total: int) -> None:
        """A run goes on.

        :param finished: Shards that are finished.
        :param total: All shards.
        """
        ...


class NoWatch:
    """Shows nothing."""

    def rows(self, rows: Sequence[Row]) -> None:
        """Nothing to do."""

    def finishing(self, shard: Shard) -> None:
        """Nothing to do."""

    def resumed(self, finished: int, total: int) -> None:
        """Nothing to do."""


def run(plan: Plan, engine: Engine, watch: Watch | None = None, *, restart: bool = False) -> Summary:
    """Restore everything, or what an earlier run of the same plan left to do.

    :param plan: The plan.
    :param engine: Where the work is done.
    :param watch: Is told how it goes.
    :param restart: Begin anew even when there is a run to go on with.
    :return: The counts.
    :raises OutputError: if an output cannot be written; the journal is then intact, and the run can go on.
    :raises SettingsError: if the output folder holds a run of another plan, or other things.
    :raises InputError: if an input file changes during the run.
    :raises ModelError: if the model cannot be loaded.
    :raises MissingDependencyError: if a library is not installed.
    """
    for library in _LIBRARIES:  # before anything is written
        needed(library, "batches need")
    watch = watch or NoWatch()
    with Journal(plan.out) as journal:
        asked = plan.fingerprint()
        again = journal.begin(asked, restart=restart)
        every = list(shards(plan.files))
        left = [shard for shard in every if journal.finished(shard.number) is None]
        if again:
            watch.resumed(len(every) - len(left), len(every))
        for shard, chunks in _restored(plan, engine, journal, left, watch):
            watch.finishing(shard)
            finish_shard(plan, journal, shard, chunks)
        return _concluded(plan, journal, every, asked)


def _restored(
    plan: Plan, engine: Engine, journal: Journal, left: Sequence[Shard], watch: Watch
) -> Iterator[tuple[Shard, int]]:
    """Shards whose chunks are all in the journal, each with their number."""
    by_number = {shard.number: shard for shard in left}
    there = {number: journal.parts(number) for number in by_number}
    chunks: dict[int, int] = {}
    for step in engine.run(plan, left, {number: frozenset(parts) for number, parts in there.items()}):
        if isinstance(step, Done):
            journal.put(step.shard, step.chunk, step.rows)
            there[step.shard].add(step.chunk)
            watch.rows(step.rows)
        else:
            chunks[step.shard] = step.chunks
        if len(there[step.shard]) == chunks.get(step.shard):
            yield by_number[step.shard], chunks[step.shard]
            del there[step.shard]


def _concluded(plan: Plan, journal: Journal, every: Sequence[Shard], asked: dict[str, Any]) -> Summary:
    """Write the run's own files."""
    summary = Summary(Figures(), {}, asked)
    for shard in every:
        for name, counts in (journal.finished(shard.number) or {}).items():
            summary.files.setdefault(name, Figures()).add(counts)
            summary.total.add(counts)
    tables = [journal.table(shard.number, DOCUMENTS) for shard in every]
    written(plan.out / DOCUMENTS, lambda target: join_documents(tables, target))
    lines = [journal.table(shard.number, ERRORS) for shard in every]
    written(plan.out / ERRORS, lambda target: _join(lines, target))
    text = json.dumps(summary.to_dict(), indent=2, ensure_ascii=False) + "\n"
    written_bytes(plan.out / SUMMARY, text.encode("utf-8", "backslashreplace"))
    page = report_html(summary.to_dict(), plan.out / DOCUMENTS, plan.out / ERRORS)
    written_bytes(plan.out / REPORT, page.encode("utf-8", "backslashreplace"))
    return summary


def _join(paths: Sequence[Path], target: Path) -> None:
    with target.open("wb") as joined:
        for path in paths:
            with path.open("rb") as part:
                shutil.copyfileobj(part, joined)
