"""Results as JSON (restorer/report/result.schema.json) and JSON Lines."""

from __future__ import annotations

import json
from typing import Any

from restorer.report.characters import ACTING
from restorer.types import Result

__all__ = ["JsonLinesReporter", "JsonReporter", "dumps"]


def dumps(value: Any, *, indent: int | None = None) -> str:  # noqa: ANN401 - whatever JSON can hold
    """JSON that can be written in any Unicode encoding, split at line breaks and printed on a terminal.

    :param value: The value.
    :param indent: Spaces a level, None for one line.
    :return: JSON without characters that act on a display; they are escaped, so that they read back as they were.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    # a line feed is the only acting character json.dumps itself writes, and the pattern leaves it alone
    return ACTING.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


class JsonReporter:
    """One object for a single result, an array for several.

    :param many: Whether several results are to come, even if only one or none does.
    """

    def __init__(self, *, many: bool = False) -> None:
        self._many = many
        self._separator = ""

    def begin(self) -> str:
        """Open the array, if it is one.

        :return: Text to write.
        """
        return "[" if self._many else ""

    def report(self, result: Result) -> str:
        """One object.

        :param result: The result to show.
        :return: Its JSON, with a comma before it where needed.
        """
        data = dumps(result.to_dict(), indent=2)
        if not self._many:
            return data + "\n"
        separator, self._separator = self._separator, ","
        return f"{separator}\n{data}"

    def end(self) -> str:
        """Close the array, if it is one.

        :return: Text to write.
        """
        return "\n]\n" if self._many else ""


class JsonLinesReporter:
    """One object a line."""

    def begin(self) -> str:
        """Nothing stands before the first line.

        :return: The empty string.
        """
        return ""

    def report(self, result: Result) -> str:
        """One line.

        :param result: The result to show.
        :return: Its JSON and a line feed; the JSON itself holds no line break of any kind.
        """
        return dumps(result.to_dict()) + "\n"

    def end(self) -> str:
        """Nothing stands after the last line.

        :return: The empty string.
        """
        return ""
