"""What the routes share: the workers, the settings a request starts from, and how many requests there may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from restorer.config import Settings
from restorer.errors import RestorerError, SettingsError
from restorer.serve.jobs import Answer, Job, RestoreText
from restorer.serve.limits import Limits
from restorer.serve.metrics import Metrics
from restorer.serve.options import ManyTexts, Options, Text
from restorer.serve.pool import Pool

__all__ = ["Busy", "Service"]


class Busy(Exception):
    """There are as many requests as may be at once."""


@dataclass(slots=True)
class Service:
    """What routes work with.

    :param pool: The workers.
    :param settings: What a request starts from.
    :param limits: What is refused.
    :param metrics: What is counted.
    :param draining: Whether the server is about to end.
    """

    pool: Pool
    settings: Settings
    limits: Limits
    metrics: Metrics
    draining: bool = False
    _requests: int = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold one of the places for requests.

        :return: A context.
        :raises Busy: if there is none.
        """
        if self._requests >= self.limits.requests:
            raise Busy
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1

    def checked(self, text: str) -> str:
        """A text that is not too long.

        :param text: The text.
        :return: The same text.
        :raises SettingsError: if it is.
        """
        if len(text) > self.limits.characters:
            msg = f"text has {len(text):,} characters, at most {self.limits.characters:,} are taken; cut it into parts"
            raise SettingsError(msg)
        return text

    async def restored(self, asked: Text | ManyTexts, *, flag_only: bool) -> bytes:
        """Restore what a request holds.

        :param asked: The request.
        :param flag_only: Apply nothing.
        :return: JSON: one object for a text, an array for several.
        :raises RestorerError: if a text or an option cannot be used.
        """
        settings = asked.over(self.settings)
        if isinstance(asked, Text):
            job = RestoreText(self.checked(asked.text), settings, asked.path, flag_only=flag_only)
            return (await self.answer(job)).body
        if len(asked.texts) > self.limits.texts:
            msg = f"texts has {len(asked.texts):,} entries, at most {self.limits.texts:,} are taken; use /v1/stream"
            raise SettingsError(msg)
        jobs = [RestoreText(self.checked(text), settings, flag_only=flag_only) for text in asked.texts]
        answers = await self.pool.answers(jobs, self.limits.seconds) if jobs else []
        return b"[" + b",".join(_bodies(answers)) + b"]"

    async def answer(self, job: Job) -> Answer:
        """Have a job done within the time limit.

        :param job: The job.
        :return: The answer.
        :raises RestorerError: if that is the answer.
        """
        return await self.pool.answer(job, self.limits.seconds)

    async def body(self, job: Job) -> bytes:
        """Have the one job of a request done, in one of the places for requests.

        :param job: The job.
        :return: What goes to whoever asked.
        :raises RestorerError: if that is the answer.
        :raises Busy: if there is no place.
        """
        with self.turn():
            return (await self.answer(job)).body

    def by_rate(self, options: Options) -> Settings:
        """The settings of a request of the page's, which knows rates only.

        :param options: What the request says.
        :return: The settings, without a threshold.
        """
        return replace(options.over(self.settings), threshold=None)


def _bodies(answers: Sequence[Answer | RestorerError]) -> Iterator[bytes]:
    for number, answer in enumerate(answers):
        if isinstance(answer, RestorerError):
            msg = f"texts[{number}]: {answer}"
            raise SettingsError(msg)
        yield answer.body
