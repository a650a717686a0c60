from __future__ import annotations

import gc
import json
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from restorer.batch.inputs import find_inputs
from restorer.batch.journal import Row
from restorer.batch.plan import CHUNK_RECORDS, Plan, Shard
from restorer.batch.runner import run
from restorer.config import Settings
from restorer.errors import InputError, MissingDependencyError, OutputError, SettingsError
from tests.batch.workers import InProcess

SPUN = "The statesmen mentioned adequate reasons."
CLEAN = "Nothing is odd here."
RESTORED = "The officials said enough reasons."


def make_inputs(folder: Path, lines: int = 3 * CHUNK_RECORDS + 5) -> Path:
    """A folder with single documents and two dumps, one of them with bad lines."""
    source = folder / "in"
    (source / "deep").mkdir(parents=True)
    (source / "one.txt").write_bytes(f"\ufeff{SPUN}\r\n".encode())
    (source / "deep" / "two.md").write_text(CLEAN)
    (source / "bad.txt").write_bytes(b"\x00\x01\x02\x03")
    records = [
        json.dumps({"id": i, "text": SPUN if i % 3 else CLEAN, "url": f"https://a{i % 2}.example/{i}"})
        for i in range(lines)
    ]
    records[10] = '{"id": 10, "text": '
    records[100] = '{"id": 100, "text": 7}'
    (source / "dump.jsonl").write_text("\n".join(records) + "\n")
    (source / "few.csv").write_text(f'id,text\n1,"{SPUN}"\n')
    return source


def plan_of(source: Path, out: Path, **options: object) -> Plan:
    settings = Settings(threshold=0.5)
    return Plan(tuple(find_inputs([str(source)], out=out)), out, settings, **options)  # type: ignore[arg-type]


def contents(out: Path) -> dict[str, bytes]:
    """Everything a user sees of a run."""
    files = (p for p in out.rglob("*") if p.is_file() and ".restore" not in p.parts)
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in files}


def test_every_container_comes_back_with_findings(tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = run(plan_of(make_inputs(tmp_path), out), InProcess())
    assert (out / "one.txt").read_bytes() == f"\ufeff{RESTORED}\r\n".encode()
    assert (out / "deep" / "two.md").read_text() == CLEAN
    assert not (out / "bad.txt").exists()
    first, second, *_ = (json.loads(line) for line in (out / "dump.jsonl").read_text().splitlines())
    assert (first["restored"], first["findings"]) == (CLEAN, [])
    assert (second["restored"], second["url"]) == (RESTORED, "https://a1.example/1")
    assert [f["text"] for f in second["findings"]] == ["statesmen", "mentioned", "adequate"]
    assert RESTORED in (out / "few.csv").read_text()
    errors = [json.loads(line) for line in (out / "errors.jsonl").read_text().splitlines()]
    assert [(e["file"], e["record"]) for e in errors] == [("bad.txt", 1), ("dump.jsonl", 11), ("dump.jsonl", 101)]
    documents = 3 * CHUNK_RECORDS + 5 - 2 + 1 + 2
    assert (summary.total.documents, summary.total.errors) == (documents, 3)
    assert summary.files["dump.jsonl"].errors == 2
    table = pq.read_table(out / "documents.parquet").to_pylist()
    assert len(table) == documents
    row = next(r for r in table if r["id"] == "1" and r["file"] == "dump.jsonl")
    assert (row["number"], row["url"], row["applied"]) == (2, "https://a1.example/1", 3)
    shown = json.loads(row["findings"])[0]
    assert (shown["before"], shown["text"], shown["replacement"]) == ("The ", "statesmen", "officials")


@pytest.mark.parametrize("out_format", [None, "jsonl"])
def test_a_run_stopped_anywhere_ends_like_one_that_was_not(tmp_path: Path, out_format: str | None) -> None:
    source = make_inputs(tmp_path)
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    engine = InProcess()
    run(plan_of(source, whole, out_format=out_format), engine)
    for _ in range(engine.restored):
        once = InProcess(stop_after=1)
        with pytest.raises(KeyboardInterrupt):
            run(plan_of(source, stopped, out_format=out_format), once)
            raise KeyboardInterrupt
    last = InProcess()
    run(plan_of(source, stopped, out_format=out_format), last)
    assert last.restored == 0, "each chunk is restored once"
    assert contents(stopped) == contents(whole)


ODD = ["caf\udce9.txt", "new\nline.txt", "\u202egnp.txt", "<script>.txt", "-o.md", "\udcff{x}%s[b].jsonl", "\udcfe.csv"]


@pytest.mark.parametrize("out_format", [None, "jsonl", "parquet", "dolma"])
def test_names_of_any_bytes_come_through(tmp_path: Path, out_format: str | None) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for name in ODD:
        text = {"l": f'{{"text": "{SPUN}"}}\n{{', "v": f"text\n{SPUN}\n"}.get(name[-1], SPUN)
        (source / name).write_text(text)
    summary = run(plan_of(source, out, out_format=out_format), InProcess())
    assert (summary.total.documents, summary.total.errors) == (len(ODD), 1)
    if out_format is None:
        assert all((out / name).exists() for name in ODD)
    (error,) = (json.loads(line) for line in (out / "errors.jsonl").read_text().splitlines())
    assert error["file"] == ODD[5]
    assert ODD[5] in json.loads((out / "summary.json").read_text())["files"]
    assert pq.read_table(out / "documents.parquet").num_rows == len(ODD)
    page = (out / "report.html").read_text()
    assert "<script" not in page
    assert "\u202e" not in page


class Full:
    """Stands for a disk that is full when the outputs are written."""

    def rows(self, rows: Sequence[Row]) -> None:
        """Nothing to do."""

    def finishing(self, shard: Shard) -> None:
        raise OutputError(shard.files[0].name)

    def resumed(self, finished: int, total: int) -> None:
        """Nothing to do."""


def test_a_full_disk_leaves_the_journal_to_go_on_with(tmp_path: Path) -> None:
    source, out, whole = make_inputs(tmp_path), tmp_path / "out", tmp_path / "whole"
    with pytest.raises(OutputError):
        run(plan_of(source, out), InProcess(), Full())
    engine = InProcess()
    run(plan_of(source, out), engine)
    run(plan_of(source, whole), InProcess())
    assert contents(out) == contents(whole)


@pytest.mark.parametrize("limit", [100, 1000, 3000, 8000, 20_000])
@pytest.mark.parametrize("out_format", [None, "parquet"])
def test_a_disk_that_takes_no_more_ends_the_run_with_one_error(
    tmp_path: Path, limit: int, out_format: str | None
) -> None:
    source, out, whole = make_inputs(tmp_path), tmp_path / "out", tmp_path / "whole"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        with pytest.raises(OutputError, match=r"cannot be written \(.*too large\); free some space"):
            run(plan_of(source, out, out_format=out_format), InProcess())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    gc.collect()  # a writer that fails once more then would be a warning, and so an error here
    assert not list(out.rglob("*.part"))
    run(plan_of(source, out, out_format=out_format), InProcess())
    run(plan_of(source, whole, out_format=out_format), InProcess())
    assert contents(out) == contents(whole)


def test_a_finished_run_given_again_does_no_work(tmp_path: Path) -> None:
    source, out = make_inputs(tmp_path), tmp_path / "out"
    first = run(plan_of(source, out), InProcess())
    before = contents(out)
    engine = InProcess()
    assert run(plan_of(source, out), engine).to_dict() == first.to_dict()
    assert engine.restored == 0
    assert contents(out) == before


def test_an_input_that_changed_between_two_runs_is_noticed(tmp_path: Path) -> None:
    source, out = make_inputs(tmp_path), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(plan_of(source, out), InProcess(stop_after=2))
    with (source / "dump.jsonl").open("a") as file:
        file.write('{"text": "more"}\n')
    with pytest.raises(SettingsError, match="input files are not those"):
        run(plan_of(source, out), InProcess())
    run(plan_of(source, out), InProcess(), restart=True)
    assert '"more"' in (out / "dump.jsonl").read_text()


@pytest.mark.parametrize("lines", [1, 500])
def test_an_input_that_changes_during_a_run_is_no_quiet_mixture(tmp_path: Path, lines: int) -> None:
    source, out = make_inputs(tmp_path), tmp_path / "out"
    plan = plan_of(source, out)

    class Changing(Full):
        def finishing(self, shard: Shard) -> None:
            if shard.files[0].name == "dump.jsonl":
                (source / "dump.jsonl").write_text('{"text": "another one now"}\n' * lines)

    with pytest.raises(InputError, match=r"dump\.jsonl: changed while it was being restored"):
        run(plan, InProcess(), Changing())


@pytest.mark.parametrize("library", ["pyarrow", "zstandard"])
def test_without_the_extra_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    plan = plan_of(make_inputs(tmp_path), tmp_path / "out")
    monkeypatch.setitem(sys.modules, library, None)
    expected = rf"batches need {library}, which is not installed; pip install 'restorer\[batch\]'"
    with pytest.raises(MissingDependencyError, match=expected):
        run(plan, InProcess())
    assert not (tmp_path / "out").exists()
