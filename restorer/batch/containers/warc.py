"""Web archives: each successful answer with a page or a plain text is a document; all else in them is none.

The output holds, for each document, a ``conversion`` record (WARC 1.1, section 6.8) with the restored text and a
``metadata`` record with the findings; both name the record they come from.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from restorer.batch.charset import decode_page
from restorer.batch.containers.compress import open_read
from restorer.batch.containers.members import next_member
from restorer.batch.containers.warc_frames import Frame, frames
from restorer.batch.containers.warc_http import Answer, answer_of, content_of
from restorer.batch.records import BadRecord, FieldNames, InputFile, Kind, Outcome, Record
from restorer.errors import DamagedFileError, InputError
from restorer.extras import needed
from restorer.readers.binary import too_many_controls, what_binary
from restorer.report.json import dumps
from restorer.version import __version__

if TYPE_CHECKING:
    from warcio.warcwriter import WARCWriter

__all__ = ["WarcContainer"]

_KINDS: dict[str, Kind] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
_PLAIN, _PAGE, _JSON = "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/json"
_PAGE_URL = re.compile(r"https?:|$", re.IGNORECASE)
_ROBOTS = re.compile(r"https?://[^/?#]*/robots\.txt(?:[?#]|$)", re.IGNORECASE)
_CONTROLS = 0.01
_NO_DATE = "1970-01-01T00:00:00Z"
"""WARC asks for a date; a record without one must not get another in every run."""


@dataclass(frozen=True, slots=True)
class _Head:
    """What the output needs of an input record.

    :param id: Its identifier.
    :param date: When it was fetched.
    """

    id: str
    date: str


class WarcContainer:
    """Web archives, packed or not; a record's number is its place among all records of the file."""

    def read(self, file: InputFile, fields: FieldNames, *, most_bytes: int) -> Iterator[Record | BadRecord]:
        """The documents of the file; behind a damaged part of a packed one reading goes on with the next record.

        :param file: The file.
        :param fields: Not needed.
        :param most_bytes: A record with more than this is a bad one, and is passed over unread.
        :return: Records and bad records.
        :raises FileAccessError: if the file cannot be opened.
        """
        number = 0
        for number, frame in enumerate(_every_frame(file, most_bytes), 1):
            document = _document(frame, number, file, most_bytes)
            if document is not None:
                yield document
        if not number:
            yield BadRecord(0, "holds no WARC record; is it a WARC file?")

    def write(
        self, file: InputFile, fields: FieldNames, outcomes: Iterator[tuple[Record, Outcome]], target: Path
    ) -> None:
        """Write a conversion and a metadata record for each document, under the time of the record it comes from.

        :param file: The file, for its compression.
        :param fields: Not needed.
        :param outcomes: The records and what became of them.
        :param target: Where to write.
        :raises OSError: if it cannot be written.
        :raises MissingDependencyError: if warcio is not installed.
        """
        with target.open("wb") as stream:
            writer = _writer(stream, packed=file.compression == "gz")
            about = f"software: restorer {__version__}\r\nformat: WARC File Format 1.1\r\n".encode()
            first = next(outcomes, None)
            date = first[0].native.date if first else _NO_DATE
            _put(writer, "warcinfo", f"{file.name}#info", date, "application/warc-fields", about, {})
            for record, outcome in chain([first] if first else [], outcomes):
                _put_outcome(writer, record.native, outcome)


def _every_frame(file: InputFile, most_bytes: int) -> Iterator[Frame]:
    """All records of a file, and one with a fault for each part that is damaged."""
    start: int | None = 0
    count = 0
    while start is not None:
        with open_read(file.path, file.compression, start) as stream:
            start = None
            try:
                for frame in frames(stream, most_bytes):
                    yield frame
                    count += 1
            except DamagedFileError as error:
                yield Frame({}, fault=f"{error} (records before this one: {count})")
                count += 1
                if file.compression == "gz":
                    start = next_member(file.path, error.place, b"WARC/")


def _document(frame: Frame, number: int, file: InputFile, most_bytes: int) -> Record | BadRecord | None:
    """The record as a document; None if it is none."""
    name = frame.headers.get("warc-record-id") or f"{file.name}#{number}"
    if frame.fault:
        return BadRecord(number, frame.fault, name)
    url = frame.headers.get("warc-target-uri", "").removeprefix("<").removesuffix(">")
    if frame.headers.get("warc-type", "").lower() != "response" or not _PAGE_URL.match(url) or _ROBOTS.match(url):
        return None
    answer = answer_of(frame.block)
    if answer is None:
        return BadRecord(number, "is no HTTP answer as its header says", name) if frame.block else None
    kind = _KINDS.get(answer.content_type or frame.headers.get("warc-identified-payload-type", ""))
    if kind is None or not 200 <= answer.status < 300:
        return None
    try:
        content = _content(frame, answer, most_bytes)
        date = frame.headers.get("warc-date", "")
        record = Record(number, name, content, "html", url, date=date, native=_Head(name, date or _NO_DATE))
        if kind == "html":
            return replace(record, charset=answer.charset)
        return replace(record, content=_text(content, answer.charset), kind="text")
    except InputError as error:
        return BadRecord(number, str(error), name)


def _content(frame: Frame, answer: Answer, most_bytes: int) -> bytes:
    if not frame.is_whole:
        msg = f"has more than {most_bytes} bytes; raise --max-bytes to restore it"
        raise InputError(msg)
    content = content_of(answer, most_bytes)
    if len(content) > most_bytes:
        msg = f"unpacks to more than {most_bytes} bytes; raise --max-bytes to restore it"
        raise InputError(msg)
    return content


def _text(content: bytes, charset: str) -> str:
    """Plain text, with a mark for broken bytes."""
    text = decode_page(content, charset)[0].removeprefix("\ufeff")
    if what_binary(content) is not None or too_many_controls(text, share=_CONTROLS):
        msg = "is sent as plain text and is none"
        raise InputError(msg)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _put_outcome(writer: WARCWriter, head: _Head, outcome: Outcome) -> None:
    page = outcome.html is not None
    body = (outcome.html if outcome.html is not None else outcome.restored).encode("utf-8", "replace")
    headers = {"WARC-Refers-To": head.id, "WARC-Target-URI": outcome.url}
    about = outcome.added() | {name: getattr(outcome, name) for name in ("id", "url", "title", "date")}
    conversion = f"{head.id}#restored"
    _put(writer, "conversion", conversion, head.date, _PAGE if page else _PLAIN, body, headers)
    headers |= {"WARC-Concurrent-To": _urn(conversion)}
    _put(writer, "metadata", f"{head.id}#findings", head.date, _JSON, dumps(about).encode(), headers)


def _writer(stream: io.BufferedWriter, *, packed: bool) -> WARCWriter:
    needed("warcio.warcwriter", "WARC files need")
    from warcio.warcwriter import WARCWriter

    return WARCWriter(stream, gzip=packed, warc_version="1.1")


def _put(
    writer: WARCWriter, kind: str, name: str, date: str, content: str, body: bytes, headers: dict[str, str]
) -> None:
    """One record of a kind, with an identifier that depends on its name alone."""
    fixed = {"WARC-Record-ID": _urn(name), "WARC-Date": date}
    more = {key: _one_line(value) for key, value in headers.items() if value}
    address = more.pop("WARC-Target-URI", None)
    record = writer.create_warc_record(
        address, kind, io.BytesIO(body), len(body), warc_content_type=content, warc_headers_dict=fixed | more
    )
    writer.write_record(record)


def _one_line(value: str) -> str:
    """A value that cannot begin another header."""
    return " ".join(value.split())


def _urn(name: str) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, name)}>"
