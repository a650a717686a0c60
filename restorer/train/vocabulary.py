"""What the model can say: frequent word forms and phrases, DELETE; and the channel over them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from math import log

import numpy as np

from restorer.align import DELETE, align
from restorer.channel import PARTIAL, TEMPER, Channel, Form
from restorer.collocations import neighbours
from restorer.train.lexicon import Table, Words, rate

__all__ = ["Counts", "build_channel", "build_collocations", "build_vocabulary", "count"]

MOST_TAGS = 20
"""Tags kept a spun form; what is rarer the model must say by itself."""

_SMOOTHING = 0.3

LEAST_PAIRS = 6
"""Least occurrences of two words side by side."""

LEAST_INFORMATION = 1.5
"""Least pointwise mutual information of two words that stand side by side more often than by chance (nats)."""

_TERM_PAIRS = 3
"""Occurrences taken for a pair inside a term of science, which news hardly ever writes."""

_TERM_WORD = 200
"""Least occurrences taken for its words, so that a rare one does not make every company telling."""

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Counts:
    """How often people write words and the table's runs of words.

    :param words: Occurrences of each single word.
    :param runs: Occurrences of each longer run that some table holds, on either side.
    :param total: Words counted.
    """

    words: Counter[str]
    runs: Counter[Words]
    total: int

    def of(self, run: Words) -> float:
        """Occurrences of a run of words.

        :param run: One word or more.
        :return: Its count; 0 for a run never seen.
        """
        return self.words[run[0]] if len(run) == 1 else self.runs[run]


def count(articles: Iterable[list[str]], table: Table) -> Counts:
    """Count words, and the runs of words that the table holds.

    :param articles: Lower-case words of clean articles.
    :param table: The table.
    :return: The counts.
    """
    wanted: dict[tuple[str, str], set[Words]] = defaultdict(set)
    for head, row in table.entries.items():
        for run in (head, *row):
            if len(run) > 1:
                wanted[run[0], run[1]].add(run)
    words: Counter[str] = Counter()
    runs: Counter[Words] = Counter()
    for article in articles:
        words.update(article)
        for index, pair in enumerate(pairwise(article)):
            for run in wanted.get(pair, ()):
                if tuple(article[index : index + len(run)]) == run:
                    runs[run] += 1
    return Counts(words, runs, words.total())


def build_vocabulary(counts: Counts, table: Table, *, words: int = 17_000, phrases: int = 6_000) -> list[str]:
    """The wordings, DELETE first.

    :param counts: Counts of clean text.
    :param table: The table whose originals are to be sayable.
    :param words: Number of single word forms, the table's own first.
    :param phrases: Number of longer wordings.
    :return: The wordings in order of id.
    """
    singles: dict[str, float] = {w: n for w, n in counts.words.items() if w.isalpha() or "'" in w}
    longer: dict[str, float] = {}
    for head, row in table.entries.items():
        for spun, share in row.items():
            for _, wording in align(spun, head):
                if " " in wording or "-" in wording:
                    longer[wording] = longer.get(wording, 0.0) + (counts.of(head) + _SMOOTHING) * share
                elif wording != DELETE:
                    singles[wording] = singles.get(wording, 0.0) + 5 * counts.of(head) * share
    kept = nlargest(words, singles, key=singles.__getitem__)
    return [DELETE, *kept, *(w for w in nlargest(phrases, longer, key=longer.__getitem__) if w not in singles)]


def build_collocations(texts: Iterable[str], terms: Iterable[str]) -> dict[tuple[str, str], float]:
    """Words that stand side by side, or with function words between, more often than by chance.

    :param texts: Clean articles, as many as there are.
    :param terms: Fixed expressions that may be missing there.
    :return: (first, second) → pointwise mutual information (nats).
    """
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        tokens = _TOKEN.findall(text.lower())
        words.update(tokens)
        pairs.update((tokens[one], tokens[other]) for one, other in neighbours(tokens))
    total = words.total()

    def information(pair: tuple[str, str], times: float, least: int) -> float:
        first, second = (max(words[word], least) for word in pair)
        return log(times * total / (first * second))

    found = {
        pair: value
        for pair, n in pairs.items()
        if n >= LEAST_PAIRS and (value := information(pair, n, 1)) >= LEAST_INFORMATION
    }
    split = (_TOKEN.findall(term.lower()) for term in terms)
    for pair in {(t[one], t[other]) for t in split for one, other in neighbours(t)} - found.keys():
        value = information(pair, max(pairs[pair], _TERM_PAIRS), _TERM_WORD)
        if value >= LEAST_INFORMATION:
            found[pair] = value
    return found


def build_channel(counts: Counts, tables: Sequence[tuple[Table, float]], vocabulary: list[str]) -> Channel:
    """Turn spinners' tables round.

    :param counts: Counts of clean text.
    :param tables: Original → spun, each with a weight: how likely a page was spun with such a table.
    :param vocabulary: The wordings in order of id.
    :return: Spun → wording tags.
    """
    ids = {wording: i for i, wording in enumerate(vocabulary)}
    mass: dict[Words, dict[Words, float]] = defaultdict(lambda: defaultdict(float))
    shares: dict[Words, dict[Words, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0] * len(tables)))
    for number, (table, weight) in enumerate(tables):
        for head, row in table.entries.items():
            frequency = weight * (counts.of(head) + _SMOOTHING) * rate(head)
            for spun, share in row.items():
                mass[spun][head] += frequency * share
                shares[spun][head][number] = share
    forms = []
    for spun, originals in mass.items():
        form = _form(spun, originals, shares[spun], ids, counts)
        if form is not None:
            forms.append(form)
    return Channel(forms, [weight for _, weight in tables])


def _form(
    spun: Words,
    originals: Mapping[Words, float],
    rates: Mapping[Words, list[float]],
    ids: Mapping[str, int],
    counts: Counts,
) -> Form | None:
    tempered = {head: value**TEMPER for head, value in originals.items()}
    total = sum(tempered.values())
    tags = {head: align(spun, head) for head in tempered}
    shares: dict[tuple[int, str], float] = defaultdict(float)
    for head, row in tags.items():
        for offset, wording in row:
            if wording in ids:
                shares[offset, wording] += tempered[head]
    kept = set(nlargest(MOST_TAGS, shares, key=shares.__getitem__))
    entries: list[tuple[int, int, float, int, list[float]]] = []
    for number, (head, value) in enumerate(sorted(tempered.items(), key=lambda item: -item[1])):
        # An original that cannot be said in full still tells which words are suspicious, and part of the way.
        origin = min(number, PARTIAL) if kept.issuperset(tags[head]) else PARTIAL
        sayable = (tag for tag in tags[head] if tag in kept)
        entries += [(offset, ids[wording], log(value / total), origin, rates[head]) for offset, wording in sayable]
    if not entries:
        return None
    odds = log((sum(originals.values()) + _SMOOTHING) / (counts.of(spun) + _SMOOTHING))
    return Form(
        words=spun,
        log_odds=odds,
        offsets=np.array([offset for offset, *_ in entries], np.uint8),
        wordings=np.array([wording for _, wording, *_ in entries], np.int32),
        log_priors=np.array([prior for _, _, prior, *_ in entries], np.float32),
        origins=np.array([origin for *_, origin, _ in entries], np.uint8),
        rates=np.array([row for *_, row in entries], np.float32),
    )
