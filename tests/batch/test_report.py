from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from re import DOTALL, findall

from restorer.batch.records import BadRecord, Outcome
from restorer.batch.report import MOST_DOCUMENTS, MOST_FILES, MOST_REASONS, report_html
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


def test_bad_records_are_grouped_by_what_is_wrong_with_them(tmp_path: Path) -> None:
    with DocumentsWriter(tmp_path / "d.parquet"):
        pass
    reasons = [
        ("a.txt", "a.txt: is not text (many control characters); name a plain text file"),
        ("b.txt", "b.txt: is not text (many control characters); name a plain text file"),
        ("deep/c.txt", "in/deep/c.txt: no such file; check the path"),
        ("d.txt", "in/d.txt: no such file; check the path"),
        ("e.warc", "expected a WARC record, got b'one'; passed over"),
        ("e.warc", "expected a WARC record, got b'two: 2'; passed over"),
        ("e.warc", "ends after 12 of 99 bytes; fetch the file again"),
        ("f.jsonl", "is no JSON: line 1 column 9"),
    ]
    lines = [error_line(file, BadRecord(1, reason)) for file, reason in reasons]
    (tmp_path / "errors.jsonl").write_text("".join(lines))
    page = report_html(SUMMARY, tmp_path / "d.parquet", tmp_path / "errors.jsonl")
    rows = findall(r'<td class="n">(\d)</td><td>([^<]*), record 1: ', page)
    assert rows == [("2", "a.txt"), ("2", "deep/c.txt"), ("2", "e.warc"), ("1", "e.warc"), ("1", "f.jsonl")]


def test_a_run_of_nothing_has_a_page_too(tmp_path: Path) -> None:
    with DocumentsWriter(tmp_path / "d.parquet"):
        pass
    (tmp_path / "errors.jsonl").touch()
    summary = {"run": SUMMARY["run"], "total": dict.fromkeys(TOTAL, 0), "files": {}}
    page = report_html(summary, tmp_path / "d.parquet", tmp_path / "errors.jsonl")
    assert "0 (0.0%)" in page
    assert "No document is more likely spun than not" in page


def test_each_part_of_the_page_is_cut_where_a_crawl_would_fill_it(tmp_path: Path) -> None:
    with DocumentsWriter(tmp_path / "d.parquet") as writer:
        for number in range(MOST_DOCUMENTS + 5):
            made = replace(
                outcome("He mentioned it", 0.5 + number / 1000), number=number, url=f"https://a.com/{number}."
            )
            writer.add(row_of("f", made, "He mentioned it"))
    lines = [error_line("f", BadRecord(n, "word" + "x" * (n % 99))) for n in range(500)]
    (tmp_path / "errors.jsonl").write_text("".join(lines))
    summary = SUMMARY | {"files": {f"{i}.jsonl": TOTAL | {"spun": i} for i in range(MOST_FILES + 7)}}
    page = report_html(summary, tmp_path / "d.parquet", tmp_path / "errors.jsonl")
    shown = findall(r"https://a\.com/(\d+)\.", page)
    assert shown == [str(n) for n in range(MOST_DOCUMENTS + 4, 4, -1)], "the likeliest first"
    assert page.count(", record ") == MOST_REASONS
    assert f"Inputs, the first {MOST_FILES} of {MOST_FILES + 7}" in page
    assert page.index(f">{MOST_FILES + 6}.jsonl<") < page.index(">9.jsonl<")
    assert ">6.jsonl<" not in page
