from pathlib import Path

import numpy as np
import pytest

from restorer.channel import Channel, Form
from restorer.collocations import Collocations

WORDINGS = ["", "artificial", "intelligence", "fake", "house", "white"]
PAIRS = {("artificial", "intelligence"): 7.0, ("white", "house"): 6.0}


def form(spun: str, *originals: str) -> Form:
    ids = np.array([WORDINGS.index(o) for o in originals], np.int32)
    count = len(originals)
    priors = np.full(count, -np.log(count), np.float32)
    origins, rates = np.arange(count, dtype=np.uint8), np.ones((count, 1), np.float32)
    return Form((spun,), 1.0, np.zeros(count, np.uint8), ids, priors, origins, rates)


CHANNEL = Channel(
    [form("counterfeit", "artificial", "fake"), form("consciousness", "intelligence"), form("home", "house")]
)


@pytest.fixture
def collocations() -> Collocations:
    return Collocations(PAIRS, WORDINGS)


def weighed(
    collocations: Collocations, text: str, asked: bool = True
) -> tuple[list[float], dict[int, dict[int, float]]]:
    words = text.split()
    company = collocations.weigh(words, CHANNEL.match(words), np.full(len(words), asked))
    return company.gain.tolist(), company.wordings


def test_two_replaced_words_give_each_other_away(collocations: Collocations) -> None:
    gain, wordings = weighed(collocations, "uses counterfeit consciousness everywhere")
    assert gain[1] > 3
    assert gain[2] > 3
    assert gain[0] == gain[3] == 0
    best = max(wordings[1], key=wordings[1].__getitem__)
    assert WORDINGS[best] == "artificial"
    assert WORDINGS.index("fake") not in wordings[1]


def test_a_word_that_stayed_gives_its_replaced_neighbour_away_and_not_itself(collocations: Collocations) -> None:
    gain, wordings = weighed(collocations, "the white home denied")
    assert gain[2] > 3
    assert gain[1] == 0
    assert WORDINGS[max(wordings[2], key=wordings[2].__getitem__)] == "house"


def test_a_pair_that_people_write_is_not_suspected_for_another_that_they_write_too() -> None:
    with_home = Collocations(PAIRS | {("white", "home"): 6.0}, WORDINGS)
    assert weighed(with_home, "the white home denied")[0][2] < 1


def test_nothing_is_said_of_words_that_nobody_asked_about(collocations: Collocations) -> None:
    gain, wordings = weighed(collocations, "uses counterfeit consciousness everywhere", asked=False)
    assert not any(gain)
    assert not wordings


def test_function_words_keep_no_company() -> None:
    collocations = Collocations({("the", "house"): 6.0}, WORDINGS)
    assert not any(weighed(collocations, "in the home")[0])


def test_what_was_saved_is_read_back(collocations: Collocations, tmp_path: Path) -> None:
    collocations.save(tmp_path / "collocations.npz")
    again = Collocations.load(tmp_path / "collocations.npz", WORDINGS)
    assert again.pairs == PAIRS
    assert weighed(again, "counterfeit consciousness") == weighed(collocations, "counterfeit consciousness")


def test_with_another_channel_a_word_has_other_originals(collocations: Collocations) -> None:
    assert weighed(collocations, "uses counterfeit consciousness everywhere")[0][2] > 3
    words = ["uses", "counterfeit", "consciousness", "everywhere"]
    other = Channel([form("counterfeit", "artificial", "fake"), form("consciousness", "white")])
    assert not collocations.weigh(words, other.match(words), np.full(4, True)).gain.any()
