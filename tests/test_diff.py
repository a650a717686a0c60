"""Diffs that say what changed and can be applied."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from restorer.diff import unified_diff
from restorer.types import Document

LINES = st.lists(st.sampled_from(["a", "b", "", "c\r", "d\u2028e", "f\rg", "-- h", "\\ i"]), max_size=12)


def patched(text: str, diff: str) -> str:
    """Apply the diff of a text that ends with a newline, checking every line it quotes."""
    old, out, done = text.split("\n")[:-1], [], 0
    for line in diff.split("\n")[2:-1]:
        if head := re.match(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$", line):
            start = int(head[1]) - (head[2] != "0")
            out += old[done:start]
            done = start
        elif line[0] == "+":
            out.append(line[1:])
        else:
            assert old[done] == line[1:]
            out += [line[1:]] if line[0] == " " else []
            done += 1
    return "".join(line + "\n" for line in out + old[done:])


@given(LINES, LINES, st.integers(0, 4))
def test_applying_the_diff_gives_the_restored_text(old: list[str], new: list[str], context: int) -> None:
    before, after = "\n".join([*old, ""]), "\n".join([*new, ""])
    assert patched(before, unified_diff(Document(before), after, context=context)) == after


@given(LINES.filter(bool), st.data())
def test_line_by_line_changes_apply_too(lines: list[str], data: st.DataObject) -> None:
    changed = [data.draw(st.sampled_from([line, "new"])) for line in lines]
    before, after = "\n".join([*lines, ""]), "\n".join([*changed, ""])
    assert patched(before, unified_diff(Document(before), after)) == after


def test_no_change_is_no_diff() -> None:
    assert unified_diff(Document("a\n"), "a\n") == ""


def test_one_changed_line_with_its_context() -> None:
    before = "".join(f"line {i}\n" for i in range(1, 10))
    after = before.replace("line 5", "LINE 5")
    assert unified_diff(Document(before, path="a.txt"), after, context=1) == (
        "--- a.txt\n+++ a.txt\n@@ -4,3 +4,3 @@\n line 4\n-line 5\n+LINE 5\n line 6\n"
    )


def test_near_changes_share_a_hunk_and_far_ones_do_not() -> None:
    before = "".join(f"{i}\n" for i in range(40))
    after = before.replace("\n5\n", "\nx\n").replace("\n11\n", "\ny\n").replace("\n30\n", "\nz\n")
    assert unified_diff(Document(before), after).count("@@ -") == 2


def test_carriage_returns_before_line_feeds_stay() -> None:
    diff = unified_diff(Document("a\r\nb\r\n", path="a.txt"), "a\r\nc\r\n")
    assert diff.endswith(" a\r\n-b\r\n+c\r\n")


def test_text_with_carriage_returns_only_is_shown_line_by_line() -> None:
    diff = unified_diff(Document("a\rb\rc\r", path="a.txt"), "a\rx\rc\r")
    assert diff == "--- a.txt\n+++ a.txt\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"


def test_missing_last_newline_is_marked() -> None:
    diff = unified_diff(Document("a\nb", path="a.txt"), "a\nc")
    assert diff.endswith("-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n")


def test_other_separators_do_not_end_a_line() -> None:
    diff = unified_diff(Document("a\u2028b\x0bc\x85d\n"), "a\u2028b\x0bc\x85e\n")
    assert diff.endswith("-a\u2028b\x0bc\x85d\n+a\u2028b\x0bc\x85e\n")


def test_long_single_line_is_one_change() -> None:
    before = "big word " * 100_000
    assert unified_diff(Document(before), before[4:]).count("\n") == 7
