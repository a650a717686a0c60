"""restorer.report.phrases: figures and reasons in words."""

from __future__ import annotations

import pytest

from restorer.report.phrases import percent, reasons, status, suggestion, summary_line, verdict
from restorer.types import Evidence, Result

from .conftest import MakeResult


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0%"),
        (0.0004, "<0.1%"),
        (0.014, "1.4%"),
        (0.5, "50%"),
        (0.97, "97%"),
        (0.9962, "99.6%"),
        (0.9999, ">99.9%"),
    ],
)
def test_percent_never_claims_certainty_it_does_not_have(share: float, shown: str) -> None:
    assert percent(share) == shown


def test_summary_line_has_words_flags_edits_and_probability(result: Result) -> None:
    assert summary_line(result) == "news/town hall.txt: 36 words, 7 flagged, 5 edits applied, spun probability 99%"


def test_summary_line_is_one_line_whatever_the_path(make_result: MakeResult) -> None:
    line = summary_line(make_result("a", path="evil\n\x1b[2Jname", words=1))
    assert line.startswith("evil <U+001B>[2Jname: 1 word, 0 flagged, 0 edits")
    assert summary_line(make_result("a b", path="-")).startswith("standard input: 2 words")


def test_verdict_follows_the_probability(make_result: MakeResult) -> None:
    verdicts = [verdict(make_result("a", spun_probability=p).summary) for p in (0.02, 0.3, 0.6, 0.95)]
    assert verdicts == ["no sign of spinning", "little sign of spinning", "possibly machine-spun", "machine-spun"]


def test_suggestion_tells_deleting_from_having_nothing_to_offer() -> None:
    assert [suggestion(w) for w in ("said", "", None)] == ["“said”", "(delete)", "(no suggestion)"]


def test_status_names_kind_and_quotation(result: Result) -> None:
    assert status(result.findings[2]) == "flagged only, in a quotation"
    assert status(result.findings[4]) == "applied, spinner's leftover"


def test_reasons_give_every_figure_that_counted_and_no_other() -> None:
    full = " | ".join(reasons(Evidence(0.8, 0.112, 0.97, 3, 1.25, -0.4, "open brace", "clean/a.txt")))
    for part in ("80%", "11%", "97%", "3 times", "raises the log odds by 1.25", "lowers the log odds by 0.40"):
        assert part in full
    assert "open brace" in full
    assert "clean/a.txt" in full
    assert len(reasons(Evidence(0.8, 0.112, 0.97))) == 3
    assert "looks honest and leaves 40% of that" in " | ".join(reasons(Evidence(0.8, 0.1, 0.3, page_factor=0.4)))
    gains = " | ".join(reasons(Evidence(0.8, 0.1, 0.9, neighbours=1.5, own_table=0.7)))
    assert "another wording goes with the words beside it: raises the log odds by 1.50" in gains
    assert "spun in the same manner: raises the log odds by 0.70" in gains
    below = " | ".join(reasons(Evidence(0.8, 0.1, 0.9, asked=0.92)))
    assert "an edit is applied here from a confidence of 92% on" in below
    assert "stands in a table" in " | ".join(reasons(Evidence(0.8, 0.112, 0.97, guard="table")))
