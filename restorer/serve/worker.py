"""A worker process: takes batches of jobs from a pipe and sends each answer as soon as it is there."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from restorer.config import Settings
from restorer.engine import Restorer
from restorer.errors import RestorerError
from restorer.models.base import EditModel
from restorer.serve.jobs import Answer, Desk, Job

__all__ = ["Fault", "Ready", "Reply", "Work", "frames_of", "main"]


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker is told when it starts.

    :param settings: Model, clean copies and threads; thresholds and policies come with each job.
    :param page_seconds: Time limit for finding the main text of a page of HTML.
    :param load: Makes the restorer.
    """

    settings: Settings
    page_seconds: float = 20.0
    load: Callable[[Settings], Restorer] | None = None

    def restorer(self) -> Restorer:
        """Load the restorer.

        :return: The restorer.
        :raises ModelError: if its model cannot be loaded.
        """
        return self.load(self.settings) if self.load else Restorer.from_pretrained(settings=self.settings)


@dataclass(frozen=True, slots=True)
class Ready:
    """Sent once, when the worker can take jobs.

    :param model: Name and version of its model.
    :param calibration: The rates and thresholds its model was calibrated for.
    """

    model: str
    calibration: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A job ended by a fault of ours.

    :param kind: The exception's class.
    :param frames: Where it was raised. Its message is not among them: it may hold a piece of the text.
    """

    kind: str
    frames: str


Reply = Answer | RestorerError | Fault


def main(pipe: Connection, work: Work) -> None:
    """Say that all is loaded, or why not, and answer until the other end is closed.

    :param pipe: Batches come in as tuples of jobs, a :data:`Reply` goes out for each job.
    :param work: What to load.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt at the terminal reaches the server, which drains first
    try:
        restorer = work.restorer()
    except RestorerError as error:
        pipe.send(error)
        return
    pipe.send(_ready(restorer.model))
    with Desk(restorer, work.page_seconds) as desk:
        try:
            while True:
                for job in pipe.recv():
                    pipe.send(_reply(job, desk))
        except (EOFError, BrokenPipeError):  # the server wants no more, or is gone
            return


def _ready(model: EditModel) -> Ready:
    calibration = model.calibration
    return Ready(
        model.name,
        {"fpr": list(calibration.fpr), "flag": list(calibration.flag), "edit": list(calibration.edit)},
    )


def _reply(job: Job, desk: Desk) -> Reply:
    try:
        return job.run(desk)
    except RestorerError as error:
        return error
    except (Exception, MemoryError) as error:  # a fault in one text must not end the server
        return Fault(type(error).__name__, frames_of(error))


def frames_of(error: BaseException) -> str:
    """Where an exception was raised, for a log that may not hold a piece of a text: no message, no source line.

    :param error: The exception.
    :return: Files, lines and functions, innermost first.
    """
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[::-1])
