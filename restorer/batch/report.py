"""The page that sums a run up: stand-alone, without scripts, everything from the records escaped."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from pathlib import Path
from typing import Any

from restorer.batch.records import SPUN
from restorer.batch.tables import documents
from restorer.report.html_page import figures, head, in_context, shown
from restorer.report.html_style import TABLES

__all__ = ["report_html"]

MOST_FILES, MOST_DOCUMENTS, MOST_FORMS, MOST_REASONS = 200, 50, 40, 20
EXAMPLES = 3
"""Findings shown of a document."""
MOST_KINDS = 1000
"""Kinds of reasons counted apart."""
_OWN = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9]+")
MOST_FORMS_COUNTED = 200_000
"""Forms counted at a time; a crawl has any number of different ones, and the rare ones are not shown."""

_STYLE = TABLES + "meter { width: 5rem; }\n"


def report_html(summary: dict[str, Any], table: Path, errors: Path) -> str:
    """The page.

    :param summary: What ``summary.json`` holds.
    :param table: The run's ``documents.parquet``.
    :param errors: Its ``errors.jsonl``.
    :return: HTML.
    """
    worst, forms, densities = _read(table)
    body = [
        _figures(summary),
        _density(densities),
        _documents(worst),
        _forms(forms),
        _files(summary["files"]),
        _errors(errors),
    ]
    return (
        head("Restored batch", _STYLE)
        + '<header class="bar"><h1>Restored batch</h1></header>\n<main>\n'
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _read(table: Path) -> tuple[list[dict[str, Any]], Counter[tuple[str, str]], Counter[int]]:
    """The likeliest spun documents, the commonest edits by documents, and documents by tenth of spun words."""
    forms: Counter[tuple[str, str]] = Counter()
    densities: Counter[int] = Counter()

    def rows() -> Iterator[dict[str, Any]]:
        for row in documents(table):
            row["findings"] = json.loads(row["findings"])
            edits = {(f["text"].lower(), f["replacement"].lower()) for f in row["findings"] if f["applied"]}
            forms.update(edits)
            if len(forms) > MOST_FORMS_COUNTED:
                for form, _ in forms.most_common()[MOST_FORMS_COUNTED // 2 :]:
                    del forms[form]
            if row["spun_probability"] >= SPUN:
                densities[min(int(row["spin_density"] * 10), 9)] += 1
                yield row

    worst = nlargest(
        MOST_DOCUMENTS, rows(), key=lambda r: (r["spun_probability"], r["spin_density"], r["file"], -r["number"])
    )
    return worst, forms, densities


def _figures(summary: dict[str, Any]) -> str:
    total, run = summary["total"], summary["run"]
    line = f"threshold {run['threshold']:g}" if run.get("threshold") is not None else f"{run['fpr']:g} per word"
    documents = total["documents"]
    cells = {
        "Documents": f"{documents:,}",
        "Words": f"{total['words']:,}",
        "Spun, more likely than not": f"{total['spun']:,} ({total['spun'] / max(documents, 1):.1%})",
        "Findings": f"{total['flagged']:,}",
        "Edits applied": f"{total['applied']:,}",
        "Bad records": f"{total['errors']:,}",
        "Model": str(run["model"]),
        "Requested false alarms": line,
    }
    return figures(cells)


def _density(densities: Counter[int]) -> str:
    if not densities:
        return "<h3>No document is more likely spun than not</h3>"
    most = max(densities.values())
    rows = [
        [
            f"{10 * tenth} to {10 * tenth + 10}%",
            f"{densities[tenth]:,}",
            _Html(f'<meter max="{most}" value="{densities[tenth]}"></meter>'),
        ]
        for tenth in range(10)
        if densities[tenth]
    ]
    return _table("How much of the spun documents is spun", ["Share of words", "Documents", ""], rows, numbers={1})


def _documents(worst: Sequence[dict[str, Any]]) -> str:
    rows = []
    for row in worst:
        name = row["url"] or row["id"]
        title = f"<b>{shown(row['title'])}</b><br>" if row["title"] else ""
        source = f"<br>copied from {shown(row['source'])}" if row["source"] else ""
        examples = "".join(in_context(f) for f in row["findings"][:EXAMPLES])
        rows.append(
            [
                _Html(f"{title}<bdi>{shown(name)}</bdi>{source}{examples}"),
                f"{row['spun_probability']:.0%}",
                f"{row['spin_density']:.0%}",
                f"{row['applied']:,}",
            ]
        )
    heading = "Likeliest spun documents"
    return _table(heading, ["Document", "Spun", "Of its words", "Edits"], rows, numbers={1, 2, 3}) if rows else ""


def _forms(forms: Counter[tuple[str, str]]) -> str:
    best = nlargest(MOST_FORMS, forms.items(), key=lambda item: (item[1], item[0]))
    rows = [[old, new or "(deleted)", f"{count:,}"] for (old, new), count in best]
    return _table("Commonest edits", ["Spun", "Restored", "Documents"], rows, numbers={2}) if rows else ""


def _files(files: dict[str, dict[str, int]]) -> str:
    best = sorted(files.items(), key=lambda item: (-item[1]["spun"], -item[1]["errors"], item[0]))
    rows = [[name, *(f"{f[k]:,}" for k in ("documents", "words", "spun", "applied", "errors"))] for name, f in best]
    heading = "Inputs" if len(rows) <= MOST_FILES else f"Inputs, the first {MOST_FILES} of {len(rows):,}"
    headings = ["File or folder", "Documents", "Words", "Spun", "Edits", "Bad records"]
    return _table(heading, headings, rows[:MOST_FILES], numbers=set(range(1, 6)))


def _errors(errors: Path) -> str:
    reasons: Counter[str] = Counter()
    first: dict[str, str] = {}
    with errors.open(encoding="ascii") as lines:
        for line in lines:
            bad = json.loads(line)
            kind = _kind(bad)
            if len(reasons) >= MOST_KINDS and kind not in reasons:
                kind = ""
            reasons[kind] += 1
            first.setdefault(kind, f"{bad['file']}, record {bad['record']}: {bad['reason']}")
    rows = [[f"{count:,}", first[kind]] for kind, count in reasons.most_common(MOST_REASONS)]
    return _table("Bad records by reason", ["Records", "The first of them"], rows, numbers={0}) if rows else ""


def _kind(bad: dict[str, Any]) -> str:
    """A bad record's reason without what is the record's own: its file, quoted values, numbers, details."""
    where, _, rest = bad["reason"].partition(": ")
    reason = rest if rest and where.endswith(bad["file"]) else bad["reason"]
    return _OWN.sub("…", reason).split(":")[0].strip()[:120]


class _Html(str):
    """Text that is markup already."""

    __slots__ = ()


def _table(heading: str, headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: set[int]) -> str:
    def cell(tag: str, column: int, text: str) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        kind = ' class="n"' if column in numbers else ""
        return f"<{tag}{scope}{kind}>{text if isinstance(text, _Html) else shown(text)}</{tag}>"

    top = "".join(cell("th", i, text) for i, text in enumerate(headings))
    body = "\n".join("<tr>" + "".join(cell("td", i, text) for i, text in enumerate(row)) + "</tr>" for row in rows)
    return (
        f'<h3>{shown(heading)}</h3>\n<div class="wide"><table><thead><tr>{top}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )
