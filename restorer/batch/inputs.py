"""Finding the input files: folders, files and patterns, each file with its name below the output folder."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from restorer.batch.containers import ENDINGS, container_of
from restorer.batch.containers.uniform import output_name
from restorer.batch.records import InputFile
from restorer.batch.walk import is_within, walk
from restorer.errors import FileAccessError, InputError

__all__ = ["OWN_FILES", "Found", "find_inputs", "survey"]

OWN_FILES = frozenset({".restore", "documents.parquet", "errors.jsonl", "report.html", "summary.json"})
"""What a run itself puts into its output folder."""

LONGEST_NAME = 255
"""Bytes of a file's name that file systems take."""

_ENDINGS = " ".join(ending for ending, (_, compression) in ENDINGS.items() if not compression)
_READS = f"restorer reads {_ENDINGS}, most of them also with .gz or .zst behind"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    :param files: The input files, in order of their names.
    :param others: Files of other kinds that were passed over: how many of each ending.
    """

    files: tuple[InputFile, ...]
    others: dict[str, int] = field(default_factory=dict)

    @property
    def passed_over(self) -> int:
        """How many files of other kinds there were."""
        return sum(self.others.values())


@dataclass(frozen=True, slots=True)
class _Place:
    """A file, and the folder that its name begins in: the one that was named, or its own."""

    path: Path
    top: Path


def find_inputs(names: Sequence[str], *, out: Path, out_format: str | None = None) -> list[InputFile]:
    """The input files of a run.

    :param names: Folders, files and patterns (``**`` for folders of any depth).
    :param out: The output folder; what lies in it is no input.
    :param out_format: The uniform format of the outputs, None for each input's own.
    :return: The files, in order of their names.
    :raises FileAccessError: if one of the names stands for nothing that can be read.
    :raises InputError: if a named file is of another kind or lies in the output folder, or outputs would share a place.
    """
    return list(survey(names, out=out, out_format=out_format).files)


def survey(names: Sequence[str], *, out: Path, out_format: str | None = None) -> Found:
    """The input files of a run, and how many files of other kinds were passed over.

    A file's name is its path below the folder that was named (or below the fixed beginning of a pattern), or the name
    alone of a file that was named itself. Where two outputs would then share a place, or one would take that of a
    file of the run's own, all names begin at the folder that all those named lie in.

    :param names: As for :func:`find_inputs`.
    :param out: As for :func:`find_inputs`.
    :param out_format: As for :func:`find_inputs`.
    :return: The files and the counts.
    :raises FileAccessError: as :func:`find_inputs` does.
    :raises InputError: as :func:`find_inputs` does.
    """
    places: dict[str, _Place] = {}
    others: dict[str, str] = {}
    for name in names:
        fits = False
        for place in _places(name, out):
            key = _absolute(place.path)
            if container_of(place.path) is None:
                others[key] = place.path.suffix.lower()
            else:
                fits = True
                places.setdefault(key, place)
        if not fits:
            msg = f"{name}: there is nothing to restore; {_READS}"
            raise FileAccessError(msg)
    counts = Counter(others.values())
    files = sorted(_named(list(places.values()), out_format), key=lambda file: file.name)
    return Found(tuple(files), dict(sorted(counts.items())))


def _places(name: str, out: Path) -> Iterator[_Place]:
    """The files that a name stands for."""
    path = Path(name)
    try:
        if not name or not (path.exists() or path.is_symlink()):
            if glob.has_magic(name):
                yield from _matching(name, out)
                return
            msg = f"{name!r}: no such file or folder; check the path"
            raise FileAccessError(msg)
        if is_within(path, out):
            msg = f"{name}: lies in the output folder {out}; choose another --output"
            raise InputError(msg)
        if path.is_dir():
            yield from (_Place(file, path) for file in _walked(path, out))
            return
        _check_kind(path)
    except OSError as error:
        msg = f"{name}: cannot be read ({error.strerror or error}); check the path and its rights"
        raise FileAccessError(msg) from error
    yield _Place(path, path.parent)


def _walked(folder: Path, out: Path) -> Iterator[Path]:
    """The files below a folder, but for what earlier runs wrote about their outputs."""
    tables = ("documents.parquet", "summary.json")
    for file in walk(folder, out):
        if not (file.name in OWN_FILES and all((file.parent / name).is_file() for name in tables)):
            yield file


def _check_kind(path: Path) -> None:
    """Refuse a file that was named itself and cannot be read."""
    if path.exists() and not path.is_file():
        msg = f"{path}: is no regular file; copy its content into one first"
        raise InputError(msg)
    if container_of(path) is None:
        msg = f"{path}: is of a kind that cannot be told by its ending; {_READS}; rename it"
        raise InputError(msg)


def _matching(pattern: str, out: Path) -> Iterator[_Place]:
    """The files that a pattern matches, and those in the folders that it does."""
    parts = Path(pattern).parts
    fixed = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    top = Path(*parts[:fixed])
    if "**" in parts:
        # Not by glob, which follows links in circles.
        files = _walked(top, out) if top.is_dir() else iter(())
        rest = parts[fixed:]
        yield from (_Place(file, top) for file in files if _matches(file.relative_to(top).parts, rest))
        return
    for match in map(Path, sorted(glob.glob(pattern))):  # noqa: PTH207 - a pattern may be absolute
        if match.is_dir():
            yield from (_Place(file, top) for file in _walked(match, out))
        elif match.is_file() and not is_within(match, out):
            yield _Place(match, top)


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path, or a folder that it lies in, matches a pattern."""
    if not pattern or not parts:
        return not pattern
    if pattern[0] == "**":
        return _matches(parts, pattern[1:]) or _matches(parts[1:], pattern)
    return fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def _named(places: Sequence[_Place], out_format: str | None) -> Iterator[InputFile]:
    """The places as input files, with names that do not clash."""
    names = [_below(place.path, place.top) for place in places]
    if _clash(names, out_format):
        common = Path(os.path.commonpath([_absolute(place.top.absolute().parent) for place in places]))
        names = [_below(place.path, common) for place in places]
    if clash := _clash(names, out_format):
        msg = f"{clash}: two outputs would lie there; restore their inputs in two runs, each with its own --output"
        raise InputError(msg)
    if long := next((name for name in names if _too_long(output_name(name, out_format))), ""):
        msg = f"{long}: its output's name would be too long for a file; shorten it, or leave out --out-format"
        raise InputError(msg)
    for place, name in zip(places, names, strict=True):
        if kind := container_of(place.path):
            yield InputFile(place.path, name, *kind)


def _absolute(path: Path) -> str:
    # Path.resolve would follow links, and a link's own name is what counts here
    return os.path.abspath(path)  # noqa: PTH100


def _below(path: Path, top: Path) -> str:
    """A file's path below a folder, its name alone where it does not lie there; with slashes."""
    below = Path(os.path.relpath(_absolute(path), _absolute(top)))
    return path.name if below.is_absolute() or ".." in below.parts else below.as_posix()


def _too_long(output: str) -> bool:
    """Whether file systems would refuse an output's name, which else would only show when all its work is done."""
    return any(len(os.fsencode(part)) > LONGEST_NAME for part in output.split("/"))


def _clash(names: Iterable[str], out_format: str | None) -> str:
    """An output whose place is taken by another one or by the run's own; empty where there is none."""
    taken = set(OWN_FILES)
    outputs = [output_name(name, out_format) for name in names]
    for output in outputs:
        if output in taken:
            return output
        taken.add(output)
    folders = (folder for output in outputs for folder in PurePosixPath(output).parents)
    return next((str(folder) for folder in folders if str(folder) in taken), "")
