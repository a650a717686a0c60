"""Characters that act on a display instead of showing on it, made visible.

An article must not be able to move the cursor, recolour a report, or turn the reading order of what follows it.
Direction marks that only place neighbouring punctuation, and joiners inside emoji and Persian, are left alone.
"""

from __future__ import annotations

import re

__all__ = ["ACTING", "LINE_BREAK", "picture", "visible"]

ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, all but tab and line feed
    "\u200b\u2028\u2029\u2060-\u2064\ufeff"  # of no width, or a break that few programs show
    "\u202a-\u202e\u2066-\u206f"  # direction overrides, embeddings and isolates
    "\ud800-\udfff]"  # halves of a surrogate pair, which no encoding can write
)
LINE_BREAK = re.compile(r"\r\n|\r|\n")


def picture(character: str) -> str:
    """What to show in place of an acting character.

    :param character: The character.
    :return: Its code point in angle brackets, such as ``<U+001B>``; few fonts have the control pictures.
    """
    return f"<U+{ord(character):04X}>"


def visible(text: str, *, one_line: bool = False) -> str:
    """The text with every acting character replaced by its picture.

    :param text: Any text.
    :param one_line: Whether tabs and line breaks are to become single spaces too.
    :return: Text that is safe to print.
    """
    if one_line:
        text = LINE_BREAK.sub(" ", text).replace("\t", " ")
    return ACTING.sub(lambda match: picture(match.group()), text.replace("\r\n", "\n"))
