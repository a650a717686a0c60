from __future__ import annotations

import json
from pathlib import Path

import pytest

from restorer.batch.engines.local import LocalEngine
from restorer.batch.runner import run
from restorer.errors import ModelFormatError
from tests.batch.test_runner import RESTORED, SPUN, contents, make_inputs, plan_of
from tests.batch.workers import DEADLY, InProcess, deadly, fake, unloadable


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
