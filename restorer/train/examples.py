"""From clean articles to the model's training examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

import numpy as np
from numpy.typing import NDArray

from restorer.align import align
from restorer.channel import Channel, Form, bias
from restorer.models.features import TYPE_PAD, Pieces, type_ids, windows
from restorer.segment import Segmented, Shape, segment
from restorer.train.spinners import Edit, Options, Spinner

__all__ = ["Batch", "ExampleMaker", "Labelled", "Window", "batches", "label"]

IGNORE = -1
LEAST_WORDS = 5
Covering = Mapping[int, list[tuple[int, Form]]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A spun article's words with what the model should say of each, columns of shape (n,).

    :param words: Lower-case words.
    :param shapes: Written shapes, uint8.
    :param quoted: In a quotation, bool.
    :param sentences: Sentence numbers, int32.
    :param spun: 1 where the word is not the author's, int8.
    :param targets: Id of the wording that stood there, int32; ``IGNORE`` where unchanged or not sayable.
    """

    words: list[str]
    shapes: NDArray[np.uint8]
    quoted: NDArray[np.bool_]
    sentences: NDArray[np.int32]
    spun: NDArray[np.int8]
    targets: NDArray[np.int32]


def label(article: Segmented, edits: Iterable[Edit], ids: Mapping[str, int]) -> Labelled:
    """Apply the edits to the words and write down what each word was.

    :param article: The clean article.
    :param edits: Its edits, in order.
    :param ids: Wording → id.
    :return: The spun article, labelled.
    """
    words: list[str] = []
    source: list[int] = []
    spun: list[int] = []
    targets: list[int] = []
    shapes: list[int] = []
    position = 0

    def copy(until: int) -> None:
        words.extend(article.words[position:until])
        source.extend(range(position, until))
        shapes.extend(article.shapes[position:until].tolist())
        spun.extend([0] * (until - position))
        targets.extend([IGNORE] * (until - position))

    for edit in edits:
        copy(edit.first)
        position = edit.first + edit.count
        tags = dict(align(edit.spun, article.words[edit.first : position]))
        for offset, word in enumerate(edit.spun):
            words.append(word)
            source.append(edit.first)
            shapes.append(_shape(word, int(article.shapes[edit.first]) if offset == 0 else Shape.LOWER))
            spun.append(int(offset in tags))
            targets.append(ids.get(tags[offset], IGNORE) if offset in tags else IGNORE)
    copy(len(article))
    return Labelled(
        words,
        np.array(shapes, np.uint8),
        article.quoted[source],
        article.sentences[source],
        np.array(spun, np.int8),
        np.array(targets, np.int32),
    )


def _shape(word: str, wanted: int) -> int:
    if not word[0].isalpha():
        return Shape.NUMBER if word[0].isdigit() else Shape.OTHER
    return wanted if wanted in (Shape.TITLE, Shape.TITLE_FIRST) else Shape.LOWER


@dataclass(frozen=True, slots=True)
class Window:
    """One training sequence.

    :param pieces: Sub-word ids with the special ones, length t.
    :param types: Type ids, length t.
    :param heads: Position of each word's first piece.
    :param spun: Label of each word: 0, 1, or ``IGNORE`` where masked.
    :param targets: Wording id of each word or ``IGNORE``.
    :param priors: (word, wording id, bias) of the channel at words with a target.
    """

    pieces: list[int]
    types: list[int]
    heads: list[int]
    spun: list[int]
    targets: list[int]
    priors: list[tuple[int, int, float]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How examples are drawn.

    :param untouched: Share of articles left as they are.
    :param masked: Share of unspun words hidden for the masked-LM task.
    :param blind: Share of articles scored as if the channel knew nothing.
    :param partial: Share of articles whose channel knows one table only, most often not the maker's own.
    :param hidden: Chance that a spun form is hidden from the channel, in the other articles: this or, for
        a third of them, any.
    :param lengths: Most pieces to a window, drawn per article.
    """

    untouched: float = 0.25
    masked: float = 0.06
    blind: float = 0.12
    partial: float = 0.3
    hidden: float = 0.1
    lengths: tuple[int, ...] = (46, 62, 62, 94)


class ExampleMaker:
    """Draws a spinner, its options and what is hidden for each article, and cuts it into windows.

    The first channel is the one that ships; the others know part of it, so that the model learns to do without the
    table of the spinner at hand while the channel still knows another's.
    """

    def __init__(
        self,
        spinner: Spinner,
        channels: Sequence[Channel],
        vocabulary: list[str],
        pieces: Pieces,
        special: tuple[int, int, int],
        settings: Settings | None = None,
    ) -> None:
        self.spinner = spinner
        self.channel, *self.partial = channels
        self.ids = {wording: i for i, wording in enumerate(vocabulary)}
        self.pieces = pieces
        self.first, self.last, self.mask = special
        self.settings = settings or Settings()

    def make(self, text: str, rng: Random, spinner: Spinner | None = None) -> Iterator[Window]:
        """Windows of one article, spun or not.

        :param text: The clean article.
        :param rng: Source of chance.
        :param spinner: The maker for this article, if it is to be another than usual.
        :return: Its windows.
        """
        article = segment(text)
        edits: list[Edit] = []
        if rng.random() >= self.settings.untouched:
            edits = (spinner or self.spinner).spin(article, Options.drawn(rng), rng)
        yield from self.cut(label(article, edits, self.ids), rng)

    def cut(self, spun: Labelled, rng: Random) -> Iterator[Window]:
        """Windows of one labelled article.

        :param spun: The article.
        :param rng: Source of chance.
        :return: Its windows.
        """
        partial = bool(self.partial) and rng.random() < self.settings.partial
        channel = rng.choice(self.partial) if partial else self.channel
        matches = channel.match(spun.words)
        if rng.random() < self.settings.blind:
            kept = []
        else:
            share = self.settings.hidden if rng.random() < 0.67 else rng.uniform(self.settings.hidden, 1.0)
            seen = {form.words for _, form in matches.forms}
            hidden = {w for w in sorted(seen) if rng.random() < share}
            kept = [pair for pair in matches.forms if pair[1].words not in hidden]
        matches = channel.matches(len(spun.words), kept)
        types = type_ids(matches.buckets, spun.quoted, spun.shapes)
        covering = matches.covering()
        lengths = [len(self.pieces(w)) for w in spun.words]
        most = rng.choice(self.settings.lengths)
        for low, high in windows(lengths, spun.sentences.tolist(), most):
            if high - low >= LEAST_WORDS:
                yield self._window(spun, types, covering, low, high, rng)

    def _window(
        self, spun: Labelled, types: NDArray[np.int64], covering: Covering, low: int, high: int, rng: Random
    ) -> Window:
        """One window over the words from ``low`` up to ``high``, some of them hidden."""
        window = Window([self.first], [TYPE_PAD], [], [], [], [])
        for index in range(low, high):
            word, kind, flag = spun.words[index], int(types[index]), int(spun.spun[index])
            known = self.ids.get(word, IGNORE)
            window.heads.append(len(window.pieces))
            if not flag and known != IGNORE and rng.random() < self.settings.masked:
                # A hidden word keeps its shape and quotation, but not how suspicious its form is.
                self._add(window, (self.mask,), kind % (2 * Shape.COUNT), IGNORE, known)
                continue
            target = int(spun.targets[index])
            self._add(window, self.pieces(word), kind, flag, target)
            if target != IGNORE:
                entries = bias(covering.get(index, ())).items()
                window.priors.extend((index - low, wording, value) for wording, value in entries)
        self._add(window, (self.last,), TYPE_PAD, None, None)
        return window

    @staticmethod
    def _add(window: Window, pieces: tuple[int, ...], kind: int, flag: int | None, target: int | None) -> None:
        window.pieces.extend(pieces)
        window.types.extend([kind] * len(pieces))
        if flag is not None and target is not None:
            window.spun.append(flag)
            window.targets.append(target)


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length; b sequences of t pieces, n words in all, k words with a target.

    :param pieces: int64 of shape (b, t).
    :param types: int64 of shape (b, t).
    :param mask: 1 where there is a piece, int64 of shape (b, t).
    :param heads: Flat position (row·t + column) of each word's first piece, int64 of shape (n,).
    :param spun: Label of each word, int64 of shape (n,).
    :param chosen: Indices into the words of those with a target, int64 of shape (k,).
    :param targets: Their wording ids, int64 of shape (k,).
    :param prior_rows: Row in ``chosen`` of each prior entry.
    :param prior_ids: Its wording id.
    :param prior_values: Its bias, float32.
    """

    pieces: NDArray[np.int64]
    types: NDArray[np.int64]
    mask: NDArray[np.int64]
    heads: NDArray[np.int64]
    spun: NDArray[np.int64]
    chosen: NDArray[np.int64]
    targets: NDArray[np.int64]
    prior_rows: NDArray[np.int64]
    prior_ids: NDArray[np.int64]
    prior_values: NDArray[np.float32]


def collate(rows: list[Window]) -> Batch:
    """Pad windows to the longest.

    :param rows: The windows.
    :return: One batch.
    """
    width = max(len(r.pieces) for r in rows)
    pieces = np.zeros((len(rows), width), np.int64)
    types = np.full((len(rows), width), TYPE_PAD, np.int64)
    mask = np.zeros((len(rows), width), np.int64)
    heads: list[int] = []
    spun: list[int] = []
    chosen: list[int] = []
    targets: list[int] = []
    priors: list[tuple[int, int, float]] = []
    for number, row in enumerate(rows):
        pieces[number, : len(row.pieces)] = row.pieces
        types[number, : len(row.pieces)] = row.types
        mask[number, : len(row.pieces)] = 1
        at = {}
        for index, target in enumerate(row.targets):
            if target != IGNORE:
                at[index] = len(chosen)
                chosen.append(len(heads) + index)
                targets.append(target)
        priors.extend((at[index], wording, value) for index, wording, value in row.priors)
        heads.extend(number * width + h for h in row.heads)
        spun.extend(row.spun)
    return Batch(
        pieces,
        types,
        mask,
        heads=np.array(heads, np.int64),
        spun=np.array(spun, np.int64),
        chosen=np.array(chosen, np.int64),
        targets=np.array(targets, np.int64),
        prior_rows=np.array([row for row, _, _ in priors], np.int64),
        prior_ids=np.array([wording for _, wording, _ in priors], np.int64),
        prior_values=np.array([value for _, _, value in priors], np.float32),
    )


def batches(source: Iterator[Window], rng: Random, *, tokens: int = 2048, pool: int = 3000) -> Iterator[Batch]:
    """Batches of about equally long windows, shuffled.

    :param source: Windows without end.
    :param rng: Source of chance.
    :param tokens: Pieces to a batch, padding included.
    :param pool: Windows held to sort by length.
    :return: Batches without end.
    """
    while True:
        held = list(islice(source, pool))
        if not held:
            return
        held.sort(key=lambda w: (len(w.pieces), rng.random()))
        groups: list[list[Window]] = [[]]
        for window in held:
            if groups[-1] and (len(groups[-1]) + 1) * len(window.pieces) > tokens:
                groups.append([])
            groups[-1].append(window)
        rng.shuffle(groups)
        yield from map(collate, groups)
