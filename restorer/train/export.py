"""From a trained network to the files that ship: an ONNX graph, the wording head, the channel, their hashes."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from restorer.segment import Segmented, Shape
from restorer.train.examples import Batch
from restorer.train.graph import export_graph
from restorer.train.network import Network

__all__ = ["cased", "export_head", "export_model", "file_hashes", "lineage", "write_card", "write_sums"]

CARD = """# {name}

A {encoder},
trained to find spun words and name the wording that stood there.

- Made by `restore train` from {articles:,} clean news articles; {tokens:.1f}M tokens in {minutes:.0f} minutes on a
  CPU{after}. None of the articles is part of the model's files.
- Makers of the spun text (`restorer/train/makers.py`): {makers}.
- On held-out articles, spun in the same way, at probability .5: word detection precision {held_precision:.3f}, recall
  {held_recall:.3f}; the original wording first among all wordings at {held_wording:.3f} of the spun or hidden words.
- {size:.1f} MB in all: `model.onnx` (encoder, detector, transform; {precision}), `head.npz` (wordings; int8),
  `wordings.json`, `channel.npz` (spun form to originals), `collocations.npz` (words met side by side),
  `tokenizer.json`, `calibration.json`, `config.json`.
- English news. It knows no other language, and it does not judge whether a statement is true.
- What it does on spun and clean text is measured in `benchmarks/`.
"""


def export_head(network: Network, path: Path) -> None:
    """Write the wording head as int8 rows with a scale each.

    :param network: The trained network.
    :param path: The ``.npz`` file.
    """
    weight = network.wordings.weight.detach().numpy()
    scale = np.abs(weight).max(axis=1) / 127.0 + 1e-12
    rows = np.rint(weight / scale[:, None]).astype(np.int8)
    np.savez_compressed(path, weight=rows, scale=scale.astype(np.float32),
                        bias=network.wordings.bias.detach().numpy().astype(np.float32))  # fmt: skip


def cased(vocabulary: list[str], articles: Iterable[Segmented]) -> list[str]:
    """Wordings as they are written: those that people nearly always capitalise in mid-sentence keep their capitals.

    :param vocabulary: Lower-case wordings in order of id.
    :param articles: Clean articles to read the custom off.
    :return: The wordings in the same order.
    """
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        inner = np.flatnonzero(article.shapes != Shape.TITLE_FIRST)
        for index in inner.tolist():
            word = article.words[index]
            if (word[0].isalpha() and article.shapes[index] != Shape.UPPER) or len(word) <= 4:
                forms[word][article.slice(index, index + 1)] += 1
    known = {}
    for word, counter in forms.items():
        form, most = counter.most_common(1)[0]
        if form != word and most >= 3 and most >= 0.9 * counter.total():
            known[word] = form
    return [" ".join(known.get(w, w) for w in wording.split(" ")) for wording in vocabulary]


def lineage(start: Sequence[Path]) -> dict[str, object]:
    """Version of a new model and how many tokens its weights had seen before.

    :param start: The model folders it starts from; each but the first goes on from the one before it.
    :return: Entries of ``config.json``.
    """
    configs = [json.loads((folder / "config.json").read_text(encoding="utf-8")) for folder in start]
    before = max((int(c.get("tokens_before", 0)) + int(c.get("tokens", 0)) for c in configs), default=0)
    return {"version": str(max((int(c["version"]) for c in configs), default=0) + 1), "tokens_before": before}


def export_model(
    network: Network,
    vocabulary: list[str],
    run: Path,
    base: Path,
    folder: Path,
    about: Mapping[str, object],
    *,
    sample: Sequence[Batch],
) -> None:
    """Write every file of a model folder but the calibration and the card.

    :param network: The trained network.
    :param vocabulary: The wordings as they are written, in order of id.
    :param run: The run folder, which holds the channel.
    :param base: Folder of the base model, which holds the tokenizer.
    :param folder: Where to.
    :param about: Further entries of ``config.json``: version, share of spun words in the training examples, ….
    :param sample: Batches on which a graph with int8 weights must agree with the full one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    export_head(network, folder / "head.npz")
    (folder / "wordings.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    for name in ("channel.npz", "collocations.npz"):
        shutil.copyfile(run / name, folder / name)
    shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")
    precision = export_graph(network, folder / "model.onnx", run / "model.fp32.onnx", sample)
    config = {"name": folder.name, "prior_scale": network.prior_scale.item(), **about, **precision}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def write_card(folder: Path, run: Path) -> None:
    """Write the card and the list of hashes, the last files of a model folder.

    :param folder: The model folder.
    :param run: The run folder with the training log.
    """
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    trained = [line for line in lines if "tokens" in line][-1]
    measured = [line for line in lines if "held_recall" in line][-1]
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    before = config["tokens_before"]
    sizes = {p.name: p.stat().st_size for p in folder.iterdir()}
    card = CARD.format(
        name=folder.name,
        encoder=config["encoder"],
        precision=config["precision"],
        tokens=trained["tokens"] / 1e6,
        minutes=trained["minutes"],
        articles=len(json.loads((run / "articles.json").read_text(encoding="utf-8"))),
        after=f", after {before / 1e6:.1f}M of what it starts from" if before else "",
        makers=", ".join(config["makers"]),
        size=sum(sizes.values()) / 1e6,
        **{key: value for key, value in measured.items() if key.startswith("held_")},
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
    write_sums(folder)


def write_sums(folder: Path) -> None:
    """Write the list of hashes of a model folder.

    :param folder: The folder.
    """
    listed = "".join(f"{digest}  {name}\n" for name, digest in file_hashes(folder).items())
    (folder / "SHA256SUMS").write_text(listed, encoding="utf-8")


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a model folder but the list itself.

    :param folder: The folder.
    :return: Name → hexadecimal digest.
    """
    names = sorted(p.name for p in folder.iterdir() if p.is_file() and p.name != "SHA256SUMS")
    return {name: sha256((folder / name).read_bytes()).hexdigest() for name in names}
