"""How often clean text is flagged or edited, and whether a requested false alarm rate is kept.

python -m benchmarks.clean CORPUS [ARTICLES]

CORPUS is a folder of JSONL files; held-out articles that no threshold was set on are read, all of them
unless told otherwise. ``reviewed.json`` names the few that were found to be spun when read by eye; figures without them
stand beside the plain ones.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import ENCYCLOPEDIA, default_restorer, measured_articles, write
from restorer.engine import document_surprise
from restorer.sites.estimate import wilson
from restorer.types import Document

REQUESTED = (0.01, 0.001, 0.0001)
GROUPS = ("news", "encyclopedia")
UNSPUN = ", without pages read and found spun"
REVIEWED = Path(__file__).parent / "reviewed.json"


def rates(counts: Counter[str]) -> dict[str, Any]:
    """Flags and edits per 1,000 words, with 95% intervals."""
    row: dict[str, Any] = {name: counts[name] for name in ("articles", "words", "flags", "edits", "edited articles")}
    for name in ("flags", "edits"):
        low, high = wilson(counts[name], counts["words"])
        row[f"{name}_per_1000_words"] = round(1000 * counts[name] / max(counts["words"], 1), 4)
        row[f"{name}_per_1000_words_interval"] = [round(1000 * low, 4), round(1000 * high, 4)]
    return row


def promise(counts: dict[str, Counter[float]], words: int) -> dict[str, Any]:
    """Requested against measured false alarms a word."""
    rows = {}
    for rate in REQUESTED:
        measured = {f"{kind} a word": float(f"{counts[kind][rate] / words:.3g}") for kind in ("flags", "edits")}
        interval = [float(f"{bound:.3g}") for bound in wilson(counts["flags"][rate], words)]
        rows[f"{rate:g}"] = measured | {"flags_interval": interval, "kept": measured["flags a word"] <= rate}
    return rows


def main(corpus: Path, articles: int | None) -> None:
    restorer = default_restorer()
    spun = set(json.loads(REVIEWED.read_text(encoding="utf-8")))
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    requested: dict[str, Counter[float]] = {"flags": Counter(), "edits": Counter()}
    honest: dict[str, Counter[float]] = {"flags": Counter(), "edits": Counter()}
    sources: Counter[str] = Counter()
    evidence: list[tuple[float, str]] = []
    for article in islice(measured_articles(corpus), articles):
        parts = restorer.examine(article.text)
        result = restorer.decide(Document(article.text), parts)
        sources[article.source] += 1
        for rate in REQUESTED:
            decided = result.rethreshold(fpr=rate)
            for counts in (requested, *([] if article.id in spun else [honest])):
                counts["flags"][rate] += len(decided.findings)
                counts["edits"][rate] += len(decided.applied)
        group = "encyclopedia" if article.source == ENCYCLOPEDIA else "news"
        if group == "news":
            evidence.append((document_surprise(parts), article.id))
        for name in (group, *([] if article.id in spun else [f"{group}{UNSPUN}"])):
            groups[name] += Counter(
                {
                    "articles": 1,
                    "words": result.summary.words,
                    "flags": len(result.findings),
                    "edits": len(result.applied),
                    "edited articles": int(bool(result.applied)),
                    "called spun": int(result.summary.spun_probability >= 0.5),
                }
            )
    clean = [value for value, name in evidence if name not in spun]
    everything = [value for value, _ in evidence]
    write(
        "clean",
        {
            **{name: rates(counts) | {"called spun": counts["called spun"]} for name, counts in sorted(groups.items())},
            "requested": promise(requested, sum(groups[name]["words"] for name in GROUPS)),
            "requested, without pages read and found spun": promise(
                honest, sum(groups[f"{name}{UNSPUN}"]["words"] for name in GROUPS)
            ),
            "documents": {
                "clean": len(clean),
                "evidence_at_0.001": round(float(np.quantile(clean, 0.999)), 3),
                "evidence_at_0.01": round(float(np.quantile(clean, 0.99)), 3),
                "evidence_at_0.001, pages found spun included": round(float(np.quantile(everything, 0.999)), 3),
                "most_suspicious": [[name, round(value, 1)] for value, name in sorted(evidence, reverse=True)[:12]],
            },
            "articles_by_source": dict(sources.most_common()),
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
