"""The example in the OpenAPI description is a result of its own text."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files

import jsonschema

from restorer.serve.examples import RESTORED, TEXT


def test_the_example_is_a_result_of_its_text() -> None:
    example = RESTORED[200]["content"]["application/json"]["examples"]["one"]["value"]
    jsonschema.validate(example, json.loads(files("restorer.report").joinpath("result.schema.json").read_text("utf-8")))
    assert example["text_sha256"] == sha256(TEXT.encode()).hexdigest()
    restored = TEXT
    for finding in reversed(example["findings"]):
        assert TEXT[finding["start"] : finding["end"]] == finding["text"]
        restored = restored[: finding["start"]] + finding["replacement"] + restored[finding["end"] :]
    assert example["restored"] == restored
