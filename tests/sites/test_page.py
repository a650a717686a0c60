from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from restorer.sites.page import sites_html
from restorer.sites.survey import survey
from restorer.sites.text import Blocklist, as_blocklist, as_csv, as_text
from tests.sites.runs import finding, page, write_run

SHARED = ("https://github.io", "http://192.0.2.7", "https://co.uk", "https://spun.github.io", "http://localhost")
EVIL = '"><script>alert(1)</script>\u202e\n||good.com^'


def evil_run(folder: Path) -> Path:
    spun = finding(f"mentioned{EVIL}", f"said{EVIL}", before=EVIL, after=EVIL)
    rows = [
        page(f"https://bad.com/{i}?{EVIL}", 1.0, 0.4, title=EVIL, source=EVIL, source_date=EVIL, findings=[spun])
        for i in range(20)
    ]
    rows += [page(f"https://few.com/{i}", 1.0, 0.4) for i in range(5)]
    rows += [page(f"https://mixed.com/{i}", 1.0 if i % 3 == 0 else 0.0, 0.4) for i in range(60)]
    return write_run(folder, rows)


def test_nothing_from_a_page_becomes_markup(tmp_path: Path) -> None:
    html = sites_html(survey([evil_run(tmp_path)]))
    assert html.count("<script>") == 1
    assert "\u202e" not in html
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    for text in (script, style):
        assert f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in html
    assert not re.search(r'(src|href)=(?!"#)', html), "nothing is fetched or linked"


def test_the_page_says_what_the_survey_does(tmp_path: Path) -> None:
    html = sites_html(survey([evil_run(tmp_path)]))
    rows = re.findall(r"<tr>(<td.*?)</tr>", html)
    assert [re.findall(r'data-value="([^"]*)"', row)[0] for row in rows] == ["bad.com", "few.com", "mixed.com"]
    assert "20 of 20 pages spun" in html
    assert "<del>mentioned" in html
    assert html.count("<th scope=") == 10


def test_only_sure_sites_are_blocked_and_no_page_adds_a_line(tmp_path: Path) -> None:
    found = survey([evil_run(tmp_path)])
    ublock = as_blocklist(found, Blocklist.UBLOCK).splitlines()
    assert [line for line in ublock if not line.startswith("!")] == ["||bad.com^"]
    hosts = as_blocklist(found, Blocklist.HOSTS, least_share=0.1, least_pages=1).splitlines()
    kept = [line for line in hosts if not line.startswith("#")]
    names = ["bad.com", "www.bad.com", "few.com", "www.few.com", "mixed.com", "www.mixed.com"]
    assert kept == [f"0.0.0.0 {name}" for name in names]
    assert as_blocklist(found, Blocklist.CSV).splitlines() == [
        "domain,pages,spun,share,low,high",
        as_csv(found).splitlines()[1],
    ]


def test_the_table_for_a_terminal_is_plain(tmp_path: Path) -> None:
    lines = as_text(survey([evil_run(tmp_path)])).splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["site", "bad.com", "few.com", "mixed.com"]
    assert lines[1].split()[1:4] == ["20", "20", "100.0%"]
    assert len({line.index("%") for line in lines[1:4]}) == 1, "columns are aligned"


def test_a_site_without_a_spun_page_is_never_blocked(tmp_path: Path) -> None:
    rows = [page(f"https://honest.com/{i}", 0.001, 0.0) for i in range(9)] + [
        page(f"https://bad.com/{i}", 1.0, 0.4) for i in range(9)
    ]
    found = survey([write_run(tmp_path, rows)])
    assert {site.domain for site in found.sites} == {"bad.com", "honest.com"}
    listed = as_blocklist(found, Blocklist.UBLOCK, least_share=0.0, least_pages=1)
    assert [line for line in listed.splitlines() if line.startswith("|")] == ["||bad.com^"]


def test_what_many_sites_share_is_never_blocked(tmp_path: Path) -> None:
    rows = [page(f"{host}/{i}", 1.0, 0.4) for host in SHARED for i in range(40)]
    listed = as_blocklist(survey([write_run(tmp_path, rows)]), Blocklist.UBLOCK)
    assert [line for line in listed.splitlines() if line.startswith("|")] == ["||spun.github.io^"]
