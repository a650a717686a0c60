"""Single texts: ``.txt`` and ``.md``. Outside the edits the output is the input, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from restorer.batch.containers.compress import open_read, open_write
from restorer.batch.records import BadRecord, FieldNames, InputFile, Outcome, Record
from restorer.errors import DamagedFileError, InputError, OutputError
from restorer.readers.text import decode, encode
from restorer.types import TextEncoding

__all__ = ["TextContainer", "read_whole"]


def read_whole(file: InputFile, most_bytes: int) -> bytes | BadRecord:
    """A file of one document.

    :param file: The file.
    :param most_bytes: More than this is refused, without reading it all.
    :return: Its bytes, unpacked, or what is wrong with it.
    :raises FileAccessError: if it cannot be opened.
    """
    try:
        with open_read(file.path, file.compression) as stream:
            data = stream.read(most_bytes + 1)
    except DamagedFileError as error:
        return BadRecord(1, str(error), file.name)
    if len(data) > most_bytes:
        return BadRecord(1, f"has more than {most_bytes} bytes; raise --max-bytes to restore it", file.name)
    return data


class TextContainer:
    """Files of one text."""

    def read(self, file: InputFile, fields: FieldNames, *, most_bytes: int) -> Iterator[Record | BadRecord]:
        """The one record of the file.

        :param file: The file.
        :param fields: Not needed.
        :param most_bytes: A text with more than this is a bad record.
        :return: The record, or what is wrong with it.
        :raises FileAccessError: if the file cannot be opened.
        """
        data = read_whole(file, most_bytes)
        if isinstance(data, BadRecord):
            yield data
            return
        try:
            document = decode(data, file.name)
        except InputError as error:
            yield BadRecord(1, str(error), file.name)
            return
        yield Record(1, file.name, document.text, native=document.encoding)

    def write(
        self, file: InputFile, fields: FieldNames, outcomes: Iterator[tuple[Record, Outcome]], target: Path
    ) -> None:
        """Write the restored text, encoded as it was; without the edits whose wording that encoding lacks.

        :param file: The file, for its compression.
        :param fields: Not needed.
        :param outcomes: The record and what became of it.
        :param target: Where to write.
        :raises OSError: if it cannot be written.
        """
        with open_write(target, file.compression) as stream:
            for record, outcome in outcomes:
                stream.write(_encoded(record, outcome))


def _encoded(record: Record, outcome: Outcome) -> bytes:
    encoding: TextEncoding = record.native
    try:
        return encode(outcome.restored, encoding)
    except OutputError:
        assert isinstance(record.content, str)
    pieces: list[str] = []
    done = 0
    for finding in outcome.findings:
        if finding["applied"] and _fits(finding["replacement"] or "", encoding):
            pieces += (record.content[done : finding["start"]], finding["replacement"] or "")
            done = finding["end"]
    return encode("".join([*pieces, record.content[done:]]), encoding)


def _fits(wording: str, encoding: TextEncoding) -> bool:
    try:
        encode(wording, encoding)
    except OutputError:
        return False
    return True
