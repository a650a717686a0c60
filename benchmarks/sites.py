"""Sites: whether the intervals of the share of spun pages cover the truth, and whether the ranking follows it.

python -m benchmarks.sites CORPUS LEXICON

Forty made-up domains, with 3 to 300 pages and a true share of spun pages from 0 to 100%. The truth is the share that
pages are drawn with; each page is drawn from a pool of held-out articles, spun or not, that were scored once with the
shipped model. Every domain is drawn many times. Lightly spun pages, and half-spun ones of a spinner whose words nobody
collected, are often missed, so their figures stand apart: there the interval is one of the pages that are noticed, and
only its lower end is to be trusted.
"""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from random import Random
from statistics import correlation, fmean
from typing import Any

from benchmarks.common import ENCYCLOPEDIA, default_restorer, measured_articles, write
from benchmarks.spun import material, pages
from restorer.sites.estimate import spun_share
from restorer.sites.thresholds import page_rates

MAKERS = {"known": "phrases", "unseen": "paraphrases"}
DENSITIES = (0.1, 0.3, 1.0)
ROWS = {
    "known spinner, densities 0.3 and 1": (("known", 0.3), ("known", 1.0)),
    "unseen spinner, density 1": (("unseen", 1.0),),
    "unseen spinner, density 0.3": (("unseen", 0.3),),
    "known spinner, density 0.1": (("known", 0.1),),
    "unseen spinner, density 0.1": (("unseen", 0.1),),
}
CLEAN, SPUN = 400, 80
DOMAINS, ROUNDS, LARGEST = 40, 200, 300
FPR = 0.001


Pool = dict[tuple[str, float], list[float]]


def pools(corpus: Path, lexicon: Path) -> tuple[list[float], Pool]:
    """Probabilities of clean pages, and of spun ones by spinner and density."""
    restorer = default_restorer()
    _, makers = material(corpus, lexicon, 1)
    news = (a.text for a in measured_articles(corpus) if a.source != ENCYCLOPEDIA)
    texts = list(islice(news, CLEAN + SPUN))
    clean = [r.summary.spun_probability for r in restorer.restore_many(texts[:CLEAN])]
    spun: Pool = {}
    for kind, name in MAKERS.items():
        for density in DENSITIES:
            made = [page.text for page in pages(texts[CLEAN:], makers.maker(name), density)]
            spun[kind, density] = [r.summary.spun_probability for r in restorer.restore_many(made)]
    return clean, spun


def ranks(values: list[float]) -> list[float]:
    """Ranks, the mean of theirs for equal values."""
    order = sorted(values)
    return [order.index(v) + (order.count(v) - 1) / 2 for v in values]


def spearman(one: list[float], other: list[float]) -> float:
    """Rank correlation (Spearman 1904); 0 where all values of one side are the same."""
    constant = len(set(one)) == 1 or len(set(other)) == 1
    return 0.0 if constant else correlation(ranks(one), ranks(other))


def drawn(clean: list[float], spun: list[float], rng: Random) -> dict[str, Any]:
    """Coverage and ranking over many drawings of the forty domains."""
    limit = page_rates().limit(FPR)
    covered, widths, correlations = [], [], []
    for _ in range(ROUNDS):
        truths, bounds = [], []
        for number in range(DOMAINS):
            truth = number / (DOMAINS - 1)
            size = round(3 * (LARGEST / 3) ** rng.random())
            scores = [rng.choice(spun if rng.random() < truth else clean) for _ in range(size)]
            share = spun_share(sum(score >= limit for score in scores), size, FPR)
            covered.append(share.low <= truth <= share.high)
            widths.append(share.high - share.low)
            truths.append(truth)
            bounds.append(share.low)
        correlations.append(spearman(truths, bounds))
    return {
        "covered": round(fmean(covered), 4),
        "mean_width": round(fmean(widths), 4),
        "rank_correlation": round(fmean(correlations), 4),
    }


def main(corpus: Path, lexicon: Path) -> None:
    clean, spun = pools(corpus, lexicon)
    limit = page_rates().limit(FPR)
    rows = {
        label: drawn(clean, [score for key in keys for score in spun[key]], Random(3)) for label, keys in ROWS.items()
    }
    caught = {
        f"{kind} spinner, density {density:g}": round(fmean(p >= limit for p in scores), 3)
        for (kind, density), scores in spun.items()
    }
    write(
        "sites",
        {
            "domains": DOMAINS,
            "drawings": ROUNDS,
            "nominal": 0.95,
            "clean_pages_in_pool": len(clean),
            "spun_pages_of_each_kind": SPUN,
            "clean_pages_flagged": round(fmean(p >= limit for p in clean), 5),
            "spun_pages_flagged": caught,
            "rows": rows,
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
