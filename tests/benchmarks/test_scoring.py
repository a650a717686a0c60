import pytest

from benchmarks.scoring import Gold, Tally, calibration_error, edits, honest_error, judged_edits, score
from restorer import Restorer
from restorer.types import Result
from tests.fakes import FakeModel

TEXT = "The statesmen mentioned there was adequate time."


def result(text: str = TEXT) -> Result:
    return Restorer(FakeModel()).restore(text)


def gold(word: str, *wordings: str, soft: bool = False, text: str = TEXT) -> Gold:
    return Gold(text.index(word), text.index(word) + len(word), wordings, soft)


def test_restored_missed_and_wrong_spans_are_counted() -> None:
    spans = [gold("statesmen", "officials"), gold("mentioned", "argued"), gold("time", "hours")]
    tally = score(result(), spans)
    assert tally == Tally(edits=3, right_edits=1, flags=3, right_flags=2, hard=3, hard_found=2, hard_restored=1)
    figures = tally.figures()
    assert figures["edit_precision"] == pytest.approx(1 / 3, abs=1e-3)
    assert figures["f05"] == pytest.approx(1 / 3, abs=1e-3)


def test_any_of_several_golds_counts_whatever_the_case() -> None:
    assert score(result(), [gold("mentioned", "argued", "Said")]).hard_restored == 1


def test_a_soft_span_helps_precision_and_is_no_miss() -> None:
    tally = score(result(), [gold("adequate", "enough", soft=True), gold("there", "here", soft=True)])
    assert (tally.right_edits, tally.hard, tally.hard_restored) == (1, 0, 0)


def test_a_span_with_an_edit_for_only_part_of_it_is_not_restored() -> None:
    assert score(result(), [gold("mentioned there", "said here")]).hard_restored == 0
    assert score(result(), [gold("mentioned there", "said there")]).hard_restored == 1


def test_words_an_edit_leaves_as_they_are_belong_to_no_edit() -> None:
    (edit,) = edits(result("He mentioned it."))
    assert (edit.start, edit.end, edit.new) == (3, 12, "said")


def test_every_applied_edit_is_judged_by_itself_with_its_confidence() -> None:
    judged = judged_edits(result(), [gold("statesmen", "officials"), gold("mentioned", "argued")])
    assert [right for _, right in judged] == [True, False, False]
    assert [confidence for confidence, _ in judged] == [f.confidence for f in result().applied]


def test_calibration_error_is_the_distance_of_confidence_and_success() -> None:
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0.0)
    assert calibration_error([(0.95, False)] * 2) == pytest.approx(0.95)
    # Two bins that err by 0.2 either way do not cancel.
    assert calibration_error([(0.85, True)] * 2 + [(0.25, False)] * 2) == pytest.approx(0.2)
    assert calibration_error([]) == 0.0


def test_chance_alone_makes_an_error_that_shrinks_with_the_number_of_edits() -> None:
    few, many = honest_error([0.85] * 50), honest_error([0.85] * 5000)
    # The mean distance of a binomial share from its mean is about .8 of its standard error.
    assert few == pytest.approx(0.8 * (0.85 * 0.15 / 50) ** 0.5, rel=0.3)
    assert many == pytest.approx(few / 10, rel=0.4)
    assert honest_error([]) == 0.0
