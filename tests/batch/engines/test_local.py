from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from threading import Thread

import pytest

from restorer.batch.engines.local import LocalEngine
from restorer.batch.runner import run
from restorer.errors import ModelError, ModelFormatError
from tests.batch.test_runner import RESTORED, SPUN, contents, make_inputs, plan_of
from tests.batch.workers import DEADLY, InProcess, deadly, fake, slow, stillborn, unloadable


def test_processes_give_what_one_process_gives(tmp_path: Path) -> None:
    source = make_inputs(tmp_path)
    run(plan_of(source, tmp_path / "one"), InProcess())
    run(plan_of(source, tmp_path / "two"), LocalEngine(2, fake))
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_record_that_ends_its_process_costs_itself_only(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    lines = [json.dumps({"id": i, "text": DEADLY if i == 70 else SPUN}) for i in range(200)]
    (source / "dump.jsonl").write_text("\n".join(lines) + "\n")
    summary = run(plan_of(source, tmp_path / "out"), LocalEngine(2, deadly))
    assert (summary.total.documents, summary.total.errors) == (199, 1)
    (bad,) = (tmp_path / "out" / "errors.jsonl").read_text().splitlines()
    assert json.loads(bad)["id"] == "70"
    assert "the worker process died of it" in json.loads(bad)["reason"]
    assert (tmp_path / "out" / "dump.jsonl").read_text().count(RESTORED) == 199


def test_a_model_that_cannot_be_loaded_ends_the_run_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(ModelFormatError, match="models/odd: the model cannot be read"):
        run(plan_of(make_inputs(tmp_path), tmp_path / "out"), LocalEngine(2, unloadable))


def test_no_record_is_blamed_for_workers_that_never_start(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(ModelError, match="worker processes end while they start; give fewer --workers"):
        run(plan_of(make_inputs(tmp_path), out), LocalEngine(2, stillborn))
    assert run(plan_of(tmp_path / "in", out), InProcess()).total.documents > 0


def test_an_interrupt_does_not_wait_for_what_is_in_flight(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    begun = (tmp_path / "text").with_suffix(".begun")
    (source / "a.txt").write_text(str(tmp_path / "text"))

    def interrupt() -> None:
        while not begun.exists():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    engine = LocalEngine(1, slow)
    for _ in range(2):  # the same engine can be used again
        begun.unlink(missing_ok=True)
        Thread(target=interrupt, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            run(plan_of(source, tmp_path / "out"), engine)
        assert begun.exists()
        assert not begun.with_suffix(".ended").exists()
