"""The embedded model: a small encoder on ONNX Runtime, and a head over wordings run on suspect words only."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from math import exp, log
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from restorer.align import join
from restorer.attribution import Entries, attribute
from restorer.channel import PARTIAL, Channel, Form, Matches
from restorer.collocations import Collocations
from restorer.errors import ModelFormatError, ModelNotFoundError
from restorer.evidence import sigmoid
from restorer.models.base import Candidate, Scores
from restorer.models.features import TYPE_PAD, Pieces, special_ids, type_ids, windows
from restorer.models.head import Head, Look
from restorer.segment import Segmented, Shape, is_content
from restorer.types import Calibration

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["OnnxModel"]

WINDOW = 94
"""Pieces in a window, special tokens not counted: the longest seen in training."""

SUSPECT = -1.2
"""Log odds from which a word's wordings are computed; below it no document evidence makes it a finding."""

PEER_SUSPECT = -4.0
"""The same for a content word whose form is suspect elsewhere in the text."""

PHRASE_MARGIN = 4.0
"""How much less likely (nats) a phrase's tags may be together than the best of each word."""

COMPANY = (0.85, 0.7)
"""Weights of what a word's neighbours say: in its log odds, and in those of its wordings (docs/experiments.md)."""

OWN_TABLE = 0.7
"""Weight in a word's log odds of how much better the page's own table explains it than the channel's tables do."""

_FILES = ("config.json", "model.onnx", "head.npz", "wordings.json", "channel.npz", "tokenizer.json", "calibration.json")


def _suspects(words: Sequence[str], logits: NDArray[np.float32], kept: Sequence[int]) -> list[int]:
    """Positions in ``kept`` of the words worth a wording."""
    strong = {words[i] for i in kept if logits[i] > SUSPECT and is_content(words[i])}
    return [place for place, i in enumerate(kept) if logits[i] > SUSPECT or words[i] in strong]


def _in_company(row: list[int], logs: list[float], favoured: Mapping[int, float]) -> tuple[list[int], list[float]]:
    """One word's wordings, reweighed by what its neighbours say."""
    gains = [COMPANY[1] * favoured.get(wording, 0.0) for wording in row]
    if not any(gains):
        return row, logs
    moved = [value + gain for value, gain in zip(logs, gains, strict=True)]
    unlisted = max(1.0 - sum(map(exp, logs)), 0.0)
    total = log(sum(map(exp, moved)) + unlisted)
    order = sorted(range(len(row)), key=lambda place: -moved[place])
    return [row[place] for place in order], [moved[place] - total for place in order]


class OnnxModel:
    """The shipped model.

    Windows run one at a time: int8 activations share one scale a batch, so a batch would let one text change another's
    scores; and a window of 94 pieces already fills the cores (measured in docs/experiments.md).
    """

    def __init__(
        self,
        session: InferenceSession,
        head: Head,
        channel: Channel,
        pieces: Pieces,
        config: dict[str, Any],
        collocations: Collocations | None = None,
    ) -> None:
        self._session = session
        self._head = head
        self._collocations = collocations or Collocations({}, head.wordings)
        self._ids = {wording.lower(): i for i, wording in enumerate(head.wordings)}
        self._channel = channel
        self._pieces = pieces
        self._config = config
        self._attributes = True
        self.name = f"{config['name']}-{config['version']}"
        self.prior = float(config["prior"])
        self.calibration = Calibration.from_dict(config["calibration"])

    @classmethod
    def load(cls, folder: Path, *, threads: int = 0) -> OnnxModel:
        """Load a model folder.

        :param folder: Folder with the files that ``restore train`` exports.
        :param threads: Threads to use; 0 leaves the choice to the runtime.
        :return: The model.
        :raises ModelNotFoundError: if the folder is missing.
        :raises ModelFormatError: if a file is missing or damaged.
        """
        if not folder.is_dir():
            msg = f"{folder}: no such model folder; name a shipped model (small) or a folder made by `restore train`"
            raise ModelNotFoundError(msg)
        missing = [name for name in _FILES if not (folder / name).is_file()]
        if missing:
            msg = f"{folder}: not a complete model, {', '.join(missing)} missing; reinstall restorer or export it again"
            raise ModelFormatError(msg)
        try:
            return cls._read(folder, threads)
        except ModelFormatError:
            raise
        except Exception as error:  # every library involved has its own errors for a damaged file
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            msg = f"{folder}: the model cannot be read ({reason}); reinstall restorer or export it again"
            raise ModelFormatError(msg) from error

    @classmethod
    def _read(cls, folder: Path, threads: int) -> OnnxModel:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Threads that wait by spinning keep a core from everything that follows a window (docs/experiments.md).
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        config["calibration"] = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        pieces = Pieces(
            lambda w: tokenizer.encode(w, add_special_tokens=False).ids, tokenizer.token_to_id("[UNK]") or 0
        )
        config["special"] = special_ids(tokenizer)
        head = Head.load(folder, float(config["prior_scale"]))
        if len(head.wordings) != len(head.weight) or config["special"] is None:
            msg = f"{folder}: head.npz, wordings.json and tokenizer.json are of different models; export it again"
            raise ModelFormatError(msg)
        pairs = folder / "collocations.npz"
        collocations = Collocations.load(pairs, head.wordings) if pairs.is_file() else None
        return cls(session, head, Channel.load(folder / "channel.npz"), pieces, config, collocations)

    def with_channel(self, change: Callable[[Channel], Channel]) -> OnnxModel:
        """The same weights with another channel.

        :param change: Makes the other channel from this one.
        :return: The model.
        """
        other = copy(self)
        other._channel = change(self._channel)
        return other

    def without_collocations(self) -> OnnxModel:
        """The same model, blind to what neighbours may have been; its calibration is that of the whole one.

        :return: The model.
        """
        other = copy(self)
        other._collocations = Collocations({}, self._head.wordings)
        return other

    def without_attribution(self) -> OnnxModel:
        """The same model, that takes every page's table for the channel's mean; its calibration is the whole one's.

        :return: The model.
        """
        other = copy(self)
        other._attributes = False
        return other

    def score(self, texts: Sequence[Segmented]) -> Iterator[Scores]:
        """Score texts one after the other.

        :param texts: Segmented texts.
        :return: One :class:`Scores` a text, in order.
        """
        for text in texts:
            yield self._score(text)

    def _score(self, text: Segmented) -> Scores:
        matches = self._channel.match(text.words)
        types = type_ids(matches.buckets, text.quoted, text.shapes)
        pieces = [self._pieces(word) for word in text.words]
        logits = np.empty(len(text), np.float32)
        kept: list[int] = []
        rows: list[NDArray[np.float32]] = []
        lengths = [len(p) for p in pieces]
        for first, last in windows(lengths, text.sentences.tolist(), WINDOW):
            spun, hidden = self._forward(pieces[first:last], types[first:last], lengths[first:last])
            logits[first:last] = spun
            asked = np.flatnonzero(spun > PEER_SUSPECT)
            kept.extend((first + asked).tolist())
            rows.append(hidden[asked])
        company = self._collocations.weigh(text.words, matches, logits > PEER_SUSPECT)
        neighbours = (COMPANY[0] * company.gain).astype(np.float32)
        logits += neighbours
        suspects = _suspects(text.words, logits, kept)
        chosen = [kept[i] for i in suspects]
        vectors = np.concatenate(rows)[suspects] if rows else np.empty((0, 0), np.float32)
        covering = matches.covering()
        entries = Entries.of([covering.get(i, ()) for i in chosen], self._channel.weights)
        look = self._look(text.words, chosen, vectors, entries)
        likelihood = entries.likelihood(look.log_probability())
        weights, own_table = entries.weights, np.zeros(len(text), np.float32)
        if self._attributes:
            weights = attribute(likelihood, sigmoid(logits[chosen].astype(np.float64)), weights)
            # No table is complete: that the page's own does not explain a word speaks for nothing.
            better = np.maximum(likelihood @ weights / (likelihood @ entries.weights), 1.0)
            own_table[chosen] = OWN_TABLE * np.log(better)
            logits += own_table
        found = self._candidates(chosen, look, entries.bias(weights), company.wordings)
        return Scores(logits, found, self._phrases(text.words, matches, found), neighbours, own_table)

    def fill(self, text: Segmented, hidden: Sequence[int]) -> dict[int, list[Candidate]]:
        """Likeliest wordings of hidden words: the model as a masked language model.

        :param text: The segmented text.
        :param hidden: Indices of the words to hide, ascending; the word that stands there is not an answer.
        :return: For each hidden word, ranked candidates.
        """
        types = type_ids(self._channel.match(text.words).buckets, text.quoted, text.shapes)
        pieces = [self._pieces(word) for word in text.words]
        mask = self._config["special"][2]
        for index in hidden:
            pieces[index] = (mask,)
            types[index] %= 2 * Shape.COUNT  # as in training: the shape is known, not how suspicious the form is
        lengths = [len(p) for p in pieces]
        rows: list[NDArray[np.float32]] = []
        for first, last in windows(lengths, text.sentences.tolist(), WINDOW):
            chosen = [i - first for i in hidden[bisect_left(hidden, first) : bisect_left(hidden, last)]]
            if chosen:
                _, vectors = self._forward(pieces[first:last], types[first:last], lengths[first:last])
                rows.append(vectors[chosen])
        if not rows:
            return {}
        entries = Entries.of([()] * len(hidden), self._channel.weights)
        look = self._look(text.words, hidden, np.concatenate(rows), entries)
        return self._candidates(hidden, look, entries.bias(entries.weights), {})

    def _forward(
        self, pieces: Sequence[tuple[int, ...]], types: NDArray[np.int64], lengths: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Run one window; logit and vector of each word's first piece."""
        first, last, _ = self._config["special"]
        ids = [first, *(i for word in pieces for i in word), last]
        kinds = [TYPE_PAD, *np.repeat(types, lengths).tolist(), TYPE_PAD]
        inputs = {
            "pieces": np.array([ids], np.int64),
            "types": np.array([kinds], np.int64),
            "mask": np.ones((1, len(ids)), np.int64),
        }
        spun, hidden = self._session.run(["spun", "hidden"], inputs)
        heads = np.cumsum([1, *lengths[:-1]])
        return spun[0, heads], hidden[0, heads]

    def _look(
        self, words: Sequence[str], chosen: Sequence[int], vectors: NDArray[np.float32], entries: Entries
    ) -> Look:
        own = [self._ids.get(words[i], -1) for i in chosen]
        return self._head.look(vectors, own, entries.rows, entries.wordings)

    def _candidates(
        self,
        chosen: Sequence[int],
        look: Look,
        bias: NDArray[np.float64],
        favoured: Mapping[int, Mapping[int, float]],
    ) -> dict[int, list[Candidate]]:
        """Each word's candidates, heeding the channel and what its neighbours say (wording id → nats)."""
        ids, values = look.rank(self._head.prior_scale * bias)
        wordings = self._head.wordings
        found: dict[int, list[Candidate]] = {}
        for index, row, logs in zip(chosen, ids.tolist(), values.tolist(), strict=True):
            if index in favoured:
                row, logs = _in_company(row, logs, favoured[index])
            found[index] = [Candidate(index, 1, wordings[w], v) for w, v in zip(row, logs, strict=True)]
        return found

    def _phrases(
        self, words: Sequence[str], matches: Matches, found: dict[int, list[Candidate]]
    ) -> dict[int, list[Candidate]]:
        """Originals of whole phrases, so that the words of a phrase agree on one of them.

        Word by word, "a minimum" might become "a least"; together it is "at least". A phrase stands where its tags
        are together nearly as likely as the likeliest tag of each word.
        """
        phrases: dict[int, list[Candidate]] = defaultdict(list)
        for index, form in matches.forms:
            rows = [found.get(index + offset) for offset in form.tagged]
            if len(rows) < 2 or not all(rows):
                continue
            tables = [{c.wording: c.log_probability for c in row} for row in rows if row]
            best = sum(max(table.values()) for table in tables)
            last = form.tagged[-1] + 1
            for tags in self._tagged(form):
                logs = [t.get(tags[o], min(t.values()) - 1.0) for o, t in zip(form.tagged, tables, strict=True)]
                if sum(logs) >= best - PHRASE_MARGIN:
                    first = form.tagged[0]
                    run = [tags.get(o, words[index + o]) for o in range(first, last)]
                    wording = join([word for word in run if word])
                    if wording:
                        phrases[index + first].append(Candidate(index + first, last - first, wording, min(logs)))
        return {i: sorted(row, key=lambda c: (-c.count, -c.log_probability)) for i, row in phrases.items()}

    def _tagged(self, form: Form) -> Iterator[dict[int, str]]:
        """For each original that changes all of the form's tagged words: offset → wording."""
        for origin in sorted(set(form.origins.tolist()) - {PARTIAL}):
            kept = np.flatnonzero(form.origins == origin)
            if len(kept) == len(form.tagged):
                yield {int(form.offsets[i]): self._head.wordings[form.wordings[i]] for i in kept}
