"""The slight unease of round-trip translation: articles, prepositions, word order, light verbs, contractions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from restorer.segment import Segmented, Shape
from restorer.train.lexicon import Words
from restorer.train.spinners.base import Edit, Options, allowed

__all__ = ["NoiseSpinner"]

_PREPOSITIONS: Mapping[str, str] = {
    "in": "at on within into", "on": "at in over upon", "at": "in on by", "for": "of to during", "of": "from for in",
    "to": "for into towards", "from": "of by since", "with": "by of along", "by": "from through with",
    "about": "on over of", "against": "to towards at", "during": "in at for", "under": "below beneath",
    "over": "on above about", "between": "among in", "after": "behind following", "into": "in to", "before": "in ahead",
    "through": "by via across", "around": "about near", "among": "between in", "across": "through in over",
}  # fmt: skip
_ADVERBS = frozenset(
    """also already always still often never now recently previously currently only even just probably soon finally
    reportedly allegedly clearly quickly quietly repeatedly publicly privately officially eventually immediately
    initially largely mainly mostly apparently widely strongly""".split()
)
_AUXILIARIES = frozenset("has have had is are was were will would can could may might must should been be".split())

_LIGHT = """
decided|took the decision;made the decision
decide|take the decision;make a decision
visited|made a visit to;paid a visit to
visit|make a visit to;pay a visit to
met|held a meeting with;had a meeting with
promised|made the promise;gave the promise
promise|make the promise;give the promise
agreed|came to an agreement;reached the agreement
agree|come to an agreement
attacked|carried out an attack on;made attacks on
attack|carry out an attack on
helped|gave help to;provided help to
help|give help to;provide help to
discussed|had a discussion about;held talks about
discuss|have a discussion about;hold talks about
investigated|carried out an investigation into;conducted an investigation of
investigate|carry out an investigation into
announced|made the announcement;gave the announcement
announce|make the announcement
argued|made the argument;put forward the argument
tried|made the attempt;made an effort
try|make the attempt;make an effort
influence|have an influence on;exert influence on
affect|have an effect on
affected|had an effect on
supported|gave support to;provided support to
support|give support to;provide support to
considered|took into consideration;gave consideration to
consider|take into consideration;give consideration to
warned|gave a warning;issued the warning
warn|give a warning;issue the warning
suggested|made the suggestion;put forward the suggestion
suggest|make the suggestion
explained|gave the explanation;gave an explanation for
explain|give the explanation;give an explanation for
answered|gave the answer;gave an answer to
used|made use of
use|make use of
using|making use of;with the use of
fought|led a fight against;put up a fight against
looked|had a look;took a look
noticed|took note of
mentioned|made mention of
demanded|made the demand;put forward the demand
complained|made a complaint;lodged a complaint
protested|held a protest;staged protests
died|lost his life;found death
killed|brought death to;took the life of
started|made a start on;gave start to
began|made a beginning;took its beginning
ended|came to an end;put an end to
controlled|had control over;exercised control over
control|have control over;exercise control over
threatened|made threats;posed a threat to
improved|made an improvement of;brought improvement to
increased|saw an increase;showed an increase
reduced|made a reduction of;led to a reduction in
ordered|gave the order;issued the order
arrested|placed under arrest;took under arrest
believed|were of the belief;held the belief
hoped|expressed the hope;had the hope
voted|cast a vote;gave their vote
worked|performed work;carried out work
said|said that;has said
because|because of that;for that
most|the most;most of
people|the people;peoples
last year|in the last year;the last year
this year|in this year;in the current year
last week|in the last week;in the past week
years ago|years before;years back
according to|in accordance with;as per
a lot of|a large number of;lots of
more than|over than;more as
as well as|as also;and likewise
be able to|be in the position to;have the possibility to
has to|has the need to;is to
have to|have the need to;are to
in order to|for to;so as to
instead of|in place of;in the place of
in front of|before the;ahead of
"""
_CONTRACTIONS = """
don't|do not
doesn't|does not
didn't|did not
can't|cannot;can not
won't|will not
wouldn't|would not
couldn't|could not
shouldn't|should not
isn't|is not
aren't|are not
wasn't|was not
weren't|were not
hasn't|has not
haven't|have not
hadn't|had not
i'm|i am
you're|you are
we're|we are
they're|they are
i've|i have
we've|we have
they've|they have
you've|you have
i'll|i will
we'll|we will
they'll|they will
it'll|it will
he'd|he would
she'd|she would
they'd|they would
"""


def _table(rows: str) -> dict[Words, list[Words]]:
    pairs = (line.split("|") for line in rows.split("\n") if line)
    return {tuple(head.split()): [tuple(a.split()) for a in row.split(";")] for head, row in pairs}


_REWORDED = _table(_LIGHT) | _table(_CONTRACTIONS)
_LONGEST = max(map(len, _REWORDED))

Change = Callable[[Segmented, int, Random], Edit | None]


class NoiseSpinner:
    """Makes small changes that are nearly good English, each with a chance of its own."""

    def spin(self, article: Segmented, options: Options, rng: Random) -> list[Edit]:
        """Draw the changes for one article.

        :param article: The clean article.
        :param options: How to spin it; the density is the chance that a place that can change does.
        :param rng: Source of chance; the same state gives the same edits.
        :return: Edits in order of position, not overlapping.
        """
        edits: list[Edit] = []
        index = 0
        while index < len(article):
            edit = self._change(article, index, rng) if rng.random() < options.density else None
            if edit is not None and all(allowed(article, i, options) for i in range(index, index + edit.count)):
                edits.append(edit)
                index += edit.count
            else:
                index += 1
        return edits

    @staticmethod
    def _change(article: Segmented, index: int, rng: Random) -> Edit | None:
        """The first kind of change that fits the place."""
        changes: Sequence[Change] = (_reworded, _moved, _preposition, _article)
        return next((edit for change in changes if (edit := change(article, index, rng)) is not None), None)


def _together(article: Segmented, first: int, last: int) -> bool:
    """Whether words stand in one sentence, all but the first in lower case."""
    inside = last <= len(article) and article.sentences[first] == article.sentences[last - 1]
    return bool(inside) and all(article.shapes[i] == Shape.LOWER for i in range(first + 1, last))


def _reworded(article: Segmented, index: int, rng: Random) -> Edit | None:
    for length in range(_LONGEST, 0, -1):
        row = _REWORDED.get(tuple(article.words[index : index + length]))
        if row and _together(article, index, index + length):
            return Edit(index, length, rng.choice(row))
    return None


def _moved(article: Segmented, index: int, rng: Random) -> Edit | None:
    """An adverb that changes places with the verb beside it."""
    pair = tuple(article.words[index : index + 2])
    if len(pair) < 2 or not _together(article, index, index + 2) or article.shapes[index] != Shape.LOWER:
        return None
    first, second = pair
    fits = (first in _ADVERBS and second.endswith(("ed", "s", "ing"))) or (first in _AUXILIARIES and second in _ADVERBS)
    return Edit(index, 2, (second, first)) if fits else None


def _preposition(article: Segmented, index: int, rng: Random) -> Edit | None:
    row = _PREPOSITIONS.get(article.words[index])
    return Edit(index, 1, (rng.choice(row.split()),)) if row and rng.random() < 0.3 else None


def _article(article: Segmented, index: int, rng: Random) -> Edit | None:
    """An article that became another, or one too many before a noun that follows a preposition."""
    word = article.words[index]
    if word in ("a", "an") and rng.random() < 0.25:
        return Edit(index, 1, ("the",) if rng.random() < 0.6 else ("one",))
    if word == "the" and rng.random() < 0.15:
        following = article.words[index + 1] if index + 1 < len(article) else ""
        return Edit(index, 1, ("an",) if following[:1] in tuple("aeio") else ("a",))
    bare = article.shapes[index] == Shape.LOWER and len(word) > 4 and word.isalpha()
    if bare and index and article.words[index - 1] in _PREPOSITIONS and rng.random() < 0.25:
        return Edit(index, 1, ("the", word))
    return None
