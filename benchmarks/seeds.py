"""Whether the two spun seeds come back, and the three clean ones are left alone.

python -m benchmarks.seeds
"""

from __future__ import annotations

from benchmarks.common import CLEAN_SEEDS, SEEDS, SPUN_SEEDS, default_restorer, seed, write
from benchmarks.scoring import Tally, edits, read_gold, score
from restorer import Restorer

PHRASES = (
    "boots on the ground",
    "coalition of the willing",
    "White House",
    "news conference",
    "military hubs",
    "security guarantees",
)


def spun_seeds(restorer: Restorer) -> Tally:
    """Both spun seeds, restored and scored against their gold."""
    golds = [(seed(name), read_gold(SEEDS / "gold" / f"{name}.jsonl")) for name in SPUN_SEEDS]
    return sum((score(restorer.restore(text), gold) for text, gold in golds), Tally())


def main() -> None:
    restorer = default_restorer()
    spun, total, restored, again = {}, Tally(), "", 0
    for name in SPUN_SEEDS:
        result = restorer.restore(seed(name))
        tally = score(result, read_gold(SEEDS / "gold" / f"{name}.jsonl"))
        total += tally
        spun[name] = tally.figures() | {"spun_probability": result.summary.spun_probability}
        restored += result.restored
        again += len(restorer.restore(result.restored).applied)
    clean = {}
    for name in CLEAN_SEEDS:
        result = restorer.restore(seed(name))
        clean[name] = {"edits": len(edits(result)), "flags": len(result.findings), "words": result.summary.words}
    before = "".join(seed(name) for name in SPUN_SEEDS)
    write(
        "seeds",
        {
            "spun": total.figures(),
            "each": spun,
            "edits_by_a_second_restore": again,
            "phrases": {p: restored.lower().count(p.lower()) > before.lower().count(p.lower()) for p in PHRASES},
            "clean_edits": sum(c["edits"] for c in clean.values()),
            "clean": clean,
        },
    )


if __name__ == "__main__":
    main()
