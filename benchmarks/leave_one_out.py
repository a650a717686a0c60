"""What a model makes of a maker it was not trained with: one row a maker, at full density.

python -m benchmarks.leave_one_out CORPUS LEXICON MODELS [ARTICLES]

MODELS is a folder with one model for each maker that trains the shipped model, ``MODELS/without-NAME``, made by
``restore train --without NAME`` and the options that docs/experiments.md gives. The makers that never
train the shipped model are measured on the shipped model.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.common import ROOT, default_restorer, write
from benchmarks.spun import material, measure
from restorer.train.makers import KEPT_ASIDE

LEFT_OUT = ("phrases", "thesaurus", "guesses")
FIGURES = ("detection_precision", "detection_recall", "edit_precision", "edit_recall", "f05")


def main(corpus: Path, lexicon: Path, models: Path, articles: int) -> None:
    texts, makers = material(corpus, lexicon, articles)
    rows: dict[str, dict[str, Any]] = {}
    for name in (*LEFT_OUT, *KEPT_ASIDE):
        folder = ROOT / "models" / "small" if name in KEPT_ASIDE else models / f"without-{name}"
        row = measure(default_restorer(folder=folder), texts, makers.maker(name), 1.0).figures({})
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        rows[name] = row | {
            "model": folder.name,
            "tokens_trained": config.get("tokens_before", 0) + config.get("tokens", 0),
        }
        print(name, rows[name], flush=True)
    mean = {figure: round(fmean(row[figure] for row in rows.values()), 4) for figure in FIGURES}
    write("leave_one_out", {"articles": len(texts), "density": 1.0, "rows": rows, "mean": mean})


if __name__ == "__main__":
    corpus_folder, lexicon_folder, models_folder = map(Path, sys.argv[1:4])
    main(corpus_folder, lexicon_folder, models_folder, int(sys.argv[4]) if len(sys.argv) > 4 else 60)
