"""The OpenAPI description: what FastAPI finds in the routes, with the results' own schema and the errors put in."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from restorer.serve.examples import ERRORS, REPORTS, RESTORED
from restorer.version import __version__

__all__ = ["describe"]

_ABOUT = (
    "Finds machine-spun wording and restores what the author wrote. Results have the shape of `restore --format json`; "
    "offsets are code points of the text that was sent. Nothing of a text is stored or logged."
)
_PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "What is wrong, and what to do about it."}},
    "additionalProperties": False,
}
_NO_BODY = (400, 401, 403, 500)
"""Errors of routes that take no body."""


def describe(app: FastAPI, *, token: bool) -> dict[str, Any]:
    """Describe an application.

    :param app: The application.
    :param token: Whether it asks for a bearer token.
    :return: OpenAPI 3.1.
    """
    if app.openapi_schema is None:
        whole = get_openapi(title="restorer", version=__version__, description=_ABOUT, routes=app.routes)
        schemas = whole.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(_results(), Problem=_PROBLEM)
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for path in whole["paths"].values():
            for operation in path.values():
                _add_errors(operation)
        _put_back(whole["paths"])
        if token:
            whole["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            whole["security"] = [{"token": []}]
        app.openapi_schema = whole
    return app.openapi_schema


def _add_errors(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    wanted = ERRORS if "requestBody" in operation else {status: ERRORS[status] for status in _NO_BODY}
    for status, response in wanted.items():
        responses.setdefault(str(status), response)


def _put_back(paths: dict[str, Any]) -> None:
    """Examples as they are: FastAPI leaves out whatever is null in them, and no answer or decision is one without."""
    for path in ("/v1/restore", "/v1/detect"):
        paths[path]["post"]["responses"]["200"]["content"] = RESTORED[200]["content"]
    paths["/v1/report"]["post"]["requestBody"]["content"]["application/json"]["examples"] = REPORTS


def _results() -> dict[str, Any]:
    """The schema of results, its definitions as components."""
    text = files("restorer.report").joinpath("result.schema.json").read_text("utf-8")
    definitions: dict[str, Any] = json.loads(text.replace("#/$defs/", "#/components/schemas/"))["$defs"]
    named = {f"#/components/schemas/{name}": f"#/components/schemas/{_component(name)}" for name in definitions}
    renamed = json.dumps(definitions)
    for old, new in named.items():
        renamed = renamed.replace(f'"{old}"', f'"{new}"')
    return {_component(name): value for name, value in json.loads(renamed).items()}


def _component(name: str) -> str:
    return name[0].upper() + name[1:]
