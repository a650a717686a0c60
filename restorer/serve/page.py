"""The review page and what it asks for: its own routes, which are no part of the API."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated
from urllib.parse import parse_qs, unquote

from fastapi import APIRouter, Body, Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from restorer.errors import SettingsError
from restorer.report.html_style import PALETTE
from restorer.serve.jobs import OpenFile, ReportText, ReviewText
from restorer.serve.open_file import KINDS
from restorer.serve.options import Text
from restorer.serve.service import Service
from restorer.version import __version__

__all__ = ["router"]

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def router(service: Service) -> APIRouter:
    """The page's routes.

    :param service: What they work with.
    :return: The router.
    """
    routes = APIRouter(include_in_schema=False)
    templates = Environment(
        loader=PackageLoader("restorer.serve"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    assets = {entry.name: entry.read_bytes() for entry in files("restorer.serve").joinpath("static").iterdir()}

    @routes.get("/")
    async def page() -> Response:
        html = templates.get_template("review.html").render(
            version=__version__,
            kinds=",".join(KINDS),
            characters=service.limits.characters,
            bytes=service.limits.body_bytes,
        )
        return Response(html, media_type="text/html; charset=utf-8")

    assets["palette.css"] = PALETTE.encode()

    @routes.get("/static/{name}")
    async def asset(name: str) -> Response:
        if name not in assets:
            return Response(status_code=404)
        kind = _TYPES[name[name.rindex(".") :]]
        return Response(assets[name], media_type=kind, headers={"cache-control": "no-cache"})

    @routes.post("/review/text")
    async def review(asked: Annotated[Text, Body()]) -> Response:
        if not asked.text.strip():
            msg = "there is no text; paste an article, or open a file"
            raise SettingsError(msg)
        job = ReviewText(service.checked(asked.text), service.by_rate(asked), asked.path)
        return Response(await service.body(job), media_type="application/json")

    @routes.post("/review/file")
    async def opened(request: Request) -> Response:
        name = unquote(request.headers.get("x-file-name", ""))
        job = OpenFile(await request.body(), name, service.limits.characters)
        return Response(await service.body(job), media_type="application/json")

    @routes.post("/review/plain")
    async def plain(request: Request) -> Response:
        """For browsers without JavaScript: the form's text comes back as the report of ``restore --format html``."""
        try:
            fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4)
        except ValueError as error:
            msg = "the form has more fields than the page's own; send the field text alone"
            raise SettingsError(msg) from error
        text = fields.get("text", [""])[0].replace("\r\n", "\n")
        job = ReportText(service.checked(text), service.settings, "pasted text", format="html")
        return Response(await service.body(job), media_type="text/html; charset=utf-8", headers=_OWN_POLICY)

    return routes


_OWN_POLICY = {"content-security-policy": "frame-ancestors 'none'"}
"""The report brings its own, stricter policy, which names the hash of its style sheet."""
