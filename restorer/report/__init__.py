"""Results in the formats people and programs read."""

from __future__ import annotations

from collections.abc import Callable

from restorer.errors import SettingsError
from restorer.report.base import Reporter
from restorer.report.diff import DiffReporter
from restorer.report.explain import explain
from restorer.report.html import HtmlReporter
from restorer.report.inline import inline_diff
from restorer.report.json import JsonLinesReporter, JsonReporter
from restorer.report.phrases import summary_line
from restorer.report.sarif import SarifReporter
from restorer.report.text import TextReporter

__all__ = ["FORMATS", "Reporter", "explain", "inline_diff", "reporter", "summary_line"]

_MAKERS: dict[str, Callable[[bool, bool], Reporter]] = {
    "text": lambda color, many: TextReporter(),
    "diff": lambda color, many: DiffReporter(color=color),
    "json": lambda color, many: JsonReporter(many=many),
    "jsonl": lambda color, many: JsonLinesReporter(),
    "sarif": lambda color, many: SarifReporter(),
    "html": lambda color, many: HtmlReporter(),
}
FORMATS = tuple(_MAKERS)


def reporter(format: str, *, color: bool = False, many: bool = False) -> Reporter:
    """A new reporter.

    :param format: One of ``FORMATS``.
    :param color: Whether to colour the formats meant for a terminal.
    :param many: Whether several results are to come: ``json`` then writes an array instead of one object.
    :return: A reporter, to be used once.
    :raises SettingsError: if there is no such format.
    """
    if format not in _MAKERS:
        msg = f"no such format: {format!r}; choose one of {', '.join(FORMATS)}"
        raise SettingsError(msg)
    return _MAKERS[format](color, many)
