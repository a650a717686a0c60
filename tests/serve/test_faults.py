"""What is said of requests that cannot be used."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from restorer.serve.faults import said
from restorer.serve.options import Report
from tests.serve.conftest import Served


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"text": 5}', "text must be a string, got 5; put it in quotation marks"),
        (b'{"texts": ["a", 5]}', "texts.1 must be a string, got 5; put it in quotation marks"),
        (b'{"texts": "a"}', "texts must be an array, got 'a'; put it in square brackets"),
        (b'{"text": "a", "ftr": 1}', "ftr is not among the fields, got 1; see /openapi.json for what there is"),
        (b'{"text": "a", "fpr": 7}', "fpr input should be less than or equal to 1, got 7"),
        (b'{"text": "a", "fpr": "x"}', "fpr must be a number, got 'x'"),
        (b'{"text": "a", "quotes": "x"}', "quotes input should be 'restore', 'flag' or 'skip', got 'x'"),
        (b"{}", 'text is missing; send an object such as {"text": "…"}'),
        (b"", 'the body is missing; send an object such as {"text": "…"}'),
        (b"[]", 'the body must be an object, got []; send an object such as {"text": "…"}'),
        (b"{", 'the body is no JSON; send an object such as {"text": "…"}'),
        (
            b'{"text": "a", "fpr": 0.1, "threshold": 0.1}',
            "fpr and threshold choose the same thing in two ways; give one of them",
        ),
    ],
)
def test_a_fault_names_the_field_what_stood_there_and_the_remedy(server: Served, body: bytes, message: str) -> None:
    response = server.post("/v1/restore", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json() == {"error": message}


@pytest.mark.parametrize("path", ["/v1/nothing", "/docs", "/redoc", "/static/../page.py", "/static/nothing.js"])
def test_an_address_without_anything_says_where_to_look(server: Served, path: str) -> None:
    response = server.get(path)
    assert response.status_code == 404


def test_a_method_that_is_not_there_says_so(server: Served) -> None:
    response = server.get("/v1/restore")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert "does not take this method" in response.json()["error"]


def test_no_more_than_five_faults_are_listed_and_what_stood_there_is_cut_and_made_visible() -> None:
    decisions = [{"start": -1, "text": "\u202e" * 100, "replacement": 5, "x\n": 1} for _ in range(9)]
    with pytest.raises(ValidationError) as raised:
        Report.model_validate({"text": "a", "decisions": decisions})
    message = said(raised.value.errors())
    assert message.count(";") < 10
    assert len(message) < 1_000
    assert message.isprintable()
