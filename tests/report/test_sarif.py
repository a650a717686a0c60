"""restorer.report.sarif: results for editors and code hosts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import validate

from restorer.report.sarif import SarifReporter, artifact_uri
from restorer.types import Result

from .conftest import TEXT, MakeFinding, MakeResult


def _object(required: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    known = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**known, "required": required.split()}


_COUNT, _ONE = {"type": "integer", "minimum": 0}, {"type": "integer", "minimum": 1}
_MESSAGE = _object("text", text={"type": "string", "minLength": 1})
_BAG = {"type": "object"}
_LOCATION = _object("uri", uri={"type": "string", "pattern": r"^[\w.~%!$&'()*+,;=:@/?#\[\]-]+$"}, index=_COUNT)
_REGION = _object(
    "startLine startColumn endLine endColumn charOffset charLength",
    **dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), _ONE),
    **dict.fromkeys(("charOffset", "charLength"), _COUNT),
    snippet=_MESSAGE,
)
_CHANGE = _object(
    "artifactLocation replacements",
    artifactLocation=_LOCATION,
    replacements={
        "type": "array",
        "minItems": 1,
        "items": _object(
            "deletedRegion", deletedRegion=_REGION, insertedContent=_object("text", text={"type": "string"})
        ),
    },
)
_RESULT = _object(
    "ruleId message locations level",
    ruleId={"type": "string"},
    ruleIndex=_COUNT,
    level={"enum": ["none", "note", "warning", "error"]},
    message=_MESSAGE,
    locations={
        "type": "array",
        "items": _object(
            "physicalLocation", physicalLocation=_object("artifactLocation", artifactLocation=_LOCATION, region=_REGION)
        ),
    },
    fixes={
        "type": "array",
        "items": _object(
            "artifactChanges", description=_MESSAGE, artifactChanges={"type": "array", "minItems": 1, "items": _CHANGE}
        ),
    },
    rank={"type": "number", "minimum": 0, "maximum": 100},
    properties=_BAG,
)
_RULE = _object(
    "id",
    id={"type": "string"},
    name={"type": "string"},
    shortDescription=_MESSAGE,
    defaultConfiguration=_object("level", level={"enum": ["none", "note", "warning", "error"]}),
)
_DRIVER = _object(
    "name",
    name={"type": "string"},
    version={"type": "string"},
    rules={"type": "array", "uniqueItems": True, "items": _RULE},
)
_RUN = _object(
    "tool results",
    tool=_object("driver", driver=_DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    newlineSequences={"type": "array", "uniqueItems": True, "items": {"type": "string"}},
    results={"type": "array", "items": _RESULT},
    artifacts={"type": "array", "uniqueItems": True, "items": _object("location", location=_LOCATION, properties=_BAG)},
)
# The part of SARIF 2.1.0 that is used here, by the standard's property names and types.
_LOG = _object(
    "version runs",
    **{"$schema": {"type": "string"}},
    version={"const": "2.1.0"},
    runs={"type": "array", "minItems": 1, "items": _RUN},
)


def _run(*results: Result) -> dict[str, Any]:
    made = SarifReporter()
    log = json.loads(made.begin() + "".join(made.report(r) for r in results) + made.end())
    validate(log, _LOG)
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_regions_name_the_text_by_offset_and_by_line(result: Result) -> None:
    run = _run(result)
    assert run["columnKind"] == "unicodeCodePoints"
    lines = TEXT.replace("\r\n", "\n").split("\n")
    for item, finding in zip(run["results"], result.findings, strict=True):
        region = item["locations"][0]["physicalLocation"]["region"]
        assert TEXT[region["charOffset"] :][: region["charLength"]] == finding.text
        line = lines[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == finding.text


def test_sarif_levels_rules_and_properties(result: Result) -> None:
    run = _run(result)
    assert [r["level"] for r in run["results"]].count("note") == 2
    for item, finding in zip(run["results"], result.findings, strict=True):
        assert run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"] == finding.kind
        assert item["level"] == ("warning" if finding.applied else "note")
        assert item["properties"]["confidence"] == finding.confidence


def test_sarif_offers_the_suggestion_first_and_nothing_where_there_is_none(result: Result) -> None:
    fixes = [
        [f["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] for f in item.get("fixes", ())]
        for item in _run(result)["results"]
    ]
    assert fixes[0] == ["said", "told <reporters>"]
    assert fixes[2] == []
    assert fixes[5] == [""]


def test_sarif_points_each_finding_at_its_own_file(result: Result, make_result: MakeResult) -> None:
    run = _run(make_result("clean", path="a.txt"), result)
    assert [a["location"]["uri"] for a in run["artifacts"]] == ["a.txt", "news/town%20hall.txt"]
    locations = {r["locations"][0]["physicalLocation"]["artifactLocation"]["index"] for r in run["results"]}
    assert locations == {1}


def test_sarif_without_results_is_still_a_log() -> None:
    assert _run()["results"] == []


def test_sarif_messages_hold_braces_and_brackets_as_literals(
    make_finding: MakeFinding, make_result: MakeResult
) -> None:
    text = "a {big|large} [tree](1)"
    run = _run(make_result(text, make_finding(text, "{big|large} [tree](1)", "big tree")))
    assert r"“{{big|large}} \[tree\](1)”" in run["results"][0]["message"]["text"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b#1%.txt", "a%20b%231%25.txt"),
        ("odd:name", "odd%3Aname"),
        ("zürich/ö.txt", "z%C3%BCrich/%C3%B6.txt"),
        ("not-utf8-\udcff", "not-utf8-%FF"),
        ("/tmp/a b", "file:///tmp/a%20b"),
        ("https://example.org/a b?c=1#d", "https://example.org/a%20b?c=1#d"),
        ("-", "-"),
    ],
)
def test_artifact_uri_is_percent_encoded(path: str, uri: str) -> None:
    assert artifact_uri(path) == uri
