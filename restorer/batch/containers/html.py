"""Single pages: ``.html`` and ``.htm``."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from restorer.batch.charset import decode_page, encode_page
from restorer.batch.containers.compress import open_write
from restorer.batch.containers.text import read_whole
from restorer.batch.records import BadRecord, FieldNames, InputFile, Outcome, Record

__all__ = ["HtmlContainer", "plain_page"]


def plain_page(outcome: Outcome) -> str:
    """A page of the restored text and nothing else.

    :param outcome: What became of a page.
    :return: HTML, a paragraph a line.
    """
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in outcome.restored.split("\n") if line.strip())
    return (
        f'<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"><title>{escape(outcome.title)}</title></head>\n'
        f"<body>\n{paragraphs}\n</body>\n</html>\n"
    )


class HtmlContainer:
    """Files of one page."""

    def read(self, file: InputFile, fields: FieldNames, *, most_bytes: int) -> Iterator[Record | BadRecord]:
        """The one record of the file.

        :param file: The file.
        :param fields: Not needed.
        :param most_bytes: A page with more than this is a bad record.
        :return: The record, or what is wrong with it.
        :raises FileAccessError: if the file cannot be opened.
        """
        data = read_whole(file, most_bytes)
        yield data if isinstance(data, BadRecord) else Record(1, file.name, data, "html")

    def write(
        self, file: InputFile, fields: FieldNames, outcomes: Iterator[tuple[Record, Outcome]], target: Path
    ) -> None:
        """Write the page with its markup where that was kept, else a plain page of its restored text.

        :param file: The file, for its compression.
        :param fields: Not needed.
        :param outcomes: The record and what became of it.
        :param target: Where to write.
        :raises OSError: if it cannot be written.
        """
        with open_write(target, file.compression) as stream:
            for record, outcome in outcomes:
                if outcome.html is None:
                    stream.write(plain_page(outcome).encode("utf-8", "replace"))
                else:
                    assert isinstance(record.content, bytes)
                    stream.write(encode_page(outcome.html, decode_page(record.content, record.charset)[1]))
