from collections.abc import Mapping, Sequence
from math import log
from random import Random

from restorer.models.base import Candidate
from restorer.segment import Segmented, segment
from restorer.train.spinners import MaskedSpinner, Options, spun_text

TEXT = (
    "The council said on Monday that “the old house” would be sold, see https://house.example/said. NATO agreed. " * 8
)


class Guesser:
    """Guesses "guess" at three to one against "other thing", and would rather delete."""

    def fill(self, text: Segmented, hidden: Sequence[int]) -> Mapping[int, Sequence[Candidate]]:
        rows = (("", 0.5), ("guess", 0.3), ("other thing", 0.1))
        return {i: [Candidate(i, 1, wording, log(p)) for wording, p in rows] for i in hidden}


def spin(seed: int = 1, **options: object) -> str:
    article = segment(TEXT)
    edits = MaskedSpinner(Guesser()).spin(article, Options(**options), Random(seed))  # type: ignore[arg-type]
    assert [e.first for e in edits] == sorted({e.first for e in edits})
    return spun_text(article, edits)[0]


def test_guesses_stand_where_words_were_hidden_the_likelier_more_often_and_none_is_a_deletion() -> None:
    written = " ".join(spin(seed) for seed in range(20)).lower()
    assert written.count("guess") > 1.5 * written.count("other thing") > 0
    assert len(spin().split()) >= len(TEXT.split())


def test_density_and_options_are_heeded_and_addresses_and_capitals_kept() -> None:
    assert spin(density=0.0) == TEXT
    assert spin(density=0.2).lower().count("guess") < spin(density=1.0).lower().count("guess")
    protected = spin(protect_quotes=True, protect_capitals=True)
    for kept in ("“the old house”", "Monday", "https://house.example/said", "NATO"):
        assert protected.count(kept) == TEXT.count(kept)
