import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from restorer import Restorer
from restorer.config import Settings
from restorer.engine import document_surprise, load_model
from restorer.errors import InputError, ModelError, ModelFormatError, ModelNotFoundError
from restorer.models.locate import shipped_models
from restorer.types import Document, Result
from tests.fakes import SPUN, FakeModel

SPUN_TEXT = "The statesmen mentioned there was adequate time, he mentioned, at the convention."
spun_words = st.sampled_from(sorted(SPUN))
anything = st.text(max_size=40)
breaks = st.sampled_from(["\r\n", "\r", " ", "é", "👩‍👩‍👧"])
texts = st.lists(st.one_of(spun_words, spun_words.map(str.title), anything, breaks))


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer(FakeModel())


@pytest.fixture(scope="module")
def shipped() -> Restorer:
    return Restorer.from_pretrained(settings=Settings(threads=1))


def outside(result: Result) -> tuple[str, str]:
    """Everything that is not part of an applied edit, before and after."""
    text, after = result.document.text, result.restored
    before_pieces, after_pieces = [], []
    position = moved = 0
    for f in result.applied:
        before_pieces.append(text[position : f.start])
        after_pieces.append(after[moved : moved + f.start - position])
        moved += f.start - position + len(f.replacement or "")
        position = f.end
    return "\0".join([*before_pieces, text[position:]]), "\0".join([*after_pieces, after[moved:]])


@given(texts)
def test_text_outside_applied_edits_is_untouched_and_offsets_are_right(parts: list[str]) -> None:
    result = Restorer(FakeModel()).restore(" ".join(parts))
    before, after = outside(result)
    assert before == after
    ends = [0, *(f.end for f in result.findings)]
    assert all(f.start >= end for f, end in zip(result.findings, ends, strict=False))
    assert all(result.document.text[f.start : f.end] == f.text for f in result.findings)


@settings(max_examples=25, deadline=None)
@given(texts)
def test_the_same_holds_for_the_shipped_model(shipped: Restorer, parts: list[str]) -> None:
    text = " ".join(parts)
    result = shipped.restore(text).rethreshold(threshold=0.1)
    before, after = outside(result)
    assert before == after
    assert all(text[f.start : f.end] == f.text for f in result.candidates)


def test_restoring_changes_what_is_spun(restorer: Restorer) -> None:
    restored = "The officials said there was enough time, he said, at the conference."
    assert restorer.restore(SPUN_TEXT).restored == restored


def test_the_shipped_model_restores_what_everybody_knows(shipped: Restorer) -> None:
    text = (
        "The White Home mentioned on Tuesday that it could not touch upon the matter. Officers mentioned the president "
        "would host a information convention within the capital subsequent week, and the State Division additionally "
        "mentioned that allies have been anticipated to attend."
    )
    restored = shipped.restore(text).restored
    for phrase in ("White House said", "news conference in the capital next week", "State Department also said"):
        assert phrase in restored


def test_the_shipped_model_leaves_a_clean_text_alone(shipped: Restorer) -> None:
    text = (Path(__file__).parent.parent / "seeds" / "003_f2ea12741fe29b45.txt").read_bytes().decode("utf-8")
    assert shipped.restore(text).restored == text


def test_restoring_twice_gives_the_same_and_so_does_restoring_many(shipped: Restorer) -> None:
    documents = [SPUN_TEXT, "The White Home mentioned it.", "", SPUN_TEXT * 9]
    alone = [shipped.restore(text).to_dict() for text in documents]
    assert [result.to_dict() for result in shipped.restore_many(documents)] == alone
    assert [result.to_dict() for result in shipped.restore_many(reversed(documents))] == alone[::-1]


def test_threads_may_share_a_restorer(shipped: Restorer) -> None:
    documents = [f"{SPUN_TEXT} Number {i} {'mentioned again ' * i}" for i in range(8)]
    expected = [shipped.restore(text).to_dict() for text in documents]
    with ThreadPoolExecutor(4) as pool:
        assert [r.to_dict() for r in pool.map(shipped.restore, documents)] == expected


@given(st.lists(texts.map(" ".join), max_size=4))
def test_restoring_many_is_restoring_each(documents: list[str]) -> None:
    restorer = Restorer(FakeModel())
    alone = [restorer.restore(text).to_dict() for text in documents]
    assert [result.to_dict() for result in restorer.restore_many(documents)] == alone


def test_restoring_many_reads_no_further_than_asked(restorer: Restorer) -> None:
    documents = iter([Document(SPUN_TEXT, "a.txt"), Document("", "b.txt")])
    results = restorer.restore_many(documents)
    assert next(results).document.path == "a.txt"
    assert next(documents).path == "b.txt"


@pytest.mark.parametrize("fpr", [0.0001, 0.01, 0.5])
def test_a_rate_asked_for_afterwards_equals_a_fresh_run_with_it(shipped: Restorer, fpr: float) -> None:
    text = f"“The White Home mentioned it,” he mentioned. {SPUN_TEXT} About two,500 came."
    fresh = Restorer(shipped.model, Settings(fpr=fpr)).restore(text)
    assert shipped.restore(text).rethreshold(fpr=fpr).findings == fresh.findings


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.9, 1.0])
def test_rethreshold_equals_a_fresh_run_with_that_threshold(restorer: Restorer, threshold: float) -> None:
    fresh = Restorer(FakeModel(), Settings(threshold=threshold)).restore(SPUN_TEXT)
    assert restorer.restore(SPUN_TEXT).rethreshold(threshold=threshold).findings == fresh.findings


@pytest.mark.parametrize(
    "other",
    [
        Settings(threshold=0.95),
        Settings(fpr=0.01),
        Settings(quotes="skip"),
        Settings(ignore_words=frozenset({"mentioned"})),
    ],
)
def test_other_settings_on_the_same_model_are_a_fresh_run_with_them(restorer: Restorer, other: Settings) -> None:
    text = f'{SPUN_TEXT} "It was adequate," they mentioned.'
    before = restorer.restore(text)
    assert restorer.with_settings(other).restore(text).to_dict() == Restorer(FakeModel(), other).restore(text).to_dict()
    assert restorer.with_settings(other).model is restorer.model
    assert restorer.restore(text).to_dict() == before.to_dict(), "the first restorer decides as before"


def test_a_stricter_rate_never_applies_more(restorer: Restorer) -> None:
    result = restorer.restore(SPUN_TEXT)
    counts = [len(result.rethreshold(fpr=rate).applied) for rate in (0.00001, 0.001, 0.1)]
    assert counts == sorted(counts)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\r\n\r\n", "... !!! ???", "\x00\x00", "x" * 300_000, "“" * 500, "a-" * 5000, "\ud800 \udfff"],
    ids=range(9),
)
def test_odd_texts_come_back_as_they_are(restorer: Restorer, text: str) -> None:
    result = restorer.restore(text)
    assert result.restored == text
    assert result.findings == ()


def test_a_long_document_is_restored_to_its_end_with_offsets_of_the_whole(restorer: Restorer) -> None:
    text = (SPUN_TEXT + " " + "2019 1,204 33 " * 100 + "\n") * 400
    result = restorer.restore(text)
    assert len(text) > 500_000
    assert result.restored.count("The officials said there was enough time") == 400
    assert all(text[f.start : f.end] == f.text for f in result.findings)


def test_a_line_of_five_megabytes_without_a_space_is_cut_and_still_restored_at_its_end(restorer: Restorer) -> None:
    result = restorer.restore("x" * 5_000_000 + " " + SPUN_TEXT + "\r\n")
    assert (result.findings[0].start, result.findings[0].text) == (5_000_005, "statesmen")
    assert result.restored == "x" * 5_000_000 + " " + restorer.restore(SPUN_TEXT).restored + "\r\n"


def test_thousands_of_leftovers_are_all_restored(restorer: Restorer) -> None:
    assert restorer.restore("{big|large} mentioned, " * 8000).restored == "big said, " * 8000


def test_the_shipped_model_takes_half_a_surrogate_pair(shipped: Restorer) -> None:
    text = "The White Home \ud83d mentioned on Tuesday that officers anticipated an information convention.\udfff"
    result = shipped.restore(text)
    assert result.restored.startswith("The White House \ud83d said on Tuesday")
    assert result.restored.endswith(".\udfff")


@pytest.mark.parametrize(
    "text",
    ["See https://a.example/two.5/{id|name} there", "two.500@mail.example wrote", "Type `{that a}` or `two,500`"],
)
def test_nothing_inside_an_address_or_code_is_a_leftover(restorer: Restorer, text: str) -> None:
    result = restorer.restore(text)
    assert result.restored == text
    assert result.summary.leftovers == 0


def test_a_doubt_about_the_article_does_not_cost_the_edit_after_it() -> None:
    spun = {"an": (("a", 0.4),), "adequate": (("sufficient", 0.95),)}
    result = Restorer(FakeModel(spun=spun)).restore("It was an adequate time, and an adequate answer.")
    assert [(f.text, f.replacement) for f in result.applied] == [("an adequate", "a sufficient")] * 2


def test_a_doubtful_edit_does_not_displace_the_stronger_one_before_it() -> None:
    spun = {"a": (("the", 0.9),), "keen": (("eager", 0.3),)}
    result = Restorer(FakeModel(spun=spun)).restore("It was a keen answer.")
    assert [(f.text, f.replacement) for f in result.candidates] == [("a", "the")]


def test_a_long_honest_text_is_no_more_suspicious_for_its_odd_words() -> None:
    restorer = Restorer(FakeModel(odds=3.0))
    short = "They left. " * 150 + "He mentioned it. "
    once, often = (document_surprise(restorer.examine(text)) for text in (short, short * 20))
    assert once > 0
    assert often < 4 * once


def test_leftovers_are_findings_of_their_own_kind(restorer: Restorer) -> None:
    result = restorer.restore("About two,500 people came to {the big} square.")
    assert [(f.kind, f.text, f.replacement) for f in result.findings] == [
        ("leftover", "two", "2"),
        ("leftover", "{the big}", "the big"),
    ]
    assert result.summary.leftovers == 2
    assert result.restored == "About 2,500 people came to the big square."


def test_a_leftover_wins_over_a_word_inside_it(restorer: Restorer) -> None:
    result = restorer.restore("They {mentioned it|said it} and mentioned more.")
    assert [(f.kind, f.replacement) for f in result.findings] == [("leftover", "mentioned it"), ("wording", "said")]


CLEAN = """The harbour council of Wexmoor voted on Tuesday to rebuild the eastern pier, which a storm destroyed in 2019.
Councillor Adela Brandt said the work would cost 4.2 million crowns and take eighteen months to finish.
Fishermen from the village of Tarn welcomed the decision but asked for the old lamps to be kept.
Engineers from the firm Holm and Quist will begin to survey the sea bed before the end of the summer.
"""


def test_wording_comes_from_a_clean_copy_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text(CLEAN, encoding="utf-8")
    spun = CLEAN.replace("destroyed", "ruined").replace("welcomed the decision", "greeted the choice")
    result = Restorer(FakeModel(), Settings(references=str(tmp_path))).restore(Document(spun))
    assert result.restored == CLEAN
    assert {f.kind for f in result.findings} == {"reference"}
    assert all(f.evidence.source and f.evidence.source.endswith("clean.txt") for f in result.findings)


def test_a_word_that_a_clean_copy_lacks_takes_its_space_with_it(tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text(CLEAN, encoding="utf-8")
    spun = CLEAN.replace("survey the sea bed", "survey the marine sea bed").replace("destroyed", "ruined")
    assert Restorer(FakeModel(), Settings(references=str(tmp_path))).restore(spun).restored == CLEAN


def test_other_settings_keep_the_clean_copies(tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text(CLEAN, encoding="utf-8")
    restorer = Restorer(FakeModel(), Settings(references=str(tmp_path))).with_settings(Settings(fpr=0.01))
    assert restorer.restore(CLEAN.replace("destroyed", "ruined")).restored == CLEAN


def restored_with_copy(folder: Path, spun: str, clean: str, **wordings: tuple[str, float]) -> Result:
    (folder / "clean.txt").write_text(clean, encoding="utf-8")
    model = FakeModel(spun={word: (wording,) for word, wording in wordings.items()})
    return Restorer(model, Settings(references=str(folder))).restore(spun)


def test_words_that_a_clean_copy_confirms_are_left_alone(tmp_path: Path) -> None:
    spun = CLEAN.replace("destroyed", "ruined").replace("lamps", "lights")
    result = restored_with_copy(
        tmp_path, spun, CLEAN, pier=("dock", 0.96), storm=("tempest", 0.96), lights=("torches", 0.96)
    )
    assert result.restored == CLEAN
    assert [(f.kind, f.text) for f in result.candidates] == [("reference", "ruined"), ("reference", "lights")]


def test_a_name_is_restored_where_model_and_clean_copy_agree(tmp_path: Path) -> None:
    clean, spun = CLEAN.replace("firm Holm", "firm Holm House"), CLEAN.replace("firm Holm", "firm Holm Home")
    agreed = restored_with_copy(tmp_path, spun, clean, home=("house", 0.96))
    assert (agreed.restored, [f.kind for f in agreed.findings]) == (clean, ["wording"])
    assert restored_with_copy(tmp_path, spun, clean, home=("flat", 0.96)).restored == spun


def test_a_sentence_that_the_clean_copy_lacks_is_left_to_the_model(tmp_path: Path) -> None:
    spun = CLEAN.replace("destroyed", "ruined") + "Nobody mentioned the pier or the storm to us.\n"
    result = restored_with_copy(tmp_path, spun, CLEAN, mentioned=("named", 0.96))
    assert result.restored == CLEAN + "Nobody named the pier or the storm to us.\n"


def test_the_model_shows_which_sentence_of_the_copy_was_spun_beyond_recognition(tmp_path: Path) -> None:
    spun = CLEAN + "Safety ensures had been mentioned at size.\n"
    clean = CLEAN.replace("destroyed", "wrecked") + "Security guarantees were discussed at length.\n"
    wordings = {"safety": "security", "ensures": "guarantees", "size": "length", "mentioned": "said"}
    result = restored_with_copy(tmp_path, spun, clean, **{word: (old, 0.96) for word, old in wordings.items()})
    assert result.restored == clean


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "text must be a str or a Document of one, got NoneType; pass the text itself"),
        (b"x", "text must be a str or a Document of one, got bytes; decode it first"),
        (Path("a.txt"), "text must be a str or a Document of one, got [A-Za-z]+Path; read it with restorer.readers"),
        (Document(b"x"), "text must be a str or a Document of one, got bytes; decode it first"),  # type: ignore[arg-type]
    ],
)
def test_anything_but_a_text_is_an_error_that_names_its_type(restorer: Restorer, text: object, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        restorer.restore(text)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=f"^{message}"):
        list(restorer.restore_many([text]))  # type: ignore[list-item]


@pytest.mark.parametrize("texts", ["abc", b"abc", Document("abc"), None, 3])
def test_restoring_many_takes_no_single_text(restorer: Restorer, texts: object) -> None:
    kind = type(texts).__name__
    with pytest.raises(InputError, match=rf"^texts must be a list or other iterable of texts, got {kind}; restore\(\)"):
        restorer.restore_many(texts)  # type: ignore[arg-type]


def test_an_unknown_model_is_an_error_that_names_it() -> None:
    with pytest.raises(ModelNotFoundError, match="no/such-model"):
        load_model("no/such-model")


def test_where_a_rule_and_a_clean_copy_meet_the_rule_is_kept_once(tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text(CLEAN, encoding="utf-8")
    spun = CLEAN.replace("4.2 million", "four.2 million").replace("destroyed", "ruined")
    result = Restorer(FakeModel(), Settings(references=str(tmp_path))).restore(spun)
    assert result.restored == CLEAN
    ends = [0, *(f.end for f in result.findings)]
    assert all(f.start >= end for f, end in zip(result.findings, ends, strict=False))


def test_a_model_is_found_by_folder_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped_models()["small"], tmp_path / "mine"))
    assert Restorer.from_pretrained(folder, settings=Settings(threads=1)).restore("").restored == ""
    (folder / "head.npz").unlink()
    with pytest.raises(ModelFormatError, match=r"mine.*head\.npz missing"):
        load_model(str(folder))
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelError, match="mine"):
        load_model(str(folder))
