from random import Random

import pytest

from restorer.segment import segment
from restorer.train.spinners import NoiseSpinner, Options, spun_text


def spins(text: str, times: int = 300) -> set[str]:
    article = segment(text)
    rng = Random(1)
    return {spun_text(article, NoiseSpinner().spin(article, Options(density=0.5), rng))[0] for _ in range(times)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The board decided to go.", "The board made the decision to go."),
        ("He has also left.", "He also has left."),
        ("They met in May.", "They met at May."),
        ("It was a dog.", "It was the dog."),
        ("It doesn't rain.", "It does not rain."),
        ("Prices fell in winter months.", "Prices fell in the winter months."),
    ],
)
def test_the_changes_are_those_of_careless_translation(before: str, after: str) -> None:
    assert {before, after} <= spins(before)


def test_no_change_crosses_a_sentence_or_touches_an_address_or_capitals() -> None:
    text = "WE DECIDED IN MAY. See https://decided.example/in/a there."
    assert all("WE DECIDED IN MAY" in s and "https://decided.example/in/a" in s for s in spins(text))
    assert all("has. Also" in s for s in spins("So it has. Also it rained."))


def test_edits_name_the_words_they_replace() -> None:
    article = segment("The board decided a lot of things in the last year and has also agreed to visit.")
    for seed in range(50):
        edits = NoiseSpinner().spin(article, Options(), Random(seed))
        ends = [0, *(e.first + e.count for e in edits)]
        assert all(e.first >= end for e, end in zip(edits, ends, strict=False))
        assert all(e.spun != tuple(article.words[e.first : e.first + e.count]) for e in edits)
