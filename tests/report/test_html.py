"""restorer.report.html: a page that stands alone and trusts nothing in the text."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from restorer.report.html import HtmlReporter
from restorer.types import Result

from .conftest import MakeFinding, MakeResult

_VOID = {"meta", "input", "wbr"}


class _Page(HTMLParser):
    """Reads a page; fails on tags that do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        names = (f"{tag}.{(attrs.get('class') or '').split(' ')[0]}" for tag, attrs in self.open)
        self.texts.append((tuple(names), data))

    def words(self, inside: str, but: tuple[str, ...] = ()) -> str:
        """All text inside one kind of element, leaving out what stands in others."""
        return "".join(data for path, data in self.texts if inside in path and not set(but) & set(path))


def _page(*results: Result) -> str:
    made = HtmlReporter()
    return made.begin() + "".join(made.report(r) for r in results) + made.end()


def test_html_text_without_deletions_is_the_restored_text(make_finding: MakeFinding, make_result: MakeResult) -> None:
    text = "A big <tree> & bush.\n\n“Very lengthy,” she said.\n"
    result = make_result(text, make_finding(text, "big", "large"), make_finding(text, "lengthy", None))
    page = _Page(_page(result))
    extra = ("span.card", "span.gap")
    assert page.words("div.text", ("del.", *extra)).replace("\n", "") == result.restored.replace("\n", "")
    assert page.words("div.text", ("ins.sure", "ins.certain", *extra)).replace("\n", "") == text.replace("\n", "")
    assert page.words("mark.", ("ul.legend", "table.", *extra)) == "lengthy"


def test_html_keeps_one_block_a_line(make_result: MakeResult) -> None:
    page = _Page(_page(make_result("one\r\ntwo\rthree\n\nfive")))
    assert sum(tag == "div" and attrs.get("class") == "line" for tag, attrs in page.tags) == 5


@pytest.mark.parametrize("payload", ["<script>x</script>", '"><img src=x onerror=y>', "</style><b>", "&lt;i&gt;"])
def test_html_takes_no_markup_from_anywhere(payload: str, make_finding: MakeFinding, make_result: MakeResult) -> None:
    text = f"before {payload} after"
    plain = _Page(_page(make_result(text.replace(payload, "x"), make_finding("before x after", "x", "y"), path="p")))
    result = make_result(text, make_finding(text, payload, payload * 2), path=payload.replace("/", ""))
    page = _Page(_page(result))
    assert [t for t, _ in page.tags] == [t for t, _ in plain.tags]
    assert payload in page.words("del.")


def test_html_shows_overrides_and_controls_instead_of_obeying_them(result: Result) -> None:
    page = _page(result)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", page)
    for code in ("U+202E", "U+202C", "U+001B"):
        assert f'<span class="acting">&lt;{code}&gt;</span>' in page


def test_html_allows_itself_one_style_sheet_and_nothing_else(result: Result) -> None:
    page = _page(result)
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    for tag, attributes in _Page(page).tags:
        assert tag not in {"script", "link", "img", "iframe"}
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
        assert (attributes.get("href") or "#").startswith("#")


def test_html_links_find_their_targets_in_every_section(result: Result) -> None:
    tags = _Page(_page(result, result)).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {(attrs["href"] or "").removeprefix("#") for tag, attrs in tags if tag == "a"}
    assert len(targets) == 2 * 2 * len(result.findings)
    assert targets <= set(ids)
    assert {attrs["aria-describedby"] for _, attrs in tags if "aria-describedby" in attrs} <= set(ids)


def test_html_every_finding_can_be_reached_by_keyboard(result: Result) -> None:
    findings = [attrs for _, attrs in _Page(_page(result)).tags if attrs.get("class") == "finding"]
    assert len(findings) == len(result.findings)
    assert all(attrs["tabindex"] == "0" for attrs in findings)


def test_html_shades_by_confidence(result: Result) -> None:
    page = _page(result)
    assert '<ins class="certain">said</ins>' in page
    assert '<ins class="sure">news conference</ins>' in page
    assert '<ins class="unsure">Twenty-two</ins>' in page


def test_html_shows_alternatives_and_evidence(result: Result) -> None:
    page = _Page(_page(result))
    card, table = page.words("span.card"), page.words("table.")
    for text in (card, table):
        assert "told <reporters>" in text
    for part in ("1:33", "93% spun", "half-spelled number", "clean/town.txt", "raises the log odds by 1.25"):
        assert part in table


def test_html_says_so_when_nothing_was_flagged(make_result: MakeResult) -> None:
    page = _Page(_page(make_result("All is well.", spun_probability=0.02)))
    assert page.words("p.verdict") == "No sign of spinning, probability 2.0%"
    assert page.words("p.empty") == "Nothing was flagged."
