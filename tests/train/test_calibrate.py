from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from restorer import Restorer
from restorer.models.base import Scores
from restorer.segment import Segmented
from restorer.train.calibrate import (
    PRIORS,
    Judged,
    best_threshold,
    calibrate,
    fit_prior,
    isotonic,
    judge,
    logistic,
    page_logistic,
)
from restorer.train.lexicon import Table
from restorer.train.spinners import TableSpinner
from restorer.types import Calibration
from tests.fakes import FakeModel

RNG = np.random.default_rng(0)


def test_isotonic_never_falls_and_finds_the_share_right() -> None:
    raw = RNG.uniform(size=20_000)
    right = RNG.uniform(size=20_000) < raw**2
    xs, ys = zip(*isotonic(raw, right), strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys)
    assert np.interp([0.3, 0.6, 0.9], xs, ys) == pytest.approx([0.09, 0.36, 0.81], abs=0.04)


def test_the_best_threshold_parts_right_from_wrong() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    right = np.array([True, True, True, False, False, False])
    assert best_threshold(confidence, right, 3) == pytest.approx(0.7)


def test_the_document_logistic_parts_spun_from_clean_and_doubts_in_between() -> None:
    offset, slope = logistic(RNG.normal(0, 0.5, 400), RNG.normal(30, 5, 100))
    assert slope > 0
    assert offset < 0 < offset + np.log1p(25) * slope
    assert offset + np.log1p(1) * slope < -2


def judged(posterior: list[float], confidence: list[float], right: list[bool], words: int) -> Judged:
    right_, certainty = np.array(right, np.bool_), np.ones(len(posterior))
    return Judged(
        np.array(posterior), np.array(confidence), certainty, right_, right_, words, sum(right), np.array([1.0])
    )


def test_a_requested_rate_is_kept_on_the_clean_text_it_was_set_on() -> None:
    values = RNG.uniform(size=5000).tolist()
    clean = judged(values, values, [False] * 5000, 100_000)
    spun = judged([0.9] * 500 + [0.01] * 500, [0.9] * 500 + [0.01] * 500, [True] * 500 + [False] * 500, 2000)
    data = calibrate(clean, spun)
    calibration = Calibration.from_dict(data)
    for rate in (1e-4, 1e-3, 1e-2):
        flag, edit = calibration.thresholds(rate)
        assert sum(v >= flag for v in values) <= rate * 100_000
        assert sum(calibration.confidence(v) >= edit for v in values) <= rate * 100_000
    assert data["fpr"] == sorted(data["fpr"])  # type: ignore[call-overload]


def test_judging_compares_every_candidate_with_the_original() -> None:
    spinner = TableSpinner(Table.from_weights({("said",): {("mentioned",): 1.0}, ("enough",): {("adequate",): 1.0}}))
    text = "He said there was enough time. She said so too, and mentioned the weather. " * 5
    seen = judge(Restorer(FakeModel()), [text] * 6, spinner, Random(2))
    assert seen.changed > 20
    assert seen.right.sum() > 20
    # The author's own "mentioned" is a candidate too, and not spun.
    assert (~seen.spun).sum() == 5 * 6
    assert not seen.right[~seen.spun].any()


class Sure(FakeModel):
    """Log odds of a model that was trained where a quarter of the words were spun, calibrated on that."""

    def score(self, texts: Sequence[Segmented]) -> Iterator[Scores]:
        for text in texts:
            spun = np.array([word in self.spun for word in text.words])
            yield Scores(np.where(spun, 1.0, -4.0).astype(np.float32), {})


def test_the_prior_is_the_one_under_which_the_posteriors_fit_best() -> None:
    spinner = TableSpinner(Table.from_weights({("said",): {("mentioned",): 1.0}}))
    text = "He said it. She said so too, and left the town. " * 8
    rare = fit_prior(Sure(), [text] * 4, spinner, Random(2))
    often = fit_prior(Sure(), [text.replace("said", "mentioned")] * 4, spinner, Random(2))
    # Where the suspicious words are the author's own, a higher prior takes the suspicion off them.
    assert rare < often == max(PRIORS)


def test_a_model_without_a_single_candidate_is_calibrated_all_the_same() -> None:
    nothing = judged([], [], [], 1000)
    calibration = Calibration.from_dict(calibrate(nothing, nothing))
    assert calibration.thresholds(0.001) == (0.5, 0.5)
    assert calibration.confidence(0.3) == pytest.approx(0.3)


def test_a_page_whose_wordings_are_uncertain_takes_confidence_from_its_edits() -> None:
    raw = RNG.uniform(0.05, 0.95, 4000)
    certainty = np.where(RNG.uniform(size=4000) < 0.5, 0.9, 0.4)
    right = RNG.uniform(size=4000) < np.where(certainty > 0.5, raw, raw * 0.4)
    clean = judged([], [], [], 10_000)
    spun = replace(judged(raw.tolist(), raw.tolist(), right.tolist(), 4000), certainty=certainty)
    calibration = Calibration.from_dict(calibrate(clean, spun))
    for page in (0.9, 0.4):
        near = (certainty == page) & (raw > 0.7) & (raw < 0.9)
        shown = np.mean([calibration.confidence(float(r), page) for r in raw[near]])
        assert shown == pytest.approx(right[near].mean(), abs=0.08)


@pytest.mark.parametrize("least", [0.9, 0.999, 1 - 1e-7])
def test_a_model_that_is_far_too_sure_of_itself_is_calibrated_all_the_same(least: float) -> None:
    raw, right = RNG.uniform(least, 1.0, 5000), RNG.uniform(size=5000) < 0.05
    page = page_logistic(raw, RNG.uniform(0.95, 1.0, 5000), right)
    assert np.abs(page).max() < 10.0
    score = Calibration((), (), (), page=page).score
    assert np.mean([score(r, 0.97) for r in raw]) == pytest.approx(0.05, abs=0.01)


def test_who_allows_more_false_alarms_gets_lower_thresholds() -> None:
    values = RNG.uniform(size=4000)
    right = RNG.uniform(size=4000) < values
    spun = judged(values.tolist(), values.tolist(), right.tolist(), 20_000)
    calibration = Calibration.from_dict(calibrate(judged([], [], [], 1_000_000), spun))
    strict, loose = calibration.thresholds(1e-3), calibration.thresholds(1e-1)
    assert loose[0] < strict[0]
    assert loose[1] < strict[1]
    # A flag changes nothing, so it needs less.
    assert strict[0] < strict[1]
