"""The whole way in miniature: a tiny encoder, a few articles, seconds of training, a model folder that loads."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from random import Random

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")
pytest.importorskip("zstandard")

from restorer import Restorer  # noqa: E402
from restorer.errors import InputError, SettingsError  # noqa: E402
from restorer.models.features import TYPES  # noqa: E402
from restorer.models.onnx import OnnxModel  # noqa: E402
from restorer.segment import segment  # noqa: E402
from restorer.train.corpus import held_out, overlapping, read_folder, shingles  # noqa: E402
from restorer.train.network import Network  # noqa: E402
from restorer.train.pipeline import Plan, run, split  # noqa: E402
from restorer.train.trainer import Schedule, train  # noqa: E402
from restorer.train.warm import start_from  # noqa: E402
from tests.train.bases import REST, SPECIAL, SUBJECTS, VERBS, make_base  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


def text(rng: Random) -> str:
    """An article whose figures keep its 8-grams its own."""

    def row() -> str:
        subject, verb, rest = rng.choice(SUBJECTS), rng.choice(VERBS), rng.choice(REST)
        return f"{subject} {verb} {rng.randint(1, 10**6)} times {rest}, {rng.randint(1, 10**6)} days on."

    return " ".join(row() for _ in range(40))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    rng = Random(3)
    rows = [json.dumps({"id": f"n{i}", "date": "2024-05-06", "text": text(rng)}) for i in range(160)]
    (folder / "news.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=sorted(SPECIAL))
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base"), request.param)


@pytest.fixture(scope="module")
def trained(corpus: Path, base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    run_folder, output = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("models") / "tiny"
    # Two goes: the second resumes from the first one's checkpoint.
    elapsed = 0.0
    for _ in range(2):
        run(Plan(corpus, run_folder, output, base=base, schedule=Schedule(minutes=elapsed + 0.03, threads=1)))
        lines = (run_folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
        elapsed = json.loads(lines[-1])["minutes"]
    return run_folder, output


def test_training_resumes_and_its_loss_falls(trained: tuple[Path, Path]) -> None:
    lines = [json.loads(line) for line in (trained[0] / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    ends = [line["step"] for line in lines if "schedule" in line]
    assert len(ends) == 2
    assert 0 < ends[0] < ends[1]
    losses = [line["detection"] for line in lines if "detection" in line]
    assert not losses or losses[-1] <= losses[0] + 0.05


def test_the_exported_folder_loads_restores_and_lists_its_hashes(trained: tuple[Path, Path]) -> None:
    output = trained[1]
    result = Restorer.from_pretrained(output).restore("The mayor mentioned the home would be sold in 30 days.")
    assert result.model == "tiny-1"
    listed = dict(line.split("  ")[::-1] for line in (output / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    assert listed == {p.name: sha256(p.read_bytes()).hexdigest() for p in output.iterdir() if p.name != "SHA256SUMS"}
    assert {"README.md", "calibration.json", "model.onnx"} <= set(listed)


def test_the_exported_graph_says_what_the_network_says(trained: tuple[Path, Path], base: Path) -> None:
    run_folder, output = trained
    model = OnnxModel.load(output, threads=1)
    text_ = segment("The council believed many people were willing to help in 12 days.")
    wordings = json.loads((run_folder / "wordings.json").read_text(encoding="utf-8"))
    network = Network.from_base(base, [[5]] * len(wordings))
    network.load_state_dict(torch.load(run_folder / "checkpoint.pt", weights_only=True)["network"])
    pieces = [model._pieces(w) for w in text_.words]
    first, last, _ = model._config["special"]
    ids = [first, *(i for p in pieces for i in p), last]
    from restorer.models.features import TYPE_PAD, type_ids

    kinds = type_ids(model._channel.match(text_.words).buckets, text_.quoted, text_.shapes)
    types = [TYPE_PAD, *np.repeat(kinds, [len(p) for p in pieces]).tolist(), TYPE_PAD]
    with torch.inference_mode():
        hidden = network.hidden(torch.tensor([ids]), torch.tensor([types]), torch.ones(1, len(ids), dtype=torch.int64))
        expected = network.detector(hidden)[0, :, 0].numpy()
    heads = np.cumsum([1, *(len(p) for p in pieces[:-1])])
    assert np.abs(next(model.score([text_])).spun_logit - expected[heads]).max() < 0.5


def test_training_may_start_from_an_exported_model(trained: tuple[Path, Path], base: Path) -> None:
    run_folder, output = trained
    wordings = json.loads((run_folder / "wordings.json").read_text(encoding="utf-8"))
    checkpoint = torch.load(run_folder / "checkpoint.pt", weights_only=True)["network"]
    network = Network.from_base(base, [[5]] * (len(wordings) + 1))
    found = start_from(network, [output, output], [*wordings, "a wording of its own"])
    assert found == len(wordings)
    state = network.state_dict()
    for name, value in checkpoint.items():
        if name.startswith("wordings") or name == "prior_scale" or "token_type" in name:
            continue
        assert torch.allclose(state[name], value, atol=0.02), name
    assert torch.allclose(state["wordings.weight"][:-1], checkpoint["wordings.weight"], atol=0.01)
    told = Network.from_base(base, [[5]] * len(wordings))
    told.load_state_dict(checkpoint)
    kinds = torch.arange(TYPES)
    tables = [n.encoder.embeddings.get_submodule("token_type_embeddings")(kinds) for n in (network, told)]
    assert torch.allclose(*tables, atol=0.02)


def test_a_graph_in_full_precision_scores_and_gives_its_weights_back_exactly(
    trained: tuple[Path, Path], base: Path, tmp_path: Path
) -> None:
    run_folder, output = trained
    folder = Path(shutil.copytree(output, tmp_path / "full"))
    shutil.copyfile(run_folder / "model.fp32.onnx", folder / "model.onnx")
    words = segment("The mayor mentioned the home would be sold in 30 days.")
    one, other = (next(OnnxModel.load(f, threads=1).score([words])).spun_logit for f in (output, folder))
    assert np.abs(one - other).max() < 0.5
    wordings = json.loads((run_folder / "wordings.json").read_text(encoding="utf-8"))
    checkpoint = torch.load(run_folder / "checkpoint.pt", weights_only=True)["network"]
    network = Network.from_base(base, [[5]] * len(wordings))
    start_from(network, [folder], wordings)
    for name, value in network.state_dict().items():
        if not name.startswith("wordings") and "token_type" not in name:
            assert torch.allclose(value, checkpoint[name], atol=1e-6), name


def test_training_does_not_start_from_a_model_of_another_encoder(
    trained: tuple[Path, Path], base: Path, tmp_path: Path
) -> None:
    kind = json.loads((base / "config.json").read_text(encoding="utf-8"))["model_type"]
    other = make_base(tmp_path, next(k for k in SPECIAL if k != kind))
    network = Network.from_base(other, [[5]])
    with pytest.raises(SettingsError, match=f"{trained[1]}.*same --base"):
        start_from(network, [trained[1]], ["said"])


def test_a_run_does_not_go_on_with_another_base(
    trained: tuple[Path, Path], corpus: Path, base: Path, tmp_path: Path
) -> None:
    kind = json.loads((base / "config.json").read_text(encoding="utf-8"))["model_type"]
    other = make_base(tmp_path, next(k for k in SPECIAL if k != kind))
    with pytest.raises(SettingsError, match=r"checkpoint\.pt.*--base"):
        train(Network.from_base(other, [[5]]), iter(()), [], trained[0], Schedule())


def test_the_card_and_the_configuration_say_what_the_encoder_is(trained: tuple[Path, Path], base: Path) -> None:
    config = json.loads((trained[1] / "config.json").read_text(encoding="utf-8"))
    kind = json.loads((base / "config.json").read_text(encoding="utf-8"))["model_type"]
    assert config["encoder"].startswith({"bert": "BERT", "mpnet": "MPNet"}[kind])
    assert config["encoder"].endswith(f"started from {base.name}")
    card = (trained[1] / "README.md").read_text(encoding="utf-8")
    assert config["encoder"] in card
    assert f"transform; {config['precision']})" in card


def test_a_maker_cannot_be_left_out_of_a_model_that_starts_from_one_trained_with_it(
    trained: tuple[Path, Path], corpus: Path, base: Path, tmp_path: Path
) -> None:
    plan = Plan(corpus, tmp_path, tmp_path / "out", base=base, without=frozenset({"noise"}), start=(trained[1],))
    with pytest.raises(SettingsError, match="trained with noise"):
        run(plan)


def test_no_training_article_is_held_out_or_overlaps_one_or_a_text_kept_aside(corpus: Path, tmp_path: Path) -> None:
    everything = list(read_folder(corpus))
    seed = tmp_path / "seed.txt"
    seed.write_text(next(a.text for a in everything if not held_out(a)), encoding="utf-8")
    training, held = split(Plan(corpus, tmp_path, tmp_path, kept_aside=(seed,)))
    kept = shingles(seed.read_text(encoding="utf-8"))
    for article in held:
        kept |= shingles(article.text)
    assert training
    assert not {a.id for a in training} & {a.id for a in held}
    assert not any(overlapping(a.text, kept) for a in training)


def test_a_corpus_that_leaves_nothing_to_train_on_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "few.jsonl").write_text(json.dumps({"text": "Too short."}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="0 articles left"):
        split(Plan(tmp_path, tmp_path, tmp_path))
