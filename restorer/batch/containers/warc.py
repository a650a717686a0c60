"""Web archives: each successful answer with a page or a plain text is a document; all else in them is none.

The output holds, for each document, a ``conversion`` record (WARC 1.1, section 6.8) with the restored text and a
``metadata`` record with the findings; both name the record they come from.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from restorer.batch.containers.compress import open_read
from restorer.batch.containers.warc_frames import Frame, frames
from restorer.batch.records import BadRecord, FieldNames, InputFile, Kind, Outcome, Record
from restorer.errors import DamagedFileError, MissingDependencyError
from restorer.report.json import dumps
from restorer.version import __version__

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord
    from warcio.warcwriter import WARCWriter

__all__ = ["WarcContainer"]

_KINDS: dict[str, Kind] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
_PLAIN, _PAGE, _JSON = "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/json"
_MISSING = "WARC files need warcio, which is not installed; pip install 'restorer[batch]'"


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
        """The documents of the file.

        :param file: The file.
        :param fields: Not needed.
        :param most_bytes: A record with more than this is a bad one, and is passed over unread.
        :return: Records and bad records.
        :raises FileAccessError: if the file cannot be opened.
        :raises MissingDependencyError: if warcio is not installed.
        """
        number = 0
        with open_read(file.path, file.compression) as stream:
            try:
                for number, frame in enumerate(frames(stream, most_bytes), 1):
                    document = _document(frame, number, file, most_bytes)
                    if document is not None:
                        yield document
            except DamagedFileError as error:
                yield BadRecord(number + 1, f"{error} (records before this one: {number})")
        if not number:
            yield BadRecord(0, "holds no WARC record; is it a WARC file?")

    def write(
        self, file: InputFile, fields: FieldNames, outcomes: Iterator[tuple[Record, Outcome]], target: Path
    ) -> None:
        """Write a conversion and a metadata record for each document.

        :param file: The file, for its compression.
        :param fields: Not needed.
        :param outcomes: The records and what became of them.
        :param target: Where to write.
        :raises OSError: if it cannot be written.
        """
        with target.open("wb") as stream:
            writer = _writer(stream, packed=file.compression == "gz")
            about = f"software: restorer {__version__}\r\nformat: WARC File Format 1.1\r\n".encode()
            first = True
            for record, outcome in outcomes:
                head: _Head = record.native
                if first:  # the input's own time: a clock would make two runs differ
                    _put(writer, "warcinfo", f"{file.name}#info", head.date, "application/warc-fields", about, {})
                    first = False
                _put_outcome(writer, head, outcome)


def _document(frame: Frame, number: int, file: InputFile, most_bytes: int) -> Record | BadRecord | None:
    """The record as a document; None if it is none."""
    name = frame.headers.get("warc-record-id", f"{file.name}#{number}")
    if frame.fault:
        return BadRecord(number, frame.fault, name)
    if frame.headers.get("warc-type") != "response":
        return None
    if frame.data is None:
        return BadRecord(number, f"has more than {most_bytes} bytes; raise --max-bytes to restore it", name)
    record = _parsed(frame.data)
    http = record.http_headers if record is not None else None
    kind = _KINDS.get(_content_type(http.get_header("Content-Type"))) if http is not None else None
    if record is None or http is None:
        return BadRecord(number, "is no HTTP answer as its header says", name)
    if kind is None or not http.get_statuscode().startswith("2"):
        return None
    content = record.content_stream().read(most_bytes + 1)
    if len(content) > most_bytes:
        return BadRecord(number, f"unpacks to more than {most_bytes} bytes; raise --max-bytes to restore it", name)
    date, url = frame.headers.get("warc-date", ""), frame.headers.get("warc-target-uri", "")
    charset = _charset(http.get_header("Content-Type"))
    native = _Head(name, date)
    if kind == "html":
        return Record(number, name, content, "html", url, date=date, charset=charset, native=native)
    try:
        return Record(number, name, content.decode(charset or "utf-8"), url=url, date=date, native=native)
    except (UnicodeDecodeError, LookupError) as error:
        return BadRecord(number, f"does not decode as {charset or 'utf-8'} ({error})", name)


def _parsed(data: bytes) -> ArcWarcRecord | None:
    """One record with its HTTP headers, its content unpacked when it is read."""
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
        from warcio.statusandheaders import StatusAndHeadersParserException
    except ImportError as error:
        raise MissingDependencyError(_MISSING) from error
    try:
        return next(iter(ArchiveIterator(io.BytesIO(data))), None)
    except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, EOFError):
        return None


def _content_type(header: str | None) -> str:
    return (header or "").partition(";")[0].strip().lower()


def _charset(header: str | None) -> str:
    for part in (header or "").split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == "charset":
            return value.strip().strip("\"'")
    return ""


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
    try:
        from warcio.warcwriter import WARCWriter
    except ImportError as error:
        raise MissingDependencyError(_MISSING) from error
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
