"""The pipeline: segment → score → weigh → decode → decide, one document after the other."""

from __future__ import annotations

import copy
import logging
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from restorer.config import Settings
from restorer.decide import CERTAIN, Policy, thresholds_for
from restorer.decode import decode, with_space
from restorer.errors import InputError
from restorer.evidence import DocumentEvidence, Kinds, Leftover, find_leftovers, length_factor, weigh
from restorer.guard import GUARDS, guards
from restorer.models.base import EditModel, Scores
from restorer.models.locate import shipped_models
from restorer.references import Match, Reading, ReferenceEdit, References
from restorer.segment import Segmented, sections, segment
from restorer.types import Alternative, Calibration, Document, DocumentSummary, Evidence, Finding, Result, probability

__all__ = ["Part", "Restorer", "detect", "document_surprise", "load_model", "restore"]

CERTAINTY = 0.99
"""Shown for what is read off a clean copy or a rule; nothing is quite certain."""

LEFTOVER_SURPRISE = 8.0
"""What one leftover adds to a document's evidence (nats): honest pages have hardly any."""

COPY_SURPRISE = 4.0
"""What a clean text that a document was copied from, not to the letter, adds to the evidence for its words (nats)."""

_log = logging.getLogger(__name__)


def load_model(name: str, *, threads: int = 0) -> EditModel:
    """A model by the name of a shipped one, by folder, or by hub name.

    :param name: ``small``, a folder, or a Hugging Face name such as ``org/model``.
    :param threads: Threads to use; 0 leaves the choice to the runtime.
    :return: The model.
    :raises ModelError: if there is none, or it cannot be read.
    :raises MissingDependencyError: if a hub model is asked for without the ``torch`` extra.
    """
    shipped = shipped_models()
    folder = shipped.get(name, Path(name))
    if name in shipped or (folder / "model.onnx").exists():
        from restorer.models.onnx import OnnxModel

        return OnnxModel.load(folder, threads=threads)
    from restorer.models.hub import load_hub_model

    return load_hub_model(name, threads=threads)


class Restorer:
    """Finds spun wording and restores it; holds one model and may be shared by threads."""

    def __init__(self, model: EditModel, settings: Settings | None = None, kinds: Kinds | None = None) -> None:
        """Put the parts together.

        :param model: Scores words and proposes wordings.
        :param settings: Thresholds and policies; the defaults when None.
        :param kinds: Kinds of the document's evidence to heed; all of them when None.
        """
        self.model = model
        self._kinds = kinds or Kinds()
        self.settings = settings or Settings()
        folder = self.settings.references
        self._references = References.from_folder(Path(folder)) if folder is not None else None

    @classmethod
    def from_pretrained(cls, model: str | Path | None = None, *, settings: Settings | None = None) -> Restorer:
        """A restorer with a shipped or stored model.

        :param model: Name, folder or hub name; the settings' model when None.
        :param settings: Thresholds and policies; the defaults when None.
        :return: The restorer.
        :raises ModelError: if the model is missing or cannot be read.
        """
        chosen = settings or Settings()
        return cls(load_model(str(model or chosen.model), threads=chosen.threads), chosen)

    def with_settings(self, settings: Settings) -> Restorer:
        """A restorer with the same model and clean copies that decides otherwise.

        :param settings: Thresholds and policies; their model, references and threads are not looked at.
        :return: The restorer.
        """
        other = copy.copy(self)
        other.settings = settings
        return other

    def restore(self, text: str | Document) -> Result:
        """Restore one text.

        :param text: A text, or a document read by :mod:`restorer.readers`.
        :return: What was found and the restored text.
        :raises InputError: if it is anything else.
        """
        document = _document(text)
        return self.decide(document, self.examine(document.text))

    def source_date(self, source: str) -> str:
        """The date of a clean copy that a finding names as its source.

        :param source: The source.
        :return: The date, empty where it is not known.
        """
        return self._references.date(source) if self._references is not None else ""

    def decide(self, document: Document, parts: list[Part]) -> Result:
        """Turn a document's scored stretches into findings.

        :param document: The document.
        :param parts: What :meth:`examine` made of its text.
        :return: What was found and the restored text.
        """
        candidates = tuple(f for part in parts for f in part.candidates)
        summary = _summary(parts, self.model.calibration)
        policy = Policy.from_settings(self.settings, summary if self._kinds.rate else None, document.text)
        fpr = None if self.settings.threshold is not None else self.settings.fpr
        thresholds = thresholds_for(self.model.calibration, fpr=fpr, threshold=self.settings.threshold)
        return Result(
            document=document,
            model=self.model.name,
            summary=summary,
            findings=policy(candidates, *thresholds),
            candidates=candidates,
            calibration=self.model.calibration,
            decider=policy,
        )

    def examine(self, text: str) -> list[Part]:
        """Score a text without deciding anything.

        :param text: The text.
        :return: Its stretches, each with the document's evidence and candidates.
        """
        return [self._part(offset, stretch) for offset, stretch in sections(text)]

    def restore_many(self, texts: Iterable[str | Document]) -> Iterator[Result]:
        """Restore texts in order, one at a time, so that memory does not grow with their number.

        Windows are not shared between texts: int8 activations have one scale a batch, so a shared batch would let one
        text change another's result, and a single window already fills the cores.

        :param texts: Texts or documents.
        :return: One result a text, in order.
        :raises InputError: if ``texts`` is one text or nothing to iterate over; at its turn, if one of them is no text.
        """
        # No generator itself: a wrong argument is an error here and not at the first result.
        if isinstance(texts, str | bytes | bytearray | Document) or not isinstance(texts, Iterable):
            msg = f"texts must be a list or other iterable of texts, got {type(texts).__name__}; restore() takes one"
            raise InputError(msg)
        return (self.restore(text) for text in texts)

    def _part(self, offset: int, stretch: str) -> Part:
        """Everything about one stretch of a document; offsets are the document's."""
        text = segment(stretch)
        scores = next(iter(self.model.score([text])))
        traces = find_leftovers(stretch) if self._kinds.leftovers else []
        leftovers = [item for item in traces if not text.protected[_word_at(text, item.start)]]
        match = next(iter(self._references.matches(text)), None) if self._references is not None else None
        known = LEFTOVER_SURPRISE * len(leftovers) + (COPY_SURPRISE if match is not None else 0.0)
        evidence = weigh(text, scores.spun_logit, self.model.prior, self._kinds, known)
        decoded: Sequence[Finding] = decode(text, scores, evidence, self.model.calibration, pooling=self._kinds.forms)
        certain = [_leftover(text, item, evidence, scores) for item in leftovers]
        if match is not None:
            edits, decoded = _by_reference(text, match, decoded)
            certain += [_from_reference(text, edit, evidence, scores) for edit in edits]
        found = _merged(certain, _guarded(text, decoded))
        moved = tuple(replace(f, start=f.start + offset, end=f.end + offset) for f in found)
        words = sum(word[0].isalpha() for word in text.words)
        return Part(words, evidence, moved, len(leftovers))


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of one stretch of a document.

    :param words: Number of words.
    :param evidence: The stretch's evidence.
    :param candidates: Candidate findings, with offsets of the whole document.
    :param leftovers: Number of leftovers.
    """

    words: int
    evidence: DocumentEvidence
    candidates: tuple[Finding, ...]
    leftovers: int


def _document(text: str | Document) -> Document:
    """A text as a document; the types are checked since a library's callers need not check theirs."""
    document = text if isinstance(text, Document) else Document(text)
    held: object = document.text
    if not isinstance(held, str):
        remedies = {bytes: "decode it first", bytearray: "decode it first", Path: "read it with restorer.readers"}
        remedy = next((r for kind, r in remedies.items() if isinstance(held, kind)), "pass the text itself")
        msg = f"text must be a str or a Document of one, got {type(held).__name__}; {remedy}"
        raise InputError(msg)
    return document


def _word_at(text: Segmented, start: int) -> int:
    """Index of the word at a code point, or of the next one."""
    return min(int(np.searchsorted(text.starts, start)), len(text) - 1)


def _leftover(text: Segmented, item: Leftover, evidence: DocumentEvidence, scores: Scores) -> Finding:
    index = _word_at(text, item.start)
    return Finding(
        start=item.start,
        end=item.end,
        text=text.text[item.start : item.end],
        replacement=item.replacement,
        confidence=CERTAINTY,
        applied=False,
        kind="leftover",
        in_quotation=bool(text.quoted[index]),
        alternatives=(Alternative(item.replacement, CERTAINTY),),
        evidence=Evidence(
            model_probability=probability(scores.alone(index)),
            document_prior=round(evidence.density, 4),
            posterior=CERTAINTY,
            leftover=item.kind,
        ),
    )


def _by_reference(
    text: Segmented, match: Match, scored: Sequence[Finding]
) -> tuple[list[ReferenceEdit], Sequence[Finding]]:
    """What a clean copy says, and the model's findings that it leaves."""
    readings = [_reading(text, finding) for finding in scored]
    match = References.completed(text, match, readings)
    kept = [f for f, reading in zip(scored, readings, strict=True) if References.allows(text, match, reading)]
    return References.edits(text, match), kept


def _reading(text: Segmented, finding: Finding) -> Reading:
    """What a model's finding takes the words it touches to have been."""
    first = _word_at(text, finding.start)
    last = int(np.searchsorted(text.starts, finding.end))
    return Reading(first, last, tuple(a.text for a in finding.alternatives))


def _from_reference(text: Segmented, edit: ReferenceEdit, evidence: DocumentEvidence, scores: Scores) -> Finding:
    last = edit.first + edit.count
    start, end = int(text.starts[edit.first]), int(text.ends[last - 1])
    if not edit.wording:
        start, end = with_space(text.text, start, end)
    return Finding(
        start=start,
        end=end,
        text=text.text[start:end],
        replacement=edit.wording,
        confidence=CERTAINTY,
        applied=False,
        kind="reference",
        in_quotation=bool(text.quoted[edit.first]),
        alternatives=(Alternative(edit.wording, CERTAINTY),),
        evidence=Evidence(
            model_probability=probability(max(map(scores.alone, range(edit.first, last)))),
            document_prior=round(evidence.density, 4),
            posterior=CERTAINTY,
            source=edit.source,
        ),
    )


def _guarded(text: Segmented, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Findings that say what they stand in, where that asks for more evidence."""
    kinds = guards(text) if findings else None
    for finding in findings:
        kind = GUARDS[kinds[_word_at(text, finding.start)]] if kinds is not None else ""
        yield replace(finding, evidence=replace(finding.evidence, guard=kind)) if kind else finding


def _merged(certain: Iterable[Finding], scored: Iterable[Finding]) -> list[Finding]:
    """Findings in order of position; where two overlap, the certain one stays, else the likelier.

    Scored findings overlap where one takes in a neighbour that is another's own, such as the article before it.
    """
    taken: list[Finding] = []
    for finding in certain:
        place = bisect_left(taken, finding.end, key=lambda f: f.start)
        if not place or taken[place - 1].end <= finding.start:
            taken.insert(place, finding)
    merged: list[Finding] = []
    rows = iter(taken)
    following = next(rows, None)
    for finding in scored:
        while following is not None and following.start < finding.end:
            merged.append(following)
            following = next(rows, None)
        if merged and finding.start < merged[-1].end and _weaker(merged[-1], finding):
            merged.pop()
        if not merged or finding.start >= merged[-1].end:
            merged.append(finding)
    if following is not None:
        merged.extend((following, *rows))
    return merged


def _weaker(one: Finding, other: Finding) -> bool:
    return one.kind not in CERTAIN and one.confidence < other.confidence


def document_surprise(parts: list[Part]) -> float:
    """What speaks for a document having gone through a spinner: its words and its leftovers together.

    :param parts: What :meth:`Restorer.examine` made of its text.
    :return: The log likelihood ratio (nats) of a spun document to a clean one, as it would be at ordinary length; 0
        where nothing speaks for it.
    """
    total = sum(part.evidence.surprise for part in parts) * length_factor(sum(part.words for part in parts))
    return max(total, 0.0) + LEFTOVER_SURPRISE * sum(part.leftovers for part in parts)


def _summary(parts: list[Part], calibration: Calibration) -> DocumentSummary:
    words = sum(part.words for part in parts)
    leftovers = sum(part.leftovers for part in parts)
    expected = sum(part.evidence.density * part.words for part in parts)
    return DocumentSummary(
        words=words,
        spun_probability=probability(calibration.spun_probability(document_surprise(parts))),
        spin_density=round(expected / words, 4) if words else 0.0,
        quotes_spun=_either(part.evidence.quotes_spun for part in parts),
        capitals_spun=_either(part.evidence.capitals_spun for part in parts),
        leftovers=leftovers,
    )


def _either(verdicts: Iterable[bool | None]) -> bool | None:
    known = [v for v in verdicts if v is not None]
    return any(known) if known else None


@lru_cache(maxsize=1)
def _default() -> Restorer:
    return Restorer.from_pretrained()


def restore(text: str) -> Result:
    """Restore one text with the shipped model and default settings.

    :param text: The text.
    :return: What was found and the restored text.
    """
    return _default().restore(text)


def detect(text: str) -> tuple[Finding, ...]:
    """What is suspicious in one text, by the shipped model and default settings.

    :param text: The text.
    :return: The findings.
    """
    return _default().restore(text).findings
