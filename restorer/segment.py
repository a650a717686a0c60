"""Words, sentences, quotations and protected stretches of a text, with offsets.

A *word* here is a run of letters with its marks and inner apostrophes, a number, or one other visible character;
hyphens split words and a possessive ``'s`` stands alone, since spinners match what lies between word boundaries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["NUMERALS", "Segmented", "Shape", "is_content", "is_figure", "is_function", "sections", "segment"]

_UNSEEN = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphen and spaces of no width: text copied from the web has them inside words, where nobody sees them."""

_LETTER = rf"[^\W\d_][\u0300-\u036f\u200d{_UNSEEN}]*"
_WORD = re.compile(
    rf"(?:{_LETTER})+(?:['’](?!s\b)(?:{_LETTER})+)*"  # word, with inner apostrophes
    r"|['’]s\b"  # possessive
    r"|\d+(?:[.,:]\d+)*"  # number
    r"|[^\s]",  # any other visible character
)
# The bounds keep the search linear in a text without white space; nothing that is an address reaches them.
_PROTECTED = re.compile(
    r"https?://\S+|www\.\S+|(?<!\S)\S{1,254}@\S{1,254}\.\S+|(?<!\w)[#@]\w+|``[^\n]{1,200}?``|`[^`\n]{1,200}`|\b\w+(?:[./_\\]\w+){2,}\b"
    r"|\b\w[\w-]{0,62}\.(?:com|org|net|gov|edu|info|co|uk|io|tv)\b"
    r"|<(?P<tag>pre|code)\b[^>\n]{0,200}>[^<]{0,20000}</(?P=tag)>"
    # A fence of Markdown's and what is in it.
    r"|(?m:^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?:[^\n]*\n){0,200}? {0,3}(?P=fence)[`~]*[ \r]*$)",
)
_QUOTE = re.compile(r"“[^”\n]{1,2000}(?:”|(?=\n)|$)|(?<!\w)\"[^\"\n]{1,2000}(?:\"|(?=\n)|$)|‘[^’\n]{1,400}’(?!\w)")
_SENTENCE_END = re.compile(r"[.!?…][\"”’)\]]*(?=\s)|\n")
_UP_TO_SPACE = re.compile(r"(?s:.*)\s")
_NORMAL = str.maketrans("’", "'", _UNSEEN)


_FUNCTION = frozenset(
    """a about above after again against all also although am among an and another any are around as at back be because
    been before being below between both but by can cannot could did do does doing done down during each either
    else even ever every few for from further get gets getting give go goes going got had has have having he her
    here hers him his how however i if in into is it its just less let like made make many may me might more
    most much must my near no nor not now of off on once one only onto or other others our out over own per put
    quite rather same see she should since so some still such than that the their them then there these they
    this those though through thus to together too toward towards two under until up upon us use very via was
    way we well were what when where whereas whether which while who whom whose why will with within without
    would yet you your""".split()
)


_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMERALS = {word: str(value) for value, word in enumerate(_SMALL.split())}
NUMERALS |= {word: str(10 * value) for value, word in enumerate(_TENS.split(), 2)}
"""Numbers of one word, with their digits."""

_NUMBER_WORDS = NUMERALS.keys() - {"zero", "one"} | {"hundred", "thousand", "million", "billion", "trillion"}


def is_figure(word: str) -> bool:
    """Whether a word is a number, in digits or spelled out.

    :param word: A lower-case word.
    :return: False for "one", which is a pronoun more often.
    """
    return word[0].isdigit() or word in _NUMBER_WORDS


def is_content(word: str) -> bool:
    """Whether a word carries meaning of its own, so that one spun form of it goes back to one original.

    :param word: A lower-case word.
    :return: False for function words, short words and anything not made of letters.
    """
    return len(word) > 3 and word.isalpha() and word not in _FUNCTION


def is_function(word: str) -> bool:
    """Whether a word holds a sentence together rather than saying anything.

    :param word: A lower-case word.
    :return: True for articles, prepositions, auxiliaries and the like.
    """
    return word in _FUNCTION


class Shape:
    """Written shape of a word; the values are inputs of the model, so they never change."""

    LOWER = 0
    TITLE_FIRST = 1  # capitalised, and the first word of a sentence or quotation
    TITLE = 2
    UPPER = 3
    MIXED = 4
    NUMBER = 5
    OTHER = 6
    COUNT = 7


@dataclass(frozen=True, slots=True)
class Segmented:
    """A text's words as parallel columns of one length, ``n``.

    :param text: The text.
    :param starts: First code point of each word, int32 of shape (n,).
    :param ends: One past its last code point, int32 of shape (n,).
    :param words: The words lower-cased, with straight apostrophes.
    :param shapes: :class:`Shape` of each word, uint8 of shape (n,).
    :param quoted: Whether the word stands inside quotation marks, bool of shape (n,).
    :param sentences: Number of the sentence it stands in, int32 of shape (n,), ascending from 0.
    :param protected: Whether it belongs to an address, tag or code, bool of shape (n,).
    """

    text: str
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    words: list[str]
    shapes: NDArray[np.uint8]
    quoted: NDArray[np.bool_]
    sentences: NDArray[np.int32]
    protected: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.words)

    def slice(self, first: int, last: int) -> str:
        """The text from word ``first`` up to and without word ``last``, as it is written.

        :param first: Index of the first word.
        :param last: One past the index of the last word.
        :return: The slice of the text.
        """
        return self.text[self.starts[first] : self.ends[last - 1]]


@lru_cache(maxsize=65536)
def _shape(word: str) -> int:
    if word[0].isdigit():
        return Shape.NUMBER
    if not word[0].isalpha():
        return Shape.OTHER
    if word.islower():
        return Shape.LOWER
    if word.isupper() and len(word) > 1:
        return Shape.UPPER
    if word[0].isupper() and (len(word) == 1 or word[1:].islower()):
        return Shape.TITLE
    return Shape.MIXED if word.lower() != word else Shape.LOWER


@lru_cache(maxsize=65536)
def _normal(word: str) -> str:
    # A stray one by itself is a word like any other sign.
    return word.lower().translate(_NORMAL) or word


def segment(text: str) -> Segmented:
    """Split a text into words with everything later stages ask about each.

    :param text: Any text.
    :return: The words as columns.
    """
    matches = list(_WORD.finditer(text))
    raw = [m.group() for m in matches]
    starts = np.fromiter((m.start() for m in matches), np.int32, len(matches))
    ends = np.fromiter((m.end() for m in matches), np.int32, len(matches))
    shapes = np.fromiter(map(_shape, raw), np.uint8, len(raw))
    boundaries = np.fromiter((m.end() for m in _SENTENCE_END.finditer(text)), np.int32)
    sentences = np.searchsorted(boundaries, starts, side="right").astype(np.int32)
    if len(raw):
        opens = np.fromiter((w in '“"‘(' for w in raw), np.bool_, len(raw))
        first = np.empty(len(raw), np.bool_)
        first[0] = True
        first[1:] = (sentences[1:] != sentences[:-1]) | opens[:-1]
        shapes[first & (shapes == Shape.TITLE)] = Shape.TITLE_FIRST
    return Segmented(
        text=text,
        starts=starts,
        ends=ends,
        words=[_normal(w) for w in raw],
        shapes=shapes,
        quoted=_covered(_QUOTE, text, starts),
        sentences=sentences,
        protected=_covered(_PROTECTED, text, starts),
    )


def _covered(pattern: re.Pattern[str], text: str, starts: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which words start inside a match of the pattern."""
    covered = np.zeros(len(starts), np.bool_)
    for match in pattern.finditer(text):
        low, high = np.searchsorted(starts, match.span())
        covered[low:high] = True
    return covered


def sections(text: str, max_chars: int = 200_000) -> Iterator[tuple[int, str]]:
    """Cut a long text into stretches that are processed one after the other, so that memory stays bounded.

    A cut falls after the last line break of a stretch, else after a sentence, else after white space, and inside a
    word only when there is nothing else for the whole length.

    :param text: Any text.
    :param max_chars: Most code points in a stretch.
    :return: Pairs of offset and stretch; the stretches joined are the text.
    """
    start = 0
    while len(text) - start > max_chars:
        stretch = text[start : start + max_chars]
        cut = max(stretch.rfind("\n"), 0) + 1
        if cut < max_chars // 2:
            ends = [m.end() for m in _SENTENCE_END.finditer(stretch, max_chars // 2)]
            space = None if ends else _UP_TO_SPACE.match(stretch)
            cut = ends[-1] if ends else space.end() if space else max_chars
        yield start, stretch[:cut]
        start += cut
    yield start, text[start:]
