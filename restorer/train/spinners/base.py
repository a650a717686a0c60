"""What a spinner is, and how its edits make a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from restorer.align import join
from restorer.segment import Segmented, Shape

__all__ = ["Edit", "Options", "Spinner", "spun_text"]


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
