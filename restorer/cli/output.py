"""Writing: bytes to standard output, notes to standard error, and files only once everything is ready."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import typer

from restorer.apply import write_all_in_place, write_text
from restorer.cli.exit import ExitStatus
from restorer.cli.options import Color
from restorer.errors import InputError, OutputError
from restorer.readers.text import encode
from restorer.types import Document, Result, TextEncoding

__all__ = ["joined", "note", "put", "replace_all", "use_color", "write_file"]


def use_color(choice: Color, stream: TextIO) -> bool:
    """Whether to colour what goes to a stream.

    :param choice: What the user asked for.
    :param stream: The stream.
    :return: True to colour.
    """
    if choice is not Color.AUTO:
        return choice is Color.ALWAYS
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def note(line: str) -> None:
    """Show a line on standard error; when nobody reads it any more, that is no error.

    :param line: The line, without a line break.
    """
    with suppress(BrokenPipeError):
        print(line, file=sys.stderr, flush=True)


def put(text: str, encoding: TextEncoding | None = None) -> None:
    """Write a text to standard output: to a terminal as text, elsewhere as bytes.

    :param text: The text.
    :param encoding: How to write it; UTF-8 by default.
    :raises OutputError: if the encoding lacks a character of the text; nothing is written then.
    """
    data = encode(text, encoding) if encoding else text.encode("utf-8", "surrogateescape")
    try:
        if sys.stdout.isatty():
            sys.stdout.write(data.decode("utf-8", "replace") if encoding is None else text)
        else:
            sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit; what is left must not raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ExitStatus.BROKEN_PIPE) from None
    except UnicodeEncodeError:  # a terminal that lacks the character
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))
        sys.stdout.flush()
    except OSError as error:
        msg = f"standard output: cannot be written ({error.strerror or error}); free some space or use another target"
        raise OutputError(msg) from error


def joined(results: Sequence[Result]) -> tuple[Document, str]:
    """Several restored texts as one.

    :param results: At least one result.
    :return: A document that holds the encoding to write in, with the first text's byte order mark, and the text.
    :raises InputError: if the texts are in different encodings, so that no one file could hold them as they were.
    """
    first = results[0].document
    text = "".join(result.restored for result in results)
    codecs = {r.document.encoding.codec: r.document for r in results if not _plain(r.document)}
    if len(codecs) > 1:
        one, other, *_ = codecs.values()
        msg = (
            f"{other.path}: is in {other.encoding.codec}, but {one.path} in {one.encoding.codec}; "
            "restore them one at a time, or use --in-place"
        )
        raise InputError(msg)
    codec = next(iter(codecs), first.encoding.codec)
    return Document(text, first.path, TextEncoding(codec, first.encoding.bom)), text


def _plain(document: Document) -> bool:
    """Whether the bytes are the same in every encoding that builds on ASCII."""
    wide = document.encoding.codec.startswith(("utf-16", "utf-32"))
    return document.text.isascii() and not wide and not document.encoding.bom


def write_file(document: Document, text: str, target: Path) -> None:
    """Write an output file.

    :param document: Whose encoding to use.
    :param text: The text.
    :param target: The file.
    :raises OutputError: if it cannot be written; it is then as it was.
    """
    write_text(document, text, target)


def replace_all(results: Sequence[Result], backup: str | None) -> None:
    """Change the files that the documents were read from, all of them or none.

    :param results: Results of files, all different.
    :param backup: Suffix of the backups, None for none.
    :raises OutputError: if one cannot be written.
    """
    write_all_in_place([(result.document, result.restored) for result in results], backup=backup)
