"""Terms of science and what spinners make of them ("tortured phrases": Cabanac, Labbé and Magazinov 2021)."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from zlib import crc32

from restorer.align import align
from restorer.segment import segment
from restorer.train.lexicon import CLOSED, DATA, MOST_WORDS, Table, Weights, Words

__all__ = ["carriers", "carry", "expressions", "held_out_term", "read_terms", "term_table"]

EXPRESSIONS = ("fixed_expressions.txt", "science_terms.txt")
"""Expressions of the news and terms of science as they are written, from knowledge of English; no list of tortured
phrases and no spun page was looked at for them."""

_CARRIERS = """
In this study, a method based on {} is proposed for {}.
The results show that {} performs better than {} on all the data.
{} has been widely used in recent years, above all for {}.
Unlike {}, the approach presented here does not need {}.
We compared {} with {} in a series of experiments.
Several authors have reported that {} depends on {}.
The model combines {} and {} to reduce the cost.
A major problem of {} is its sensitivity to {}.
Figure 3 shows how {} changes with {}.
Patients were examined with {} before and after the treatment.
The role of {} in {} is still poorly understood.
In the second part of the paper we turn to {}.
Applications such as {} require a high level of accuracy.
It is well known that {} can be improved by means of {}.
The performance of {} was evaluated in terms of {}.
Researchers at the university used {} to study {}.
The team says that {} could one day replace {}.
Compared with {}, the risk was lower when {} was used.
Table 2 lists the parameters of {} and the values of {}.
These findings suggest that {} is related to {}.
"""
CARRIERS = tuple(line for line in _CARRIERS.split("\n") if line)
_SENTENCES = 9


def held_out_term(expected: str) -> bool:
    """Whether an expected term is kept for measurement: half of them, by a hash of the term without case or hyphens.

    :param expected: The expected term.
    :return: True for terms no training may see.
    """
    return crc32("term {}".format(" ".join(expected.lower().replace("-", " ").split())).encode()) % 2 == 0


def expressions(folder: Path = DATA) -> list[str]:
    """Fixed expressions and terms in their canonical wording.

    :param folder: Folder with the files of :data:`EXPRESSIONS`.
    :return: The expressions.
    """
    return [line for name in EXPRESSIONS for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def read_terms(path: Path, *, held_out: bool) -> Iterator[tuple[str, str, int]]:
    """The rows of one half of the list.

    :param path: ``tortured_phrases.tsv``.
    :param held_out: Which half.
    :return: (tortured phrase, expected term, papers seen).
    """
    with path.open(encoding="utf-8", newline="") as file:
        for tortured, expected, papers in islice(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1, None):
            if held_out_term(expected) == held_out:
                yield tortured, expected, int(papers.replace(",", "") or 1)


def term_table(path: Path) -> Table:
    """The training half of the list: whole terms, and their words where spun and expected pair off.

    :param path: ``tortured_phrases.tsv``.
    :return: Expected → tortured.
    """
    weights: Weights = defaultdict(lambda: defaultdict(float))
    for tortured, expected, papers in read_terms(path, held_out=False):
        spun, original = _words(tortured), _words(expected)
        if max(len(spun), len(original)) > MOST_WORDS or not _plain(spun) or not _plain(original):
            continue
        weights[original][spun] += min(papers, 50) ** 0.5
        for index, wording in align(spun, original) if len(spun) == len(original) else ():
            if wording.isalpha() and not {wording, spun[index]} & CLOSED:
                weights[(wording,)][(spun[index],)] += 0.3
    return Table.from_weights(weights)


def _words(text: str) -> Words:
    return tuple(segment(text.strip()).words)


def _plain(words: Words) -> bool:
    return bool(words) and all(w.isalpha() or w == "-" for w in words)


def carry(term: str, other: str, rng: Random) -> str:
    """One sentence with a term in it.

    :param term: The term, first in the sentence where there are two places.
    :param other: Another one for the second place.
    :param rng: Source of chance.
    :return: The sentence.
    """
    sentence = rng.choice(CARRIERS).format(term, other)
    return sentence[:1].upper() + sentence[1:]


def carriers(path: Path, rng: Random, *, texts: int) -> Iterator[str]:
    """Small texts that carry expected terms of the training half.

    :param path: ``tortured_phrases.tsv``.
    :param rng: Source of chance.
    :param texts: How many.
    :return: The texts.
    """
    terms = sorted(
        {expected.lower() for _, expected, _ in read_terms(path, held_out=False) if _plain(_words(expected))}
    )
    for _ in range(texts):
        drawn = rng.sample(terms, min(2 * _SENTENCES, len(terms)))
        yield " ".join(carry(first, second, rng) for first, second in zip(drawn[::2], drawn[1::2], strict=False))
