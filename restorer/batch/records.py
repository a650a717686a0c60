"""What flows through a batch: input files, the records in them, and what became of each record."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

__all__ = ["ADDED_FIELDS", "SPUN", "BadRecord", "Compression", "FieldNames", "InputFile", "Kind", "Outcome", "Record"]

Kind = Literal["text", "html"]
Compression = Literal["", "gz", "zst"]

ADDED_FIELDS = ("restored", "spun_probability", "spin_density", "findings")
"""What a run adds to each record of a container that holds several."""

SPUN = 0.5
"""Probability from which counts take a document for spun: more likely than not."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Which of a record's fields hold what; the names a user may choose.

    :param text: The text, required.
    :param id: The identifier; a record without one is named by its file and number.
    :param url: The address, used where it is there.
    """

    text: str = "text"
    id: str = "id"
    url: str = "url"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read.

    :param path: Where it lies.
    :param name: Its name under the output folder, with slashes; the same folders as below the input folder.
    :param container: Name of its container (:data:`restorer.batch.containers.CONTAINERS`).
    :param compression: How it is compressed as a whole.
    """

    path: Path
    name: str
    container: str
    compression: Compression = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One document of an input file, as it was read; cheap to read, so that a resumed run can skip over it.

    :param number: Place in the file, from 1; bad records are counted too.
    :param id: Identifier: the record's own, or the file's name and the number.
    :param content: The text, or the bytes of a page of HTML, not looked into yet.
    :param kind: Which of the two.
    :param url: Address, empty where there is none.
    :param title: Title, empty where there is none or it is still in the HTML.
    :param date: ISO date or time, empty where there is none or it is still in the HTML.
    :param charset: For HTML, the character set that its surroundings named (an HTTP header), empty where none did.
    :param native: What the container needs to write the record again: a line, a row, a header. Never looked into by
        anything else, and never sent to a worker.
    """

    number: int
    id: str
    content: str | bytes
    kind: Kind = "text"
    url: str = ""
    title: str = ""
    date: str = ""
    charset: str = ""
    native: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that cannot be restored, and why; one line of ``errors.jsonl``.

    :param number: Place in the file, from 1; 0 when the fault is the file's.
    :param reason: What is wrong with it, with the value and where there is one the remedy.
    :param id: Identifier, where it could be read.
    """

    number: int
    reason: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record; what a run's journal holds.

    :param number: The record's place in its file.
    :param id: Identifier.
    :param url: Address, empty where there is none.
    :param title: Title, the record's or the page's.
    :param date: ISO date or time, the record's or the page's.
    :param text: For HTML, the main text that was scored; None where it is the record's own text.
    :param restored: That text with the applied edits.
    :param html: The restored page with its markup, where that was asked for.
    :param words: Number of words.
    :param spun_probability: Probability that the document went through a spinner.
    :param spin_density: Estimated share of its words in spun spans.
    :param quotes_spun: Whether quotations were spun too; None when there is too little to tell.
    :param capitals_spun: Whether capitalised words were spun too; None when there is too little to tell.
    :param leftovers: Number of spinner's leftovers.
    :param findings: The findings, each as :meth:`restorer.types.Finding.to_dict` has it, offsets in the scored text.
    :param source: The clean article that the text was copied from, where one was found.
    :param source_date: Its date, where it has one.
    """

    number: int
    id: str
    url: str
    title: str
    date: str
    text: str | None
    restored: str
    html: str | None
    words: int
    spun_probability: float
    spin_density: float
    quotes_spun: bool | None
    capitals_spun: bool | None
    leftovers: int
    findings: list[dict[str, Any]]
    source: str = ""
    source_date: str = ""

    def scored(self, record: Record) -> str:
        """The text that was scored, which the findings' offsets are of.

        :param record: The record that this became of.
        :return: The page's main text, or the record's own text.
        """
        return record.content if isinstance(record.content, str) else self.text or ""

    def to_dict(self) -> dict[str, Any]:
        """The outcome as JSON can hold it."""
        return asdict(self)

    def added(self) -> dict[str, Any]:
        """The fields that a run adds to the record (:data:`ADDED_FIELDS`)."""
        return {name: getattr(self, name) for name in ADDED_FIELDS}
