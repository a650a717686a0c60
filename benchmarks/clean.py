"""How often clean news is flagged or edited.

python -m benchmarks.clean CORPUS [ARTICLES]

CORPUS is a folder of JSONL news; only held-out articles that no threshold was set on are read.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import islice
from pathlib import Path

from benchmarks.common import default_restorer, measured_articles, write
from benchmarks.scoring import wilson


def main(corpus: Path, articles: int) -> None:
    restorer = default_restorer()
    counts: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    for article in islice(measured_articles(corpus), articles):
        result = restorer.restore(article.text)
        sources[article.source] += 1
        counts["words"] += result.summary.words
        counts["flags"] += len(result.findings)
        counts["edits"] += len(result.applied)
        counts["articles"] += 1
        counts["edited articles"] += bool(result.applied)
        counts["called spun"] += result.summary.spun_probability >= 0.5
    low, high = wilson(counts["edits"], counts["words"])
    write(
        "clean",
        {
            **counts,
            "edits_per_1000_words": round(1000 * counts["edits"] / counts["words"], 4),
            "edits_per_1000_words_interval": [round(1000 * low, 4), round(1000 * high, 4)],
            "flags_per_1000_words": round(1000 * counts["flags"] / counts["words"], 4),
            "articles_by_source": dict(sources.most_common()),
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300)
