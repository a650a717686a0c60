"""Read by everybody: axe-core on every state of the page, narrow screens, no JavaScript, a token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from scripts.live import served

SHORT = "He mentioned so on Tuesday. Mentioned she: the White Home has boots on the bottom and a coalition of the keen."
SCREENS = [("light", 1280), ("dark", 400)]


@pytest.fixture(params=SCREENS, ids=lambda screen: f"{screen[0]}-{screen[1]}")
def screen(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The page in one of the schemes and widths; axe-core may add its own script to it."""
    scheme, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",  # what scrolls smoothly is nowhere yet when it is asked for
        base_url=address,
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def _violations(page: Page, state: str) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{state}: {v['id']}: {node['html'][:200]}" for v in found for node in v["nodes"]]


def test_axe_core_finds_nothing_in_any_state(screen: Page) -> None:
    page, found = screen, []
    found += _violations(page, "start")
    page.locator("#file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"x"})
    expect(page.get_by_role("alert")).to_contain_text("kinds")
    found += _violations(page, "error")
    page.get_by_label("Paste an article").fill(SHORT)
    page.get_by_role("button", name="Check this text").click()
    expect(page.locator("#review")).to_be_visible()
    found += _violations(page, "review")
    for key in ("a", "r", "1"):
        page.keyboard.press(key)
    page.get_by_text("About the whole text").click()
    for view in ("changes", "original", "restored", "side by side"):
        page.get_by_label(view).check()
        found += _violations(page, view)
    page.locator("#stop").focus()
    page.keyboard.press("End")
    found += _violations(page, "all candidates")
    page.get_by_role("button", name="Keys and help").click()
    found += _violations(page, "help")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Another text").click()
    found += _violations(page, "recent works")
    page.get_by_label("Paste an article").fill("Nothing odd stands here.")
    page.get_by_role("button", name="Check this text").click()
    expect(page.locator("#panel-title")).to_have_text("Nothing was flagged")
    found += _violations(page, "nothing flagged")
    page.evaluate("() => document.getElementById('sign-in').showModal()")
    found += _violations(page, "sign in")
    assert found == []


def test_nothing_is_wider_than_the_screen(screen: Page) -> None:
    page = screen
    page.get_by_label("Paste an article").fill(SHORT + " " + "unbroken" * 40)
    page.get_by_role("button", name="Check this text").click()
    for view in ("changes", "side by side"):
        page.get_by_label(view).check()
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_current_finding_is_never_hidden_by_the_panel(screen: Page) -> None:
    page = screen
    page.get_by_label("Paste an article").fill((SHORT + "\n\n") * 8)
    page.get_by_role("button", name="Check this text").click()
    expect(page.locator("#review")).to_be_visible()
    count = page.locator("#page .finding").count()
    for _ in range(count - 1):
        page.keyboard.press("ArrowRight")
        hidden = page.evaluate(
            """() => {
                const box = document.querySelector('.finding[aria-current=true]').getClientRects()[0];
                const top = document.elementFromPoint(box.x + 2, box.y + box.height / 2);
                return !top?.closest('.finding');
            }"""
        )
        assert not hidden


def test_everything_is_reached_by_tab_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_label("Paste an article")).to_be_focused()
    page.keyboard.type(SHORT)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_be_visible()
    expect(page.locator(".finding").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Accept", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".finding").nth(1)).to_be_focused()
    expect(page.locator('.finding[data-state="accepted"]')).to_have_count(1)


def test_a_decision_is_announced_to_a_screen_reader(page: Page) -> None:
    page.get_by_label("Paste an article").fill(SHORT)
    page.get_by_role("button", name="Check this text").click()
    said = page.get_by_role("status")
    expect(said).to_contain_text("Machine-spun")
    page.keyboard.press("a")
    expect(said).to_contain_text("mentioned: replaced by said")
    expect(said).to_contain_text("accepted. 4 left")
    focused = page.locator(".finding:focus")
    expect(focused).to_have_accessible_name("Mentioned: replaced by Said, 99% sure, open")


def test_without_javascript_the_form_gives_the_report(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Paste an article").fill(SHORT)
    page.get_by_role("button", name="Check this text").click()
    expect(page.get_by_role("heading", name="Restored wording")).to_be_visible()
    expect(page.locator(".text ins").first).to_have_text("said")
    context.close()


def test_a_server_with_a_token_asks_for_it_once(browser: Browser, tmp_path: Path) -> None:
    with served("--token", "wise owl", folder=tmp_path) as live:
        context = browser.new_context(base_url=live.address)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Paste an article").fill(SHORT)
        page.get_by_role("button", name="Check this text").click()
        page.keyboard.press("Escape")
        expect(page.locator("#alert")).to_contain_text("asks for a token")
        page.get_by_role("button", name="Check this text").click()
        page.get_by_role("textbox", name="Token").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_text("This token was not accepted")).to_be_visible()
        page.get_by_role("textbox", name="Token").fill("wise owl")
        page.keyboard.press("Enter")
        expect(page.locator("#review")).to_be_visible()
        with page.expect_download():
            page.get_by_role("button", name="Save JSON").click()
        context.close()


def test_the_page_works_below_a_path_of_a_proxy(browser: Browser, address: str) -> None:
    context = browser.new_context()

    def forwarded(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("/below/", "/")))

    context.route(f"{address}below/**", forwarded)
    page = context.new_page()
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if "/below/" not in request.url else None)
    page.goto(f"{address}below/")
    page.get_by_label("Paste an article").fill(SHORT)
    page.get_by_role("button", name="Check this text").click()
    expect(page.locator("#review")).to_be_visible()
    with page.expect_download():
        page.get_by_role("button", name="Save JSON").click()
    assert [url for url in outside if not url.startswith("blob:")] == []
    context.close()
