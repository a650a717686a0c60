"""How a spun run of words maps onto the original run, word by word.

This one rule makes the training labels, the prior over originals and the spans that are decoded, so the three agree.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["DELETE", "align", "join"]

DELETE = ""


def join(words: Sequence[str]) -> str:
    """Words as one wording: single spaces, none around hyphens or before a possessive.

    :param words: Lower-case words as the segmenter makes them.
    :return: The wording.
    """
    text = ""
    for word in words:
        glued = not text or word in ("-", "'s") or text.endswith("-")
        text += word if glued else f" {word}"
    return text


def align(spun: Sequence[str], original: Sequence[str]) -> list[tuple[int, str]]:
    """The fewest word tags that turn the spun run into the original one.

    Words shared at both ends stay. Runs of one length map word by word; otherwise the first word carries the whole
    wording and the others are deleted. Where only words are missing, a neighbour carries them and itself.

    :param spun: The spun words.
    :param original: The original words.
    :return: Pairs of index into ``spun`` and wording for that word (:data:`DELETE` to delete it).
    """
    low = 0
    while low < min(len(spun), len(original)) and spun[low] == original[low]:
        low += 1
    high = 0
    while high < min(len(spun), len(original)) - low and spun[-1 - high] == original[-1 - high]:
        high += 1
    inner, wanted = list(spun[low : len(spun) - high]), list(original[low : len(original) - high])
    if not inner and wanted:
        if not spun:
            return []
        if low:
            return [(low - 1, join([spun[low - 1], *wanted]))]
        return [(0, join([*wanted, spun[0]]))]
    if len(inner) == len(wanted):
        return [(low + i, new) for i, (old, new) in enumerate(zip(inner, wanted, strict=True)) if old != new]
    return [(low + i, join(wanted) if i == 0 else DELETE) for i in range(len(inner))]
