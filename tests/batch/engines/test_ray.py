"""The Ray engine on a cluster of two nodes, both on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from restorer.batch.engines.base import Done, Read
from restorer.batch.engines.local import LocalEngine
from restorer.batch.engines.ray import RayEngine
from restorer.batch.plan import Plan, Shard
from restorer.batch.runner import run
from restorer.errors import SettingsError
from tests.batch.test_runner import contents, make_inputs, plan_of

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray leaves sockets and files to the garbage collector


class Cluster:
    """Two nodes of one core each."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster as Nodes

        small = {"num_cpus": 1, "object_store_memory": 100_000_000}
        self.nodes = Nodes(initialize_head=True, head_node_args={**small, "include_dashboard": False})
        self.second = self.nodes.add_node(**small)
        ray.init(address=self.nodes.address, log_to_driver=False)

    def lose_a_node(self) -> None:
        self.nodes.remove_node(self.second, allow_graceful=False)

    def end(self) -> None:
        ray.shutdown()
        self.nodes.shutdown()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    nodes = Cluster()
    yield nodes
    nodes.end()


class LosingANode:
    """A Ray engine that loses one of its nodes when some chunks are done."""

    def __init__(self, nodes: Cluster) -> None:
        self.nodes = nodes
        self.lost_after: int | None = None

    def run(self, plan: Plan, shards: Sequence[Shard], done: Mapping[int, AbstractSet[int]]) -> Iterator[Done | Read]:
        """Restore, and lose the second node after the second chunk."""
        chunks = 0
        for step in RayEngine(2).run(plan, shards, done):
            yield step
            chunks += isinstance(step, Done)
            if chunks == 2 and self.lost_after is None:
                self.nodes.lose_a_node()
                self.lost_after = chunks


def test_a_lost_node_loses_and_doubles_nothing(tmp_path: Path, cluster: Cluster) -> None:
    source = make_inputs(tmp_path, lines=900)
    engine = LosingANode(cluster)
    run(plan_of(source, tmp_path / "cluster"), engine)
    run(plan_of(source, tmp_path / "alone"), LocalEngine(1))
    assert engine.lost_after is not None
    assert contents(tmp_path / "cluster") == contents(tmp_path / "alone")


def test_no_cluster_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with pytest.raises(SettingsError, match=r"no Ray cluster to join; begin one \(ray start --head\)"):
        run(plan_of(make_inputs(tmp_path), tmp_path / "out"), RayEngine())
