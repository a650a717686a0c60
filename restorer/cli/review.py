"""``restore --review``: asks about every finding at the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from restorer.cli.journal import Journal
from restorer.cli.output import note, use_color
from restorer.cli.run import Target, check_delivery, deliver
from restorer.errors import InputError, OutputError, SettingsError
from restorer.readers.text import encode
from restorer.report import summary_line
from restorer.report.characters import visible
from restorer.report.phrases import count, name, percent, status, suggestion
from restorer.report.pieces import Positions, context
from restorer.report.terminal import Style, paint
from restorer.review import Review
from restorer.types import Result

__all__ = ["review_and_deliver"]

HELP = """\
  a    accept the suggestion
  1-9  accept another alternative
  t    type your own wording (a single - deletes)
  s    skip: leave the text as it is
  f    accept the suggestion for this form wherever it is still open
  u    undo the last answer
  q    quit; what was accepted is kept, the rest stays as it is
  ?    this list"""


def review_and_deliver(results: Sequence[Result], target: Target) -> None:
    """Review each result, write the outcome, and only then forget the answers.

    :param results: The results.
    :param target: Where the outcome goes.
    :raises InputError: if the answers end before the review does; they are kept.
    :raises OutputError: if the outcome could not be written; as far as that can be known, before the first question.
    """
    check_delivery(results, target)
    with _answers(any(result.document.path == "-" for result in results)) as answers:
        reviews: list[tuple[Review, Journal]] = []
        for result in results:
            dialogue = Dialogue(Journal(Review(result)), answers, use_color(target.color, sys.stderr))
            try:
                reviews.append((dialogue.run(Review(result)), dialogue.journal))
            except KeyboardInterrupt:
                note("\nrestore: interrupted; nothing was written, the answers are kept, the same command goes on")
                raise
            if dialogue.stopped:
                reviews += [(Review(r), Journal(Review(r))) for r in results[len(reviews) :]]
                break
    outcomes = [review.outcome() for review, _ in reviews]
    deliver(outcomes, target)
    for review, journal in reviews:
        # Files changed in place are other texts now, so that their answers can never be taken up again.
        if review.current is None or target.in_place:
            journal.drop()
    for outcome in outcomes:
        note(summary_line(outcome))


@contextmanager
def _answers(document_on_stdin: bool) -> Iterator[TextIO]:
    """Where answers come from: the terminal itself when standard input holds the text."""
    if not document_on_stdin:
        yield sys.stdin
        return
    try:
        terminal = Path("CON" if os.name == "nt" else "/dev/tty").open(encoding="utf-8")  # noqa: SIM115 - closed below
    except OSError as error:
        msg = "--review needs a terminal to ask at when the text comes from standard input; name a file instead"
        raise InputError(msg) from error
    with terminal:
        yield terminal


@dataclass
class Dialogue:
    """Questions and answers about one result.

    :param journal: Keeps every answer.
    :param answers: Lines of answers.
    :param color: Whether to colour the questions.
    :param stopped: Whether the reviewer quit.
    """

    journal: Journal
    answers: TextIO
    color: bool = False
    stopped: bool = False

    def run(self, review: Review) -> Review:
        """Ask until there is nothing left to ask or the reviewer quits.

        :param review: The review at its beginning.
        :return: The review at its end.
        :raises InputError: if the answers end.
        """
        review = self.journal.resume(review)
        if review.decided:
            note(
                f"{name(review.result)}: {count(review.decided, 'answer')} from before taken up; u takes back the last"
            )
        positions = Positions(review.result.document.text)
        shown: Review | None = None
        while review.current is not None and not self.stopped:
            if review is not shown:
                note(self._question(review, positions))
                shown = review
            review = self._answered(review, self._line("> "))
        return review

    def _answered(self, review: Review, answer: str) -> Review:
        """The review after one answer; what cannot be done is said and asked again."""
        try:
            after = self._applied(review, answer)
        except (SettingsError, OutputError) as error:
            note(f"  {error}")
            return review
        if after is not review and not self.journal.keep(after):
            note("  this answer could not be kept for later (see -v); the review goes on")
        return after

    def _applied(self, review: Review, answer: str) -> Review:
        if answer.isdecimal():
            return review.choose(int(answer))
        if answer == "t":
            return self._typed(review)
        if answer == "q":
            self.stopped = True
            return review
        moves = {"a": review.accept, "s": review.skip, "f": review.accept_form, "u": review.undo}
        if answer in moves:
            return moves[answer]()
        note(HELP)
        return review

    def _typed(self, review: Review) -> Review:
        """The reviewer's own wording, refused here if the file's encoding could not hold it."""
        wording = self._line("  wording: ")
        if not wording:
            note("  nothing typed, nothing changed; a single - deletes")
            return review
        wording = "" if wording == "-" else wording
        encode(wording, review.result.document.encoding)
        return review.write(wording)

    def _line(self, prompt: str) -> str:
        print(prompt, end="", file=sys.stderr, flush=True)
        line = self.answers.readline()
        if not line:
            msg = "--review: the answers ended before the review did; those given are kept, the same command goes on"
            raise InputError(msg)
        return line.strip()

    def _question(self, review: Review, positions: Positions) -> str:
        """The current finding with its context, suggestion and alternatives."""
        finding = review.current
        assert finding is not None
        line, column = positions.at(finding.start)
        before, after = (visible(part, one_line=True) for part in context(review.result.document.text, finding))
        marked = visible(finding.text, one_line=True)
        marked = paint(marked, Style.REMOVED_WORD, color=True) if self.color else f"[{marked}]"
        place = f"{review.decided + 1}/{len(review.result.findings)} {name(review.result)}:{line}:{column}"
        lines = ["", paint(place, Style.HUNK, color=self.color), f"  {before}{marked}{after}"]
        if finding.replacement is not None:
            new = paint(suggestion(finding.replacement), Style.ADDED, color=self.color)
            doubt = "" if finding.applied else f", {status(finding)}"
            lines.append(f"  a  {new}  {percent(finding.confidence)}{doubt}")
        for number, other in enumerate(review.choices()[:9], 1):
            lines.append(f"  {number}  {suggestion(other.text)}  {percent(other.confidence)}")
        lines.append(paint("  a accept, 1-9 other, t type, s skip, f all of this form, u undo, q quit, ? help",
                           Style.FAINT, color=self.color))  # fmt: skip
        return "\n".join(lines)
