"""How restoration is scored: edits and flags against gold spans (docs: benchmarks/README.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from restorer.types import Finding, Result

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Gold:
    """A spun span and every wording that counts as restored.

    :param start: First code point.
    :param end: One past the last.
    :param wordings: Accepted wordings, the likeliest first.
    :param soft: Whether the spun wording is good English too, so that leaving it alone is no fault.
    """

    start: int
    end: int
    wordings: tuple[str, ...]
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over one or more documents; add them up before taking ratios."""

    edits: int = 0
    right_edits: int = 0
    flags: int = 0
    right_flags: int = 0
    hard: int = 0
    hard_found: int = 0
    hard_restored: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def figures(self) -> dict[str, float | int]:
        """Precision, recall and F0.5 of edits, precision and recall of flags."""
        precision = self.right_edits / max(self.edits, 1)
        recall = self.hard_restored / max(self.hard, 1)
        return {
            "detection_precision": round(self.right_flags / max(self.flags, 1), 4),
            "detection_recall": round(self.hard_found / max(self.hard, 1), 4),
            "edit_precision": round(precision, 4),
            "edit_recall": round(recall, 4),
            "f05": round(1.25 * precision * recall / max(0.25 * precision + recall, 1e-9), 4),
            "edits": self.edits,
            "flags": self.flags,
            "hard_spans": self.hard,
        }


def read_gold(path: Path) -> list[Gold]:
    """Gold spans of one seed."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return [Gold(r["start"], r["end"], tuple(r["gold"]), r["soft"]) for r in rows]


def folded(text: str) -> str:
    """Case-folded, curly apostrophes straight, white space single: what two wordings are compared by."""
    return _SPACE.sub(" ", text.casefold().replace("’", "'")).strip()


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed region and what stands there afterwards."""

    start: int
    end: int
    new: str


def edits(result: Result) -> list[Edit]:
    """Maximal changed regions: touching edits are one, unchanged words at both ends are none of it."""
    merged: list[Edit] = []
    for f in result.applied:
        new = f.replacement or ""
        if merged and f.start <= merged[-1].end:
            merged[-1] = Edit(merged[-1].start, f.end, merged[-1].new + new)
        else:
            merged.append(Edit(f.start, f.end, new))
    text = result.document.text
    return [trimmed for e in merged if (trimmed := _trim(text, e)).new != text[trimmed.start : trimmed.end]]


def _trim(text: str, edit: Edit) -> Edit:
    old, new = text[edit.start : edit.end].split(" "), edit.new.split(" ")
    start, end = edit.start, edit.end
    while len(old) > 1 and len(new) > 1 and old[0] == new[0]:
        start += len(old[0]) + 1
        old, new = old[1:], new[1:]
    while len(old) > 1 and len(new) > 1 and old[-1] == new[-1]:
        end -= len(old[-1]) + 1
        old, new = old[:-1], new[:-1]
    return Edit(start, end, " ".join(new))


def score(result: Result, gold: Sequence[Gold]) -> Tally:
    """Score one document."""
    text, made = result.document.text, edits(result)
    restored = {g for g in gold if _restored(text, g, [e for e in made if _touches(e, g)])}
    return Tally(
        edits=len(made),
        right_edits=sum(any(_touches(e, g) for g in restored) for e in made),
        flags=len(result.findings),
        right_flags=sum(any(_touches(f, g) for g in gold) for f in result.findings),
        hard=sum(not g.soft for g in gold),
        hard_found=sum(not g.soft and any(_touches(f, g) for f in result.findings) for g in gold),
        hard_restored=sum(not g.soft for g in restored),
    )


def _touches(one: Edit | Finding, gold: Gold) -> bool:
    return one.start < gold.end and one.end > gold.start


def _restored(text: str, gold: Gold, made: Sequence[Edit]) -> bool:
    """Whether span and edits together read as the text around the span with one of its golds in it."""
    if not made:
        return False
    start, end = min(gold.start, made[0].start), max(gold.end, made[-1].end)
    pieces: list[str] = []
    position = start
    for e in made:
        pieces += (text[position : e.start], e.new)
        position = e.end
    pieces.append(text[position:end])
    got = folded("".join(pieces))
    before, after = text[start : gold.start], text[gold.end : end]
    return any(got == folded(before + wording + after) for wording in gold.wordings)


def judged_edits(result: Result, gold: Sequence[Gold]) -> list[tuple[float, bool]]:
    """Shown confidence of every applied edit, and whether it restores a span by itself."""
    text = result.document.text
    rows = []
    for finding in result.applied:
        edit = Edit(finding.start, finding.end, finding.replacement or "")
        touched = [g for g in gold if _touches(edit, g)]
        rows.append((finding.confidence, len(touched) > 0 and all(_restored(text, g, [edit]) for g in touched)))
    return rows


def calibration_error(judged: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: mean distance of shown confidence and share right over equally wide bins."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        groups.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, right))
    distance = sum(abs(sum(c for c, _ in row) - sum(r for _, r in row)) for row in groups.values())
    return distance / max(len(judged), 1)


def honest_error(confidences: Sequence[float], draws: int = 50) -> float:
    """What :func:`calibration_error` is by chance alone: its mean where every confidence is the truth.

    :param confidences: Shown confidences.
    :param draws: Outcomes drawn for all of them.
    :return: The mean error.
    """
    rng = Random(11)
    errors = (calibration_error([(c, rng.random() < c) for c in confidences]) for _ in range(draws))
    return sum(errors) / draws
