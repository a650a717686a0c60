"""Debian's Chromium, for pictures and tests of the review page."""

from __future__ import annotations

import os
import shutil

__all__ = ["FLAGS", "chromium"]

# The first lets root start it, as in a container; the others keep it from asking for anything on the network.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def chromium() -> str | None:
    """Path of the browser: what the environment variable CHROMIUM names, or the one that is installed.

    :return: The path, None when there is none.
    """
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
