from pathlib import Path
from random import Random

import pytest

from restorer.train.terms import carriers, held_out_term, read_terms, term_table

ROWS = [
    ("counterfeit consciousness", "artificial intelligence", "1,505"),
    ("profound learning", "deep learning", "214"),
    ("irregular timberland", "random forest", "12"),
    ("bosom peril", "breast cancer", "40"),
    ("mean square blunder", "mean square error", ""),
    ("remote sensor organize", "wireless sensor network", "7"),
    ("flag to commotion", "signal-to-noise", "3"),
    ("colossal information", "big data", "90"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "tortured_phrases.tsv"
    lines = ["tortured\texpected\tpapers", *("\t".join(row) for row in ROWS)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_each_term_belongs_to_one_half_whatever_its_case_or_hyphens(path: Path) -> None:
    halves = [{expected for _, expected, _ in read_terms(path, held_out=half)} for half in (True, False)]
    assert halves[0] and halves[1]
    assert not halves[0] & halves[1]
    assert sum(map(len, halves)) == len(ROWS)
    assert held_out_term("Signal-to-Noise") == held_out_term("signal to noise")


def test_the_table_holds_the_training_half_only_whole_and_word_by_word(path: Path) -> None:
    table = term_table(path).entries
    trained = {expected for _, expected, _ in read_terms(path, held_out=False)}
    for tortured, expected, _ in ROWS:
        head, spun = tuple(expected.split()), tuple(tortured.split())
        assert (table.get(head, {}).get(spun) is not None) == (expected in trained and "-" not in expected)
        if expected in trained and len(head) == len(spun) and head[0] != spun[0]:
            assert (spun[0],) in table[(head[0],)]


def test_carriers_carry_terms_of_the_training_half_only(path: Path) -> None:
    text = " ".join(carriers(path, Random(1), texts=30)).lower()
    for _, expected, _ in read_terms(path, held_out=True):
        assert expected.lower() not in text
    assert any(expected.lower() in text for _, expected, _ in read_terms(path, held_out=False))
