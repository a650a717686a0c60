from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.batch.keep_html import restore_markup
from restorer.batch.markup import page_text

TEXT = "He mentioned the White Home.\nThe convention had adequate seats & more.\nThe end."


def edit(text: str, old: str, new: str) -> tuple[int, int, str]:
    start = text.index(old)
    return start, start + len(old), new


def restored(page: str, *changes: tuple[str, str], text: str = TEXT) -> str:
    return restore_markup(page, text, [edit(text, old, new) for old, new in changes])


def test_only_the_edited_words_change() -> None:
    page = (
        "<!doctype html><title>He mentioned the White Home.</title><nav>mentioned</nav><script>'He mentioned'</script>"
        '<!-- He mentioned the White Home. -->\n<p class="a>b">He   mentioned\n the White Home.</p><p>The convention '
        "had adequate seats &amp; more.</p><p>The&nbsp;end.</p>"
    )
    done = restored(page, ("mentioned", "said"), ("White Home", "White House"), ("adequate", "enough"))
    assert done == page.replace("He   mentioned\n the White Home.", "He   said\n the White House.").replace(
        "had adequate", "had enough"
    )


def test_an_edit_over_a_tag_leaves_the_tags() -> None:
    page = "<p>He <i>men</i>tioned the <a href=x>White</a> <b>Home</b>.</p>"
    done = restored(page, ("mentioned", "said"), ("White Home", "White House"))
    assert done == "<p>He <i>said</i> the <a href=x>White House</a> <b></b>.</p>"


def test_new_wording_is_no_markup() -> None:
    page = "<p>He mentioned the White Home.</p>"
    assert restored(page, ("mentioned", "<b>&said</b>")) == "<p>He &lt;b&gt;&amp;said&lt;/b&gt; the White Home.</p>"


def test_a_deletion_takes_one_space_with_it() -> None:
    page = "<p>He mentioned the\nWhite Home.</p>"
    assert restored(page, (" the", "")) == "<p>He mentioned\nWhite Home.</p>"
    assert restored(page, ("the ", "")) == "<p>He mentioned White Home.</p>"


def test_a_line_that_stands_there_twice_is_told_by_its_neighbours_or_left() -> None:
    text = "First line here.\nHe mentioned it.\nLast line here."
    twice = "<p>He mentioned it.</p><p>First line here.</p><p>He mentioned it.</p><p>Last line here.</p>"
    done = restored(twice, ("mentioned", "said"), text=text)
    assert done == "<p>He mentioned it.</p><p>First line here.</p><p>He said it.</p><p>Last line here.</p>"
    same = "<p>He mentioned it.</p><p>He mentioned it.</p>"
    assert restored(same, ("mentioned", "said"), text="He mentioned it.") == same


def test_text_that_is_not_in_the_page_is_left() -> None:
    page = "<p>Something else.</p>"
    assert restored(page, ("mentioned", "said")) == page


def test_an_attribute_is_no_text() -> None:
    shown = "<p>He mentioned the White Home.</p>"
    page = f'<a data-caption="{shown}" title=\'5 > 4: mentioned\'>x</a>{shown}<img alt="He mentioned the White Home.">'
    done = restored(page, ("mentioned", "said"))
    assert done == page.replace(f"x</a>{shown}", "x</a><p>He said the White Home.</p>")
    only = f"<a data-caption='{shown}'>x</a>"
    assert restored(only, ("mentioned", "said")) == only


def test_items_of_lists_and_cells_of_tables_are_found() -> None:
    text = "- He mentioned the White Home.\n- Another item.\n| Adequate seats here | 12 |"
    page = "<ul><li>He mentioned the White Home.<li>Another item.</ul><table><td>Adequate seats here</td><td>12</table>"
    done = restored(page, ("mentioned", "said"), ("Adequate", "Enough"), text=text)
    assert done == page.replace("mentioned", "said").replace("Adequate", "Enough")


def test_what_the_main_text_leaves_out_does_not_hide_the_rest() -> None:
    text = "The statesmen mentioned the White Home on Monday, and had adequate reasons for it."
    page = (
        "<p>The statesmen mentioned <sup>[1]</sup>the White Home<button>Share</button> on Mon&shy;day, "
        "<!-- and had adequate reasons -->and had adequate reasons for it."
    )
    done = restored(page, ("statesmen", "officials"), ("Monday", "Sunday"), ("adequate", "enough"), text=text)
    assert done == page.replace("statesmen", "officials").replace("Mon&shy;day", "Sunday").replace(
        "-->and had adequate", "-->and had enough"
    )


def test_words_that_may_belong_to_what_was_left_out_are_left() -> None:
    page = "<p>In the end the statesmen <s>mentioned</s> mentioned the White Home again.</p>"
    text = "In the end the statesmen mentioned the White Home again."
    assert restored(page, ("mentioned", "said"), text=text) == page


@pytest.mark.parametrize(
    ("page", "old"),
    [
        ("<p>It holds for 3 < very b and for others.</p>", " very "),
        ("<p>It holds for AT&mentionedamp; and for others.</p>", "mentioned"),
        ("<p>It holds for AT&ampmentioned; and for others.</p>", "mentioned"),
    ],
)
def test_no_edit_makes_markup_of_what_was_text(page: str, old: str) -> None:
    text = unescape(page.removeprefix("<p>").removesuffix("</p>"))
    assert restored(page, (old, ""), text=text) == page


def test_half_an_entity_is_not_replaced() -> None:
    page = "<p>The ligature of &fjlig;ord is one reference.</p>"
    text = "The ligature of fjord is one reference."
    assert restored(page, ("jord", "ell"), text=text) == page
    assert restored(page, ("fjord", "fell"), text=text) == page.replace("&fjlig;ord", "fell")


TAG = r"<script>.*?</script>|<!--.*?-->|</?[a-z]+(?:\s[a-z]+=(?:'[^']*'|\"[^\"]*\"))*>"
"""The markup that the pages below are made of."""
PIECES = st.sampled_from(
    [
        "<b>",
        "</b>",
        "<i class='a>b'>",
        '<a title="<p>alpha</p>">',
        "<!-- alpha beta -->",
        "<br>",
        "<script>alpha</script>",
    ]
)
WORDS = st.sampled_from("alpha beta gamma delta tea & < caf\u00e9 'x' &amp; notit;".split())
BLOCKS = st.lists(st.lists(st.one_of(WORDS, PIECES), min_size=1, max_size=9), min_size=1, max_size=6)


def visible(page: str) -> str:
    return "".join(unescape(re.sub(TAG, "", page)).split())


@given(BLOCKS, st.lists(st.tuples(st.integers(0, 99), st.sampled_from(["NEW<", "", "two words"])), max_size=4))
def test_without_its_tags_the_page_is_the_edited_text(
    blocks: Sequence[Sequence[str]], picks: Sequence[tuple[int, str]]
) -> None:
    page, lines = "", []
    for number, block in enumerate(blocks):
        begin, end = f"Line number {number} begins here", f"and here ends line {number}."
        words = [piece for piece in block if not re.fullmatch(TAG, piece)]
        page += " ".join([f"<p>{begin}", *(escape(p) if p in words else p for p in block), f"{end}</p>\n"])
        lines.append(" ".join([begin, *words, end]))
    text = "\n".join(lines)
    places = [match.span() for match in re.finditer(r"\S+", text)]
    chosen = {places[pick % len(places)]: new for pick, new in picks}
    edits = [(first, last, new) for (first, last), new in sorted(chosen.items())]
    done = restore_markup(page, text, edits)
    assert re.findall(TAG, done) == re.findall(TAG, page)
    for first, last, new in reversed(edits):
        text = text[:first] + new + text[last:]
    assert visible(done) == "".join(text.split())


@given(st.text(alphabet="<>&;/!-='\" abscriptye#x1\n\u00e9\u200b|"))
def test_any_markup_comes_back_as_it_was_without_edits(page: str) -> None:
    assert restore_markup(page, page, []) == page
    whole = page_text(page)
    parts = [whole.slices(at, at + 1) or [(0, len(page))] for at in range(len(whole.text))]
    assert all(character in unescape(page[a:b]) for character, ((a, b),) in zip(whole.text, parts, strict=True))
    assert [a for ((a, _),) in parts if a] == sorted(a for ((a, _),) in parts if a)


@pytest.mark.parametrize(
    "piece", ["<", "&", "<!--", "<a ", "</", "<script>", "&#", "<![CDATA[", "<?", '<a b="', "<a b='c ", "a <b>", "ab "]
)
def test_a_hostile_page_is_read_in_one_pass(piece: str) -> None:
    page = piece * (400_000 // len(piece))  # read anew from each piece on, it would take hours
    assert restore_markup(page, "a line of some length is here", [(2, 6, "b")]) == page
