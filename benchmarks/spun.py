"""How well spun news is restored that neither trained the model nor set a threshold, by maker and density.

python -m benchmarks.spun CORPUS LEXICON [ARTICLES]

Makers: see restorer/train/makers.py. Two of them never train the shipped model: PPDB (words) and nearest neighbours (a
maker). LEXICON is the folder with the word lists. Documents are caught above the evidence that ``results/clean.json``
says 0.1% and 1% of clean documents reach.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from rapidfuzz.distance import Levenshtein

from benchmarks.common import ENCYCLOPEDIA, RESULTS, ROOT, default_restorer, measured_articles, write
from benchmarks.scoring import Gold, Tally, calibration_error, honest_error, judged_edits, score
from restorer import Restorer
from restorer.engine import document_surprise
from restorer.segment import segment
from restorer.sites.estimate import wilson
from restorer.train.corpus import HELD_OUT_SOURCES, held_out, read_folder
from restorer.train.makers import MAKERS, Makers, frequencies
from restorer.train.pipeline import base_folder
from restorer.train.spinners import Options, Spinner, spun_text
from restorer.types import Document

DENSITIES = (0.1, 0.3, 1.0)
FREQUENCY_ARTICLES = 1500


@dataclass
class Row:
    """One maker at one density."""

    tally: Tally = field(default_factory=Tally)
    evidence: list[float] = field(default_factory=list)
    judged: list[tuple[float, bool]] = field(default_factory=list)
    before: int = 0
    after: int = 0
    spun: int = 0
    words: int = 0

    def figures(self, limits: dict[str, float]) -> dict[str, Any]:
        """Everything a row of the table says."""
        caught = {name: sum(value > limit for value in self.evidence) for name, limit in limits.items()}
        documents = len(self.evidence)
        return self.tally.figures() | {
            "spun_share_of_words": round(self.spun / max(self.words, 1), 3),
            **{f"caught_{name}": round(n / max(documents, 1), 3) for name, n in caught.items()},
            **{f"caught_{n}_interval": [round(b, 3) for b in wilson(k, documents)] for n, k in caught.items()},
            **calibration(self.judged),
            "word_recovery": round((self.before - self.after) / max(self.before, 1), 4),
        }


@dataclass(frozen=True, slots=True)
class Page:
    """A spun article.

    :param text: The spun text.
    :param gold: Its spans.
    :param spun: Number of original words replaced.
    :param words: Number of original words.
    """

    text: str
    gold: list[Gold]
    spun: int
    words: int


def pages(texts: Sequence[str], spinner: Spinner, density: float) -> Iterator[Page]:
    """The texts, spun; the same ones for every method that is measured."""
    rng = Random(7)
    for text in texts:
        article = segment(text)
        options = Options(density, rng.random() < 0.5, rng.random() < 0.5, 0.5)
        edits = spinner.spin(article, options, rng)
        spun, spans = spun_text(article, edits)
        gold = [Gold(start, end, (was,)) for start, end, was in spans]
        yield Page(spun, gold, sum(e.count for e in edits), len(article))


def measure(restorer: Restorer, texts: Sequence[str], spinner: Spinner, density: float) -> Row:
    """Spin the texts and restore them."""
    row = Row()
    for text, page in zip(texts, pages(texts, spinner, density), strict=True):
        parts = restorer.examine(page.text)
        result = restorer.decide(Document(page.text), parts)
        row.tally += score(result, page.gold)
        row.judged += judged_edits(result, page.gold)
        row.evidence.append(document_surprise(parts))
        row.spun += page.spun
        row.words += page.words
        row.before += Levenshtein.distance(page.text.split(), text.split())
        row.after += Levenshtein.distance(result.restored.split(), text.split())
    return row


def material(corpus: Path, lexicon: Path, articles: int) -> tuple[list[str], Makers]:
    """News to spin, and the makers, whose words are as frequent as in articles that are not held out.

    Words are guessed by the shipped model itself, which makes them hard to tell.
    """
    news = (a.text for a in measured_articles(corpus) if a.source != ENCYCLOPEDIA)
    texts = list(islice(news, 400, 400 + articles))
    others = (a.text for a in read_folder(corpus) if a.source not in HELD_OUT_SOURCES and not held_out(a))
    frequency = frequencies(segment(text) for text in islice(others, 0, 40 * FREQUENCY_ARTICLES, 40))
    return texts, Makers(frequency, base_folder(), lexicon, ROOT / "models" / "small")


def main(corpus: Path, lexicon: Path, articles: int) -> None:
    restorer = default_restorer()
    texts, makers = material(corpus, lexicon, articles)
    documents = json.loads((RESULTS / "clean.json").read_text(encoding="utf-8"))["documents"]
    limits = {f"at_{rate}": documents[f"evidence_at_{rate}"] for rate in ("0.001", "0.01")}
    config = json.loads((ROOT / "models" / "small" / "config.json").read_text(encoding="utf-8"))
    trained = config["makers"]
    rows: dict[str, Any] = {}
    judged: dict[str, list[tuple[float, bool]]] = {"trained on": [], "unseen": []}
    for name in (n for n in MAKERS if n not in ("blend", "terms")):
        spinner = makers.maker(name)
        kind = "trained on" if name in trained else "unseen"
        for density in DENSITIES:
            label = f"{name} ({kind}), density {density:g}"
            row = measure(restorer, texts, spinner, density)
            judged[kind] += row.judged
            rows[label] = row.figures(limits)
            print(label, rows[label], flush=True)
    write("spun", {"articles": len(texts), "calibration": pooled(judged), "rows": rows})


def pooled(judged: dict[str, list[tuple[float, bool]]]) -> dict[str, Any]:
    """Calibration of all applied edits of some kinds of makers, and of everything.

    A row of lightly spun pages has few edits, and chance alone gives few edits an error.
    """
    groups = judged | {"all": [pair for pairs in judged.values() for pair in pairs]}
    return {name: {"edits": len(pairs)} | calibration(pairs) for name, pairs in groups.items()}


def calibration(judged: Sequence[tuple[float, bool]]) -> dict[str, float]:
    """The error of shown confidences, and what it would be on average if each of them were the truth."""
    honest = honest_error([confidence for confidence, _ in judged])
    return {"calibration_error": round(calibration_error(judged), 4), "if_honest": round(honest, 4)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 60)
