"""One hand-made result that has everything a report must show, and the means to make others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from restorer.types import Alternative, Calibration, Document, DocumentSummary, Evidence, Finding, Result

MakeFinding = Callable[..., Finding]
MakeResult = Callable[..., Result]

# Emoji and a combining mark stand before the findings, so that code points, bytes and UTF-16 units all differ.
TEXT = (
    "The 🚢 cafe\u0301 reopened, the mayor mentioned, as the town met for a information convention.\r\n"
    "“We will not lengthy wait,” she mentioned <b>& left</b>.\r\n"
    "\r\n"
    "Twenty-(2{zero}) boats \x1b[31mred\x1b[0m sailed \u202eback\u202c very home.\n"
    "Its huge harbour stayed open"
)


def _keep(findings: tuple[Finding, ...], flag: float, edit: float, careful: bool) -> tuple[Finding, ...]:
    return tuple(
        replace(f, applied=f.confidence >= edit and f.replacement is not None)
        for f in findings
        if f.evidence.posterior >= flag
    )


@pytest.fixture
def make_finding() -> MakeFinding:
    """Make a finding of the n-th occurrence of some words in a text."""

    def make(text: str, words: str, replacement: str | None, *, nth: int = 0, **fields: Any) -> Finding:  # noqa: ANN401
        start = -1
        for _ in range(nth + 1):
            start = text.index(words, start + 1)
        confidence = fields.pop("confidence", 0.95)
        alternatives = () if replacement is None else (Alternative(replacement, confidence),)
        values: dict[str, Any] = {
            "applied": replacement is not None,
            "kind": "wording",
            "in_quotation": False,
            "alternatives": alternatives,
            "evidence": Evidence(model_probability=0.9, document_prior=0.11, posterior=0.97),
        }
        return Finding(start, start + len(words), words, replacement, confidence, **{**values, **fields})

    return make


@pytest.fixture
def make_result() -> MakeResult:
    """Make a result of a text and its findings."""

    def make(text: str, *findings: Finding, path: str = "news/town hall.txt", **figures: Any) -> Result:  # noqa: ANN401
        summary = {
            "words": len(text.split()),
            "spun_probability": 0.9876,
            "spin_density": 0.112,
            "quotes_spun": True,
            "capitals_spun": None,
            "leftovers": 1,
        }
        calibration = Calibration(fpr=(0.0001, 0.01), flag=(0.9, 0.5), edit=(0.8, 0.4))
        return Result(
            document=Document(text, path),
            model="tiny@1",
            summary=DocumentSummary(**{**summary, **figures}),
            findings=findings,
            candidates=findings,
            calibration=calibration,
            decider=_keep,
        )

    return make


@pytest.fixture
def result(make_finding: MakeFinding, make_result: MakeResult) -> Result:
    """Seven findings: edits, one in a quotation, a leftover, a deletion, a clean copy's, and one flagged only."""
    consistent = Evidence(0.9321, 0.112, 0.987, occurrences=2, consistency=1.25, options=-0.4)
    leftover = Evidence(0.99, 0.112, 0.9995, leftover="half-spelled number")
    copied = Evidence(0.6, 0.112, 0.91, source="clean/town.txt")
    said = (Alternative("said", 0.97), Alternative("told <reporters>", 0.02))
    return make_result(
        TEXT,
        make_finding(TEXT, "mentioned", "said", confidence=0.97, alternatives=said, evidence=consistent),
        make_finding(TEXT, "information convention", "news conference", confidence=0.82),
        make_finding(TEXT, "lengthy", None, confidence=0.3, in_quotation=True),
        make_finding(TEXT, "mentioned", "said", nth=1, confidence=0.97, alternatives=said, evidence=consistent),
        make_finding(TEXT, "Twenty-(2{zero})", "Twenty-two", confidence=0.6, kind="leftover", evidence=leftover),
        make_finding(TEXT, "very ", "", kind="deletion"),
        make_finding(TEXT, "huge", "vast", confidence=0.5, applied=False, kind="reference", evidence=copied),
    )
