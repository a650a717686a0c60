"""restorer.report.explain: why, at a terminal."""

from __future__ import annotations

from restorer.report import explain
from restorer.types import Result

from .conftest import MakeFinding, MakeResult


def test_explain_starts_with_the_document(result: Result) -> None:
    head = explain(result, color=False).split("\n\n")[0]
    for part in ("machine-spun, probability 99%", "36, about 11%", "7 flagged, 5 edits applied", "tiny@1"):
        assert part in head
    assert "quotations: yes" in head
    assert "capitalised words: too little to tell" in head


def test_explain_shows_place_context_alternatives_and_reasons(result: Result) -> None:
    first = explain(result, color=False).split("\n\n")[1].splitlines()
    assert first[0].split() == ["1", "1:33", "“mentioned”", "->", "“said”", "97%,", "applied"]
    assert "the mayor [-mentioned-]{+said+}, as the town" in first[1]
    rest = "\n".join(first[2:])
    for part in ("“told <reporters>” 2.0%", "93% spun", "11%", "2 times", "by 1.25", "by 0.40", "99% spun"):
        assert part in rest


def test_explain_has_one_block_a_finding_in_order(result: Result) -> None:
    blocks = explain(result, color=False).split("\n\n")[1:]
    assert [block.split()[0] for block in blocks] == [str(i) for i in range(1, 8)]
    assert "half-spelled number" in blocks[4]
    assert "clean/town.txt" in blocks[6]


def test_explain_keeps_a_span_with_line_breaks_in_its_block(make_finding: MakeFinding, make_result: MakeResult) -> None:
    text = "one {two\n\nthree} four"
    output = explain(make_result(text, make_finding(text, "{two\n\nthree}", "two")), color=False)
    assert len(output.split("\n\n")) == 2


def test_explain_of_a_clean_document_is_the_summary_alone(make_result: MakeResult) -> None:
    output = explain(make_result("All is well.", spun_probability=0.01, path="-"), color=True)
    assert "standard input: no sign of spinning, probability 1.0%" in output
    assert "0 flagged, 0 edits applied" in output
    assert "\n\n" not in output
