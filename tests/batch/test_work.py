from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from restorer.batch.chunks import Item
from restorer.batch.journal import Row
from restorer.batch.records import BadRecord, Outcome, Record
from restorer.batch.work import Work, Worker
from restorer.config import Settings
from restorer.engine import Restorer
from restorer.errors import MissingDependencyError
from tests.fakes import FakeModel
from tests.test_references import CLEAN, SPUN

STORY = "".join(f"<p>The statesmen mentioned adequate reasons in paragraph {i} of this story.</p>\n" for i in range(9))
PAGE = f"<html><head><title>Story</title></head><body><nav>mentioned</nav><article>{STORY}</article></body></html>"


@pytest.fixture
def worker() -> Iterator[Worker]:
    settings = Settings(threshold=0.5)
    with Worker(Work(settings, keep_html=True), Restorer(FakeModel(), settings)) as made:
        yield made


def only(rows: list[Row]) -> Outcome | BadRecord:
    ((_, what),) = rows
    return what


def test_a_page_is_restored_in_its_text_and_in_its_markup(worker: Worker) -> None:
    record = Record(3, "a", PAGE.encode(), "html", "https://a.com/")
    outcome = only(worker.rows([Item(0, record)]))
    assert isinstance(outcome, Outcome)
    assert (outcome.number, outcome.url, outcome.title) == (3, "https://a.com/", "Story")
    assert outcome.text is not None
    assert outcome.restored == outcome.text.replace("statesmen", "officials").replace("mentioned", "said").replace(
        "adequate", "enough"
    )
    story = STORY.replace("statesmen", "officials").replace("mentioned", "said").replace("adequate", "enough")
    assert outcome.html == PAGE.replace(STORY, story)
    first = outcome.findings[0]
    assert outcome.text[first["start"] : first["end"]] == first["text"] == "statesmen"


def test_what_goes_wrong_with_one_record_is_its_own_row(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("some fault")

    good, empty = Record(1, "a", "He mentioned it."), Record(2, "b", b"<html></html>", "html")
    bad = BadRecord(3, "broken")
    rows = worker.rows([Item(0, good), Item(0, empty), Item(1, bad)])
    assert [file for file, _ in rows] == [0, 0, 1]
    assert isinstance(rows[0][1], Outcome)
    assert rows[1][1] == BadRecord(2, "the page has no main text", "b")
    assert rows[2][1] == bad
    monkeypatch.setattr(FakeModel, "score", fail)
    assert only(worker.rows([Item(0, good)])) == BadRecord(1, "internal error, ZeroDivisionError: some fault", "a")


def test_a_library_that_is_not_installed_ends_the_work_and_is_no_records_fault(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trafilatura.py").write_text("raise ImportError(name='trafilatura')")
    monkeypatch.syspath_prepend(tmp_path)
    items = [Item(0, Record(1, "a", "He mentioned it.")), Item(0, Record(2, "b", PAGE.encode(), "html"))]
    with pytest.raises(MissingDependencyError, match=r"trafilatura.*pip install 'restorer\[batch\]'"):
        worker.rows(items)
    assert isinstance(only(worker.rows(items[:1])), Outcome)


def test_a_copy_names_its_source_and_the_sources_date(tmp_path: Path) -> None:
    (tmp_path / "clean.jsonl").write_text(json.dumps({"text": CLEAN, "date": "2024-05-01"}) + "\n")
    settings = Settings(threshold=0.5, references=str(tmp_path))
    with Worker(Work(settings), Restorer(FakeModel(), settings)) as worker:
        outcome = only(worker.rows([Item(0, Record(1, "a", SPUN))]))
    assert isinstance(outcome, Outcome)
    assert (outcome.source, outcome.source_date) == (f"{tmp_path / 'clean.jsonl'}:1", "2024-05-01")
    assert "Engineers found cracks in two of the main supports last month." in outcome.restored
