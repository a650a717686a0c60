"""What a runner asks of an engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from restorer.batch.journal import Row
from restorer.batch.plan import Plan, Shard

__all__ = ["Done", "Engine", "Read"]


@dataclass(frozen=True, slots=True)
class Done:
    """A chunk is restored.

    :param shard: Number of its shard.
    :param chunk: Its place in the shard.
    :param rows: What became of its records.
    """

    shard: int
    chunk: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Read:
    """A shard is read to its end.

    :param shard: Number of the shard.
    :param chunks: How many chunks it has, those passed over included.
    """

    shard: int
    chunks: int


class Engine(Protocol):
    """Reads shards in chunks and restores them."""

    def run(self, plan: Plan, shards: Sequence[Shard], done: Mapping[int, AbstractSet[int]]) -> Iterator[Done | Read]:
        """Restore whatever is not done yet.

        :param plan: The plan.
        :param shards: The shards to read.
        :param done: Places of the chunks that are done already and to be passed over, by number of the shard.
        :return: Every other chunk, in any order, and the end of each shard, once each.
        :raises ModelError: if the model cannot be loaded.
        """
        ...
