"""restorer.report.characters: nothing from a text may act on a display."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.report.characters import ACTING, visible


@pytest.mark.parametrize("code", [0x00, 0x1B, 0x7F, 0x9B, 0x200B, 0x2028, 0x202E, 0x2066, 0xFEFF, 0xD800])
def test_visible_shows_the_code_point(code: int) -> None:
    assert visible(f"a{chr(code)}b") == f"a<U+{code:04X}>b"


def test_visible_leaves_ordinary_text_alone() -> None:
    text = "Tab\there, cafe\u0301, 👩\u200d🚀, 🇫🇷, عربي, עברית\u200f!\nnext"
    assert visible(text) == text


def test_visible_takes_crlf_as_one_line_break_but_shows_a_lone_cr() -> None:
    assert visible("a\r\nb\rc") == "a\nb<U+000D>c"
    assert visible("a\r\nb\rc\td", one_line=True) == "a b c d"


@given(st.text())
def test_visible_leaves_nothing_acting(text: str) -> None:
    assert not ACTING.search(visible(text))
