"""What every container has in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from restorer.batch.records import BadRecord, FieldNames, InputFile, Outcome, Record

__all__ = ["Container"]


class Container(Protocol):
    """Reads the records of one kind of file, and writes them again with what became of them.

    Both stream: neither holds more than one record, or one block of a format that is made of blocks. Both are
    deterministic: the same file gives the same records, and the same records and outcomes the same bytes (no clock, no
    random identifiers, no path of the machine in them), since a resumed run must end like an uninterrupted one.
    """

    def read(self, file: InputFile, fields: FieldNames, *, most_bytes: int) -> Iterator[Record | BadRecord]:
        """The file's records in order.

        A record that cannot be used is a :class:`BadRecord`, and reading goes on after it where the format allows;
        damage that does not (a truncated gzip stream) is a last :class:`BadRecord`.

        :param file: The file.
        :param fields: Names of the fields to look in.
        :param most_bytes: A record with more than this is a bad one.
        :return: Records and bad records.
        :raises FileAccessError: if the file cannot be opened.
        :raises MissingDependencyError: if the format's library is not installed.
        """
        ...

    def write(
        self, file: InputFile, fields: FieldNames, outcomes: Iterator[tuple[Record, Outcome]], target: Path
    ) -> None:
        """Write the file again, with the outcomes.

        :param file: The input file, for what is not in its records (a schema, a compression, an encoding).
        :param fields: Names of the fields, as for :meth:`read`.
        :param outcomes: The good records, read anew, each with what became of it; those that turned out bad while
            being restored are left out.
        :param target: Where to write; its folder is there, nothing stands there, and whoever calls renames it
            afterwards, so the name says nothing about the format.
        :raises OSError: if it cannot be written.
        """
        ...
