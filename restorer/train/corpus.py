"""Clean articles from a folder of JSONL files, split by article so that nothing held out is ever trained on."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from restorer.errors import FileAccessError, InputError

__all__ = [
    "HELD_OUT_SOURCES",
    "MEASURED_SOURCES",
    "Article",
    "held_out",
    "overlapping",
    "read_folder",
    "shingles",
    "tuning",
]

HELD_OUT_SOURCES = frozenset({"basil"})
"""Sources that are never trained on at all, whatever the article."""

MEASURED_SOURCES = HELD_OUT_SOURCES | {
    "allsides_abp",
    "general_wikipedia_passages",
    "guardian_2019",
    "guardian_2020",
    "intl_2024",
    "misc_news",
    "newsarticles_2017",
    "politics_2019",
}
"""Sources that no threshold is set on, so that false alarms are measured on other sources than those that set them."""

HELD_OUT_SHARE = 20
"""One article in this many is held out, by a hash of its id."""

_log = logging.getLogger(__name__)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Article:
    """One clean article.

    :param id: Unique and stable; decides the split.
    :param source: Name of the file it came from, without endings.
    :param date: ISO date, or empty.
    :param text: Paragraphs separated by line breaks.
    """

    id: str
    source: str
    date: str
    text: str


def read_folder(folder: Path, *, skip: Iterable[str] = ()) -> Iterator[Article]:
    """Every article in a folder's ``.jsonl`` and ``.jsonl.zst`` files.

    :param folder: Folder of files with one JSON object a line; ``text`` is required, ``id`` and ``date`` are used.
    :param skip: Names of files to leave out, without endings.
    :return: The articles, file by file in order of name.
    :raises FileAccessError: if the folder holds no such file.
    :raises InputError: if a line is not a JSON object with a text.
    """
    skipped = set(skip)
    paths = sorted(p for p in folder.glob("*.jsonl*") if p.name.endswith((".jsonl", ".jsonl.zst")))
    if not paths:
        msg = f"{folder}: no .jsonl or .jsonl.zst files; give a folder of clean articles, one JSON object a line"
        raise FileAccessError(msg)
    for path in paths:
        source = path.name.split(".")[0]
        if source in skipped:
            continue
        for number, line in enumerate(_lines(path), 1):
            try:
                record = json.loads(line)
                text = record["text"]
            except (ValueError, KeyError, TypeError) as error:
                msg = f'{path}, line {number}: not a JSON object with a "text" field ({error})'
                raise InputError(msg) from error
            yield Article(str(record.get("id", f"{source}-{number}")), source, str(record.get("date") or ""), text)


def _lines(path: Path) -> Iterator[str]:
    if path.suffix != ".zst":
        with path.open(encoding="utf-8") as file:
            yield from file
        return
    import zstandard

    with path.open("rb") as raw:
        reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(raw)
        yield from io.TextIOWrapper(reader, encoding="utf-8")


def held_out(article: Article) -> bool:
    """Whether an article is kept aside for tuning and measurement.

    :param article: The article.
    :return: True for articles no training may see.
    """
    return article.source in HELD_OUT_SOURCES or crc32(article.id.encode()) % HELD_OUT_SHARE == 0


def tuning(article: Article) -> bool:
    """Whether a held-out article is one of those that thresholds are set on; the others are only measured on.

    :param article: A held-out article.
    :return: True for half of the held-out articles of sources that are not kept for measuring.
    """
    return article.source not in MEASURED_SOURCES and crc32(article.id.encode()) % (2 * HELD_OUT_SHARE) == 0


def shingles(text: str, n: int = 8) -> set[int]:
    """Hashes of a text's n-grams of words, case-folded, punctuation dropped.

    :param text: The text.
    :param n: Words to an n-gram.
    :return: The hashes; empty for a text of fewer words.
    """
    words = _WORD.findall(text.casefold())
    return {hash(tuple(words[i : i + n])) for i in range(len(words) - n + 1)}


def overlapping(text: str, kept: set[int], n: int = 8, least: int = 3) -> bool:
    """Whether a text shares n-grams with the kept-aside ones, and so must not be trained on.

    :param text: The text.
    :param kept: :func:`shingles` of everything held out.
    :param n: Words to an n-gram, as in ``kept``.
    :param least: Shared n-grams that are still chance (a stock phrase, a byline).
    :return: True when at least that many are shared.
    """
    return len(shingles(text, n) & kept) >= least
