"""How a Hugging Face tokenizer's tokens lie over the words of a text, and which of its tokens are whole words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from restorer.segment import Segmented, Shape

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Fillers", "Lexicon", "TokenMap", "Window", "frame", "longest_text", "scorable", "tokenized", "windows"]

_WORD_STARTS = ("Ġ", "▁")
"""What byte-level BPE and SentencePiece write for the space before a word."""
_CONTINUES = "##"
"""What WordPiece writes before a token inside a word."""
_ONE_LETTER = ("a", "i")


@dataclass(frozen=True, slots=True)
class Fillers:
    """The tokens that could fill a gap as whole words.

    :param ids: Token numbers, ascending: most tokenizers number frequent words first.
    :param words: The words they stand for, lower case.
    :param places: Where each word stands among them.
    """

    ids: NDArray[np.int64]
    words: list[str]
    places: dict[str, int]


class Lexicon:
    """The whole words of a vocabulary, by how they are written: after a space or not, capitalised or not."""

    def __init__(self, tokenizer: Tokenizer, size: int) -> None:
        """Sort a vocabulary.

        :param tokenizer: The tokenizer.
        :param size: Number of tokens the model knows.
        """
        vocabulary = {token: number for token, number in tokenizer.get_vocab().items() if number < size}
        counts = {mark: sum(token.startswith(mark) for token in vocabulary) for mark in (*_WORD_STARTS, _CONTINUES)}
        self.mark = max(counts, key=lambda mark: counts[mark])
        """What a token's spelling starts with when it begins a word, or (WordPiece) continues one."""
        self.starts_marked = self.mark in _WORD_STARTS and counts[self.mark] > 0
        start = self.mark if self.starts_marked else ""
        self._whole = {
            t.removeprefix(start) for t in vocabulary if t.startswith(start) and _is_word(t.removeprefix(start))
        }
        spelled = (token.removeprefix(start) for token in vocabulary)
        cased = any(len(word) > 1 and word.istitle() and word.lower() in self._whole for word in spelled)
        self._fillers = {
            (spaced, capital): self._sorted(vocabulary, start if spaced else "", capital=capital and cased)
            for spaced in (True, False)
            for capital in (True, False)
        }

    def fillers(self, *, spaced: bool, capital: bool) -> Fillers:
        """The words that could stand in a place.

        :param spaced: Whether the token there carries the space before it (always so for WordPiece).
        :param capital: Whether the word there is capitalised.
        :return: The words.
        """
        return self._fillers[spaced or not self.starts_marked, capital]

    def is_whole(self, word: str) -> bool:
        """Whether a lower-case word is a token of its own.

        :param word: The word.
        :return: True if so.
        """
        return word in self._whole

    def _sorted(self, vocabulary: dict[str, int], start: str, *, capital: bool) -> Fillers:
        """Whole words in one spelling; a capitalised one must be known in lower case too, or it is a name."""
        found: dict[int, str] = {}
        for token, number in vocabulary.items():
            word = token.removeprefix(start)
            if not token.startswith(start) or not word or word[0].isupper() != capital:
                continue
            if word[1:] == word[1:].lower() and word.lower() in self._whole:
                found[number] = word.lower()
        ids = sorted(found)
        words = [found[number] for number in ids]
        return Fillers(np.array(ids, np.int64), words, {word: place for place, word in enumerate(words)})


def _is_word(spelling: str) -> bool:
    """Whether a token's spelling is a lower-case word in plain letters; other bytes are spelled otherwise in BPE."""
    alphabetic = spelling.isascii() and spelling.isalpha() and spelling.islower()
    return alphabetic and (len(spelling) > 1 or spelling in _ONE_LETTER)


@dataclass(frozen=True, slots=True)
class TokenMap:
    """A text's tokens and the words they belong to.

    :param ids: Token numbers, int64 of shape (tokens,).
    :param marked: Whether each token's spelling carries the space before it, bool of shape (tokens,).
    :param first: First token of each word, int64 of shape (words,); the number of tokens for a word without any.
    :param last: One past its last token, int64 of shape (words,).
    :param sole: Whether no token of a word belongs to another word too, bool of shape (words,).
    :param sentences: First token of each sentence, ascending, int64.
    """

    ids: NDArray[np.int64]
    marked: NDArray[np.bool_]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    sole: NDArray[np.bool_]
    sentences: NDArray[np.int64]


def tokenized(text: Segmented, tokenizer: Tokenizer, lexicon: Lexicon) -> TokenMap:
    """Tokenize a text as running text and find each word's tokens by their offsets.

    :param text: The segmented text.
    :param tokenizer: The tokenizer, without truncation and padding.
    :param lexicon: Its words.
    :return: The map.
    """
    # Line breaks would be tokens of their own to byte-level BPE; the space in front makes the first word one like any.
    lead = " " if lexicon.mark == _WORD_STARTS[0] else ""
    encoding = tokenizer.encode(lead + "".join(" " if c.isspace() else c for c in text.text), add_special_tokens=False)
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2) - len(lead)
    marked = np.fromiter((token.startswith(_WORD_STARTS) for token in encoding.tokens), np.bool_, len(encoding.tokens))
    # A token overlaps the words that end after it begins and begin before it ends.
    first_word = np.searchsorted(text.ends, offsets[:, 0], side="right")
    last_word = np.searchsorted(text.starts, offsets[:, 1], side="left")
    first = np.full(len(text), len(marked), np.int64)
    last = np.zeros(len(text), np.int64)
    sole = np.ones(len(text), np.bool_)
    for token, (low, high) in enumerate(zip(first_word.tolist(), last_word.tolist(), strict=True)):
        if high - low > 1:
            sole[low:high] = False
        for word in range(low, high):
            first[word] = min(first[word], token)
            last[word] = token + 1
    if len(marked):
        # A mark on its own lies over the space alone, and yet it is the beginning of the word after it.
        alone = np.fromiter((token in _WORD_STARTS for token in encoding.tokens), np.bool_, len(marked))
        begun = (first > 0) & (first < last)
        first -= begun & alone[first - 1] & ~marked[np.minimum(first, len(marked) - 1)]
    opening = np.flatnonzero(np.diff(text.sentences, prepend=-1)) if len(text) else np.zeros(0, np.int64)
    sentences = np.unique(np.minimum.accumulate(first[opening][::-1])) if len(opening) else np.zeros(0, np.int64)
    ids = np.array(encoding.ids, np.int64)
    return TokenMap(ids, marked, first, last, sole, sentences[sentences < len(marked)])


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of tokens shown to the model, and the part of it in which words are scored.

    :param start: First token shown.
    :param stop: One past the last token shown.
    :param first: First token of the scored part.
    :param last: One past its last token.
    """

    start: int
    stop: int
    first: int
    last: int


def windows(tokens: TokenMap, size: int) -> Iterator[Window]:
    """Cut a text into whole sentences, as many as fit; a sentence that does not fit is cut with context to both sides.

    :param tokens: The text's tokens.
    :param size: Most tokens in a window, 4 or more.
    :return: Windows whose scored parts cover all tokens once.
    """
    ends = [*tokens.sentences[1:].tolist(), len(tokens.ids)]
    start, stop = 0, 0
    for end in ends:
        if end - start > size and stop > start:
            yield Window(start, stop, start, stop)
            start = stop
        if end - start > size:
            yield from _pieces(start, end, size)
            start = end
        stop = end
    if stop > start:
        yield Window(start, stop, start, stop)


def _pieces(start: int, stop: int, size: int) -> Iterator[Window]:
    step, margin = size // 2, size // 4
    for first in range(start, stop, step):
        last = min(first + step, stop)
        yield Window(max(first - margin, start), min(last + margin, stop), first, last)


def scorable(text: Segmented, tokens: TokenMap, lexicon: Lexicon, most_pieces: int) -> NDArray[np.bool_]:
    """Which words a spinner might have put there: plain words; capitalised ones only if they are ordinary words too.

    :param text: The segmented text.
    :param tokens: Its tokens.
    :param lexicon: The vocabulary's words.
    :param most_pieces: Words in more tokens are too rare.
    :return: Bool of shape (words,).
    """
    lower = np.isin(text.shapes, (Shape.LOWER, Shape.TITLE_FIRST))
    ordinary = np.fromiter(map(lexicon.is_whole, text.words), np.bool_, len(text))
    plain = np.fromiter((word[0].isalpha() for word in text.words), np.bool_, len(text))
    pieces = tokens.last - tokens.first
    some = (pieces > 0) & (pieces <= most_pieces)
    chosen: NDArray[np.bool_] = (lower | ((text.shapes == Shape.TITLE) & ordinary)) & plain & some
    return chosen & tokens.sole & ~text.protected


def frame(tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """The special tokens a tokenizer puts before and after a text.

    :param tokenizer: The tokenizer.
    :return: Their numbers.
    """
    encoding = tokenizer.encode("a")
    special = encoding.special_tokens_mask
    inside = special.index(0) if 0 in special else len(special)
    count = len(tokenizer.encode("a", add_special_tokens=False).ids)
    return encoding.ids[:inside], encoding.ids[inside + count :]


def longest_text(config: Any) -> int:  # noqa: ANN401 - every architecture has its own kind
    """How many tokens, special ones included, a model takes for certain.

    :param config: The model's configuration.
    :return: The number; a great one when the model sets no limit.
    """
    most = getattr(config, "max_position_embeddings", None)
    if not isinstance(most, int) or most <= 0:
        return 1 << 20
    # RoBERTa and its kin count positions from one past the padding token's number.
    return most - (getattr(config, "pad_token_id", None) or 0) - 1
