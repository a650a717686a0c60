import shutil
from hashlib import sha256
from math import log
from pathlib import Path

import numpy as np
import pytest

from restorer.channel import Channel
from restorer.errors import ModelFormatError, ModelNotFoundError
from restorer.models.locate import shipped_models
from restorer.models.onnx import MOST_CANDIDATES, Head, OnnxModel
from restorer.segment import segment

FOLDER = shipped_models()["small"]


@pytest.fixture(scope="module")
def model() -> OnnxModel:
    return OnnxModel.load(FOLDER, threads=1)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "model"))


def test_the_shipped_files_are_those_listed_and_small_enough() -> None:
    listed = dict(line.split("  ")[::-1] for line in (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    actual = {p.name: sha256(p.read_bytes()).hexdigest() for p in FOLDER.iterdir() if p.name != "SHA256SUMS"}
    assert actual == listed
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) < 40_000_000


def test_a_missing_folder_and_a_missing_file_are_named(tmp_path: Path, copy: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="nowhere"):
        OnnxModel.load(tmp_path / "nowhere")
    (copy / "head.npz").unlink()
    with pytest.raises(ModelFormatError, match=r"head\.npz missing"):
        OnnxModel.load(copy)


@pytest.mark.parametrize(
    "name", ["model.onnx", "head.npz", "channel.npz", "tokenizer.json", "calibration.json", "config.json"]
)
def test_a_damaged_file_is_a_model_error_with_a_remedy(copy: Path, name: str) -> None:
    (copy / name).write_bytes((copy / name).read_bytes()[:50])
    with pytest.raises(ModelFormatError, match="reinstall restorer"):
        OnnxModel.load(copy)


def test_scores_of_a_text_do_not_depend_on_its_company(model: OnnxModel) -> None:
    texts = [segment("The White Home mentioned it."), segment("A quiet day by the sea. " * 60)]
    alone = [next(model.score([t])) for t in texts]
    for one, other in zip(alone, model.score(texts), strict=True):
        assert np.array_equal(one.spun_logit, other.spun_logit)
        assert one.candidates == other.candidates


def test_every_word_has_a_score_and_suspects_have_ranked_wordings(model: OnnxModel) -> None:
    text = segment("Officers mentioned the information convention on Tuesday. " * 5)
    scores = next(model.score([text]))
    assert scores.spun_logit.shape == (len(text),)
    assert scores.candidates
    for index, row in scores.candidates.items():
        values = [c.log_probability for c in row]
        assert values == sorted(values, reverse=True)
        assert text.words[index] not in [c.wording.lower() for c in row]


def test_without_its_channel_the_model_still_sees_spun_words(model: OnnxModel) -> None:
    blind = model.with_channel(lambda channel: Channel([]))
    text = segment("The White Home mentioned on Tuesday that officers anticipated a information convention.")
    scores = next(blind.score([text]))
    assert scores.spun_logit[text.words.index("home")] > scores.spun_logit[text.words.index("tuesday")]


def head(width: int = 4, wordings: int = 2000) -> Head:
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(wordings, width)).astype(np.float32)
    return Head(weight, np.zeros(wordings, np.float32), [f"w{i}" for i in range(wordings)], 1.0)


def test_rank_finds_the_largest_and_their_probabilities() -> None:
    one = head()
    hidden = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    ids, values = one.rank(hidden, [{}] * 5, [-1] * 5)
    logits = hidden @ one.weight.T
    exact = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    assert ids.tolist() == np.argsort(-exact, 1)[:, :MOST_CANDIDATES].tolist()
    assert np.allclose(values, -np.sort(-exact, 1)[:, :MOST_CANDIDATES], atol=1e-4)


def test_rank_heeds_the_prior_and_never_offers_the_word_itself() -> None:
    one = head()
    hidden = np.random.default_rng(2).normal(size=(1, 4)).astype(np.float32)
    best = int(one.rank(hidden, [{}], [-1])[0][0, 0])
    assert int(one.rank(hidden, [{1234: 50.0}], [-1])[0][0, 0]) == 1234
    ids, values = one.rank(hidden, [{}], [best])
    assert best not in ids.tolist()[0]
    assert np.exp(values).sum() <= 1.0 + log(1.01)
