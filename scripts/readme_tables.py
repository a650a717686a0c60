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


def table() -> str:
    """The table of README's first screen.

    :return: Markdown.
    """
    seeds, clean, speed, spun = (result(name) for name in ("seeds", "clean", "speed", "spun"))
    both = seeds["spun"]
    rows = [
        ("two spun articles, 192 hard spans", f"found {both['detection_recall']:.2f}, "
         f"edits right {both['edit_precision']:.2f}, F0.5 {both['f05']:.2f}"),
        ("three clean articles on the same event", f"{seeds['clean_edits']} edits"),
        (f"{clean['articles']} held-out clean articles, {clean['words']:,} words",
         f"{clean['edits_per_1000_words']:.3f} edits per 1,000 words"),
        *((f"spun held-out news: {name}", f"edits right {row['edit_precision']:.2f}, "
           f"spans restored {row['edit_recall']:.2f}, pages called spun {row['documents_called_spun']:.0%}")
          for name, row in spun["rows"].items()),
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
