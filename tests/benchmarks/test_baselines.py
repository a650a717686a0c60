from pathlib import Path

import pytest

from benchmarks.baselines import (
    Gap,
    MaskedModel,
    Texts,
    best_margin,
    compared,
    every_change,
    lookup,
    masked,
    measured,
    nothing,
    rewritten_rows,
    spun,
    to_rewrite,
    turned,
    wording_changes,
)
from benchmarks.common import CLEAN_SEEDS, seed
from benchmarks.scoring import Gold, edits
from restorer import Restorer
from restorer.models.locate import shipped_models
from restorer.models.onnx import OnnxModel
from restorer.segment import segment
from restorer.train.lexicon import Table
from restorer.train.spinners import TableSpinner
from tests.fakes import FakeModel

TABLE = Table.from_weights(
    {
        ("said",): {("mentioned",): 0.5, ("stated",): 0.5},
        ("noted",): {("mentioned",): 0.2, ("observed",): 0.8},
        ("at", "least"): {("a", "minimum"): 1.0},
    }
)


@pytest.fixture(scope="module")
def model() -> MaskedModel:
    return MaskedModel(OnnxModel.load(shipped_models()["small"], threads=1))


@pytest.fixture
def restorer() -> Restorer:
    return Restorer(FakeModel())


def test_a_list_replaces_the_longest_form_by_its_likeliest_original_whatever_the_context(restorer: Restorer) -> None:
    method = lookup(turned(TABLE, {"said": 0.01, "noted": 0.001}), restorer)
    result = method("He mentioned a minimum of two. See https://mentioned.example/x")
    assert result.restored == "He said at least of two. See https://mentioned.example/x"
    assert [f.applied for f in result.findings] == [True, True]


def test_what_the_list_does_not_hold_stays(restorer: Restorer) -> None:
    assert lookup(turned(TABLE, {}), restorer)("Nothing here.").findings == ()


def test_the_likelier_original_is_the_one_written_more_often() -> None:
    assert turned(TABLE, {"said": 0.01, "noted": 0.001})[("mentioned",)] == "said"
    assert turned(TABLE, {"said": 0.0001, "noted": 0.01})[("mentioned",)] == "noted"


def test_doing_nothing_changes_nothing_and_scores_nothing(restorer: Restorer) -> None:
    text = "The statesmen mentioned it."
    assert nothing(restorer)(text).restored == text
    assert set(measured(nothing(restorer), [(text, [Gold(4, 13, ("officials",))])]).values()) == {0.0}


def test_only_words_that_can_be_said_and_spun_are_hidden_and_never_proposed_for_themselves(model: MaskedModel) -> None:
    text = segment("On Monday 12 officials in Qxzzv said, see www.said.example, that Said had said so.")
    gaps = list(model.gaps(text))
    hidden = "on officials in said see that said had said so".split()
    assert [text.words[g.index] for g in gaps] == hidden
    assert all(g.wording.islower() and g.wording != text.words[g.index] for g in gaps)


def test_a_word_that_fits_is_likelier_than_the_next_best_and_an_odd_one_less(model: MaskedModel) -> None:
    margins = {
        word: next(g.margin for g in model.gaps(words) if words.words[g.index] == word)
        for word in ("of", "quickly")
        for words in [segment(f"He was elected president {word} the United States in 2016.")]
    }
    assert margins["of"] < 0 < margins["quickly"]


@pytest.mark.parametrize("text", ["", "...", "2016 EU"])
def test_a_text_without_such_words_has_no_gaps(model: MaskedModel, text: str) -> None:
    assert list(model.gaps(segment(text))) == []


def test_gaps_are_filled_from_a_margin_on(model: MaskedModel, restorer: Restorer) -> None:
    text = "He was elected president quickly the United States in 2016."
    least = max(g.margin for g in model.gaps(segment(text)))
    assert len(masked(model, restorer, least)(text).findings) == 1
    assert masked(model, restorer, least + 0.01)(text).restored == text


def test_the_best_margin_keeps_right_fillings_and_leaves_wrong_ones_out(restorer: Restorer) -> None:
    texts = [("The statesmen mentioned it.", [Gold(4, 13, ("officials",))])]
    gaps = [[Gap(0, "a", 3.9), Gap(1, "officials", 6.0), Gap(2, "knew", 4.1)]]
    assert best_margin(texts, gaps, restorer) == (4.25, 1.0)


def test_every_difference_of_words_is_a_change_and_quotation_marks_and_case_are_none(restorer: Restorer) -> None:
    text = "“The statesmen” mentioned, at the convention in the city, that it was very good."
    rewritten = '"the officials" said, at the convention in the big city, that it was good. Really'
    method = compared({text: rewritten}, restorer, every_change)
    restored = "“The officials” said, at the convention in the big city, that it was good. Really"
    assert method(text).restored == restored
    assert [e.new for e in edits(method(text))] == ["officials", "said", "big ", "", " Really"]


@pytest.mark.parametrize(("text", "rewritten"), [("", "Sure. Here"), ("All of it.", ""), ("New words", "Other ones")])
def test_texts_with_nothing_in_common_are_one_change(restorer: Restorer, text: str, rewritten: str) -> None:
    result = compared({text: rewritten}, restorer, every_change)(text)
    assert len(result.findings) == 1
    assert result.restored.strip() == rewritten


def test_a_text_told_again_as_it_is_has_no_change() -> None:
    text = "The officials said it.\n\nTwice."
    assert every_change(text, text) == wording_changes(text, text) == []


def test_changes_of_wording_are_short_and_keep_names_and_figures(restorer: Restorer) -> None:
    text = "On Monday the statesmen mentioned that Anna Reed had a total of 40 votes in the town.\nNothing like it."
    rewritten = "On Monday the officials said that Anna Bell had a total of 50 votes in the town.\nA tale of its own."
    method = compared({text: rewritten}, restorer, wording_changes)
    assert method(text).restored == text.replace("statesmen mentioned", "officials said")


@pytest.mark.parametrize(("old", "new"), [(" in the city", ""), ("", " in the city")])
def test_a_change_at_the_very_end_is_one_too(restorer: Restorer, old: str, new: str) -> None:
    same = "The council said the bridge would stay closed for weeks"
    method = compared({same + old: same + new}, restorer, wording_changes)
    assert method(same + old).restored.strip() == same + new


def test_texts_are_spun_at_full_density_with_their_gold() -> None:
    ((text, gold),) = spun(["They said at least two of them said so."], TableSpinner(TABLE))
    assert len(gold) >= 2
    assert {g.wordings for g in gold} <= {("said",), ("at least",)}
    assert {text[g.start : g.end] for g in gold} <= {"mentioned", "stated", "a minimum"}


def test_seeds_are_rewritten_first_then_one_article_of_each_maker_in_turn() -> None:
    groups: dict[str, Texts] = {n: [(f"{n}{number}", []) for number in (1, 2)] for n in ("seeds", "a", "b")}
    clean = [seed(s) for s in CLEAN_SEEDS]
    assert to_rewrite(groups) == ["seeds1", "seeds2", *clean, "a1", "b1", "a2", "b2"]


def test_without_the_seeds_a_rewriting_is_refused(tmp_path: Path, restorer: Restorer) -> None:
    path = tmp_path / "rewritten.jsonl"
    path.write_text('{"model": "m", "text": "One.", "rewritten": "One."}\n', encoding="utf-8")
    with pytest.raises(SystemExit, match="more time"):
        rewritten_rows(path, {}, restorer)
