from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from restorer.batch.containers.warc import WarcContainer
from restorer.batch.records import BadRecord, Compression, FieldNames, InputFile, Outcome, Record

# warcio leaves its temporary files to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")

FIELDS = FieldNames()
REQUEST = StatusAndHeaders("GET / HTTP/1.1", [], is_http_request=True)
PAGE = b"<html><body><p>He mentioned it.</p></body></html>"


def answer(
    url: str, body: bytes = PAGE, content: str = "text/html; charset=utf-8", status: str = "200 OK", **headers: str
) -> dict[str, Any]:
    http = [("Content-Type", content), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return {"url": url, "kind": "response", "body": body, "http": StatusAndHeaders(status, http, protocol="HTTP/1.1")}


def archive(path: Path, rows: list[dict[str, Any]], *, packed: bool = True) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("x", {"software": "test"}))
        for row in rows:
            writer.write_record(
                writer.create_warc_record(
                    row["url"], row["kind"], payload=io.BytesIO(row["body"]), http_headers=row.get("http")
                )
            )
    return path


def file_of(path: Path) -> InputFile:
    compression: Compression = "gz" if path.suffix == ".gz" else ""
    return InputFile(path, path.name, "warc", compression)


def read(path: Path, most_bytes: int = 100_000) -> list[Record | BadRecord]:
    return list(WarcContainer().read(file_of(path), FIELDS, most_bytes=most_bytes))


def outcome(record: Record, html: str | None = None) -> Outcome:
    finding = {"start": 3, "end": 12, "text": "mentioned", "confidence": 0.9, "applied": True}
    return Outcome(record.number, record.id, record.url, "T", record.date, "He mentioned it.", "He said it.", html,
                   3, 0.9, 0.3, None, None, 0, [finding])  # fmt: skip


def test_pages_are_documents_and_the_rest_is_passed_over(tmp_path: Path) -> None:
    rows = [
        answer("https://a.com/1"),
        {"url": "https://a.com/1", "kind": "request", "body": b"", "http": REQUEST},
        answer("https://a.com/robots.txt", b"User-agent: *", "text/plain"),
        {"url": "dns:a.com", "kind": "response", "body": b"20240101000000\na.com. 300 IN A 192.0.2.1"},
        answer("https://a.com/i.png", b"\x89PNG", "image/png"),
        answer("https://a.com/gone", PAGE, status="404 Not Found"),
        answer("https://a.com/2", gzip.compress(PAGE), Content_Encoding="gzip"),
        answer("https://a.com/3", b"31\r\n" + PAGE + b"\r\n0\r\n\r\n", Transfer_Encoding="chunked"),
        answer("https://a.com/4", "señor".encode("latin-1"), "Text/HTML; Charset='ISO-8859-1'"),
        answer("https://a.com/notes.txt", "“señor”".encode("cp1252"), "text/plain; charset=iso-8859-1"),
    ]
    found = read(archive(tmp_path / "a.warc.gz", rows))
    assert [(r.number, r.url, r.kind) for r in found if isinstance(r, Record)] == [
        (2, "https://a.com/1", "html"),
        (8, "https://a.com/2", "html"),
        (9, "https://a.com/3", "html"),
        (10, "https://a.com/4", "html"),
        (11, "https://a.com/notes.txt", "text"),
    ]
    assert len(found) == 5
    one, packed, chunked, latin, text = (r for r in found if isinstance(r, Record))
    assert text.content == "“señor”"
    assert one.content == packed.content == chunked.content == PAGE
    assert one.id.startswith("<urn:uuid:")
    assert one.date.startswith("20")
    assert (latin.charset, latin.content) == ("ISO-8859-1", "señor".encode("latin-1"))


@pytest.mark.parametrize("packed", [False, True])
def test_the_output_is_an_archive_of_restored_texts_and_findings(tmp_path: Path, packed: bool) -> None:
    rows = [answer("https://a.com/1"), answer("https://a.com/2")]
    path = archive(tmp_path / ("a.warc.gz" if packed else "a.warc"), rows, packed=packed)
    one, two = (r for r in read(path) if isinstance(r, Record))
    outcomes = [(one, outcome(one)), (two, outcome(two, "<p>He said it.</p>"))]
    targets = [tmp_path / "x", tmp_path / "y"]
    for target in targets:
        WarcContainer().write(file_of(path), FIELDS, iter(outcomes), target)
    assert targets[0].read_bytes() == targets[1].read_bytes()
    with targets[0].open("rb") as stream:
        written = [
            (r.rec_type, dict(r.rec_headers.headers), r.content_stream().read(), r.digest_checker.passed)
            for r in ArchiveIterator(stream, check_digests=True)
        ]
    assert [kind for kind, *_ in written] == ["warcinfo", "conversion", "metadata", "conversion", "metadata"]
    assert all(passed is not False for *_, passed in written)
    _, headers, body, _ = written[1]
    assert (body, headers["Content-Type"]) == (b"He said it.", "text/plain; charset=utf-8")
    assert (headers["WARC-Refers-To"], headers["WARC-Target-URI"]) == (one.id, "https://a.com/1")
    about = json.loads(written[2][2])
    assert (about["restored"], about["findings"][0]["text"]) == ("He said it.", "mentioned")
    assert (written[3][2], written[3][1]["Content-Type"]) == (b"<p>He said it.</p>", "text/html; charset=utf-8")


def test_an_address_cannot_add_a_header(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc", [answer("https://a.com/1")], packed=False)
    (record,) = (r for r in read(path) if isinstance(r, Record))
    evil = outcome(Record(2, "x", "y", url="https://a.com/\r\nX-Evil: 1", native=record.native))
    WarcContainer().write(file_of(path), FIELDS, iter([(record, evil)]), tmp_path / "out")
    assert b"\nX-Evil" not in (tmp_path / "out").read_bytes()


def test_what_is_no_record_costs_itself_only(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc", [answer("https://a.com/1"), answer("https://a.com/2")], packed=False)
    whole = path.read_bytes()
    second = whole.rindex(b"WARC/1.0")
    path.write_bytes(whole[:second] + b"garbage\nmore of it\n\n" + whole[second:])
    found = read(path)
    assert [r.url if isinstance(r, Record) else r.reason[:38] for r in found] == [
        "https://a.com/1",
        "expected a WARC record, got b'garbage\\",
        "https://a.com/2",
    ]
    for wrong in (b"Content-Length: x", b"Content-Length: " + b"9" * 5000):
        path.write_bytes(whole.replace(b"Content-Length: ", wrong, 2))
        assert any(isinstance(r, BadRecord) and "not a number" in r.reason for r in read(path))
    path.write_bytes(whole[:-30])
    assert isinstance(last := read(path)[-1], BadRecord)
    assert "fetch the file again" in last.reason


def test_a_cut_off_archive_gives_what_it_has(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc.gz", [answer("https://a.com/1"), answer("https://a.com/2")])
    path.write_bytes(path.read_bytes()[:-40])
    one, bad = read(path)
    assert isinstance(one, Record)
    assert isinstance(bad, BadRecord)
    assert one.url == "https://a.com/1"


def test_a_damaged_record_of_a_packed_archive_costs_itself_only(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc.gz", [answer(f"https://a.com/{i}", PAGE * 50) for i in range(4)])
    data = bytearray(path.read_bytes())
    starts = [at for at in range(len(data)) if data[at : at + 3] == b"\x1f\x8b\x08"]
    data[starts[2] + 60] ^= 0xFF
    path.write_bytes(data)
    found = read(path)
    assert [r.url if isinstance(r, Record) else r.reason[:13] for r in found] == [
        "https://a.com/0",
        "the gzip data",
        "https://a.com/2",
        "https://a.com/3",
    ]
    assert len({r.number for r in found}) == 4
    assert read(path) == found


def test_a_record_without_address_and_time_is_written_alike_every_time(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc", [answer("https://a.com/1")], packed=False)
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join(x for x in lines if not x.startswith((b"WARC-Target-URI:", b"WARC-Date:"))))
    (record,) = read(path)
    assert isinstance(record, Record)
    assert (record.url, record.date) == ("", "")
    WarcContainer().write(file_of(path), FIELDS, iter([(record, outcome(record))]), tmp_path / "out")
    assert (tmp_path / "out").read_bytes().count(b"WARC-Date: 1970-01-01T00:00:00Z\r\n") == 3


def test_an_archive_without_documents_is_written_as_one(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc.gz", [])
    WarcContainer().write(file_of(path), FIELDS, iter([]), tmp_path / "out")
    with (tmp_path / "out").open("rb") as stream:
        assert [record.rec_type for record in ArchiveIterator(stream)] == ["warcinfo"]


def test_pictures_are_not_reported_for_their_size_and_no_text_is_not_restored(tmp_path: Path) -> None:
    rows = [
        answer("https://a.com/i.png", b"\x89PNG" * 1000, "image/png"),
        answer("https://a.com/data", b"%PDF-1.7 and so on", "text/plain"),
        answer("https://a.com/more", b"\x00\x01\x02" * 99, "text/plain"),
    ]
    found = read(archive(tmp_path / "a.warc.gz", rows), most_bytes=2000)
    assert [(r.number, r.reason) for r in found if isinstance(r, BadRecord)] == [
        (3, "is sent as plain text and is none"),
        (4, "is sent as plain text and is none"),
    ]


def test_large_records_and_strangers_are_reported(tmp_path: Path) -> None:
    swelling = gzip.compress(b"<p>" * 100_000)
    rows = [answer("https://a.com/1", b"<p>" * 1000), answer("https://a.com/2")]
    rows.append(answer("https://a.com/3", swelling, Content_Encoding="gzip"))
    long, fine, swollen = read(archive(tmp_path / "a.warc", rows, packed=False), most_bytes=2000)
    assert isinstance(long, BadRecord)
    assert "more than 2000 bytes" in long.reason
    assert isinstance(fine, Record)
    assert isinstance(swollen, BadRecord)
    assert "unpacks to more than 2000 bytes" in swollen.reason
    (tmp_path / "b.warc").write_bytes(b"")
    assert read(tmp_path / "b.warc") == [BadRecord(0, "holds no WARC record; is it a WARC file?")]
