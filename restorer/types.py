"""The data that flows through every stage.

All classes are frozen. All offsets are code points of the document's own text, half open: ``text[start:end]``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from math import exp, log, log1p
from typing import Any, Literal

from restorer.errors import SettingsError

__all__ = [
    "Alternative",
    "Calibration",
    "Document",
    "DocumentSummary",
    "Evidence",
    "Finding",
    "FindingKind",
    "Result",
    "ReviewDecision",
    "TextEncoding",
    "probability",
]


def probability(share: float) -> float:
    """A probability as results hold it.

    :param share: 0 to 1.
    :return: To four places, and never rounded up to certainty.
    """
    return min(round(share, 4), 0.9999)


FindingKind = Literal["wording", "deletion", "leftover", "reference"]
ReviewDecision = Literal["accepted", "chosen", "written", "rejected"]


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How a document's bytes were read, so that they can be written back the same way.

    :param codec: A Python codec name, such as ``utf-8`` or ``cp1252``.
    :param bom: The byte order mark found at the start of the file, written back as it was.
    """

    codec: str = "utf-8"
    bom: bytes = b""


@dataclass(frozen=True, slots=True)
class Document:
    """One text on its way through the pipeline.

    :param text: The text, newlines untouched.
    :param path: Where it came from, ``-`` for standard input or a string in memory.
    :param encoding: How its bytes were read.
    """

    text: str
    path: str = "-"
    encoding: TextEncoding = field(default_factory=TextEncoding)


@dataclass(frozen=True, slots=True)
class Alternative:
    """A wording that could stand in a finding's place.

    :param text: The wording, cased and inflected as it would be applied; empty to delete.
    :param confidence: Probability that this is the wording the author used, 0 to 1.
    """

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a span was flagged.

    :param model_probability: The network's own probability that the span is spun, before anything else is considered.
    :param document_prior: Share of the document's words estimated to be spun.
    :param posterior: Probability that the span is spun once the document is considered.
    :param occurrences: How often the same spun form stands in the document.
    :param consistency: Change of log odds (nats) from the form's other occurrences in the document.
    :param options: Change of log odds (nats) because the span is quoted or capitalised and such words were (not) spun.
    :param leftover: What kind of spinner's leftover this is, if it is one.
    :param source: Path of the clean copy the wording was taken from, if it was.
    :param guard: What the span stands in that asks for near-certain evidence (:data:`restorer.guard.GUARDS`), if so.
    :param page_certainty: Mean probability of the likeliest wordings of the document's suspect words: low where it was
        spun with words that the model knows little of.
    :param page_factor: Probability that the document is spun at all, as far as its words go by it: 1 where it evidently
        is; what an honest document leaves of its odd words.
    :param neighbours: Change of log odds (nats) from what the words beside the span may have been.
    :param own_table: Change of log odds (nats) because the table that the document was spun with explains the span
        better than others do.
    :param asked: Confidence from which the edit would have been applied, where it was not; 0 where it was, or where
        there is none.
    """

    model_probability: float
    document_prior: float
    posterior: float
    occurrences: int = 1
    consistency: float = 0.0
    options: float = 0.0
    leftover: str | None = None
    source: str | None = None
    guard: str | None = None
    page_certainty: float = 1.0
    page_factor: float = 1.0
    neighbours: float = 0.0
    own_table: float = 0.0
    asked: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One suspicious span and what should stand there.

    :param start: First code point.
    :param end: One past the last code point.
    :param text: ``document.text[start:end]``.
    :param replacement: The suggested wording; empty to delete; None when no wording can be offered.
    :param confidence: Probability that applying ``replacement`` restores the author's wording, 0 to 1.
    :param applied: Whether the edit is in ``Result.restored``.
    :param kind: What sort of edit this is.
    :param in_quotation: Whether the span stands inside quotation marks.
    :param alternatives: Ranked wordings, the suggested one first.
    :param evidence: Why.
    :param decision: What a reviewer did: took the suggestion, chose another wording, wrote one, or left the text; None
        where the engine alone has decided.
    """

    start: int
    end: int
    text: str
    replacement: str | None
    confidence: float
    applied: bool
    kind: FindingKind
    in_quotation: bool
    alternatives: tuple[Alternative, ...]
    evidence: Evidence
    decision: ReviewDecision | None = None

    def to_dict(self) -> dict[str, Any]:
        """The finding as in the JSON output."""
        data = asdict(self)
        data["alternatives"] = [asdict(a) for a in self.alternatives]
        if self.decision is None:
            del data["decision"]
        return data


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """What is true of the whole document.

    :param words: Number of words (punctuation and numbers not counted).
    :param spun_probability: Probability that the document went through a spinner.
    :param spin_density: Estimated share of its words that stand in a spun span.
    :param quotes_spun: Whether quotations were spun too; None when there is too little to tell.
    :param capitals_spun: Whether capitalised words were spun too; None when there is too little to tell.
    :param leftovers: Number of spinner's leftovers (half-spelled numbers, open braces).
    """

    words: int
    spun_probability: float
    spin_density: float
    quotes_spun: bool | None
    capitals_spun: bool | None
    leftovers: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Thresholds measured on clean held-out text: score at or above which a given share of clean words is hit.

    :param fpr: False alarms per word, ascending.
    :param flag: Posterior threshold for a flag at each rate.
    :param edit: Confidence threshold for an applied edit at each rate.
    :param curve: Score of an edit → share of edits that were right, as ascending pairs; empty to leave it as it is.
    :param page: Offset, and weights of the log odds of the raw confidence and of the page's certainty, in the score
        that the curve starts from.
    :param document: Offset and slope of the logistic that turns log(1 + a document's evidence in nats) into a
        probability.
    """

    fpr: tuple[float, ...]
    flag: tuple[float, ...]
    edit: tuple[float, ...]
    curve: tuple[tuple[float, float], ...] = ()
    document: tuple[float, float] = (-7.0, 4.0)
    page: tuple[float, float, float] = (0.0, 1.0, 0.0)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Calibration:
        """Read what a model's ``calibration.json`` holds.

        :param data: The decoded file.
        :return: The calibration.
        """
        offset, own, others = map(float, data.get("page", (0.0, 1.0, 0.0)))
        return cls(
            fpr=tuple(data["fpr"]),
            flag=tuple(data["flag"]),
            edit=tuple(data["edit"]),
            curve=tuple((float(x), float(y)) for x, y in data["curve"]),
            document=(float(data["document"][0]), float(data["document"][1])),
            page=(offset, own, others),
        )

    def confidence(self, raw: float, certainty: float = 1.0) -> float:
        """Calibrated confidence of an edit.

        :param raw: Product of the model's probabilities, 0 to 1.
        :param certainty: Mean probability of the likeliest wordings on the page, 0 to 1.
        :return: The share of such edits that were right on held-out text.
        """
        score = self.score(raw, certainty)
        if not self.curve:
            return score
        place = bisect_left(self.curve, (score,))
        if place == len(self.curve):
            return self.curve[-1][1]
        above, below = self.curve[place], self.curve[max(place - 1, 0)]
        width = above[0] - below[0]
        return above[1] if width <= 0 else below[1] + (score - below[0]) / width * (above[1] - below[1])

    def score(self, raw: float, certainty: float) -> float:
        """What the curve starts from: the raw confidence in the light of the page.

        :param raw: Product of the model's probabilities, 0 to 1.
        :param certainty: Mean probability of the likeliest wordings on the page, 0 to 1.
        :return: Between 0 and 1.
        """
        offset, own, others = self.page
        if not others and own == 1.0 and not offset:
            return raw
        return 1.0 / (1.0 + exp(-(offset + own * _logit(raw) + others * _logit(certainty))))

    def spun_probability(self, surprise: float) -> float:
        """Probability that a document went through a spinner.

        :param surprise: Its evidence (nats).
        :return: The probability, where one document in a hundred is spun.
        """
        offset, slope = self.document
        return 1.0 / (1.0 + exp(-max(min(offset + slope * log1p(max(surprise, 0.0)), 50.0), -50.0)))

    def thresholds(self, fpr: float) -> tuple[float, float]:
        """Interpolated (flag, edit) thresholds for a requested false alarm rate.

        :param fpr: Requested false alarms per word, in (0, 1].
        :return: The two thresholds.
        :raises SettingsError: if ``fpr`` is not in (0, 1].
        """
        if not 0.0 < fpr <= 1.0:
            msg = f"fpr must be above 0 and at most 1 (false alarms per word), got {fpr}; try 0.001"
            raise SettingsError(msg)
        xs = [log(f) for f in self.fpr]
        x = min(max(log(fpr), xs[0]), xs[-1])
        for i in range(1, len(xs)):
            if x <= xs[i]:
                share = (x - xs[i - 1]) / (xs[i] - xs[i - 1])
                flag = self.flag[i - 1] + share * (self.flag[i] - self.flag[i - 1])
                return flag, self.edit[i - 1] + share * (self.edit[i] - self.edit[i - 1])
        return self.flag[-1], self.edit[-1]


def _logit(p: float) -> float:
    p = min(max(p, 1e-6), 1.0 - 1e-6)
    return log(p / (1.0 - p))


Decider = Callable[[tuple[Finding, ...], float, float, bool], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Result:
    """A document, everything that was scored in it, and the restored text.

    :param document: The input.
    :param model: Name and version of the model.
    :param summary: Figures of the whole document.
    :param findings: What was flagged, in order of position, not overlapping.
    :param candidates: All scored spans, flagged or not, from which another threshold can choose.
    :param calibration: The model's thresholds for false alarm rates.
    :param decider: The policy that turns candidates into findings; kept so that :meth:`rethreshold` needs no model.
    """

    document: Document
    model: str
    summary: DocumentSummary
    findings: tuple[Finding, ...]
    candidates: tuple[Finding, ...] = field(repr=False)
    calibration: Calibration = field(repr=False)
    decider: Decider = field(repr=False)

    @property
    def restored(self) -> str:
        """The text with the applied edits; every other code point is as it was."""
        from restorer.apply import splice

        return splice(self.document.text, self.findings)

    @property
    def applied(self) -> tuple[Finding, ...]:
        """The findings whose edit is applied."""
        return tuple(f for f in self.findings if f.applied)

    def rethreshold(self, *, fpr: float | None = None, threshold: float | None = None) -> Result:
        """The same document decided anew, without another model run.

        :param fpr: Requested false alarms per word, or
        :param threshold: least probability of a flag and least confidence of an applied edit, 0 to 1.
        :return: A new result.
        :raises SettingsError: if neither or both are given, or the value is out of range.
        """
        from restorer.decide import thresholds_for

        thresholds = thresholds_for(self.calibration, fpr=fpr, threshold=threshold)
        return replace(self, findings=self.decider(self.candidates, *thresholds))

    def flagged(self) -> Result:
        """The same findings with none of them applied.

        :return: A new result.
        """
        return self.with_findings(replace(finding, applied=False) for finding in self.findings)

    def with_findings(self, findings: Iterable[Finding]) -> Result:
        """The same result with other decisions (a reviewer's, say).

        :param findings: Findings in order of position, not overlapping.
        :return: A new result.
        """
        return replace(self, findings=tuple(findings))

    def diff(self, *, context: int = 3) -> str:
        """Unified diff from the input to the restored text.

        :param context: Lines of context around a change.
        :return: The diff, empty when nothing changes.
        """
        from restorer.apply import unified_diff

        return unified_diff(self.document, self.restored, context=context)

    def to_dict(self) -> dict[str, Any]:
        """The result as in the JSON output (restorer/report/result.schema.json)."""
        from hashlib import sha256

        return {
            "path": self.document.path,
            "text_sha256": sha256(self.document.text.encode("utf-8", "surrogatepass")).hexdigest(),
            "model": self.model,
            "restored": self.restored,
            "document": asdict(self.summary),
            "findings": [f.to_dict() for f in self.findings],
        }
