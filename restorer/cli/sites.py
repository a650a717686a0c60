"""``restore sites RUN...``: which sites are spun, and how sure that is."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from restorer.cli import options as o
from restorer.cli.output import note, put
from restorer.cli.session import show_log
from restorer.errors import SettingsError

__all__ = ["BlocklistName", "SitesFormat", "sites"]

_OUTPUT = "Output"
_FINDING = "What counts"


class SitesFormat(StrEnum):
    """Forms of the table."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class BlocklistName(StrEnum):
    """Lists that blockers read."""

    UBLOCK = "uBlock"
    HOSTS = "hosts"
    CSV = "csv"


def sites(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN", help="Output folders of restore batch.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write here, not to stdout.", rich_help_panel=_OUTPUT),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write a page with the evidence.", rich_help_panel=_OUTPUT),
    ] = None,
    format: Annotated[SitesFormat, typer.Option(help="Form of the table.", rich_help_panel=_OUTPUT)] = SitesFormat.TEXT,
    blocklist: Annotated[
        BlocklistName | None,
        typer.Option(
            case_sensitive=False, help="Instead of the table, a list of surely spun sites.", rich_help_panel=_OUTPUT
        ),
    ] = None,
    fpr: Annotated[
        float,
        typer.Option(
            parser=o.number(float, "fpr", "try 0.001"),
            metavar="RATE",
            help="Requested false alarms per clean page.",
            rich_help_panel=_FINDING,
        ),
    ] = 0.001,
    least_share: Annotated[
        float,
        typer.Option(
            parser=o.number(float, "least-share", "try 0.5"),
            metavar="SHARE",
            help="For --blocklist: least share of spun pages, by the lower end of its interval.",
            rich_help_panel=_FINDING,
        ),
    ] = 0.5,
    least_pages: Annotated[
        int,
        typer.Option(
            parser=o.number(int, "least-pages", "try 10"),
            metavar="N",
            help="For --blocklist: least pages of a site.",
            rich_help_panel=_FINDING,
        ),
    ] = 10,
    verbose: o.VerboseOption = False,
) -> int:
    """Rank the sites of batch runs by how much of them is spun, with intervals and evidence.

    Sites are in order of the lower end of the interval of their share of spun pages. Needs the batch extra: pip install
    'restorer[batch]'. Exit status: 0 done, 2 error.
    """
    show_log(verbose)
    from restorer.report.json import dumps
    from restorer.sites.page import sites_html
    from restorer.sites.survey import survey
    from restorer.sites.text import Blocklist, as_blocklist, as_csv, as_text

    if not 0.0 <= least_share <= 1.0:
        msg = f"least-share must be between 0 and 1, got {least_share}; try 0.5"
        raise SettingsError(msg)
    found = survey(runs, fpr)
    if html is not None:
        _write(sites_html(found), html)
        note(f"restore: the evidence is in {html}")
    if blocklist is not None:
        form = Blocklist(blocklist.value.lower())
        text = as_blocklist(found, form, least_share=least_share, least_pages=least_pages)
    elif format is SitesFormat.JSON:
        text = dumps(found.to_dict(), indent=2) + "\n"
    else:
        text = as_csv(found) if format is SitesFormat.CSV else as_text(found)
    if output is not None:
        _write(text, output)
    else:
        put(text)
    return 0


def _write(text: str, target: Path) -> None:
    from restorer.cli.output import write_file
    from restorer.types import Document

    write_file(Document(""), text, target)
