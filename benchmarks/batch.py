"""Batches: whether everything is accounted for, how fast, in what memory, and how a killed run ends.

python -m benchmarks.batch CORPUS LEXICON [RECORDS]

A made-up crawl (see benchmarks/crawl.py) is restored by the command line in a process of its own. Speed is set against
``restore_many`` in memory on the texts of the same records, in the same run and with the same two cores. A run with 20
kills (SIGKILL, at moments drawn by chance) is compared byte by byte with an uninterrupted one.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.common import ENCYCLOPEDIA, default_restorer, measured_articles, write
from benchmarks.crawl import Crawl, make_crawl, short_texts
from benchmarks.spun import material
from restorer.batch.tables import documents

MAKERS = ("phrases", "thesaurus", "neighbours")
ARTICLES = 600
KILLS = 20
SMALL = 10
"""The small crawl has this many times fewer records."""


def command(crawl: Crawl, out: Path) -> list[str]:
    return [sys.executable, "-m", "restorer", "batch", str(crawl.folder), "-o", str(out), "--workers", "2", "--quiet"]


def family(pid: int) -> list[int]:
    """A process and everything it started, from whichever thread."""
    try:
        threads = [thread.read_text() for thread in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    children = [child for thread in threads for child in thread.split()]
    return [pid, *(grandchild for child in children for grandchild in family(int(child)))]


def resident(pid: int) -> int:
    """Memory of a process's family, shared pages counted once (bytes)."""
    total = 0
    for member in family(pid):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


def watched(crawl: Crawl, out: Path) -> dict[str, Any]:
    """Run once; what came of it."""
    began = time.perf_counter()
    process = subprocess.Popen(command(crawl, out), stderr=subprocess.PIPE)
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.25)
    seconds = time.perf_counter() - began
    total = json.loads((out / "summary.json").read_text())["total"]
    return {
        "records": crawl.records,
        "broken": crawl.broken,
        "restored": total["documents"],
        "reported": total["errors"],
        "accounted_for": total["documents"] + total["errors"] == crawl.records and total["errors"] == crawl.broken,
        "words": total["words"],
        "seconds": round(seconds, 1),
        "words_per_second": round(total["words"] / seconds),
        "peak_megabytes": round(peak / 1e6),
        "exit_status": process.returncode,
    }


def in_memory(texts: list[str], records: int) -> float:
    """Words a second of the library alone, the model loaded beforehand."""
    restorer = default_restorer(threads=2)
    chosen = [texts[i % len(texts)] for i in range(records)]
    began = time.perf_counter()
    words = sum(result.summary.words for result in restorer.restore_many(chosen))
    return words / (time.perf_counter() - began)


def digests(out: Path) -> dict[str, str]:
    """Hash of every file of a run but its journal."""
    files = sorted(p for p in out.rglob("*") if p.is_file() and ".restore" not in p.parts)
    return {p.relative_to(out).as_posix(): sha256(p.read_bytes()).hexdigest() for p in files}


def killed(crawl: Crawl, out: Path, seconds: float) -> dict[str, Any]:
    """Kill a run again and again at moments drawn by chance, then let it end."""
    rng, kills = Random(11), 0
    while kills < KILLS:
        process = subprocess.Popen(command(crawl, out), stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=rng.uniform(0.2, 2.5 * seconds / KILLS))
            break
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
    done = subprocess.run(command(crawl, out), stderr=subprocess.DEVNULL, check=False)
    return {
        "kills": kills,
        "exit_status": done.returncode,
        "documents": sum(1 for _ in documents(out / "documents.parquet", ["id"])),
    }


def main(corpus: Path, lexicon: Path, records: int) -> None:
    _, makers = material(corpus, lexicon, 1)
    articles = (a.text for a in measured_articles(corpus) if a.source != ENCYCLOPEDIA)
    texts = short_texts(list(islice(articles, ARTICLES)), makers, MAKERS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = make_crawl(folder / "small", texts, records // SMALL)
        large = make_crawl(folder / "large", texts, records)
        first = watched(small, folder / "small-out")
        alone = in_memory(texts, small.records)
        second = watched(large, folder / "large-out")
        again = in_memory(texts, small.records)
        stopped = killed(small, folder / "killed-out", first["seconds"])
        same = digests(folder / "killed-out") == digests(folder / "small-out")
    library = (alone + again) / 2
    write(
        "batch",
        {
            "small": first,
            "large": second,
            "in_memory_words_per_second": round(library),
            "speed_ratio": round(second["words_per_second"] / library, 3),
            "memory_ratio": round(second["peak_megabytes"] / first["peak_megabytes"], 3),
            "kill_test": stopped | {"identical": int(same)},
            "accounted_for": int(first["accounted_for"] and second["accounted_for"]),
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 20_000)
