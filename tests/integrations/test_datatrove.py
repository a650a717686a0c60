from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from restorer.errors import SettingsError
from tests.integrations.loaders import CLEAN, RESTORED, SPUN, fake, none

pytest.importorskip("datatrove")

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.readers.csv import CsvReader
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter

from restorer.integrations.datatrove import RestoreStep

TEXTS = {"a.jsonl": [SPUN, CLEAN], "b.jsonl": [CLEAN, f"🙂 {SPUN}"]}


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    folder = tmp_path / "crawl"
    folder.mkdir()
    for name, texts in TEXTS.items():
        rows = [{"text": text, "id": f"{name}/{i}", "url": f"page-{i}"} for i, text in enumerate(texts)]
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, texts in TEXTS.items():
        rows = "".join(f'{name}/{i},"{text}"\n' for i, text in enumerate(texts))
        (folder / f"{name}.csv").write_text(f"id,text\n{rows}", encoding="utf-8")
    return folder


def run(*steps: PipelineStep, logs: Path) -> None:
    LocalPipelineExecutor(list(steps), tasks=2, workers=1, logging_dir=str(logs)).run()


def jsonl(crawl: Path, step: RestoreStep) -> dict[str, dict[str, Any]]:
    pytest.importorskip("orjson")
    out = crawl.parent / "out"
    run(JsonlReader(str(crawl)), step, JsonlWriter(str(out)), logs=crawl.parent / "logs")
    return rows(out)


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    lines = [line for path in folder.glob("*.gz") for line in gzip.decompress(path.read_bytes()).splitlines()]
    return {row["id"]: row for row in map(json.loads, lines)}


def test_every_document_gets_its_metadata(crawl: Path) -> None:
    found = jsonl(crawl, RestoreStep(load=fake))
    assert sorted(found) == ["a.jsonl/0", "a.jsonl/1", "b.jsonl/0", "b.jsonl/1"]
    spun = found["b.jsonl/1"]
    assert spun["text"] == f"🙂 {SPUN}"
    assert spun["metadata"]["restored"] == f"🙂 {RESTORED}"
    assert spun["metadata"]["url"] == "page-1"
    assert spun["metadata"]["spun_probability"] > 0.5 > found["a.jsonl/1"]["metadata"]["spun_probability"]
    for finding in spun["metadata"]["findings"]:
        assert spun["text"][finding["start"] : finding["end"]] == finding["text"]
    assert found["a.jsonl/1"]["metadata"]["findings"] == []


def test_the_restored_text_takes_the_originals_place(crawl: Path) -> None:
    spun = jsonl(crawl, RestoreStep(replace_text=True, load=fake))["a.jsonl/0"]
    assert (spun["text"], spun["metadata"]["original_text"]) == (RESTORED, SPUN)


def test_findings_as_json_make_one_schema_for_parquet_and_statistics_are_written(tables: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    out, logs = tmp_path / "out", tmp_path / "logs"
    run(CsvReader(str(tables)), RestoreStep(findings_as="json", load=fake), ParquetWriter(str(out)), logs=logs)
    tasks = [parquet.read_table(path).column("metadata").to_pylist() for path in sorted(out.iterdir())]
    assert [[len(json.loads(row["findings"])) for row in rows] for rows in tasks] == [[5, 0], [0, 5]]
    steps = json.loads((logs / "stats.json").read_text(encoding="utf-8"))
    stats = next(step["stats"] for step in steps if "Restorer" in step["name"])
    totals = {name: value["total"] if isinstance(value, dict) else value for name, value in stats.items()}
    assert (totals["documents"], totals["spun_documents"], totals["edits"]) == (4, 2, 10)


def test_the_step_loads_nothing_before_a_document_and_can_be_pickled() -> None:
    assert list(RestoreStep(load=none).run(iter([]))) == []
    step = RestoreStep(replace_text=True, load=fake)
    [first] = step.run(iter([Document(SPUN, "0")]))
    [second] = pickle.loads(pickle.dumps(step)).run(iter([Document(SPUN, "0")]))
    assert first == second
    assert (first.text, first.metadata["original_text"]) == (RESTORED, SPUN)


def test_missing_dependencies_are_named_by_datatrove(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RestoreStep, "_requires_dependencies", [*RestoreStep._requires_dependencies, "no_such_one"])
    with pytest.raises(ImportError, match="no_such_one"):
        RestoreStep(load=fake)


def test_a_wrong_form_of_findings_is_refused() -> None:
    with pytest.raises(SettingsError, match="list, json, got 'rows'"):
        RestoreStep(findings_as="rows")  # type: ignore[arg-type]
