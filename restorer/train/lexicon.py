"""Word material: what a spinner might write for each original, as one table a source."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restorer.align import align
from restorer.segment import segment

__all__ = [
    "CLOSED",
    "MOST_WORDS",
    "PHRASES",
    "WIDER",
    "Table",
    "Weights",
    "Words",
    "authored_table",
    "neighbour_table",
    "observed_table",
    "paraphrase_table",
    "rate",
    "related_table",
    "thesaurus_table",
]

Words = tuple[str, ...]
Weights = defaultdict[Words, defaultdict[Words, float]]
DATA = Path(__file__).parent / "data"
MOST_WORDS = 7
PHRASES = ("authored_function.tsv", "authored_nouns_adjs.tsv", "authored_phrases.tsv", "authored_verbs.tsv")
"""What the commonest spinners write: function words, phrases, verbs, nouns and adjectives."""

WIDER = ("authored_idioms.tsv", "authored_words.tsv")
"""Further alternatives for frequent words and phrases, most of them good synonyms."""

RELATED = "related_words.tsv"
"""The Moby Thesaurus (public domain), cut down by scripts/related_words.py."""

LEAST_SHARE = 1e-3
"""Alternatives that are drawn more seldom than this are left out."""

_CLOSED = """
the a an and of to on or that is it he his she her in for with from are was by at as they their them him i me my we our
us you your has have had be been being not this these its who will what which there do does did one if so no
"""
CLOSED = frozenset(_CLOSED.split())
"""Function words that most makers leave alone: hardly any spun page touches them by themselves."""

CLOSED_RATE = 0.1
_TOUCHED = frozenset({("in", "the"), ("will",), ("if",), ("if", "they"), ("to", "be", "in"), ("has", "been")})


def rate(head: Sequence[str]) -> float:
    """Chance that a maker has this head in its table at all, relative to a content word's.

    :param head: The original words.
    :return: 1, or less for function words and bare signs.
    """
    if tuple(head) in _TOUCHED:
        return 0.7
    return CLOSED_RATE if all(w in CLOSED or not w[0].isalpha() for w in head) else 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A spinner's table: for each original run of words, weighted alternatives.

    :param entries: Original words → {spun words: weight}; weights of a head sum to one.
    """

    entries: Mapping[Words, Mapping[Words, float]]

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def from_weights(cls, weights: Mapping[Words, Mapping[Words, float]]) -> Table:
        """A table with every head's weights normalised, entries that change nothing dropped.

        :param weights: Original words → {spun words: positive weight}.
        :return: The table.
        """
        entries = {}
        for head, row in weights.items():
            kept = {words: w for words, w in row.items() if words and words != head and len(words) <= MOST_WORDS}
            total = sum(kept.values())
            if head and total and len(head) <= MOST_WORDS and any(w.isalpha() for w in head):
                ranked = sorted(kept.items(), key=lambda item: -item[1])
                entries[head] = {words: w / total for words, w in ranked if w >= LEAST_SHARE * total}
        return cls(entries)

    def merged(self, other: Table, weight: float) -> Table:
        """Both tables' alternatives under each head.

        :param other: The table to add.
        :param weight: Weight of its alternatives relative to this one's.
        :return: The merged table.
        """
        rows: dict[Words, dict[Words, float]] = {head: dict(row) for head, row in self.entries.items()}
        for head, row in other.entries.items():
            mixed = rows.setdefault(head, {})
            for words, share in row.items():
                mixed[words] = mixed.get(words, 0.0) + share * weight
        return Table.from_weights(rows)


@lru_cache(maxsize=2**18)
def _words(text: str) -> Words:
    return tuple(segment(text.strip()).words)


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from islice(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1, None)


def authored_table(folder: Path = DATA, files: Sequence[str] = PHRASES, decay: float = 0.6) -> Table:
    """Hand-written tables.

    :param folder: Folder with the files.
    :param files: Names of the files: :data:`PHRASES` or :data:`WIDER`.
    :param decay: Weight of an alternative relative to the one before it; lists are written likeliest first.
    :return: The table.
    """
    weights: Weights = defaultdict(lambda: defaultdict(float))
    for name in files:
        for original, spun in (row[:2] for row in _rows(folder / name)):
            for rank, alternative in enumerate(spun.split("|")):
                weights[_words(original)][_words(alternative)] += decay**rank
    return Table.from_weights(weights)


def observed_table(folder: Path = DATA) -> Table:
    """Pairs noted on public spun pages, whole and cut down to the words that differ.

    :param folder: Folder with ``observed_pairs.tsv``.
    :return: The table, weighted by the number of pages.
    """
    weights: Weights = defaultdict(lambda: defaultdict(float))
    for spun_text, original_text, pages in (row[:3] for row in _rows(folder / "observed_pairs.tsv")):
        seen = pages.count(",") + 1
        spun, original = _words(spun_text), _words(original_text)
        if max(len(spun), len(original)) <= 4:
            weights[original][spun] += seen
        for index, wording in align(spun, original) if len(spun) == len(original) else ():
            if wording.isalpha() and spun[index].isalpha() and not {wording, spun[index]} & CLOSED:
                weights[(wording,)][(spun[index],)] += 0.5 * seen
    return Table.from_weights(weights)


def paraphrase_table(path: Path, frequency: Mapping[str, float], least: float = 1e-6) -> Table:
    """PPDB lexical pairs whose two words are both in use.

    :param path: ``ppdb_lexical.tsv``.
    :param frequency: Share of each word in clean text.
    :param least: Least share of both words.
    :return: The table, weighted towards the more frequent alternatives.
    """
    weights: Weights = defaultdict(lambda: defaultdict(float))
    for word, synonym in (row[:2] for row in _rows(path)):
        if frequency.get(word, 0.0) >= least and frequency.get(synonym, 0.0) >= least and word[:4] != synonym[:4]:
            weights[_words(word)][_words(synonym)] += frequency[synonym] ** 0.5
    return Table.from_weights(weights)


def thesaurus_table(path: Path, frequency: Mapping[str, float], least: float = 3e-6) -> Table:
    """WordNet synonyms, blind to sense, given the inflection of the word they replace.

    :param path: ``wordnet_thesaurus.tsv``.
    :param frequency: Share of each word in clean text.
    :param least: Least share of the original word.
    :return: The table.
    """
    synonyms: dict[tuple[str, str], list[str]] = {}
    for word, pos, listed in (row[:3] for row in _rows(path)):
        synonyms.setdefault((word.lower(), pos), listed.split("|")[:4])
    weights: Weights = defaultdict(lambda: defaultdict(float))
    for word in (w for w, share in frequency.items() if share >= least and w.isalpha()):
        for rank, alternative in enumerate(_inflected(word, synonyms)):
            weights[(word,)][_words(alternative)] += 0.8**rank
    return Table.from_weights(weights)


def _inflected(word: str, synonyms: Mapping[tuple[str, str], list[str]]) -> Iterator[str]:
    """Synonyms of the word's lemmas in the word's own inflection."""
    for upos, lemma, tag in _readings(word):
        for synonym in synonyms.get((lemma, upos.lower()), ()):
            yield _inflect(synonym, tag)


def related_table(frequency: Mapping[str, float], folder: Path = DATA, least: float = 3e-6) -> Table:
    """Words that share much of their lists in the Moby Thesaurus, given the inflection of the word they replace.

    The lists tell no part of speech: an alternative counts where it has one that the word has.

    :param frequency: Share of each word in clean text.
    :param folder: Folder with ``related_words.tsv``.
    :param least: Least share of the original word.
    :return: The table, weighted by the share.
    """
    related = {word: [entry.split(":") for entry in listed.split("|")] for word, listed in _rows(folder / RELATED)}
    weights: Weights = defaultdict(lambda: defaultdict(float))
    for word in (w for w, share in frequency.items() if share >= least and w.isalpha() and w not in CLOSED):
        for upos, lemma, tag in _readings(word):
            for other, shared in related.get(lemma, ()):
                stem = other.partition(" ")[0]
                if stem in _lemmas(stem).get(upos, ()) and (" " not in other or upos == "VERB"):
                    weights[(word,)][_words(_inflect(other, tag))] += int(shared)
    return Table.from_weights(weights)


@lru_cache(maxsize=2**16)
def _lemmas(word: str) -> dict[str, tuple[str, ...]]:
    from lemminflect import getAllLemmas

    lemmas: dict[str, tuple[str, ...]] = getAllLemmas(word)
    return lemmas


def _readings(word: str) -> Iterator[tuple[str, str, str | None]]:
    """Part of speech, lemma and inflection (Penn tag) of an open-class word; None where none is known."""
    from lemminflect import getAllInflections

    for upos, lemmas in _lemmas(word).items():
        for lemma in lemmas if upos in ("NOUN", "VERB", "ADJ", "ADV") else ():
            tags = sorted((t for t, forms in getAllInflections(lemma, upos).items() if word in forms), key=_plain_first)
            yield upos, lemma, tags[0] if tags else None


def _plain_first(tag: str) -> tuple[bool, str]:
    return tag not in ("NN", "VB", "JJ", "RB"), tag


@lru_cache(maxsize=2**18)
def _inflect(synonym: str, tag: str | None) -> str:
    from lemminflect import getInflection

    first, _, rest = synonym.partition(" ")
    forms = getInflection(first, tag) if tag else ()
    return f"{forms[0] if forms else first} {rest}".strip().lower()


def neighbour_table(embedding: NDArray[np.float32], words: Mapping[str, int], most: int = 4) -> Table:
    """Nearest neighbours of an embedding: synonyms, antonyms and mere company alike.

    :param embedding: One row a word piece, of shape (pieces, width).
    :param words: Words with their rows; only these are heads or alternatives.
    :param most: Most alternatives to a head.
    :return: The table, weighted by cosine.
    """
    names = sorted(words)
    vectors = embedding[[words[name] for name in names]]
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    weights: Weights = defaultdict(lambda: defaultdict(float))
    for start in range(0, len(names), 1024):
        cosines = vectors[start : start + 1024] @ vectors.T
        order = np.argsort(-cosines, axis=1)[:, : 6 * most]
        for row, columns in enumerate(order.tolist()):
            head = names[start + row]
            # The same word in another inflection is no replacement.
            kept = [c for c in columns if names[c][:4] != head[:4]][:most]
            for column in kept:
                weights[(head,)][(names[column],)] += max(float(cosines[row, column]), 0.01) ** 4
    return Table.from_weights(weights)
