from __future__ import annotations

import json
from pathlib import Path

import pytest

from restorer.batch.records import BadRecord, Outcome
from restorer.batch.tables import ROWS_PER_GROUP, DocumentsWriter, documents, error_line, join_documents, row_of

FIELDS = (
    "file number id url title date words spun_probability spin_density quotes_spun capitals_spun leftovers flagged "
    "applied source source_date findings"
).split()


def outcome(number: int, **other: object) -> Outcome:
    fields: dict[str, object] = {
        "number": number, "id": f"id {number}", "url": "", "title": "", "date": "", "text": None, "restored": "x",
        "html": None, "words": 3, "spun_probability": 0.5, "spin_density": 0.25, "quotes_spun": None,
        "capitals_spun": True, "leftovers": 0, "findings": [],
    }  # fmt: skip
    return Outcome(**(fields | other))  # type: ignore[arg-type]


def written(target: Path, numbers: range) -> Path:
    with DocumentsWriter(target) as writer:
        for number in numbers:
            writer.add(row_of("f", outcome(number), "x"))
    return target


def test_a_row_has_every_field_in_the_order_that_is_promised(tmp_path: Path) -> None:
    made = outcome(1, source="clean.jsonl:3", source_date="2024-05-01", url="https://a.com/", date="2024-05-02")
    with DocumentsWriter(tmp_path / "t") as writer:
        writer.add(row_of("in/a.jsonl", made, "x"))
    (row,) = documents(tmp_path / "t")
    assert list(row) == FIELDS
    assert (row["file"], row["id"], row["quotes_spun"], row["capitals_spun"]) == ("in/a.jsonl", "id 1", None, True)
    assert (row["source"], row["source_date"], row["findings"]) == ("clean.jsonl:3", "2024-05-01", "[]")
    assert list(documents(tmp_path / "t", ["url", "date"])) == [{"url": "https://a.com/", "date": "2024-05-02"}]


def test_the_table_does_not_show_how_the_work_was_cut(tmp_path: Path) -> None:
    count = ROWS_PER_GROUP + 20
    whole = written(tmp_path / "whole", range(count))
    parts = [written(tmp_path / f"{i}", range(*ends)) for i, ends in enumerate([(0, 7), (7, 7), (7, count)])]
    join_documents(parts, tmp_path / "joined")
    assert (tmp_path / "joined").read_bytes() == whole.read_bytes()
    assert [row["number"] for row in documents(tmp_path / "joined", ["number"])] == list(range(count))
    join_documents([], tmp_path / "empty")
    assert not list(documents(tmp_path / "empty"))


def test_what_utf8_lacks_becomes_a_question_mark_and_no_error(tmp_path: Path) -> None:
    finding = {"start": 0, "end": 1, "text": "\ud800", "replacement": "\udfff", "confidence": 0.9, "applied": True,
               "kind": "wording", "evidence": {"leftover": None}}  # fmt: skip
    made = outcome(1, id="\udce9", title="caf\udce9", findings=[finding])
    with DocumentsWriter(tmp_path / "t") as writer:
        writer.add(row_of("caf\udce9.txt", made, "\ud800 odd"))
    (row,) = documents(tmp_path / "t")
    assert (row["file"], row["id"], row["title"]) == ("caf?.txt", "?", "caf?")
    (shown,) = json.loads(row["findings"])
    assert (shown["text"], shown["replacement"], shown["after"]) == ("?", "?", " odd")


def test_an_error_in_between_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), DocumentsWriter(tmp_path / "t") as writer:
        writer.add(row_of("f", outcome(1), "x"))
        raise ZeroDivisionError


def test_a_bad_record_is_one_line_of_ascii() -> None:
    line = error_line("caf\udce9\u2028.txt", BadRecord(7, "broken\nline \u202e", "the id"))
    assert line.isascii()
    assert line.count("\n") == 1
    assert json.loads(line) == {"file": "caf\udce9\u2028.txt", "record": 7, "id": "the id",
                                "reason": "broken\nline \u202e"}  # fmt: skip
