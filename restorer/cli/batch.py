"""``restore batch INPUT... -o OUT``: folders, dumps and crawls."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from restorer.cli import options as o
from restorer.cli.exit import ExitStatus
from restorer.cli.output import note
from restorer.cli.session import Choices, settings_of, show_log
from restorer.errors import SettingsError
from restorer.report.phrases import count

if TYPE_CHECKING:
    from restorer.batch.engines.base import Engine

__all__ = ["EngineName", "OutFormat", "batch"]

_READING = "Reading"
_OUTPUT = "Output"
_RUNNING = "Running"
_MEGABYTE = 1_000_000

MOST_BYTES, MOST_SECONDS, MOST_WORKERS = 2_000_000_000, 86_400, 1024
"""Largest values of options: what a reader sets aside memory for, what a system's timer counts to, and a slip."""


class OutFormat(StrEnum):
    """Uniform formats of output."""

    JSONL = "jsonl"
    PARQUET = "parquet"
    DOLMA = "dolma"


class EngineName(StrEnum):
    """Where the work is done."""

    LOCAL = "local"
    RAY = "ray"


def batch(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Folders, files or quoted patterns: .txt .md .html .jsonl .csv .tsv .parquet .warc; also .gz, .zst.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="DIR", help="Output folder, new or empty.", rich_help_panel=_OUTPUT),
    ],
    out_format: Annotated[
        OutFormat | None,
        typer.Option(
            help="One format for all outputs; dolma writes attribute files [default: as each input].",
            show_default=False,
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    keep_html: Annotated[
        bool,
        typer.Option(
            "--keep-html", help="Restore pages inside their markup, not only their text.", rich_help_panel=_OUTPUT
        ),
    ] = False,
    text_field: o.TextFieldOption = "text",
    id_field: o.IdFieldOption = "id",
    url_field: o.UrlFieldOption = "url",
    max_bytes: Annotated[
        int,
        typer.Option(
            parser=o.number(int, "max-bytes", "try 10000000"),
            metavar="N",
            help="A record with more is not restored but reported.",
            rich_help_panel=_READING,
        ),
    ] = 10 * _MEGABYTE,
    page_seconds: Annotated[
        float,
        typer.Option(
            parser=o.number(float, "page-seconds", "try 20"),
            metavar="N",
            help="Time limit for finding the text of one page of HTML.",
            rich_help_panel=_READING,
        ),
    ] = 20.0,
    workers: Annotated[
        int | None,
        typer.Option(
            parser=o.number(int, "workers", "try 2"),
            metavar="N",
            help="Worker processes [default: one a core].",
            show_default=False,
            rich_help_panel=_RUNNING,
        ),
    ] = None,
    engine: Annotated[
        EngineName,
        typer.Option(help="Worker processes on this machine, or actors on a Ray cluster.", rich_help_panel=_RUNNING),
    ] = EngineName.LOCAL,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew, even where a run could go on.", rich_help_panel=_RUNNING)
    ] = False,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="Show nothing but errors.", rich_help_panel=_RUNNING)
    ] = False,
    fpr: o.FprOption = None,
    threshold: o.ThresholdOption = None,
    quotes: o.QuotesOption = None,
    ignore_words: o.IgnoreWordsOption = None,
    references: o.ReferencesOption = None,
    model: o.ModelOption = None,
    threads: o.ThreadsOption = None,
    config: o.ConfigOption = None,
    verbose: o.VerboseOption = False,
) -> int:
    """Restore whole folders, dumps and crawls: the same files again under DIR, with findings.

    Each record gets restored, spun_probability, spin_density and findings; DIR also gets report.html, summary.json,
    documents.parquet (for restore sites) and errors.jsonl. A run that was stopped, by whatever, goes on with the same
    command. Needs the batch extra: pip install 'restorer[batch]'. Exit status: 0 done, 1 done but for bad records, 2
    error.
    """
    show_log(verbose)
    from restorer.batch.inputs import survey
    from restorer.batch.plan import Plan
    from restorer.batch.records import FieldNames
    from restorer.batch.runner import run
    from restorer.cli.progress import conclude, watch

    form = out_format.value if out_format else None
    found = survey(inputs, out=output, out_format=form)
    if found.passed_over and not quiet:
        kinds = ", ".join(f"{times:,} {ending or 'without an ending'}" for ending, times in found.others.items())
        note(f"restore: {count(found.passed_over, 'other file')} passed over ({kinds})")
    plan = Plan(
        files=found.files,
        out=output,
        settings=settings_of(Choices(config, fpr, threshold, quotes, ignore_words, model, references, threads)),
        fields=FieldNames(text_field, id_field, url_field),
        out_format=form,
        keep_html=keep_html,
        most_bytes=_within(max_bytes, MOST_BYTES, "max-bytes", "try 10000000"),
        page_seconds=_within(page_seconds, MOST_SECONDS, "page-seconds", "try 20"),
    )
    chosen = _engine(engine, workers)
    try:
        with watch(plan, quiet=quiet) as shown:
            summary = run(plan, chosen, shown, restart=restart)
    except KeyboardInterrupt:
        note("restore: interrupted; the same command goes on where this one stopped")
        raise
    conclude(plan, summary, quiet=quiet)
    return ExitStatus.FINDINGS if summary.total.errors else ExitStatus.CLEAN


def _within(value: o.Number, most: int, name: str, remedy: str) -> o.Number:
    if not 0 < value <= most:  # not a number (nan) is not within either
        msg = f"{name} must be above 0 and at most {most}, got {value}; {remedy}"
        raise SettingsError(msg)
    return value


def _engine(name: EngineName, workers: int | None) -> Engine:
    if workers is not None:
        _within(workers, MOST_WORKERS, "workers", "leave it out for one a core")
    if name is EngineName.RAY:
        from restorer.batch.engines.ray import RayEngine

        return RayEngine(workers)
    from restorer.batch.engines.local import LocalEngine
    from restorer.processes import usable_cores

    return LocalEngine(workers or usable_cores())
