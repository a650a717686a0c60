"""A made-up crawl for measuring batches: clean and spun news in every container, pages of HTML, and broken records."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle, islice
from pathlib import Path
from random import Random

from benchmarks.spun import pages
from restorer.train.makers import Makers

__all__ = ["Crawl", "make_crawl", "short_texts", "spun_in_part"]

CHARACTERS = 900
"""Length of a document: a crawl's pages are short, and twenty thousand of them must be done in minutes."""

BROKEN = ('{"id": "x", "text": ', '{"id": "y"}', '{"id": "z", "text": 7}', "[1, 2]", "\udcff not UTF-8 \udcfe")
BROKEN_PAGES = (
    b"",
    b"<html><head><title>Menu</title></head><body></body></html>",
    b"\x00\x01\x02\x03\x04\x05\x06\x07" * 40,
)


@dataclass(frozen=True, slots=True)
class Crawl:
    """What was made.

    :param folder: The input folder.
    :param records: All records, broken ones included.
    :param broken: Records that cannot be restored.
    """

    folder: Path
    records: int
    broken: int


def short_texts(texts: Sequence[str], makers: Makers, names: Sequence[str]) -> list[str]:
    """Beginnings of articles, every third one spun.

    :param texts: The articles.
    :param makers: The makers.
    :param names: Names of those to use.
    :return: The texts.
    """
    return spun_in_part([text[:CHARACTERS].rsplit(". ", 1)[0] + "." for text in texts], makers, names)


def spun_in_part(texts: Sequence[str], makers: Makers, names: Sequence[str]) -> list[str]:
    """Texts of which every third one is spun, by turns with one of the makers at one of three densities.

    :param texts: The texts.
    :param makers: The makers.
    :param names: Names of those to use.
    :return: The texts, in order.
    """
    mixed = list(texts)
    spinners = {name: makers.maker(name) for name in names}
    ways = cycle([(spinners[name], density) for name in names for density in (0.1, 0.3, 1.0)])
    for number in range(0, len(mixed), 3):
        spinner, density = next(ways)
        mixed[number] = next(iter(pages([mixed[number]], spinner, density))).text
    return mixed


def make_crawl(folder: Path, texts: Sequence[str], records: int) -> Crawl:
    """Write a crawl: a fifth each as JSON Lines, Parquet, WARC, single pages of HTML and single texts.

    :param folder: A new folder.
    :param texts: Texts to take in turn.
    :param records: How many records, broken ones included.
    :return: What was made.
    """
    folder.mkdir(parents=True)
    source = cycle(texts)
    share = records // 5
    broken = _jsonl(folder / "dump.jsonl.gz", source, share)
    broken += _parquet(folder / "table.parquet", source, share)
    broken += _warc(folder / "crawl.warc.gz", source, share)
    broken += _files(folder / "pages", ".html", source, share)
    broken += _files(folder / "texts", ".txt", source, share)
    return Crawl(folder, 5 * share, broken)


def _jsonl(path: Path, source: Iterator[str], count: int) -> int:
    lines = [json.dumps({"id": f"j{i}", "text": text}) for i, text in enumerate(islice(source, count))]
    bad = range(50, count, 100)
    for place, number in enumerate(bad):
        lines[number] = BROKEN[place % len(BROKEN)]
    data = "".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape")
    path.write_bytes(gzip.compress(data, mtime=0))
    return len(bad)


def _parquet(path: Path, source: Iterator[str], count: int) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts: list[str | None] = list(islice(source, count))
    bad = range(60, count, 100)
    for number in bad:
        texts[number] = None
    pq.write_table(pa.table({"id": [f"p{i}" for i in range(count)], "text": texts}), path, row_group_size=1000)
    return len(bad)


def _page(text: str, number: int) -> bytes:
    body = "".join(f"<p>{escape(line)}</p>" for line in text.replace(". ", ".\n").split("\n"))
    menu = "".join(f'<li><a href="/s{i}">Section {i}</a></li>' for i in range(8))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>Story {number}</title></head><body><nav><ul>{menu}'
        f"</ul></nav><article><h1>Story {number}</h1>{body}</article><footer>All rights reserved</footer></body></html>"
    ).encode()


def _warc(path: Path, source: Iterator[str], count: int) -> int:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    broken = 0
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number, text in enumerate(islice(source, count)):
            page = _page(text, number)
            if number % 100 == 70:
                page, broken = BROKEN_PAGES[number // 100 % len(BROKEN_PAGES)], broken + 1
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            address = f"https://site{number % 40}.example.com/{number}"
            writer.write_record(
                writer.create_warc_record(address, "response", payload=io.BytesIO(page), http_headers=headers)
            )
    return broken


def _files(folder: Path, ending: str, source: Iterator[str], count: int) -> int:
    rng, broken = Random(5), 0
    for number, text in enumerate(islice(source, count)):
        path = folder / f"{number // 500:03d}" / f"{number:05d}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = _page(text, number) if ending == ".html" else text.encode()
        if number % 100 == 80:
            data, broken = bytes(rng.randrange(32) for _ in range(200)), broken + 1
        path.write_bytes(data)
    return broken
