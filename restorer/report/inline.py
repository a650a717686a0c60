"""The restored text with its changes marked where they stand."""

from __future__ import annotations

from restorer.report.characters import visible
from restorer.report.pieces import is_edit, pieces
from restorer.report.terminal import Style, paint
from restorer.types import Finding, Result

__all__ = ["inline_diff", "mark"]


def inline_diff(result: Result, color: bool) -> str:
    """The whole text, word changes in place: ``[-old-]{+new+}``, or ``[?word?]`` where only flagged.

    :param result: A result.
    :param color: Colour the changes (old struck in red, new in green, flagged in yellow) instead of bracketing them.
    :return: Text for a terminal; it ends with a line break.
    """
    parts = (
        visible(piece) if isinstance(piece, str) else mark(piece, color=color)
        for piece in pieces(result.document.text, result.findings)
    )
    text = "".join(parts)
    return text if text.endswith("\n") else text + "\n"


def mark(finding: Finding, *, color: bool) -> str:
    """One finding as it is shown within its sentence.

    :param finding: The finding.
    :param color: Whether to colour it instead of bracketing it.
    :return: Text for a terminal.
    """
    old, new = visible(finding.text), visible(finding.replacement or "")
    if not is_edit(finding):
        return paint(old, Style.FLAGGED, color=True) if color else f"[?{old}?]"
    if color:
        return f"{paint(old, Style.REMOVED_WORD, color=True)}{' ' if old and new else ''}{_added(new)}"
    return f"[-{old}-]" + (f"{{+{new}+}}" if new else "")


def _added(wording: str) -> str:
    return paint(wording, Style.ADDED_WORD, color=True)
