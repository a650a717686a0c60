"""One server for all tests of this folder that need no particular one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.examples.server import serving


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of a server with the fake model."""
    with serving() as address:
        yield address
