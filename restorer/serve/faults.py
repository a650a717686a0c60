"""Errors as answers: which status each one has, and what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from restorer.errors import RestorerError
from restorer.report.characters import visible
from restorer.serve.gate import FAULT, problem
from restorer.serve.limits import Limits
from restorer.serve.pool import BrokenText, Late, Stopped
from restorer.serve.service import Busy

__all__ = ["install", "said"]

_SHOWN = 60


def said(errors: Sequence[Mapping[str, Any]]) -> str:
    """What a validation found, in one line.

    :param errors: As pydantic lists them.
    :return: The place, the fault, and the beginning of what stood there.
    """
    return "; ".join(_one(error) for error in errors[:5])


def _one(error: Mapping[str, Any]) -> str:
    kind, given = str(error["type"]), error.get("input")
    if isinstance(given, bytes) and kind != "json_invalid":  # a body that was not said to be JSON is as it came in
        return "the body is not said to be JSON; send the header Content-Type: application/json"
    parts = [str(part) for part in error.get("loc", ())]
    place = "" if kind == "json_invalid" else _place(parts, whole=kind in _NO_OBJECT)
    what = _WORDS.get(kind) or str(error["msg"])[:1].lower() + str(error["msg"])[1:]
    shown = "" if kind in _NO_INPUT else f", got {visible(repr(given)[:_SHOWN], one_line=True)}"
    remedy = _REMEDIES.get(kind, "")
    return f"{place or 'the body'} {what}{shown}{'; ' if remedy else ''}{remedy}"


def _place(parts: list[str], *, whole: bool) -> str:
    """A field as a client knows it, without what a union took the body for."""
    if parts[:1] == ["body"]:
        parts = parts[2:] if parts[1:2] in (["text"], ["texts"]) and (len(parts) > 2 or whole) else parts[1:]
    return ".".join(visible(part[:_SHOWN], one_line=True) for part in parts)


def install(app: FastAPI, limits: Limits) -> None:
    """Have every error answered in the same form.

    :param app: The application.
    :param limits: Named in messages.
    """

    def answer(kind: type[Exception], status: int, message: Callable[[Any], str], retry: int = 0) -> None:
        headers = {"retry-after": str(retry)} if retry else None

        async def handle(request: Request, error: Exception) -> Response:
            return Response(problem(message(error)), status, headers, "application/json")

        app.add_exception_handler(kind, handle)

    answer(RequestValidationError, 422, lambda error: said(error.errors()))
    answer(RestorerError, 422, str)
    answer(Busy, 429, lambda _: f"{limits.requests} requests are being answered already; try again in a second", 1)
    answer(Late, 503, lambda _: f"the answer was not there within {limits.seconds:g} s; try again, or send less", 5)
    answer(Stopped, 503, lambda _: "the server is about to end; try again in a few seconds", 5)
    answer(BrokenText, 500, lambda _: "internal error while this text was restored; please report it")
    answer(Exception, 500, lambda _: FAULT)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return Response(
            problem(_HTTP.get(error.status_code, str(error.detail))),
            error.status_code,
            error.headers,
            "application/json",
        )

    app.add_exception_handler(HTTPException, http)


_OBJECT = 'send an object such as {"text": "…"}'
_WORDS = {
    "extra_forbidden": "is not among the fields",
    "json_invalid": "is no JSON",
    "missing": "is missing",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_type": "must be a string",
    "list_type": "must be an array",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
}
"""What is said of a validation error in place of pydantic's own words, by its type."""

_REMEDIES = {
    "extra_forbidden": "see /openapi.json for what there is",
    "json_invalid": _OBJECT,
    "missing": _OBJECT,
    "model_attributes_type": _OBJECT,
    "model_type": _OBJECT,
    "string_type": "put it in quotation marks",
    "list_type": "put it in square brackets",
}
_NO_OBJECT = ("model_attributes_type", "model_type")
_NO_INPUT = ("missing", "json_invalid")
_HTTP = {
    400: f"the body is no JSON that can be read; {_OBJECT} in UTF-8",
    404: "there is nothing at this address; see /openapi.json for what there is",
    405: "this address does not take this method; see /openapi.json",
}
