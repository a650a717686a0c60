"""restorer.report.pieces: cutting a text at its findings."""

from __future__ import annotations

from restorer.report.pieces import Positions, context, pieces
from restorer.types import Result

from .conftest import MakeFinding


def test_pieces_join_to_the_text(result: Result) -> None:
    cut = list(pieces(result.document.text, result.findings))
    assert "".join(p if isinstance(p, str) else p.text for p in cut) == result.document.text
    assert [p for p in cut if not isinstance(p, str)] == list(result.findings)


def test_positions_counts_lines_at_every_kind_of_newline_and_columns_in_code_points() -> None:
    positions = Positions("🚢 a\r\nb\rc\n\nd")
    assert [positions.at(i) for i in (0, 2, 5, 7, 10, 11)] == [(1, 1), (1, 3), (2, 1), (3, 1), (5, 1), (5, 2)]


def test_context_stays_on_the_line_and_cuts_between_words(make_finding: MakeFinding) -> None:
    text = "line before\r\nalpha beta gamma WORD delta epsilon zeta\nline after"
    finding = make_finding(text, "WORD", "word")
    assert context(text, finding, width=12) == ("…beta gamma ", " delta…")
    assert context(text, finding) == ("alpha beta gamma ", " delta epsilon zeta")
