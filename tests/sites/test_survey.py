from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from restorer.errors import FileAccessError, InputError, SettingsError
from restorer.sites.survey import Survey, survey
from restorer.sites.thresholds import page_rates
from tests.sites.runs import finding, page, write_run


def pages(domain: str, spun: int, clean: int) -> list[dict[str, object]]:
    made = [page(f"https://www.{domain}/s{i}", 1.0, 0.4) for i in range(spun)]
    return made + [page(f"https://{domain}/c{i}") for i in range(clean)]


def names(found: Survey) -> list[str]:
    return [site.domain for site in found.sites]


def test_three_pages_never_outrank_three_hundred(tmp_path: Path) -> None:
    rows = pages("three.com", 3, 0) + pages("hundreds.co.uk", 290, 10) + pages("clean.org", 0, 50)
    found = survey([write_run(tmp_path, rows)])
    assert names(found) == ["hundreds.co.uk", "three.com", "clean.org"]
    hundreds, three, clean = found.sites
    assert (hundreds.pages, hundreds.flagged, three.flagged, clean.flagged) == (300, 290, 3, 0)
    assert hundreds.share.low < 290 / 300 < hundreds.share.high
    assert three.share.low < 0.5
    assert (clean.share.value, clean.share.low, clean.traits) == (0.0, 0.0, None)


def test_addresses_of_all_kinds_find_their_site(tmp_path: Path) -> None:
    addresses = [
        "https://News.Example.co.uk:8080/a",
        "http://user:secret@sport.example.co.uk/b",
        "https://bücher.example.com/c",
        "https://münchen.de/",
        "http://192.0.2.7/x",
        "http://[2001:db8::1]:80/x",
        "https://a.github.io/x",
        "http://good.com\\@evil.com/",
        "mailto:nobody",
        "not an address",
        "",
        "",
        "https://bad_host..com/",
    ]
    found = survey([write_run(tmp_path, [page(a, 1.0, 0.4) for a in addresses])])
    expected = {
        "example.co.uk": 2,
        "example.com": 1,
        "xn--mnchen-3ya.de": 1,
        "192.0.2.7": 1,
        "2001:db8::1": 1,
        "a.github.io": 1,
        "good.com": 1,
    }
    assert {site.domain: site.pages for site in found.sites} == expected
    assert next(s.name for s in found.sites if s.domain.startswith("xn--")) == "münchen.de (xn--mnchen-3ya.de)"
    assert found.without_address == 5


def test_an_address_in_two_runs_counts_once_as_the_later_has_it(tmp_path: Path) -> None:
    one = write_run(tmp_path / "one", [page("https://a.com/1", 1.0, 0.4), page("https://a.com/2", 1.0, 0.4)])
    two = write_run(tmp_path / "two", [page("https://a.com/1"), page("https://a.com/3")])
    (site,) = survey([one, two]).sites
    assert (site.pages, site.flagged) == (3, 1)
    (site,) = survey([two, one / "documents.parquet"]).sites
    assert (site.pages, site.flagged) == (3, 2)


def test_what_the_spun_pages_have_in_common(tmp_path: Path) -> None:
    said, colour = finding("mentioned", "said"), finding("colour", "complexion")
    spelled = [colour, finding("favourite", "preferred"), finding("labour", "work")]
    rows = [
        page("https://a.com/1", 1.0, 0.5, quotes_spun=True, date="2024-05-04", source="clean:1",
             source_date="2024-05-01T10:00:00Z", findings=[said, said, *spelled]),
        page("https://a.com/2", 1.0, 0.3, quotes_spun=False, capitals_spun=True, date="2024-05-08", source="clean:2",
             source_date="2024-05-01", findings=[said, finding("two,500", "2,500", leftover="number")]),
        page("https://a.com/3", 0.0, 0.0, quotes_spun=True, findings=[finding("odd", "strange")]),
    ]  # fmt: skip
    (site,) = survey([write_run(tmp_path, rows)]).sites
    traits = site.traits
    assert traits is not None
    assert (traits.quotes, traits.capitals, traits.density) == (0.5, 1.0, 0.4)
    assert traits.leftovers == {"number": 1}
    assert traits.forms[0] == ("mentioned", "said", 2)
    assert all(form != "odd" for form, _, _ in traits.forms)
    assert traits.dialect == "British"
    assert (site.sources.pages, site.sources.days_later) == (2, 5.0)
    assert [example.url for example in site.examples] == ["https://a.com/1", "https://a.com/2"]


def test_a_copy_that_is_dated_before_its_source_says_so(tmp_path: Path) -> None:
    rows = [page("https://a.com/1", 1.0, 0.5, source="x", date="2024-05-01", source_date="2024-05-03")]
    rows += [page("https://a.com/2", 1.0, 0.5, source="x", date="yesterday", source_date="2024-05-03")]
    (site,) = survey([write_run(tmp_path, rows)]).sites
    assert (site.sources.pages, site.sources.days_later) == (2, -2.0)


def test_a_looser_rate_flags_more(tmp_path: Path) -> None:
    limit = page_rates().limit(0.05)
    run = write_run(tmp_path, [page("https://a.com/1", limit, 0.1), page("https://a.com/2", 1.0, 0.4)])
    assert limit < page_rates().limit(0.001)
    assert [survey([run], fpr).sites[0].flagged for fpr in (0.05, 0.001)] == [2, 1]


def test_the_limit_keeps_the_rate_on_the_clean_pages_it_was_measured_on() -> None:
    rates = page_rates()
    for fpr in (0.001, 0.01, 0.05):
        assert sum(p >= rates.limit(fpr) for p in rates.highest) <= fpr * rates.pages
    with pytest.raises(SettingsError, match=r"fpr must be between .* got 1e-06; try 0\.001"):
        rates.limit(1e-6)


def test_what_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match=r"holds no documents\.parquet"):
        survey([tmp_path])
    (tmp_path / "documents.parquet").write_bytes(b"something else")
    with pytest.raises(InputError, match="is no Parquet file that can be read"):
        survey([tmp_path])
    pq.write_table(pa.table({"url": ["a"], "words": [1]}), tmp_path / "documents.parquet")
    with pytest.raises(InputError, match="is no table of a run, capitals_spun, date"):
        survey([tmp_path])
