from __future__ import annotations

from pathlib import Path

from restorer.batch.containers.html import HtmlContainer
from restorer.batch.records import BadRecord, FieldNames, InputFile, Outcome, Record

FIELDS = FieldNames()


def outcome(restored: str, html: str | None, title: str = "") -> Outcome:
    return Outcome(1, "a", "", title, "", restored, restored, html, 3, 0.0, 0.0, None, None, 0, [])


def written(tmp_path: Path, data: bytes, what: Outcome) -> bytes:
    path, target = tmp_path / "a.html", tmp_path / "out"
    path.write_bytes(data)
    file = InputFile(path, "a.html", "html")
    (record,) = HtmlContainer().read(file, FIELDS, most_bytes=1000)
    assert isinstance(record, Record)
    assert (record.content, record.kind) == (data, "html")
    HtmlContainer().write(file, FIELDS, iter([(record, what)]), target)
    return target.read_bytes()


def test_kept_markup_has_the_pages_own_encoding(tmp_path: Path) -> None:
    page = '<meta charset="iso-8859-1"><p>Señor “x”</p>'
    data = page.encode("cp1252")
    assert written(tmp_path, data, outcome("", page)) == data
    assert written(tmp_path, data, outcome("", page.replace("x", "ł€"))).endswith("“&#322;€”</p>".encode("cp1252"))


def test_a_plain_page_escapes_everything(tmp_path: Path) -> None:
    data = written(tmp_path, b"<p>x", outcome("One <script>\n\nTwo & three", None, "<b>"))
    assert b"<script>" not in data
    assert b"<p>One &lt;script&gt;</p>\n<p>Two &amp; three</p>" in data
    assert b"<title>&lt;b&gt;</title>" in data


def test_a_page_that_is_too_large_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"<p>" * 1000)
    (bad,) = HtmlContainer().read(InputFile(path, "a.html", "html"), FIELDS, most_bytes=1000)
    assert isinstance(bad, BadRecord)
