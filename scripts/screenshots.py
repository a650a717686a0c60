"""Pictures of the review page in docs/: wide and light, wide and dark, narrow. Needs Debian's Chromium."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.browser import FLAGS, chromium  # noqa: E402 - found by the line above
from scripts.live import served  # noqa: E402

TEXT = ROOT / "seeds" / "002_8a5da1890fba73c2.txt"
SCREENS = {"light": ("light", 1280, 860), "dark": ("dark", 1280, 860), "narrow": ("light", 400, 820)}


def picture(browser: Browser, address: str, name: str) -> None:
    """One picture: a few findings decided, the next one chosen.

    :param browser: The browser.
    :param address: The server.
    :param name: Which of :data:`SCREENS`.
    """
    scheme, width, height = SCREENS[name]
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=address)
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto("/")
    page.locator("#file").set_input_files(TEXT)
    page.locator("#review").wait_for()
    for key in ("a", "r", "1", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.screenshot(path=ROOT / "docs" / f"review-{name}.png")
    context.close()


def main() -> None:
    """All pictures."""
    with served(folder=ROOT) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name in SCREENS:
            picture(browser, live.address, name)
        browser.close()


if __name__ == "__main__":
    main()
