from __future__ import annotations

import json
from pathlib import Path

from restorer.batch.chunks import read_chunks, read_items
from restorer.batch.plan import CHUNK_CHARACTERS, CHUNK_RECORDS, Plan, Shard
from restorer.batch.records import BadRecord, InputFile, Record


def shard_of(folder: Path, *texts: list[str]) -> tuple[Plan, Shard]:
    files = []
    for number, lines in enumerate(texts):
        path = folder / f"{number}.jsonl"
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in lines))
        files.append(InputFile(path, path.name, "jsonl"))
    return Plan(tuple(files), folder / "out"), Shard(5, tuple(files))


def test_chunks_run_over_the_borders_of_files_and_hold_every_record_once(tmp_path: Path) -> None:
    lines = [f"text {i}" for i in range(CHUNK_RECORDS + 10)]
    plan, shard = shard_of(tmp_path, lines, [], lines[:60])
    chunks = list(read_chunks(plan, shard))
    assert [(chunk.shard, chunk.number, len(chunk.items)) for chunk in chunks] == [
        (5, 0, CHUNK_RECORDS),
        (5, 1, CHUNK_RECORDS),
        (5, 2, 6),
    ]
    items = [(item.file, item.record.number) for chunk in chunks for item in chunk.items]
    assert items == [(0, n + 1) for n in range(len(lines))] + [(2, n + 1) for n in range(60)]
    assert list(read_chunks(plan, shard)) == chunks


def test_long_records_fill_a_chunk_sooner(tmp_path: Path) -> None:
    plan, shard = shard_of(tmp_path, ["x" * (CHUNK_CHARACTERS // 2)] * 4 + ["short"])
    assert [len(chunk.items) for chunk in read_chunks(plan, shard)] == [2, 2, 1]


def test_what_only_the_container_needs_is_not_sent_to_a_worker(tmp_path: Path) -> None:
    plan, shard = shard_of(tmp_path, ["one"])
    (record,) = read_items(plan, shard.files[0])
    assert isinstance(record, Record)
    assert record.native is not None
    (chunk,) = read_chunks(plan, shard)
    (item,) = chunk.items
    assert isinstance(item.record, Record)
    assert item.record.native is None
    assert item.record == record


def test_a_file_that_cannot_be_opened_is_one_bad_record(tmp_path: Path) -> None:
    plan, shard = shard_of(tmp_path, ["one"], ["two"])
    (tmp_path / "0.jsonl").unlink()
    (chunk,) = read_chunks(plan, shard)
    bad, good = chunk.items
    assert isinstance(bad.record, BadRecord)
    assert bad.record.number == 0
    assert "0.jsonl: no such file; check the path" in bad.record.reason
    assert (good.file, good.record.number) == (1, 1)
