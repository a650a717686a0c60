"""How often clean text that is no news is edited.

python -m benchmarks.other_text CORPUS REVIEWS

CORPUS is the folder of clean articles; its encyclopedia passages are read, those kept out of training. REVIEWS is the
folder of Hutto and Gilbert's sentences of 2014 (additional_resources/hutto_ICWSM_2014.tar.gz, unpacked, in the source
package of vaderSentiment 3.3.2): product reviews, film reviews, editorials and tweets. Sentences of one text are
joined; film reviews and tweets come as they are, each a text of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.common import ENCYCLOPEDIA, default_restorer, measured_articles, write
from benchmarks.scoring import wilson
from restorer import Restorer

FILES = {
    "product reviews": "amazonReviewSnippets_GroundTruth.txt",
    "film reviews, one sentence each": "movieReviewSnippets_GroundTruth.txt",
    "editorials": "nytEditorialSnippets_GroundTruth.txt",
    "tweets": "tweets_GroundTruth.txt",
}


def texts(path: Path) -> Iterator[str]:
    """The texts of one file; an id "12_3" is sentence 3 of text 12."""
    rows = (line.split("\t", 2) for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
    for _, group in groupby((row for row in rows if len(row) == 3), key=lambda row: row[0].split("_")[0]):
        yield " ".join(sentence for _, _, sentence in group)


def figures(restorer: Restorer, group: Iterable[str]) -> dict[str, Any]:
    """Edits and flags per 1,000 words."""
    count = words = edits = flags = 0
    for result in restorer.restore_many(group):
        count += 1
        words += result.summary.words
        edits += len(result.applied)
        flags += len(result.findings)
    return {
        "texts": count,
        "words": words,
        "edits": edits,
        "edits_per_1000_words": round(1000 * edits / words, 4),
        "edits_per_1000_words_interval": [round(1000 * bound, 4) for bound in wilson(edits, words)],
        "flags_per_1000_words": round(1000 * flags / words, 4),
    }


def main(corpus: Path, reviews: Path) -> None:
    restorer = default_restorer()
    passages = (a.text for a in measured_articles(corpus) if a.source == ENCYCLOPEDIA)
    rows = {"encyclopedia passages": figures(restorer, passages)}
    rows |= {name: figures(restorer, texts(reviews / file)) for name, file in FILES.items()}
    words, edits = (sum(row[key] for row in rows.values()) for key in ("words", "edits"))
    write("other_text", {"groups": rows, "edits_per_1000_words": round(1000 * edits / words, 4)})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
