"""How well spun news is restored that neither trained the model nor set a threshold, by maker and density.

python -m benchmarks.spun CORPUS LEXICON [ARTICLES]

Makers: the phrase table the model was trained with, and PPDB pairs, which are in no training data: an unseen maker
with unseen words. LEXICON is the folder that holds ppdb_lexical.tsv.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

from rapidfuzz.distance import Levenshtein

from benchmarks.common import default_restorer, measured_articles, write
from benchmarks.scoring import Gold, Tally, score
from restorer.segment import segment
from restorer.train.lexicon import authored_table, observed_table, paraphrase_table
from restorer.train.spinners import Options, Spinner, TableSpinner, spun_text

DENSITIES = (0.1, 0.3, 1.0)
CLEAN_SHARE = 0.001


def makers(lexicon: Path, texts: list[str]) -> dict[str, Spinner]:
    """The makers measured."""
    words = Counter(w for text in texts for w in segment(text).words)
    frequency = {w: n / words.total() for w, n in words.items()}
    return {
        "phrase table (trained on)": TableSpinner(authored_table().merged(observed_table(), weight=0.5)),
        "PPDB (unseen)": TableSpinner(paraphrase_table(lexicon / "ppdb_lexical.tsv", frequency)),
    }


def main(corpus: Path, lexicon: Path, articles: int) -> None:
    restorer = default_restorer()
    texts = [a.text for a in islice(measured_articles(corpus), 400, 400 + articles)]
    rows: dict[str, object] = {}
    for maker, spinner in makers(lexicon, texts).items():
        for density in DENSITIES:
            rng, total, caught, before, after, share = Random(7), Tally(), 0, 0, 0, [0, 0]
            for text in texts:
                article = segment(text)
                options = Options(density, rng.random() < 0.5, rng.random() < 0.5, 0.5)
                edits = spinner.spin(article, options, rng)
                spun, spans = spun_text(article, edits)
                result = restorer.restore(spun)
                total += score(result, [Gold(start, end, (was,)) for start, end, was in spans])
                caught += result.summary.spun_probability >= 0.5
                share[0] += sum(e.count for e in edits)
                share[1] += len(article)
                before += Levenshtein.distance(spun.split(), text.split())
                after += Levenshtein.distance(result.restored.split(), text.split())
            rows[f"{maker}, density {density:g}"] = total.figures() | {
                "spun_share_of_words": round(share[0] / share[1], 3),
                "documents_called_spun": round(caught / len(texts), 3),
                "word_recovery": round((before - after) / max(before, 1), 4),
            }
    write("spun", {"articles": len(texts), "rows": rows})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 60)
