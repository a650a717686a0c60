"""Any Hugging Face masked language model as an edit model: words are masked in turn, and the gaps filled.

A word is suspect when the model finds a better word for its place by a wide margin. The log odds that it is spun are

    SLOPE * (log p(best other word) - log p(the word) - EVENS)

after Bayes: were a spinner at work on ``PRIOR`` of the words, putting any of some twenty words in an original's place,
the margin at which "spun" and "the author's" are equally likely would be EVENS; SLOPE tempers a model that is surer of
itself than right. Frequent words come first: a word in several tokens counts by the mean margin of its tokens, as it
is mostly a name or a term, which spinners leave alone. None of this is calibrated for the model at hand, so the
thresholds are set high; a masked LM flags odd good writing too, and does not know what the word it masks meant.

This is the only module, outside the trainer, that imports torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restorer.errors import MissingDependencyError, ModelFormatError, SettingsError
from restorer.models.base import Candidate, Scores
from restorer.models.hub_files import INSTALL, check_folder, model_folder
from restorer.models.hub_loading import first_line, load
from restorer.models.hub_tokens import Lexicon, TokenMap, Window, frame, longest_text, scorable, tokenized, windows
from restorer.segment import Segmented, Shape
from restorer.types import Calibration

try:
    import torch
    import transformers  # noqa: F401 - so that both are asked for at once
except ImportError as error:
    _MSG = f"models from the Hugging Face hub need torch and transformers, which are not installed: {INSTALL}"
    raise MissingDependencyError(_MSG) from error

__all__ = ["HubModel"]

PRIOR = 0.1
SLOPE = 0.7
EVENS = 5.2  # log(0.9 / 0.1) + log(20)
UNSCORED = -12.0
"""Log odds of words that are not scored: names, figures, addresses, words in very many tokens."""
SUSPECT = -3.0
"""Log odds from which candidates are worked out; low, as the document's own prior may yet raise a word."""
CANDIDATES = 8
MOST_PIECES = 8
WINDOW_TOKENS = 96
_CALIBRATION = Calibration(
    fpr=(1e-5, 1e-4, 5e-4, 1e-3, 1e-2, 1e-1, 1.0),
    flag=(0.999, 0.995, 0.98, 0.96, 0.9, 0.7, 0.0),
    edit=(0.95, 0.9, 0.8, 0.75, 0.6, 0.4, 0.0),
)


class HubModel:
    """A masked LM from the Hugging Face hub, or from a folder; threads may share it."""

    def __init__(self, model: Any, tokenizer: Any, name: str) -> None:  # noqa: ANN401 - transformers' own
        """Make an edit model of ready parts; :meth:`from_pretrained` loads them.

        :param model: A transformers masked LM.
        :param tokenizer: Its fast tokenizer.
        :param name: Name to show in results.
        :raises ModelFormatError: if the two do not fit each other.
        """
        self._model = model.eval()
        self._name = name
        self._tokens = tokenizer.backend_tokenizer
        self._tokens.no_truncation()
        self._tokens.no_padding()
        self._mask, self._unknown = tokenizer.mask_token_id, tokenizer.unk_token_id
        size = int(model.config.vocab_size)
        if self._mask is None or self._mask >= size:
            msg = f"model {name!r} has no mask token that fits its tokenizer; a masked LM is needed"
            raise ModelFormatError(msg)
        self._before, self._after = frame(self._tokens)
        self._size = min(longest_text(model.config) - len(self._before) - len(self._after), WINDOW_TOKENS)
        if self._size < 4 * MOST_PIECES:
            msg = f"model {name!r} takes too short a text ({self._size} tokens); {4 * MOST_PIECES} are needed"
            raise ModelFormatError(msg)
        self._lexicon = Lexicon(self._tokens, size)
        # Logits of a whole batch stay under a gigabyte, should the model insist on making them for all tokens.
        self._budget = min(max(2**28 // size, 512), 8192)
        self._lock = Lock()
        self._picked: tuple[torch.Tensor, torch.Tensor] | None = None
        head = model.get_output_embeddings()
        if head is not None:
            head.register_forward_pre_hook(self._only_picked)

    @classmethod
    def from_pretrained(cls, name_or_path: str, *, threads: int = 0, device: str | None = None) -> HubModel:
        """Load a masked LM: a folder, else the hub's cache, else the hub.

        :param name_or_path: A folder, or a name on the Hugging Face hub.
        :param threads: Threads torch may use, in the whole process; 0 leaves the choice to torch.
        :param device: A torch device; the first GPU if there is one, else the CPU.
        :return: The model.
        :raises ModelNotFoundError: if there is no such model, or it cannot be fetched.
        :raises UnsafeModelError: if it asks for code of its own, or its weights are not in safetensors.
        :raises ModelFormatError: if it is no masked LM, or damaged.
        :raises MissingDependencyError: if its tokenizer needs a package that is not installed.
        :raises SettingsError: if the device cannot be used.
        """
        folder, shown = model_folder(name_or_path)
        check_folder(folder, name_or_path)
        if threads:
            torch.set_num_threads(threads)
        model, tokenizer = load(folder, name_or_path)
        place = device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            return cls(model.to(place), tokenizer, shown)
        except (RuntimeError, AssertionError) as error:
            msg = f"device {place!r} cannot be used ({first_line(error)}); try cpu"
            raise SettingsError(msg) from error

    @property
    def name(self) -> str:
        """Name and version, as shown in results."""
        return self._name

    @property
    def calibration(self) -> Calibration:
        """High thresholds, not measured for this model: the rates they are listed under are a guess."""
        return _CALIBRATION

    @property
    def prior(self) -> float:
        """Share of spun words assumed in the log odds."""
        return PRIOR

    def score(self, texts: Sequence[Segmented]) -> Iterator[Scores]:
        """Score texts; each batch holds masked copies of one window, so no text's scores depend on the others'.

        :param texts: Segmented texts.
        :return: One :class:`Scores` a text, in order.
        """
        for text in texts:
            tokens = tokenized(text, self._tokens, self._lexicon)
            words = self._words(text, tokens)
            logit = np.full(len(text), UNSCORED, np.float32)
            candidates: dict[int, list[Candidate]] = {}
            for window in windows(tokens, self._size):
                first, last = tokens.first[words], tokens.last[words]
                inside = words[(first >= window.first) & (first < window.last) & (last <= window.stop)].tolist()
                self._score_whole(text, tokens, window, inside, logit, candidates)
                self._score_broken(text, tokens, window, inside, logit, candidates)
            yield Scores(logit, dict(sorted(candidates.items())))

    def _words(self, text: Segmented, tokens: TokenMap) -> NDArray[np.int64]:
        """The words to score: those a spinner might have put there, and the tokenizer knows."""
        words = np.flatnonzero(scorable(text, tokens, self._lexicon, MOST_PIECES))
        unknown = np.concatenate([[0], np.cumsum(tokens.ids == self._unknown)])
        known: NDArray[np.int64] = words[unknown[tokens.last[words]] == unknown[tokens.first[words]]]
        return known

    def _score_whole(
        self,
        text: Segmented,
        tokens: TokenMap,
        window: Window,
        words: list[int],
        logit: NDArray[np.float32],
        candidates: dict[int, list[Candidate]],
    ) -> None:
        """Score the words that are one token; the pass that scores them fills their gaps too."""
        for batch in self._batches([w for w in words if tokens.last[w] - tokens.first[w] == 1], window):
            for word, log_p in zip(batch, self._gaps(tokens, window, batch), strict=True):
                found, best = self._filled(text, tokens, word, log_p)
                if found:
                    own = float(log_p[int(tokens.ids[tokens.first[word]])])
                    logit[word] = max(SLOPE * (best - own - EVENS), UNSCORED)
                if logit[word] >= SUSPECT:
                    candidates[word] = found

    def _score_broken(
        self,
        text: Segmented,
        tokens: TokenMap,
        window: Window,
        words: list[int],
        logit: NDArray[np.float32],
        candidates: dict[int, list[Candidate]],
    ) -> None:
        """Score the words in several tokens; the suspect ones need another pass, with one gap for a whole word."""
        for pieces in range(2, MOST_PIECES + 1):
            alike = [w for w in words if tokens.last[w] - tokens.first[w] == pieces]
            for batch in self._batches(alike, window):
                logit[batch] = SLOPE * (self._piece_margins(tokens, window, batch) - EVENS)
            for batch in self._batches([w for w in alike if logit[w] >= SUSPECT], window):
                for word, log_p in zip(batch, self._gaps(tokens, window, batch), strict=True):
                    candidates[word] = self._filled(text, tokens, word, log_p)[0]

    def _batches(self, words: list[int], window: Window) -> Iterator[list[int]]:
        """The words in runs whose masked copies of the window stay within the token budget."""
        length = window.stop - window.start + len(self._before) + len(self._after)
        count = max(self._budget // length, 1)
        for start in range(0, len(words), count):
            yield words[start : start + count]

    def _gaps(self, tokens: TokenMap, window: Window, words: list[int]) -> torch.Tensor:
        """Log probabilities of every token in the place of each word, (words, vocabulary); all of as many tokens."""
        rows = [self._row(tokens, window, word, gaps=1) for word in words]
        at = len(self._before) - window.start
        return self._log_probabilities(rows, list(range(len(words))), [int(tokens.first[w]) + at for w in words])

    def _piece_margins(self, tokens: TokenMap, window: Window, words: list[int]) -> NDArray[np.float32]:
        """How much likelier the best token is than each word's own, mean over its tokens; all of as many tokens."""
        pieces = int(tokens.last[words[0]] - tokens.first[words[0]])
        rows = [self._row(tokens, window, word, gaps=pieces) for word in words]
        places = [(k, int(tokens.first[w]) + piece) for k, w in enumerate(words) for piece in range(pieces)]
        at = len(self._before) - window.start
        log_p = self._log_probabilities(rows, [k for k, _ in places], [token + at for _, token in places])
        own = torch.tensor(tokens.ids[[token for _, token in places]], device=log_p.device)
        margins = log_p.max(1).values - log_p.gather(1, own[:, None])[:, 0]
        mean: NDArray[np.float32] = margins.view(len(words), pieces).mean(1).cpu().numpy()
        return mean

    def _row(self, tokens: TokenMap, window: Window, word: int, gaps: int) -> list[int]:
        """The window with a word's tokens replaced by mask tokens."""
        before = tokens.ids[window.start : tokens.first[word]].tolist()
        after = tokens.ids[tokens.last[word] : window.stop].tolist()
        return [*self._before, *before, *[self._mask] * gaps, *after, *self._after]

    def _filled(
        self, text: Segmented, tokens: TokenMap, word: int, log_p: torch.Tensor
    ) -> tuple[list[Candidate], float]:
        """The likeliest other whole words for a gap, and the log probability of the first."""
        capital = text.shapes[word] in (Shape.TITLE, Shape.TITLE_FIRST)
        fillers = self._lexicon.fillers(spaced=bool(tokens.marked[tokens.first[word]]), capital=capital)
        scores = log_p[torch.from_numpy(fillers.ids).to(log_p.device)]
        own = fillers.places.get(text.words[word])
        if own is not None:
            scores[own] = -torch.inf
        if len(scores) - (own is not None) < 1:
            return [], -np.inf
        # A stable sort: of equals, the one with the lower number, mostly the more frequent word, comes first.
        order = torch.sort(scores, descending=True, stable=True).indices[:CANDIDATES].tolist()
        total = float(torch.logsumexp(scores, 0))
        ranked = [(fillers.words[k], float(scores[k])) for k in order if k != own]
        return [Candidate(word, 1, wording, score - total) for wording, score in ranked], ranked[0][1]

    def _log_probabilities(self, rows: list[list[int]], row: list[int], column: list[int]) -> torch.Tensor:
        """Log probabilities of every token in the given places of rows of one length."""
        device = self._model.device
        ids = torch.tensor(rows, device=device)
        places = torch.tensor(row, device=device), torch.tensor(column, device=device)
        with self._lock, torch.inference_mode():
            self._picked = places
            try:
                logits = self._model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
            finally:
                self._picked = None
            return torch.log_softmax((logits[places] if logits.dim() == 3 else logits).float(), dim=-1)

    def _only_picked(self, _: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...] | None:
        """Let the output layer see only the masked places: all others' logits would be thrown away."""
        if self._picked is None or inputs[0].dim() != 3:
            return None
        return inputs[0][self._picked], *inputs[1:]
