"""What the fields of a record may hold, the same for every container of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from restorer.batch.records import InputFile

__all__ = ["DATE", "TITLE", "identifier", "kind_of", "listed", "note", "reach"]

TITLE, DATE = "title", "date"
"""Fields that are used where they are there."""

_MOST_LISTED = 12
_LONGEST = 40


def reach(data: Mapping[str, object], name: str) -> object:
    """The value of a field.

    :param data: A record.
    :param name: The field's name; where there is none of that name, dots reach into nested records.
    :return: The value.
    :raises KeyError: if there is no such field.
    """
    if name in data:
        return data[name]
    outer, dot, inner = name.partition(".")
    within = data[outer] if dot else None
    if not isinstance(within, Mapping):
        raise KeyError(name)
    return reach(within, inner)


def identifier(value: object, file: InputFile, number: int) -> str:
    """A record's identifier.

    :param value: What its field holds, None where there is no such field.
    :param file: The record's file.
    :param number: Its place in the file.
    :return: A string that is not empty; for want of its own, the file's name and the number.
    """
    if isinstance(value, str | int | float) and not isinstance(value, bool) and value == value and value != "":
        return str(value)
    return f"{file.name}:{number}"


def note(value: object) -> str:
    """An address, a title or a date.

    :param value: What its field holds, None where there is no such field.
    :return: The string, a date in ISO's form; empty where it is neither.
    """
    if isinstance(value, date):  # datetime is one too
        return value.isoformat()
    return value if isinstance(value, str) else ""


def listed(names: Iterable[str]) -> str:
    """Names for a message.

    :param names: The names.
    :return: The first of them, quoted and shortened.
    """
    every = [name if len(name) <= _LONGEST else name[:_LONGEST] + "…" for name in names]
    return ", ".join(map(repr, every[:_MOST_LISTED])) + (", …" if len(every) > _MOST_LISTED else "")


def kind_of(value: object) -> str:
    """What to call a value that is no text.

    :param value: A value as JSON can hold it.
    :return: Its type in words.
    """
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return {dict: "an object", list: "a list", type(None): "null"}.get(type(value), "a string")
