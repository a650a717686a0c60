"""What a worker does with a record: find a page's text, restore it, and say what became of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType

from restorer.batch.charset import decode_page
from restorer.batch.chunks import Item
from restorer.batch.extract import Extractor, Page
from restorer.batch.journal import Row
from restorer.batch.keep_html import restore_markup
from restorer.batch.records import BadRecord, Outcome, Record
from restorer.config import Settings
from restorer.engine import Restorer
from restorer.errors import MissingDependencyError, RestorerError
from restorer.types import Document, Result

__all__ = ["Work", "Worker"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What every worker is told once.

    :param settings: Thresholds, policies and model.
    :param keep_html: Restore pages of HTML inside their markup.
    :param page_seconds: Time limit for finding a page's main text.
    """

    settings: Settings
    keep_html: bool = False
    page_seconds: float = 20.0


class Worker(AbstractContextManager["Worker"]):
    """Holds a model, and a helper that finds the text of pages."""

    def __init__(self, work: Work, restorer: Restorer | None = None) -> None:
        """Load what the work needs.

        :param work: What to do.
        :param restorer: The restorer to use; loaded as the settings say when None.
        :raises ModelError: if the model cannot be loaded.
        """
        self._work = work
        self._restorer = restorer or Restorer.from_pretrained(settings=work.settings)
        self._extractor = Extractor(seconds=work.page_seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the helper."""
        self._extractor.close()

    def rows(self, items: Sequence[Item]) -> list[Row]:
        """Restore a chunk.

        :param items: Its records.
        :return: One row a record, in order; whatever goes wrong with one is its own row.
        :raises MissingDependencyError: if a library is not installed: no record's fault, and soon put right.
        """
        return [(item.file, self._row(item.record)) for item in items]

    def _row(self, record: Record | BadRecord) -> Outcome | BadRecord:
        if isinstance(record, BadRecord):
            return record
        try:
            return self._restored(record)
        except MissingDependencyError:
            raise
        except RestorerError as error:
            return BadRecord(record.number, str(error), record.id)
        except (Exception, MemoryError) as error:  # a fault of ours must not end a night's run
            _log.warning("record %s", record.id, exc_info=True)
            return BadRecord(record.number, f"internal error, {type(error).__name__}: {error}", record.id)

    def _restored(self, record: Record) -> Outcome:
        if isinstance(record.content, str):
            page = Page(record.content, record.title, record.date, record.url)
            html = None
        else:
            page = self._extractor.extract(record.content, charset=record.charset)
            html = decode_page(record.content, record.charset)[0] if self._work.keep_html else None
        result = self._restorer.restore(Document(page.text, record.id))
        if html is not None:
            edits = [(f.start, f.end, f.replacement or "") for f in result.applied]
            html = restore_markup(html, page.text, edits)
        return _outcome(record, page, result, html, self._restorer)


def _outcome(record: Record, page: Page, result: Result, html: str | None, restorer: Restorer) -> Outcome:
    summary = result.summary
    sources = Counter(f.evidence.source for f in result.findings if f.evidence.source)
    source = min(sources, key=lambda name: (-sources[name], name), default="")
    return Outcome(
        number=record.number,
        id=record.id,
        url=record.url or page.url,
        title=record.title or page.title,
        date=record.date or page.date,
        text=page.text if isinstance(record.content, bytes) else None,
        restored=result.restored,
        html=html,
        words=summary.words,
        spun_probability=summary.spun_probability,
        spin_density=summary.spin_density,
        quotes_spun=summary.quotes_spun,
        capitals_spun=summary.capitals_spun,
        leftovers=summary.leftovers,
        findings=[finding.to_dict() for finding in result.findings],
        source=source,
        source_date=restorer.source_date(source) if source else "",
    )
