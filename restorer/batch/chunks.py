"""Cutting a shard into chunks: the unit of work, of the journal, and of what a crash costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from restorer.batch.containers import container
from restorer.batch.plan import CHUNK_CHARACTERS, CHUNK_RECORDS, Plan, Shard
from restorer.batch.records import BadRecord, InputFile, Record
from restorer.errors import InputError

__all__ = ["Chunk", "Item", "read_chunks", "read_items"]


@dataclass(frozen=True, slots=True)
class Item:
    """One record on its way to a worker.

    :param file: Index of its file in the shard.
    :param record: The record, without what only its container needs, or why it is none.
    """

    file: int
    record: Record | BadRecord


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that are restored together.

    :param shard: Number of the shard.
    :param number: Place in the shard, from 0.
    :param items: The records.
    """

    shard: int
    number: int
    items: tuple[Item, ...]


def read_items(plan: Plan, file: InputFile) -> Iterator[Record | BadRecord]:
    """A file's records; a file that cannot be opened is one bad record.

    :param plan: The plan.
    :param file: The file.
    :return: The records in order.
    """
    try:
        yield from container(file.container).read(file, plan.fields, most_bytes=plan.most_bytes)
    except InputError as error:
        yield BadRecord(0, str(error))


def read_chunks(plan: Plan, shard: Shard) -> Iterator[Chunk]:
    """Cut a shard into chunks; always at the same places, so that a resumed run knows what is done.

    :param plan: The plan.
    :param shard: The shard.
    :return: The chunks in order.
    """
    items: list[Item] = []
    size = number = 0
    for index, file in enumerate(shard.files):
        for record in read_items(plan, file):
            items.append(Item(index, replace(record, native=None) if isinstance(record, Record) else record))
            size += len(record.content) if isinstance(record, Record) else 0
            if len(items) == CHUNK_RECORDS or size >= CHUNK_CHARACTERS:
                yield Chunk(shard.number, number, tuple(items))
                items, size, number = [], 0, number + 1
    if items:
        yield Chunk(shard.number, number, tuple(items))
