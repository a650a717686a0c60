"""Write ``restorer/train/data/related_words.tsv`` from the Moby Thesaurus (public domain; npm package `moby`).

python scripts/related_words.py WORDS.TXT

WORDS.TXT is the package's file: a root word and everything listed with it, separated by commas, one root a line. Its
lists run to hundreds of words, so a synonym is kept by how much of its own list it shares with the root's (Jaccard
index), and only where both words are in common use.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from heapq import nlargest
from pathlib import Path

from wordfreq import zipf_frequency

LEAST_ZIPF = 3.0
"""Least frequency of both words: one in a million (Zipf scale)."""

MOST = 14
LEAST_SHARED = 0.03
"""Least Jaccard index; what shares less was listed for another sense."""

OUTPUT = Path(__file__).resolve().parent.parent / "restorer" / "train" / "data" / "related_words.tsv"
PARTICLES = frozenset("up out off down on in over back away about along through forward".split())
_WORDS = re.compile(r"[a-z]{3,}( [a-z]{2,7})?")


def usable(entry: str) -> bool:
    """Whether an entry is a common word, or a common verb's stem with a particle."""
    if not _WORDS.fullmatch(entry):
        return False
    _, space, particle = entry.partition(" ")
    return zipf_frequency(entry, "en") >= LEAST_ZIPF and (not space or particle in PARTICLES)


def read(path: Path) -> dict[str, set[str]]:
    """Entry → everything it is listed with, in either direction."""
    listed: dict[str, set[str]] = defaultdict(set)
    kept: dict[str, bool] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = [e for e in line.split(",") if kept.setdefault(e, usable(e))]
        if row and line.startswith(f"{row[0]},"):
            for entry in row[1:]:
                listed[row[0]].add(entry)
                listed[entry].add(row[0])
    return listed


def main(path: Path) -> None:
    """Write the table."""
    listed = read(path)
    with OUTPUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(("word", "related"))
        for word, others in sorted(listed.items()):
            shared = {o: len(others & listed[o]) / len(others | listed[o]) for o in others if o[:4] != word[:4]}
            best = nlargest(MOST, sorted(shared), key=shared.__getitem__)
            kept = [other for other in best if shared[other] >= LEAST_SHARED]
            if kept and " " not in word:
                writer.writerow((word, "|".join(f"{other}:{100 * shared[other]:.0f}" for other in kept)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
