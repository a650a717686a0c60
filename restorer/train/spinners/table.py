"""The commonest maker: a fixed table, longest entry first, one alternative a head for the whole article."""

from __future__ import annotations

from collections import defaultdict
from random import Random

from restorer.segment import Segmented, Shape
from restorer.train.lexicon import Table, Words, rate
from restorer.train.spinners.base import Edit, Options, allowed

__all__ = ["TableSpinner"]


class TableSpinner:
    """Replaces every run of words its table holds, without part of speech, sense or grammar."""

    def __init__(self, table: Table) -> None:
        self._table = table.entries
        heads: dict[str, list[Words]] = defaultdict(list)
        for head in table.entries:
            heads[head[0]].append(head)
        self._heads = {word: sorted(row, key=len, reverse=True) for word, row in heads.items()}

    def spin(self, article: Segmented, options: Options, rng: Random) -> list[Edit]:
        """Draw the replacements for one article.

        :param article: The clean article.
        :param options: How to spin it.
        :param rng: Source of chance; the same state gives the same edits.
        :return: Edits in order of position, not overlapping.
        """
        draws: dict[Words, Words | None] = {}
        edits: list[Edit] = []
        index = 0
        while index < len(article):
            head = self._match(article, index, options)
            if head is None:
                index += 1
                continue
            if head not in draws:
                draws[head] = self._draw(head, options, rng)
            spun = draws[head]
            if spun is not None:
                edits.append(Edit(index, len(head), spun))
            # A head this article leaves out is as if it were not in the table: shorter entries inside may match.
            index += len(head) if spun is not None else 1
        return edits

    def _match(self, article: Segmented, index: int, options: Options) -> Words | None:
        word = article.words[index]
        rows = self._heads.get(word)
        if rows is None or not allowed(article, index, options):
            return None
        for head in rows:
            last = index + len(head)
            if last <= len(article) and tuple(article.words[index:last]) == head and self._joined(article, index, last):
                return head
        return None

    @staticmethod
    def _joined(article: Segmented, first: int, last: int) -> bool:
        """Whether the words stand in one sentence, their later words in lower case."""
        lower = all(article.shapes[i] in (Shape.LOWER, Shape.OTHER) for i in range(first + 1, last))
        return lower and article.sentences[first] == article.sentences[last - 1]

    def _draw(self, head: Words, options: Options, rng: Random) -> Words | None:
        if rng.random() >= options.density * rate(head):
            return None
        row = self._table[head]
        weights = [w**options.sharpness for w in row.values()]
        return rng.choices(list(row), weights)[0]
