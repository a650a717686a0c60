"""``--review`` as a dialogue."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from restorer.cli import main
from restorer.cli.app import app

pytestmark = pytest.mark.usefixtures("fake_model")
TEXT = "They mentioned it.\nIt was adequate.\nShe mentioned that.\n"


@pytest.fixture
def article(folder: Path) -> Path:
    """A file with three findings."""
    path = folder / "a.txt"
    path.write_text(TEXT)
    return path


def review(answers: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--review", "a.txt", *arguments], input=answers, prog_name="restore")


def journals() -> list[Path]:
    return list((Path(os.environ["XDG_STATE_HOME"]) / "restorer" / "reviews").glob("*"))


@pytest.mark.usefixtures("article")
def test_each_finding_is_shown_in_its_line_with_its_wordings() -> None:
    done = review("s\ns\ns\n")
    assert (done.exit_code, done.stdout) == (0, TEXT)
    assert "1/3 a.txt:1:6\n  They [mentioned] it.\n  a  “said”" in done.stderr
    assert "\n  1  “told”" in done.stderr
    assert "3/3 a.txt:3:5\n  She [mentioned] that.\n" in done.stderr


@pytest.mark.usefixtures("article")
def test_every_kind_of_answer_reaches_the_output() -> None:
    done = review("1\nt\nfine\na\n")
    assert done.stdout == "They told it.\nIt was fine.\nShe said that.\n"
    assert "3 flagged, 3 edits applied" in done.stderr


@pytest.mark.usefixtures("article")
def test_a_form_is_accepted_at_once() -> None:
    assert review("f\ns\n").stdout == "They said it.\nIt was adequate.\nShe said that.\n"


@pytest.mark.usefixtures("article")
def test_undo_asks_again() -> None:
    assert review("a\nu\ns\ns\ns\n").stdout == TEXT


@pytest.mark.usefixtures("article")
def test_answers_that_make_no_sense_are_asked_again() -> None:
    done = review("?\n7\nu\n\na\ns\ns\n")
    assert done.stdout == TEXT.replace("mentioned", "said", 1)
    assert "undo the last answer" in done.stderr
    assert "there is no alternative 7" in done.stderr
    assert "there is no answer to take back" in done.stderr


@pytest.mark.usefixtures("article")
def test_quitting_keeps_what_was_accepted_and_goes_on_there_later() -> None:
    assert review("a\nq\n").stdout == TEXT.replace("mentioned", "said", 1)
    again = review("s\ns\n")
    assert again.stdout == TEXT.replace("mentioned", "said", 1)
    assert "1 answer from before taken up" in again.stderr


def test_an_interrupted_review_writes_nothing_and_is_taken_up(article: Path) -> None:
    cut = review("a\n", "--in-place")
    assert cut.exit_code == 2
    assert "restore: --review: the answers ended before the review did" in cut.stderr
    assert article.read_text() == TEXT
    assert len(journals()) == 1
    done = review("a\ns\n", "--in-place")
    assert done.exit_code == 0
    assert article.read_text() == "They said it.\nIt was enough.\nShe mentioned that.\n"
    assert journals() == []


def test_ctrl_c_writes_nothing_and_keeps_the_answers(article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["a\n"]

    class Interrupted:
        def readline(self) -> str:
            if not answers:
                raise KeyboardInterrupt
            return answers.pop()

    monkeypatch.setattr("sys.stdin", Interrupted())
    assert main(["--review", "a.txt", "--in-place"]) == 130
    assert article.read_text() == TEXT
    assert len(journals()) == 1


@pytest.mark.usefixtures("article")
def test_a_damaged_journal_begins_the_review_anew() -> None:
    review("a\n")
    journals()[0].write_text("{")
    assert review("s\ns\ns\n").stdout == TEXT


@pytest.mark.usefixtures("article")
def test_a_journal_that_cannot_be_kept_does_not_stop_the_review(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "state").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    done = review("a\ns\ns\n")
    assert done.stdout == TEXT.replace("mentioned", "said", 1)
    assert "could not be kept" in done.stderr


def test_a_wording_that_the_encoding_lacks_is_asked_again(article: Path) -> None:
    article.write_bytes("The café mentioned it.\n".encode("cp1252"))
    done = review("t\n東\nt\nsaid\n")
    assert done.stdout_bytes == "The café said it.\n".encode("cp1252")
    assert "does not exist in cp1252" in done.stderr


@pytest.mark.usefixtures("article")
def test_the_outcome_can_be_a_report() -> None:
    done = review("s\na\ns\n", "--diff")
    assert "-It was adequate.\n+It was enough.\n" in done.stdout


def test_quitting_leaves_the_files_after_it_alone(article: Path, folder: Path) -> None:
    (folder / "b.txt").write_text(TEXT + "More.\n")
    done = review("a\nq\n", "b.txt", "--in-place")
    assert done.exit_code == 0
    assert article.read_text() == TEXT.replace("mentioned", "said", 1)
    assert (folder / "b.txt").read_text() == TEXT + "More.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--in-place"], "a.txt.orig: this backup exists"),
        (["-o", "no/out.txt"], "no/out.txt: the folder no does not exist"),
        (["legacy.txt", "wide.txt"], "wide.txt: is in utf-16-le, but legacy.txt in cp1252"),
    ],
)
@pytest.mark.usefixtures("article")
def test_what_cannot_be_written_is_refused_before_the_first_question(
    folder: Path, arguments: list[str], message: str
) -> None:
    (folder / "a.txt.orig").touch()
    (folder / "legacy.txt").write_bytes("The café mentioned it.\n".encode("cp1252"))
    (folder / "wide.txt").write_bytes("She mentioned it.\n".encode("utf-16"))
    done = review("a\na\na\na\na\n", *arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"restore: {message}")
    assert journals() == []


@pytest.mark.usefixtures("article")
def test_a_backup_of_a_file_without_findings_is_not_in_the_way(folder: Path) -> None:
    (folder / "clean.txt").write_text("Nothing here.\n")
    (folder / "clean.txt.orig").touch()
    assert review("s\ns\ns\n", "clean.txt", "--in-place").exit_code == 0
