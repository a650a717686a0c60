from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.decode import decode
from restorer.evidence import weigh
from restorer.models.base import Candidate, Scores
from restorer.segment import segment
from restorer.types import Calibration, Finding

CALIBRATION = Calibration(fpr=(0.001, 0.1), flag=(0.5, 0.5), edit=(0.5, 0.5))
Rows = dict[str, list[tuple[str, float]]]


def decoded(text: str, rows: Rows, phrases: dict[str, list[tuple[int, str, float]]] | None = None) -> list[Finding]:
    """Decode a text in which the given words are certainly spun."""
    words = segment(text)
    index = {word: i for i, word in enumerate(words.words)}
    logits = np.array([9.0 if w in rows else -6.0 for w in words.words], np.float32)
    candidates = {
        i: [Candidate(i, 1, wording, log(p)) for wording, p in rows[w]] for i, w in enumerate(words.words) if w in rows
    }
    whole = {
        index[w]: [Candidate(index[w], count, wording, log(p)) for count, wording, p in row]
        for w, row in (phrases or {}).items()
    }
    return list(decode(words, Scores(logits, candidates, whole), weigh(words, logits, 0.2), CALIBRATION))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("It runs for 12 months and ends.", {"months": [("", 0.9), ("weeks", 0.05)]}),
        ("It runs for twelve months and ends.", {"months": [("", 0.9)]}),
        ("They slept seven or eight hours.", {"seven": [("", 0.9)], "or": [("", 0.9)]}),
    ],
)
def test_no_number_is_deleted_nor_what_it_counts(text: str, rows: Rows) -> None:
    for finding in decoded(text, rows):
        for wording in (alternative.text for alternative in finding.alternatives):
            after = text[: finding.start] + wording + text[finding.end :]
            assert any(word in after for word in ("12 weeks", "seven eight"))


def test_a_number_that_was_spun_itself_goes_back_with_what_it_counts() -> None:
    rows: Rows = {"twelve": [("year", 0.9)], "months": [("", 0.9)]}
    assert restored("It was there last twelve months.", rows) == "It was there last year."


def test_a_finding_says_what_the_network_alone_made_of_it_and_what_was_added() -> None:
    words = segment("He mentioned it.")
    added = np.zeros(len(words), np.float32)
    logits = np.array([-6.0, 3.0, -6.0, -6.0], np.float32)
    neighbours, own_table = added.copy(), added.copy()
    neighbours[1], own_table[1] = 1.0, 0.5
    scores = Scores(logits, {1: [Candidate(1, 1, "said", log(0.9))]}, {}, neighbours, own_table)
    (finding,) = decode(words, scores, weigh(words, logits, 0.2), CALIBRATION)
    assert finding.evidence.model_probability == pytest.approx(1 / (1 + np.exp(-1.5)), abs=1e-3)
    assert (finding.evidence.neighbours, finding.evidence.own_table) == (1.0, 0.5)


def restored(text: str, rows: Rows) -> str:
    for finding in reversed(decoded(text, rows)):
        text = text[: finding.start] + (finding.replacement or "") + text[finding.end :]
    return text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the White Home said", "the White House said"),
        ("Home is here", "House is here"),
        ("at the home today", "at the house today"),
        ("THE WHITE HOME SAID", "THE WHITE HOUSE SAID"),
    ],
)
def test_the_wording_takes_the_case_of_what_it_replaces(before: str, after: str) -> None:
    assert restored(before, {"home": [("house", 0.9)]}) == after


@pytest.mark.parametrize(
    ("before", "spun", "wording", "after"),
    [
        ("a keen ally", "keen", "eager", "an eager ally"),
        ("A keen ally", "keen", "eager", "An eager ally"),
        ("an prolonged day", "prolonged", "long", "a long day"),
        ("a day there", "day", "hour", "an hour there"),
        ("an academy there", "academy", "university", "a university there"),
        ("an event there", "event", "one-off", "a one-off there"),
        ("the keen ally", "keen", "eager", "the eager ally"),
        ("a keen ally", "keen", "willing", "a willing ally"),
        ("an eager soldier", "eager", "Ukrainian", "a Ukrainian soldier"),
        ("a keen task", "keen", "onerous", "an onerous task"),
        ("a keen vote", "keen", "unanimous", "a unanimous vote"),
        ("a keen house", "keen", "uninhabited", "an uninhabited house"),
        ("an official envoy", "official", "UN", "a UN envoy"),
        ("a deputy there", "deputy", "MP", "an MP there"),
        ("THIS IS A KEEN ALLY", "keen", "eager", "THIS IS AN EAGER ALLY"),
        ("a keen BIG ally", "big", "sad", "a keen SAD ally"),
        ("ask a, keen or not", "keen", "eager", "ask a, eager or not"),
    ],
)
def test_the_article_before_an_edit_agrees_with_it(before: str, spun: str, wording: str, after: str) -> None:
    assert restored(before, {spun: [(wording, 0.9)]}) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("He has recently been there", "He has been there"),
        ("He came recently.", "He came."),
        ("He came recently, she said", "He came, she said"),
        ("“recently seen”", "“seen”"),
        ("He came, recently, by car.", "He came, by car."),
        ("He said—recently he came", "He said—he came"),
        ("it was [recently seen]", "it was [seen]"),
        ("it was\u00a0recently seen", "it was\u00a0seen"),
        ("it was\r\nrecently seen", "it was\r\nseen"),
        ("it was recently\r\nseen", "it was\r\nseen"),
        ("recently", ""),
    ],
)
def test_a_deletion_leaves_no_stray_space(before: str, after: str) -> None:
    assert restored(before, {"recently": [("", 0.95)]}) == after


def test_a_deletion_at_the_start_of_a_sentence_passes_its_capital_on() -> None:
    assert restored("They left. Additionally the mayor left.", {"additionally": [("", 0.95)]}) == (
        "They left. The mayor left."
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Additionally, the mayor left.", "The mayor left."),
        ("Additionally, Adela left.", "Adela left."),
        ("She left. “Additionally the mayor left.”", "She left. “The mayor left.”"),
        ("Additionally https://a.example/b says", "https://a.example/b says"),
        ("Additionally iPhone sales fell", "iPhone sales fell"),
        ("Additionally 300 men left", "300 men left"),
        ("Additionally élan was lost", "Élan was lost"),
    ],
)
def test_what_a_deletion_leaves_at_the_start_of_a_sentence_reads_on(before: str, after: str) -> None:
    assert restored(before, {"additionally": [("", 0.95)]}) == after


plain = st.lists(st.sampled_from(["he", "came", "there", "recently", "Adela"]), min_size=1, max_size=6)
clauses = st.lists(st.tuples(plain, st.sampled_from([", ", ". ", "; ", "? "])), min_size=1, max_size=4)


@given(clauses)
def test_deletions_never_spoil_the_spacing(rows: list[tuple[list[str], str]]) -> None:
    # A clause of deleted words alone would leave its punctuation behind, which no spacing can mend.
    text = "".join(" ".join([*words, "home"]) + end for words, end in rows).strip()
    text = text[0].upper() + text[1:]
    after = restored(text, {"recently": [("", 0.95)]})
    assert "recently" not in after.lower()
    assert "  " not in after
    assert not any(f" {mark}" in after for mark in ",.;?")
    assert after == after.strip()


def test_words_that_are_deleted_go_with_the_word_that_replaces_them() -> None:
    rows: Rows = {"reason": [("", 0.9)], "for": [("since", 0.9)], "the": [("", 0.9)], "that": [("", 0.9)]}
    (finding,) = decoded("it ended for the reason that nobody came", rows)
    assert (finding.text, finding.replacement) == ("for the reason that", "since")


def test_words_apart_are_edits_apart() -> None:
    findings = decoded("the keen, prolonged day", {"keen": [("eager", 0.9)], "prolonged": [("long", 0.9)]})
    assert [f.text for f in findings] == ["keen", "prolonged"]


def test_a_phrase_is_restored_as_a_whole() -> None:
    rows: Rows = {"a": [("a", 0.6), ("at", 0.4)], "minimum": [("least", 0.9)]}
    (finding,) = decoded("it took a minimum six days", rows, {"a": [(2, "at least", 0.4)]})
    assert (finding.text, finding.replacement) == ("a minimum", "at least")


def test_alternatives_are_ranked_distinct_and_begin_with_the_replacement() -> None:
    (finding,) = decoded("he mentioned it", {"mentioned": [("said", 0.7), ("told", 0.2), ("noted", 0.05)]})
    assert [a.text for a in finding.alternatives] == ["said", "told", "noted"]
    assert finding.alternatives[0].text == finding.replacement
    confidences = [a.confidence for a in finding.alternatives]
    assert confidences == sorted(confidences, reverse=True)
    assert 0.6 < finding.confidence < 0.7


def test_occurrences_of_one_form_agree_on_a_wording() -> None:
    text = segment("the assault, the assault, the assault")
    logits = np.array([9.0 if w == "assault" else -6.0 for w in text.words], np.float32)
    places = [i for i, w in enumerate(text.words) if w == "assault"]
    rows = [[("attack", 0.9), ("raid", 0.1)], [("attack", 0.9), ("raid", 0.1)], [("raid", 0.52), ("attack", 0.48)]]
    candidates = {i: [Candidate(i, 1, w, log(p)) for w, p in row] for i, row in zip(places, rows, strict=True)}
    findings = decode(text, Scores(logits, candidates), weigh(text, logits, 0.2), CALIBRATION)
    assert [f.replacement for f in findings] == ["attack"] * 3


def test_a_reviewer_who_picks_the_deletion_beside_an_article_gets_no_double_space() -> None:
    (finding,) = decoded("a keen ally", {"keen": [("eager", 0.7), ("", 0.2)]})
    assert finding.text == "a keen"
    assert [a.text for a in finding.alternatives] == ["an eager", "a"]


def test_a_phrase_inside_a_title_and_at_a_start_takes_one_capital() -> None:
    rows: Rows = {"keen": [("long-term", 0.9)]}
    assert restored("the Keen Plan", rows) == "the Long-term Plan"
    assert restored("Keen plans", rows) == "Long-term plans"


def test_words_too_unlikely_for_any_threshold_are_no_candidates() -> None:
    text = segment("he mentioned it")
    logits = np.array([-9.0, -9.0, -9.0], np.float32)
    scores = Scores(logits, {1: [Candidate(1, 1, "said", log(0.9))]})
    assert decode(text, scores, weigh(text, logits, 0.2), CALIBRATION) == ()


def test_the_word_that_stands_there_is_no_alternative_to_itself() -> None:
    (finding,) = decoded("he mentioned it", {"mentioned": [("mentioned", 0.6), ("said", 0.3)]})
    assert [a.text for a in finding.alternatives] == ["said"]
    assert decoded("he mentioned it", {"mentioned": [("mentioned", 0.6)]}) == []


def test_a_deletion_joins_no_word_across_a_line_break_or_a_sentence() -> None:
    rows: Rows = {"recently": [("", 0.9)], "keen": [("eager", 0.9)]}
    assert len(decoded("He came recently.\nkeen men came", rows)) == 2
    assert len(decoded("He came recently\nkeen men came", rows)) == 2
    assert len(decoded("He came recently keen", rows)) == 1


def test_a_clitic_joins_the_word_before_it() -> None:
    rows: Rows = {"is": [("'s", 0.7), ("was", 0.2)]}
    assert restored("It is time.", rows) == "It's time."
    (finding,) = decoded("It is time.", rows)
    assert [a.text for a in finding.alternatives] == ["'s", " was"]
    assert restored("“Is it time?”", {"is": [("'s", 0.7), ("was", 0.2)]}) == "“Was it time?”"
    assert decoded("Is it time?", {"is": [("'s", 0.9)]}) == []


def test_bare_signs_are_no_wording() -> None:
    assert restored("He stood alongside her.", {"alongside": [("'", 0.6), ("beside", 0.3)]}) == "He stood beside her."


def test_apostrophes_are_those_of_the_text() -> None:
    rows: Rows = {"cannot": [("can't", 0.9)]}
    assert restored("It’s late. He cannot go.", rows) == "It’s late. He can’t go."
    assert restored("It's late. He cannot go.", rows) == "It's late. He can't go."


def test_a_deletion_that_is_left_when_a_better_wording_cannot_stand_there_is_offered_alone() -> None:
    (finding,) = decoded("However is it time?", {"however": [("'s", 0.5), ("", 0.3), ("yet", 0.1)]})
    assert [a.text for a in finding.alternatives] == ["Is"]
