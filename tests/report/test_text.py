"""restorer.report.text: the restored text alone."""

from __future__ import annotations

from restorer.report.text import TextReporter

from .conftest import MakeFinding, MakeResult


def test_text_keeps_every_code_point_outside_the_edits(make_finding: MakeFinding, make_result: MakeResult) -> None:
    text = "\ufeffA big\x00 tree \r\nno newline\r at the end \x1b[2J"
    made = TextReporter()
    result = make_result(text, make_finding(text, "big", "large"))
    output = made.begin() + made.report(result) + made.end()
    assert output == "\ufeffA large\x00 tree \r\nno newline\r at the end \x1b[2J"
