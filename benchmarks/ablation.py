"""What each kind of the document's evidence is worth: one row without each, on spun and on clean text.

python -m benchmarks.ablation CORPUS LEXICON [ARTICLES]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.common import default_restorer, measured_articles, write
from benchmarks.seeds import spun_seeds
from benchmarks.spun import material, measure
from restorer import Restorer
from restorer.evidence import Kinds
from restorer.models.onnx import OnnxModel

BLIND = {
    "without collocations": OnnxModel.without_collocations,
    "without the page's own table": OnnxModel.without_attribution,
}
"""Rows that leave something out of the model, not of the document's evidence."""

ROWS = {
    "all": Kinds(),
    "without the document's rate and options": Kinds(rate=False),
    "without the page's probability": Kinds(page=False),
    "without options": Kinds(options=False),
    "without one form, one original": Kinds(forms=False),
    "without leftovers": Kinds(leftovers=False),
    **dict.fromkeys(BLIND, Kinds()),
    "none": Kinds(rate=False, page=False, options=False, forms=False, leftovers=False),
}
DENSITY = 0.3


def clean(restorer: Restorer, texts: Sequence[str]) -> float:
    """Edits per 1,000 words of clean text."""
    results = [restorer.restore(text) for text in texts]
    return round(1000 * sum(len(r.applied) for r in results) / sum(r.summary.words for r in results), 4)


def main(corpus: Path, lexicon: Path, articles: int) -> None:
    shipped = default_restorer()
    texts, makers = material(corpus, lexicon, articles)
    honest = [a.text for a in islice(measured_articles(corpus), 150)]
    rows: dict[str, Any] = {}
    for name, kinds in ROWS.items():
        model = shipped.model
        if name in BLIND and isinstance(model, OnnxModel):
            model = BLIND[name](model)
        restorer = Restorer(model, shipped.settings, kinds)
        rows[name] = {
            "seeds_f05": spun_seeds(restorer).figures()["f05"],
            **{
                f"{maker}_f05": measure(restorer, texts, makers.maker(maker), DENSITY).tally.figures()["f05"]
                for maker in ("phrases", "paraphrases")
            },
            "clean_edits_per_1000_words": clean(restorer, honest),
        }
        print(name, rows[name], flush=True)
    write("ablation", {"articles": len(texts), "density": DENSITY, "rows": rows})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 40)
