"""A real server with the shipped model, and Debian's Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@contextmanager
def served(*options: str, folder: Path) -> Iterator[str]:
    """A server on a free port; its address."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "restorer", "serve", "--port", "0", "--workers", "1", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("review page"):
                break
        else:
            pytest.fail("the server ended while it started")
        try:
            yield line.split()[-1]
        finally:
            process.terminate()
            process.stderr.read()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server's address."""
    with served(folder=tmp_path_factory.mktemp("serve")) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("no chromium on this machine; install Debian's package of that name")
        pytest.skip("no chromium on this machine; install Debian's package of that name")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
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
