"""An index of clean texts on disk: built once, grown at any time, searched without being read into memory.

The folder holds ``texts.sqlite`` (the texts, what is known of them, and which segments there are) and for each segment
two arrays, sorted band by band. A segment counts once the database says so, in the transaction that brings its texts:
an addition that is cut off leaves the index as it was.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import islice
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from restorer.errors import FileAccessError, InputError, OutputError
from restorer.reference_edits import lower_case_words
from restorer.references import Reference
from restorer.segment import Segmented, segment
from restorer.sources.signature import BANDS, bands, traits

__all__ = ["DATABASE", "SourceIndex"]

DATABASE = "texts.sqlite"
_FORMAT = 1
_APPLICATION = 0x72737472  # "rstr": tells our databases from others
SEGMENT = 20_000
"""Texts that are added together; what an addition needs of memory."""
FLOODED = 2_000
"""A band value that more texts of a segment share says nothing."""
LEAST_SHARED = 2
"""Bands that a candidate shares at least: one is chance."""

_SCHEMA = """
CREATE TABLE documents (number INTEGER PRIMARY KEY, source TEXT UNIQUE NOT NULL, url TEXT NOT NULL,
                        title TEXT NOT NULL, date TEXT NOT NULL, text BLOB NOT NULL);
CREATE TABLE ordinary (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE segments (first INTEGER PRIMARY KEY, documents INTEGER NOT NULL);
"""


class SourceIndex:
    """Clean texts by what spinning leaves alone; may be shared by threads."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        """Put an open index together; see :meth:`open` and :meth:`extend`.

        :param folder: Its folder.
        :param database: Its open database.
        """
        self._folder, self._database, self._lock = folder, database, Lock()
        self._segments = [
            (first, *_arrays(folder, first))
            for first, _ in database.execute("SELECT first, documents FROM segments ORDER BY first")
        ]
        self._size = int(database.execute("SELECT COUNT(*) FROM documents").fetchone()[0])
        self.ordinary: Set[str] = frozenset(word for (word,) in database.execute("SELECT word FROM ordinary"))

    @classmethod
    def is_index(cls, folder: Path) -> bool:
        """Whether a folder looks like an index.

        :param folder: The folder.
        """
        return (folder / DATABASE).is_file()

    @classmethod
    def open(cls, folder: Path) -> SourceIndex:
        """Open an index to search in it.

        :param folder: Its folder.
        :return: The index.
        :raises FileAccessError: if there is none.
        :raises InputError: if it is damaged or of another version.
        """
        path = folder / DATABASE
        if not path.is_file():
            msg = f"{folder}: no index of sources there; make one with restore sources --save-index {folder}"
            raise FileAccessError(msg)
        try:
            database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            _check(database, folder)
            return cls(folder, database)
        except (sqlite3.Error, OSError, ValueError) as error:
            msg = f"{folder}: the index cannot be read ({error}); build it again with --save-index"
            raise InputError(msg) from error

    @classmethod
    def extend(cls, folder: Path, references: Iterable[Reference]) -> SourceIndex:
        """Add texts to an index, which is made where there is none; a source that it has already is passed over.

        :param folder: Its folder.
        :param references: The texts.
        :return: The index, open.
        :raises OutputError: if it cannot be written; it is then as it was after the last whole segment.
        :raises InputError: if what is there is damaged or of another version.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            fresh = not (folder / DATABASE).exists()
            database = sqlite3.connect(folder / DATABASE, isolation_level=None)
            try:
                if fresh:
                    database.executescript(
                        f"BEGIN;{_SCHEMA}PRAGMA user_version={_FORMAT};PRAGMA application_id={_APPLICATION};COMMIT;"
                    )
                _check(database, folder)
                rows = iter(_unknown(database, references))
                while chunk := list(islice(rows, SEGMENT)):
                    _add(folder, database, chunk)
            finally:
                database.close()
        except (OSError, sqlite3.OperationalError) as error:
            msg = f"{folder}: the index cannot be written ({error}); free some space, or choose another --save-index"
            raise OutputError(msg) from error
        except sqlite3.DatabaseError as error:
            msg = f"{folder}: the index is damaged ({error}); choose another --save-index"
            raise InputError(msg) from error
        return cls.open(folder)

    def __len__(self) -> int:
        return self._size

    def likely(self, suspect: Segmented, most: int) -> list[Reference]:
        """The texts that share most with a suspect of what spinning leaves alone.

        :param suspect: The segmented suspect.
        :param most: How many.
        :return: The texts, the likeliest first.
        """
        shared = self._shared(bands([traits(suspect)])[0])
        numbers, counts = np.unique(shared, return_counts=True)
        order = np.lexsort((numbers, -counts))[:most]
        return [self._reference(int(numbers[i])) for i in order if counts[i] >= LEAST_SHARED]

    def date(self, source: str) -> str:
        """The date of a text.

        :param source: Its source.
        :return: The date, empty where it is not known.
        """
        with self._lock:
            row = self._database.execute("SELECT date FROM documents WHERE source = ?", (source,)).fetchone()
        return str(row[0]) if row else ""

    def _shared(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The number of every text that has a band in common, once for each such band."""
        found: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        for first, sorted_keys, places in self._segments:
            for band in range(BANDS):
                row = sorted_keys[band]
                low, high = np.searchsorted(row, keys[band]), np.searchsorted(row, keys[band], "right")
                if low < high <= low + FLOODED:
                    found.append(places[band, low:high].astype(np.int64) + first)
        return np.concatenate(found)

    def _reference(self, number: int) -> Reference:
        with self._lock:
            row = self._database.execute(
                "SELECT source, text, url, title, date FROM documents WHERE number = ?", (number,)
            ).fetchone()
        source, packed, url, title, date = row
        return Reference(source, _unpacked(packed), url, title, date)


def _check(database: sqlite3.Connection, folder: Path) -> None:
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if (application, version) != (_APPLICATION, _FORMAT):
        msg = f"{folder}: {DATABASE} is no index of this version of restorer; choose another folder, or build it again"
        raise InputError(msg)


def _unknown(database: sqlite3.Connection, references: Iterable[Reference]) -> Iterator[Reference]:
    """The texts that the index does not hold yet, each source once."""
    seen: set[str] = set()
    for reference in references:
        known = database.execute("SELECT 1 FROM documents WHERE source = ?", (reference.source,)).fetchone()
        if known is None and reference.source not in seen:
            seen.add(reference.source)
            yield reference


def _add(folder: Path, database: sqlite3.Connection, chunk: Sequence[Reference]) -> None:
    """Add one segment: its arrays first, which nothing knows of before the transaction ends."""
    (last,) = database.execute("SELECT COALESCE(MAX(number), -1) FROM documents").fetchone()
    first = last + 1
    articles = [segment(reference.text) for reference in chunk]
    keys = bands([traits(article) for article in articles])
    places = np.argsort(keys, axis=0, kind="stable").T
    _save(folder / f"{first:012d}.keys.npy", np.take_along_axis(keys.T, places, 1))
    _save(folder / f"{first:012d}.places.npy", places.astype(np.uint32))
    ordinary = {(word,) for article in articles for word in lower_case_words(article)}
    database.execute("BEGIN IMMEDIATE")
    try:
        database.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            ((first + i, r.source, r.url, r.title, r.date, _packed(r.text)) for i, r in enumerate(chunk)),
        )
        database.executemany("INSERT OR IGNORE INTO ordinary VALUES (?)", sorted(ordinary))
        database.execute("INSERT INTO segments VALUES (?, ?)", (first, len(chunk)))
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"))


def _unpacked(data: bytes) -> str:
    return zlib.decompress(data).decode("utf-8", "surrogatepass")


def _save(path: Path, array: NDArray[np.generic]) -> None:
    temporary = path.with_suffix(".part")
    with temporary.open("wb") as file:
        np.save(file, np.ascontiguousarray(array))
    temporary.replace(path)


def _arrays(folder: Path, first: int) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    keys = np.load(folder / f"{first:012d}.keys.npy", mmap_mode="r")
    places = np.load(folder / f"{first:012d}.places.npy", mmap_mode="r")
    return keys, places
