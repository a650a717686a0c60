from pathlib import Path

import pytest

from benchmarks.other_text import cut, texts, works


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * count)


def test_sentences_of_one_text_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    path.write_text("1_1\t0.5\tOne.\n1_2\t0\tTwo.\n2_1\t1\tThree.\nno row\n", encoding="utf-8")
    assert list(texts(path)) == ["One. Two.", "Three."]


def test_a_work_is_cut_into_texts_of_about_one_size_at_paragraph_ends() -> None:
    paragraphs = [f"{words(99)} end{number}." for number in range(21)]
    pieces = list(cut("\n\n".join(paragraphs), 500))
    assert "\n\n".join(pieces) == "\n\n".join(paragraphs)
    assert [len(piece.split()) for piece in pieces] == [600, 500, 500, 500]


def test_a_long_paragraph_is_not_divided() -> None:
    pieces = list(cut(f"{words(30)}\n\n{words(400, 'long')}\n \n{words(30)}", 100))
    assert pieces == [f"{words(30)}\n\n{words(400, 'long')}", words(30)]


@pytest.mark.parametrize("text", ["", "\n\n \n"])
def test_nothing_gives_no_text(text: str) -> None:
    assert list(cut(text)) == []


def test_a_short_work_is_one_text() -> None:
    assert list(cut("One.\n\nTwo.\n")) == ["One.\n\nTwo."]


def test_the_works_of_a_group_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, text in (("b.txt", "Second.\n"), ("a.txt", "First.\n"), ("c.md", "Not read.\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(works(tmp_path)) == ["First.", "Second."]
