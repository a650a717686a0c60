"""restorer.report.json: results for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from restorer.report.json import JsonLinesReporter, JsonReporter, dumps
from restorer.types import Result

from .conftest import MakeResult

_SCHEMA = Path(__file__).parents[2] / "restorer" / "report" / "result.schema.json"


@pytest.fixture
def validator() -> Draft202012Validator:
    """The committed schema."""
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _written(made: JsonReporter | JsonLinesReporter, *results: Result) -> str:
    return made.begin() + "".join(made.report(r) for r in results) + made.end()


def test_json_of_one_result_is_its_dictionary(result: Result, validator: Draft202012Validator) -> None:
    data = json.loads(_written(JsonReporter(), result))
    validator.validate(data)
    assert data == json.loads(json.dumps(result.to_dict()))
    assert data["restored"] == result.restored


def test_json_offsets_are_code_points_of_the_input(result: Result) -> None:
    data = json.loads(_written(JsonReporter(), result))
    for finding in data["findings"]:
        assert result.document.text[finding["start"] : finding["end"]] == finding["text"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_json_of_many_is_an_array_of_any_length(count: int, result: Result, validator: Draft202012Validator) -> None:
    data = json.loads(_written(JsonReporter(many=True), *[result] * count))
    assert len(data) == count
    for item in data:
        validator.validate(item)


def test_jsonl_is_one_line_a_result_to_every_reader_of_lines(
    make_result: MakeResult, result: Result, validator: Draft202012Validator
) -> None:
    output = _written(JsonLinesReporter(), make_result("a\u2028b\x85c\r\nd\x0ce\n"), result)
    lines = output.splitlines()
    assert [json.loads(line)["path"] for line in lines] == [result.document.path] * 2
    for line in lines:
        validator.validate(json.loads(line))


def test_json_can_be_written_as_utf8_even_with_half_a_surrogate_pair(make_result: MakeResult) -> None:
    result = make_result("broken \udc80 name")
    assert json.loads(_written(JsonReporter(), result).encode())["restored"] == result.restored


@given(st.text())
def test_dumps_reads_back_as_it_was(text: str) -> None:
    assert json.loads(dumps({"text": text})) == {"text": text}


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [
        ((), "extra", 1),
        (("document",), "words", -1),
        (("findings", 0), "kind", "other"),
        (("findings", 0), "confidence", 1.2),
        (("findings", 0), "replacement", None),  # applied, but nothing to apply
        (("findings", 0, "evidence"), "extra", 1),
        (("findings", 0, "alternatives", 0), "text", None),
    ],
)
def test_schema_refuses_what_is_not_promised(
    place: tuple[Any, ...], key: str, value: object, result: Result, validator: Draft202012Validator
) -> None:
    data = json.loads(dumps(result.to_dict()))
    target = data
    for step in place:
        target = target[step]
    target[key] = value
    with pytest.raises(ValidationError):
        validator.validate(data)


def test_schema_describes_every_field() -> None:
    for definition in json.loads(_SCHEMA.read_text("utf-8"))["$defs"].values():
        properties = definition.get("properties", {})
        assert set(definition.get("required", ())) == set(properties) - {
            "decision"
        }  # only a reviewer's findings have one
        assert all("description" in field or "$ref" in field for field in properties.values())
