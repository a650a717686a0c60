from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from restorer import Settings
from restorer.errors import InputError
from tests.integrations.loaders import CLEAN, RESTORED, SPUN, fake, none

pytest.importorskip("datasets")

import datasets

from restorer.integrations.datasets import RestoreBatch

ROOT = Path(__file__).resolve().parents[2]
FINGERPRINT = """
from datasets.fingerprint import Hasher
from restorer import Settings
from restorer.integrations.datasets import RestoreBatch
print(Hasher.hash(RestoreBatch(Settings(ignore_words=frozenset({"dwell", "ceasefire", "home"})))))
"""
TEXTS = [None, f"🙂 {SPUN}", CLEAN, ""]
ADDED = ["restored", "spun_probability", "spin_density", "findings"]


@pytest.fixture(autouse=True)
def no_progress(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path)


def test_rows_get_columns_and_nulls_get_nulls() -> None:
    rows = datasets.Dataset.from_dict({"text": TEXTS, "id": [1, 2, 3, 4]})
    mapped = rows.map(RestoreBatch(load=fake), batched=True)
    assert mapped.column_names == ["text", "id", *ADDED]
    assert mapped["text"][:] == TEXTS
    assert mapped["restored"][:] == [None, f"🙂 {RESTORED}", CLEAN, ""]
    assert [row is None for row in mapped["findings"]] == [True, False, False, False]
    assert mapped["spun_probability"][0] is None
    assert mapped["spun_probability"][1] > 0.5 > mapped["spun_probability"][2]
    for finding in json.loads(mapped["findings"][1]):
        assert f"🙂 {SPUN}"[finding["start"] : finding["end"]] == finding["text"]


def test_two_processes_give_what_one_gives() -> None:
    rows = datasets.Dataset.from_dict({"text": TEXTS * 3})
    restore = RestoreBatch(load=fake)
    one = rows.map(restore, batched=True, batch_size=2)
    two = rows.map(restore, batched=True, batch_size=2, num_proc=2)
    assert one.to_dict() == two.to_dict()


def test_features_spare_a_first_batch_of_nulls() -> None:
    texts = datasets.Features(text=datasets.Value("string"))
    rows = datasets.Dataset.from_dict({"text": [None, None, SPUN]}, features=texts)
    restore = RestoreBatch(load=fake)
    mapped = rows.map(restore, batched=True, batch_size=2, features=restore.features(rows.features))
    assert mapped.features["findings"].dtype == "string"
    assert mapped.features["spin_density"].dtype == "float64"
    assert mapped["restored"][:] == [None, None, RESTORED]


def test_streams_are_restored_as_they_are_read() -> None:
    rows = datasets.Dataset.from_dict({"text": TEXTS}).to_iterable_dataset()
    mapped = rows.map(RestoreBatch(load=fake), batched=True, batch_size=2)
    assert [row["restored"] for row in mapped] == [None, f"🙂 {RESTORED}", CLEAN, ""]


def test_the_fingerprint_heeds_settings_and_no_model() -> None:
    rows = datasets.Dataset.from_dict({"text": [SPUN]})
    restore = RestoreBatch(load=fake)
    first = rows.map(restore, batched=True)._fingerprint
    restore({"text": [SPUN]})
    assert rows.map(restore, batched=True)._fingerprint == first
    assert rows.map(RestoreBatch(load=fake), batched=True)._fingerprint == first
    assert rows.map(RestoreBatch(Settings(fpr=0.01), load=fake), batched=True)._fingerprint != first


def test_the_fingerprint_does_not_depend_on_the_process() -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1


def test_it_can_be_pickled_and_loads_nothing_for_nulls() -> None:
    arrived = pickle.loads(pickle.dumps(RestoreBatch(text_column="body", load=none)))
    assert arrived({"body": [None]}) == {name: [None] for name in ADDED}


def test_a_missing_column_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match="no column 'text'; the columns are body, id"):
        RestoreBatch(load=fake)({"body": [SPUN], "id": ["1"]})


def test_a_row_that_comes_alone_is_refused() -> None:
    with pytest.raises(InputError, match="batched=True"):
        datasets.Dataset.from_dict({"text": [SPUN]}).map(RestoreBatch(load=fake))


def test_a_value_that_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="got int"):
        RestoreBatch(load=fake)({"text": [3]})  # type: ignore[list-item]
