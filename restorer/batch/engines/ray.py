"""Actors on a Ray cluster: the same chunks through Ray Data.

Each shard is one read task, on whatever node can see the files, that hands its chunks on as they are read; actors with
a model of their own restore them; the results come back to the process that holds the journal. When a node is lost,
Ray runs again what was lost with it, and the journal takes each chunk once, however often it comes.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from restorer.batch.chunks import Chunk, read_chunks
from restorer.batch.engines.base import Done, Read
from restorer.batch.plan import Plan, Shard
from restorer.batch.work import Work, Worker
from restorer.errors import ModelError, RestorerError, SettingsError
from restorer.extras import needed

if TYPE_CHECKING:
    import pyarrow as pa
    from ray.data import Dataset

__all__ = ["RayEngine"]

BLOCK_BYTES = 1 << 18
"""Size from which Ray hands a block on. Its own default is made for tables, and would hold hours of our work."""

READER_CPUS = 0
"""Cores that a read task reserves: none, since it waits for the actors most of the time. With any at all, one that has
to be run again after a node was lost would wait for ever on a cluster whose cores the actors hold."""

Load = Callable[[Work], Worker]


class RayEngine:
    """Runs chunks on a Ray cluster that is there already."""

    def __init__(self, workers: int | None = None, load: Load = Worker) -> None:
        """Set the engine up; nothing starts yet.

        :param workers: Most actors; one a core of the cluster when None.
        :param load: Makes a worker inside each of them.
        """
        self._workers = workers
        self._load = load

    def run(self, plan: Plan, shards: Sequence[Shard], done: Mapping[int, AbstractSet[int]]) -> Iterator[Done | Read]:
        """Restore whatever is not done yet; see :class:`restorer.batch.engines.base.Engine`.

        :param plan: The plan; the nodes must see its files under the same paths.
        :param shards: The shards to read.
        :param done: Places of the chunks that are done already, by number of the shard.
        :return: Chunks in any order, and the ends of shards.
        :raises SettingsError: if there is no cluster to join.
        :raises MissingDependencyError: if Ray is not installed, or an actor lacks a library.
        :raises ModelError: if an actor cannot load the model.
        """
        if not shards:
            return
        _join_cluster()
        for row in self._restored(plan, shards, done).iter_rows():
            step = pickle.loads(row["data"])  # written by our own actors
            if isinstance(step, RestorerError):
                raise step
            yield step

    def _restored(self, plan: Plan, shards: Sequence[Shard], done: Mapping[int, AbstractSet[int]]) -> Dataset:
        import ray
        from ray.data import ActorPoolStrategy, DataContext

        context = DataContext.get_current()
        context.target_max_block_size = BLOCK_BYTES
        context.target_min_block_size = 1
        context.enable_progress_bars = False
        work = Work(replace(plan.settings, threads=plan.settings.threads or 1), plan.keep_html, plan.page_seconds)
        most = self._workers or max(int(ray.cluster_resources().get("CPU", 1)), 1)
        read = ray.data.read_datasource(_source(plan, shards, done), num_cpus=READER_CPUS)
        restored: Dataset = read.map_batches(
            _Actor,
            fn_constructor_args=(self._load, work),
            batch_size=1,
            batch_format="pyarrow",
            compute=ActorPoolStrategy(min_size=1, max_size=most),
            num_cpus=1,
        )
        return restored


def _join_cluster() -> None:
    needed("ray", "--engine ray needs", extra="ray")
    import ray

    if ray.is_initialized():
        return
    try:
        ray.init(address="auto", log_to_driver=False)
    except ConnectionError as error:
        msg = "there is no Ray cluster to join; begin one (ray start --head), or leave --engine ray out"
        raise SettingsError(msg) from error


def _source(plan: Plan, shards: Sequence[Shard], done: Mapping[int, AbstractSet[int]]) -> Any:  # noqa: ANN401
    """The shards as something that Ray Data reads: one task a shard."""
    from ray.data.block import BlockMetadata
    from ray.data.datasource import Datasource, ReadTask

    class Shards(Datasource):  # type: ignore[misc] # Ray carries no types
        """Shards, each read in chunks."""

        def estimate_inmemory_data_size(self) -> int | None:
            """How large all of it is, unknown before it is read."""
            return None

        def get_read_tasks(self, parallelism: int, *_: object, **__: object) -> list[Any]:
            """One task a shard, however many Ray would like."""
            unknown = BlockMetadata(num_rows=None, size_bytes=None, exec_stats=None)
            return [ReadTask(_Reading(plan, shard, done.get(shard.number, frozenset())), unknown) for shard in shards]

    return Shards()


class _Reading:
    """Reads one shard, wherever Ray has it run."""

    def __init__(self, plan: Plan, shard: Shard, done: AbstractSet[int]) -> None:
        self._plan, self._shard, self._done = plan, shard, done

    def __call__(self) -> Iterator[pa.Table]:
        count = 0
        for chunk in read_chunks(self._plan, self._shard):
            count += 1
            if chunk.number not in self._done:
                yield _table(chunk)
        yield _table(Read(self._shard.number, count))


class _Actor:
    """Restores chunks."""

    def __init__(self, load: Load, work: Work) -> None:
        self._failure: ModelError | None = None
        try:
            self._worker = load(work)
        except RestorerError as error:  # raised here it would only be a stack of Ray's own errors
            self._failure = ModelError(str(error))

    def __call__(self, batch: pa.Table) -> pa.Table:
        step = pickle.loads(batch["data"][0].as_py())
        if isinstance(step, Chunk):
            step = self._failure or self._done(step)
        return _table(step)

    def _done(self, chunk: Chunk) -> Done | RestorerError:
        try:
            return Done(chunk.shard, chunk.number, self._worker.rows(chunk.items))
        except RestorerError as error:
            return error


def _table(step: object) -> pa.Table:
    import pyarrow as pa

    return pa.table({"data": pa.array([pickle.dumps(step)], pa.large_binary())})
