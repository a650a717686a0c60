"""The description of the API, and whether the API is as described."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from scripts.live import Live
from tests.serve.conftest import Served, Serving

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
STRICT = {
    "/v1/restore": (negative_data_rejection, positive_data_acceptance),
    "/v1/detect": (negative_data_rejection, positive_data_acceptance),
    "/v1/report": (negative_data_rejection,),
}
"""Where the schema says all there is to say: whether a decision is on anything, or a line can be used, it cannot."""

EXAMPLES = 20
"""How many of each kind are tried of each route; the same ones every time."""


@pytest.fixture
def description(server: Served) -> dict[str, Any]:
    data = server.get("/openapi.json").json()
    assert isinstance(data, dict)
    return data


def operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{method} {path}": o for path, item in description["paths"].items() for method, o in item.items()}


def test_every_route_of_the_api_is_described_and_none_of_the_page_s(description: dict[str, Any]) -> None:
    assert set(operations(description)) == {
        "post /v1/restore",
        "post /v1/detect",
        "post /v1/report",
        "post /v1/stream",
        "get /v1/model",
        "get /healthz",
        "get /readyz",
        "get /metrics",
    }


def test_every_example_is_answered_as_described(server: Served, description: dict[str, Any]) -> None:
    tried = 0
    for name, operation in operations(description).items():
        for body in operation.get("requestBody", {}).get("content", {}).values():
            for example in body.get("examples", {}).values():
                response = server.post(name.split()[1], json=example["value"])
                assert response.status_code == 200, response.text
                tried += 1
            if "example" in body:
                assert server.post(name.split()[1], content=body["example"]).status_code == 200
                tried += 1
    assert tried >= 8


def test_an_answer_has_the_schema_that_is_described(server: Served, description: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator({"$ref": "#/components/schemas/Result", **description})
    text = 'He mentioned it. "It was adequate," the statesmen said.'
    for path in ("/v1/restore", "/v1/detect"):
        answer = server.post(path, json={"text": text}).json()
        assert answer["findings"]
        validator.validate(answer)
        assert not validator.is_valid(answer | {"findings": [{}]})


def test_an_example_of_an_answer_is_one(description: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator({"$ref": "#/components/schemas/Result", **description})
    for name in ("post /v1/restore", "post /v1/detect"):
        answer = operations(description)[name]["responses"]["200"]["content"]["application/json"]
        for example in answer["examples"].values():
            validator.validate(example["value"])


def test_errors_are_described_with_when_to_come_again(description: dict[str, Any]) -> None:
    responses = operations(description)["post /v1/restore"]["responses"]
    assert {"200", "400", "401", "403", "408", "413", "422", "429", "500", "503"} <= set(responses)
    assert all("Retry-After" in responses[status]["headers"] for status in ("429", "503"))


def test_a_token_is_described_where_one_is_asked_for(serving: Serving, description: dict[str, Any]) -> None:
    asked = serving(token="secret").get("/openapi.json", headers={"authorization": "Bearer secret"}).json()
    assert asked["security"] == [{"token": []}]
    assert asked["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert "security" not in description


@schemathesis.serializer("application/x-ndjson")
def ndjson(context: schemathesis.SerializationContext, value: Any) -> bytes:  # noqa: ANN401 - whatever is generated
    """A stream's body is the text that was generated."""
    return str(value).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("mode", schemathesis.GenerationMode)
def test_whatever_is_sent_the_api_is_as_described(live: Live, mode: schemathesis.GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{live.address}openapi.json")
    described = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    able = [o for o in described if mode == schemathesis.GenerationMode.POSITIVE or o.label.startswith("POST")]
    assert len(able) == (8 if mode == schemathesis.GenerationMode.POSITIVE else 4)
    for operation in able:
        checks = [*CHECKS, *STRICT.get(operation.path, ())]
        try_out(operation.as_strategy(generation_mode=mode), EXAMPLES if operation.body else 1, checks)


def try_out(cases: SearchStrategy[Case[Any]], count: int, checks: list[Any]) -> None:
    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def answered_as_described(case: Case[Any]) -> None:
        case.call_and_validate(checks=checks)

    answered_as_described()
