"""Give the channel of a trained model its tables' rates, and make its calibration anew; its weights stay.

python scripts/recalibrate.py MODEL CORPUS LEXICON

MODEL is a model folder, changed in place; CORPUS and LEXICON are those it was trained with. For when the evidence or
the way thresholds are found has changed. The channel keeps the odds and shares that the network was trained with.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from restorer.channel import Channel
from restorer.train.export import write_sums
from restorer.train.pipeline import Plan, prepare, set_calibration

SEEDS = sorted((Path(__file__).resolve().parent.parent / "seeds").glob("*.txt"))


def main(folder: Path, corpus: Path, lexicon: Path) -> None:
    """Change the folder's channel, calibration, version, size on the card and list of hashes."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    wordings = json.loads((folder / "wordings.json").read_text(encoding="utf-8"))
    with TemporaryDirectory() as run:
        # The channel refers to the wordings by their place, so they must be the model's own.
        (Path(run) / "wordings.json").write_text(json.dumps([w.lower() for w in wordings]), encoding="utf-8")
        left_out = frozenset(config["without"])
        plan = Plan(corpus, Path(run), folder, lexicon, folder, left_out, kept_aside=tuple(SEEDS))
        material = prepare(plan)
    channel = Channel.load(folder / "channel.npz").rated(material.channels[0])
    channel.save(folder / "channel.npz")
    print(f"{len(channel.forms)} spun forms, {sum(bool(form.rates.any()) for form in channel.forms)} with rates")
    set_calibration(folder, material, Random(plan.seed))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["version"] = str(int(config["version"]) + 1)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    size = sum(p.stat().st_size for p in folder.iterdir()) / 1e6
    card = (folder / "README.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(re.sub(r"[\d.]+ MB in all", f"{size:.1f} MB in all", card), encoding="utf-8")
    write_sums(folder)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(*map(Path, sys.argv[1:4]))
