"""restorer.report: choosing a reporter."""

from __future__ import annotations

import re

import pytest

from restorer.errors import SettingsError
from restorer.report import FORMATS, reporter
from restorer.types import Result


@pytest.mark.parametrize("name", FORMATS)
def test_reporter_streams_two_results(name: str, result: Result) -> None:
    made = reporter(name, color=True, many=True)
    pieces = [made.begin(), made.report(result), made.report(result), made.end()]
    assert "".join(pieces).count("news conference") >= 2


def test_reporter_names_the_formats_for_an_unknown_one() -> None:
    with pytest.raises(SettingsError, match=r"'xml'.*text, diff, json, jsonl, sarif, html"):
        reporter("xml")


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"text"}))
def test_reporter_lets_no_control_or_override_of_the_text_through(name: str, result: Result) -> None:
    made = reporter(name, color=True)
    output = made.begin() + made.report(result) + made.end()
    own = re.sub(r"\x1b\[[\d;]*m", "", output) if name == "diff" else output
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", own)
    assert "\x1b[31mred" not in output


def test_reporter_text_and_plain_diff_are_exact(result: Result) -> None:
    assert reporter("text", color=True).report(result) == result.restored
    assert "\u202eback\u202c" in result.restored
    assert reporter("diff").report(result) == result.diff()
