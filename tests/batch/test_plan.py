from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from restorer.batch.plan import FILES_PER_SHARD, Plan, shards
from restorer.batch.records import FieldNames, InputFile
from restorer.config import Settings


def plan(folder: Path) -> Plan:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(name)
        os.utime(folder / name, ns=(0, 0))
    return Plan(tuple(InputFile(folder / name, name, "text") for name in ("a.txt", "b.txt")), folder / "out")


@pytest.mark.parametrize(
    "change",
    [
        {"settings": Settings(fpr=0.01)},
        {"settings": Settings(threshold=0.7)},
        {"settings": Settings(quotes="skip")},
        {"settings": Settings(ignore_words=frozenset({"adequate"}))},
        {"settings": Settings(model="other")},
        {"settings": Settings(references="clean")},
        {"fields": FieldNames(text="body")},
        {"fields": FieldNames(url="link")},
        {"out_format": "parquet"},
        {"keep_html": True},
        {"most_bytes": 5},
        {"page_seconds": 5.0},
        {"files": ()},
    ],
)
def test_a_run_goes_on_only_with_what_decides_its_output(tmp_path: Path, change: dict[str, object]) -> None:
    made = plan(tmp_path)
    other = replace(made, **change)  # type: ignore[arg-type]
    assert other.fingerprint() != made.fingerprint()
    assert other.fingerprint().keys() == made.fingerprint().keys()


def test_neither_the_threads_nor_the_output_folder_decide_it(tmp_path: Path) -> None:
    made = plan(tmp_path)
    other = replace(made, out=tmp_path / "elsewhere", settings=Settings(threads=3))
    assert other.fingerprint() == made.fingerprint()


@pytest.mark.parametrize("change", ["longer", "touched", "gone", "renamed"])
def test_an_input_that_is_another_one_now_is_told(tmp_path: Path, change: str) -> None:
    made = plan(tmp_path)
    before = made.fingerprint()
    path = tmp_path / "b.txt"
    if change == "longer":
        path.write_text("longer than before")
        os.utime(path, ns=(0, 0))
    elif change == "touched":
        os.utime(path, ns=(0, 1))
    elif change == "gone":
        path.unlink()
    else:
        made = replace(made, files=(made.files[0], replace(made.files[1], name="c.txt")))
    after = made.fingerprint()
    assert after.pop("inputs") != before.pop("inputs")
    assert after == before


def test_a_model_of_the_same_name_with_other_weights_is_another_one(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    made = replace(plan(tmp_path), settings=Settings(model=str(folder)))
    (folder / "SHA256SUMS").write_text("1 model.onnx")
    before = made.fingerprint()["model_sha256"]
    (folder / "SHA256SUMS").write_text("2 model.onnx")
    assert made.fingerprint()["model_sha256"] != before


def test_single_documents_are_finished_together_and_dumps_each_alone(tmp_path: Path) -> None:
    single = [InputFile(tmp_path / f"{i}.txt", f"{i}.txt", "text") for i in range(FILES_PER_SHARD + 1)]
    dumps = [InputFile(tmp_path / f"{i}.csv", f"{i}.csv", "csv") for i in range(2)]
    made = list(shards([dumps[0], *single, dumps[1]]))
    assert [shard.number for shard in made] == [0, 1, 2, 3]
    assert [len(shard.files) for shard in made] == [FILES_PER_SHARD, 1, 1, 1]
    assert [file for shard in made for file in shard.files] == [*single, *dumps]
    assert not list(shards([]))
