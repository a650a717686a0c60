"""The Typer application: which commands there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from restorer.cli import batch, detect, explain, run, serve, sites, sources, train
from restorer.cli.group import DefaultCommand, DefaultGroup, SectionedCommand

if TYPE_CHECKING:
    from typer.core import TyperGroup

__all__ = ["app", "command"]

_EXAMPLES = """\
\b
Examples:
  restore article.txt > restored.txt
  restore --diff article.txt
  restore --review --in-place article.txt
  restore --format html -o report.html *.txt
"""
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

app = typer.Typer(
    cls=DefaultGroup,
    name="restore",
    help=run.run.__doc__,
    epilog=_EXAMPLES,
    context_settings=_SETTINGS,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("run", cls=DefaultCommand, hidden=True)(run.run)
app.command("detect", cls=SectionedCommand)(detect.detect)
app.command("explain", cls=SectionedCommand)(explain.explain)
app.command("batch", cls=SectionedCommand)(batch.batch)
app.command("serve", cls=SectionedCommand)(serve.serve)
app.command("sites", cls=SectionedCommand)(sites.sites)
app.command("sources", cls=SectionedCommand)(sources.sources)
app.command("train", cls=SectionedCommand)(train.train)


@app.callback()
def _root() -> None:
    """Nothing to do before a command; without this Typer would allow options only after the command's name."""


def command() -> TyperGroup:
    """The application as one command.

    :return: The command, with ``main``.
    """
    from typer.main import get_command

    group = get_command(app)
    assert isinstance(group, DefaultGroup)
    return group
