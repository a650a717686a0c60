"""The command with the shipped model: its worker processes know no fake one."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from re import sub

import pytest
from typer.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from restorer.cli.app import app

SEEDS = Path(__file__).parents[2] / "seeds"


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["batch", *args], prog_name="restore")
    assert done.stdout == ""
    return done.exit_code, done.stderr


def test_a_folder_comes_back_restored_with_a_report(folder: Path) -> None:
    (folder / "in").mkdir()
    text = (SEEDS / "000_51b03726b155822c.txt").read_text(encoding="utf-8")
    (folder / "in" / "a.jsonl").write_text(json.dumps({"body": text}) + "\n{}\n")
    (folder / "in" / "notes.pdf").write_bytes(b"%PDF")
    status, stderr = run("in", "-o", "out", "--text-field", "body", "--workers", "1")
    assert status == 1, stderr
    assert "1 other file passed over (1 .pdf)" in stderr
    assert "1 documents" in stderr
    assert "1 bad records, each with its reason in out/errors.jsonl; the first: a.jsonl, record 2: " in stderr
    record = json.loads((folder / "out" / "a.jsonl").read_text())
    assert record["body"] == text
    assert record["spun_probability"] > 0.99
    assert "boots on the ground" in record["restored"]
    assert "Restored batch" in (folder / "out" / "report.html").read_text()
    status, stderr = run("in", "-o", "out", "--text-field", "body", "--workers", "1")
    assert "going on with the run that is there, 1 of 1 parts of it finished" in stderr


def test_pages_and_archives_come_back_with_their_markup(folder: Path) -> None:
    text = (SEEDS / "000_51b03726b155822c.txt").read_text(encoding="utf-8")
    paragraphs = "".join(f"<p class='x'>{escape(line)}</p>\n" for line in text.split("\n") if line.strip())
    head = "<!doctype html><html><head><title>On the ground</title><script>if (1 < 2) {}</script></head><body>"
    page = f"{head}<nav>Home</nav><article>{paragraphs}</article></body></html>".encode("cp1252", "xmlcharrefreplace")
    (folder / "in").mkdir()
    (folder / "in" / "page.html").write_bytes(page)
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1252\r\n\r\n" + page
    header = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nContent-Length: {len(http)}\r\n\r\n"
    (folder / "in" / "crawl.warc").write_bytes(header.encode() + http + b"\r\n\r\n")
    status, stderr = run("in", "-o", "out", "--keep-html", "--workers", "1")
    assert status == 0, stderr
    done = (folder / "out" / "page.html").read_bytes()
    assert b"boots on the ground" not in page
    assert b"boots on the ground" in done
    assert sub(rb">[^<]+<", b"><", done) == sub(rb">[^<]+<", b"><", page), "nothing but text changes"
    assert done.startswith(head.encode())
    with (folder / "out" / "crawl.warc").open("rb") as stream:
        records = {r.rec_type: r.content_stream().read() for r in ArchiveIterator(stream, check_digests="raise")}
    assert records["conversion"].decode() == done.decode("cp1252")
    assert json.loads(records["metadata"])["title"] == "On the ground"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere", "-o", "out"], "nowhere"),
        (["in", "-o", "out", "--max-bytes", "abc"], "max-bytes must be a whole number, got 'abc'; try 10000000"),
        (
            ["in", "-o", "out", "--max-bytes", "0"],
            "max-bytes must be above 0 and at most 2000000000, got 0; try 10000000",
        ),
        (["in", "-o", "out", "--max-bytes", "9" * 30], f"at most 2000000000, got {'9' * 30}; try 10000000"),
        (
            ["in", "-o", "out", "--workers", "0"],
            "workers must be above 0 and at most 1024, got 0; leave it out for one a core",
        ),
        (["in", "-o", "out", "--workers", "-3"], "got -3"),
        (["in", "-o", "out", "--workers", "two"], "workers must be a whole number, got 'two'; try 2"),
        (
            ["in", "-o", "out", "--page-seconds", "-1"],
            "page-seconds must be above 0 and at most 86400, got -1.0; try 20",
        ),
        (["in", "-o", "out", "--page-seconds", "nan"], "got nan; try 20"),
        (["in", "-o", "out", "--page-seconds", "inf"], "got inf; try 20"),
        (["in", "-o", "out", "--out-format", "xml"], "'xml' is not one of 'jsonl', 'parquet', 'dolma'"),
        (["in", "-o", "out", "--engine", "spark"], "'spark' is not one of 'local', 'ray'"),
        (["in", "-o", "."], "in: lies in the output folder .; choose another --output"),
        (["in", "-o", "in/a.txt"], "in/a.txt: cannot be written (Not a directory); choose another --output"),
        (["in", "-o", "in/a.txt/out"], "in/a.txt/out: cannot be written (Not a directory); choose another --output"),
        (["in", "-o", "full"], "full: holds mine.txt and no run to go on with; give an empty folder as --output"),
        (["in", "-o", "out", "--fpr", "2"], "fpr must be above 0 and at most 1"),
    ],
)
def test_wrong_values_are_named_and_nothing_is_written(folder: Path, args: list[str], message: str) -> None:
    for name in ("in", "full"):
        (folder / name).mkdir()
    (folder / "in" / "a.txt").write_text("He mentioned it.")
    (folder / "full" / "mine.txt").write_text("mine")
    status, stderr = run(*args)
    assert status == 2
    assert message in stderr
    assert stderr.count("\n") == 1
    assert not (folder / "out").exists()
    assert (folder / "full" / "mine.txt").read_text() == "mine"
