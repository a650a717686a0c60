"""What the OpenAPI description says beside the types: examples, and the answers of each route."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

__all__ = [
    "ERRORS",
    "METRICS",
    "MODEL",
    "NOT_READY",
    "REPORTED",
    "REPORTS",
    "RESTORED",
    "STATE",
    "STREAM",
    "STREAMED",
    "TEXTS",
]

Responses = dict[int | str, dict[str, Any]]

_EXAMPLE = json.loads(files("restorer.serve").joinpath("example.json").read_text("utf-8"))
TEXT: str = _EXAMPLE["text"]
"""A text with two spun words; ``example.json`` has its result beside it."""

TEXTS: Any = {
    "one": {"summary": "One text", "value": {"text": TEXT}},
    "several": {"summary": "Several, under a stricter rate", "value": {"texts": [TEXT, "Nothing odd."], "fpr": 0.0001}},
    "quotations": {
        "summary": "Quotations left alone, two words never flagged",
        "value": {"text": TEXT, "quotes": "skip", "ignore_words": ["minister", "White Home"]},
    },
}

REPORTS: Any = {
    "decided": {
        "summary": "One suggestion rejected, the page of all findings asked for",
        "value": {
            "text": TEXT,
            "decisions": [{"start": TEXT.index("mentioned"), "text": "mentioned", "replacement": None}],
            "format": "html",
        },
    }
}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _error(description: str, *, retry: bool = False) -> dict[str, Any]:
    headers = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}} if retry else {}
    body = _json({"$ref": "#/components/schemas/Problem"})
    return {"description": description, "content": body} | ({"headers": headers} if headers else {})


_RESULT = {"$ref": "#/components/schemas/Result"}

ERRORS: Responses = {
    400: _error("The body is no JSON, or the Host header is not this server's."),
    401: _error("The server was started with a token, and this request does not have it."),
    403: _error("The request comes from a page of another site."),
    408: _error("The body did not come in in time."),
    413: _error("The body is too long."),
    422: _error("A text is too long, or an option is wrong; the message names it."),
    429: _error("Too many requests at once.", retry=True),
    500: _error("A fault of ours."),
    503: _error("The time limit is over, or the server is about to end.", retry=True),
}

RESTORED: Responses = {
    200: {
        "description": "One result for `text`, an array of them for `texts`.",
        "content": {
            "application/json": {
                "schema": {"oneOf": [_RESULT, {"type": "array", "items": _RESULT}]},
                "examples": {"one": {"summary": "One text", "value": _EXAMPLE["result"]}},
            }
        },
    }
}

REPORTED: Responses = {
    200: {
        "description": "The report.",
        "content": {
            "application/json": {"schema": _RESULT},
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/sarif+json": {"schema": {"type": "object"}},
            "text/html": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}

STREAM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One JSON object a line, each as the body of `/v1/restore` with `text`.",
        "content": {
            "application/x-ndjson": {"schema": {"type": "string"}, "example": '{"text": "He mentioned so."}\n'}
        },
    }
}

STREAMED: Responses = {
    200: {
        "description": "One JSON object a line: a result, or `line` and `error`.",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}

MODEL: Responses = {200: {"description": "Model, settings and limits."}}
METRICS: Responses = {
    200: {"description": "Prometheus' text format.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}
_STATE = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}
STATE: Responses = {200: {"description": "Yes.", "content": _json(_STATE)}}
NOT_READY: Responses = {503: {"description": "Not yet, or no more.", "content": _json(_STATE)}}
