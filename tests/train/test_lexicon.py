import pytest

from restorer.train.lexicon import Table, authored_table, observed_table, rate


@pytest.fixture(scope="module")
def table() -> Table:
    return authored_table()


def test_weights_of_every_head_sum_to_one_and_nothing_maps_to_itself(table: Table) -> None:
    for head, row in table.entries.items():
        assert sum(row.values()) == pytest.approx(1.0)
        assert head not in row


def test_the_likeliest_alternative_comes_first(table: Table) -> None:
    row = table.entries[("said",)]
    assert list(row.values()) == sorted(row.values(), reverse=True)
    assert ("mentioned",) in row or ("stated",) in row


def test_observed_pairs_teach_words_and_no_bare_signs() -> None:
    entries = observed_table().entries
    assert ("additionally",) in entries[("also",)]
    assert all(any(w.isalpha() for w in head) for head in entries)
    assert ("the",) not in entries or len(entries[("the",)]) < 5


def test_merging_keeps_both_tables_and_heeds_the_weight() -> None:
    one = Table.from_weights({("a",): {("b",): 1.0}})
    other = Table.from_weights({("a",): {("c",): 1.0}, ("d",): {("e",): 1.0}})
    merged = one.merged(other, weight=0.5).entries
    assert merged[("a",)] == pytest.approx({("b",): 2 / 3, ("c",): 1 / 3})
    assert merged[("d",)] == {("e",): 1.0}


def test_function_words_are_seldom_touched() -> None:
    assert rate(("the",)) < rate(("said",)) == 1.0
    assert rate(("of", "the")) < rate(("in", "the")) <= 1.0
