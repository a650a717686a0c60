"""restorer.report.html_style: readable in both schemes."""

from __future__ import annotations

import re

import pytest

from restorer.report.html_style import STYLE

_LIGHT, _DARK = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in STYLE.split("@media (prefers", 1))
_PAIRS = [
    *((text, ground) for text in ("ink", "soft", "link", "old", "flag") for ground in ("page", "panel")),
    *(("new", f"new-{level}") for level in (1, 2, 3)),
]


def _luminance(color: str) -> float:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [_LIGHT, _DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), _PAIRS)
def test_style_text_reaches_contrast_aa(scheme: dict[str, str], text: str, ground: str) -> None:
    low, high = sorted((_luminance(scheme[text]), _luminance(scheme[ground])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_style_loads_nothing() -> None:
    assert not re.search(r"url\(|@import|https?:", STYLE)
