"""``restore sources SUSPECT... --references CLEAN -o OUT``: what was copied from where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from restorer.cli import options as o
from restorer.cli.output import note
from restorer.cli.session import show_log
from restorer.errors import FileAccessError
from restorer.report.phrases import count

if TYPE_CHECKING:
    from restorer.batch.records import FieldNames
    from restorer.references import Reference, References
    from restorer.sources.read import Unread

__all__ = ["sources"]

_READING = "Reading"
_OUTPUT = "Output"


def sources(
    suspects: Annotated[
        list[str],
        typer.Argument(
            metavar="SUSPECT",
            help="Texts to trace: folders, files or quoted patterns, in any format that batch reads.",
            show_default=False,
        ),
    ],
    references: Annotated[
        Path,
        typer.Option(metavar="PATH", help="Clean texts: a folder, a file, or an index.", rich_help_panel=_READING),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Output folder.", rich_help_panel=_OUTPUT)
    ],
    save_index: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Keep the index of the clean texts here; one that is there already grows.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    text_field: o.TextFieldOption = "text",
    id_field: o.IdFieldOption = "id",
    url_field: o.UrlFieldOption = "url",
    verbose: o.VerboseOption = False,
) -> int:
    """Find which clean articles texts were copied from, spun or not, and show the sentences side by side.

    DIR gets sources.jsonl (one object a text), sources.html and summary.json. Two articles on one event are not copies
    of each other. Needs the batch extra: pip install 'restorer[batch]'. Exit status: 0 done, 2 error.
    """
    show_log(verbose)
    from restorer.batch.records import FieldNames
    from restorer.sources.read import read_texts

    if not references.exists():
        msg = f"{references}: no such folder or file; --references takes clean texts, or an index of them"
        raise FileAccessError(msg)
    fields = FieldNames(text_field, id_field, url_field)
    texts = read_texts(suspects, output, fields)
    with _folder(save_index) as folder:
        known = _references(references, folder, output, fields, keep=save_index is not None)
        note(f"restore: {count(len(known), 'clean text')} to compare with")
        _trace_all(_told(texts), known, output)
    return 0


def _folder(save_index: Path | None) -> AbstractContextManager[str]:
    return nullcontext(str(save_index)) if save_index is not None else TemporaryDirectory()


def _references(path: Path, folder: str, output: Path, fields: FieldNames, *, keep: bool) -> References:
    """The clean texts as an index: the one that is there, or a new one."""
    from restorer.references import References
    from restorer.sources.index import SourceIndex
    from restorer.sources.read import read_texts

    if SourceIndex.is_index(path) and not keep:
        return References.over(SourceIndex.open(path))
    index = SourceIndex.extend(Path(folder), _told(read_texts([str(path)], output, fields)))
    if not len(index):
        msg = f"{path}: no clean texts to compare with; name a folder of articles"
        raise FileAccessError(msg)
    return References.over(index)


def _told(texts: Iterator[Reference | Unread]) -> Iterator[Reference]:
    """The texts, a line on standard error for each record that holds none."""
    from restorer.sources.read import Unread

    for text in texts:
        if isinstance(text, Unread):
            note(f"restore: {text.file}, record {text.number}: passed over, {text.reason}")
        else:
            yield text


def _trace_all(suspects: Iterator[Reference], known: References, output: Path) -> None:
    from restorer.batch.journal import written, written_bytes
    from restorer.report.json import dumps
    from restorer.sources.match import trace
    from restorer.sources.report import MOST_SHOWN, head, section, tail

    count = copied = 0
    sections: list[str] = []

    def write(target: Path) -> None:
        nonlocal count, copied
        with target.open("w", encoding="utf-8", newline="\n") as lines:
            for suspect in suspects:
                report = trace(suspect, known)
                count += 1
                copied += bool(report.sources)
                lines.write(dumps(report.to_dict()) + "\n")
                if report.sources and len(sections) < MOST_SHOWN:
                    sections.append(section(report))

    written(output / "sources.jsonl", write)
    page = head(copied, count) + "".join(sections) + tail()
    written_bytes(output / "sources.html", page.encode("utf-8", "backslashreplace"))
    summary = {"suspects": count, "copied": copied, "references": len(known)}
    written_bytes(output / "summary.json", (json.dumps(summary, indent=2) + "\n").encode())
    note(f"{output}: {copied:,} of {count:,} texts were copied; see {output / 'sources.html'}")
