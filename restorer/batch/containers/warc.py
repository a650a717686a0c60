"""Web archives: each successful answer with a page or a plain text is a document; all else in them is none.

The output holds, for each document, a ``conversion`` record (WARC 1.1, section 6.8) with the restored text and a
``metadata`` record with the findings; both name the record they come from.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from restorer.batch.containers.compress import open_read
from restorer.batch.records import BadRecord, Compression, FieldNames, InputFile, Kind, Outcome, Record
from restorer.errors import DamagedFileError, MissingDependencyError
from restorer.report.json import dumps
from restorer.version import __version__

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

__all__ = ["WarcContainer"]

_KINDS: dict[str, Kind] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
_PLAIN, _PAGE, _JSON = "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/json"


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
        :raises MissingDependencyError: if fastwarc is not installed.
        """
        number = 0
        with open_read(file.path, file.compression) as stream:
            try:
                for number, record in enumerate(_records(stream), 1):
                    document = _document(record, number, file, most_bytes)
                    if document is not None:
                        yield document
            except DamagedFileError as error:
                yield BadRecord(number + 1, f"{error} (records before this one: {number})")
            except (OSError, ValueError) as error:
                yield BadRecord(number + 1, f"is no WARC record ({error}); what follows it cannot be read")
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
            about = f"software: restorer {__version__}\r\nformat: WARC File Format 1.1\r\n".encode()
            first = True
            for record, outcome in outcomes:
                head: _Head = record.native
                if first:  # the input's own time: a clock would make two runs differ
                    info = _written("warcinfo", f"{file.name}#info", head.date, "application/warc-fields", about, {})
                    stream.write(_packed(info, file.compression))
                    first = False
                for data in _converted(head, outcome):
                    stream.write(_packed(data, file.compression))


def _records(stream: io.BufferedReader) -> Iterator[WarcRecord]:
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError as error:
        msg = "WARC files need fastwarc, which is not installed; pip install 'restorer[batch]'"
        raise MissingDependencyError(msg) from error
    return iter(ArchiveIterator(stream, parse_http=True, auto_decode="all"))


def _document(record: WarcRecord, number: int, file: InputFile, most_bytes: int) -> Record | BadRecord | None:
    """The record as a document; None if it is none."""
    headers = record.headers
    http = record.http_headers
    kind = _KINDS.get((record.http_content_type or "").lower()) if http else None
    if headers.get("WARC-Type") != "response" or http is None or kind is None or not _successful(http):
        return None
    name = headers.get("WARC-Record-ID") or f"{file.name}#{number}"
    if record.content_length > most_bytes:
        reason = f"has {record.content_length} bytes, more than {most_bytes}; raise --max-bytes to restore it"
        return BadRecord(number, reason, name)
    content = record.reader.read(most_bytes + 1)
    if len(content) > most_bytes:
        return BadRecord(number, f"unpacks to more than {most_bytes} bytes; raise --max-bytes to restore it", name)
    date, url = headers.get("WARC-Date") or "", headers.get("WARC-Target-URI") or ""
    charset = record.http_charset or ""
    native = _Head(name, date)
    if kind == "html":
        return Record(number, name, content, "html", url, date=date, charset=charset, native=native)
    try:
        return Record(number, name, content.decode(charset or "utf-8"), url=url, date=date, native=native)
    except (UnicodeDecodeError, LookupError) as error:
        return BadRecord(number, f"does not decode as {charset or 'utf-8'} ({error})", name)


def _successful(http: Any) -> bool:  # noqa: ANN401 - fastwarc's headers
    return str(http.status_code or "").startswith("2")


def _converted(head: _Head, outcome: Outcome) -> Iterator[bytes]:
    page = outcome.html is not None
    body = (outcome.html if outcome.html is not None else outcome.restored).encode("utf-8", "replace")
    headers = {"WARC-Target-URI": outcome.url, "WARC-Refers-To": head.id}
    about = outcome.added() | {name: getattr(outcome, name) for name in ("id", "url", "title", "date")}
    conversion = f"{head.id}#restored"
    yield _written("conversion", conversion, head.date, _PAGE if page else _PLAIN, body, headers)
    headers |= {"WARC-Concurrent-To": _urn(conversion)}
    yield _written("metadata", f"{head.id}#findings", head.date, _JSON, dumps(about).encode(), headers)


def _written(kind: str, name: str, date: str, content: str, body: bytes, headers: dict[str, str]) -> bytes:
    """One record of a kind, with an identifier that depends on its name alone."""
    from fastwarc.warc import WarcRecord, WarcRecordType

    record = WarcRecord()
    record.init_headers(len(body), getattr(WarcRecordType, kind), _urn(name).encode())
    record.headers["WARC-Record-ID"] = _urn(name)
    record.headers["WARC-Date"] = date
    record.headers["Content-Type"] = content
    for key, value in headers.items():
        if value:
            record.headers[key] = value
    record.set_bytes_content(body)
    stream = io.BytesIO()
    record.write(stream)
    return stream.getvalue()


def _urn(name: str) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, name)}>"


def _packed(data: bytes, compression: Compression) -> bytes:
    return gzip.compress(data, mtime=0) if compression else data
