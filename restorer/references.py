"""Clean copies: which of them a text was spun from, and what they say where it departs.

A spinner cannot change names, figures and rare words, so these find the likely sources in an inverted index; the
ordered alignment of sentences then tells a copy from another article on the same event.
"""

from __future__ import annotations

import json
import logging
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from heapq import nlargest
from math import log
from pathlib import Path
from typing import Protocol

from restorer.errors import FileAccessError
from restorer.reference_alignment import Reading, SentencePair, align_sentences, complete_pairs, copied_share
from restorer.reference_edits import ReferenceEdit, agrees, lower_case_words, wording_edits
from restorer.segment import Segmented, Shape, segment

__all__ = ["Collection", "Match", "Reading", "Reference", "ReferenceEdit", "References", "immutables"]

logger = logging.getLogger(__name__)

LEAST_SHARE = 0.5
"""Least share of a text's own words in copied sentences for it to be a copy."""
LEAST_COPIED = 20
"""Least number of such words: a line or two prove nothing."""
CONFIRMED = 8
"""Likely sources whose sentences are aligned."""
RARE_LENGTH = 8
"""Lower-case words of this length are rare enough to look a source up by."""
COMMON_SHARE = 0.1
"""Words in more of the copies than this do not tell them apart, once there are a few hundred."""
_SUFFIXES = (".txt", ".md", ".jsonl")


@dataclass(frozen=True, slots=True)
class Reference:
    """One clean text.

    :param source: Its path, with the line after a colon for JSONL.
    :param text: The text.
    :param url: Its address, empty where it has none.
    :param title: Its title, empty where it has none.
    :param date: Its ISO date or time, empty where it has none.
    """

    source: str
    text: str
    url: str = ""
    title: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The clean text a suspect was copied from.

    :param reference: The clean text.
    :param article: The same, segmented.
    :param share: Share of the suspect's own words (outside quotations) in copied sentences, 0 to 1.
    :param pairs: The copied sentences, in order.
    :param ordinary: Words the collection writes in lower case, which are no names.
    """

    reference: Reference
    article: Segmented
    share: float
    pairs: tuple[SentencePair, ...]
    ordinary: Set[str] = field(repr=False)

    @property
    def source(self) -> str:
        """Where the clean text came from."""
        return self.reference.source


class Collection(Protocol):
    """Clean texts in which likely sources can be looked up."""

    @property
    def ordinary(self) -> Set[str]:
        """Words that the texts write in lower case, which are no names."""
        ...

    def __len__(self) -> int: ...

    def likely(self, suspect: Segmented, most: int) -> list[Reference]:
        """The texts that share most with a suspect of what spinning leaves alone.

        :param suspect: The segmented suspect.
        :param most: How many.
        :return: The texts, the likeliest first.
        """
        ...

    def date(self, source: str) -> str:
        """The date of a text.

        :param source: Its source.
        :return: The date, empty where it is not known.
        """
        ...


class _Memory:
    """A collection in memory, with an inverted index."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self._references: list[Reference] = []
        self._postings: dict[str, list[int]] = {}
        self._ordinary: set[str] = set()
        self._dates: dict[str, str] = {}
        for number, reference in enumerate(references):
            article = segment(reference.text)
            self._references.append(reference)
            self._dates.setdefault(reference.source, reference.date)
            self._ordinary |= lower_case_words(article)
            for key in immutables(article):
                self._postings.setdefault(key, []).append(number)

    @property
    def ordinary(self) -> Set[str]:
        return self._ordinary

    def __len__(self) -> int:
        return len(self._references)

    def likely(self, suspect: Segmented, most: int) -> list[Reference]:
        commonest = max(100, int(COMMON_SHARE * len(self)))
        weights: defaultdict[int, float] = defaultdict(float)
        for key in sorted(immutables(suspect)):
            numbers = self._postings.get(key, ())
            if len(numbers) <= commonest:
                for number in numbers:
                    weights[number] += log(1 + len(self) / len(numbers))  # rare things count more
        best = nlargest(most, weights, key=lambda n: (weights[n], -n))
        return [self._references[number] for number in best]

    def date(self, source: str) -> str:
        return self._dates.get(source, "")


class References:
    """A collection of clean texts, ready to be searched; it never changes, so threads may share it."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self._collection: Collection = _Memory(references)

    @classmethod
    def over(cls, collection: Collection) -> References:
        """References over any collection.

        :param collection: The collection.
        :return: The references.
        """
        references = cls(())
        references._collection = collection
        return references

    @classmethod
    def from_folder(cls, path: Path) -> References:
        """Read a folder of clean texts, and the folders in it; or open an index of them.

        Files that cannot be read are passed over with a warning in the log.

        :param path: Folder of .txt, .md and .jsonl files; each line of the latter is an object with a ``text``. Or a
            folder made by ``restore sources --save-index``.
        :return: The collection.
        :raises FileAccessError: if there is no such folder, or no text in it.
        """
        if not path.is_dir():
            problem = "is a file" if path.exists() else "does not exist"
            msg = f"references folder {str(path)!r} {problem}; name a folder of clean .txt, .md or .jsonl files"
            raise FileAccessError(msg)
        from restorer.sources.index import SourceIndex

        if SourceIndex.is_index(path):
            return cls.over(SourceIndex.open(path))
        references = cls(_read_folder(path))
        if not len(references):
            msg = f"no clean texts in {str(path)!r}; put .txt, .md or .jsonl files (with a text field) there"
            raise FileAccessError(msg)
        return references

    def __len__(self) -> int:
        return len(self._collection)

    def date(self, source: str) -> str:
        """The date of a clean text.

        :param source: Its source, as a match names it.
        :return: The date, empty where it is not known.
        """
        return self._collection.date(source)

    def matches(self, suspect: Segmented) -> list[Match]:
        """The clean texts that a suspect was copied from.

        Two versions of one agency report are copies too: what they share is the report. A reference with the suspect's
        very text is passed over, so that a text is never its own source.

        :param suspect: The segmented suspect.
        :return: The sources, the one with most of the suspect's words first.
        """
        matches: list[Match] = []
        for reference in self._collection.likely(suspect, CONFIRMED):
            if reference.text.split() == suspect.text.split():
                continue
            article = segment(reference.text)
            pairs = align_sentences(suspect, article)
            share, copied = copied_share(suspect, pairs)
            if share >= LEAST_SHARE and copied >= LEAST_COPIED:
                matches.append(Match(reference, article, share, tuple(pairs), self._collection.ordinary))
        return sorted(matches, key=lambda match: -match.share)

    def find(self, suspect: Segmented, readings: Sequence[Reading] = ()) -> Match | None:
        """The clean text a suspect was copied from.

        :param suspect: The segmented suspect.
        :param readings: What a model takes its words to have been, in order of position. They never make a text a
            copy; in one that is, they find the sentences that were spun beyond recognition.
        :return: The first of :meth:`matches`, with all its copied sentences; None when there is none.
        """
        best = next(iter(self.matches(suspect)), None)
        return None if best is None else self.completed(suspect, best, readings)

    @staticmethod
    def completed(suspect: Segmented, match: Match, readings: Sequence[Reading]) -> Match:
        """A source with all sentences that were copied from it, those that were spun beyond recognition too.

        :param suspect: The segmented suspect.
        :param match: One of :meth:`matches`.
        :param readings: What a model takes the suspect's words to have been, in order of position.
        :return: The source with more pairs of sentences.
        """
        return replace(match, pairs=tuple(complete_pairs(suspect, match.article, match.pairs, readings)))

    @staticmethod
    def edits(suspect: Segmented, match: Match) -> list[ReferenceEdit]:
        """The edits that give a suspect the wording of its source.

        :param suspect: The segmented suspect.
        :param match: Its source, from :meth:`find`.
        :return: Edits in order, not overlapping.
        """
        return wording_edits(suspect, match.article, match.pairs, match.source, match.ordinary)

    @staticmethod
    def allows(suspect: Segmented, match: Match, reading: Reading) -> bool:
        """Whether the source lets a model put its first wording in place of a run of words.

        :param suspect: The segmented suspect.
        :param match: Its source, from :meth:`find`.
        :param reading: The run and the model's wordings for it.
        :return: True where no sentence of the run was copied, or where the source has that very wording there.
        """
        place = bisect_left(match.pairs, reading.last, key=lambda p: p.first)
        if not place or match.pairs[place - 1].last <= reading.first:
            return True
        return agrees(suspect, match.article, match.pairs[place - 1], reading)


def immutables(segmented: Segmented) -> set[str]:
    """What a spinner leaves alone: names, figures of two digits or more, and long words.

    :param segmented: A segmented text.
    :return: The words.
    """
    return {
        word
        for word, shape in zip(segmented.words, segmented.shapes, strict=True)
        if shape in (Shape.TITLE, Shape.UPPER, Shape.MIXED)
        or (shape == Shape.NUMBER and len(word) > 1)
        or (shape == Shape.LOWER and len(word) >= RARE_LENGTH)
    }


def _read_folder(folder: Path) -> Iterator[Reference]:
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file()):
        try:
            text = _decoded(path.read_bytes())
        except (OSError, UnicodeDecodeError) as error:
            logger.warning("reference %s passed over: %s", path, error)
            continue
        if path.suffix.lower() == ".jsonl":
            yield from _records(path, text)
        elif text.strip():
            yield Reference(str(path), text)


def _decoded(data: bytes) -> str:
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def _records(path: Path, lines: str) -> Iterator[Reference]:
    # Not splitlines(): JSON strings may hold the other line breaks it knows.
    for number, line in enumerate(lines.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            text = record["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            text = None
        if isinstance(text, str):
            if text.strip():
                url, title, date = (str(record.get(name) or "") for name in ("url", "title", "date"))
                yield Reference(f"{path}:{number}", text, url, title, date)
        else:
            logger.warning("reference %s:%d passed over: no JSON object with a text field", path, number)
