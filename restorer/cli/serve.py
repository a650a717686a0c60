"""``restore serve``: the review page and the HTTP API."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from restorer.cli import options as o
from restorer.cli.session import Choices, settings_of, show_log

__all__ = ["serve"]

_ADDRESS = "Address"
_LIMITS = "Limits"

MOST_WORKERS = 256
"""Each takes a core and some 300 MB; more is a slip."""


def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Listen here.", rich_help_panel=_ADDRESS)] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            parser=o.number(int, "--port", "try 8000"),
            metavar="N",
            help="Port; 0 is any free one.",
            rich_help_panel=_ADDRESS,
        ),
    ] = 8000,
    token: Annotated[
        str,
        typer.Option(
            metavar="TOKEN",
            envvar="RESTORE_TOKEN",
            help="Bearer token to ask for; other addresses than this machine's own need one.",
            show_default=False,
            show_envvar=True,
            rich_help_panel=_ADDRESS,
        ),
    ] = "",
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Listen on any address without a token.", rich_help_panel=_ADDRESS)
    ] = False,
    workers: Annotated[
        int,
        typer.Option(
            parser=o.number(int, "--workers", "try 2"),
            metavar="N",
            help="Worker processes; 0 is one a core.",
            rich_help_panel=_LIMITS,
        ),
    ] = 0,
    max_body: Annotated[
        int,
        typer.Option(
            parser=o.number(int, "--max-body", "try 8388608"),
            metavar="BYTES",
            help="Longest body of a request (413).",
            rich_help_panel=_LIMITS,
        ),
    ] = 8 << 20,
    max_characters: Annotated[
        int,
        typer.Option(
            parser=o.number(int, "--max-characters", "try 1000000"),
            metavar="N",
            help="Longest text (422).",
            rich_help_panel=_LIMITS,
        ),
    ] = 1_000_000,
    max_texts: Annotated[
        int,
        typer.Option(
            parser=o.number(int, "--max-texts", "try 1000"),
            metavar="N",
            help="Most texts in a request (422).",
            rich_help_panel=_LIMITS,
        ),
    ] = 1_000,
    max_requests: Annotated[
        int,
        typer.Option(
            parser=o.number(int, "--max-requests", "try 64"),
            metavar="N",
            help="Requests answered at once (429).",
            rich_help_panel=_LIMITS,
        ),
    ] = 64,
    timeout: Annotated[
        float,
        typer.Option(
            parser=o.number(float, "--timeout", "try 120"),
            metavar="SECONDS",
            help="Time limit of an answer (503).",
            rich_help_panel=_LIMITS,
        ),
    ] = 120.0,
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
    """Serve the review page and the HTTP API.

    Needs the serve extra: pip install 'restorer[serve]'. The page is at / and the API under /v1; /openapi.json
    describes it. Texts are neither stored nor logged. Ctrl-C ends it once running requests are answered. Exit status:
    0 done, 2 error.
    """
    from restorer.cli.output import note
    from restorer.errors import SettingsError
    from restorer.processes import usable_cores
    from restorer.serve.limits import Limits
    from restorer.serve.run import Plan
    from restorer.serve.run import serve as run
    from restorer.version import __version__

    show_log(verbose)
    if not 0 <= workers <= MOST_WORKERS:
        msg = f"--workers must be 0 (one a core) to {MOST_WORKERS}, got {workers}"
        raise SettingsError(msg)
    settings = settings_of(Choices(config, fpr, threshold, quotes, ignore_words, model, references, threads))
    count = workers or usable_cores()
    for option, value in (
        ("--max-body", max_body),
        ("--max-characters", max_characters),
        ("--max-texts", max_texts),
        ("--max-requests", max_requests),
        ("--timeout", timeout),
    ):
        if not value > 0:
            msg = f"{option} must be above 0, got {value}; leave it out for the default"
            raise SettingsError(msg)
    limits = Limits(max_body, max_characters, max_texts, max_requests, timeout)
    plan = Plan(
        settings if count == 1 else replace(settings, threads=settings.threads or 1),
        host,
        port,
        token,
        insecure,
        count,
        limits,
    )

    def announce(address: str, name: str) -> None:
        note(f"restorer {__version__}, model {name}, workers: {count}")
        note(f"review page  {address}")
        note(f"HTTP API     {address}v1/restore  (described by {address}openapi.json)")

    if settings.threshold is not None:
        note(
            f"the review page goes by rates of false alarms; the threshold {settings.threshold} holds for the API only"
        )
    note("loading the model ...")
    run(plan, announce)
    note("ended")
    return 0
