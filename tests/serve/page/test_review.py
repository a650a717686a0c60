"""The whole of a review in a browser, compared with what the library makes of the same choices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, Route, expect

from restorer import Restorer
from restorer.review import Decision, Review, with_decisions
from restorer.types import Finding, Result

SEED = (Path(__file__).parents[3] / "seeds" / "002_8a5da1890fba73c2.txt").read_bytes().decode()
SHORT = "He mentioned so on Tuesday. Mentioned she: the White Home has boots on the bottom and a coalition of the keen."


@pytest.fixture(scope="session")
def restorer() -> Restorer:
    return Restorer.from_pretrained()


def _check(page: Page, text: str) -> None:
    page.get_by_label("Paste an article").fill(text)
    page.get_by_role("button", name="Check this text").click()
    expect(page.locator("#review")).to_be_visible()


def _current(page: Page) -> int:
    return int(page.locator('.finding[aria-current="true"]').get_attribute("data-i") or -1)


def _starts(page: Page) -> list[int]:
    """By number of a candidate on the page, where it starts in the text."""
    bench = page.evaluate("() => localStorage['restorer.bench.' + sessionStorage['restorer.own']]")
    return [int(candidate["start"]) for candidate in json.loads(bench)["candidates"]]


def _saved(page: Page, button: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return Path(download.value.path()).read_bytes()


def _applied(findings: tuple[Finding, ...], without: set[int]) -> list[Decision]:
    return [Decision(f.start, f.text, f.replacement) for f in findings if f.applied and f.start not in without]


def test_a_spun_article_is_reviewed_by_keyboard_and_saved_as_the_library_would_restore_it(
    page: Page, restorer: Restorer
) -> None:
    result = restorer.restore(SEED)
    _check(page, SEED)
    starts = _starts(page)
    name = page.locator("#name").inner_text()
    assert SEED.startswith(name.removesuffix(" …"))

    walked = [starts[_current(page)]]
    for _ in result.findings[1:]:
        page.keyboard.press("ArrowRight")
        walked.append(starts[_current(page)])
    assert walked == [f.start for f in result.findings]
    page.keyboard.press("ArrowRight")
    assert starts[_current(page)] == result.findings[-1].start

    page.keyboard.press("Home")
    rejected = next(f for f in result.findings if f.applied)
    while starts[_current(page)] != rejected.start:
        page.keyboard.press("j")
    page.keyboard.press("r")
    chosen = next(f for f in result.findings if f.start > rejected.start and f.applied and len(f.alternatives) > 2)
    while starts[_current(page)] != chosen.start:
        page.keyboard.press("j")
    page.keyboard.press("2")
    second = [a for a in chosen.alternatives if a.text != chosen.replacement][1].text
    page.keyboard.press("Shift+A")

    decisions = [
        Decision(rejected.start, rejected.text, None),
        Decision(chosen.start, chosen.text, second),
        *_applied(result.findings, {rejected.start, chosen.start}),
    ]
    page.locator("#stop").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#stop-label")).to_have_text("1 in 333 words")
    expected = with_decisions(result.rethreshold(fpr=0.003), decisions)
    assert expected.restored != with_decisions(result, decisions).restored

    page.reload()
    expect(page.locator("#stop-label")).to_have_text("1 in 333 words")
    assert _saved(page, "Save text").decode() == expected.restored
    assert json.loads(_saved(page, "Save JSON")) == {**expected.to_dict(), "path": name}
    report = _saved(page, "Save report").decode()
    assert f"<dd>{len(expected.applied)}</dd>" in report
    assert "<script" not in report


def test_the_slider_shows_what_the_library_finds_at_each_rate(page: Page, restorer: Restorer) -> None:
    result = restorer.restore(SEED)
    asked: list[str] = []
    _check(page, SEED)
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#stop").focus()
    page.keyboard.press("Home")
    for rate in (1e-5, 3e-5, 1e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 3e-2, 1e-1):
        wanted = result.rethreshold(fpr=rate)
        expect(page.locator("#page .finding")).to_have_count(len(wanted.findings))
        expect(page.locator("#page .finding ins")).to_have_count(len(wanted.applied))
        page.keyboard.press("ArrowRight")
    assert not asked


def test_the_same_form_own_words_undo_and_redo(page: Page, restorer: Restorer) -> None:
    text = SHORT
    result = restorer.restore(text)
    review = Review(result).accept_form()
    _check(page, text)
    page.keyboard.press("f")
    assert _saved(page, "Save text").decode().startswith("He said so on Tuesday. Said she")
    assert review.outcome().restored.startswith("He said so on Tuesday. Said she")

    page.keyboard.press("End")
    page.keyboard.press("e")
    page.keyboard.type("  of my own ")
    page.keyboard.press("Enter")
    last = result.findings[-1]
    own = with_decisions(result, [Decision(last.start, last.text, "of my own")])
    assert _saved(page, "Save text").decode() == own.restored

    page.keyboard.press("u")
    assert _saved(page, "Save text").decode() == result.restored
    page.keyboard.press("Control+Shift+z")
    assert _saved(page, "Save text").decode() == own.restored
    page.keyboard.press("o")
    assert _saved(page, "Save text").decode() == result.restored
    page.keyboard.press("e")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    deleted = with_decisions(result, [Decision(last.start, last.text, "")])
    assert _saved(page, "Save text").decode() == deleted.restored


def test_keys_do_nothing_in_a_field_and_can_be_turned_off(page: Page) -> None:
    _check(page, SHORT)
    page.keyboard.press("e")
    page.keyboard.type("ar1u")
    expect(page.locator("#own")).to_have_value("ar1u")
    expect(page.locator("#undo")).to_be_disabled()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_label("Single keys act").uncheck()
    page.get_by_role("button", name="Close").click()
    page.locator(".finding").first.focus()
    page.keyboard.press("r")
    expect(page.locator("#undo")).to_be_disabled()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#undo")).to_be_enabled()


def test_each_view_shows_its_text(page: Page, restorer: Restorer) -> None:
    _check(page, SHORT)
    expect(page.locator("#page")).to_contain_text("the White Home House has")
    page.get_by_label("original").check()
    assert page.locator("#page").inner_text() == SHORT
    page.get_by_label("restored").check()
    assert page.locator("#page").inner_text() == restorer.restore(SHORT).restored
    page.get_by_label("side by side").check()
    assert page.locator("#page .line").all_inner_texts() == [SHORT, restorer.restore(SHORT).restored]
    page.keyboard.press("v")
    expect(page.get_by_label("changes")).to_be_checked()


def test_a_finding_is_explained_as_by_the_command_line(page: Page, restorer: Restorer) -> None:
    from restorer.report.phrases import percent, reasons

    result: Result = restorer.restore(SHORT)
    _check(page, SHORT)
    for finding in result.findings:
        assert page.locator("#panel .reasons li").all_inner_texts() == reasons(finding.evidence)
        others = [
            f"“{a.text}”" if a.text else "(delete)" for a in finding.alternatives if a.text != finding.replacement
        ]
        assert page.locator("#panel .choice span:first-child").all_inner_texts() == others[:9]
        assert percent(finding.confidence) in page.locator("#panel .state").inner_text()
        page.keyboard.press("ArrowDown")


def test_two_tabs_keep_their_own_work_and_a_new_one_can_go_on(page: Page) -> None:
    _check(page, SHORT)
    page.keyboard.press("r")
    other = page.context.new_page()
    other.goto("/")
    expect(other.get_by_role("heading", name="Go on with")).to_be_visible()
    _check(other, "Nothing odd stands here.")
    expect(other.locator("#panel-title")).to_have_text("Nothing was flagged")
    page.reload()
    expect(page.locator('.finding[data-state="rejected"]')).to_have_count(1)
    other.get_by_role("button", name="Another text").click()
    other.get_by_role("listitem").filter(has_text="1 of ").get_by_role(
        "button", name="Go on with He mentioned so"
    ).click()
    expect(other.locator('.finding[data-state="rejected"]')).to_have_count(1)


def test_without_room_in_the_browser_a_text_is_reviewed_with_a_warning(page: Page) -> None:
    page.evaluate("() => { Storage.prototype.setItem = function () { throw new DOMException('full'); } }")
    _check(page, SHORT)
    expect(page.get_by_role("alert")).to_contain_text("no room to keep the text")
    page.keyboard.press("a")
    assert _saved(page, "Save text").decode().startswith("He said so")


def test_the_restored_text_is_copied(page: Page, restorer: Restorer) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _check(page, SHORT)
    page.get_by_role("button", name="Copy text").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == restorer.restore(SHORT).restored


FULL = """(most) => {
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (key, value) {
        const others = Object.keys(this).filter((k) => k !== key).reduce((sum, k) => sum + this[k].length, 0);
        if (others + value.length > most) throw new DOMException("full");
        return set.call(this, key, value);
    };
}"""


def test_a_text_whose_findings_do_not_fit_is_kept_and_scored_again(page: Page) -> None:
    _check(page, SHORT)
    page.keyboard.press("r")
    page.get_by_role("button", name="Another text").click()
    page.evaluate(FULL, 22_000)
    _check(page, (SHORT + "\n") * 8)
    page.keyboard.press("r")
    page.keyboard.press("r")
    expect(page.get_by_role("alert")).to_be_empty()
    page.reload()
    expect(page.locator('.finding[data-state="rejected"]')).to_have_count(2)
    page.get_by_role("button", name="Another text").click()
    expect(page.locator("#recent li")).to_have_count(2)
    page.locator("#recent li").filter(has_text="1 of 5").get_by_role("button", name="Go on").click()
    expect(page.locator('.finding[data-state="rejected"]')).to_have_count(1)


def test_two_tabs_on_one_work_see_each_other_s_decisions(page: Page) -> None:
    _check(page, SHORT)
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Go on with").click()
    expect(other.locator("#review")).to_be_visible()
    page.keyboard.press("r")
    expect(other.locator('.finding[data-state="rejected"]')).to_have_count(1)
    other.keyboard.press("n")
    other.keyboard.press("a")
    expect(page.locator('.finding[data-state="accepted"]')).to_have_count(1)
    page.reload()
    expect(page.locator('.finding[data-state="rejected"], .finding[data-state="accepted"]')).to_have_count(2)


def test_an_answer_that_comes_late_does_not_take_the_user_away(page: Page) -> None:
    _check(page, SHORT)
    page.get_by_role("button", name="Another text").click()
    held: list[Route] = []
    page.route("**/review/text", lambda route: held.append(route))
    page.get_by_label("Paste an article").fill("She mentioned it.")
    with page.expect_request("**/review/text"):
        page.get_by_role("button", name="Check this text").click()
    page.get_by_label("Paste an article").fill("She mentioned it. And more.")
    page.get_by_role("button", name="Go on with He").click()
    held[0].continue_()
    expect(page.get_by_role("status")).to_contain_text("stands in the list")
    expect(page.locator("#name")).to_contain_text("He mentioned so")
    page.get_by_role("button", name="Another text").click()
    expect(page.get_by_label("Paste an article")).to_have_value("She mentioned it. And more.")
    expect(page.get_by_role("button", name="Go on with She mentioned it.")).to_be_visible()


def test_the_browsers_way_back_leads_from_the_review_to_the_start_and_forth(page: Page) -> None:
    _check(page, SHORT)
    page.keyboard.press("r")
    page.go_back()
    expect(page.get_by_role("heading", name="Check a text")).to_be_visible()
    page.go_forward()
    expect(page.locator('.finding[data-state="rejected"]')).to_have_count(1)


def test_an_error_is_seen_wherever_the_reader_is_and_can_be_dismissed(page: Page, faults: list[str]) -> None:
    _check(page, SHORT + "\n\n" + "A line of its own.\n" * 80)
    page.keyboard.press("a")
    page.mouse.wheel(0, 3_000)
    page.route("**/v1/report", lambda route: route.abort())
    page.get_by_role("button", name="Save report").evaluate("button => button.click()")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("alert")).to_be_empty()
    faults.clear()


def test_a_double_click_decides_on_one_finding(page: Page) -> None:
    _check(page, SHORT)
    page.get_by_role("button", name="Accept", exact=True).dblclick()
    expect(page.locator('.finding[data-state="accepted"]')).to_have_count(1)


def test_what_a_reviewer_did_stands_in_the_report(page: Page) -> None:
    _check(page, SHORT)
    page.keyboard.press("r")
    page.keyboard.press("e")
    page.keyboard.type("My word")
    page.keyboard.press("Enter")
    report = _saved(page, "Save report").decode()
    assert "<dt>Decided on by a reviewer</dt><dd>2</dd>" in report
    assert "Left as it was by the reviewer" in report
    assert "Applied, written by the reviewer</span>" in report
    assert "100% sure" not in report
