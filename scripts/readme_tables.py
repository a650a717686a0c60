"""Write the measured tables of README.md from benchmarks/results, or with --check say whether they are up to date."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results"
MARKED = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.DOTALL)


def result(name: str) -> dict[str, Any]:
    """One committed result.

    :param name: Its name.
    :return: The decoded file.
    """
    data: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return data


SHOWN = (
    "phrases (trained on), density 0.1",
    "phrases (trained on), density 0.3",
    "phrases (trained on), density 1",
    "paraphrases (unseen), density 0.3",
    "paraphrases (unseen), density 1",
    "neighbours (unseen), density 1",
)


def spun(row: dict[str, Any]) -> str:
    """What is said of one maker at one density."""
    return (
        f"found {row['detection_recall']:.2f}, flags right {row['detection_precision']:.2f}; restored "
        f"{row['edit_recall']:.2f}, edits right {row['edit_precision']:.2f}; pages caught {row['caught_at_0.001']:.0%}"
    )


def unseen_maker(mean: dict[str, float]) -> str:
    """What is said of makers that were left out of training."""
    return (
        f"found {mean['detection_recall']:.2f}, flags right {mean['detection_precision']:.2f}; restored "
        f"{mean['edit_recall']:.2f}, edits right {mean['edit_precision']:.2f}"
    )


def table() -> str:
    """The table of README's first screen.

    :return: Markdown.
    """
    names = ("seeds", "clean", "speed", "spun", "other_text", "terms", "leave_one_out")
    seeds, clean, speed, rows_, other, terms, unseen = map(result, names)
    both, news, unspun = seeds["spun"], clean["news"], clean["news, without pages read and found spun"]
    rows = [
        ("two spun articles, 192 hard spans", f"found {both['detection_recall']:.2f}, "
         f"edits right {both['edit_precision']:.2f}, F0.5 {both['f05']:.2f}"),
        ("three clean articles on the same event", f"{seeds['clean_edits']} edits"),
        (f"{news['articles']:,} held-out clean articles, {news['words']:,} words",
         f"{news['edits_per_1000_words']:.3f} edits per 1,000 words "
         f"({unspun['edits_per_1000_words']:.3f} without pages found to be spun)"),
        ("encyclopedia, reviews, editorials, tweets, speeches, fiction, non-native writers",
         f"{other['edits_per_1000_words']:.3f} edits per 1,000 words"),
        *((f"spun held-out news: {name}", spun(rows_["rows"][name])) for name in SHOWN),
        ("mean of five makers, each left out of training, density 1", unseen_maker(unseen["mean"])),
        (f"{terms['all']['terms']:,} tortured terms of science, not trained on, one sentence each",
         f"expected first {terms['all']['expected first']:.0%}, among five {terms['all']['expected among 5']:.0%} "
         f"(list look-up {terms['all']['list lookup']:.0%})"),
        *((f"speed on {name} text, 2 threads", f"{speed[key]['pipeline_words_per_s']:,} words/s, "
           f"{speed[key]['share_of_bare']:.0%} of the bare model's")
          for name, key in (("clean", "clean"), ("heavily spun", "spun"))),
        ("a 900-word file, process start included", f"{speed['file_of_946_words_s']:.2f} s, "
         f"{speed['file_of_946_words_peak_mb']} MB"),
    ]  # fmt: skip
    lines = ["| measured on | result |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check the page.

    :param arguments: ``--check`` or nothing.
    :return: 0, or 1 when the check fails.
    """
    before = TARGET.read_text(encoding="utf-8")
    after = MARKED.sub(lambda match: match.group(1) + table() + match.group(2), before)
    if "--check" not in arguments:
        TARGET.write_text(after, encoding="utf-8")
        return 0
    if before == after:
        return 0
    print("README.md is out of date; run: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
