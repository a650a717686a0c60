"""Deciding on findings one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from restorer.config import Settings
from restorer.decide import Policy
from restorer.errors import SettingsError
from restorer.review import Decision, Review, with_decisions
from restorer.types import Alternative, Calibration, Document, DocumentSummary, Evidence, Finding, Result

TEXT = "They mentioned it. Mentioned or not, it was adequate. MENTIONED twice, they mentioned."


def finding(words: str, nth: int, *wordings: str, **fields: Any) -> Finding:  # noqa: ANN401
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    alternatives = tuple(Alternative(w, 0.9 / (i + 1)) for i, w in enumerate(wordings))
    values: dict[str, Any] = {
        "replacement": wordings[0] if wordings else None,
        "confidence": 0.9,
        "applied": True,
        "kind": "wording",
        "in_quotation": False,
        "alternatives": alternatives,
        "evidence": Evidence(0.9, 0.1, 0.95),
    }
    return Finding(start=start, end=start + len(words), text=words, **{**values, **fields})


@pytest.fixture
def review() -> Review:
    """Five findings: one form four times in three cases, and one without a suggestion."""
    findings = (
        finding("mentioned", 0, "said", "told"),
        finding("Mentioned", 0, "Said", "Told"),
        finding("adequate", 0),
        finding("MENTIONED", 0, "NOTED", "SAID"),
        finding("mentioned", 1, "noted"),
    )
    return Review(
        Result(
            document=Document(TEXT),
            model="fake@1",
            summary=DocumentSummary(14, 0.9, 0.3, None, None, 0),
            findings=findings,
            candidates=findings,
            calibration=Calibration((0.001,), (0.5,), (0.5,)),
            decider=Policy.from_settings(Settings()),
        )
    )


def test_findings_are_asked_in_order_until_all_are_decided(review: Review) -> None:
    asked = []
    while (current := review.current) is not None:
        asked.append(current.text)
        review = review.skip()
    assert asked == ["mentioned", "Mentioned", "adequate", "MENTIONED", "mentioned"]
    assert review.outcome().restored == TEXT


def test_accepted_is_applied_and_the_undecided_is_not(review: Review) -> None:
    outcome = review.accept().outcome()
    assert outcome.restored == TEXT.replace("mentioned", "said", 1)
    assert [f.applied for f in outcome.findings] == [True, False, False, False, False]


def test_another_alternative_becomes_the_suggestion(review: Review) -> None:
    first = review.choose(1).outcome().findings[0]
    assert (first.replacement, first.confidence, first.alternatives[0].text) == ("told", 0.45, "told")
    assert {a.text for a in first.alternatives} == {"said", "told"}


def test_own_wording_is_certain_and_an_empty_one_deletes(review: Review) -> None:
    outcome = review.write("put").write("").outcome()
    assert outcome.restored == TEXT.replace("mentioned", "put", 1).replace(" Mentioned", "", 1)
    assert outcome.findings[0].confidence == 1.0


def test_accepting_a_form_decides_on_all_that_are_open_each_in_its_case(review: Review) -> None:
    after = review.accept_form()
    assert after.current is not None
    assert after.current.text == "adequate"
    restored = after.skip().outcome().restored
    assert restored == "They said it. Said or not, it was adequate. SAID twice, they said."


def test_accepting_a_form_leaves_earlier_decisions(review: Review) -> None:
    after = review.skip().accept_form()
    assert after.outcome().restored == "They mentioned it. Said or not, it was adequate. SAID twice, they said."


def test_undo_takes_back_a_whole_answer(review: Review) -> None:
    assert review.accept_form().undo() == review


@pytest.mark.parametrize("number", [0, 2, 9])
def test_an_alternative_that_is_not_there_is_refused(review: Review, number: int) -> None:
    with pytest.raises(SettingsError, match=rf"no alternative {number}; choose 1 to 1"):
        review.choose(number)


def test_nothing_can_be_accepted_without_a_suggestion(review: Review) -> None:
    asked = review.skip().skip()
    with pytest.raises(SettingsError, match="no suggestion"):
        asked.accept()
    with pytest.raises(SettingsError, match="no suggestion"):
        asked.accept_form()


def test_undo_without_an_answer_is_refused(review: Review) -> None:
    with pytest.raises(SettingsError, match="no answer"):
        review.undo()


def test_answers_survive_json(review: Review) -> None:
    before = review.accept_form().write("enough")
    assert review.resumed(json.loads(json.dumps(before.to_list()))) == before


def test_answers_about_other_findings_are_dropped(review: Review) -> None:
    steps = [
        [{"start": 0, "text": "They", "replacement": "We"}],
        [{"start": 5, "text": "mentioned", "replacement": "said"}, {"start": 6, "text": "x", "replacement": None}],
        [{"start": 5, "text": "mentioned", "replacement": "again"}],
    ]
    resumed = review.resumed(steps)
    assert resumed == review.accept()


def test_what_is_no_list_of_answers_is_refused(review: Review) -> None:
    with pytest.raises(ValueError, match="not a list of answers"):
        review.resumed([[{"start": 5}]])


@pytest.mark.parametrize(
    ("span", "suggested", "typed", "after"),
    [
        ("mentioned ", "", "denied", "They denied it."),
        (" it", "", "them", "They mentioned them."),
        (" mentioned", "'d said", "said", "They said it."),
        (" mentioned", "'d said", "'ve said", "They've said it."),
        ("mentioned", "said", " denied ", "They denied it."),
    ],
)
def test_a_typed_wording_keeps_the_spaces_its_span_took_in(
    review: Review, span: str, suggested: str, typed: str, after: str
) -> None:
    one = finding(span, 0, suggested)
    alone = Review(review.result.with_findings([one]))
    assert alone.write(typed).outcome().restored.startswith(after)
    assert alone.accept().outcome().restored.startswith(TEXT[: one.start] + suggested + TEXT[one.end :][:1])


def test_without_decisions_all_is_as_the_engine_decided(review: Review) -> None:
    assert with_decisions(review.result, []) == review.result


def test_decisions_are_in_force_and_the_rest_stays_as_the_engine_decided(review: Review) -> None:
    result = with_decisions(
        review.result,
        [
            Decision(TEXT.index("adequate"), "adequate", "enough"),
            Decision(TEXT.index("mentioned"), "mentioned", "told"),
            Decision(TEXT.index("Mentioned"), "Mentioned", None),
        ],
    )
    assert result.restored == "They told it. Mentioned or not, it was enough. NOTED twice, they noted."
    first, _, own, *_ = result.findings
    assert (first.confidence, [a.text for a in first.alternatives]) == (0.45, ["told", "said"])
    assert own.confidence == 1.0


def test_an_empty_wording_deletes(review: Review) -> None:
    result = with_decisions(review.result, [Decision(TEXT.index("MENTIONED"), "MENTIONED", "")])
    assert ". twice" in result.restored


def test_of_two_decisions_on_one_span_the_last_one_counts(review: Review) -> None:
    start = TEXT.index("adequate")
    decisions = [Decision(start, "adequate", "enough"), Decision(start, "adequate", "ample")]
    assert "it was ample." in with_decisions(review.result, decisions).restored


def test_what_was_scored_and_not_flagged_can_be_decided_on_and_is_a_finding_then(review: Review) -> None:
    strict = review.result.with_findings(review.result.findings[:1])
    chosen = with_decisions(strict, [Decision(TEXT.index("MENTIONED"), "MENTIONED", "SAID")])
    assert [f.text for f in chosen.findings] == ["mentioned", "MENTIONED"]
    assert chosen.restored == "They said it. Mentioned or not, it was adequate. SAID twice, they mentioned."
    rejected = with_decisions(strict, [Decision(TEXT.index("MENTIONED"), "MENTIONED", None)])
    assert rejected.restored == strict.restored


@pytest.mark.parametrize(
    ("start", "text"), [(0, "They"), (6, "mentioned"), (5, "Mentioned"), (5, "mentioned it"), (10_000, "x")]
)
def test_a_decision_on_what_was_not_scored_is_refused(review: Review, start: int, text: str) -> None:
    with pytest.raises(SettingsError, match=f"no candidate {text!r} starts at code point {start}; take start and text"):
        with_decisions(review.result, [Decision(start, text, "y")])


def test_the_outcome_of_a_review_is_what_its_decisions_give(review: Review) -> None:
    done = review.choose(1).skip().write("enough").accept().accept()
    decisions = [Decision(d["start"], d["text"], d["replacement"]) for step in done.to_list() for d in step]
    assert with_decisions(review.result, decisions) == done.outcome()


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["They"], "mentioned it. Mentioned or"),
        (["twice"], "MENTIONED, they"),
        (["it"], "They mentioned. Mentioned"),
        (["They", "mentioned"], "it. Mentioned or"),
        (["mentioned", "it"], "They. Mentioned or"),
        (["They", "mentioned", "it"], ". Mentioned or"),
    ],
)
def test_a_word_that_is_deleted_takes_a_space_with_it(review: Review, words: list[str], left: str) -> None:
    findings = tuple(finding(word, 0, "x") for word in words)
    result = replace(review.result, findings=findings, candidates=findings)
    deleted = with_decisions(result, [Decision(f.start, f.text, "") for f in findings])
    assert left in deleted.restored
    assert not deleted.restored.startswith(" ")
    assert "  " not in deleted.restored
    assert [(f.decision, TEXT[f.start : f.end]) for f in deleted.findings] == [
        ("written", f.text) for f in deleted.findings
    ]


def test_what_a_reviewer_did_stands_in_the_finding_and_what_the_engine_did_does_not(review: Review) -> None:
    decided = review.accept().choose(1).write("ample").skip().outcome().findings
    assert [f.decision for f in decided] == ["accepted", "chosen", "written", "rejected", None]
    assert [f.to_dict().get("decision") for f in decided[3:]] == ["rejected", None]
    assert "decision" not in decided[4].to_dict()
