"""What simpler means make of the same texts: nothing at all, and looking phrases up in a list.

python -m benchmarks.baselines CORPUS LEXICON [ARTICLES]

The lists replace the longest known spun form by its likeliest original wherever it stands: the pairs observed on spun
pages, and every table the shipped model's channel is built from. No model, no document, no context.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.common import CLEAN_SEEDS, SEEDS, SPUN_SEEDS, default_restorer, seed, write
from benchmarks.scoring import Gold, Tally, edits, read_gold, score
from benchmarks.spun import material
from restorer import Restorer
from restorer.align import join
from restorer.segment import segment
from restorer.train.lexicon import Table, Words, observed_table
from restorer.train.spinners import Options, spun_text
from restorer.types import Alternative, Document, Evidence, Finding, Result

LONGEST = 7
RARE = 1e-7
Method = Callable[[str], Result]


def turned(table: Table, frequency: Mapping[str, float]) -> dict[Words, str]:
    """Each spun form with its likeliest original: how often that is written, times how often it is spun so."""
    weights: dict[Words, dict[Words, float]] = defaultdict(dict)
    for head, row in table.entries.items():
        for spun, weight in row.items():
            weights[spun][head] = weight * min(frequency.get(word, RARE) for word in head)
    return {spun: join(max(row.items(), key=lambda item: item[1])[0]) for spun, row in weights.items()}


def lookup(known: dict[Words, str], restorer: Restorer) -> Method:
    """A method that replaces every form of a list."""

    def restored(text: str) -> Result:
        words, findings, index = segment(text), [], 0
        while index < len(words):
            for length in range(min(LONGEST, len(words) - index), 0, -1):
                form = tuple(words.words[index : index + length])
                if form in known and not words.protected[index]:
                    start, end = int(words.starts[index]), int(words.ends[index + length - 1])
                    findings.append(_finding(text, start, end, known[form]))
                    index += length - 1
                    break
            index += 1
        return restorer.decide(Document(text), []).with_findings(findings)

    return restored


def _finding(text: str, start: int, end: int, wording: str) -> Finding:
    evidence = Evidence(model_probability=1.0, document_prior=0.0, posterior=1.0)
    return Finding(
        start, end, text[start:end], wording, 1.0, True, "wording", False, (Alternative(wording, 1.0),), evidence
    )


def measured(method: Method, golds: Sequence[tuple[str, list[Gold]]]) -> dict[str, Any]:
    """Figures of a method over texts with their gold."""
    figures = sum((score(method(text), gold) for text, gold in golds), Tally()).figures()
    return {name: figures[name] for name in ("detection_precision", "detection_recall", "edit_precision",
                                             "edit_recall", "f05")}  # fmt: skip


def main(corpus: Path, lexicon: Path, articles: int) -> None:
    restorer = default_restorer()
    texts, makers = material(corpus, lexicon, articles)
    groups = {"seeds": [(seed(s), read_gold(SEEDS / "gold" / f"{s}.jsonl")) for s in SPUN_SEEDS]}
    for maker in ("phrases", "paraphrases"):
        rng, spinner, rows = Random(7), makers.maker(maker), []
        for text in texts:
            article = segment(text)
            made = spinner.spin(article, Options(1.0, rng.random() < 0.5, rng.random() < 0.5, 0.5), rng)
            spun, spans = spun_text(article, made)
            rows.append((spun, [Gold(start, end, (was,)) for start, end, was in spans]))
        groups[maker] = rows
    methods: dict[str, Method] = {
        "observed pairs, looked up": lookup(turned(observed_table(), makers.frequency), restorer),
        "all tables, looked up": lookup(turned(makers.everything(), makers.frequency), restorer),
        "restorer": restorer.restore,
    }
    rows_: dict[str, Any] = {}
    for name, method in methods.items():
        clean = sum(len(edits(method(seed(s)))) for s in CLEAN_SEEDS)
        rows_[name] = {group: measured(method, golds) for group, golds in groups.items()} | {"clean_seeds_edits": clean}
        print(name, rows_[name], flush=True)
    write("baselines", {"articles": len(texts), "density": 1.0, "rows": rows_})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 40)
