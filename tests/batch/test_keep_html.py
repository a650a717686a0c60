from __future__ import annotations

import codecs
import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.batch.keep_html import decode_page, encode_page, restore_markup
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


@given(st.text(alphabet="<>&;/!-='\" abscriptye#x1\n\u00e9"))
def test_any_markup_comes_back_as_it_was_without_edits(page: str) -> None:
    assert restore_markup(page, page, []) == page
    whole = page_text(page)
    assert len(whole.text) == len(whole.starts) == len(whole.ends) == len(whole.runs)
    assert whole.starts == sorted(whole.starts)
    for character, start, end in zip(whole.text, whole.starts, whole.ends, strict=True):
        assert character in unescape(page[start:end])


WORDS = st.lists(st.sampled_from("alpha beta gamma delta tea & < caf\u00e9 'x'".split()), min_size=3, max_size=8)
TAGS = st.lists(
    st.sampled_from(["", "<b>", "</b>", "<a href='?a=1&b=2'>", "<!-- beta -->", " ", "\n"]), min_size=8, max_size=8
)


@given(WORDS, TAGS, st.integers(0, 2))
def test_outside_an_edit_nothing_changes(words: list[str], tags: list[str], place: int) -> None:
    text = " ".join(["start", *words, "omega"])
    escaped = [word.replace("&", "&amp;").replace("<", "&lt;") for word in words]
    page = "<p>start " + "".join(f"{w} {t}" for w, t in zip(escaped, tags, strict=False)) + "omega</p>"
    start = len(" ".join(["start", *words[:place]])) + 1
    done = restore_markup(page, text, [(start, start + len(words[place]), "NEW")])
    before = "<p>start " + "".join(f"{w} {t}" for w, t in zip(escaped[:place], tags, strict=False))
    assert done == f"{before}NEW{page[len(before) + len(escaped[place]) :]}"


@pytest.mark.parametrize("piece", ["<", "&", "<!--", "<a ", "</", "<script>", "&#", "<![CDATA[", "a <b>"])
def test_a_hostile_page_is_read_in_one_pass(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    match = re.compile("x").match

    def counted(page: str, size: int) -> int:
        nonlocal steps
        steps = 0
        import restorer.batch.markup as module

        original = module._after_markup

        def step(*args: object) -> int:
            nonlocal steps
            steps += 1
            return original(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(module, "_after_markup", step)
        page_text(page * size)
        monkeypatch.setattr(module, "_after_markup", original)
        return steps

    assert match("x")
    assert counted(piece, 4000) <= 2.1 * counted(piece, 2000) + 10


@pytest.mark.parametrize(
    ("data", "charset", "codec"),
    [
        ("<p>é".encode(), "", "utf-8"),
        ("<p>é".encode("latin-1"), "", "cp1252"),
        ("<p>“é”".encode("cp1252"), "iso-8859-1", "cp1252"),
        ('<meta charset="shift_jis"><p>日本'.encode("shift_jis"), "", "shift_jis"),
        (codecs.BOM_UTF16_LE + '<meta charset="utf-8"><p>x'.encode("utf-16-le"), "", "utf-16-le"),
        (codecs.BOM_UTF8 + b"<p>x", "ascii", "utf-8"),
        ("<p>é".encode("latin-1"), "utf-8", "cp1252"),
        (b"<p>x", "no-such-charset", "utf-8"),
        (b"<p>x", "zip", "utf-8"),
    ],
)
def test_pages_decode_as_in_a_browser_and_encode_back(data: bytes, charset: str, codec: str) -> None:
    page, found = decode_page(data, charset)
    assert found == codec
    assert encode_page(page, found) == data


@given(st.binary(max_size=60), st.sampled_from(["", "utf-8", "utf-16", "gbk", "cp1252", "utf-7"]))
def test_any_bytes_come_back(data: bytes, charset: str) -> None:
    assert encode_page(*decode_page(data, charset)) == data
