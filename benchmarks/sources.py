"""Sources: whether spun copies are traced to their articles, and honest reports of the same events left alone.

python -m benchmarks.sources CORPUS LEXICON [LARGEST]

2,000 clean references. 500 suspects are spun copies of some of them (three makers, three densities; every third is two
thirds of an article between a site's own sentences); 500 are honest articles whose event some other outlet's reference
reports. Pairs of the corpus' ``event_pairs.tsv.gz`` that share more than 2% of their eight-word runs are left out of
the honest ones: they share agency copy, and are copies of it in truth. A suspect counts as found when its first source
is its article; any other source, and any source of an honest article, is a false one.

The peer is datasketch's MinHash over runs of five words, each suspect compared with every reference: what its LSH could
find at best, at several thresholds. Restoration with references is measured in words, as in benchmarks/spun.py.
"""

from __future__ import annotations

import csv
import gzip
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.common import ENCYCLOPEDIA, write
from benchmarks.spun import material, pages
from restorer import Restorer
from restorer.config import Settings
from restorer.references import Reference, References
from restorer.segment import segment
from restorer.sites.estimate import wilson
from restorer.sources.index import SourceIndex
from restorer.sources.match import trace
from restorer.train.corpus import Article, read_folder
from restorer.train.makers import Makers

MAKERS = ("phrases", "paraphrases", "neighbours")
DENSITIES = (0.1, 0.3, 1.0)
REFERENCES, COPIES, HONEST = 2000, 500, 500
MOST_SHARED = 0.02
RECOVERED = 150
QUERIES = 200
PEER_THRESHOLDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
SITE = (
    "You are reading the morning edition of our network. Sign up for our newsletter to get stories like this one.",
    "Share this page with your friends. Our editors work around the clock to bring you the stories that matter. "
    "Advertise with us, or write to the desk if you have seen something that we should know about.",
)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A text to trace, its article where it is a copy, and how it was made."""

    text: str
    original: Article | None
    label: str


def honest_pairs(corpus: Path) -> Iterator[tuple[str, str]]:
    """Identifiers of articles on the same event by different outlets, hardly a run of words in common."""
    with gzip.open(corpus / "event_pairs.tsv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if float(row["overlap8"]) < MOST_SHARED:
                yield row["id1"], row["id2"]


def copies(originals: Sequence[Article], makers: Makers) -> list[Suspect]:
    """A spun copy of each article."""
    ways = [(name, density) for name in MAKERS for density in DENSITIES]
    made = []
    for number, article in enumerate(originals):
        name, density = ways[number % len(ways)]
        text = next(iter(pages([article.text], makers.maker(name), density))).text
        if number % 3 == 0:
            text = "\n".join((SITE[0], text[: 2 * len(text) // 3], SITE[1]))
        made.append(Suspect(text, article, f"{name}, density {density:g}"))
    return made


def judged(suspects: Sequence[Suspect], said: Sequence[str]) -> dict[str, Any]:
    """Precision, and recall by way of spinning, each with its interval."""
    found: defaultdict[str, list[bool]] = defaultdict(list)
    right = wrong = 0
    for suspect, source in zip(suspects, said, strict=True):
        hit = suspect.original is not None and source == suspect.original.id
        right, wrong = right + hit, wrong + (bool(source) and not hit)
        if suspect.original is not None:
            found[suspect.label].append(hit)
    total = sum(map(len, found.values()))
    return {
        "precision": round(right / max(right + wrong, 1), 4),
        "precision_interval": [round(b, 4) for b in wilson(right, right + wrong)],
        "recall": round(right / total, 4),
        "recall_interval": [round(b, 4) for b in wilson(right, total)],
        "honest_called_copies": sum(bool(s) for p, s in zip(suspects, said, strict=True) if p.original is None),
        "recall_by_way": {label: round(sum(hits) / len(hits), 4) for label, hits in sorted(found.items())},
    }


def shingles(text: str) -> list[bytes]:
    words = text.lower().split()
    return [" ".join(words[i : i + 5]).encode() for i in range(max(len(words) - 4, 1))]


def peer(suspects: Sequence[Suspect], references: Sequence[Article]) -> dict[str, Any]:
    """What datasketch alone makes of the same texts."""
    import datasketch

    def sketch(text: str) -> np.ndarray[Any, Any]:
        signature = datasketch.MinHash(num_perm=128)
        signature.update_batch(shingles(text))
        return np.asarray(signature.hashvalues)

    known = np.stack([sketch(article.text) for article in references])
    rows: dict[str, Any] = {"version": datasketch.__version__}
    best = []
    for suspect in suspects:
        shared = (known == sketch(suspect.text)).mean(axis=1)
        best.append((float(shared.max()), references[int(shared.argmax())].id))
    for threshold in PEER_THRESHOLDS:
        said = [source if share >= threshold else "" for share, source in best]
        rows[f"threshold {threshold:g}"] = judged(suspects, said)
    return rows


def recovery(suspects: Sequence[Suspect], index: Path) -> dict[str, Any]:
    """Word recovery with the index as references; whole copies only, since a part has no original of its own."""
    restorer = Restorer.from_pretrained(settings=Settings(references=str(index), threads=2))
    before = after = documents = 0
    for suspect in suspects:
        if suspect.original is None or suspect.text.startswith(SITE[0]) or documents == RECOVERED:
            continue
        truth = suspect.original.text.split()
        before += Levenshtein.distance(suspect.text.split(), truth)
        after += Levenshtein.distance(restorer.restore(suspect.text).restored.split(), truth)
        documents += 1
    return {"documents": documents, "word_recovery": round((before - after) / before, 4)}


def scale(texts: Sequence[Article], suspects: Sequence[Suspect], folder: Path) -> dict[str, Any]:
    """Time and size of an index of some texts."""
    began = time.perf_counter()
    index = SourceIndex.extend(folder, (Reference(a.id, a.text, date=a.date) for a in texts))
    built = time.perf_counter() - began
    references = References.over(index)
    looked, traced = [], []
    for suspect in suspects[:QUERIES]:
        text = segment(suspect.text)
        began = time.perf_counter()
        index.likely(text, 8)
        looked.append(time.perf_counter() - began)
        began = time.perf_counter()
        trace(Reference("", suspect.text), references)
        traced.append(time.perf_counter() - began)
    size = sum(path.stat().st_size for path in folder.iterdir())
    return {
        "documents": len(index),
        "build_seconds": round(built, 1),
        "bytes_per_document": round(size / len(index)),
        "lookup_milliseconds": round(1000 * median(looked), 2),
        "trace_milliseconds": round(1000 * median(traced), 2),
    }


def extrapolated(small: dict[str, Any], large: dict[str, Any]) -> dict[str, Any]:
    """A million documents: build and size by the larger run's cost a document, look-up along the line of both runs."""
    million = 1_000_000
    # No index answers faster for being larger, though a busy machine can make it look so.
    slower = max(large["lookup_milliseconds"] - small["lookup_milliseconds"], 0.0)
    step = slower / (large["documents"] - small["documents"])
    return {
        "from": f"runs of {small['documents']:,} and {large['documents']:,} documents",
        "build_minutes": round(large["build_seconds"] / large["documents"] * million / 60),
        "gigabytes": round(large["bytes_per_document"] * million / 1e9, 2),
        "lookup_milliseconds": round(large["lookup_milliseconds"] + step * (million - large["documents"]), 1),
    }


def main(corpus: Path, lexicon: Path, largest: int) -> None:
    _, makers = material(corpus, lexicon, 1)
    news = [a for a in read_folder(corpus) if a.source != ENCYCLOPEDIA and len(a.text) > 900]
    by_id = {article.id: article for article in news}
    pairs = [(by_id[a], by_id[b]) for a, b in honest_pairs(corpus) if a in by_id and b in by_id]
    rng = Random(9)
    rng.shuffle(pairs)
    partners: dict[str, tuple[Article, Article]] = {}
    for one, other in pairs:
        if one.id not in partners and len(partners) < HONEST:
            partners[one.id] = one, other
    taken = {article.id for pair in partners.values() for article in pair}
    others = rng.sample([a for a in news if a.id not in taken], largest)
    originals = others[:COPIES]
    clean = {a.id: a for a in (*(b for _, b in partners.values()), *others)}
    references = list(islice(clean.values(), REFERENCES))
    suspects = copies(originals, makers) + [Suspect(a.text, None, "honest") for a, _ in partners.values()]
    rng.shuffle(suspects)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = scale(references, suspects, folder / "small")
        known = References.over(SourceIndex.open(folder / "small"))
        reports = [trace(Reference("", suspect.text), known) for suspect in suspects]
        said = [report.sources[0].source if report.sources else "" for report in reports]
        result = judged(suspects, said)
        print(result, flush=True)
        restored = recovery(suspects, folder / "small")
        print(restored, flush=True)
        large = scale(others, suspects, folder / "large")
    write(
        "sources",
        {"references": len(references), "copies": len(originals), "honest": len(partners)}
        | result
        | {
            "with_references": restored,
            "datasketch": peer(suspects, references),
            "index": {"small": small, "large": large, "a_million": extrapolated(small, large)},
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 20_000)
