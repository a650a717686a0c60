"""The wording every report for people shares: figures, verdicts and reasons."""

from __future__ import annotations

from restorer.decide import LOOKS_CLEAN
from restorer.report.characters import visible
from restorer.types import DocumentSummary, Evidence, Finding, Result

__all__ = [
    "count",
    "name",
    "nature",
    "percent",
    "reasons",
    "status",
    "suggestion",
    "summary_line",
    "tri_state",
    "verdict",
]

_GUARDED = {
    "capitals": "a line in capitals",
    "table": "a table",
    "verse": "verse",
    "another language": "another language",
}
_KINDS = {"leftover": "spinner's leftover", "reference": "from a clean copy"}
_DECISIONS = {
    "accepted": "applied, accepted by the reviewer",
    "chosen": "applied, chosen by the reviewer",
    "written": "applied, written by the reviewer",
    "rejected": "left as it was by the reviewer",
}
_LIKELY, _POSSIBLE = 0.9, 0.5


def percent(share: float) -> str:
    """A probability or share for people, never rounded up to certainty.

    :param share: 0 to 1.
    :return: Such as ``97%``, ``1.4%`` or ``>99.9%``.
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if share < 0.001:
        return "<0.1%"
    if share > 0.999:
        return ">99.9%"
    return f"{share:.1%}" if share < 0.0995 or share > 0.99 else f"{share:.0%}"


def count(number: int, noun: str) -> str:
    """A number and its noun.

    :param number: How many.
    :param noun: The noun in the singular, which takes a plain s.
    :return: Such as ``1 word`` or ``2,400 words``.
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def tri_state(value: bool | None) -> str:
    """An answer that may be missing.

    :param value: The answer, None when there was too little to tell.
    :return: ``yes``, ``no`` or ``too little to tell``.
    """
    return "too little to tell" if value is None else "yes" if value else "no"


def verdict(summary: DocumentSummary) -> str:
    """The whole document in two or three words.

    :param summary: Its figures.
    :return: The verdict.
    """
    if summary.spun_probability >= _LIKELY:
        return "machine-spun"
    if summary.spun_probability >= _POSSIBLE:
        return "possibly machine-spun"
    return "no sign of spinning" if summary.spun_probability < LOOKS_CLEAN else "little sign of spinning"


def name(result: Result) -> str:
    """The document's name, safe to print.

    :param result: A result.
    :return: Its path, or ``standard input``.
    """
    path = result.document.path
    return "standard input" if path == "-" else visible(path, one_line=True)


def status(finding: Finding) -> str:
    """Whether the edit is applied, and what sort it is where that is not a wording.

    :param finding: A finding.
    :return: Such as ``applied`` or ``flagged only, spinner's leftover``.
    """
    state = _DECISIONS[finding.decision] if finding.decision else "applied" if finding.applied else "flagged only"
    return ", ".join(part for part in (state, nature(finding)) if part)


def nature(finding: Finding) -> str:
    """What sort of finding it is where that is not a wording, and whether it stands in a quotation.

    :param finding: A finding.
    :return: Such as ``spinner's leftover, in a quotation``; empty where there is nothing to say.
    """
    kind = _KINDS.get(finding.kind)
    place = "in a quotation" if finding.in_quotation else None
    return ", ".join(part for part in (kind, place) if part)


def suggestion(wording: str | None) -> str:
    """A wording as a suggestion, safe to print.

    :param wording: The wording; empty deletes, None when there is none to offer.
    :return: The quoted wording, ``(delete)`` or ``(no suggestion)``.
    """
    if wording is None:
        return "(no suggestion)"
    return f"“{visible(wording, one_line=True)}”" if wording else "(delete)"


def reasons(evidence: Evidence) -> list[str]:
    """Why a span was flagged, in sentences; figures that played no part are left out.

    :param evidence: The finding's evidence.
    :return: One line for each reason, strongest claim first.
    """
    lines = []
    if evidence.source is not None:
        lines.append(f"taken from the clean copy {visible(evidence.source, one_line=True)}")
    if evidence.leftover is not None:
        lines.append(f"a spinner's leftover: {visible(evidence.leftover, one_line=True)}")
    lines += _odds(evidence)
    if evidence.guard is not None:
        lines.append(f"stands in {_GUARDED[evidence.guard]}, where only a near-certain edit is applied")
    if evidence.page_certainty < 1.0:
        lines.append(f"wordings of this page's suspect words: {percent(evidence.page_certainty)} certain on average")
    lines.append(f"all together: {percent(evidence.posterior)} spun")
    if evidence.asked:
        lines.append(f"an edit is applied here from a confidence of {percent(evidence.asked)} on")
    return lines


def _odds(evidence: Evidence) -> list[str]:
    """What the model says, and what everything else makes of that."""
    lines = [f"the model alone: {percent(evidence.model_probability)} spun"]
    if evidence.neighbours:
        lines.append(f"another wording goes with the words beside it: {_shift(evidence.neighbours)}")
    if evidence.own_table:
        lines.append(f"the rest of this text was spun in the same manner: {_shift(evidence.own_table)}")
    lines.append(f"share of spun words in this document: {percent(evidence.document_prior)}")
    if evidence.occurrences > 1 or evidence.consistency:
        times = f"the form occurs {count(evidence.occurrences, 'time')} here"
        lines.append(f"{times}: {_shift(evidence.consistency)}")
    if evidence.options:
        lines.append(f"how quoted or capitalised words fared here: {_shift(evidence.options)}")
    if evidence.page_factor < 0.995:
        looks = " looks honest and" if evidence.page_factor < 0.5 else ""
        lines.append(f"the document as a whole{looks} leaves {percent(evidence.page_factor)} of that probability")
    return lines


def _shift(nats: float) -> str:
    """A change of log odds for people."""
    if abs(nats) < 0.005:
        return "leaves the odds as they are"
    return f"{'raises' if nats > 0 else 'lowers'} the log odds by {abs(nats):.2f}"


def summary_line(result: Result) -> str:
    """One line for standard error: words, flagged, edits applied, spun probability.

    :param result: A result.
    :return: The line, without a line break.
    """
    figures = (
        count(result.summary.words, "word"),
        f"{len(result.findings):,} flagged",
        f"{count(len(result.applied), 'edit')} applied",
        f"spun probability {percent(result.summary.spun_probability)}",
    )
    return f"{name(result)}: {', '.join(figures)}"
