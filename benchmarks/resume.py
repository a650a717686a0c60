"""What a kill costs: the command line beside datatrove's own executor, on the same file.

python -m benchmarks.resume CORPUS LEXICON

One file of JSON Lines is restored by ``restore batch`` with one worker, and by datatrove's LocalPipelineExecutor with
our step in it (one task, which is what a single file is to it). Each is run once without a kill, then killed after half
of that time and given again. ``repeated`` is the time of both runs together over that of the one, less 1; starting is
part of it. Both outputs are compared with those of the run without a kill.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.batch import ARTICLES, MAKERS
from benchmarks.common import ENCYCLOPEDIA, measured_articles, write
from benchmarks.crawl import short_texts
from benchmarks.spun import material

RECORDS = 1500

PIPELINE = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from restorer.integrations.datatrove import RestoreStep
if __name__ == "__main__":
    source, out = sys.argv[1:]
    steps = [JsonlReader(source), RestoreStep(), JsonlWriter(out + "/data")]
    LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir=out + "/logs").run()
"""


def ours(source: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "restorer", "batch", str(source), "-o", str(out), "--workers", "1", "--quiet"]


def datatroves(source: Path, out: Path) -> list[str]:
    return [sys.executable, "-c", PIPELINE, str(source), str(out)]


def run(command: list[str], limit: float | None = None) -> float:
    """Run for as long as it takes, or kill it after some time; the time it ran."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return time.perf_counter() - began


def documents(out: Path) -> list[str]:
    """The restored texts in the output, whatever packs them; nothing where it cannot be read."""
    found: list[str] = []
    for path in sorted(p for p in out.rglob("*.jsonl*") if not {"logs", ".restore"} & set(p.parts)):
        if path.name == "errors.jsonl":
            continue
        try:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except (EOFError, OSError):
            continue
        rows = (json.loads(line) for line in data.splitlines())
        found += [row.get("restored") or row["metadata"]["restored"] for row in rows]
    return found


def killed(command: Callable[[Path, Path], list[str]], source: Path, folder: Path) -> dict[str, Any]:
    whole = run(command(source, folder / "whole"))
    first = run(command(source, folder / "killed"), whole / 2)
    kept = len(documents(folder / "killed"))
    second = run(command(source, folder / "killed"))
    wanted, got = documents(folder / "whole"), documents(folder / "killed")
    return {
        "seconds": round(whole, 1),
        "killed_after": round(first, 1),
        "readable_documents_after_the_kill": kept,
        "seconds_given_again": round(second, 1),
        "repeated": round((first + second) / whole - 1, 3),
        "documents": len(got),
        "identical": int(wanted == got),
    }


def main(corpus: Path, lexicon: Path) -> None:
    _, makers = material(corpus, lexicon, 1)
    articles = (a.text for a in measured_articles(corpus) if a.source != ENCYCLOPEDIA)
    texts = short_texts(list(islice(articles, ARTICLES)), makers, MAKERS)
    rows = {}
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "in"
        source.mkdir()
        lines = (json.dumps({"id": str(i), "text": texts[i % len(texts)]}) + "\n" for i in range(RECORDS))
        (source / "dump.jsonl").write_text("".join(lines), encoding="utf-8")
        for label, command in (("restore batch", ours), ("datatrove LocalPipelineExecutor", datatroves)):
            rows[label] = killed(command, source, Path(name) / label.split()[0])
            print(label, rows[label], flush=True)
    write("resume", {"records": RECORDS, "rows": rows})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
