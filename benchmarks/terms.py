"""Tortured phrases of science, none of which was trained on, each in a carrier sentence of its own.

python -m benchmarks.terms LEXICON

LEXICON is the folder with ``tortured_phrases.tsv``; the half of its expected terms that training never sees is
measured. The list lookup that stands beside it holds the other half.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

from benchmarks.common import default_restorer, write
from benchmarks.scoring import folded
from restorer.train.terms import carry, read_terms
from restorer.types import Finding, Result

AMONG = 5


def readings(result: Result, start: int, end: int, most: int) -> set[str]:
    """What a stretch of text might have been, by the first alternatives of every candidate in it."""
    inside = [f for f in result.candidates if f.start < end and f.end > start]
    texts = {result.document.text[start:end]}
    for finding in reversed(inside):
        texts |= {changed for text in texts for changed in _changed(text, finding, start, most)}
    return {folded(text) for text in texts}


def _changed(text: str, finding: Finding, start: int, most: int) -> set[str]:
    low, high = max(finding.start - start, 0), finding.end - start
    return {text[:low] + a.text + text[high:] for a in finding.alternatives[:most]}


def first(result: Result, start: int, end: int) -> str:
    """The likeliest reading: every candidate's first alternative."""
    text = result.document.text[start:end]
    for finding in reversed([f for f in result.candidates if f.start < end and f.end > start]):
        text = text[: max(finding.start - start, 0)] + (finding.replacement or "") + text[finding.end - start :]
    return folded(text)


def main(lexicon: Path) -> None:
    path = lexicon / "tortured_phrases.tsv"
    restorer = default_restorer()
    listed = {folded(tortured) for tortured, _, _ in read_terms(path, held_out=False)}
    rows = [r for r in read_terms(path, held_out=True) if all(c.isalpha() or c in " -" for c in r[0] + r[1])]
    rng = Random(11)
    found = hits = among = lookup = 0
    for tortured, expected, _ in rows:
        sentence = carry(tortured, rng.choice(rows)[1], rng)
        start = sentence.lower().index(tortured.lower())
        end = start + len(tortured)
        result = restorer.restore(sentence)
        found += any(f.start < end and f.end > start for f in result.findings)
        hits += first(result, start, end) == folded(expected)
        among += folded(expected) in readings(result, start, end, AMONG)
        lookup += folded(tortured) in listed
    write(
        "terms",
        {
            "terms": len(rows),
            "flagged": round(found / len(rows), 4),
            "expected_first": round(hits / len(rows), 4),
            f"expected_among_{AMONG}": round(among / len(rows), 4),
            "list_lookup_recall": round(lookup / len(rows), 4),
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
