from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from restorer.batch.extract import Extractor
from restorer.errors import ExtractionError

BODY = "".join(f"<p>This is paragraph number {i} of a story that is long enough to be one.</p>" for i in range(8))
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><title>A café opens</title>'
    '<meta property="article:published_time" content="2031-05-06T07:08:09Z">'
    '<link rel="canonical" href="https://news.example.com/story"></head><body><nav><a href="/">Home</a></nav>'
    f"<article><h1>A café opens</h1>{BODY}</article><footer>All rights reserved.</footer></body></html>"
)


def test_the_main_text_and_what_the_page_says_of_itself() -> None:
    with Extractor() as extractor:
        page = extractor.extract(PAGE.encode())
        again = extractor.extract(PAGE.encode("cp1252", "replace"), charset="windows-1252")
    assert "paragraph number 3 of a story" in page.text
    assert "All rights" not in page.text
    assert (page.title, page.date, page.url) == ("A café opens", "2031-05-06", "https://news.example.com/story")
    assert again.title == "A café opens"


@pytest.mark.parametrize("data", [b"", b"<html><head><title>Menu</title></head><body></body></html>", b"\x00\x01\x02"])
def test_a_page_without_text_is_an_error_of_its_own(data: bytes) -> None:
    with Extractor() as extractor:
        with pytest.raises(ExtractionError, match="no main text"):
            extractor.extract(data)
        assert extractor.extract(PAGE.encode()).title == "A café opens"


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_read() -> None:
    slow = b"<html><body>" + b"<p>x y z w</p>" * 200_000  # some seconds
    with Extractor(seconds=0.05) as extractor:
        with pytest.raises(ExtractionError, match=r"took longer than 0\.05 s; raise --page-seconds"):
            extractor.extract(slow)
        extractor._seconds = 60.0
        assert extractor.extract(PAGE.encode()).title == "A café opens"


def test_odd_pages_are_read_too() -> None:
    declared = '<?xml version="1.0" encoding="iso-8859-1"?>' + PAGE
    with Extractor() as extractor:
        pages = [
            extractor.extract(data)
            for data in (
                declared.encode(),
                PAGE.encode("utf-16"),
                PAGE.encode("utf-16-le"),
                PAGE.replace("<body>", "<body>\0\x01").encode(),
                PAGE.encode() + b"\xe2\x80",
            )
        ]
        one = extractor.extract(
            b"<p>A fragment of a page, with enough words in it to be read as a text of its own.</p>"
        )
    assert {page.title for page in pages} == {"A café opens"}
    assert one.text.startswith("A fragment of a page")


def test_nothing_in_the_working_folder_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong module')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    with Extractor() as extractor:
        assert extractor.extract(PAGE.encode()).title == "A café opens"


def test_a_helper_that_dies_is_replaced() -> None:
    with Extractor() as extractor:
        extractor.extract(PAGE.encode())
        assert extractor._process is not None
        extractor._process.kill()
        extractor._process.wait()
        with pytest.raises(ExtractionError, match="broke down"):
            extractor.extract(PAGE.encode())
        assert extractor.extract(PAGE.encode()).title == "A café opens"


def test_the_helper_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom restorer.batch.extract import Extractor\ne = Extractor()\n"
        f"e.extract({PAGE!r}.encode())\nprint(e._process.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    helper = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not _running(helper):
            return
        time.sleep(0.1)
    os.kill(helper, signal.SIGKILL)
    pytest.fail("the helper went on without its parent")


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False
