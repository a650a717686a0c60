"""Write the measured tables of README.md and docs from benchmarks/results, or with --check compare them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
ARTICLE_WORDS = 600
"""Words of an article, for the cost of a million of them."""
MARKED = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.DOTALL)


def result(name: str) -> dict[str, Any]:
    """One committed result.

    :param name: Its name.
    :return: The decoded file.
    """
    data: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return data


def older(name: str) -> str:
    """What is said of a result that stands although an earlier model made it.

    :param name: The result's name.
    :return: Nothing for a result of the committed model.
    """
    entry = json.loads((RESULTS.parent / "earlier.json").read_text(encoding="utf-8")).get(name)
    return f" (version {entry['version']} of the model)" if entry else ""


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
    names = ("seeds", "clean", "speed", "spun", "other_text", "terms", "leave_one_out", "batch", "sources", "sites",
             "serve")  # fmt: skip
    seeds, clean, speed, rows_, other, terms, unseen, batch, sources, sites, served = map(result, names)
    honest = rows_["calibration"]
    both, news, unspun = seeds["spun"], clean["news"], clean["news, without pages read and found spun"]
    rows = [
        ("two spun articles, 192 hard spans", f"found {both['detection_recall']:.2f}, "
         f"edits right {both['edit_precision']:.2f}, F0.5 {both['f05']:.2f}"),
        ("three clean articles on the same event", f"{seeds['clean_edits']} edits"),
        (f"{news['articles']:,} held-out clean articles, {news['words']:,} words",
         f"{news['edits_per_1000_words']:.3f} edits per 1,000 words "
         f"({unspun['edits_per_1000_words']:.4f} without pages found to be spun)"),
        ("encyclopedia, reviews, editorials, tweets, speeches, fiction, non-native writers" + older("other_text"),
         f"{other['edits_per_1000_words']:.3f} edits per 1,000 words"),
        *((f"spun held-out news: {name}", spun(rows_["rows"][name])) for name in SHOWN),
        (f"shown confidences of all {honest['all']['edits']:,} edits on spun held-out news",
         f"calibration error {honest['all']['calibration_error']:.3f}; known makers "
         f"{honest['trained on']['calibration_error']:.3f}, unseen {honest['unseen']['calibration_error']:.3f}"),
        (f"mean of five makers, each left out of training, density 1{older('leave_one_out')}",
         unseen_maker(unseen["mean"])),
        (f"{terms['all']['terms']:,} tortured terms of science, not trained on, one sentence each",
         f"expected first {terms['all']['expected first']:.0%}, among five {terms['all']['expected among 5']:.0%} "
         f"(list look-up {terms['all']['list lookup']:.0%})"),
        *((f"speed on {name} text, 2 threads", f"{speed[key]['pipeline_words_per_s']:,} words/s, "
           f"{speed[key]['share_of_bare']:.0%} of the bare model's")
          for name, key in (("clean", "clean"), ("heavily spun", "spun"))),
        (f"a 900-word file, process start included, where the bare model does "
         f"{speed['all five seeds']['bare_model_words_per_s']:,} words/s", f"{speed['file_of_946_words_s']:.2f} s, "
         f"{speed['file_of_946_words_peak_mb']} MB"),
        (f"batch of {batch['large']['records']:,} records in five containers, {batch['large']['broken']} broken"
         f"{older('batch')}",
         f"{batch['large']['restored'] + batch['large']['reported']:,} accounted for, "
         f"{batch['large']['words_per_second']:,} words/s on two cores, {batch['large']['peak_megabytes']} MB; "
         f"{batch['kill_test']['kills']} kills, output {'the same' if batch['kill_test']['identical'] else 'another'}"),
        (f"HTTP server on two cores, {served['clients']} clients, an article a request, "
         f"{served['articles']['seconds']:.0f} s{older('serve')}",
         f"{served['articles']['requests']:,} requests, {served['articles']['errors']} errors, half within "
         f"{served['articles']['p50_ms']:,} ms, 95% within {served['articles']['p95_ms']:,} ms; "
         f"{served['articles']['words_per_second']:,} words/s, {served['ratio']:.0%} of the library's in one process"),
        (f"{sources['copies']} spun copies and {sources['honest']} honest reports of one event each, "
         f"{sources['references']:,} references{older('sources')}",
         f"sources found {sources['recall']:.3f}, right {sources['precision']:.3f}; "
         f"word recovery with references {sources['with_references']['word_recovery']:.3f}"),
        ("intervals (95%) of a site's share of spun pages, known spinner, densities 0.3 and 1",
         f"cover the truth {sites['rows']['known spinner, densities 0.3 and 1']['covered']:.1%}"),
    ]  # fmt: skip
    return markdown(("measured on", "result"), rows)


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table.

    :param head: The headings.
    :param rows: The cells.
    :return: Markdown.
    """
    lines = [head, ["---"] * len(head), *rows]
    return "".join("|" + "|".join(f" {cell} " if cell != "---" else cell for cell in row) + "|\n" for row in lines)


def scale() -> str:
    """The tables of docs/scale.md.

    :return: Markdown.
    """
    scale, sources, batch, resume = map(result, ("scale", "sources", "batch", "resume"))
    rows = [
        (size, f"{row['seconds']:.0f} s", f"{row['milliseconds_per_document']:.2f} ms", f"{row['peak_megabytes']} MB")
        for size, row in scale["rows"].items()
    ]
    speed, index = batch["large"]["words_per_second"], sources["index"]
    hours = 1_000_000 * ARTICLE_WORDS / speed / 3600
    cells = ("documents", "build_seconds", "bytes_per_document", "lookup_milliseconds", "trace_milliseconds")
    million = index["a_million"]
    kills = [
        (name, f"{row['seconds']} s", f"{row['killed_after']} s", f"{row['seconds_given_again']} s",
         f"{row['repeated']:.0%}") for name, row in resume["rows"].items()
    ]  # fmt: skip
    built = [tuple(f"{index[name][cell]:,}" for cell in cells) for name in ("small", "large")]
    built.append(
        ("1,000,000, worked out", f"{60 * million['build_minutes']:,}", f"{round(million['gigabytes'] * 1000):,}",
         f"{million['lookup_milliseconds']}", "")
    )  # fmt: skip
    return (
        markdown(("documents", "time", "each", "memory, all processes"), rows)
        + f"\nA million articles of {ARTICLE_WORDS} words at the {speed:,} words a second of `batch.json`: "
        f"**{hours:.1f} hours on two cores, {2 * hours:.1f} core hours**.\n\n"
        + markdown(("one file", "without a kill", "killed after", "given again", "repeated"), kills)
        + "\n"
        + markdown(("references", "build, s", "bytes each", "look-up, ms", "whole trace, ms"), built)
    )


def serve() -> str:
    """The tables of docs/http.md.

    :return: Markdown.
    """
    served = result("serve")
    whole, short, inside = served["articles"], served["sentences"], served["in_process_words_per_second"]
    rows = {f"articles, {whole['seconds']:.0f} s": whole}
    rows |= {f"sentences, {name}": row for name, row in short.items() if name.startswith("batches")}
    cells = ("requests", "errors", "p50_ms", "p95_ms", "p99_ms", "requests_per_second", "words_per_second")
    loads = [(name, *(f"{row[cell]:,}" for cell in cells), row["texts_per_batch"]) for name, row in rows.items()]
    head = ("request", "requests", "errors", "p50, ms", "p95, ms", "p99, ms", "requests/s", "words/s", "texts a batch")
    return (
        markdown(head, loads)
        + f"\nThe library in one process: {inside['before']:,} words/s on the articles before, {inside['after']:,} "
        f"after (the server: **{served['ratio']:.0%}** of their mean), {short['in_process_words_per_second']:,} on the "
        f"sentences. Batches of short texts give {served['batching_ratio']:.2f} times the words of batches of one. "
        f"One client's stream of articles: {served['stream']['words_per_second']:,} words/s. Memory of the server and "
        f"its workers: {served['megabytes']['early']} MB in the first quarter, {served['megabytes']['late']} MB in the "
        "last.\n"
    )


def _filled(page: str, text: str) -> str:
    return MARKED.sub(lambda match: match.group(1) + text + match.group(2), page)


PAGES = ((ROOT / "README.md", table), (ROOT / "docs" / "scale.md", scale), (ROOT / "docs" / "http.md", serve))


def main(arguments: list[str]) -> int:
    """Write or check the pages.

    :param arguments: ``--check`` or nothing.
    :return: 0, or 1 when the check fails.
    """
    stale = []
    for path, made in PAGES:
        before = path.read_text(encoding="utf-8")
        after = _filled(before, made())
        if "--check" not in arguments:
            path.write_text(after, encoding="utf-8")
        elif before != after:
            stale.append(path.name)
    if stale:
        print(f"{', '.join(stale)}: out of date; run: make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
