"""What every command does first: settings, documents, engine, results."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from restorer.cli.options import Quotes
from restorer.config import Settings, folded_words, load_settings
from restorer.errors import FileAccessError, InputError, SettingsError
from restorer.readers.text import read_document
from restorer.types import Document, Result

__all__ = ["Choices", "read_all", "results_of", "settings_of", "show_log"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command line says about settings; None where it says nothing.

    :param config: Configuration file.
    :param fpr: False alarms per word.
    :param threshold: Least probability and confidence.
    :param quotes: Quotation policy.
    :param ignore_words: File of words and phrases.
    :param model: Name or path.
    :param references: Folder of clean copies.
    :param threads: Threads for the model.
    """

    config: Path | None = None
    fpr: float | None = None
    threshold: float | None = None
    quotes: Quotes | None = None
    ignore_words: Path | None = None
    model: str | None = None
    references: Path | None = None
    threads: int | None = None


def settings_of(choices: Choices) -> Settings:
    """The settings in force: configuration and environment with the command line's choices over them.

    :param choices: The command line's choices.
    :return: The settings.
    :raises SettingsError: if a value is wrong or two contradict each other.
    """
    if choices.fpr is not None and choices.threshold is not None:
        msg = "--fpr and --threshold choose the same thing in two ways; give one of them"
        raise SettingsError(msg)
    settings = load_settings(path=choices.config)
    if choices.references is not None and not choices.references.is_dir():
        msg = f"{choices.references}: no such folder; --references takes a folder of clean articles"
        raise SettingsError(msg)
    ignored = _words(choices.ignore_words) if choices.ignore_words is not None else frozenset()
    return settings.with_overrides(
        fpr=choices.fpr,
        threshold=choices.threshold,
        quotes=choices.quotes.value if choices.quotes is not None else None,
        ignore_words=settings.ignore_words | ignored,
        model=choices.model,
        references=str(choices.references) if choices.references is not None else None,
        threads=choices.threads,
    )


def _words(path: Path) -> frozenset[str]:
    lines = read_document(path).text.splitlines()
    return folded_words(line.partition("#")[0] for line in lines)


def read_all(
    names: Sequence[str], commands: Sequence[str] = ("batch", "detect", "explain", "serve", "sites", "sources", "train")
) -> list[Document]:
    """Read every file before anything is done with any of them.

    :param names: Paths, ``-`` for standard input.
    :param commands: Names that somebody may have meant as a command.
    :return: The documents, in order.
    :raises InputError: if one cannot be read.
    """
    if names.count("-") > 1:
        msg = "-: standard input can be read only once; name it once"
        raise InputError(msg)
    documents = []
    for name in names:
        try:
            documents.append(read_document(name))
        except FileAccessError as error:
            if name in commands and not Path(name).exists():
                msg = f"{name}: no such file; as a command it must come first: restore {name} ..."
                raise FileAccessError(msg) from error
            raise
    return documents


def results_of(documents: Sequence[Document], settings: Settings) -> list[Result]:
    """Score every document.

    :param documents: The documents.
    :param settings: The settings.
    :return: One result a document.
    :raises ModelError: if the model cannot be used.
    """
    from restorer.engine import Restorer

    started = perf_counter()
    restorer = Restorer.from_pretrained(settings=settings)
    loaded = perf_counter()
    choice = f"threshold {settings.threshold}" if settings.threshold is not None else f"fpr {settings.fpr}"
    _log.info(
        "model %s loaded in %.2f s; %s, quotes %s", restorer.model.name, loaded - started, choice, settings.quotes
    )
    results = list(restorer.restore_many(documents))
    seconds = max(perf_counter() - loaded, 1e-9)
    words = sum(result.summary.words for result in results)
    _log.info("%d words in %.2f s, %.0f words/s", words, seconds, words / seconds)
    return results


def show_log(verbose: bool) -> None:
    """Send the package's log to standard error.

    :param verbose: Whether to.
    """
    logger = logging.getLogger("restorer")
    for handler in [h for h in logger.handlers if h.get_name() == "cli"]:
        logger.removeHandler(handler)
    if verbose:
        handler = logging.StreamHandler(sys.stderr)
        handler.set_name("cli")
        handler.setFormatter(logging.Formatter("restore: %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO if verbose else logging.NOTSET)
