"""What every benchmark shares: where things are, what it ran on, and how a result is written."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from restorer import Restorer, __version__
from restorer.config import Settings
from restorer.train.corpus import MEASURED_SOURCES, Article, held_out, read_folder

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
SEEDS = ROOT / "seeds"
ENCYCLOPEDIA = "general_wikipedia_passages"
SPUN_SEEDS = ("000_51b03726b155822c", "002_8a5da1890fba73c2")
CLEAN_SEEDS = ("001_4adbfad0522c808d", "003_f2ea12741fe29b45", "004_6e80be64559020f8")


def default_restorer(*, threads: int = 2, folder: Path = ROOT / "models" / "small") -> Restorer:
    """The shipped model, or the one in a folder, with default settings."""
    return Restorer.from_pretrained(folder, settings=Settings(threads=threads))


def seed(name: str) -> str:
    """Text of one seed, newlines as they are."""
    return (SEEDS / f"{name}.txt").read_bytes().decode("utf-8")


def measured_articles(corpus: Path, *, skip: tuple[str, ...] = ("politics_2019_other",)) -> Iterator[Article]:
    """Held-out articles of sources that no threshold was set on, in an order that has nothing to do with the source."""
    everything = (a for a in read_folder(corpus, skip=skip) if a.source in MEASURED_SOURCES)
    kept = [a for a in everything if held_out(a) and len(a.text) > (600 if a.source != ENCYCLOPEDIA else 300)]
    yield from sorted(kept, key=lambda a: crc32(f"order {a.id}".encode()))


def write(name: str, result: dict[str, object]) -> None:
    """Write ``results/NAME.json`` with what it ran on, and show it."""
    sums = (ROOT / "models" / "small" / "SHA256SUMS").read_bytes()
    about = {
        "restorer": __version__,
        "model_sha256": sha256(sums).hexdigest(),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} logical cores",
    }
    text = json.dumps(about | result, indent=2, ensure_ascii=False) + "\n"
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    print(text)
