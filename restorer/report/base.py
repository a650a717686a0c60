"""What every report format has in common."""

from __future__ import annotations

from typing import Protocol

from restorer.types import Result

__all__ = ["Reporter"]


class Reporter(Protocol):
    """Turns results into text to write, piece by piece, so that several files stream into one output.

    A reporter is used once: ``begin()``, then ``report(result)`` for each result, then ``end()``.
    """

    def begin(self) -> str:
        """What stands before the first result.

        :return: Text to write.
        """
        ...

    def report(self, result: Result) -> str:
        """One result.

        :param result: The result to show.
        :return: Text to write.
        """
        ...

    def end(self) -> str:
        """What stands after the last result.

        :return: Text to write.
        """
        ...
