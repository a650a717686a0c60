"""What a run is to do, and what of that decides its output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from restorer.batch.records import FieldNames, InputFile
from restorer.config import Settings
from restorer.models.locate import shipped_models
from restorer.version import __version__

__all__ = ["CHUNK_CHARACTERS", "CHUNK_RECORDS", "Plan", "Shard", "shards"]

CHUNK_RECORDS = 64
"""Records that are restored and journalled together: some seconds of one worker's time."""

CHUNK_CHARACTERS = 400_000
"""A chunk with this much text (or HTML, which is mostly markup) is full too."""

FILES_PER_SHARD = 1024
"""Single documents that are finished together."""

SINGLE = frozenset({"text", "html"})
"""Containers of one document."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Input files that are read and finished together: one file of many records, or many of one.

    :param number: Place in the run.
    :param files: The files, in order of name.
    """

    number: int
    files: tuple[InputFile, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides a run's output.

    :param files: The input files, in order of name.
    :param out: The output folder.
    :param settings: Thresholds, policies and model.
    :param fields: Names of the fields to look in.
    :param out_format: A uniform format for all outputs; None for each input's own.
    :param keep_html: Restore pages of HTML inside their markup.
    :param most_bytes: A record with more than this is a bad one.
    :param page_seconds: Time limit for finding a page's main text.
    """

    files: tuple[InputFile, ...]
    out: Path
    settings: Settings = field(default_factory=Settings)
    fields: FieldNames = field(default_factory=FieldNames)
    out_format: str | None = None
    keep_html: bool = False
    most_bytes: int = 10_000_000
    page_seconds: float = 20.0

    def fingerprint(self) -> dict[str, Any]:
        """What must be the same for a run to go on where it stopped.

        :return: Plain values, each under the name a user knows it by.
        """
        settings = asdict(self.settings)
        settings["ignore_words"] = sorted(settings["ignore_words"])
        del settings["threads"]
        return {
            "restorer": __version__,
            "model_sha256": _model_digest(self.settings.model),
            **settings,
            **{f"{name}_field": value for name, value in asdict(self.fields).items()},
            "out_format": self.out_format,
            "keep_html": self.keep_html,
            "max_bytes": self.most_bytes,
            "page_seconds": self.page_seconds,
            "inputs": sha256("\n".join(map(_state, self.files)).encode("utf-8", "surrogateescape")).hexdigest(),
        }


def shards(files: Iterable[InputFile]) -> Iterator[Shard]:
    """Group the input files, single documents first.

    :param files: The files, in order of name.
    :return: The shards, numbered from 0.
    """
    single: list[InputFile] = []
    several: list[InputFile] = []
    for file in files:
        (single if file.container in SINGLE else several).append(file)
    groups = [tuple(single[first : first + FILES_PER_SHARD]) for first in range(0, len(single), FILES_PER_SHARD)]
    groups += [(file,) for file in several]
    return (Shard(number, group) for number, group in enumerate(groups))


def _state(file: InputFile) -> str:
    """A file as it is now; a run must not go on with another one of that name."""
    try:
        about = file.path.stat()
    except OSError:
        return f"{file.name} missing"
    return f"{file.name} {about.st_size} {about.st_mtime_ns}"


def _model_digest(name: str) -> str:
    """Hash of what the model's folder says of itself; empty for a model without such a file."""
    folder = shipped_models().get(name, Path(name))
    parts = [path.read_bytes() for path in (folder / "SHA256SUMS", folder / "config.json") if path.is_file()]
    return sha256(b"".join(parts)).hexdigest() if parts else ""
