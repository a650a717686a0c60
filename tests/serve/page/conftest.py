"""A real server with the shipped model, and Debian's Chromium to look at it with."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from scripts.browser import FLAGS, chromium
from scripts.live import served

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, Page, sync_playwright


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server's address."""
    with served(folder=tmp_path_factory.mktemp("serve")) as live:
        yield live.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window; not for the session, since Playwright's event loop runs as long as it lives."""
    path = chromium()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("no chromium on this machine; install Debian's package of that name")
        pytest.skip("no chromium on this machine; install Debian's package of that name")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def faults() -> list[str]:
    """Script errors, console messages and foreign requests of the page; a test that provokes some takes them out."""
    return []


@pytest.fixture
def page(browser: Browser, address: str, faults: list[str]) -> Iterator[Page]:
    """The review page as a new user finds it; a script error or a blocked resource fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=address)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda r: faults.append(r.url) if not r.url.startswith((address, "blob:")) else None)
    page.goto("/")
    yield page
    context.close()
    # A refused request is logged by the browser itself, whatever the page does about it.
    assert not [fault for fault in faults if "responded with a status of 4" not in fault]
