"""``restore FILE...``: the default command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from restorer.apply import check_suffix, check_writable
from restorer.cli import options as o
from restorer.cli.session import Choices, read_all, results_of, settings_of, show_log
from restorer.errors import SettingsError
from restorer.types import Document, Result

__all__ = ["Format", "Target", "check_delivery", "deliver", "run"]

_OUTPUT = "Output"


class Format(StrEnum):
    """Forms of output."""

    TEXT = "text"
    DIFF = "diff"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the result goes and in what form.

    :param format: The form.
    :param output: The file; None for standard output.
    :param in_place: Change the input files instead.
    :param backup: Suffix of the copies kept of them, None for none.
    :param color: When to colour.
    """

    format: Format = Format.TEXT
    output: Path | None = None
    in_place: bool = False
    backup: str | None = ".orig"
    color: o.Color = o.Color.AUTO

    def check(self, files: Sequence[str]) -> None:
        """Refuse what contradicts itself, would spoil an input or could not be written.

        :param files: The input files.
        :raises SettingsError: naming the options.
        :raises OutputError: if the output file could not be written.
        """
        if self.in_place:
            self._check_in_place(files)
        if self.backup is not None:
            check_suffix(self.backup)
        if self.output is not None:
            check_writable(self.output)
            if any(name != "-" and _same_file(self.output, name) for name in files):
                msg = f"{self.output}: is an input file too; use --in-place to change it, or another --output"
                raise SettingsError(msg)

    def _check_in_place(self, files: Sequence[str]) -> None:
        if "-" in files:
            msg = "--in-place cannot change standard input; name a file, or leave the option out"
        elif self.output is not None:
            msg = "--in-place and --output are two targets; give one of them"
        elif self.format is not Format.TEXT:
            msg = f"--in-place writes the text back, so --format {self.format.value} has no place; give one of them"
        elif len({Path(name).resolve() for name in files}) < len(files):
            msg = "--in-place: the same file is named twice; name it once"
        else:
            return
        raise SettingsError(msg)


def _same_file(path: Path, name: str) -> bool:
    try:
        return path.samefile(name)
    except OSError:  # one of them is not there
        return False


def _target(
    format: Format | None, diff: bool, output: Path | None, in_place: bool, backup: str | None, color: o.Color
) -> Target:
    if diff and format not in (None, Format.DIFF):
        msg = f"--diff and --format {format.value if format else ''} are two forms of output; give one of them"
        raise SettingsError(msg)
    if backup is not None and not in_place:
        msg = f"--backup {backup}: only --in-place keeps a backup; give both or neither"
        raise SettingsError(msg)
    form = Format.DIFF if diff else format or Format.TEXT
    output = None if output == Path("-") else output
    return Target(form, output, in_place, ".orig" if backup is None else backup or None, color)


def check_delivery(results: Sequence[Result], target: Target) -> None:
    """Refuse what could not be delivered, whatever is decided about the findings.

    :param results: The results.
    :param target: Where they will go, checked before.
    :raises OutputError: if a file that may change could not be written.
    :raises InputError: if no one file could hold the texts.
    """
    from restorer.cli.output import joined

    if target.in_place:
        for result in results:
            if result.findings:
                check_writable(Path(result.document.path), backup=target.backup)
    elif target.format is Format.TEXT:
        joined(results)


def deliver(results: Sequence[Result], target: Target) -> None:
    """Write the results where they go.

    :param results: At least one result.
    :param target: Where and how.
    :raises OutputError: if they cannot be written.
    """
    from restorer.cli.output import joined, put, replace_all, use_color, write_file

    if target.in_place:
        replace_all(results, target.backup)
        return
    if target.format is Format.TEXT:
        document, text = joined(results)
    else:
        color = use_color(target.color, sys.stdout) if target.output is None else target.color is o.Color.ALWAYS
        text = _report(results, target.format, color)
        document = Document("")
    if target.output is not None:
        write_file(document, text, target.output)
    else:
        put(text, document.encoding if target.format is Format.TEXT else None)


def _report(results: Sequence[Result], format: Format, color: bool) -> str:
    from restorer.report import reporter

    report = reporter(format.value, color=color, many=len(results) > 1)
    return "".join([report.begin(), *map(report.report, results), report.end()])


def run(
    files: o.FilesArgument,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write here, not to stdout.", rich_help_panel=_OUTPUT),
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Change the files themselves.", rich_help_panel=_OUTPUT)
    ] = False,
    backup: Annotated[
        str | None,
        typer.Option(
            metavar="SUFFIX",
            help="With --in-place, keep the old file with this suffix, never over another; '' for none "
            "[default: .orig].",
            show_default=False,
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show a unified diff; the same as --format diff.", rich_help_panel=_OUTPUT)
    ] = False,
    format: Annotated[
        Format | None,
        typer.Option(help="Form of the output [default: text].", show_default=False, rich_help_panel=_OUTPUT),
    ] = None,
    review: Annotated[
        bool,
        typer.Option(
            "--review",
            help="Ask about every finding; an interrupted review goes on.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
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
    version: o.VersionOption = False,
) -> int:
    """Restore machine-spun wording: print the text with the wording its author used.

    Everything outside the changes comes back byte for byte, in the encoding it had. A line on stderr sums up each
    file. Nothing is printed or written unless every file can be read. Exit status: 0 done, 2 error.
    """
    show_log(verbose)
    target = _target(format, diff, output, in_place, backup, color)
    target.check(files)
    settings = settings_of(Choices(config, fpr, threshold, quotes, ignore_words, model, references, threads))
    results = results_of(read_all(files), settings)
    if review:
        from restorer.cli.review import review_and_deliver

        review_and_deliver(results, target)
    else:
        deliver(results, target)
    _sum_up(results if not review else [])
    return 0


def _sum_up(results: Sequence[Result]) -> None:
    from restorer.cli.output import note
    from restorer.report import summary_line

    for result in results:
        note(summary_line(result))
