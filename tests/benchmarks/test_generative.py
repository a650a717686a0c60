import pytest

from benchmarks.generative import passages, rewritten


def test_a_long_paragraph_is_cut_after_sentences_and_a_long_sentence_stays_whole() -> None:
    text = 'One two three. “Four five.” Six "seven" eight nine ten eleven. Twelve.'
    assert list(passages(text, most=5)) == [
        "One two three. “Four five.”",
        'Six "seven" eight nine ten eleven.',
        "Twelve.",
    ]


@pytest.mark.parametrize("paragraph", ["", "   "])
def test_an_empty_paragraph_is_asked_about_at_most_once(paragraph: str) -> None:
    assert "".join(passages(paragraph)) == ""


def test_lines_stay_lines_and_those_without_words_stay_as_they_are() -> None:
    asked: list[str] = []

    def rewrite(passage: str) -> str:
        asked.append(passage)
        return f" {passage.upper()}\n\nDone. "

    assert rewritten("One two.\n\n***\nThree.", rewrite) == "ONE TWO. Done.\n\n***\nTHREE. Done."
    assert asked == ["One two.", "Three."]
