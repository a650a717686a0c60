"""Containers: the kinds of files that records are read from and written to, by name and by ending."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath
from typing import cast

from restorer.batch.containers.base import Container
from restorer.batch.records import Compression

__all__ = ["CONTAINERS", "ENDINGS", "container", "container_of"]

CONTAINERS: dict[str, str] = {
    "text": "restorer.batch.containers.text:TextContainer",
    "html": "restorer.batch.containers.html:HtmlContainer",
    "jsonl": "restorer.batch.containers.jsonl:JsonlContainer",
    "csv": "restorer.batch.containers.csv:CsvContainer",
    "parquet": "restorer.batch.containers.parquet:ParquetContainer",
    "warc": "restorer.batch.containers.warc:WarcContainer",
}
"""Module and class of each container; a module is imported once a file needs it."""

_KINDS: dict[str, tuple[str, tuple[Compression, ...]]] = {
    ".txt": ("text", ("", "gz")),
    ".md": ("text", ("", "gz")),
    ".html": ("html", ("", "gz")),
    ".htm": ("html", ("", "gz")),
    ".jsonl": ("jsonl", ("", "gz", "zst")),
    ".ndjson": ("jsonl", ("", "gz", "zst")),
    ".json-lines": ("jsonl", ("", "gz", "zst")),
    # Plain .json is mostly one document; packed, as dumps of training text have it, it is one object a line.
    ".json": ("jsonl", ("gz", "zst")),
    ".csv": ("csv", ("", "gz", "zst")),
    ".tsv": ("csv", ("", "gz", "zst")),
    ".parquet": ("parquet", ("",)),
    ".warc": ("warc", ("", "gz")),
}

ENDINGS: dict[str, tuple[str, Compression]] = {
    f"{ending}.{compression}".rstrip("."): (name, compression)
    for ending, (name, compressions) in _KINDS.items()
    for compression in compressions
}
"""Container and compression of each ending."""


def container(name: str) -> Container:
    """A container by its name.

    :param name: One of :data:`CONTAINERS`.
    :return: The container.
    """
    module, _, kind = CONTAINERS[name].partition(":")
    return cast(Container, getattr(import_module(module), kind)())


def container_of(path: PurePath) -> tuple[str, Compression] | None:
    """The container of a file, judged by its ending, in capitals or not.

    :param path: The file.
    :return: Name and compression, None when the ending is of no container.
    """
    return next((ENDINGS[ending] for ending in _endings(path) if ending in ENDINGS), None)


def _endings(path: PurePath) -> list[str]:
    """Its last two endings together, and the last alone; a name that is nothing but an ending has none."""
    last, *before = [suffix.lower() for suffix in reversed(path.suffixes[-2:])] or [""]
    return [before[0] + last if before else last, last]
