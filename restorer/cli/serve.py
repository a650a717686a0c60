"""``restore serve``: the review page and the HTTP API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import typer

from restorer.cli import options as o
from restorer.cli.session import Choices, settings_of, show_log
from restorer.serve.limits import Limits

__all__ = ["serve"]

_ADDRESS = "Address"
_LIMITS = "Limits"
_DEFAULTS = Limits()

MOST_WORKERS = 256
"""Each takes a core and some 300 MB; more is a slip."""


def _limit(kind: Callable[[str], float], name: str, example: float, metavar: str, help: str) -> Any:  # noqa: ANN401
    """An option that is a number, of the section of limits; Typer has no type for it."""
    parser = o.number(kind, name, f"try {example:.0f}")
    return typer.Option(parser=parser, metavar=metavar, help=help, rich_help_panel=_LIMITS)


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
    workers: Annotated[int, _limit(int, "--workers", 2, "N", "Worker processes; 0 is one a core.")] = 0,
    max_body: Annotated[
        int, _limit(int, "--max-body", _DEFAULTS.body_bytes, "BYTES", "Longest body of a request (413).")
    ] = _DEFAULTS.body_bytes,
    max_characters: Annotated[
        int, _limit(int, "--max-characters", _DEFAULTS.characters, "N", "Longest text (422).")
    ] = _DEFAULTS.characters,
    max_texts: Annotated[
        int, _limit(int, "--max-texts", _DEFAULTS.texts, "N", "Most texts in a request (422).")
    ] = _DEFAULTS.texts,
    max_requests: Annotated[
        int, _limit(int, "--max-requests", _DEFAULTS.requests, "N", "Requests answered at once (429).")
    ] = _DEFAULTS.requests,
    timeout: Annotated[
        float, _limit(float, "--timeout", _DEFAULTS.seconds, "SECONDS", "Time limit of an answer (503).")
    ] = _DEFAULTS.seconds,
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
    from restorer.processes import threads_each, usable_cores
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
        replace(settings, threads=threads_each(settings.threads, count)),
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
