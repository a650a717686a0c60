"""What a spinner is, and how its edits make a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from restorer.align import join
from restorer.segment import Segmented, Shape

__all__ = ["Edit", "Mixture", "Options", "Spinner", "allowed", "spun_text"]

_MATCHED = (Shape.LOWER, Shape.TITLE, Shape.TITLE_FIRST)


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement a spinner made.

    :param first: Index of the first original word.
    :param count: Number of original words replaced.
    :param spun: The words that stand there now, lower case.
    """

    first: int
    count: int
    spun: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """How one article is spun.

    :param density: Chance that a head of the table is used at all in this article, 0 to 1.
    :param protect_quotes: Leave quotations alone.
    :param protect_capitals: Leave capitalised words alone, sentence openers too.
    :param sharpness: Exponent on the alternatives' weights: 1 draws by weight, 0 evenly.
    """

    density: float = 1.0
    protect_quotes: bool = False
    protect_capitals: bool = False
    sharpness: float = 1.0

    @classmethod
    def drawn(cls, rng: Random) -> Options:
        """Options as varied as those seen on spun pages.

        :param rng: Source of chance.
        :return: The options.
        """
        density = 1.0 if rng.random() < 0.15 else rng.uniform(0.05, 0.8)
        return cls(density, rng.random() < 0.5, rng.random() < 0.5, 1.0 if rng.random() < 0.7 else 0.3)


def allowed(article: Segmented, index: int, options: Options) -> bool:
    """Whether the options let a spinner touch a word.

    :param article: The article.
    :param index: Index of the word.
    :param options: How the article is spun.
    :return: False for addresses, words in capitals, and what the options protect.
    """
    shape = article.shapes[index]
    if article.protected[index] or (article.words[index].isalpha() and shape not in _MATCHED):
        return False
    if options.protect_capitals and shape != Shape.LOWER:
        return False
    return not (options.protect_quotes and article.quoted[index])


class Spinner(Protocol):
    """Something that spins an article."""

    def spin(self, article: Segmented, options: Options, rng: Random) -> list[Edit]:
        """Draw the replacements for one article.

        :param article: The clean article.
        :param options: How to spin it.
        :param rng: Source of chance; the same state gives the same edits.
        :return: Edits in order of position, not overlapping.
        """
        ...


class Mixture:
    """Draws one of several makers for each article."""

    def __init__(self, makers: Sequence[tuple[float, Spinner]]) -> None:
        self._weights, self._makers = zip(*makers, strict=True)

    def spin(self, article: Segmented, options: Options, rng: Random) -> list[Edit]:
        """Draw a maker and its replacements for one article.

        :param article: The clean article.
        :param options: How to spin it.
        :param rng: Source of chance; the same state gives the same edits.
        :return: Edits in order of position, not overlapping.
        """
        maker: Spinner = rng.choices(self._makers, self._weights)[0]
        return maker.spin(article, options, rng)


def spun_text(article: Segmented, edits: Sequence[Edit]) -> tuple[str, list[tuple[int, int, str]]]:
    """The spun text, and where each edit stands in it.

    :param article: The clean article.
    :param edits: Its edits, in order.
    :return: The text, and (start, end, original slice) of every edit in code points of that text.
    """
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    position = length = 0
    for edit in edits:
        start = int(article.starts[edit.first])
        end = int(article.ends[edit.first + edit.count - 1])
        words = join(edit.spun)
        if article.shapes[edit.first] in (Shape.TITLE, Shape.TITLE_FIRST):
            words = words[:1].upper() + words[1:]
        pieces += (article.text[position:start], words)
        length += start - position
        spans.append((length, length + len(words), article.text[start:end]))
        length += len(words)
        position = end
    pieces.append(article.text[position:])
    return "".join(pieces), spans
