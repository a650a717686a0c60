from __future__ import annotations

from itertools import permutations
from pathlib import Path

from restorer.references import Reference, References
from restorer.sources.match import trace
from restorer.sources.report import head, section, tail
from tests.test_references import CLEAN, HONEST, OTHER, SPUN

SEEDS = Path(__file__).parents[2] / "seeds"


def known() -> References:
    return References(
        [Reference("clean", CLEAN, "https://a.example/1", "The bridge", "2024-05-01"), Reference("o", OTHER)]
    )


def test_a_copy_is_shown_beside_its_source() -> None:
    report = trace(Reference("page", SPUN, date="2024-05-03"), known())
    (source,) = report.sources
    assert (source.source, source.date) == ("clean", "2024-05-01")
    assert source.score > 0.9
    assert source.sentences_aligned > 0.9
    pair = next(pair for pair in source.pairs if "cracks" in pair.source_text)
    changed = [(pair.text[c.start : c.end], pair.source_text[c.source_start : c.source_end]) for c in pair.changes]
    assert ("discovered", "found") in changed
    assert ("principle helps final", "main supports last") in changed
    assert all(a != b for a, b in changed)


def test_changes_are_all_that_differs() -> None:
    for pair in trace(Reference("page", SPUN), known()).sources[0].pairs:
        rebuilt, done = [], 0
        for change in pair.changes:
            rebuilt += [pair.text[done : change.start], pair.source_text[change.source_start : change.source_end]]
            done = change.end
        rebuilt.append(pair.text[done:])
        assert "".join("".join(rebuilt).split()) == "".join(pair.source_text.split())


def test_two_reports_of_one_event_are_no_copies() -> None:
    assert trace(Reference("page", HONEST), known()).sources == ()
    texts = {path.name: path.read_text(encoding="utf-8") for path in SEEDS.glob("*.txt")}
    assert len(texts) == 5
    for suspect, other in permutations(texts, 2):
        alone = References([Reference(other, texts[other])])
        assert trace(Reference(suspect, texts[suspect]), alone).sources == (), f"{suspect} from {other}"


def test_the_page_escapes_what_comes_from_texts() -> None:
    title = '<script>alert("x")</script>\u202e'
    report = trace(Reference("page", SPUN, "https://x.example/?a=<b>", title), known())
    page = head(1, 2) + section(report) + tail()
    assert "<script" not in page
    assert "\u202e" not in page
    assert "1 of 2 texts were copied" in page
    assert "<del>discovered</del>" in page
    assert "<ins>found</ins>" in page
    assert section(trace(Reference("page", HONEST), known())) == ""
