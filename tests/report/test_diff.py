"""restorer.report.diff: the unified diff, coloured down to the word."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from restorer.report.characters import visible
from restorer.report.diff import DiffReporter, painted_diff
from restorer.types import Alternative, Calibration, Document, DocumentSummary, Evidence, Finding, Result

from .conftest import MakeFinding, MakeResult

_OLD, _NEW = "\x1b[9;31m", "\x1b[1;32m"


def _without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def _words(style: str, output: str) -> list[str]:
    return re.findall(re.escape(style) + "(.*?)\x1b\\[0m", output)


def test_diff_highlights_exactly_the_changed_words(result: Result) -> None:
    output = painted_diff(result)
    assert _words(_OLD, output) == ["mentioned", "information convention", "mentioned", "Twenty-(2{zero})", "very "]
    assert _words(_NEW, output) == ["said", "news conference", "said", "Twenty-two"]


def test_diff_finds_the_right_lines_in_later_hunks(make_finding: MakeFinding, make_result: MakeResult) -> None:
    text = "a big tree\n" + "same line\n" * 20 + "a big big bush"
    first = make_finding(text, "big", "rather large")
    second = make_finding(text, "big", "large", nth=2)
    lines = painted_diff(make_result(text, first, second)).split("\n")
    assert f"\x1b[31m-\x1b[0ma big {_OLD}big\x1b[0m bush" in lines
    assert f"\x1b[32m+\x1b[0ma big {_NEW}large\x1b[0m bush" in lines


def test_diff_is_empty_when_nothing_changes(make_result: MakeResult) -> None:
    assert DiffReporter(color=True).report(make_result("as it was\n")) == ""


def test_diff_hides_the_carriage_return_of_a_line_break_only(
    make_finding: MakeFinding, make_result: MakeResult
) -> None:
    text = "big\rtree\r\n"
    output = _without_colour(painted_diff(make_result(text, make_finding(text, "big", "large"))))
    assert output.endswith("-big<U+000D>tree\n+large<U+000D>tree\n")


@st.composite
def _results(draw: st.DrawFn) -> Result:
    """Any text in a small alphabet of line breaks and letters, with any edits."""
    words = draw(st.lists(st.text("ab\n\r ", max_size=5), max_size=12))
    new = draw(st.lists(st.none() | st.text("xy\n", max_size=3), min_size=len(words), max_size=len(words)))
    text, findings = "", []
    for word, replacement in zip(words, new, strict=True):
        if replacement is not None and word:
            span = (len(text), len(text) + len(word), word, replacement)
            evidence = Evidence(0.9, 0.1, 0.9)
            findings.append(Finding(*span, 0.9, True, "wording", False, (Alternative(replacement, 0.9),), evidence))
        text += word
    summary = DocumentSummary(len(words), 0.5, 0.1, None, None, 0)
    calibration = Calibration((0.1,), (0.5,), (0.5,))
    return Result(Document(text), "tiny@1", summary, tuple(findings), (), calibration, lambda found, *_: found)


@given(_results())
def test_diff_coloured_says_the_same_as_plain(result: Result) -> None:
    plain = [visible(line.removesuffix("\r")) for line in result.diff().split("\n")]
    assert _without_colour(painted_diff(result)) == "\n".join(plain)
