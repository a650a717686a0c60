"""Finishing a shard: its input files are read once more and written again with what became of their records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain, zip_longest
from pathlib import Path
from typing import TextIO

from restorer.batch.chunks import read_items
from restorer.batch.containers import container
from restorer.batch.containers.uniform import OUT_FORMATS, output_name
from restorer.batch.journal import Journal, Row, written
from restorer.batch.plan import SINGLE, Plan, Shard
from restorer.batch.records import SPUN, BadRecord, InputFile, Outcome, Record
from restorer.batch.tables import DocumentsWriter, error_line, row_of
from restorer.errors import InputError

__all__ = ["Figures", "finish_shard"]


@dataclass(slots=True)
class Figures:
    """What is counted of the documents of one input file, or of one folder of single documents.

    :param documents: Documents restored.
    :param words: Their words.
    :param spun: Documents that are spun more likely than not.
    :param flagged: Findings.
    :param applied: Findings whose edit was applied.
    :param errors: Bad records.
    """

    documents: int = 0
    words: int = 0
    spun: int = 0
    flagged: int = 0
    applied: int = 0
    errors: int = 0

    def count(self, what: Outcome | BadRecord) -> None:
        """Count one record.

        :param what: What became of it.
        """
        if isinstance(what, BadRecord):
            self.errors += 1
            return
        self.documents += 1
        self.words += what.words
        self.spun += what.spun_probability >= SPUN
        self.flagged += len(what.findings)
        self.applied += sum(finding["applied"] for finding in what.findings)

    def add(self, other: dict[str, int]) -> None:
        """Add another's counts.

        :param other: The counts by name.
        """
        for name, value in other.items():
            setattr(self, name, getattr(self, name) + value)


@dataclass(slots=True)
class _Tables:
    """What a shard's records leave behind for the run's own tables."""

    documents: DocumentsWriter
    errors: TextIO
    figures: dict[str, Figures] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)


def finish_shard(plan: Plan, journal: Journal, shard: Shard, chunks: int) -> None:
    """Write the outputs of a shard whose chunks are all done, and note that in the journal.

    It may be done again from the beginning any number of times: each file is written beside its place and renamed.

    :param plan: The plan.
    :param journal: The journal.
    :param shard: The shard.
    :param chunks: How many chunks it has.
    :raises OutputError: if an output cannot be written.
    :raises InputError: if an input file is not what it was when the run began.
    """
    figures: dict[str, Figures] = {}

    def write(documents: Path, errors: Path) -> None:
        figures.clear()
        with errors.open("w", encoding="ascii", newline="") as lines, DocumentsWriter(documents) as rows:
            _write_files(plan, shard, journal.rows(shard.number, chunks), _Tables(rows, lines, figures))

    documents, errors = (journal.table(shard.number, kind) for kind in ("documents.parquet", "errors.jsonl"))
    written(errors, lambda lines: written(documents, lambda rows: write(rows, lines)))
    journal.finish(shard.number, {name: asdict(value) for name, value in figures.items()})


def _write_files(plan: Plan, shard: Shard, rows: Iterator[Row], tables: _Tables) -> None:
    """Every file of the shard, from one pass over its journal."""
    following = next(rows, None)
    for index, file in enumerate(shard.files):

        def own(index: int = index) -> Iterator[Outcome | BadRecord]:
            nonlocal following
            while following is not None and following[0] == index:
                yield following[1]
                following = next(rows, None)

        _write_file(plan, file, _matched(plan, file, own(), tables), tables)


def _write_file(plan: Plan, file: InputFile, outcomes: Iterator[tuple[Record, Outcome]], tables: _Tables) -> None:
    first = next(outcomes, None)
    if first is None and (file.container in SINGLE or file.name in tables.broken):
        return  # its fault is in errors.jsonl; there is nothing to write
    every = chain([first] if first else [], outcomes)
    writer = OUT_FORMATS[plan.out_format] if plan.out_format else container(file.container)
    target = plan.out / output_name(file.name, plan.out_format)
    written(target, lambda path: writer.write(file, plan.fields, every, path))
    for _ in every:  # whatever the writer left
        pass


def _matched(
    plan: Plan, file: InputFile, outcomes: Iterator[Outcome | BadRecord], tables: _Tables
) -> Iterator[tuple[Record, Outcome]]:
    """The file's records, read anew, with what became of each; counts and notes all of them."""
    name = file.name if file.container not in SINGLE else str(Path(file.name).parent.as_posix()) + "/"
    figures = tables.figures.setdefault(name, Figures())
    records = read_items(plan, file)
    for record, outcome in zip_longest(records, outcomes):
        if record is None or outcome is None or record.number != outcome.number:
            msg = f"{file.path}: changed while it was being restored; give the same command with --restart"
            raise InputError(msg)
        figures.count(outcome)
        if isinstance(outcome, BadRecord) or isinstance(record, BadRecord):
            bad = outcome if isinstance(outcome, BadRecord) else BadRecord(record.number, "changed while being read")
            tables.errors.write(error_line(file.name, bad))
            if not bad.number:
                tables.broken.add(file.name)
            continue
        tables.documents.add(row_of(file.name, outcome, outcome.scored(record)))
        yield record, outcome
