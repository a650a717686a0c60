"""The restored text and nothing else."""

from __future__ import annotations

from restorer.types import Result

__all__ = ["TextReporter"]


class TextReporter:
    """Prints each restored text as it is, to the last code point."""

    def begin(self) -> str:
        """Nothing stands before the text.

        :return: The empty string.
        """
        return ""

    def report(self, result: Result) -> str:
        """The restored text.

        :param result: The result to show.
        :return: Its text with the applied edits; nothing is added, escaped or coloured.
        """
        return result.restored

    def end(self) -> str:
        """Nothing stands after the text.

        :return: The empty string.
        """
        return ""
