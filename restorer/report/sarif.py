"""Results as SARIF 2.1.0, which editors and code hosts show beside the text."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from restorer.report.characters import visible
from restorer.report.json import dumps
from restorer.report.phrases import percent, suggestion
from restorer.report.pieces import Positions
from restorer.types import Finding, Result
from restorer.version import __version__

__all__ = ["SarifReporter", "artifact_uri"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_RULES = {
    "wording": ("SpunWording", "Wording a spinner put in place of the author's."),
    "deletion": ("SpunInsertion", "Words a spinner added."),
    "leftover": ("SpinnerLeftover", "A trace of the spinner itself: a half-spelled number or an open brace."),
    "reference": ("DiffersFromReference", "Wording that differs from a clean copy of the same text."),
}
# brackets would be read as links and braces as placeholders in a message
_LITERAL = str.maketrans({"\\": r"\\", "[": r"\[", "]": r"\]", "{": "{{", "}": "}}"})
_RULE_INDEX = {kind: index for index, kind in enumerate(_RULES)}


def artifact_uri(path: str) -> str:
    """A document's path as a URI reference, percent-encoded byte by byte.

    :param path: A relative or absolute path, a URL, or ``-`` for standard input.
    :return: A file URI for an absolute path, a URL as it is but for characters no URI may hold, else a relative URI.
    """
    if _URL.match(path):
        return quote(path, safe=":/?#[]@!$&'()*+,;=%~")
    if Path(path).is_absolute():
        return Path(path).as_uri()
    return quote(os.fsencode(Path(path).as_posix()))


class SarifReporter:
    """One SARIF log with one run; every finding of every file is a result of it."""

    def __init__(self) -> None:
        self._artifacts: list[dict[str, Any]] = []
        self._separator = "\n"

    def begin(self) -> str:
        """Open the log and describe the tool.

        :return: Text to write.
        """
        run = {
            "tool": {"driver": {"name": "restorer", "version": __version__, "rules": _rules()}},
            "columnKind": "unicodeCodePoints",
            "newlineSequences": ["\r\n", "\n", "\r"],
        }
        return f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{dumps(run)[:-1]}, "results": ['

    def report(self, result: Result) -> str:
        """The findings of one document.

        :param result: The result to show.
        :return: Text to write, one line a finding.
        """
        index = len(self._artifacts)
        location = {"uri": artifact_uri(result.document.path), "index": index}
        summary = result.to_dict()["document"]
        self._artifacts.append({"location": location, "properties": {**summary, "model": result.model}})
        positions = Positions(result.document.text)
        parts = []
        for finding in result.findings:
            parts.append(self._separator + dumps(_result(finding, location, positions)))
            self._separator = ",\n"
        return "".join(parts)

    def end(self) -> str:
        """Name the documents and close the log.

        :return: Text to write.
        """
        return f'\n], "artifacts": {dumps(self._artifacts)}}}]}}\n'


def _rules() -> list[dict[str, Any]]:
    return [
        {"id": kind, "name": name, "shortDescription": {"text": text}, "defaultConfiguration": {"level": "warning"}}
        for kind, (name, text) in _RULES.items()
    ]


def _result(finding: Finding, location: dict[str, Any], positions: Positions) -> dict[str, Any]:
    """One finding as a SARIF result."""
    old, new = suggestion(finding.text), suggestion(finding.replacement)
    region = _region(finding, positions)
    data = {
        "ruleId": finding.kind,
        "ruleIndex": _RULE_INDEX[finding.kind],
        "level": "warning" if finding.applied else "note",
        "message": _message(f"{old} → {new}, confidence {percent(finding.confidence)}"),
        "locations": [{"physicalLocation": {"artifactLocation": location, "region": region}}],
        "rank": round(100 * finding.evidence.posterior, 2),
        "properties": {
            "confidence": finding.confidence,
            "applied": finding.applied,
            "inQuotation": finding.in_quotation,
            "evidence": finding.to_dict()["evidence"],
        },
    }
    fixes = [_fix(wording, location, region) for wording in _wordings(finding)]
    return {**data, "fixes": fixes} if fixes else data


def _message(text: str) -> dict[str, str]:
    return {"text": text.translate(_LITERAL)}


def _region(finding: Finding, positions: Positions) -> dict[str, Any]:
    line, column = positions.at(finding.start)
    end_line, end_column = positions.at(finding.end)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": finding.start,
        "charLength": finding.end - finding.start,
        "snippet": {"text": finding.text},
    }


def _wordings(finding: Finding) -> list[str]:
    """The suggestion, then the other alternatives."""
    wordings = [] if finding.replacement is None else [finding.replacement]
    return list(dict.fromkeys([*wordings, *(a.text for a in finding.alternatives)]))


def _fix(wording: str, location: dict[str, Any], region: dict[str, Any]) -> dict[str, Any]:
    replacement = {"deletedRegion": region, "insertedContent": {"text": wording}}
    verb = f"Restore “{visible(wording, one_line=True)}”" if wording else "Delete"
    return {
        "description": _message(verb),
        "artifactChanges": [{"artifactLocation": location, "replacements": [replacement]}],
    }
