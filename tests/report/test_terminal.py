"""restorer.report.terminal: colour that stays within its line."""

from __future__ import annotations

from restorer.report.terminal import Style, paint


def test_paint_closes_the_style_before_each_line_break() -> None:
    assert paint("a\n\nb", Style.FLAGGED, color=True) == "\x1b[33ma\x1b[0m\n\n\x1b[33mb\x1b[0m"


def test_paint_without_colour_or_text_adds_nothing() -> None:
    assert paint("a", Style.FLAGGED, color=False) == "a"
    assert paint("", Style.FLAGGED, color=True) == ""
