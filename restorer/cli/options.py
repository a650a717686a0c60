"""The options that several commands share, declared once."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from restorer.config import REMEDIES, Settings
from restorer.errors import SettingsError

__all__ = [
    "Color",
    "ColorOption",
    "ConfigOption",
    "FilesArgument",
    "FprOption",
    "IdFieldOption",
    "IgnoreWordsOption",
    "ModelOption",
    "Quotes",
    "QuotesOption",
    "ReferencesOption",
    "TextFieldOption",
    "ThreadsOption",
    "ThresholdOption",
    "UrlFieldOption",
    "VerboseOption",
    "VersionOption",
    "number",
]

_DEFAULTS = Settings()
_FINDING = "What to change"
_MODEL = "Model and settings"
_READING = "Reading"
Number = TypeVar("Number", int, float)


class Color(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Quotes(StrEnum):
    """What to do with quotations."""

    RESTORE = "restore"
    FLAG = "flag"
    SKIP = "skip"


def _version(shown: bool) -> None:
    if shown:
        from restorer import __version__

        print(f"restorer {__version__}")
        raise typer.Exit


def number(kind: Callable[[str], Number], name: str, remedy: str) -> Callable[[str], Number]:
    """What reads an option's number; Typer itself would report a wrong one without its value.

    :param kind: ``int`` or ``float``.
    :param name: The option's name.
    :param remedy: What to do about a wrong value.
    :return: The parser, for ``typer.Option``.
    """
    what = "a whole number" if kind is int else "a number"

    def parse(value: str) -> Number:
        try:
            return kind(value)
        except ValueError as error:
            msg = f"{name} must be {what}, got {value!r}; {remedy}"
            raise SettingsError(msg) from error

    return parse


FilesArgument = Annotated[
    list[str], typer.Argument(metavar="FILE", help="Text files; - is standard input.", show_default=False)
]
FprOption = Annotated[
    float | None,
    typer.Option(
        parser=number(float, "fpr", REMEDIES["fpr"]),
        metavar="RATE",
        help=f"Requested false alarms per word of clean text; lower means fewer changes [default: {_DEFAULTS.fpr:g}].",
        show_default=False,
        rich_help_panel=_FINDING,
    ),
]
ThresholdOption = Annotated[
    float | None,
    typer.Option(
        parser=number(float, "threshold", REMEDIES["threshold"]),
        metavar="SHARE",
        help="Least probability of a finding and least confidence of a change, 0 to 1; instead of --fpr.",
        rich_help_panel=_FINDING,
    ),
]
QuotesOption = Annotated[
    Quotes | None,
    typer.Option(
        help="Quotations: restore them on stronger evidence, only flag them, or skip them "
        f"[default: {_DEFAULTS.quotes}].",
        show_default=False,
        rich_help_panel=_FINDING,
    ),
]
IgnoreWordsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Words and phrases never to touch, one a line; # begins a comment. Added to the configuration file's.",
        rich_help_panel=_FINDING,
    ),
]
ReferencesOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Folder of clean articles, or an index of them (restore sources --save-index): where a text is a spun "
        "copy of one, its wording is taken from there.",
        rich_help_panel=_FINDING,
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|PATH",
        help=f"Shipped model, model folder, or Hugging Face masked LM [default: {_DEFAULTS.model}].",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
ThreadsOption = Annotated[
    int | None,
    typer.Option(
        parser=number(int, "threads", REMEDIES["threads"]),
        metavar="N",
        help="Threads for the model; 0 is automatic.",
        rich_help_panel=_MODEL,
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Configuration file [default: the nearest restorer.toml, or pyproject.toml with [tool.restorer]].",
        show_default=False,
        rich_help_panel=_MODEL,
    ),
]
ColorOption = Annotated[
    Color,
    typer.Option(help="Colour; auto means on a terminal, unless NO_COLOR is set.", rich_help_panel="Display"),
]
TextFieldOption = Annotated[
    str, typer.Option(metavar="NAME", help="Field of the text; dots reach inside.", rich_help_panel=_READING)
]
IdFieldOption = Annotated[str, typer.Option(metavar="NAME", help="Field of the identifier.", rich_help_panel=_READING)]
UrlFieldOption = Annotated[str, typer.Option(metavar="NAME", help="Field of the address.", rich_help_panel=_READING)]
VerboseOption = Annotated[
    bool,
    typer.Option("-v", "--verbose", help="Show model, thresholds and timing on stderr.", rich_help_panel="Display"),
]
VersionOption = Annotated[
    bool,
    typer.Option("--version", help="Show the version.", callback=_version, is_eager=True, rich_help_panel="Display"),
]
