"""What the whole document says about each of its words.

A page is spun or it is not: the share of spun words is re-estimated from the words' own probabilities, apart for
quotations and capitalised words because spinners can be told to leave those alone, and every word's odds are shifted
by it. A spun form that comes back counts for its other occurrences. Leftovers only a spinner makes are found by rule.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restorer.segment import Segmented, Shape, is_content, is_function

__all__ = ["DocumentEvidence", "Kinds", "Leftover", "find_leftovers", "length_factor", "sigmoid", "weigh"]

CLEAN_RATE = 0.001
"""Share of words that look spun in honest text: where the estimate of a document's rate starts."""

PRIOR_WORDS = 40.0
"""How many words' worth of belief that start has."""

GROUP_WORDS = 25.0
"""How many words' worth of belief a group (quoted, capitalised) has in the document's rate."""

FORM_WORDS = 0.5
"""How many occurrences' worth of belief a form's own rate has in the document's: one form has one original."""

PAGE_RATES = np.array([0.01, 0.02, 0.04, 0.08, 0.16, 0.32])
"""Shares of spun words that a spun document may have, as likely one as the other."""

PAGE_PRIOR = 0.22
"""Share of spun words that the log odds are taken to have been trained on where a whole page is judged: less than the
prior that was fitted to the words of spun pages, whose neighbours tell the model how densely a page is spun."""

PAGE_ODDS = -1.5
"""Log odds that a page is spun before its words are looked at; for its words only, the page's own probability is
calibrated."""

ORDINARY_WORDS = 300
"""Length from which a page's evidence counts for less a word."""

RATE_WEIGHT = 0.5
"""How far the log odds of a page's rate are added to those of its words: its window tells the model part of it."""

SPARED = 0.2
"""Rate of a group that was mostly left alone, as a share of the document's."""

HONEST_ODDS = -0.5
"""Likelihood ratio, less one, of an ordinary honest word: some look a little suspicious."""

MOST_SHIFT = 3.0
_MOST_RATIO = 8.0
_STEPS = 20
_TELLING = 3.0
"""Spun words to be expected among the quoted or capitalised ones before anything is said of them."""

_SPARED_QUOTED = 0.3
_SPARED_CAPITAL = 0.2
"""Share of the expected spun words below which a group was left alone; most capitalised words are names anyway."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which kinds of the document's evidence are heeded; all of them, but where their worth is measured.

    :param rate: The document's own rate of spun words in place of the training mix's; the options are part of it.
    :param page: How likely the page is to have been spun at all.
    :param options: Rates of their own for quotations and capitalised words.
    :param forms: A form's other occurrences: its own rate, and agreement on one wording.
    :param leftovers: Traces only a spinner leaves.
    """

    rate: bool = True
    page: bool = True
    options: bool = True
    forms: bool = True
    leftovers: bool = True


_ALL = Kinds()


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """The words of one text, seen in the light of all of it; arrays of shape (words,).

    :param posterior: Probability that each word is spun once the document is considered.
    :param peers: Change of log odds from other occurrences (nats).
    :param options: Change of log odds because the word is quoted or capitalised (nats).
    :param occurrences: How often the word's form stands in the document.
    :param density: Share of words to be expected spun, given everything: the mean of their posteriors.
    :param page: Probability that the document is spun at all, which the posteriors are multiplied by.
    :param surprise: Log likelihood of the document if it was spun over that if it was not (nats), above what an honest
        text of its length has.
    :param quotes_spun: Whether quotations were spun; None when there is too little to tell.
    :param capitals_spun: Whether capitalised words were spun; None when there is too little to tell.
    """

    posterior: NDArray[np.float64]
    peers: NDArray[np.float64]
    options: NDArray[np.float64]
    occurrences: NDArray[np.int64]
    density: float
    page: float
    surprise: float
    quotes_spun: bool | None
    capitals_spun: bool | None


def weigh(
    text: Segmented, spun_logit: NDArray[np.float32], prior: float, kinds: Kinds = _ALL, known: float = 0.0
) -> DocumentEvidence:
    """Turn a model's log odds into posteriors, given the document they stand in.

    A word is spun if its page is and if it is one of the page's spun words. How likely the first is, all words say
    together. The rate of the second is found by expectation maximisation for a shifted class prior (Saerens, Latinne
    and Decaestecker 2002), with a little prior belief in a clean document.

    :param text: The segmented text.
    :param spun_logit: The model's log odds for each word.
    :param prior: Share of spun words in the text the model was trained on.
    :param kinds: Which kinds of evidence are heeded.
    :param known: What else speaks for the page having been spun (nats), such as leftovers.
    :return: The evidence.
    """
    alpha = np.fromiter((w[0].isalpha() for w in text.words), np.bool_, len(text))
    alpha &= ~text.protected
    logit = np.clip(spun_logit.astype(np.float64), -12.0, 12.0)
    # Log likelihood ratio of each word: what the model says, less what its training mix alone would make it say.
    ratio = np.where(alpha, logit - _logit(prior), -30.0)
    quoted = text.quoted & alpha
    capital = ((text.shapes == Shape.TITLE) | (text.shapes == Shape.TITLE_FIRST)) & alpha & ~quoted
    plain = alpha & ~quoted & ~capital
    start = _rate(ratio[plain], CLEAN_RATE, PRIOR_WORDS)
    options = np.zeros(len(text))
    rates = np.full(len(text), start)
    verdicts: list[bool | None] = []
    for group, spared in ((quoted, _SPARED_QUOTED), (capital, _SPARED_CAPITAL)):
        own = _rate(ratio[group], start, GROUP_WORDS) if kinds.options else start
        rates[group] = own
        options[group] = _logit(own) - _logit(start)
        verdicts.append(_verdict(ratio[group], start, spared))
    base = _logit_array(rates) if kinds.rate else np.full(len(text), _logit(prior))
    spared = (quoted & (verdicts[0] is False)) | (capital & (verdicts[1] is False))
    peers, occurrences = _peers(text.words, np.where(alpha, sigmoid(ratio + base), 0.0), rates, alpha, spared)
    peers *= kinds.forms
    surprise = _surprise(text.words, logit - _logit(PAGE_PRIOR), (plain, quoted, capital))
    words = int(alpha.sum())
    if kinds.rate:
        base += (RATE_WEIGHT - 1.0) * _logit(start)
    odds = PAGE_ODDS + surprise * length_factor(words) + known if kinds.page else np.inf
    page = float(sigmoid(np.array(odds)))
    posterior = np.where(alpha, page * sigmoid(ratio + base + peers), 0.0)
    density = float(posterior.sum()) / max(words, 1)
    return DocumentEvidence(
        posterior=posterior,
        peers=peers,
        options=options,
        occurrences=occurrences,
        density=density,
        page=page,
        surprise=surprise,
        quotes_spun=verdicts[0],
        capitals_spun=verdicts[1],
    )


def _surprise(words: Sequence[str], ratio: NDArray[np.float64], groups: Sequence[NDArray[np.bool_]]) -> float:
    """How much likelier the document is if it was spun than if it was not (nats).

    Its rate is not known beforehand, so the likelihood is the mean over :data:`PAGE_RATES`, and a single best rate
    would be nothing's for a page with a handful of spun words. Each group was spun like the rest or mostly left alone.
    A clean document's evidence falls with every word that looks honest; what it falls to is taken off, so that zero
    means the same at any length.

    A spinner decides once an article on each of its entries, so the occurrences of a form count as one between them:
    a name that looks odd (a firm called Vitality) looks odd every time.
    """
    counted = np.logical_or.reduce(groups)
    times = Counter(word for word, own in zip(words, counted, strict=True) if own)
    share = np.array([1.0 if is_function(word) else 1.0 / max(times[word], 1) for word in words])
    odds = np.expm1(np.minimum(ratio, _MOST_RATIO))
    plain, *others = [(odds[group], share[group]) for group in groups]
    spun = _page_likelihood(*plain, PAGE_RATES)
    for group in others:
        alternatives = np.stack([_page_likelihood(*group, PAGE_RATES), _page_likelihood(*group, PAGE_RATES * SPARED)])
        spun += np.logaddexp.reduce(alternatives) - np.log(len(alternatives))
    clean = sum(float(np.log1p(CLEAN_RATE * values) @ weights) for values, weights in (plain, *others))
    length = sum(float(weights.sum()) for _, weights in (plain, *others))
    honest = np.log1p(PAGE_RATES * HONEST_ODDS) * length
    return float(np.logaddexp.reduce(spun) - np.logaddexp.reduce(honest)) - clean


def length_factor(words: int) -> float:
    """What a page's evidence is multiplied by: odd words add up in a long honest text too.

    :param words: Number of words on the page.
    :return: 1 for pages of ordinary length; with it, the evidence of longer ones grows with the square root only.
    """
    return float((ORDINARY_WORDS / max(words, ORDINARY_WORDS)) ** 0.5)


def _page_likelihood(
    odds: NDArray[np.float64], share: NDArray[np.float64], rates: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Log likelihood of some words under each of the rates, over that of their being the author's."""
    return np.log1p(rates[:, None] * odds) @ share


def _peers(
    words: Sequence[str],
    posterior: NDArray[np.float64],
    rates: NDArray[np.float64],
    alpha: NDArray[np.bool_],
    spared: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Evidence from other occurrences: a content form's own rate takes the place of the document's.

    Occurrences where the spinner was told to keep out (a protected quotation) speak only for one another, and those it
    never touches (in an address, say) for none.
    """
    places: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        if alpha[index]:
            places[word, bool(spared[index])].append(index)
    shift = np.zeros(len(words))
    occurrences = np.ones(len(words), np.int64)
    for (word, _), rows in places.items():
        if len(rows) > 1:
            occurrences[rows] = len(rows)
            if is_content(word):
                others = posterior[rows].sum() - posterior[rows]
                own = (others + FORM_WORDS * rates[rows]) / (len(rows) - 1 + FORM_WORDS)
                change = _logit_array(np.clip(own, 1e-4, 0.9999)) - _logit_array(rates[rows])
                shift[rows] = np.clip(change, -MOST_SHIFT, MOST_SHIFT)
    return shift, occurrences


def _rate(ratio: NDArray[np.float64], start: float, words: float) -> float:
    """Share of spun words by expectation maximisation, with a Beta prior worth ``words`` words at ``start``.

    From a low start the odds of a short spun text are pushed down before its words can speak for one another, so the
    search also starts high, and the likelier end counts.
    """
    ends = [_climb(ratio, first, start, words) for first in (max(start, 0.02), 0.25)]
    return max(ends, key=lambda rate: _likelihood(ratio, rate, start, words))


def _climb(ratio: NDArray[np.float64], rate: float, start: float, words: float) -> float:
    for _ in range(_STEPS):
        expected = float(sigmoid(ratio + _logit(rate)).sum())
        rate = (expected + start * words) / (len(ratio) + words)
        rate = min(max(rate, 1e-5), 0.95)
    return rate


def _likelihood(ratio: NDArray[np.float64], rate: float, start: float, words: float) -> float:
    """Log likelihood of the words under a rate, and of the rate under its prior (nats)."""
    data = float(np.log1p(rate * np.expm1(np.clip(ratio, -30.0, _MOST_RATIO))).sum())
    return data + words * (start * float(np.log(rate)) + (1.0 - start) * float(np.log1p(-rate)))


def _verdict(ratio: NDArray[np.float64], start: float, spared: float) -> bool | None:
    """Whether a group of words was spun like the rest; None where the rest's rate promises fewer than three."""
    expected = start * len(ratio)
    if expected < _TELLING:
        return None
    return float(sigmoid(ratio + _logit(start)).sum()) > spared * expected


def _logit(p: float) -> float:
    return float(np.log(p / (1.0 - p)))


def _logit_array(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(p / (1.0 - p))


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of log odds (nats), of the same shape."""
    return 1.0 / (1.0 + np.exp(-x))


@dataclass(frozen=True, slots=True)
class Leftover:
    """A trace that only a spinner leaves.

    :param start: First code point.
    :param end: One past the last code point.
    :param replacement: What stood there, as far as it can be known.
    :param kind: What it is, in words.
    """

    start: int
    end: int
    replacement: str
    kind: str


_DIGITS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20",
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
# ASCII letters only: ignoring case, "s" would also match the long s, and "k" the Kelvin sign.
_HALF_SPELLED = re.compile(rf"\b(?ai:{'|'.join(_DIGITS)})(?=,\d{{3}}\b|\.\d+\b)")
# What stands before the brace tells spin syntax from markup and code, and bars between spaces belong to mathematics.
_BRACE = re.compile(
    r"(?<![\w{}$%#\\=\])^])(?<!= )\{(?:([^\W\d_]+(?: [^\W\d_]+){1,6})"
    r"|([^\W\d_][^{}|\n]{0,60})(?:\|(?!(?<=\s\|)\s)[^{}|\n]{1,60}){1,9})\}(?!\})"
)
# Manuals write the types that a value may have in the same way.
_TYPES = re.compile(r"[a-z][A-Z]|[A-Z]{2}|[<>.\[\]]|\b(?:undefined|null|boolean|integer|bigint)\b")
_ENTRY = re.compile(r"\s*[*+-]\s+(?:\w+:\s*)?")


def find_leftovers(text: str) -> list[Leftover]:
    """Half-spelled numbers ("two,500") and spin syntax left standing ("{that a}", "{big|large}").

    :param text: The text.
    :return: Leftovers in order of position.
    """
    found = [
        Leftover(m.start(), m.end(), _DIGITS[m.group().lower()], "half-spelled number")
        for m in _HALF_SPELLED.finditer(text)
        if text[m.start() - 1 : m.start()] not in ("-", ",", ".")
    ]
    for match in _BRACE.finditer(text):
        inside = match.group(1) or match.group(2)
        if match.group(2) and _describes_types(text, match):
            continue
        found.append(Leftover(match.start(), match.end(), inside.strip(), "spin syntax"))
    return sorted(found, key=lambda item: item.start)


def _describes_types(text: str, match: re.Match[str]) -> bool:
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return "`" in before or bool(_TYPES.search(match.group())) or bool(_ENTRY.fullmatch(before))
