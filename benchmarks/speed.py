"""How fast, how soon, how much memory: everything side by side in one run, on two threads.

python -m benchmarks.speed
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import numpy as np

from benchmarks.common import CLEAN_SEEDS, ROOT, SPUN_SEEDS, default_restorer, seed, write
from restorer.models.features import TYPE_PAD, windows
from restorer.models.onnx import WINDOW, OnnxModel
from restorer.segment import segment

ROUNDS = 15


def seconds(task: Callable[[], object]) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


def prepared(model: OnnxModel, texts: list[str]) -> list[dict[str, np.ndarray]]:
    """Inputs of the texts' windows, made beforehand: what the bare model is timed on."""
    inputs = []
    for text in texts:
        words = segment(text)
        pieces = [model._pieces(w) for w in words.words]
        for first, last in windows([len(p) for p in pieces], words.sentences.tolist(), WINDOW):
            ids = [101, *(i for p in pieces[first:last] for i in p), 102]
            row = np.array([ids], np.int64)
            inputs.append({"pieces": row, "types": np.full_like(row, TYPE_PAD), "mask": np.ones_like(row)})
    return inputs


def bare(model: OnnxModel, inputs: list[dict[str, np.ndarray]]) -> None:
    """One forward pass a window and nothing else."""
    for row in inputs:
        model._session.run(["spun", "hidden"], row)


def one_by_one(model: OnnxModel, inputs: list[dict[str, np.ndarray]]) -> None:
    """The usual way with a masked LM: for every piece, the window again with that piece masked."""
    for row in inputs:
        for place in range(1, row["pieces"].shape[1] - 1):
            masked = row["pieces"].copy()
            masked[0, place] = 103
            model._session.run(["spun", "hidden"], row | {"pieces": masked})


def process(arguments: list[str]) -> tuple[float, float]:
    """Wall seconds and peak memory (MB) of a fresh process."""
    code = (
        "import resource,subprocess,sys,time;t=time.perf_counter();"
        "subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL,check=True);"
        "print(time.perf_counter()-t,resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024)"
    )
    out = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True).stdout
    wall, peak = out.split()
    return float(wall), float(peak)


def main() -> None:
    restorer = default_restorer(threads=2)
    model = restorer.model
    assert isinstance(model, OnnxModel)
    rows: dict[str, object] = {}
    shares: dict[str, float] = {}
    groups = {"clean": CLEAN_SEEDS, "spun": SPUN_SEEDS, "all five seeds": CLEAN_SEEDS + SPUN_SEEDS}
    for group, names in groups.items():
        texts = [seed(n) for n in names]
        inputs = prepared(model, texts)
        words = sum(restorer.restore(t).summary.words for t in texts)
        whole, alone = [], []
        for _ in range(ROUNDS):
            alone.append(seconds(partial(bare, model, inputs)))
            whole.append(seconds(partial(list, restorer.restore_many(texts))))
        shares[group] = round(statistics.median(a / w for a, w in zip(alone, whole, strict=True)), 3)
        rows[group] = {
            "words": words,
            "pipeline_words_per_s": round(words / statistics.median(whole)),
            "bare_model_words_per_s": round(words / statistics.median(alone)),
            "share_of_bare": shares[group],
        }
    few = prepared(model, [seed(CLEAN_SEEDS[0])])[:3]
    slow = statistics.median(seconds(lambda: one_by_one(model, few)) for _ in range(2))
    quick = statistics.median(seconds(lambda: bare(model, few)) for _ in range(ROUNDS))
    rows["times_faster_than_one_masked_copy_a_word"] = round(slow / quick * shares["all five seeds"], 1)
    rows |= processes()
    write("speed", {"threads": 2, **rows})


def processes() -> dict[str, object]:
    """Start-up, one file, and two very large inputs, each in a process of its own."""
    command = [sys.executable, "-m", "restorer"]
    rows: dict[str, object] = {}
    rows["version_s"] = round(statistics.median(process([*command, "--version"])[0] for _ in range(5)), 3)
    article = ROOT / "seeds" / f"{SPUN_SEEDS[1]}.txt"
    runs = [process([*command, "--threads", "2", str(article)]) for _ in range(5)]
    rows["file_of_946_words_s"] = round(statistics.median(r[0] for r in runs), 3)
    rows["file_of_946_words_peak_mb"] = round(max(r[1] for r in runs))
    with tempfile.TemporaryDirectory() as folder:
        text = "\n".join(seed(n) for n in CLEAN_SEEDS + SPUN_SEEDS)
        single = Path(folder, "single.txt")
        single.write_text((text.replace("\n", " ") * 200)[:5_000_000], encoding="utf-8")
        long = Path(folder, "long.txt")
        long.write_text("\n".join(text for _ in range(51)), encoding="utf-8")
        for name, path in (("single_line_of_5_mb", single), ("document_of_200000_words", long)):
            wall, peak = process([*command, "--threads", "2", str(path)])
            rows[f"{name}_s"], rows[f"{name}_peak_mb"] = round(wall, 1), round(peak)
    return rows


if __name__ == "__main__":
    main()
