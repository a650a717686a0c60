import json
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from restorer.channel import PARTIAL, Channel, Form
from restorer.errors import ModelFormatError, ModelNotFoundError
from restorer.models.base import Candidate
from restorer.models.locate import shipped_models
from restorer.models.onnx import OnnxModel
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
    "name",
    ["model.onnx", "head.npz", "channel.npz", "tokenizer.json", "calibration.json", "config.json", "wordings.json"],
)
def test_a_damaged_file_is_a_model_error_with_a_remedy(copy: Path, name: str) -> None:
    (copy / name).write_bytes((copy / name).read_bytes()[:50])
    with pytest.raises(ModelFormatError, match="reinstall restorer") as caught:
        OnnxModel.load(copy)
    assert str(copy) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "key"), [("config.json", "prior"), ("calibration.json", "flag")])
def test_a_file_that_lacks_a_value_is_a_model_error(copy: Path, name: str, key: str) -> None:
    data = json.loads((copy / name).read_text(encoding="utf-8"))
    del data[key]
    (copy / name).write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ModelFormatError, match=key):
        OnnxModel.load(copy)


def test_files_of_different_models_are_noticed_at_once(copy: Path) -> None:
    wordings = json.loads((copy / "wordings.json").read_text(encoding="utf-8"))
    (copy / "wordings.json").write_text(json.dumps(wordings[:-1]), encoding="utf-8")
    with pytest.raises(ModelFormatError, match=r"different models.*export it again"):
        OnnxModel.load(copy)


def test_a_file_is_no_model_folder(copy: Path) -> None:
    with pytest.raises(ModelNotFoundError, match=r"config\.json"):
        OnnxModel.load(copy / "config.json")


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


@pytest.mark.parametrize(
    ("sentence", "spun"),
    [
        ("The White Home mentioned on Tuesday that officers anticipated it.", "home"),
        ("The coalition of the keen met in London on Tuesday and mentioned it.", "keen"),
    ],
)
def test_a_word_that_takes_the_place_of_its_neighbours_companion_is_given_away(
    model: OnnxModel, sentence: str, spun: str
) -> None:
    text = segment(sentence)
    place = text.words.index(spun)
    whole, blind = (next(m.score([text])) for m in (model, model.without_collocations()))
    assert whole.spun_logit[place] > blind.spun_logit[place] + 0.5
    assert whole.neighbours is not None
    assert whole.neighbours[place] > 0.5
    assert whole.alone(place) == pytest.approx(blind.alone(place), abs=1e-6)


def test_what_the_page_was_spun_with_moves_its_words_and_their_wordings(model: OnnxModel) -> None:
    text = segment("The officials underscored it, and a few days in the past they mentioned the identical factor. " * 4)
    whole, blind = (next(m.score([text])) for m in (model, model.without_attribution()))
    assert not np.array_equal(whole.spun_logit, blind.spun_logit)
    assert whole.own_table is not None
    assert whole.own_table.max() > 0
    assert np.allclose(whole.spun_logit - whole.own_table, blind.spun_logit, atol=1e-5)
    alone, blindly = ([scores.alone(i) for i in range(len(text))] for scores in (whole, blind))
    assert np.allclose(alone, blindly, atol=1e-6)
    moved = [i for i in whole.candidates if whole.candidates[i] != blind.candidates.get(i)]
    assert moved


@pytest.mark.parametrize("text", ["", "...", "\ud800 \udfff", "\u200d\u0301", "x" * 1000])
def test_texts_a_tokenizer_can_make_little_of_have_scores_too(model: OnnxModel, text: str) -> None:
    words = segment(text)
    scores = next(model.score([words]))
    assert scores.spun_logit.shape == (len(words),)
    assert np.isfinite(scores.spun_logit).all()


@pytest.mark.parametrize(("origin", "phrases"), [(0, ["at least"]), (PARTIAL, [])])
def test_a_phrase_is_offered_only_for_an_original_that_can_be_said_in_full(
    model: OnnxModel, origin: int, phrases: list[str]
) -> None:
    known = [w.lower() for w in model._head.wordings]
    form = Form(
        ("a", "minimum"),
        3.0,
        np.array([0, 1], np.uint8),
        np.array([known.index("at"), known.index("least")], np.int32),
        np.zeros(2, np.float32),
        np.full(2, origin, np.uint8),
        np.ones((2, 1), np.float32),
    )
    words = ["took", "a", "minimum", "there"]
    found = {1: [Candidate(1, 1, "at", -0.1)], 2: [Candidate(2, 1, "least", -0.1)]}
    rows = model._phrases(words, Channel([form]).match(words), found)
    assert [c.wording for c in rows.get(1, [])] == phrases


def test_hidden_words_are_guessed_from_their_context_and_never_as_they_were(model: OnnxModel) -> None:
    text = segment("The prime minister said on Thursday that the government would publish the report next week.")
    hidden = [text.words.index("minister"), text.words.index("report")]
    found = model.fill(text, hidden)
    assert list(found) == hidden
    assert all(c.wording != text.words[i] for i, row in found.items() for c in row)
    likelihoods = [c.log_probability for c in found[hidden[1]]]
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert model.fill(text, []) == {}


def test_guesses_do_not_depend_on_the_hidden_word_itself(model: OnnxModel) -> None:
    guesses = []
    for word in ("report", "sandwich"):
        text = segment(f"The government would publish the {word} next week.")
        row = next(iter(model.fill(text, [text.words.index(word)]).values()))
        guesses.append({c.wording for c in row} - {"report", "sandwich"})
    assert len(guesses[0] & guesses[1]) >= 10
