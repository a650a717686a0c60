"""Outcomes and files for tests of the containers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from restorer.batch.containers import container, container_of
from restorer.batch.records import BadRecord, FieldNames, InputFile, Outcome, Record

__all__ = ["FINDING", "bad", "file_of", "good", "outcome_of", "read", "rewritten"]

FINDING = {"start": 4, "end": 13, "text": "statesmen", "replacement": "officials", "confidence": 0.75, "applied": True}
_MOST = 10_000_000


def outcome_of(record: Record) -> Outcome:
    """What might have become of a record: known numbers, and its text in capitals."""
    text = record.content if isinstance(record.content, str) else "from the page"
    return Outcome(
        number=record.number,
        id=record.id,
        url=record.url,
        title=record.title,
        date=record.date,
        text=None if isinstance(record.content, str) else text,
        restored=text.upper(),
        html=None,
        words=3,
        spun_probability=0.5,
        spin_density=0.25,
        quotes_spun=None,
        capitals_spun=True,
        leftovers=0,
        findings=[FINDING] if "statesmen" in text else [],
    )


def file_of(path: Path, data: bytes | None = None) -> InputFile:
    """The input file at a path, written first where there is data."""
    if data is not None:
        path.write_bytes(data)
    kind = container_of(path)
    assert kind is not None
    return InputFile(path, path.name, *kind)


def read(file: InputFile, fields: FieldNames | None = None, most_bytes: int = _MOST) -> list[Record | BadRecord]:
    """All records of a file."""
    return list(container(file.container).read(file, fields or FieldNames(), most_bytes=most_bytes))


def good(records: Iterable[Record | BadRecord]) -> list[Record]:
    """Those that can be restored."""
    return [record for record in records if isinstance(record, Record)]


def bad(records: Iterable[Record | BadRecord]) -> list[BadRecord]:
    """Those that cannot."""
    return [record for record in records if isinstance(record, BadRecord)]


def rewritten(
    file: InputFile, fields: FieldNames | None = None, become: Callable[[Record], Outcome] = outcome_of
) -> bytes:
    """The file written again beside itself, twice, which must give the same bytes."""
    names = fields or FieldNames()
    written = []
    for turn in ("once", "twice"):
        target = file.path.with_name(f".{turn}.part")
        records = good(container(file.container).read(file, names, most_bytes=_MOST))
        container(file.container).write(file, names, ((r, become(r)) for r in records), target)
        written.append(target.read_bytes())
        target.unlink()
    assert written[0] == written[1]
    return written[0]
