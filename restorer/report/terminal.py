"""Colour on a terminal."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Style", "paint"]


class Style(StrEnum):
    """Select Graphic Rendition codes, by what they mean here."""

    ADDED = "32"
    ADDED_WORD = "1;32"
    CONFIDENT = "1"
    FAINT = "2"
    FLAGGED = "33"
    HEADER = "1"
    HUNK = "36"
    REMOVED = "31"
    REMOVED_WORD = "9;31"


def paint(text: str, style: Style, *, color: bool) -> str:
    """The text in a style.

    :param text: Text without escape sequences of its own; a style never runs past a line break.
    :param style: The style.
    :param color: Whether to colour at all.
    :return: The text, wrapped in escape sequences if coloured and not empty.
    """
    if not color or not text:
        return text
    return "\n".join(f"\x1b[{style.value}m{line}\x1b[0m" if line else "" for line in text.split("\n"))
