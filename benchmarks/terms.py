"""Tortured phrases of science whose expected terms were not trained on, each in a carrier sentence of its own.

python -m benchmarks.terms LEXICON

LEXICON is the folder with ``tortured_phrases.tsv``; the half of its expected terms that training never sees is
measured. Their single words are another matter: where every word that was changed is paired with its original in the
training half, the row counts as "known words", else as "new words". The list lookup beside it puts the training half's
terms and word pairs back.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from random import Random

from benchmarks.baselines import lookup, turned
from benchmarks.common import default_restorer, write
from benchmarks.scoring import folded
from restorer.align import align
from restorer.segment import segment
from restorer.train.lexicon import Table
from restorer.train.terms import carry, read_terms, term_table
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
        wording = finding.text if finding.replacement is None else finding.replacement
        text = text[: max(finding.start - start, 0)] + wording + text[finding.end - start :]
    return folded(text)


def known(tortured: str, expected: str, table: Table) -> bool:
    """Whether every changed word is paired with its original in the training half."""
    spun, original = segment(tortured).words, segment(expected).words
    pairs = [(wording, spun[index]) for index, wording in align(spun, original)]
    return len(spun) == len(original) and all((new,) in table.entries.get((old,), {}) for old, new in pairs)


def figures(counts: Counter[str]) -> dict[str, float | int]:
    """Shares of the rows."""
    rows = counts.pop("terms")
    names = ("flagged", "expected first", f"expected among {AMONG}", "list lookup")
    return {"terms": rows} | {name: round(counts[name] / max(rows, 1), 4) for name in names}


def main(lexicon: Path) -> None:
    path = lexicon / "tortured_phrases.tsv"
    restorer, table = default_restorer(), term_table(path)
    looked_up = lookup(turned(table, {}), restorer)
    rows = [r for r in read_terms(path, held_out=True) if all(c.isalpha() or c in " -" for c in r[0] + r[1])]
    rng = Random(11)
    groups: dict[str, Counter[str]] = {"known words": Counter(), "new words": Counter()}
    for tortured, expected, _ in rows:
        sentence = carry(tortured, rng.choice(rows)[1], rng)
        start = sentence.lower().index(tortured.lower())
        end = start + len(tortured)
        result = restorer.restore(sentence)
        groups["known words" if known(tortured, expected, table) else "new words"] += Counter(
            {
                "terms": 1,
                "flagged": int(any(f.start < end and f.end > start for f in result.findings)),
                "expected first": int(first(result, start, end) == folded(expected)),
                f"expected among {AMONG}": int(folded(expected) in readings(result, start, end, AMONG)),
                "list lookup": int(folded(looked_up(tortured).restored) == folded(expected)),
            }
        )
    everything = groups["known words"] + groups["new words"]
    write("terms", {"all": figures(everything), **{name: figures(counts) for name, counts in groups.items()}})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
