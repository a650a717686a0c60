from math import log
from pathlib import Path
from random import Random

import numpy as np
import pytest

from restorer.channel import PARTIAL, Channel, Form, bias


def form(
    words: str, log_odds: float, *entries: tuple[int, int, float, int], rates: list[list[float]] | None = None
) -> Form:
    return Form(
        words=tuple(words.split()),
        log_odds=log_odds,
        offsets=np.array([e[0] for e in entries], np.uint8),
        wordings=np.array([e[1] for e in entries], np.int32),
        log_priors=np.array([log(e[2]) for e in entries], np.float32),
        origins=np.array([e[3] for e in entries], np.uint8),
        rates=np.array(rates or [[0.5]] * len(entries), np.float32),
    )


BOTTOM = form("bottom", 0.0, (0, 5, 0.75, 0), (0, 6, 0.25, 1))
REASON = form("for the reason that", 3.0, (0, 7, 1.0, 0), (1, 0, 1.0, 0), (2, 0, 1.0, 0), (3, 0, 1.0, 0))
WITHIN = form("within the", 1.0, (0, 8, 1.0, 0))


@pytest.fixture
def channel() -> Channel:
    return Channel([BOTTOM, REASON, WITHIN])


def test_forms_are_found_where_they_stand_and_only_whole(channel: Channel) -> None:
    found = channel.match(
        ["the", "bottom", "for", "the", "reason", "that", "within", "the", "for", "the", "reason"]
    ).forms
    assert [(index, f.words[0]) for index, f in found] == [(1, "bottom"), (2, "for"), (6, "within")]


def test_suspicion_marks_the_words_a_form_would_change_and_no_others(channel: Channel) -> None:
    buckets = channel.match("within the bottom".split()).buckets
    assert buckets[0] > 0
    assert buckets[1] == 0
    assert buckets[2] > 0


def test_a_form_people_hardly_write_is_more_suspicious(channel: Channel) -> None:
    buckets = channel.match("bottom for the reason that".split()).buckets
    assert buckets[1] > buckets[0]


def test_bias_prefers_the_likelier_original_and_the_longer_form(channel: Channel) -> None:
    covering = channel.match("bottom for the reason that".split()).covering()
    alone = bias(covering[0])
    assert alone[5] > alone[6] > 0
    assert bias(covering[1])[7] > alone[5]


def test_bias_adds_up_originals_that_share_a_tag() -> None:
    shared = form("x y", 0.0, (0, 3, 0.5, 0), (0, 3, 0.5, 1), (1, 0, 0.5, 0))
    single = form("x z", 0.0, (0, 3, 1.0, 0), (1, 0, 1.0, 0))
    both = [bias(Channel([f]).match(f.words).covering()[0])[3] for f in (shared, single)]
    assert both[0] == pytest.approx(both[1])


def test_saved_and_loaded_it_finds_the_same(channel: Channel, tmp_path: Path) -> None:
    channel.save(tmp_path / "channel.npz")
    loaded = Channel.load(tmp_path / "channel.npz")
    words = ["for", "the", "reason", "that", "within", "the", "bottom"]
    before, after = channel.match(words), loaded.match(words)
    assert [(i, f.words, f.bucket) for i, f in before.forms] == [(i, f.words, f.bucket) for i, f in after.forms]
    assert bias(after.covering()[0]) == pytest.approx(bias(before.covering()[0]), abs=0.01)


def test_the_rates_of_every_table_and_their_weights_survive_saving_within_a_fiftieth(tmp_path: Path) -> None:
    rates = [[1.0, 0.0, 0.3], [0.0, 0.0004, 0.02]]
    saved = form("bottom", 0.0, (0, 5, 0.75, 0), (0, 6, 0.25, 1), rates=rates)
    Channel([saved], [1.0, 0.3, 0.2]).save(tmp_path / "channel.npz")
    loaded = Channel.load(tmp_path / "channel.npz")
    assert loaded.weights.tolist() == [1.0, 0.3, 0.2]
    assert loaded.forms[0].rates == pytest.approx(np.array(rates), rel=0.03)


def test_a_channel_takes_over_the_rates_of_tables_and_keeps_its_own_odds_and_shares() -> None:
    other = form("bottom", 9.0, (0, 6, 0.9, 0), (0, 5, 0.1, 1), rates=[[0.2, 0.0], [0.0, 0.4]])
    rated = Channel([BOTTOM, WITHIN]).rated(Channel([other], [1.0, 0.5]))
    assert rated.weights.tolist() == [1.0, 0.5]
    bottom, within = rated.forms
    assert (bottom.log_odds, bottom.log_priors.tolist()) == (BOTTOM.log_odds, BOTTOM.log_priors.tolist())
    assert bottom.rates == pytest.approx(np.array([[0.0, 0.4], [0.2, 0.0]]))
    assert within.rates.tolist() == [[0.0, 0.0]]


def test_a_channel_saved_before_tables_were_told_apart_is_one_table(channel: Channel, tmp_path: Path) -> None:
    channel.save(tmp_path / "channel.npz")
    with np.load(tmp_path / "channel.npz") as data:
        older = {name: data[name] for name in data if name not in ("rates", "weights")}
    np.savez_compressed(tmp_path / "older.npz", **older)
    loaded = Channel.load(tmp_path / "older.npz")
    assert loaded.weights.tolist() == [1.0]
    assert all((form.rates == 1.0).all() for form in loaded.forms)


def test_originals_hold_each_wording_once_with_the_rates_of_all_that_say_it() -> None:
    shared = form("x y", 0.0, (0, 3, 0.5, 0), (0, 3, 0.25, 1), (1, 0, 0.5, 0), (0, 2, 0.25, 2),
                  rates=[[0.5, 0.1], [0.75, 0.1], [0.5, 0.1], [0.0, 0.2]])  # fmt: skip
    found = shared.originals(0)
    assert found.wordings.tolist() == [2, 3]
    assert found.shares == pytest.approx([0.25, 0.75])
    assert found.rates == pytest.approx(np.array([[0.0, 0.2], [1.0, 0.2]]))


def test_without_forgets_about_the_share_asked_for() -> None:
    forms = [form(f"w{i}", 0.0, (0, 1, 1.0, 0)) for i in range(1000)]
    left = len(Channel(forms).without(0.15, Random(1)).forms)
    assert 800 < left < 900


def test_without_leaves_the_channel_it_is_asked_of_as_it_was(channel: Channel) -> None:
    assert channel.without(1.0, Random(1)).forms == []
    assert Channel([BOTTOM], [0.7]).without(0.5, Random(1)).weights.tolist() == [0.7]
    assert len(channel.without(0.0, Random(1)).forms) == len(channel.forms) == 3


def test_forms_within_and_across_one_another_are_all_found() -> None:
    rows = {"for the reason": 7, "for the reason that": 8, "reason that": 9, "reason": 10}
    forms = [form(words, 0.0, *((i, n, 1.0, 0) for i in range(len(words.split())))) for words, n in rows.items()]
    matches = Channel(forms).match("for the reason that".split())
    assert {(index, " ".join(f.words)) for index, f in matches.forms} == {
        (0, "for the reason"),
        (0, "for the reason that"),
        (2, "reason that"),
        (2, "reason"),
    }
    assert set(bias(matches.covering()[2])) == {7, 8, 9, 10}


def test_bias_keeps_the_best_of_several_forms_and_says_nothing_of_other_words() -> None:
    weak = form("bottom", 0.0, (0, 5, 0.1, 0))
    strong = form("the bottom", 0.0, (1, 5, 0.9, 0))
    covering = Channel([weak, strong]).match(["the", "bottom"]).covering()
    assert bias(covering[1]) == bias([(1, strong)])
    assert bias(covering.get(0, ())) == {}


def test_every_column_survives_saving(tmp_path: Path) -> None:
    saved = form("plain naïve form", -1.25, (0, 60_000, 0.5, 0), (2, 0, 0.25, PARTIAL))
    Channel([BOTTOM, saved]).save(tmp_path / "channel.npz")
    loaded = Channel.load(tmp_path / "channel.npz").forms[1]
    assert (loaded.words, loaded.log_odds, loaded.tagged) == (saved.words, saved.log_odds, saved.tagged)
    assert loaded.offsets.tolist() == [0, 2]
    assert loaded.wordings.tolist() == [60_000, 0]
    assert loaded.origins.tolist() == [0, PARTIAL]
    assert loaded.log_priors == pytest.approx(saved.log_priors, abs=0.001)


def test_a_text_of_no_or_one_word_matches_without_ado(channel: Channel) -> None:
    assert channel.match([]).buckets.tolist() == []
    assert channel.match(["for"]).forms == []
