"""``restore detect FILE...``: flag, change nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from restorer.cli import options as o
from restorer.cli.exit import ExitStatus
from restorer.cli.session import Choices, read_all, results_of, settings_of, show_log
from restorer.types import Result

__all__ = ["DetectFormat", "detect", "listing"]


class DetectFormat(StrEnum):
    """Forms of output."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    HTML = "html"


def listing(result: Result, *, color: bool = False) -> str:
    """One line a finding: where, what, the suggestion and its confidence.

    :param result: A result.
    :param color: Whether to colour.
    :return: The lines.
    """
    from restorer.report.phrases import name, percent, suggestion
    from restorer.report.pieces import Positions
    from restorer.report.terminal import Style, paint

    positions = Positions(result.document.text)
    lines = []
    for finding in result.findings:
        line, column = positions.at(finding.start)
        old = paint(suggestion(finding.text), Style.FLAGGED, color=color)
        new = paint(suggestion(finding.replacement), Style.ADDED, color=color)
        lines.append(f"{name(result)}:{line}:{column}: {old} -> {new} ({percent(finding.confidence)})\n")
    return "".join(lines)


def _output(results: Sequence[Result], format: DetectFormat, color: o.Color) -> str:
    from restorer.cli.output import use_color

    colored = use_color(color, sys.stdout)
    if format is DetectFormat.TEXT:
        return "".join(listing(result, color=colored) for result in results)
    from restorer.report import reporter

    report = reporter(format.value, color=colored, many=len(results) > 1)
    return "".join([report.begin(), *map(report.report, results), report.end()])


def detect(
    files: o.FilesArgument,
    format: Annotated[
        DetectFormat, typer.Option(help="Form of the output; text is one line a finding.", rich_help_panel="Output")
    ] = DetectFormat.TEXT,
    fpr: o.FprOption = None,
    threshold: o.ThresholdOption = None,
    quotes: o.QuotesOption = None,
    ignore_words: o.IgnoreWordsOption = None,
    references: o.ReferencesOption = None,
    model: o.ModelOption = None,
    threads: o.ThreadsOption = None,
    config: o.ConfigOption = None,
    color: o.ColorOption = o.Color.AUTO,
    verbose: o.VerboseOption = False,
) -> int:
    """Flag spun wording and change nothing.

    Each line is path:line:column: wording -> suggestion (confidence). Exit status: 0 nothing found, 1 findings,
    2 error.
    """
    from restorer.cli.output import note, put
    from restorer.report import summary_line

    show_log(verbose)
    settings = settings_of(Choices(config, fpr, threshold, quotes, ignore_words, model, references, threads))
    results = [result.flagged() for result in results_of(read_all(files), settings)]
    put(_output(results, format, color))
    for result in results:
        note(summary_line(result))
    return ExitStatus.FINDINGS if any(result.findings for result in results) else ExitStatus.CLEAN
