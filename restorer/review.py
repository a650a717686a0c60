"""Reviewing findings one by one: what was decided, what comes next, and how to take it back. No input, no output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from restorer.errors import SettingsError
from restorer.types import Alternative, Finding, Result

__all__ = ["Decision", "Gap", "Review", "gaps", "with_decisions"]

Gap = Literal["", "before", "after"]

_ENDS = " ,.;:!?)]”’\"'…\r\n\t"
_BEGINS = "\r\n\t([“‘\"'"
"""Between these and a word that is deleted there is no space to keep."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one finding.

    :param start: First code point of the finding.
    :param text: Its text, which shows that the decision is still about the same thing.
    :param replacement: The wording to put there; empty to delete; None to leave the text as it is.
    """

    start: int
    text: str
    replacement: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """A review at some point; each answer gives a new one.

    :param result: The result under review.
    :param steps: Answers so far; one answer can decide on several findings.
    """

    result: Result
    steps: tuple[tuple[Decision, ...], ...] = ()

    @property
    def current(self) -> Finding | None:
        """The first finding without a decision; None when the review is finished."""
        return next(self._undecided(), None)

    @property
    def decided(self) -> int:
        """Number of findings with a decision."""
        return sum(map(len, self.steps))

    def choices(self) -> tuple[Alternative, ...]:
        """The current finding's wordings other than the suggested one, best first."""
        finding = self._asked()
        return tuple(a for a in finding.alternatives if a.text != finding.replacement)

    def accept(self) -> Review:
        """Apply the current finding's suggestion.

        :return: The review after it.
        :raises SettingsError: if there is no suggestion.
        """
        finding = self._asked()
        return self._after(_decision(finding, _suggested(finding)))

    def choose(self, number: int) -> Review:
        """Apply another of the alternatives.

        :param number: Its number, from 1.
        :return: The review after it.
        :raises SettingsError: if there is no such alternative.
        """
        choices = self.choices()
        if not 1 <= number <= len(choices):
            msg = (
                f"there is no alternative {number}; choose 1 to {len(choices)}" if choices else "no other alternatives"
            )
            raise SettingsError(msg)
        return self._after(_decision(self._asked(), choices[number - 1].text))

    def write(self, wording: str) -> Review:
        """Apply a wording of the reviewer's own.

        :param wording: The wording; empty to delete.
        :return: The review after it.
        """
        finding = self._asked()
        return self._after(_decision(finding, _spaced(wording, finding.text) if wording else wording))

    def skip(self) -> Review:
        """Leave the current finding's text as it is.

        :return: The review after it.
        """
        return self._after(_decision(self._asked(), None))

    def accept_form(self) -> Review:
        """Apply the current suggestion wherever the same form is still undecided, cased as it is written there.

        :return: The review after it.
        :raises SettingsError: if there is no suggestion.
        """
        finding = self._asked()
        wording = _suggested(finding)
        same = (f for f in self._undecided() if f.text.casefold() == finding.text.casefold())
        return self._after(*(_decision(f, _cased(wording, finding, f)) for f in same))

    def undo(self) -> Review:
        """Take the last answer back.

        :return: The review before it.
        :raises SettingsError: if there is none.
        """
        if not self.steps:
            msg = "there is no answer to take back"
            raise SettingsError(msg)
        return replace(self, steps=self.steps[:-1])

    def outcome(self) -> Result:
        """The result with every decision in force; what was not decided on is not applied.

        :return: The result.
        """
        decisions = self._decisions()
        decided = (_decided(f, decisions.get(f.start)) for f in self.result.findings)
        return self.result.with_findings(_closed_up(self.result, decided))

    def to_list(self) -> list[list[dict[str, Any]]]:
        """The answers in a form that JSON can hold."""
        return [[{"start": d.start, "text": d.text, "replacement": d.replacement} for d in s] for s in self.steps]

    def resumed(self, steps: Iterable[Iterable[Mapping[str, Any]]]) -> Review:
        """This review with answers given before, as far as they are about findings of this result.

        :param steps: What :meth:`to_list` gave.
        :return: The review after these answers.
        :raises ValueError: if they are not of that form.
        """
        texts = {f.start: f.text for f in self.result.findings}
        kept: list[tuple[Decision, ...]] = []
        seen: set[int] = set()
        try:
            for step in steps:
                decisions = [Decision(int(d["start"]), str(d["text"]), _wording(d["replacement"])) for d in step]
                valid = tuple(d for d in decisions if texts.get(d.start) == d.text and d.start not in seen)
                seen.update(d.start for d in valid)
                kept += [valid] if valid else []
        except (KeyError, TypeError) as error:
            msg = f"not a list of answers: {error}"
            raise ValueError(msg) from error
        return replace(self, steps=tuple(kept))

    def _asked(self) -> Finding:
        finding = self.current
        if finding is None:
            msg = "the review is finished; undo an answer to change it"
            raise SettingsError(msg)
        return finding

    def _after(self, *decisions: Decision) -> Review:
        return replace(self, steps=(*self.steps, decisions))

    def _decisions(self) -> dict[int, Decision]:
        return {decision.start: decision for step in self.steps for decision in step}

    def _undecided(self) -> Iterator[Finding]:
        decided = self._decisions()
        return (f for f in self.result.findings if f.start not in decided)


def with_decisions(result: Result, decisions: Iterable[Decision]) -> Result:
    """A result in which a reviewer's decisions are in force, and where there is none, what the engine decided.

    A decision may be on a candidate that the result's threshold does not flag: it is a finding then.

    :param result: The result.
    :param decisions: The decisions, the last one counts where two are on the same span.
    :return: A new result.
    :raises SettingsError: if a decision is on nothing that was scored in this text.
    """
    asked = {decision.start: decision for decision in decisions}
    known = {c.start: c for c in result.candidates}
    for decision in asked.values():
        candidate = known.get(decision.start)
        if candidate is None or candidate.text != decision.text:
            msg = (
                f"no candidate {decision.text!r} starts at code point {decision.start}; "
                "take start and text from the findings of this very text"
            )
            raise SettingsError(msg)
    flagged = {f.start: f for f in result.findings}
    spans = {start: candidate for start, candidate in known.items() if start in asked or start in flagged}
    decided = (_decided(known[start], asked[start]) if start in asked else flagged[start] for start in spans)
    return result.with_findings(_closed_up(result, decided))


def _wording(value: object) -> str | None:
    return value if value is None else str(value)


def _spaced(wording: str, replaced: str) -> str:
    """A typed wording with the white space that its span begins and ends with: one that deletes takes in a space."""
    before = "" if wording.startswith(("'", "’")) else replaced[: len(replaced) - len(replaced.lstrip())]
    after = replaced[len(replaced.rstrip()) :]
    return before + wording.strip() + after


def _suggested(finding: Finding) -> str:
    if finding.replacement is None:
        msg = "there is no suggestion to accept; type one, or skip"
        raise SettingsError(msg)
    return finding.replacement


def _decision(finding: Finding, wording: str | None) -> Decision:
    return Decision(finding.start, finding.text, wording)


def _cased(wording: str, asked: Finding, other: Finding) -> str:
    """The wording as it would be written where the same form stands elsewhere."""
    known: Sequence[str] = [a.text for a in other.alternatives if a.text.casefold() == wording.casefold()]
    if known or asked.text == other.text or not wording:
        return next(iter(known), wording)
    if other.text.isupper() and len(other.text) > 1:
        return wording.upper()
    head = wording[0].upper() if other.text[:1].isupper() else wording[0].lower()
    return head + wording[1:]


def _decided(finding: Finding, decision: Decision | None) -> Finding:
    if decision is None:
        return replace(finding, applied=False)
    if decision.replacement is None:
        return replace(finding, applied=False, decision="rejected")
    known = next((a for a in finding.alternatives if a.text == decision.replacement), None)
    chosen = known or Alternative(decision.replacement, 1.0)
    others = tuple(a for a in finding.alternatives if a.text != chosen.text)
    suggested = chosen.text == finding.replacement
    return replace(
        finding,
        replacement=chosen.text,
        confidence=finding.confidence if suggested else chosen.confidence,
        applied=True,
        alternatives=(chosen, *others),
        decision="accepted" if suggested else "chosen" if known else "written",
    )


def gaps(text: str, candidates: Sequence[Finding]) -> dict[int, Gap]:
    """Which space goes with each candidate, should a reviewer delete it: a word leaves two behind.

    :param text: The document's text.
    :param candidates: All candidates, in order of position.
    :return: By start of each candidate: the one ``before`` it, the one ``after`` it, or none.
    """
    ends = [0, *(c.end for c in candidates)]
    starts = [*(c.start for c in candidates[1:]), len(text)]
    return {c.start: _gap(text, c, end, start) for c, end, start in zip(candidates, ends, starts, strict=False)}


def _gap(text: str, candidate: Finding, free_from: int, free_to: int) -> Gap:
    if candidate.text != candidate.text.strip():  # its span has the space in it
        return ""
    before = text[candidate.start - 1 : candidate.start] if candidate.start > free_from else ""
    after = text[candidate.end : candidate.end + 1]
    if before == " " and (not after or after in _ENDS):
        return "before"
    at_start = not candidate.start or text[candidate.start - 1] in _BEGINS
    return "after" if at_start and after == " " and candidate.end < free_to else ""


def _closed_up(result: Result, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings in which a word that a reviewer deleted takes its space with it."""
    text = result.document.text
    known = gaps(text, result.candidates)
    done = 0
    for finding in findings:
        if finding.decision is not None and finding.applied and not finding.replacement:
            gap = known.get(finding.start, "") if finding.text == finding.text.strip() else ""
            if gap == "before" and finding.start == done and done:  # its neighbour was deleted too, and took that space
                gap = "after" if text[finding.end : finding.end + 1] == " " and finding.end not in known else ""
            start, end = finding.start - (gap == "before"), finding.end + (gap == "after")
            finding = replace(finding, start=start, end=end, text=text[start:end])
        done = finding.end
        yield finding
