"""restorer.report.inline: changes marked where they stand."""

from __future__ import annotations

from restorer.report.inline import inline_diff
from restorer.types import Result

from .conftest import MakeFinding, MakeResult


def test_inline_brackets_edits_deletions_and_flags(result: Result) -> None:
    lines = inline_diff(result, color=False).splitlines()
    assert "the mayor [-mentioned-]{+said+}, as" in lines[0]
    assert lines[1] == "“We will not [?lengthy?] wait,” she [-mentioned-]{+said+} <b>& left</b>."
    assert lines[3].endswith("[-very -]home.")
    assert lines[4] == "Its [?huge?] harbour stayed open"


def test_inline_colour_strikes_the_old_and_greens_the_new(result: Result) -> None:
    output = inline_diff(result, color=True)
    assert "\x1b[9;31mmentioned\x1b[0m \x1b[1;32msaid\x1b[0m" in output
    assert "\x1b[33mlengthy\x1b[0m" in output
    assert "[-" not in output


def test_inline_ends_with_one_line_break(make_finding: MakeFinding, make_result: MakeResult) -> None:
    assert inline_diff(make_result("no newline"), color=False) == "no newline\n"
    text = "big\n"
    assert inline_diff(make_result(text, make_finding(text, "big", "large")), color=False) == "[-big-]{+large+}\n"
