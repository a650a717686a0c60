"""The whole way in miniature: a tiny encoder, a few articles, seconds of training, a model folder that loads."""

import json
from hashlib import sha256
from pathlib import Path
from random import Random

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")
pytest.importorskip("zstandard")

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers  # noqa: E402

from restorer import Restorer  # noqa: E402
from restorer.errors import InputError, SettingsError  # noqa: E402
from restorer.models.features import TYPES  # noqa: E402
from restorer.models.onnx import OnnxModel  # noqa: E402
from restorer.segment import segment  # noqa: E402
from restorer.train.corpus import held_out, overlapping, read_folder, shingles  # noqa: E402
from restorer.train.network import Network  # noqa: E402
from restorer.train.pipeline import Plan, run, split  # noqa: E402
from restorer.train.trainer import Schedule  # noqa: E402
from restorer.train.warm import start_from  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

SUBJECTS = ["The mayor", "A spokesman", "The council", "Her neighbour", "The engineer", "An officer"]
VERBS = ["said", "announced", "expected", "believed", "decided"]
REST = [
    "the house would be sold",
    "many people were willing to help",
    "the price was too high",
    "the road remained shut",
]


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


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("base")
    letters = [chr(c) for c in range(97, 123)] + list("0123456789.,'-")
    words = sorted({w for row in (SUBJECTS, VERBS, REST) for phrase in row for w in phrase.lower().split()})
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters), *words]
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder)
    return folder


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
    network = Network.from_base(base, [[1]] * len(wordings))
    network.load_state_dict(torch.load(run_folder / "checkpoint.pt", weights_only=True)["network"])
    pieces = [model._pieces(w) for w in text_.words]
    ids = [2, *(i for p in pieces for i in p), 3]
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
    network = Network.from_base(base, [[1]] * (len(wordings) + 1))
    found = start_from(network, [output, output], [*wordings, "a wording of its own"])
    assert found == len(wordings)
    state = network.state_dict()
    for name, value in checkpoint.items():
        if name.startswith("wordings") or name == "prior_scale" or "token_type" in name:
            continue
        assert torch.allclose(state[name], value, atol=0.02), name
    assert torch.allclose(state["wordings.weight"][:-1], checkpoint["wordings.weight"], atol=0.01)
    told = Network.from_base(base, [[1]] * len(wordings))
    told.load_state_dict(checkpoint)
    kinds = torch.arange(TYPES)
    tables = [n.encoder.embeddings.token_type_embeddings(kinds) for n in (network, told)]
    assert torch.allclose(*tables, atol=0.02)


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
