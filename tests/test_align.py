import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.align import DELETE, align, join

words = st.lists(st.sampled_from(["in", "the", "boots", "on", "ground", "bottom", "for", "reason", "that"]), max_size=6)


def undone(spun: list[str], original: list[str]) -> str:
    tags = dict(align(spun, original))
    return join([tags.get(i, word) for i, word in enumerate(spun) if tags.get(i) != DELETE])


@given(words.filter(bool), words)
def test_applying_the_tags_gives_back_the_original(spun: list[str], original: list[str]) -> None:
    assert undone(spun, original) == join(original)


def test_equal_lengths_map_word_by_word_and_leave_shared_words_alone() -> None:
    assert align(["boots", "on", "the", "bottom"], ["boots", "on", "the", "ground"]) == [(3, "ground")]
    assert align(["navy", "hubs"], ["military", "bases"]) == [(0, "military"), (1, "bases")]


def test_one_original_for_many_words_is_carried_by_the_first_and_the_others_deleted() -> None:
    assert align(["for", "the", "reason", "that"], ["since"]) == [(0, "since"), (1, ""), (2, ""), (3, "")]


def test_words_that_are_only_missing_are_carried_by_a_neighbour() -> None:
    assert align(["government"], ["federal", "government"]) == [(0, "federal government")]
    assert align(["way", "back"], ["way", "further", "back"]) == [(0, "way further")]


def test_join_glues_hyphens_and_possessives() -> None:
    assert join(["long", "-", "term", "plan", "'s", "end"]) == "long-term plan's end"


@given(words.filter(bool), words)
def test_each_word_is_tagged_once_in_order_and_never_with_itself(spun: list[str], original: list[str]) -> None:
    tags = align(spun, original)
    places = [index for index, _ in tags]
    assert places == sorted(set(places))
    assert all(0 <= index < len(spun) and wording != spun[index] for index, wording in tags)


@given(words)
def test_what_is_already_right_gets_no_tags(same: list[str]) -> None:
    assert align(same, same) == []


def test_nothing_cannot_carry_a_wording() -> None:
    assert align([], ["said"]) == []


@pytest.mark.parametrize(
    ("pieces", "wording"),
    [
        ([], ""),
        (["-", "old"], "-old"),
        (["mid", "-"], "mid-"),
        (["it", "'s", "so"], "it's so"),
        (["a", "-", "b", "-", "c"], "a-b-c"),
    ],
)
def test_join_at_its_edges(pieces: list[str], wording: str) -> None:
    assert join(pieces) == wording
