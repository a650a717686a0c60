"""Nothing a text contains becomes markup, and nothing is asked of anybody else."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Error, Page, expect

from restorer.report.characters import ACTING

HOSTILE = (
    "<script>document.title = 'owned'</script> He mentioned <img src=x onerror=\"document.title='owned'\"> so.\n"
    "\u202ereversed\u202c \u2066isolated\u2069 zero\u200bwidth </div></main><h1>mine</h1>\n"
    "&lt;b&gt; javascript:alert(1) `${document.title = 'owned'}` \u0007 bell, the White Home \U0001f600 mentioned ="
)


def _check(page: Page, text: str) -> None:
    page.locator("#text").evaluate("(area, text) => { area.value = text; }", text)
    page.get_by_role("button", name="Check this text").click()
    expect(page.locator("#review")).to_be_visible()


def test_markup_in_a_text_is_shown_and_does_nothing(page: Page) -> None:
    tags = page.evaluate("() => document.querySelectorAll('script, img, h1').length")
    _check(page, HOSTILE)
    for view in ("original", "side by side", "restored"):
        page.get_by_label(view).check()
        assert page.evaluate("() => document.querySelectorAll('script, img, h1').length") == tags
        assert page.title().startswith("<script>")
    page.get_by_label("original").check()
    shown = page.locator("#page").inner_text()
    assert "<script>document.title = 'owned'</script>" in shown
    assert "<U+202E>reversed<U+202C>" in shown
    assert page.locator("#page .acting").count() == len(ACTING.findall(HOSTILE))


def test_the_name_of_a_file_is_no_markup_either(page: Page) -> None:
    name = "<img src=x onerror=alert(1)>.txt"
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/plain", "buffer": b"He mentioned so."})
    expect(page.locator("#name")).to_have_text(name)
    page.get_by_role("button", name="Another text").click()
    expect(page.locator("#recent li").first).to_contain_text(name)


def test_the_page_and_the_reports_make_the_same_characters_visible(page: Page) -> None:
    pattern = page.evaluate(
        "async () => (await (await fetch('/static/characters.js')).text()).match(/\\/\\[(.*)\\]\\/u/)[1]"
    )
    ours = re.compile("[" + pattern.encode().decode("unicode_escape") + "]")
    everything = [chr(code) for code in range(0x11000)]
    assert [c for c in everything if ours.match(c)] == [c for c in everything if ACTING.match(c)]


def test_the_policy_forbids_inline_scripts_and_strings_as_markup(page: Page, faults: list[str]) -> None:
    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("() => { document.body.innerHTML = '<b>x</b>'; }")
    faults.clear()
    policy = page.request.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_server_that_is_gone_is_said_and_loses_nothing(page: Page, faults: list[str]) -> None:
    page.route("**/review/text", lambda route: route.abort())
    page.get_by_label("Paste an article").fill("He mentioned so.")
    page.get_by_role("button", name="Check this text").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.get_by_label("Paste an article")).to_have_value("He mentioned so.")
    page.unroute("**/review/text")
    faults.clear()
    page.reload()
    expect(page.get_by_label("Paste an article")).to_have_value("He mentioned so.")
    page.get_by_role("button", name="Check this text").click()
    expect(page.locator("#review")).to_be_visible()
