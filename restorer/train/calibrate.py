"""Set thresholds and confidences on held-out articles that neither training nor any reported figure uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from restorer.align import align, join
from restorer.engine import Restorer, document_surprise
from restorer.evidence import weigh
from restorer.models.base import EditModel
from restorer.segment import Segmented, segment
from restorer.train.spinners import Edit, Options, Spinner, spun_text
from restorer.types import Calibration, Finding

__all__ = ["Judged", "calibrate", "fit_prior", "judge", "page_logistic"]

RATES = (1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
STRICT = 1e-3
"""False alarms per word up to which a miss is taken to cost less than a false alarm."""

CAUTION = 0.5
"""Share of the requested false alarms that thresholds are set to: other sources are not quite like those at hand."""

LEAST_OUTCOMES = 50
RIDGE = 0.01
"""Weight of a small prior that keeps the document logistic finite where no document is in doubt."""

PRIORS = (0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.35, 0.4)

NOTHING_SEEN = 0.5
"""Threshold where a model, barely trained, has no candidate to set it on."""

_POINTS = 25


@dataclass(frozen=True, slots=True)
class Judged:
    """Every candidate of some documents with whether it is right, columns of shape (candidates,).

    :param posterior: Probability that the span is spun.
    :param confidence: Confidence of the edit.
    :param certainty: Certainty of its page.
    :param spun: Whether a word of the span is spun.
    :param right: Whether the edit gives back the original.
    :param words: Words in the documents.
    :param changed: Spun spans in the documents.
    :param surprise: Evidence of each document (nats, at ordinary length), of shape (documents,).
    """

    posterior: NDArray[np.float64]
    confidence: NDArray[np.float64]
    certainty: NDArray[np.float64]
    spun: NDArray[np.bool_]
    right: NDArray[np.bool_]
    words: int
    changed: int
    surprise: NDArray[np.float64]


def judge(restorer: Restorer, articles: Iterable[str], spinner: Spinner | None, rng: Random) -> Judged:
    """Restore articles, spun first if a spinner is given, and compare every candidate with the original.

    :param restorer: The restorer.
    :param articles: Clean texts.
    :param spinner: The maker, or None to leave the articles clean.
    :param rng: Source of chance.
    :return: The candidates, judged.
    """
    rows: list[tuple[float, float, float, bool, bool]] = []
    words = changed = 0
    surprise: list[float] = []
    for page in _pages(articles, spinner, rng):
        parts = restorer.examine(page.text.text)
        words += sum(part.words for part in parts)
        changed += page.edits
        surprise.append(document_surprise(parts))
        rows += [_row(f, page.text, page.tags) for part in parts for f in part.candidates]
    columns = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
    return Judged(
        np.array(columns[0], np.float64),
        np.array(columns[1], np.float64),
        np.array(columns[2], np.float64),
        np.array(columns[3], np.bool_),
        np.array(columns[4], np.bool_),
        words,
        changed,
        np.array(surprise),
    )


def fit_prior(model: EditModel, articles: Iterable[str], spinner: Spinner, rng: Random) -> float:
    """The share of spun words that a model's log odds are best taken to have been trained on.

    A window tells the model how densely its page is spun, so its log odds already hold part of what the document's
    rate adds to them; a prior above the training mix's own makes up for it. Chosen by the log loss of the posteriors.

    :param model: The model.
    :param articles: Clean texts.
    :param spinner: The maker.
    :param rng: Source of chance.
    :return: The prior.
    """
    losses = np.zeros(len(PRIORS))
    for page in _pages(articles, spinner, rng):
        logit = next(iter(model.score([page.text]))).spun_logit
        changed = np.isin(np.arange(len(page.text)), list(page.tags))
        for row, prior in enumerate(PRIORS):
            posterior = np.clip(weigh(page.text, logit, prior).posterior, 1e-5, 1 - 1e-5)
            losses[row] -= np.log(np.where(changed, posterior, 1 - posterior)).sum()
    return PRIORS[int(losses.argmin())]


@dataclass(frozen=True, slots=True)
class _Page:
    """An article, spun or not, with the wording that belongs at each changed word and the number of edits."""

    text: Segmented
    tags: dict[int, str]
    edits: int


def _pages(articles: Iterable[str], spinner: Spinner | None, rng: Random) -> Iterator[_Page]:
    """The articles as a spinner leaves them; one that then falls into other words than it was made of is left out."""
    for text in articles:
        article = segment(text)
        edits = spinner.spin(article, Options.drawn(rng), rng) if spinner else []
        spun, (words, tags) = segment(spun_text(article, edits)[0]), _truth(article, edits)
        if spun.words == words:
            yield _Page(spun, tags, len(edits))


def _truth(article: Segmented, edits: Sequence[Edit]) -> tuple[list[str], dict[int, str]]:
    """The spun words, and the wording that belongs at each changed one."""
    words: list[str] = []
    tags: dict[int, str] = {}
    position = 0
    for edit in edits:
        words += article.words[position : edit.first]
        position = edit.first + edit.count
        for offset, wording in align(edit.spun, article.words[edit.first : position]):
            tags[len(words) + offset] = wording
        words += edit.spun
    return words + article.words[position:], tags


def _row(finding: Finding, text: Segmented, tags: dict[int, str]) -> tuple[float, float, float, bool, bool]:
    first = int(np.searchsorted(text.starts, finding.start))
    last = int(np.searchsorted(text.starts, finding.end))
    wanted = join([tags.get(i, text.words[i]) for i in range(first, last) if tags.get(i) != ""])
    spun = any(i in tags for i in range(first, last))
    said = (finding.replacement or "").strip().lower().replace("’", "'")
    evidence = finding.evidence
    return evidence.posterior, finding.confidence, evidence.page_certainty, spun, spun and said == wanted


def calibrate(clean: Judged, spun: Judged, unseen: Judged | None = None) -> dict[str, object]:
    """What ``calibration.json`` holds.

    A threshold is the higher of two: the one that keeps false alarms on clean text to the requested rate, and the one
    with the best F-measure on spun text, below which asking for more alarms buys too few hits. Who allows more false
    alarms wants fewer misses: beta is 0.5 for edits up to :data:`STRICT` and grows from there; flags, which change
    nothing, have twice that.

    :param clean: Clean documents, judged with raw confidences.
    :param spun: Spun documents, judged with raw confidences.
    :param unseen: Documents spun with words the model's channel lacks; they count for the confidences only.
    :return: Rates, thresholds, the confidence curve and the document logistic.
    """
    sets = [clean, spun] if unseen is None else [clean, spun, unseen]
    raw, certainty, right = (
        np.concatenate([getattr(s, n) for s in sets]) for n in ("confidence", "certainty", "right")
    )
    page = page_logistic(raw, certainty, right)
    score = Calibration((), (), (), page=page).score
    scores = [np.array([score(*pair) for pair in zip(s.confidence, s.certainty, strict=True)]) for s in sets]
    curve = isotonic(np.concatenate(scores), right)
    xs, ys = np.array(curve).T
    shown_clean, shown_spun = np.interp(scores[0], xs, ys), np.interp(scores[1], xs, ys)
    betas = [min(max(0.5 * (rate / STRICT) ** 0.3, 0.5), 2.0) for rate in RATES]
    least = [best_threshold(shown_spun, spun.right, spun.changed, beta) for beta in betas]
    least_flag = [best_threshold(spun.posterior, spun.spun, spun.changed, 2 * beta) for beta in betas]
    kept = [CAUTION * rate * clean.words for rate in RATES]
    return {
        "fpr": list(RATES),
        "flag": [round(max(_quantile(clean.posterior, n), f), 4) for n, f in zip(kept, least_flag, strict=True)],
        "edit": [round(max(_quantile(shown_clean, n), f), 4) for n, f in zip(kept, least, strict=True)],
        "curve": [[round(float(x), 4), round(float(y), 4)] for x, y in curve],
        "page": [round(v, 4) for v in page],
        "document": [round(v, 4) for v in logistic(clean.surprise, spun.surprise)],
    }


def page_logistic(
    raw: NDArray[np.float64], certainty: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[float, float, float]:
    """Logistic regression of being right on the log odds of the raw confidence and of the page's certainty.

    :param raw: Raw confidences.
    :param certainty: Certainty of each one's page.
    :param right: Outcomes.
    :return: Offset and the two weights; the raw confidence alone where too little is known.
    """
    if min(int(right.sum()), int((~right).sum())) < LEAST_OUTCOMES:
        return 0.0, 1.0, 0.0
    odds = [np.log(p / (1 - p)) for p in (np.clip(raw, 1e-6, 1 - 1e-6), np.clip(certainty, 1e-6, 1 - 1e-6))]
    columns = np.stack([np.ones(len(raw)), *odds], 1)

    def loss(weights: NDArray[np.float64]) -> float:
        said = columns @ weights
        return float(np.logaddexp(0.0, said).sum() - said[right].sum() + RIDGE / 2 * weights @ weights)

    beta = np.array([0.0, 1.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(columns @ beta, -30, 30)))
        gradient = columns.T @ (right - p) - RIDGE * beta
        hessian = (columns * (p * (1 - p))[:, None]).T @ columns + RIDGE * np.eye(3)
        step = np.linalg.solve(hessian, gradient)
        # Where nearly every outcome is certain, Newton's step is far too long.
        while loss(beta + step) > loss(beta) and np.abs(step).max() > 1e-6:
            step /= 2
        beta = beta + step
    offset, own, others = beta.tolist()
    return offset, own, others


def _quantile(values: NDArray[np.float64], hits: float) -> float:
    """Least threshold that at most ``hits`` of the values reach."""
    ordered = np.sort(values)[::-1]
    place = int(hits)
    return float(min(ordered[place] + 1e-4, 1.0)) if place < len(ordered) else 0.05


def best_threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_], changed: int, beta: float = 0.5) -> float:
    """Threshold with the best F-measure of precision and recall.

    :param confidence: Confidence of each edit.
    :param right: Whether it is right.
    :param changed: Number of spans to restore.
    :param beta: How many times as much recall counts.
    :return: The threshold.
    """
    if not len(confidence):
        return NOTHING_SEEN
    order = np.argsort(-confidence, kind="stable")
    hits = np.cumsum(right[order])
    precision, recall = hits / np.arange(1, len(order) + 1), hits / max(changed, 1)
    f = (1 + beta**2) * precision * recall / np.maximum(beta**2 * precision + recall, 1e-9)
    return float(confidence[order][int(f.argmax())])


def isotonic(raw: NDArray[np.float64], right: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Isotonic regression by pooling adjacent violators over equally filled bins (Zadrozny and Elkan 2002).

    :param raw: Raw confidences.
    :param right: Outcomes.
    :return: Ascending pairs (raw, share right), starting at (0, 0).
    """
    if not len(raw):
        return [(0.0, 0.0), (1.0, 1.0)]
    order = np.argsort(raw, kind="stable")
    blocks: list[list[float]] = []  # mean raw, mean right, weight
    for part in np.array_split(order, _POINTS * 2):
        if not len(part):
            continue
        blocks.append([float(raw[part].mean()), float(right[part].mean()), float(len(part))])
        while len(blocks) > 1 and blocks[-1][1] <= blocks[-2][1]:
            last, before = blocks.pop(), blocks.pop()
            weight = last[2] + before[2]
            blocks.append([(last[i] * last[2] + before[i] * before[2]) / weight for i in (0, 1)] + [weight])
    return [(0.0, 0.0), *((x, y) for x, y, _ in blocks), (1.0, max(blocks[-1][1], 0.99))]


def logistic(clean: NDArray[np.float64], spun: NDArray[np.float64]) -> tuple[float, float]:
    """Offset and slope of a logistic over log(1 + evidence) of documents, clean ones a hundred to one.

    :param clean: Evidence of clean documents (nats).
    :param spun: Evidence of spun documents (nats).
    :return: Offset and slope.
    """
    x = np.log1p(np.maximum(np.concatenate([clean, spun]), 0.0))
    y = np.concatenate([np.zeros(len(clean)), np.ones(len(spun))])
    weight = np.where(y == 1, 1.0 / max(len(spun), 1), 100.0 / max(len(clean), 1))
    columns = np.stack([np.ones(len(x)), x], 1)
    beta = np.array([-7.0, 4.0])
    for _ in range(200):
        p = 1 / (1 + np.exp(-np.clip(columns @ beta, -30, 30)))
        gradient = columns.T @ (weight * (y - p)) - RIDGE * beta
        hessian = (columns * (weight * p * (1 - p))[:, None]).T @ columns + RIDGE * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        # Short steps: the two kinds of documents can nearly be parted, where full ones overshoot.
        beta = beta + step / max(1.0, float(np.abs(step).max()))
    return float(beta[0]), float(beta[1])
