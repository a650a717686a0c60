from math import log

import numpy as np
import pytest
from numpy.typing import NDArray

from restorer.attribution import Entries, attribute
from restorer.channel import Form, bias

FIRST, SECOND = [0.6, 0.0], [0.0, 0.6]
WEIGHTS = np.array([1.0, 0.5])


def form(words: str, *entries: tuple[int, float, list[float]]) -> Form:
    """A form whose first word may stand for some wordings: id, share, rate under each table."""
    ids, shares, rates = zip(*entries, strict=True)
    zeros, priors = np.zeros(len(ids), np.uint8), np.log(np.array(shares, np.float32))
    return Form(tuple(words.split()), 0.0, zeros, np.array(ids, np.int32), priors, zeros, np.array(rates, np.float32))


CRUCIAL = form("crucial", (5, 0.7, FIRST), (6, 0.3, SECOND))
PROMPT = form("prompt", (7, 1.0, FIRST))
CLUE = form("clue", (8, 1.0, SECOND))
PLAIN: list[tuple[int, Form]] = []


def entries(*forms: Form | None) -> Entries:
    return Entries.of([[(0, f)] if f else PLAIN for f in forms], WEIGHTS)


def even(found: Entries) -> NDArray[np.float64]:
    return np.full(len(found.rows), log(0.1))


def test_the_words_of_one_table_tell_it_and_what_is_in_both_is_read_by_it() -> None:
    found = entries(CLUE, CLUE, CLUE, CLUE, CRUCIAL)
    weights = attribute(found.likelihood(even(found)), np.ones(5), found.weights)
    assert weights[1] > 0.7
    assert weights.sum() == pytest.approx(1.0)
    crucial = found.rows == 4
    before, after = (dict(zip(found.wordings[crucial].tolist(), found.bias(w)[crucial], strict=True))
                     for w in (found.weights, weights))  # fmt: skip
    assert before[5] > before[6]
    assert after[6] > after[5]


def test_words_that_nobody_spun_leave_the_weights_as_they_were() -> None:
    found = entries(CLUE, CLUE, CLUE, CLUE)
    weights = attribute(found.likelihood(even(found)), np.full(4, 1e-6), found.weights)
    assert weights == pytest.approx(found.weights, abs=1e-4)


def test_one_word_alone_rules_no_table_out() -> None:
    found = entries(CLUE, PROMPT, PROMPT, PROMPT)
    weights = attribute(found.likelihood(even(found)), np.ones(4), found.weights)
    assert weights[0] > weights[1] > 0.02


def test_an_original_that_the_context_forbids_speaks_for_no_table() -> None:
    found = entries(CRUCIAL)
    forbids = np.where(found.wordings == 6, -np.inf, log(0.1))
    likelihood = found.likelihood(forbids)
    assert likelihood[0, 0] > 20 * likelihood[0, 1] > 0


def test_at_the_channels_own_weights_the_bias_is_what_training_saw() -> None:
    longer = form("crucial point", (5, 0.2, FIRST), (9, 0.8, SECOND))
    covering = [[(0, CRUCIAL), (0, longer)], PLAIN, [(0, CLUE)]]
    found = Entries.of(covering, WEIGHTS)
    expected = {(row, wording): value for row, forms in enumerate(covering) for wording, value in bias(forms).items()}
    pairs = zip(found.rows.tolist(), found.wordings.tolist(), strict=True)
    assert dict(zip(pairs, found.bias(found.weights).tolist(), strict=True)) == pytest.approx(expected, abs=1e-5)


def test_a_form_of_the_other_table_only_keeps_its_originals() -> None:
    found = entries(PROMPT)
    assert found.bias(np.array([0.001, 0.999])) == pytest.approx(found.bias(found.weights), abs=1e-5)


def test_nothing_covered_is_nothing_to_weigh() -> None:
    found = entries(None, None)
    assert found.bias(found.weights).shape == (0,)
    likelihood = found.likelihood(np.zeros(0))
    assert attribute(likelihood, np.ones(2), found.weights) == pytest.approx(found.weights)
    assert attribute(np.ones((0, 2)), np.ones(0), found.weights) == pytest.approx(found.weights)
