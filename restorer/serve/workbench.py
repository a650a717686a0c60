"""What the review page is told about a text: enough to move the threshold and decide without asking again.

The page holds no policy of its own. What is flagged and applied at each stop of its slider was decided here, by the
same code that decides for the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from restorer.report.phrases import nature, percent, reasons, suggestion, tri_state, verdict
from restorer.report.pieces import Positions, pieces
from restorer.review import Gap, gaps
from restorer.types import Finding, Result

__all__ = ["STOPS", "workbench"]

STOPS = (1e-5, 3e-5, 1e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 3e-2, 1e-1)
"""False alarms per word at the stops of the slider; the server's own setting is one of them too."""

_HIDDEN, _FLAGGED, _APPLIED = "0", "1", "2"


def workbench(result: Result, fpr: float) -> dict[str, Any]:
    """Everything the page needs.

    :param result: A scored text.
    :param fpr: The rate at which the page begins, in false alarms per word.
    :return: ``stops`` of the slider and the one to ``begin`` at; the text as ``pieces``, in which a number stands for
        a candidate; the ``candidates``, each with its state at every stop (``0`` hidden, ``1`` flagged, ``2``
        applied); and what is said of the whole ``document``.
    """
    rates = sorted({*STOPS, fpr})
    findings = [result.rethreshold(fpr=rate).findings for rate in rates]
    states = _states(result.candidates, findings)
    shown = [candidate for candidate in result.candidates if set(states[candidate.start]) != {_HIDDEN}]
    numbers = {candidate.start: number for number, candidate in enumerate(shown)}
    positions = Positions(result.document.text)
    spaces = gaps(result.document.text, result.candidates)
    return {
        "name": result.document.path,
        "model": result.model,
        "document": _document(result),
        "stops": [{"fpr": rate, "label": _rate(rate)} for rate in rates],
        "begin": rates.index(fpr),
        "pieces": [p if isinstance(p, str) else numbers[p.start] for p in pieces(result.document.text, shown)],
        "candidates": [_candidate(c, states[c.start], positions.at(c.start), spaces[c.start]) for c in shown],
    }


def _states(candidates: Sequence[Finding], stops: Sequence[Sequence[Finding]]) -> dict[int, str]:
    """By start of each candidate, what becomes of it at every stop."""
    states = {candidate.start: [_HIDDEN] * len(stops) for candidate in candidates}
    for stop, findings in enumerate(stops):
        for finding in findings:
            states[finding.start][stop] = _APPLIED if finding.applied else _FLAGGED
    return {start: "".join(state) for start, state in states.items()}


def _document(result: Result) -> dict[str, Any]:
    """The document as a whole, in the words of the other reports."""
    summary = result.summary
    return {
        "verdict": verdict(summary),
        "probability": percent(summary.spun_probability),
        "figures": [
            ["Words", f"{summary.words:,}"],
            ["Words in spun wording", f"about {percent(summary.spin_density)}"],
            ["Quotations spun", tri_state(summary.quotes_spun)],
            ["Capitalised words spun", tri_state(summary.capitals_spun)],
            ["Spinner's leftovers", f"{summary.leftovers:,}"],
        ],
    }


def _candidate(finding: Finding, states: str, position: tuple[int, int], gap: Gap) -> dict[str, Any]:
    line, column = position
    return {
        "start": finding.start,
        "text": finding.text,
        "form": finding.text.casefold(),
        "gap": gap,
        "line": line,
        "column": column,
        "states": states,
        "replacement": finding.replacement,
        "confidence": finding.confidence,
        "percent": percent(finding.confidence),
        "kind": nature(finding),
        "alternatives": [
            {"text": a.text, "shown": suggestion(a.text), "percent": percent(a.confidence), "confidence": a.confidence}
            for a in finding.alternatives
        ],
        "reasons": reasons(finding.evidence),
    }


def _rate(fpr: float) -> str:
    """A rate as an editor would say it."""
    return f"1 in {round(1 / fpr):,} words"
