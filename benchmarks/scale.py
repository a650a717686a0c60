"""How a batch grows: time and memory at a thousand, ten thousand and a hundred thousand documents.

python -m benchmarks.scale CORPUS LEXICON

Short documents (beginnings of articles, every third one spun), so that what each costs beside its words shows; one file
of JSON Lines, two workers. What a million articles cost is worked out for docs/scale.md from ``results/batch.json``,
whose documents are longer.
"""

from __future__ import annotations

import json
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

from benchmarks.batch import ARTICLES, MAKERS, watched
from benchmarks.common import ENCYCLOPEDIA, measured_articles, write
from benchmarks.crawl import Crawl, short_texts
from benchmarks.spun import material

SIZES = (1_000, 10_000, 100_000)
WORDS = 20


def main(corpus: Path, lexicon: Path) -> None:
    _, makers = material(corpus, lexicon, 1)
    articles = (a.text for a in measured_articles(corpus) if a.source != ENCYCLOPEDIA)
    texts = [" ".join(t.split()[:WORDS]) for t in short_texts(list(islice(articles, ARTICLES)), makers, MAKERS)]
    rows = {}
    with tempfile.TemporaryDirectory() as name:
        for size in SIZES:
            folder = Path(name) / f"in-{size}"
            folder.mkdir()
            lines = (json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate(islice(cycle(texts), size)))
            with (folder / "dump.jsonl").open("w", encoding="utf-8") as file:
                file.writelines(lines)
            row = watched(Crawl(folder, size, 0), Path(name) / f"out-{size}")
            rows[f"{size:,}"] = row | {"milliseconds_per_document": round(1000 * row["seconds"] / size, 2)}
            print(size, rows[f"{size:,}"], flush=True)
    first, *_, last = rows.values()
    write(
        "scale",
        {
            "words_per_document": WORDS,
            "rows": rows,
            "memory_ratio": round(last["peak_megabytes"] / first["peak_megabytes"], 3),
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
