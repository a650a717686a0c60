"""``restore explain FILE``: why each finding was made."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from restorer.cli import options as o
from restorer.cli.session import Choices, read_all, results_of, settings_of, show_log

__all__ = ["explain"]


def explain(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Text file; - is standard input.", show_default=False)],
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
    """Show why each finding was made.

    For each: what the model says, what the rest of the document adds, and the alternatives. Changes nothing.
    Exit status: 0 done, 2 error.
    """
    from restorer.cli.output import put, use_color
    from restorer.report import explain as explained

    show_log(verbose)
    settings = settings_of(Choices(config, fpr, threshold, quotes, ignore_words, model, references, threads))
    for result in results_of(read_all([file]), settings):
        put(explained(result, use_color(color, sys.stdout)))
    return 0
