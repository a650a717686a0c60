import json
from pathlib import Path

import pytest

zstandard = pytest.importorskip("zstandard")

from restorer.errors import FileAccessError, InputError  # noqa: E402
from restorer.train.corpus import (  # noqa: E402
    MEASURED_SOURCES,
    Article,
    held_out,
    overlapping,
    read_folder,
    shingles,
    tuning,
)

TEXT = (
    "The harbour council voted on Tuesday to rebuild the eastern pier that a storm had destroyed "
    "in the spring of last year after a week of rain"
)


def article(number: int, source: str = "news") -> Article:
    return Article(f"{source}-{number}", source, "2024-01-01", TEXT)


def test_about_one_article_in_twenty_is_held_out_and_half_of_those_tune() -> None:
    articles = [article(i) for i in range(4000)]
    held = [a for a in articles if held_out(a)]
    assert 150 < len(held) < 250
    assert 60 < sum(map(tuning, held)) < 140
    assert not any(tuning(a) for a in articles if not held_out(a))


def test_a_source_kept_whole_is_always_held_out_and_never_tuned_on() -> None:
    assert all(held_out(article(i, "basil")) and not tuning(article(i, "basil")) for i in range(200))


def test_no_threshold_is_set_on_a_source_that_false_alarms_are_measured_on() -> None:
    assert not any(tuning(article(i, source)) for i in range(200) for source in MEASURED_SOURCES)


def test_copies_and_near_copies_overlap_and_others_do_not() -> None:
    kept = shingles(TEXT)
    assert overlapping(TEXT.upper() + " and more", kept)
    assert overlapping(TEXT.replace("Tuesday", "Monday"), kept)
    other = "A quite different report on the harbour, by other people, about another pier and another storm."
    assert not overlapping(other, kept)


def test_json_lines_and_zstandard_are_read_file_by_file(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": f"a{i}", "date": "2025-02-03", "text": f"Text {i}"}) + "\n" for i in range(3))
    (tmp_path / "first.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "second.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(lines.encode()))
    articles = list(read_folder(tmp_path))
    assert [(a.source, a.id) for a in articles] == [(s, f"a{i}") for s in ("first", "second") for i in range(3)]
    assert {a.source for a in read_folder(tmp_path, skip=["first"])} == {"second"}


def test_an_empty_folder_and_a_bad_line_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="jsonl"):
        list(read_folder(tmp_path))
    (tmp_path / "bad.jsonl").write_text('{"text": "good"}\n{"no": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        list(read_folder(tmp_path))
