"""Models of several sizes side by side: what each restores, what it leaves alone, how fast it is, how large.

python -m benchmarks.sizes CORPUS LEXICON [--articles N] MODEL...

The shipped model is the first row. MODELs are folders made by ``restore train``; docs/experiments.md says how the ones
measured were trained, and for how long. Rates are taken by turns, text after text, so that a busy machine slows all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.ablation import clean
from benchmarks.common import ROOT, SPUN_SEEDS, default_restorer, measured_articles, seed, write
from benchmarks.seeds import spun_seeds
from benchmarks.spun import material, measure
from restorer import Restorer

MAKERS = ("phrases", "observed", "paraphrases", "neighbours")
DENSITIES = (0.3, 1.0)
HONEST = 60
ROUNDS = 5
FIGURES = ("detection_precision", "detection_recall", "edit_precision", "edit_recall", "f05", "calibration_error")


def rates(restorers: Sequence[Restorer]) -> list[int]:
    """Words a second of each on the two spun seeds, medians of rounds in which all take turns."""
    texts = [seed(name) for name in SPUN_SEEDS]
    times: list[list[float]] = [[] for _ in restorers]
    words = sum(result.summary.words for result in restorers[0].restore_many(texts))
    for _ in range(ROUNDS):
        for row, restorer in zip(times, restorers, strict=True):
            began = perf_counter()
            list(restorer.restore_many(texts))
            row.append(perf_counter() - began)
    return [round(words / median(row)) for row in times]


def main(corpus: Path, lexicon: Path, folders: Sequence[Path], articles: int) -> None:
    texts, makers = material(corpus, lexicon, articles)
    honest = [a.text for a in islice(measured_articles(corpus), HONEST)]
    folders = [ROOT / "models" / "small", *folders]
    restorers = [default_restorer(folder=folder) for folder in folders]
    rows: dict[str, dict[str, Any]] = {}
    for folder, restorer, rate in zip(folders, restorers, rates(restorers), strict=True):
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        found = {
            f"{name}, density {density:g}": measure(restorer, texts, makers.maker(name), density).figures({})
            for name in MAKERS
            for density in DENSITIES
        }
        rows[folder.name] = {
            "tokens_trained": config.get("tokens_before", 0) + config["tokens"],
            "megabytes": round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 1),
            "words_per_s": rate,
            "seeds": spun_seeds(restorer).figures(),
            "clean_edits_per_1000_words": clean(restorer, honest),
            **{name: {figure: row[figure] for figure in FIGURES} for name, row in found.items()},
        }
        print(folder.name, json.dumps(rows[folder.name], indent=1), flush=True)
    write("sizes", {"articles": len(texts), "clean_articles": len(honest), "rows": rows})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("lexicon", type=Path)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--articles", type=int, default=8)
    given = parser.parse_args()
    main(given.corpus, given.lexicon, given.models, given.articles)
