import numpy as np
import pytest
from numpy.typing import NDArray

from restorer.models import head as module
from restorer.models.head import MOST_CANDIDATES, Head


def head(width: int = 4, wordings: int = 2000) -> Head:
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(wordings, width)).astype(np.float32)
    return Head(weight, np.zeros(wordings, np.float32), [f"w{i}" for i in range(wordings)], 1.0)


def vectors(words: int, seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(words, 4)).astype(np.float32)


def rank(
    one: Head, hidden: NDArray[np.float32], priors: list[dict[int, float]], own: list[int]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    pairs = [(row, wording, value) for row, prior in enumerate(priors) for wording, value in sorted(prior.items())]
    rows, wordings = (np.array([pair[i] for pair in pairs], np.int64) for i in (0, 1))
    look = one.look(hidden, own, rows, wordings)
    return look.rank(np.array([value for _, _, value in pairs], np.float64))


def test_the_largest_are_found_with_their_probabilities() -> None:
    one, hidden = head(), vectors(5, 1)
    ids, values = rank(one, hidden, [{}] * 5, [-1] * 5)
    logits = hidden @ one.weight.T
    exact = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    assert ids.tolist() == np.argsort(-exact, 1)[:, :MOST_CANDIDATES].tolist()
    assert np.allclose(values, -np.sort(-exact, 1)[:, :MOST_CANDIDATES], atol=1e-4)


def test_a_bias_is_heeded_and_the_word_itself_never_offered() -> None:
    one, hidden = head(), vectors(1, 2)
    best = int(rank(one, hidden, [{}], [-1])[0][0, 0])
    assert int(rank(one, hidden, [{1234: 50.0}], [-1])[0][0, 0]) == 1234
    for prior in ({}, {best: 50.0}):
        ids, values = rank(one, hidden, [prior], [best])
        assert best not in ids.tolist()[0]
        assert np.exp(values).sum() <= 1.01


def test_a_rare_wording_is_offered_where_the_channel_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMON", 500)
    priors = [{1999: 40.0, 1500: 30.0}, {}, {1800: 50.0, 7: 40.0}]
    ids, values = rank(head(), vectors(3, 3), priors, [-1, -1, -1])
    assert ids[0, :2].tolist() == [1999, 1500]
    assert ids[1].max() < 500
    assert ids[2, :2].tolist() == [1800, 7]
    assert np.isfinite(values).all()
    assert np.exp(values).sum(axis=1).max() <= 1.0001


def test_it_agrees_with_ranking_all_common_and_named_wordings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMON", 700)
    monkeypatch.setattr(module, "_ROWS", 8)  # several runs of words
    one, rng = head(), np.random.default_rng(4)
    hidden = vectors(20, 4)
    priors = [{int(i): float(i % 9) for i in rng.integers(0, 2000, size)} for size in range(20)]
    own = [int(i) for i in rng.integers(-1, 700, 20)]
    for row, (ids, values) in enumerate(zip(*rank(one, hidden, priors, own), strict=True)):
        allowed = (set(range(700)) | set(priors[row])) - {own[row]}
        logits = hidden[row] @ one.weight.T + [priors[row].get(i, 0.0) for i in range(2000)]
        logits[[i for i in range(2000) if i not in allowed]] = -np.inf
        exact = logits - np.log(np.exp(logits).sum())
        assert ids.tolist() == np.argsort(-exact)[:MOST_CANDIDATES].tolist()
        assert values == pytest.approx(exact[ids], abs=1e-3)


def test_by_the_context_alone_a_pair_is_as_likely_as_among_all_common_wordings() -> None:
    one, hidden = head(), vectors(2, 5)
    look = one.look(hidden, [-1, 3], np.array([0, 1, 1]), np.array([7, 3, 9]))
    logits = hidden @ one.weight.T
    logits[1, 3] = -np.inf
    exact = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    assert look.log_probability()[[0, 2]] == pytest.approx([exact[0, 7], exact[1, 9]], abs=1e-4)
    assert look.log_probability()[1] == -np.inf


def test_no_words_have_no_wordings() -> None:
    ids, values = rank(head(), np.empty((0, 4), np.float32), [], [])
    assert ids.shape == values.shape == (0, MOST_CANDIDATES)
