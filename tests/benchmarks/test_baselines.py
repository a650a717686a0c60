from benchmarks.baselines import lookup, turned
from restorer import Restorer
from restorer.train.lexicon import Table
from tests.fakes import FakeModel

TABLE = Table.from_weights(
    {
        ("said",): {("mentioned",): 0.5, ("stated",): 0.5},
        ("noted",): {("mentioned",): 0.2, ("observed",): 0.8},
        ("at", "least"): {("a", "minimum"): 1.0},
    }
)


def test_a_list_replaces_the_longest_form_by_its_likeliest_original_whatever_the_context() -> None:
    method = lookup(turned(TABLE, {"said": 0.01, "noted": 0.001}), Restorer(FakeModel()))
    result = method("He mentioned a minimum of two. See https://mentioned.example/x")
    assert result.restored == "He said at least of two. See https://mentioned.example/x"
    assert [f.applied for f in result.findings] == [True, True]


def test_what_the_list_does_not_hold_stays() -> None:
    assert lookup(turned(TABLE, {}), Restorer(FakeModel()))("Nothing here.").findings == ()


def test_the_likelier_original_is_the_one_written_more_often() -> None:
    assert turned(TABLE, {"said": 0.01, "noted": 0.001})[("mentioned",)] == "said"
    assert turned(TABLE, {"said": 0.0001, "noted": 0.01})[("mentioned",)] == "noted"
