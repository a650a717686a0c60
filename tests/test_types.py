"""The data every stage shares."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from restorer.errors import SettingsError
from restorer.types import Alternative, Calibration, Document, DocumentSummary, Evidence, Finding, Result

CALIBRATION = Calibration(fpr=(0.0001, 0.001, 0.01), flag=(0.9, 0.7, 0.2), edit=(0.95, 0.8, 0.4))
TEXT = "🙂 The caf\u00e9 sat on the large apple.\r\n"


def finding(old: str, new: str | None, *, applied: bool = True) -> Finding:
    start = TEXT.index(old)
    alternatives = (Alternative(new or "", 0.8), Alternative("other", 0.1))
    evidence = Evidence(model_probability=0.9, document_prior=0.1, posterior=0.9)
    return Finding(start, start + len(old), old, new, 0.8, applied, "wording", False, alternatives, evidence)


def result(*findings: Finding) -> Result:
    summary = DocumentSummary(7, 0.9, 0.2, None, None, 0)
    document = Document(TEXT, path="a.txt")
    return Result(
        document, "tiny 1", summary, findings, findings, CALIBRATION, lambda found, flag, edit, careful: found
    )


@pytest.mark.parametrize(("fpr", "expected"), [(0.0001, (0.9, 0.95)), (0.001, (0.7, 0.8)), (0.01, (0.2, 0.4))])
def test_thresholds_at_a_measured_rate_are_the_measured_ones(fpr: float, expected: tuple[float, float]) -> None:
    assert CALIBRATION.thresholds(fpr) == pytest.approx(expected)


def test_thresholds_between_two_rates_lie_halfway_on_the_logarithm() -> None:
    assert CALIBRATION.thresholds(10**-2.5) == pytest.approx((0.45, 0.6))


@pytest.mark.parametrize(("fpr", "expected"), [(1e-9, (0.9, 0.95)), (1.0, (0.2, 0.4))])
def test_thresholds_beyond_the_measured_rates_stay_at_the_nearest(fpr: float, expected: tuple[float, float]) -> None:
    assert CALIBRATION.thresholds(fpr) == expected


def test_calibration_at_one_rate_serves_every_rate() -> None:
    assert Calibration((0.001,), (0.5,), (0.6,)).thresholds(0.2) == (0.5, 0.6)


@pytest.mark.parametrize("fpr", [0.0, -0.1, 1.5, float("nan")])
def test_impossible_rate_is_refused_with_its_value(fpr: float) -> None:
    with pytest.raises(SettingsError, match=f"got {fpr}"):
        CALIBRATION.thresholds(fpr)


def test_restored_holds_the_applied_edits_only() -> None:
    edited = result(finding("large", "big"), finding("apple", "pear", applied=False))
    assert edited.restored == TEXT.replace("large", "big")
    assert [f.text for f in edited.applied] == ["large"]


def test_other_decisions_give_another_text_and_leave_the_first_result() -> None:
    first = result(finding("large", "big"))
    assert first.with_findings([finding("apple", "pear")]).restored == TEXT.replace("apple", "pear")
    assert first.restored == TEXT.replace("large", "big")


def test_flagged_has_the_same_findings_and_applies_none() -> None:
    first = result(finding("large", "big"), finding("apple", "pear", applied=False))
    flagged = first.flagged()
    assert flagged.restored == TEXT
    assert flagged.applied == ()
    assert [(f.start, f.text, f.replacement, f.confidence) for f in flagged.findings] == [
        (f.start, f.text, f.replacement, f.confidence) for f in first.findings
    ]
    assert first.restored == TEXT.replace("large", "big"), "the first result is as it was"


def test_diff_is_of_the_restored_text() -> None:
    assert "+" + TEXT.replace("large", "big") in result(finding("large", "big")).diff()
    assert result(finding("large", "big", applied=False)).diff() == ""


def test_dictionary_survives_json_and_offsets_point_into_the_text() -> None:
    data = json.loads(json.dumps(result(finding("large", ""), finding("apple", None)).to_dict()))
    assert [TEXT[f["start"] : f["end"]] for f in data["findings"]] == ["large", "apple"]
    assert [f["replacement"] for f in data["findings"]] == ["", None]
    assert data["findings"][0]["alternatives"][1] == {"text": "other", "confidence": 0.1}
    assert data["document"]["quotes_spun"] is None


def test_dictionary_names_the_text_by_its_sha256() -> None:
    assert result().to_dict()["text_sha256"] == sha256(TEXT.encode()).hexdigest()


def test_a_document_is_the_more_likely_spun_the_more_speaks_for_it() -> None:
    calibration = Calibration((0.001,), (0.5,), (0.5,), document=(-7.0, 4.0))
    values = [calibration.spun_probability(x) for x in (-3.0, 0.0, 1.0, 5.0, 15.0, 1e9)]
    assert values == sorted(values)
    assert values[0] == values[1] < 0.01
    assert values[-2] > 0.95
    assert values[-1] == pytest.approx(1.0)
