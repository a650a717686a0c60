from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from re import DOTALL, findall

from restorer.batch.records import BadRecord, Outcome
from restorer.batch.report import report_html
from restorer.batch.tables import DocumentsWriter, documents, error_line, row_of

EVIL = "<script>alert(1)</script>\u202e"
TOTAL = {"documents": 2, "words": 10, "spun": 1, "flagged": 1, "applied": 1, "errors": 1}
SUMMARY = {"run": {"fpr": 0.0005, "threshold": None, "model": EVIL}, "total": TOTAL, "files": {EVIL: TOTAL}}


def outcome(text: str, spun: float) -> Outcome:
    finding = {"start": 3, "end": 12, "text": f"mentioned{EVIL}", "replacement": f"said{EVIL}", "confidence": 0.9}
    finding |= {"applied": True, "kind": "wording", "evidence": {"leftover": None}}
    return Outcome(1, EVIL, f"javascript:{EVIL}", EVIL, "", None, text, None, 5, spun, 0.4, None, True, 0, [finding])


def written(folder: Path) -> str:
    writer = DocumentsWriter(folder / "d.parquet")
    writer.add(row_of(EVIL, outcome(f"He mentioned {EVIL}", 0.99), f"He mentioned {EVIL}"))
    writer.add(row_of("b.txt", outcome("lone \ud800", 0.01), "lone \ud800"))
    writer.close()
    (folder / "errors.jsonl").write_text(error_line(EVIL, BadRecord(1, f"broken {EVIL}")))
    return report_html(SUMMARY, folder / "d.parquet", folder / "errors.jsonl")


def test_nothing_from_a_record_becomes_markup(tmp_path: Path) -> None:
    page = written(tmp_path)
    assert "<script" not in page
    assert "\u202e" not in page
    assert "href" not in page
    (style,) = findall(r"<style>(.*?)</style>", page, DOTALL)
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in page
    assert "default-src 'none'" in page


def test_the_page_shows_the_spun_document_and_the_bad_record(tmp_path: Path) -> None:
    page = written(tmp_path)
    assert page.count("<del>mentioned") == 1
    assert "40 to 50%" in page
    assert "record 1: broken" in page


def test_rows_hold_the_surest_findings_in_order_with_their_context(tmp_path: Path) -> None:
    text = " ".join(f"word{i}" for i in range(40))
    found = [
        {"start": text.index(f"word{i}"), "end": text.index(f"word{i}") + 6, "text": f"word{i}", "replacement": "x",
         "confidence": i / 40, "applied": False, "kind": "wording", "evidence": {"leftover": None}}
        for i in range(10, 40)
    ]  # fmt: skip
    made = Outcome(1, "a", "", "", "", None, text, None, 40, 0.9, 0.4, None, None, 0, found)
    writer = DocumentsWriter(tmp_path / "d.parquet")
    writer.add(row_of("f", made, text))
    writer.close()
    (row,) = documents(tmp_path / "d.parquet")
    shown = json.loads(row["findings"])
    assert [f["text"] for f in shown] == [f"word{i}" for i in range(30, 40)]
    assert (row["flagged"], row["applied"]) == (30, 0)
    assert shown[0]["before"].endswith("word29 ")
    assert shown[-1]["after"] == ""
