"""Worker processes with the fake model behind an event loop of their own, and a real server with the shipped model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from restorer.config import Settings
from restorer.serve.app import create_app
from restorer.serve.limits import Limits
from restorer.serve.metrics import Metrics
from restorer.serve.pool import Pool
from restorer.serve.service import Service
from restorer.serve.worker import Work
from scripts.live import Live, served
from tests.serve.workers import obedient

__all__ = ["Served", "Serving"]

T = TypeVar("T")


@dataclass(frozen=True)
class Served:
    """An application over workers that are up.

    :param portal: The loop in which the workers are waited for.
    :param service: What the routes work with.
    :param app: The application.
    :param host: Address under which it is asked.
    """

    portal: BlockingPortal
    service: Service
    app: Any
    host: str = "localhost"

    def run(self, scenario: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
        """Play a scenario with a client."""

        async def play() -> T:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{self.host}", timeout=None) as client:
                return await scenario(client)

        return self.portal.call(play)

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        """One request."""
        return self.run(lambda client: client.request(method, path, **given))

    def post(self, path: str, **given: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        """One POST."""
        return self.request("POST", path, **given)

    def get(self, path: str, **given: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        """One GET."""
        return self.request("GET", path, **given)


class Serving(Protocol):
    """Makes an application over the workers that are up already."""

    def __call__(
        self, limits: Limits = ..., *, settings: Settings = ..., token: str = ..., hosts: frozenset[str] = ...
    ) -> Served: ...


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """An event loop in a thread."""
    with start_blocking_portal() as found:
        yield found


@pytest.fixture(scope="session")
def pool(portal: BlockingPortal) -> Iterator[Pool]:
    """Two workers with the fake model that do what texts order."""
    found = Pool(Work(Settings(), load=obedient), 2, Metrics())
    portal.call(found.start)
    yield found
    portal.call(found.close)


@pytest.fixture
def serving(portal: BlockingPortal, pool: Pool) -> Serving:
    """Applications with limits of a test's own."""

    def make(
        limits: Limits = Limits(),  # noqa: B008 - frozen
        *,
        settings: Settings = Settings(),  # noqa: B008 - frozen
        token: str = "",
        hosts: frozenset[str] = frozenset(),
    ) -> Served:
        service = Service(pool, settings, limits, pool.metrics)
        return Served(portal, service, create_app(service, token=token, hosts=hosts, started=True))

    return make


@pytest.fixture
def server(serving: Serving) -> Served:
    """An application with the usual limits."""
    return serving()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """``restore serve`` with the shipped model in a process of its own."""
    with served("--max-body", "6000000", folder=tmp_path_factory.mktemp("live")) as found:
        yield found
