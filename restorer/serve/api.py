"""Routes of the API: thin, everything they do is done by :class:`restorer.serve.service.Service`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from starlette.types import Receive, Scope, Send

from restorer.serve import examples
from restorer.serve.jobs import ReportText
from restorer.serve.metrics import CONTENT_TYPE
from restorer.serve.options import Report, TextOrTexts
from restorer.serve.service import Service
from restorer.serve.stream import answered
from restorer.version import __version__

__all__ = ["router"]

_JSON = "application/json"
_NDJSON = "application/x-ndjson"
_TYPES = {"json": _JSON, "jsonl": _NDJSON, "sarif": "application/sarif+json", "html": "text/html; charset=utf-8"}
_Asked = Annotated[TextOrTexts, Body(openapi_examples=examples.TEXTS)]


class _Streamed(Response):
    """Lines that are sent while others still come in.

    Starlette's own streaming response listens for the end of the connection meanwhile, and takes the body's pieces for
    itself by that.
    """

    media_type = _NDJSON

    def __init__(self, service: Service, request: Request) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._service = service
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._service.turn():
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for line in answered(self._service, self._request.stream()):
                await send({"type": "http.response.body", "body": line, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


def router(service: Service) -> APIRouter:
    """All routes of the API.

    :param service: What they work with.
    :return: The router.
    """
    routes = APIRouter()

    @routes.post("/v1/restore", responses=examples.RESTORED, response_class=Response)
    async def restore(asked: _Asked) -> Response:
        """Restore machine-spun wording; the answer is what `restore --format json` prints."""
        with service.turn():
            return Response(await service.restored(asked, flag_only=False), media_type=_JSON)

    @routes.post("/v1/detect", responses=examples.RESTORED, response_class=Response)
    async def detect(asked: _Asked) -> Response:
        """Flag spun wording and change nothing; the answer is what `restore detect --format json` prints."""
        with service.turn():
            return Response(await service.restored(asked, flag_only=True), media_type=_JSON)

    @routes.post("/v1/report", responses=examples.REPORTED, response_class=Response)
    async def report(asked: Annotated[Report, Body(openapi_examples=examples.REPORTS)]) -> Response:
        """Restore a text with a reviewer's decisions in force, in any of the forms of `restore --format`."""
        decisions = tuple(span.decision() for span in asked.decisions)
        job = ReportText(service.checked(asked.text), asked.over(service.settings), asked.path, decisions, asked.format)
        return Response(await service.body(job), media_type=_TYPES.get(asked.format, "text/plain; charset=utf-8"))

    @routes.post("/v1/stream", responses=examples.STREAMED, openapi_extra=examples.STREAM, response_class=Response)
    async def stream(request: Request) -> Response:
        """Restore a text a line: NDJSON in, NDJSON out, in order, answers while lines still come in.

        Read while you send: nothing more is taken in while answers wait to be read. A line that cannot be restored is
        answered by an object with `line` (its number) and `error`; the others are not touched by it.
        """
        return _Streamed(service, request)

    @routes.get("/v1/model", responses=examples.MODEL)
    async def model() -> dict[str, Any]:
        """The model that answers, the settings it starts from, and the limits of this server."""
        ready = service.pool.model
        settings, limits = service.settings, service.limits
        return {
            "restorer": __version__,
            "model": ready.model if ready else "",
            "calibration": ready.calibration if ready else {},
            "settings": {"fpr": settings.fpr, "threshold": settings.threshold, "quotes": settings.quotes},
            "limits": {
                "body_bytes": limits.body_bytes,
                "characters": limits.characters,
                "texts": limits.texts,
                "requests": limits.requests,
                "seconds": limits.seconds,
            },
        }

    @routes.get("/healthz", responses=examples.STATE)
    async def healthz() -> dict[str, str]:
        """Whether the server is alive."""
        return {"status": "alive"}

    @routes.get("/readyz", responses=examples.STATE | examples.NOT_READY)
    async def readyz(response: Response) -> dict[str, str]:
        """Whether it takes requests: 503 while it starts and while it ends."""
        if service.pool.ready and not service.draining:
            return {"status": "ready"}
        response.status_code = 503
        response.headers["retry-after"] = "1"
        return {"status": "not ready"}

    @routes.get("/metrics", responses=examples.METRICS, response_class=Response)
    async def metrics() -> Response:
        """Counters for Prometheus."""
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    return routes
