import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.channel import BUCKETS
from restorer.models.features import TYPES, Pieces, type_ids, windows
from restorer.segment import Shape

lengths = st.lists(st.integers(1, 8), max_size=80)


@given(lengths, st.integers(8, 20), st.data())
def test_windows_cover_every_word_once_and_fit(sizes: list[int], most: int, data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.integers(0, 1), min_size=len(sizes), max_size=len(sizes)))
    sentences = np.cumsum(steps).tolist()
    cut = list(windows(sizes, sentences, most))
    assert [i for first, last in cut for i in range(first, last)] == list(range(len(sizes)))
    assert all(sum(sizes[first:last]) <= most for first, last in cut)


def test_a_window_ends_with_a_sentence_where_one_ends() -> None:
    assert list(windows([1] * 12, [0] * 4 + [1] * 4 + [2] * 4, 10)) == [(0, 8), (8, 12)]


def test_a_word_longer_than_the_window_stands_alone() -> None:
    assert list(windows([1, 30, 1], [0, 0, 0], 10)) == [(0, 1), (1, 2), (2, 3)]


def test_type_ids_tell_every_combination_apart() -> None:
    grid = [(b, q, s) for b in range(BUCKETS) for q in (False, True) for s in range(Shape.COUNT)]
    columns = [np.array(c) for c in zip(*grid, strict=True)]
    ids = type_ids(columns[0].astype(np.uint8), columns[1].astype(np.bool_), columns[2].astype(np.uint8))
    assert sorted(ids.tolist()) == list(range(TYPES))


def test_pieces_asks_once_per_word_and_always_has_an_answer() -> None:
    asked: list[str] = []

    def encode(word: str) -> list[int]:
        asked.append(word)
        return [] if word == "\u200d" else [7] * len(word)

    pieces = Pieces(encode, unknown=1)
    assert pieces("word") == pieces("word") == (7, 7, 7, 7)
    assert asked == ["word"]
    assert pieces("\u200d") == (1,)
    assert len(pieces("x" * 5_000_000)) == 8
    assert max(map(len, asked)) <= 64


@given(st.lists(st.integers(1, 30), max_size=40), st.integers(8, 20))
def test_only_a_word_that_is_itself_too_long_makes_a_window_too_long(sizes: list[int], most: int) -> None:
    cut = list(windows(sizes, [0] * len(sizes), most))
    assert [i for first, last in cut for i in range(first, last)] == list(range(len(sizes)))
    assert all(last - first == 1 for first, last in cut if sum(sizes[first:last]) > most)


def test_a_sentence_longer_than_the_window_is_cut_inside() -> None:
    assert list(windows([1] * 12, [0] * 2 + [1] * 10, 5)) == [(0, 2), (2, 7), (7, 12)]


def test_half_a_surrogate_pair_reaches_no_tokenizer() -> None:
    asked: list[str] = []

    def encode(word: str) -> list[int]:
        asked.append(word)
        return [len(word.encode("utf-8"))]

    assert Pieces(encode, unknown=1)("a\ud800b") == (3,)
    assert not any("\ud800" <= char <= "\udfff" for char in "".join(asked))


def test_pieces_stay_right_when_the_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("restorer.models.features._CACHE", 3)
    pieces = Pieces(lambda word: [len(word)], unknown=1)
    assert [pieces("x" * n) for n in (*range(1, 9), 1, 8)] == [(n,) for n in (*range(1, 9), 1, 8)]
