from __future__ import annotations

import json
from pathlib import Path

import pytest

from restorer.batch.journal import Journal, Row, written
from restorer.batch.records import BadRecord, Outcome
from restorer.errors import OutputError, SettingsError

ASKED = {"fpr": 0.001, "inputs": "abc"}


def outcome(number: int, restored: str = "They said so.") -> Outcome:
    finding = {"start": 5, "end": 14, "text": "mentioned", "replacement": "said", "confidence": 0.123456789012345}
    return Outcome(number, "a-1", "", "", "", None, restored, None, 3, 0.25, 0.1, None, True, 0, [finding])


def test_what_became_of_records_reads_back_as_it_was(tmp_path: Path) -> None:
    rows: list[Row] = [
        (0, outcome(1, "lone \ud800 surrogate,\u2028 line\r\n")),
        (0, BadRecord(2, "broken", "b")),
        (1, outcome(1)),
    ]
    with Journal(tmp_path) as journal:
        journal.put(3, 0, rows[:2])
        journal.put(3, 1, rows[2:])
    with Journal(tmp_path) as journal:
        assert journal.parts(3) == {0, 1}
        assert journal.parts(4) == set()
        assert list(journal.rows(3, 2)) == rows


def test_a_run_goes_on_only_as_it_was_asked_for(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        assert not journal.begin(ASKED)
        assert journal.begin(ASKED)
        journal.put(0, 0, [(0, outcome(1))])
        with pytest.raises(SettingsError, match=r"began with fpr 0\.001, now it is 0\.01; give the same command"):
            journal.begin(ASKED | {"fpr": 0.01})
        with pytest.raises(SettingsError, match="input files are not those"):
            journal.begin(ASKED | {"inputs": "other"})
        assert not journal.begin(ASKED | {"fpr": 0.01}, restart=True)


def test_a_run_that_came_to_nothing_binds_nobody(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.begin(ASKED | {"model": "smal"})
        assert not journal.begin(ASKED | {"model": "small"}), "a slip in the model's name may be corrected"
        assert journal.begin(ASKED | {"model": "small"})
        journal.finish(0, {})
        with pytest.raises(SettingsError, match='began with model "small"'):
            journal.begin(ASKED)


def test_a_restart_forgets_what_was_done(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.begin(ASKED)
        journal.put(0, 0, [(0, outcome(1))])
        journal.finish(1, {"a": {}})
        journal.begin(ASKED, restart=True)
        assert journal.parts(0) == set()
        assert journal.finished(1) is None


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with Journal(tmp_path) as journal, pytest.raises(SettingsError, match=r"holds thesis\.txt and no run"):
        journal.begin(ASKED)


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(OutputError, match="another run is at work there"), Journal(tmp_path):
        pass
    with Journal(tmp_path):
        pass


def test_a_damaged_beginning_says_what_to_do(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.begin(ASKED)
        (tmp_path / ".restore" / "run.json").write_text('{"fpr"')
        with pytest.raises(SettingsError, match=r"run\.json: is damaged; .*--restart"):
            journal.begin(ASKED)


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")

    def half(path: Path) -> None:
        path.write_text("ne")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"out\.json: cannot be written \(No space left on device\); free some space"):
        written(target, half)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_leftover_of_a_killed_write_is_in_nobodys_way(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    (tmp_path / ".out.json.part").write_text("half of some")

    def whole(path: Path) -> None:
        path.write_text(json.dumps(1))

    written(target, whole)
    assert target.read_text() == "1"
    assert list(tmp_path.iterdir()) == [target]


def test_a_name_as_long_as_the_file_system_takes_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("新" * 83 + ".txt")
    written(target, lambda path: path.touch())
    assert target.exists()
