"""The server under load, beside the library in one process.

python -m benchmarks.serve CORPUS LEXICON [SECONDS]

``restore serve`` with its defaults, in processes of its own; 16 clients, one thread and one connection each, in this
one. Each sends the next text, an article a request, as soon as its last answer is there and was read. The library
restores the same texts in this process with two threads (``restore_many``), before and after. An error is every request
without an answer, and every answer whose text is not the library's. Then the same with single sentences, by turns with
a server whose workers take one text at a time, which is what micro-batching is measured by; and one client's stream.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count, islice
from pathlib import Path
from statistics import mean, quantiles
from threading import Lock, Thread
from typing import Any
from urllib.request import urlopen

from benchmarks.batch import MAKERS, resident
from benchmarks.common import ENCYCLOPEDIA, default_restorer, measured_articles, write
from benchmarks.crawl import spun_in_part
from benchmarks.spun import material
from examples.client import Client, Refused
from restorer.serve.pool import BATCH_TEXTS
from scripts.live import Live, served

CLIENTS = 16
ARTICLES = 120
SENTENCES = 1500
WORDS = (14, 26)
"""Words of a sentence."""
STREAM_SECONDS = 20
SENTENCE_SECONDS = 10
ROUNDS = 2
WARM_SECONDS = 2

ONE_BY_ONE = "from restorer import cli; from restorer.serve import pool; pool.BATCH_TEXTS = 1; cli.main()"
"""Starts the command line with workers that take one text at a time."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and what the library makes of it."""

    text: str
    restored: str
    words: int


@dataclass
class Load:
    """What came of some requests."""

    seconds: float = 0.0
    words: int = 0
    errors: int = 0
    waits: list[float] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def add(self, text: Text, began: float, restored: str | None) -> None:
        """Note a request's end."""
        with self.lock:
            self.waits.append(time.perf_counter() - began)
            self.words += text.words
            self.errors += restored != text.restored

    def figures(self) -> dict[str, Any]:
        """What is reported."""
        cuts = quantiles(self.waits, n=100)
        return {
            "seconds": round(self.seconds, 1),
            "requests": len(self.waits),
            "errors": self.errors,
            **{f"p{n}_ms": round(1000 * cuts[n - 1]) for n in (50, 95, 99)},
            "requests_per_second": round(len(self.waits) / self.seconds, 1),
            "words_per_second": round(self.words / self.seconds),
        }


def library(texts: Sequence[str]) -> tuple[list[Text], float]:
    """What the library makes of texts in this process, and its words a second, the model loaded beforehand."""
    restorer = default_restorer(threads=2)
    began = time.perf_counter()
    results = list(restorer.restore_many(texts))
    seconds = time.perf_counter() - began
    known = [Text(r.document.text, r.restored, r.summary.words) for r in results]
    return known, sum(text.words for text in known) / seconds


def server(start: Sequence[str] = ("-m", "restorer")) -> AbstractContextManager[Live]:
    """A server with a worker a core."""
    return served("--workers", "0", folder=Path.cwd(), start=start)


def requests(address: str, texts: Sequence[Text], seconds: float, load: Load) -> None:
    """Ask with all clients at once."""
    numbers = count()
    began = time.perf_counter()

    def ask() -> None:
        with Client(address, attempts=1) as client:
            while time.perf_counter() < began + seconds:
                text = texts[next(numbers) % len(texts)]
                sent = time.perf_counter()
                try:
                    restored = client.restore(text.text)["restored"]
                except (OSError, HTTPException, Refused) as error:
                    print(error, file=sys.stderr)
                    restored = None
                load.add(text, sent, restored)

    clients = [Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    load.seconds += time.perf_counter() - began


def watched(pid: int, seconds: float, memory: list[int]) -> None:
    """Note the memory of a server and its workers every second."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        memory.append(resident(pid))
        time.sleep(1)


def stream(address: str, texts: Sequence[Text], seconds: float) -> dict[str, Any]:
    """One client's stream."""
    load = Load()
    began = time.perf_counter()
    sent: list[Text] = []

    def given() -> Iterator[str]:
        for number in count():
            if time.perf_counter() > began + seconds:
                return
            sent.append(texts[number % len(texts)])
            yield sent[-1].text

    with Client(address, attempts=1) as client:
        for number, result in enumerate(client.stream(given())):
            load.add(sent[number], began, result.get("restored"))
    load.seconds = time.perf_counter() - began
    figures = load.figures()
    return {name: figures[name] for name in ("seconds", "requests", "errors", "words_per_second")}


def texts_per_batch(address: str) -> float:
    with urlopen(f"{address}metrics") as answer:
        page = answer.read().decode()
    total, batches = (float(re.findall(rf"^restorer_batch_texts_{n} (\S+)", page, re.M)[0]) for n in ("sum", "count"))
    return round(total / batches, 2)


def articles(texts: Sequence[str], seconds: float) -> dict[str, Any]:
    """The load that the issue asks for, and a stream."""
    known, before = library(texts)
    load, memory = Load(), list[int]()
    with server() as live:
        requests(live.address, known, WARM_SECONDS, Load())
        watch = Thread(target=watched, args=(live.process.pid, seconds, memory))
        watch.start()
        requests(live.address, known, seconds, load)
        watch.join()
        batch = texts_per_batch(live.address)
        print(round(before), load.figures(), flush=True)
        streamed = stream(live.address, known, STREAM_SECONDS)
    _, after = library(texts)
    quarter = len(memory) // 4
    early, late = max(memory[:quarter]), max(memory[-quarter:])
    figures, inside = load.figures(), mean((before, after))
    return {
        "articles": figures | {"texts_per_batch": batch},
        "in_process_words_per_second": {"before": round(before), "after": round(after)},
        "ratio": round(figures["words_per_second"] / inside, 3),
        "megabytes": {"early": round(early / 1e6), "late": round(late / 1e6)},
        "memory_ratio": round(late / early, 3),
        "stream": streamed,
        "stream_ratio": round(streamed["words_per_second"] / inside, 3),
    }


def sentences(texts: Sequence[str]) -> dict[str, Any]:
    """What requests that share a worker's turn are worth."""
    known, inside = library(texts)
    ways = {f"batches of {BATCH_TEXTS}": ("-m", "restorer"), "batches of one": ("-c", ONE_BY_ONE)}
    loads = {way: Load() for way in ways}
    batches = dict.fromkeys(ways, 0.0)
    for _ in range(ROUNDS):
        for way, start in ways.items():
            with server(start) as live:
                requests(live.address, known, WARM_SECONDS, Load())
                requests(live.address, known, SENTENCE_SECONDS, loads[way])
                batches[way] = texts_per_batch(live.address)
            print(way, loads[way].figures(), flush=True)
    rows = {way: load.figures() | {"texts_per_batch": batches[way]} for way, load in loads.items()}
    many, one = (row["words_per_second"] for row in rows.values())
    return {
        "sentences": rows | {"in_process_words_per_second": round(inside)},
        "sentence_errors": sum(load.errors for load in loads.values()),
        "batching_ratio": round(many / one, 3),
    }


def cut(texts: Sequence[str]) -> Iterator[str]:
    """Sentences of texts."""
    for text in texts:
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            if WORDS[0] <= len(sentence.split()) <= WORDS[1]:
                yield sentence


def main(corpus: Path, lexicon: Path, seconds: float) -> None:
    _, makers = material(corpus, lexicon, 1)
    news = (a.text for a in measured_articles(corpus) if a.source != ENCYCLOPEDIA)
    texts = spun_in_part(list(islice(news, ARTICLES)), makers, MAKERS)
    write("serve", {"clients": CLIENTS, **articles(texts, seconds), **sentences(list(islice(cut(texts), SENTENCES)))})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 120.0)
