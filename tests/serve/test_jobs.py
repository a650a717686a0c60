"""What a worker does, in this process."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator

import pytest

from restorer.config import Settings
from restorer.engine import Restorer
from restorer.errors import EncodingError, InputError, OutputError, RestorerError, SettingsError
from restorer.report import reporter
from restorer.report.json import dumps
from restorer.review import Decision
from restorer.serve.jobs import Answer, Desk, Job, OpenFile, ReportText, RestoreText, ReviewText
from restorer.types import Document, Result
from tests.fakes import FakeModel

TEXT = "She mentioned it \N{GRINNING FACE} at the convention."
SECRET = "Ceausescu"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk(Restorer(FakeModel(), Settings()), 20.0) as found:
        yield found


def restored(settings: Settings | None = None) -> Result:
    return Restorer(FakeModel(), settings or Settings()).restore(Document(TEXT, "a.txt"))


def test_restoring_counts_what_was_done(desk: Desk) -> None:
    answer = RestoreText(TEXT, Settings(), "a.txt").run(desk)
    assert answer == Answer(dumps(restored().to_dict()).encode(), words=6, findings=2, edits=2)


def test_flagging_counts_no_edits(desk: Desk) -> None:
    answer = RestoreText(TEXT, Settings(), "a.txt", flag_only=True).run(desk)
    assert (answer.findings, answer.edits) == (2, 0)
    assert json.loads(answer.body)["restored"] == TEXT


def test_the_job_s_settings_hold_and_the_next_job_s_are_its_own(desk: Desk) -> None:
    ignoring = Settings(ignore_words=frozenset({"mentioned"}))
    for settings in (ignoring, Settings(), ignoring):
        answer = RestoreText(TEXT, settings, "a.txt").run(desk)
        assert json.loads(answer.body) == restored(settings).to_dict()


def test_a_decision_on_what_was_not_flagged_counts_too(desk: Desk) -> None:
    strict = Settings(ignore_words=frozenset({"mentioned"}))
    decisions = (Decision(TEXT.index("convention"), "convention", None),)
    answer = ReportText(TEXT, strict, "a.txt", decisions, "text").run(desk)
    assert answer.body.decode() == reporter("text").report(restored(strict).with_findings([])), (
        "neither of the two is applied"
    )
    assert answer.edits == 0


def test_half_a_surrogate_pair_in_a_report_is_an_error_with_a_message(desk: Desk) -> None:
    with pytest.raises(RestorerError) as raised:
        ReportText("mentioned \ud800", Settings(), format="text").run(desk)
    assert isinstance(raised.value, EncodingError | OutputError)


def test_a_file_is_opened_by_its_name(desk: Desk) -> None:
    answer = OpenFile("Größe".encode("utf-16"), "a.txt", 100).run(desk)
    note = "Read as UTF-16-LE; what you save is UTF-8, without its byte order mark."
    assert json.loads(answer.body) == {"name": "a.txt", "text": "Größe", "note": note}


def test_there_is_nothing_to_say_of_a_file_in_utf_8(desk: Desk) -> None:
    assert json.loads(OpenFile("Größe".encode(), "a.txt", 100).run(desk).body)["note"] == ""


def test_the_main_text_of_a_page_is_found(desk: Desk) -> None:
    page = f"<html><body><nav>Home</nav><article><p>{'She mentioned it. ' * 20}</p></article></body></html>"
    text = json.loads(OpenFile(page.encode(), "a.HTML", 10_000).run(desk).body)["text"]
    assert text.startswith("She mentioned it.")
    assert "Home" not in text


def test_a_page_without_a_main_text_is_an_error(desk: Desk) -> None:
    with pytest.raises(InputError):
        OpenFile(b"<html></html>", "a.html", 100).run(desk)


def test_a_file_with_too_much_text_is_an_error(desk: Desk) -> None:
    with pytest.raises(SettingsError, match=r"^a\.txt: has 5 characters; at most 4"):
        OpenFile(b"abcde", "a.txt", 4).run(desk)


@pytest.mark.parametrize(
    "job",
    [
        RestoreText(SECRET, Settings()),
        ReviewText(SECRET, Settings()),
        ReportText(SECRET, Settings()),
        OpenFile(SECRET.encode(), "a.txt", 9),
    ],
)
def test_a_job_that_is_shown_does_not_show_its_text_and_knows_its_size(job: Job) -> None:
    assert SECRET not in repr(job)
    assert job.size == len(SECRET)
    assert pickle.loads(pickle.dumps(job)) == job
