from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
pytest.importorskip("transformers")

from restorer.models.features import TYPE_PAD  # noqa: E402
from restorer.train import graph  # noqa: E402
from restorer.train.examples import Batch, Window, collate  # noqa: E402
from restorer.train.network import Network  # noqa: E402
from tests.train.bases import SPECIAL, make_base  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module", params=sorted(SPECIAL))
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Network:
    return Network.from_base(make_base(tmp_path_factory.mktemp("base"), request.param), [[20], [21]])


@pytest.fixture
def sample() -> list[Batch]:
    rows = [[5, *range(20, 20 + n), 6] for n in (3, 8, 20, 5)]
    windows = [Window(row, [TYPE_PAD] * len(row), [1], [0], [-1], []) for row in rows]
    return [collate(windows[:2]), collate(windows[2:])]


def products(path: Path) -> list[str]:
    """Kinds of the graph's products with a weight."""
    loaded = onnx.load(str(path)).graph
    weights = {tensor.name for tensor in loaded.initializer}
    return [n.op_type for n in loaded.node if n.op_type.startswith("MatMul") and n.input[1] in weights]


def agreeing(monkeypatch: pytest.MonkeyPatch, *cosines: float) -> None:
    said = iter(cosines)
    monkeypatch.setattr(graph, "agreement", lambda *_: next(said))


def test_int8_is_kept_where_it_says_the_same(
    network: Network, sample: list[Batch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreeing(monkeypatch, 0.99)
    said = graph.export_graph(network, tmp_path / "model.onnx", tmp_path / "full.onnx", sample)
    assert said == {"precision": "int8", "cosine": 0.99}
    assert set(products(tmp_path / "model.onnx")) == {"MatMulInteger"}


def test_else_the_products_after_an_activation_keep_their_precision(
    network: Network, sample: list[Batch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreeing(monkeypatch, 0.88, 0.98)
    said = graph.export_graph(network, tmp_path / "model.onnx", tmp_path / "full.onnx", sample)
    assert said == {"precision": "mixed", "cosine": 0.98}
    kinds = products(tmp_path / "model.onnx")
    assert 2 <= kinds.count("MatMul") < kinds.count("MatMulInteger")


def test_else_the_graph_stays_as_it_is(
    network: Network, sample: list[Batch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreeing(monkeypatch, 0.88, 0.96)
    said = graph.export_graph(network, tmp_path / "model.onnx", tmp_path / "full.onnx", sample)
    assert said == {"precision": "float32", "cosine": 1.0}
    assert (tmp_path / "model.onnx").read_bytes() == (tmp_path / "full.onnx").read_bytes()


def test_agreement_is_that_of_the_windows_without_their_padding(
    network: Network, sample: list[Batch], tmp_path: Path
) -> None:
    one, full = tmp_path / "model.onnx", tmp_path / "full.onnx"
    graph.export_graph(network, one, full, sample)
    assert graph.agreement(full, full, sample) == pytest.approx(1.0, abs=1e-5)
    before = graph.agreement(one, full, sample)
    for batch in sample:
        batch.pieces[batch.mask == 0] = 7
    assert graph.agreement(one, full, sample) == before
