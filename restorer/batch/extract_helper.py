"""The helper process that :mod:`restorer.batch.extract` asks: pages in, main texts out, until the input ends."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

from restorer.batch.extract import LENGTH

__all__ = ["main"]

MEMORY = 3 << 30
"""Most memory (bytes) that a page may need; beyond it is a bad record, not a machine that swaps."""

GRACE = 10
"""Seconds after which a helper whose parent no longer ends it ends itself."""

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")  # of an object, another one in every run
_LONGEST_MESSAGE = 200

# Later than any page; a limit of "today" would make the answer depend on the day.
_DATES = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}


def missing() -> str:
    """The library that is not installed.

    :return: Its name, empty where nothing is missing.
    """
    try:
        import trafilatura  # noqa: F401 - loaded before any page, since its time is not the page's
    except ImportError as error:
        return error.name or "trafilatura"
    return ""


def answer(page: str) -> dict[str, str]:
    """The main text of one page.

    :param page: The markup.
    :return: Fields of a :class:`restorer.batch.extract.Page`, or ``error``.
    """
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(
            _whole(page), include_comments=False, with_metadata=True, date_extraction_params=dict(_DATES)
        )
    except Exception as error:  # whatever a parser may raise
        said = _ADDRESS.sub("0x", " ".join(str(error).split()))[:_LONGEST_MESSAGE]
        return {"error": f"finding the page's text failed ({type(error).__name__}: {said})"}
    text = (getattr(found, "text", None) or "").strip("\n")
    if not text:
        return {"error": "the page has no main text"}
    return {"text": text} | {name: str(getattr(found, name, None) or "") for name in ("title", "date", "url")}


def _whole(page: str) -> str:
    """A page as trafilatura takes it: a single paragraph is none to it."""
    return page if "<html" in page.lower() or "<p" not in page else f"<html><body>{page}</body></html>"


def main() -> None:
    """Say what is missing, if anything is, and answer until the input ends."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    _limit_memory()
    _send({"missing": missing()}, target)
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        _alarm(seconds)
        page = source.read(LENGTH.unpack(head)[0]).decode("utf-8", "replace")
        _send(answer(page), target)
        _alarm(0.0)


def _send(data: dict[str, str], target: BinaryIO) -> None:
    body = json.dumps(data).encode("ascii")
    target.write(LENGTH.pack(len(body)) + body)
    target.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _alarm(seconds: float) -> None:
    """Have the system end this process later, in case nobody else does; 0 calls that off."""
    with suppress(AttributeError):  # not on Windows
        signal.alarm(int(seconds) + GRACE if seconds else 0)


if __name__ == "__main__":
    main()
