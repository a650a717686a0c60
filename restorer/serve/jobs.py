"""What a worker process can be asked to do, one small class each; the work itself is done elsewhere in the package."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from restorer.batch.extract import Extractor
from restorer.config import Settings
from restorer.engine import Restorer
from restorer.readers.text import encode
from restorer.report import reporter
from restorer.report.json import dumps
from restorer.review import Decision, with_decisions
from restorer.serve.open_file import open_file
from restorer.serve.workbench import workbench
from restorer.types import Document, Result, TextEncoding

__all__ = ["Answer", "Desk", "Job", "OpenFile", "ReportText", "RestoreText", "ReviewText"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back.

    :param body: What goes to whoever asked, in UTF-8.
    :param words: Words that were scored.
    :param findings: Findings among them.
    :param edits: Edits applied.
    """

    body: bytes
    words: int = 0
    findings: int = 0
    edits: int = 0


class Desk(AbstractContextManager["Desk"]):
    """What a worker works with."""

    def __init__(self, restorer: Restorer, page_seconds: float) -> None:
        """Put the parts together.

        :param restorer: Holds the model.
        :param page_seconds: Time limit for finding the main text of a page of HTML.
        """
        self.restorer = restorer
        self.extractor = Extractor(seconds=page_seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the extractor's helper."""
        self.extractor.close()


class Job(Protocol):
    """Something to do."""

    @property
    def size(self) -> int:
        """How much work it is, about: code points or bytes."""
        ...

    def run(self, desk: Desk) -> Answer:
        """Do it.

        :param desk: What to do it with.
        :return: The answer.
        :raises RestorerError: if what was asked for cannot be done.
        """
        ...


@dataclass(frozen=True, slots=True)
class _TextJob:
    """A text, and how to decide on it.

    :param text: The text.
    :param settings: Thresholds and policies.
    :param path: Name shown in the answer.
    """

    text: str = field(repr=False)
    settings: Settings
    path: str = "-"

    @property
    def size(self) -> int:
        """Code points."""
        return len(self.text)

    def _result(self, desk: Desk) -> Result:
        return desk.restorer.with_settings(self.settings).restore(Document(self.text, self.path))

    def _answered(self, result: Result, body: str) -> Answer:
        # Half of a surrogate pair, which only JSON can hold, is an error with a message here, as in the command line.
        return Answer(encode(body, TextEncoding()), result.summary.words, len(result.findings), len(result.applied))


@dataclass(frozen=True, slots=True)
class RestoreText(_TextJob):
    """Restore a text; the answer is the JSON of ``restore --format json``.

    :param flag_only: Apply nothing, as ``restore detect`` does.
    """

    flag_only: bool = False

    def run(self, desk: Desk) -> Answer:
        """Restore the text.

        :param desk: What to do it with.
        :return: One JSON object.
        """
        result = self._result(desk)
        result = result.flagged() if self.flag_only else result
        return self._answered(result, dumps(result.to_dict()))


@dataclass(frozen=True, slots=True)
class ReviewText(_TextJob):
    """Score a text for the review page."""

    def run(self, desk: Desk) -> Answer:
        """Score the text.

        :param desk: What to do it with.
        :return: What :func:`restorer.serve.workbench.workbench` gives, as JSON.
        """
        result = self._result(desk)
        return self._answered(result, dumps(workbench(result, self.settings.fpr)))


@dataclass(frozen=True, slots=True)
class ReportText(_TextJob):
    """Restore a text with a reviewer's decisions in force.

    :param decisions: The decisions.
    :param format: One of :data:`restorer.report.FORMATS`.
    """

    decisions: tuple[Decision, ...] = ()
    format: str = "json"

    def run(self, desk: Desk) -> Answer:
        """Restore the text.

        :param desk: What to do it with.
        :return: The report.
        :raises SettingsError: if a decision is on nothing that was scored.
        """
        result = with_decisions(self._result(desk), self.decisions)
        report = reporter(self.format)
        return self._answered(result, "".join([report.begin(), report.report(result), report.end()]))


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Find the text in a file that was opened in the browser.

    :param data: The file.
    :param name: Its name.
    :param most: Longest text to accept, in code points.
    """

    data: bytes = field(repr=False)
    name: str
    most: int

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)

    def run(self, desk: Desk) -> Answer:
        """Find the text.

        :param desk: What to do it with.
        :return: ``name``, ``text`` and ``note`` as JSON.
        :raises InputError: if there is none.
        """
        html: Callable[[bytes], str] = lambda data: desk.extractor.extract(data).text  # noqa: E731 - typed so
        opened = open_file(self.data, self.name, html, self.most)
        return Answer(dumps({"name": self.name, "text": opened.text, "note": opened.note}).encode())
