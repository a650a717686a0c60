from __future__ import annotations

import re
from pathlib import PurePath

import pytest

from restorer.batch.containers import CONTAINERS, ENDINGS, container, container_of
from restorer.batch.records import Compression


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", ("text", "")),
        ("deep/a.b.MD.gz", ("text", "gz")),
        ("a.HTM", ("html", "")),
        ("a.jsonl.zst", ("jsonl", "zst")),
        ("a.json-lines", ("jsonl", "")),
        ("c4-train.00000-of-01024.json.gz", ("jsonl", "gz")),
        ("a.tsv.gz", ("csv", "gz")),
        ("part-0.snappy.parquet", ("parquet", "")),
        ("CC-NEWS-20200101.warc.gz", ("warc", "gz")),
        ("a.json", None),
        ("a.parquet.gz", None),
        ("a.txt.zst", None),
        ("a.gz", None),
        ("gz", None),
        ("txt", None),
        (".txt", None),
        ("a.txt.bak", None),
        ("a.txt/b", None),
    ],
)
def test_the_ending_tells_the_container(name: str, kind: tuple[str, Compression] | None) -> None:
    assert container_of(PurePath(name)) == kind


def test_every_ending_has_a_container() -> None:
    assert {name for name, _ in ENDINGS.values()} == set(CONTAINERS)
    assert all(re.fullmatch(r"\.[a-z-]+(\.gz|\.zst)?", ending) for ending in ENDINGS)


@pytest.mark.parametrize("name", ["jsonl", "csv", "parquet"])
def test_containers_are_made_by_name(name: str) -> None:
    assert type(container(name)).__name__.lower() == f"{name}container"
