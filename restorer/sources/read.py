"""Texts from whatever a batch reads: for suspects and for the clean texts they are held against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from restorer.batch.chunks import read_items
from restorer.batch.extract import Extractor
from restorer.batch.inputs import find_inputs
from restorer.batch.plan import Plan
from restorer.batch.records import BadRecord, FieldNames, InputFile, Record
from restorer.errors import RestorerError
from restorer.references import Reference

__all__ = ["Unread", "read_texts"]


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that holds no text.

    :param file: Name of its file.
    :param number: Its place there.
    :param reason: Why.
    """

    file: str
    number: int
    reason: str


def read_texts(names: Sequence[str], out: Path, fields: FieldNames) -> Iterator[Reference | Unread]:
    """Every text of some inputs.

    :param names: Folders, files or patterns, as for a batch.
    :param out: An output folder, which is no input even if it lies within one.
    :param fields: Names of the fields to look in.
    :return: The texts, each named by its own identifier or by its file; and the records that hold none.
    :raises FileAccessError: if there is nothing to read.
    """
    # No generator itself: inputs that are not there are an error here, before anything is written.
    return _read(Plan(tuple(find_inputs(names, out=out)), out, fields=fields))


def _read(plan: Plan) -> Iterator[Reference | Unread]:
    with Extractor(plan.page_seconds) as extractor:
        for file in plan.files:
            for record in read_items(plan, file):
                yield _text(file, record, extractor)


def _text(file: InputFile, record: Record | BadRecord, extractor: Extractor) -> Reference | Unread:
    if isinstance(record, BadRecord):
        return Unread(file.name, record.number, record.reason)
    if isinstance(record.content, str):
        return Reference(record.id, record.content, record.url, record.title, record.date)
    try:
        page = extractor.extract(record.content, charset=record.charset)
    except RestorerError as error:
        return Unread(file.name, record.number, str(error))
    url, title, date = record.url or page.url, record.title or page.title, record.date or page.date
    return Reference(record.id, page.text, url, title, date)
