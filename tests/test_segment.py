"""Words with their offsets, quotations and protected stretches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.segment import Segmented, Shape, sections, segment

AWKWARD = " \t\r\nabZé'’‘“”\".,!?-–@#/_:1🙂\u0301\u200d\u200b\ufeff\x00"
TEXTS = st.text(st.sampled_from(AWKWARD) | st.characters(exclude_categories=["Cs"]), max_size=120)


def written(segmented: Segmented) -> list[str]:
    return [segmented.slice(i, i + 1) for i in range(len(segmented))]


def chosen(text: str, column: str) -> list[str]:
    segmented = segment(text)
    return [w for w, yes in zip(written(segmented), getattr(segmented, column), strict=True) if yes]


@given(TEXTS)
def test_words_cover_all_that_is_visible_in_order(text: str) -> None:
    segmented = segment(text)
    end = 0
    for first, last in zip(segmented.starts, segmented.ends, strict=True):
        assert end <= first < last
        assert not text[end:first].strip()
        end = int(last)
    assert not text[end:].strip()


@given(TEXTS)
def test_columns_are_of_one_length_and_sentences_ascend(text: str) -> None:
    s = segment(text)
    columns = (s.starts, s.ends, s.words, s.shapes, s.quoted, s.sentences, s.protected)
    assert {len(column) for column in columns} == {len(s)}
    assert all(s.sentences[1:] >= s.sentences[:-1])
    assert all(shape < Shape.COUNT for shape in s.shapes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We won’t go, they said.", ["We", "won’t", "go", ",", "they", "said", "."]),
        ("the mayor's cat’s tail", ["the", "mayor", "'s", "cat", "’s", "tail"]),
        ("It's state-of-the-art", ["It", "'s", "state", "-", "of", "-", "the", "-", "art"]),
        ("1,200.50 in 1999.", ["1,200.50", "in", "1999", "."]),
        ("🙂 yes🙂no 👍🏽", ["🙂", "yes", "🙂", "no", "👍", "🏽"]),
        ("cafe\u0301s nai\u0308ve", ["cafe\u0301s", "nai\u0308ve"]),
        ("one\r\ntwo\rthree\x00", ["one", "two", "three", "\x00"]),
        ("snake_case", ["snake", "_", "case"]),
        (" \r\n\t\u00a0", []),
        ("", []),
    ],
)
def test_words_as_they_are_written(text: str, expected: list[str]) -> None:
    assert written(segment(text)) == expected


def test_slice_spans_several_words_with_what_is_between() -> None:
    segmented = segment("🙂 boots  on\r\nthe ground")
    assert segmented.slice(1, 4) == "boots  on\r\nthe"


def test_words_are_lower_case_with_straight_apostrophes() -> None:
    assert segment("We WON’T go to Élan’s").words == ["we", "won't", "go", "to", "élan", "'s"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “we go” and left", ["“", "we", "go", "”"]),
        ('He said "we go," and "they stay" too', ['"', "we", "go", ",", '"', '"', "they", "stay", '"']),
        ("the ‘third way’ is", ["‘", "third", "way", "’"]),
        ("“not closed here\nnext line", ["“", "not", "closed", "here"]),
        ("the dogs’ bowls and cats’ beds", []),
        ('a 6" pipe and a 7" pipe', []),
    ],
)
def test_quotations(text: str, quoted: list[str]) -> None:
    assert chosen(text, "quoted") == quoted


@pytest.mark.parametrize(
    ("text", "protected"),
    [
        ("Before\n```python\nhe = 1\n\nsaid(he)\n```\nafter.", "``` python he = 1 said ( he ) ```"),
        ("~~~~\r\nhe said\r\n~~~~\r\nafter ~~~", "~~~~ he said ~~~~"),
        ("```\nnever closed", ""),
        ("see https://example.org/big-house now", "https://example.org/big-house"),
        ("see www.example.org/a now", "www.example.org/a"),
        ("see example.com now", "example.com"),
        ("write to jane.doe@example.org now", "jane.doe@example.org"),
        ("say #bigday now", "#bigday"),
        ("ask @mayor_office now", "@mayor_office"),
        ("run `make the house` now", "`make the house`"),
        ("run ``make `the` house`` now", "``make `the` house``"),
        ("so\n<pre class=x>\nhe said\n</pre>\nafter", "<pre class=x> he said </pre>"),
        ("run <code>make the</code> now", "<code>make the</code>"),
        ("<pre>never closed", ""),
        ("open docs/big/house.txt now", "docs/big/house.txt"),
    ],
)
def test_addresses_tags_and_code_are_protected(text: str, protected: str) -> None:
    assert "".join(chosen(text, "protected")) == protected.replace(" ", "")


@pytest.mark.parametrize("text", ["either/or was said.", "The end.Next one", "5 o'clock, e.g. now", "a well-known man"])
def test_ordinary_words_are_not_protected(text: str) -> None:
    assert chosen(text, "protected") == []


@pytest.mark.parametrize("unit", ["a", "a-", "@", "x@", "a.", "_", "/"])
def test_text_without_white_space_is_segmented_too(unit: str) -> None:
    text = unit * 100_000
    segmented = segment(text)
    assert segmented.ends[-1] == len(text)


def test_shapes() -> None:
    text = "Big Ben. Paris the USA iPhone 42, (“Yes"
    expected = {
        "Big": Shape.TITLE_FIRST,
        "Ben": Shape.TITLE,
        "Paris": Shape.TITLE_FIRST,
        "the": Shape.LOWER,
        "USA": Shape.UPPER,
        "iPhone": Shape.MIXED,
        "42": Shape.NUMBER,
        ",": Shape.OTHER,
        "Yes": Shape.TITLE_FIRST,
    }
    segmented = segment(text)
    shapes = dict(zip(written(segmented), segmented.shapes.tolist(), strict=True))
    assert {word: shapes[word] for word in expected} == expected


def test_sentences_end_at_marks_and_line_breaks_not_inside_numbers() -> None:
    segmented = segment("It rose 3.5 points. “Why?” he said\r\nNo more")
    sentences = dict(zip(segmented.words, segmented.sentences.tolist(), strict=True))
    assert sentences["it"] == sentences["points"] < sentences["why"] < sentences["he"] < sentences["no"]


@given(TEXTS, st.integers(1, 50))
def test_sections_joined_are_the_text_and_none_is_too_long(text: str, limit: int) -> None:
    offset = 0
    for start, stretch in sections(text, limit):
        assert start == offset
        assert len(stretch) <= limit
        offset += len(stretch)
        assert text[start:offset] == stretch
    assert offset == len(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("one two\nthree four five", "one two\n"),
        ("One two. Three four five", "One two."),
        ("one two three four five", "one two "),
        ("one two\tthreefourfive", "one two\t"),
        ("onetwothreefourfive", "onetwothreef"),
    ],
)
def test_sections_are_cut_at_the_best_place(text: str, first: str) -> None:
    assert next(sections(text, 12)) == (0, first)


def test_soft_hyphens_and_spaces_of_no_width_hide_no_word() -> None:
    text = "he men\u00adtioned le\u200bngthy words"
    words = segment(text)
    assert words.words == ["he", "mentioned", "lengthy", "words"]
    assert words.slice(1, 2) == "men\u00adtioned"
    assert words.shapes.tolist() == [Shape.LOWER] * 4
    assert segment("\u00ad").words == ["\u00ad"]
