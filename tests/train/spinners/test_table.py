import re
from random import Random

import pytest

from restorer.segment import segment
from restorer.train.lexicon import Table
from restorer.train.spinners import Options, TableSpinner, spun_text

TABLE = Table.from_weights(
    {
        ("least",): {("smallest",): 1.0},
        ("at", "least"): {("no", "less", "than"): 1.0},
        ("said",): {("mentioned",): 0.5, ("stated",): 0.3, ("claimed",): 0.2},
        ("house",): {("home",): 1.0},
    }
)
TEXT = (
    "At least the White House said so. “The house said no,” it said; said NATO. "
    "House rules: at least https://house.example/said."
)


def spin(text: str = TEXT, seed: int = 1, **options: object) -> str:
    article = segment(text)
    edits = TableSpinner(TABLE).spin(article, Options(**options), Random(seed))  # type: ignore[arg-type]
    return spun_text(article, edits)[0]


def test_longest_entries_win_and_capitals_are_kept() -> None:
    assert spin("At least one. The least of all.") == "No less than one. The smallest of all."


def test_one_alternative_serves_the_whole_article_and_another_article_may_draw_another() -> None:
    drawn = [re.findall("mentioned|stated|claimed", spin("He said, she said, they said.", seed)) for seed in range(40)]
    assert all(len(words) == 3 and len(set(words)) == 1 for words in drawn)
    assert {words[0] for words in drawn} == {"mentioned", "stated", "claimed"}


def test_quotations_and_capitals_are_left_alone_when_protected() -> None:
    protected = spin(protect_quotes=True, protect_capitals=True)
    assert "“The house said no,”" in protected
    assert "White House" in protected
    assert "House rules" in protected
    assert "home" in spin(protect_quotes=False)


def test_addresses_are_never_touched() -> None:
    assert "https://house.example/said" in spin()


@pytest.mark.parametrize("density", [0.0, 1.0])
def test_density_decides_how_many_heads_take_part(density: float) -> None:
    assert (spin(density=density) == TEXT) == (density == 0.0)


def test_spans_say_where_every_edit_stands_and_what_stood_there() -> None:
    article = segment(TEXT)
    edits = TableSpinner(TABLE).spin(article, Options(), Random(3))
    text, spans = spun_text(article, edits)
    assert len(spans) == len(edits) > 4
    for start, end, original in reversed(spans):
        text = text[:start] + original + text[end:]
    assert text == TEXT


def test_the_same_seed_spins_the_same() -> None:
    assert spin(seed=5, density=0.5) == spin(seed=5, density=0.5)
