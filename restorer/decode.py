"""Word scores → spans → ranked wordings, written as they would stand in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from restorer.align import DELETE, join
from restorer.evidence import DocumentEvidence
from restorer.models.base import Candidate, Scores
from restorer.segment import Segmented, Shape, is_content, is_figure
from restorer.types import Alternative, Calibration, Evidence, Finding, FindingKind, probability

__all__ = ["decode", "with_space"]

LEAST_POSTERIOR = 0.002
"""Words below it are no candidates at any threshold."""

POOLING = 0.6
"""Weight of a form's other occurrences in choosing its wording (one form, one original)."""

USUAL_CERTAINTY = 0.7
CERTAINTY_WORDS = 5.0
"""Certainty taken for a page before its words are seen, and how many words' worth of belief it has."""

_UNLISTED = -9.0
"""Log probability taken for a wording that an occurrence does not list."""

_MOST_ALTERNATIVES = 6
_MOST_WORDS = 8
_VOWELS = frozenset("aeiou")
_SPELLED_VOWELS = frozenset("AEFHILMNORSX")
_SOUNDS_CONSONANT = tuple("one once uni unanim use usa usu eu ubi uk uta uti uto uran uri uru u.".split())
_SOUNDS_VOWEL = ("hour", "honest", "honor", "honour", "heir", "unin", "unim", "unid", "oner")


@dataclass(frozen=True, slots=True)
class _Span:
    """Adjacent words that are one edit: their candidates, one list a word, and those for all of them together."""

    first: int
    rows: list[list[Candidate]]
    whole: Sequence[Candidate] = ()

    @property
    def last(self) -> int:
        return self.first + len(self.rows)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is known of a whole text when its spans are looked at."""

    text: Segmented
    scores: Scores
    evidence: DocumentEvidence
    calibration: Calibration
    certainty: float


def decode(
    text: Segmented, scores: Scores, evidence: DocumentEvidence, calibration: Calibration, *, pooling: bool = True
) -> tuple[Finding, ...]:
    """Every span that might be spun, with ranked wordings; nothing is decided yet.

    :param text: The segmented text.
    :param scores: The model's scores.
    :param evidence: The document's evidence.
    :param calibration: The model's calibration of confidences.
    :param pooling: Whether the occurrences of one form agree on a wording.
    :return: Candidate findings in order of position, not overlapping.
    """
    likely = {i: row for i, row in scores.candidates.items() if evidence.posterior[i] >= LEAST_POSTERIOR}
    likely = dict(_with_figures(text, likely))
    pooled = _pool(text.words, likely) if pooling else likely
    page = _Page(text, scores, evidence, calibration, _certainty(pooled, evidence))
    spans = _spans(text, pooled, scores.phrases)
    return tuple(finding for span in spans if (finding := _finding(page, span)) is not None)


def _with_figures(text: Segmented, candidates: Mapping[int, list[Candidate]]) -> Iterator[tuple[int, list[Candidate]]]:
    """Candidates that delete no number, and nothing that an unchanged number counts ("12 months", not "12")."""
    for index, row in candidates.items():
        before = index - 1
        counted = (
            before >= 0 and is_figure(text.words[before]) and _adjoin(text, before) and is_content(text.words[index])
        )
        known = candidates.get(before, ())
        if is_figure(text.words[index]) or (counted and (not known or known[0].wording == DELETE)):
            row = [candidate for candidate in row if candidate.wording != DELETE]
        if row:
            yield index, row


def _certainty(candidates: Mapping[int, list[Candidate]], evidence: DocumentEvidence) -> float:
    """Mean probability of the likeliest wordings, each word counting as far as it is spun."""
    weights = [float(evidence.posterior[i]) for i in candidates]
    best = (exp(row[0].log_probability) if row else 0.0 for row in candidates.values())
    total = sum(w * p for w, p in zip(weights, best, strict=True)) + CERTAINTY_WORDS * USUAL_CERTAINTY
    return total / (sum(weights) + CERTAINTY_WORDS)


def _pool(words: Sequence[str], candidates: dict[int, list[Candidate]]) -> dict[int, list[Candidate]]:
    """Let the occurrences of one content form agree on a wording.

    A spinner draws one alternative a head for a whole article, so one spun form goes back to one original; function
    words are left out, since several originals share them.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for index in candidates:
        places[words[index]].append(index)
    pooled = dict(candidates)
    for word, rows in places.items():
        if len(rows) < 2 or not is_content(word):
            continue
        sums: dict[str, float] = {}
        for candidate in (c for index in rows for c in candidates[index]):
            before = sums.get(candidate.wording, len(rows) * _UNLISTED)
            sums[candidate.wording] = before + candidate.log_probability - _UNLISTED
        for index in rows:
            pooled[index] = _agree(candidates[index], sums, len(rows) - 1)
    return pooled


def _agree(own: list[Candidate], sums: Mapping[str, float], others: int) -> list[Candidate]:
    """One occurrence's candidates, reweighed by the mean of the other occurrences."""
    values = [c.log_probability + POOLING * max((sums[c.wording] - c.log_probability) / others, _UNLISTED) for c in own]
    # The listed wordings keep their share of the probability; only its division among them changes.
    share = log(min(sum(exp(c.log_probability) for c in own), 1.0))
    scaled = [value / (1 + POOLING / 2) for value in values]
    total = log(sum(exp(value) for value in scaled))
    moved = [Candidate(c.first, c.count, c.wording, v - total + share) for c, v in zip(own, scaled, strict=True)]
    return sorted(moved, key=lambda c: -c.log_probability)


def _spans(text: Segmented, candidates: dict[int, list[Candidate]], phrases: dict[int, list[Candidate]]) -> list[_Span]:
    """Group words: phrases first, then a word whose likeliest tag deletes it with a suspect neighbour."""
    spans: list[_Span] = []
    for index in sorted(candidates):
        if spans and index < spans[-1].last:
            continue
        row = candidates[index]
        whole = _phrase(text, index, candidates, phrases)
        if whole:
            rows = [candidates.get(i, []) for i in range(index, index + whole[0].count)]
            spans.append(_Span(index, rows, whole))
            continue
        if spans and spans[-1].last == index and not spans[-1].whole and len(spans[-1].rows) < _MOST_WORDS:
            before = spans[-1].rows[-1]
            if DELETE in (row[0].wording, before[0].wording) and _adjoin(text, index - 1):
                spans[-1].rows.append(row)
                continue
        spans.append(_Span(index, [row]))
    return spans


def _phrase(
    text: Segmented, index: int, candidates: dict[int, list[Candidate]], phrases: dict[int, list[Candidate]]
) -> list[Candidate]:
    """Candidates for the longest phrase that begins here, if its last word is suspect too."""
    for longest in phrases.get(index, ()):
        last = index + longest.count - 1
        if last in candidates and all(_adjoin(text, i) for i in range(index, last)):
            return [c for c in phrases[index] if c.count == longest.count]
    return []


def _adjoin(text: Segmented, index: int) -> bool:
    gap = text.text[text.ends[index] : text.starts[index + 1]]
    return gap.strip(" ") == "" and text.sentences[index] == text.sentences[index + 1]


def _finding(page: _Page, span: _Span) -> Finding | None:
    text, evidence = page.text, page.evidence
    first, last = span.first, span.last
    rows = range(first, last)
    posterior = float(min(evidence.posterior[i] for i, row in zip(rows, span.rows, strict=True) if row))
    ranked = [(wording, p) for wording, p in _wordings(span) if _placeable(text, first, wording)]
    if not ranked:
        return None
    if ranked[0][0] == DELETE:
        # What is left standing around a deletion suits no other wording.
        ranked = ranked[:1]
    start, end, shown = _written(text, first, last, [wording for wording, _ in ranked])
    alternatives: list[Alternative] = []
    for written, (_, share) in zip(shown, ranked, strict=True):
        if written != text.text[start:end] and written not in {a.text for a in alternatives}:
            confidence = page.calibration.confidence(posterior * share, page.certainty)
            alternatives.append(Alternative(written, round(confidence, 4)))
    if not alternatives:
        return None
    kind: FindingKind = "deletion" if alternatives[0].text == "" or ranked[0][0] == DELETE else "wording"
    strongest = max(rows, key=lambda i: evidence.posterior[i])
    return Finding(
        start=start,
        end=end,
        text=text.text[start:end],
        replacement=alternatives[0].text,
        confidence=alternatives[0].confidence,
        applied=False,
        kind=kind,
        in_quotation=bool(text.quoted[first]),
        alternatives=tuple(alternatives[:_MOST_ALTERNATIVES]),
        evidence=Evidence(
            model_probability=probability(page.scores.alone(strongest)),
            document_prior=round(evidence.density, 4),
            posterior=probability(posterior),
            occurrences=int(evidence.occurrences[strongest]),
            consistency=round(float(evidence.peers[strongest]), 3),
            options=round(float(evidence.options[strongest]), 3),
            page_certainty=round(page.certainty, 4),
            page_factor=round(evidence.page, 4),
            neighbours=_nats(page.scores.neighbours, strongest),
            own_table=_nats(page.scores.own_table, strongest),
        ),
    )


def _nats(part: NDArray[np.float32] | None, index: int) -> float:
    return round(float(part[index]), 3) if part is not None else 0.0


def _wordings(span: _Span) -> list[tuple[str, float]]:
    """Wordings of the whole span with their probabilities, best first.

    The likeliest tag of every word makes the first; the others change one word that is not deleted.
    """
    if span.whole:
        return [(c.wording, exp(c.log_probability)) for c in span.whole]
    best = [row[0] for row in span.rows]
    whole = exp(sum(c.log_probability for c in best))
    kept = [i for i, c in enumerate(best) if c.wording != DELETE]
    listed = {join([best[i].wording for i in kept]): whole}
    for place in kept[:1]:
        for other in span.rows[place][1:_MOST_ALTERNATIVES]:
            tags = [*best[:place], other, *best[place + 1 :]]
            wording = join([c.wording for c in tags if c.wording != DELETE])
            listed.setdefault(wording, whole * exp(other.log_probability - best[place].log_probability))
    if not kept:
        return [(DELETE, whole)]
    return sorted(listed.items(), key=lambda item: -item[1])


def _written(text: Segmented, first: int, last: int, wordings: list[str]) -> tuple[int, int, list[str]]:
    """Range to replace and the wordings as they stand there: cased, the article before them agreeing."""
    start, end = int(text.starts[first]), int(text.ends[last - 1])
    shape = int(text.shapes[first])
    if wordings[0] == DELETE:
        return _removed(text, first, last)
    cased = [_like_apostrophes(text.text, _cased(wording, shape, last - first == 1)) for wording in wordings]
    if any(wording.startswith("'") for wording in wordings):
        # A clitic joins the word before it, so the gap between them is part of the span.
        start = int(text.ends[first - 1])
        gap = text.text[start : text.starts[first]]
        return start, end, [new if old.startswith("'") else gap + new for old, new in zip(wordings, cased, strict=True)]
    article = text.words[first - 1] if first and _adjoin(text, first - 1) else ""
    if article not in ("a", "an") or all(_article(w) == article for w in wordings if w):
        return start, end, cased
    # The article is taken into the span, so that "a eager" never comes out.
    start = int(text.starts[first - 1])
    written = text.text[start : text.ends[first - 1]]
    gap = text.text[text.ends[first - 1] : text.starts[first]]
    # A capital inside a sentence that is all capitals is no initial.
    upper = shape == Shape.UPPER and text.shapes[first - 1] != Shape.TITLE_FIRST
    shown = []
    for wording, new in zip(wordings, cased, strict=True):
        agreeing = written if not wording or _article(wording) == article else _like(_article(wording), written, upper)
        shown.append(agreeing + gap + new if new else agreeing)
    return start, end, shown


def _placeable(text: Segmented, first: int, wording: str) -> bool:
    """Whether a wording can stand there: a clitic needs a word before it, and bare signs are no wording."""
    if wording.startswith("'"):
        return len(wording) > 1 and first > 0 and text.words[first - 1].isalpha() and _adjoin(text, first - 1)
    return wording == DELETE or any(c.isalnum() for c in wording)


def _like_apostrophes(text: str, wording: str) -> str:
    """The wording with the text's own kind of apostrophe."""
    return wording.replace("'", "’") if "'" in wording and text.count("’") > text.count("'") else wording


def _like(article: str, written: str, upper: bool) -> str:
    if not written[:1].isupper():
        return article
    return article.upper() if upper else article.capitalize()


def _article(wording: str) -> str:
    head = wording.split(" ", 1)[0].split("-", 1)[0]
    if head.isupper() and 1 < len(head) <= 3:  # read out letter by letter: a UN, an MP
        return "an" if head[0] in _SPELLED_VOWELS else "a"
    word = wording.lower()
    if word.startswith(_SOUNDS_VOWEL):
        return "an"
    if word.startswith(_SOUNDS_CONSONANT):
        return "a"
    return "an" if word[:1] in _VOWELS else "a"


def _cased(wording: str, shape: int, single: bool) -> str:
    if shape == Shape.UPPER:
        return wording.upper()
    if shape in (Shape.TITLE, Shape.TITLE_FIRST):
        if shape == Shape.TITLE and single:
            return " ".join(w[:1].upper() + w[1:] for w in wording.split(" "))
        return wording[:1].upper() + wording[1:]
    return wording


def _removed(text: Segmented, first: int, last: int) -> tuple[int, int, list[str]]:
    """Range to take out where words are deleted, and what is left standing in it.

    A comma that would open the sentence or follow another goes with them; a sentence that now begins with the next
    word hands it the capital.
    """
    opening = text.shapes[first] == Shape.TITLE_FIRST
    before = text.words[first - 1] if first and _adjoin(text, first - 1) else ""
    if last < len(text) and text.words[last] == "," and _adjoin(text, last - 1) and (opening or before == ","):
        last += 1
    start, end = int(text.starts[first]), int(text.ends[last - 1])
    follows = last < len(text) and _adjoin(text, last - 1) and not text.protected[last]
    if opening and follows and text.shapes[last] == Shape.LOWER:
        following = text.slice(last, last + 1)
        return start, int(text.ends[last]), [following[:1].upper() + following[1:]]
    return (*with_space(text.text, start, end), [""])


def with_space(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a deletion by one neighbouring space, so that no double space is left.

    :param text: The text.
    :param start: First code point deleted.
    :param end: One past the last.
    :return: The range to delete.
    """
    opens = start == 0 or text[start - 1].isspace() or text[start - 1] in '“"‘([—–'
    if opens and end < len(text) and text[end] == " ":
        return start, end + 1
    if start and text[start - 1] == " ":
        return start - 1, end
    return start, end
