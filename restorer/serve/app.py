"""The application, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from restorer.serve import api, faults, page
from restorer.serve.gate import Gate
from restorer.serve.limits import Limits
from restorer.serve.metrics import Metrics
from restorer.serve.openapi import describe
from restorer.serve.pool import Pool
from restorer.serve.service import Service
from restorer.serve.worker import Work

__all__ = ["create_app", "make_service"]


def make_service(work: Work, *, workers: int, limits: Limits | None = None) -> Service:
    """What the routes work with; nothing starts yet.

    :param work: What each worker loads.
    :param workers: How many there are.
    :param limits: What is refused; the defaults when None.
    :return: The service.
    """
    limits = limits or Limits()
    metrics = Metrics()
    return Service(Pool(work, workers, metrics, limits.seconds), work.settings, limits, metrics)


def create_app(
    service: Service, *, token: str = "", hosts: frozenset[str] = frozenset(), started: bool = False
) -> Gate:
    """An ASGI application.

    :param service: What the routes work with.
    :param token: The bearer token to ask for; empty for none.
    :param hosts: Names under which the server is to be addressed; empty for any.
    :param started: Whether whoever calls this starts and ends the workers; otherwise the application's lifespan does,
        and raises :class:`restorer.errors.ModelError` if the model cannot be loaded.
    :return: The application.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if started:
            yield
            return
        await service.pool.start()
        try:
            yield
        finally:
            await service.pool.close()

    # No pages that describe the API: theirs come from elsewhere.
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None)
    app.include_router(api.router(service))
    app.include_router(page.router(service))
    faults.install(app, service.limits)

    def openapi() -> dict[str, Any]:
        return describe(app, token=bool(token))

    app.openapi = openapi  # type: ignore[method-assign]
    return Gate(app, service.limits, service.metrics, token, hosts)
