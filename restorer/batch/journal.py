"""The journal of a run: what is done, so that the same command goes on after any kind of end.

``OUT/.restore/`` holds ``run.json`` (what the run was asked for), for each unfinished shard a folder with one part a
chunk, and for each finished one its rows for the run's tables. Everything is written beside its place and renamed, so
each file is there whole or not at all, and what is there is true.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from restorer.batch.records import BadRecord, Outcome
from restorer.errors import OutputError, SettingsError

__all__ = ["Journal", "Row", "written", "written_bytes"]

FOLDER = ".restore"
Row = tuple[int, Outcome | BadRecord]
"""Index of a file in its shard, and what became of one of its records."""

_LEVEL = 3
_LONGEST = 60
"""Characters of a name that are kept in a temporary one, up to four bytes each: file systems take 255 bytes."""


def written(target: Path, write: Callable[[Path], None]) -> None:
    """Have a file written beside its place, brought to the disk and renamed.

    :param target: The file; its folder is made.
    :param write: Writes it at the path it is given.
    :raises OutputError: if that fails; what stood at the target is as it was.
    """
    temporary = target.with_name(f".{target.name[:_LONGEST]}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        msg = (
            f"{target}: cannot be written ({error.strerror or error}); free some space or correct its rights, "
            "then give the same command: it goes on where it stopped"
        )
        raise OutputError(msg) from error
    finally:  # there is none any more where all went well
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def written_bytes(target: Path, data: bytes) -> None:
    """Have bytes written as :func:`written` does it.

    :param target: The file; its folder is made.
    :param data: Its content.
    :raises OutputError: if that fails; what stood at the target is as it was.
    """

    def write(temporary: Path) -> None:
        temporary.write_bytes(data)

    written(target, write)


class Journal(AbstractContextManager["Journal"]):
    """A run's journal; one process at a time has it open."""

    def __init__(self, out: Path) -> None:
        """Name the folder; nothing is read or written yet.

        :param out: The run's output folder.
        """
        self._out = out
        self._folder = out / FOLDER
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Journal:
        """Lock the journal.

        :return: Itself.
        :raises OutputError: if the folder cannot be written, or another process is at work in it.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self._folder / "lock").open("wb")
        except OSError as error:
            msg = f"{self._out}: cannot be written ({error.strerror or error}); choose another --output"
            raise OutputError(msg) from error
        if not _locked(self._lock):
            self._lock.close()
            msg = f"{self._out}: another run is at work there; wait for it, or choose another --output"
            raise OutputError(msg)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back."""
        if self._lock is not None:
            self._lock.close()

    def begin(self, asked: dict[str, Any], *, restart: bool = False) -> bool:
        """Begin a run, or go on with the one that is there; one that came to nothing is no run to keep to.

        :param asked: What the run is asked for.
        :param restart: Forget a run that is there.
        :return: True when there is something to go on with.
        :raises SettingsError: if the run that is there was asked for something else, or the folder holds other things.
        """
        path = self._folder / "run.json"
        if restart:
            self._forget()
        if not path.exists():
            strangers = [p.name for p in self._out.iterdir() if p.name != FOLDER]
            if strangers and not restart:
                msg = f"{self._out}: holds {min(strangers)} and no run to go on with; give an empty folder as --output"
                raise SettingsError(msg)
            written_bytes(path, _dumped(asked))
            return False
        there = _load(path)
        if there == asked:
            return True
        if not isinstance(there, dict) or self._anything_done():
            raise SettingsError(self._difference(there, asked))
        written_bytes(path, _dumped(asked))
        return False

    def _anything_done(self) -> bool:
        """Whether a chunk or a shard is; a model that cannot be loaded, say, ends a run before that."""
        return any(any(self._folder.glob(pattern)) for pattern in ("*.done.json", "*/*.jsonl.zst"))

    def _difference(self, there: Any, asked: dict[str, Any]) -> str:  # noqa: ANN401 - whatever JSON can hold
        remedy = "give the same command to go on, --restart to begin anew, or another --output"
        if not isinstance(there, dict):
            return f"{self._folder / 'run.json'}: is damaged; {remedy}"
        name = next(key for key in sorted({*there, *asked}) if there.get(key) != asked.get(key))
        if name == "inputs":
            return f"{self._out}: the input files are not those this run began with; {remedy}"
        was, now = (json.dumps(values.get(name)) for values in (there, asked))
        return f"{self._out}: this run began with {name} {was}, now it is {now}; {remedy}"

    def _forget(self) -> None:
        for path in self._folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()

    def parts(self, shard: int) -> set[int]:
        """Which chunks of a shard are done.

        :param shard: The shard's number.
        :return: Their places in the shard.
        """
        folder = self._part(shard, 0).parent
        return {int(path.name.split(".")[0]) for path in folder.glob("[0-9]*.jsonl.zst")}

    def put(self, shard: int, chunk: int, rows: Iterable[Row]) -> None:
        """Note what became of a chunk.

        :param shard: The shard's number.
        :param chunk: The chunk's number.
        :param rows: One row a record, in order.
        :raises OutputError: if it cannot be written.
        """
        from zstandard import ZstdCompressor

        lines = "".join(json.dumps(_plain(row), ensure_ascii=True) + "\n" for row in rows)
        written_bytes(self._part(shard, chunk), ZstdCompressor(level=_LEVEL).compress(lines.encode("ascii")))

    def rows(self, shard: int, chunks: int) -> Iterator[Row]:
        """What became of a shard's records.

        :param shard: The shard's number.
        :param chunks: How many chunks it has.
        :return: One row a record, in order.
        """
        from zstandard import ZstdDecompressor

        for chunk in range(chunks):
            data = ZstdDecompressor().decompress(self._part(shard, chunk).read_bytes())
            yield from (_row(json.loads(line)) for line in data.splitlines())

    def table(self, shard: int, kind: str) -> Path:
        """Where a finished shard's rows for one of the run's tables lie.

        :param shard: The shard's number.
        :param kind: ``documents.parquet`` or ``errors.jsonl``.
        :return: The path.
        """
        return self._folder / f"{shard:06d}.{kind}"

    def finished(self, shard: int) -> dict[str, Any] | None:
        """The figures of a finished shard.

        :param shard: The shard's number.
        :return: What :meth:`finish` was given, None while it is not finished.
        """
        path = self._done(shard)
        return dict(_load(path)) if path.exists() else None

    def finish(self, shard: int, figures: dict[str, Any]) -> None:
        """Note that all outputs of a shard are written; its parts are needed no more.

        :param shard: The shard's number.
        :param figures: Its figures.
        """
        written_bytes(self._done(shard), _dumped(figures))
        shutil.rmtree(self._part(shard, 0).parent, ignore_errors=True)

    def _part(self, shard: int, chunk: int) -> Path:
        return self._folder / f"{shard:06d}" / f"{chunk:06d}.jsonl.zst"

    def _done(self, shard: int) -> Path:
        return self._folder / f"{shard:06d}.done.json"


def _locked(file: IO[bytes]) -> bool:
    try:
        import fcntl
    except ImportError:  # not on Windows
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _plain(row: Row) -> dict[str, Any]:
    file, what = row
    if isinstance(what, Outcome):
        return {"file": file, "outcome": what.to_dict()}
    return {"file": file, "bad": [what.number, what.reason, what.id]}


def _row(data: dict[str, Any]) -> Row:
    what = BadRecord(*data["bad"]) if "bad" in data else Outcome(**data["outcome"])
    return data["file"], what


def _dumped(value: object) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode("ascii")


def _load(path: Path) -> Any:  # noqa: ANN401 - whatever JSON can hold
    try:
        return json.loads(path.read_bytes())
    except ValueError:
        return None
