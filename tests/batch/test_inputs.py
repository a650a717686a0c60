from __future__ import annotations

from pathlib import Path

import pytest

from restorer.batch.inputs import find_inputs, survey
from restorer.errors import FileAccessError, InputError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of inputs, and the working directory beside it."""
    for name in ("in/a.txt", "in/deep/b.HTML", "in/deep/c.jsonl.gz", "in/deep/er/d.csv", "in/p.jpg", "in/deep/q.JPG"):
        make(tmp_path / name)
    make(tmp_path / "in/readme")
    make(tmp_path / "in/.hidden/x.txt")
    make(tmp_path / "more/a.txt")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def names(*inputs: str, out: str = "out", out_format: str | None = None) -> list[str]:
    return [file.name for file in find_inputs(inputs, out=Path(out), out_format=out_format)]


def test_a_folder_gives_its_files_with_their_folders_in_order_of_name(here: Path) -> None:
    files = find_inputs(["in"], out=Path("out"))
    assert [(f.path.as_posix(), f.name, f.container, f.compression) for f in files] == [
        ("in/a.txt", "a.txt", "text", ""),
        ("in/deep/b.HTML", "deep/b.HTML", "html", ""),
        ("in/deep/c.jsonl.gz", "deep/c.jsonl.gz", "jsonl", "gz"),
        ("in/deep/er/d.csv", "deep/er/d.csv", "csv", ""),
    ]
    assert names("in/") == names(str(here / "in")) == names("in/../in/deep/..") == [f.name for f in files]


def test_files_of_other_kinds_are_counted(here: Path) -> None:
    found = survey(["in", "in/deep", "in/*"], out=Path("out"))
    assert (found.passed_over, found.others) == (3, {"": 1, ".jpg": 2})


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("in/*.txt", ["a.txt"]),
        ("in/*", ["a.txt", "deep/b.HTML", "deep/c.jsonl.gz", "deep/er/d.csv"]),
        ("in/**/*.csv", ["deep/er/d.csv"]),
        ("in/**/*.txt", ["a.txt"]),
        ("**/deep/*.gz", ["in/deep/c.jsonl.gz"]),
        ("in/**", ["a.txt", "deep/b.HTML", "deep/c.jsonl.gz", "deep/er/d.csv"]),
        ("**/er", ["in/deep/er/d.csv"]),
        ("in/d??p/[bc].*", ["b.HTML", "c.jsonl.gz"]),
        ("*/*/../a.txt", ["in/a.txt"]),
    ],
)
def test_patterns_match_and_names_begin_where_they_stop_being_fixed(
    here: Path, pattern: str, expected: list[str]
) -> None:
    expected = [f"deep/{name}" for name in expected] if "??" in pattern else expected
    assert names(pattern) == expected
    assert names(str(here / pattern)) == expected


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(here: Path) -> None:
    make(here / "in" / "x[1].txt")
    assert names("in/x[1].txt") == ["x[1].txt"]


def test_a_file_named_twice_is_one(here: Path) -> None:
    assert names("in/a.txt", "in", "./in/../in/a.txt", "in/*.txt") == names("in")


def test_the_output_folder_is_left_out(here: Path) -> None:
    before = names(".")
    make(here / "in/out/deep/e.txt")
    make(here / "in/out/errors.jsonl")
    for inputs in (".", "**/*", "*"):
        assert names(inputs, out="in/out") == before == sorted(before)
    for inputs in ("in/out", "in/out/deep", "in/out/deep/e.txt"):
        with pytest.raises(InputError, match=r"lies in the output folder in/out; choose another --output"):
            names(inputs, out="in/out")
    with pytest.raises(InputError, match="lies in the output folder"):
        names("in", out="in")


def test_what_an_earlier_run_wrote_about_its_outputs_is_no_input(here: Path) -> None:
    for name in ("documents.parquet", "errors.jsonl", "report.html", "summary.json", "a.txt"):
        make(here / "done" / name)
    assert (names("done"), names("don*"), names("done/**")) == (["a.txt"], ["done/a.txt"], ["a.txt"])
    make(here / "mine/report.html")
    make(here / "mine/errors.jsonl")
    assert names("mine") == ["mine/errors.jsonl", "mine/report.html"]


def test_names_that_would_clash_begin_at_the_common_folder(here: Path) -> None:
    assert names("in/deep", "more") == ["a.txt", "b.HTML", "c.jsonl.gz", "er/d.csv"]
    assert names("in/a.txt", "more/a.txt") == ["in/a.txt", "more/a.txt"]
    assert names("in/*.txt", "more") == ["in/a.txt", "more/a.txt"]
    make(here / "in/deep/a.txt")
    assert names("in/deep", "more")[-1] == "more/a.txt"
    assert "in/deep/a.txt" in names("in/deep", "more")


@pytest.mark.parametrize("own", ["documents.parquet", "errors.jsonl", "report.html"])
def test_the_runs_own_files_are_not_written_over(here: Path, own: str) -> None:
    make(here / "in" / own)
    for inputs in ("in", f"in/{own}", "in/*"):
        assert f"in/{own}" in names(inputs)
        assert own not in names(inputs)
    assert names(f"in/{own}", out_format="jsonl") == [own], "its output has another name"


def test_a_file_does_not_take_the_place_of_a_folder(here: Path) -> None:
    make(here / "more/x.txt")
    make(here / "in/x.txt/y.txt")
    assert [name for name in names("in", "more") if "x.txt" in name] == ["in/x.txt/y.txt", "more/x.txt"]


def test_outputs_that_share_a_place_after_all_are_refused(here: Path) -> None:
    make(here / "set/documents/a.jsonl")
    make(here / "set/attributes/restorer/a.jsonl")
    assert len(names("set")) == 2
    make(here / "sets/documents/a.jsonl")
    make(here / "sets/a.jsonl")
    assert "sets/attributes/restorer/a.jsonl" not in names("sets", out_format="jsonl")
    assert names("sets", out_format="dolma") == ["sets/a.jsonl", "sets/documents/a.jsonl"]
    make(here / "odd/a.txt")
    make(here / "odd/a.txt.jsonl/b.txt")
    with pytest.raises(
        InputError, match=r"odd/a\.txt\.jsonl: two outputs would lie there; restore their inputs in two"
    ):
        names("odd", out_format="jsonl")


def test_nothing_to_restore_is_told_with_the_endings(here: Path) -> None:
    make(here / "pictures/a.jpg")
    (here / "empty").mkdir()
    for value in ("pictures", "empty", "in/*.jpg", "in/*.gone", "gone/**/*.txt"):
        with pytest.raises(FileAccessError, match=r"nothing to restore; restorer reads \.txt \.md") as error:
            names("in", value)
        assert str(error.value).startswith(f"{value}: ")
    for value in ("gone", "in/gone.txt", "", "a\0b", "in/a.txt/b", "n" * 5000):
        with pytest.raises(FileAccessError):
            names(value)


def test_a_named_file_of_another_kind_is_refused(here: Path) -> None:
    with pytest.raises(InputError, match=r"in/p\.jpg: is of a kind that cannot be told by its ending; restorer reads"):
        names("in", "in/p.jpg")
    with pytest.raises(InputError, match="no regular file"):
        names("/dev/null")


def test_links_that_lead_nowhere_are_told_of_later(here: Path) -> None:
    (here / "in/gone.txt").symlink_to("nowhere")
    assert "gone.txt" in names("in")
    assert names("in/gone.txt") == ["gone.txt"]


def test_no_name_leaves_the_output_folder(here: Path) -> None:
    (here / "in" / "link").symlink_to(here / "more")
    for inputs in (
        ["in"],
        ["in/../more", "in/a.txt"],
        ["../" + here.name + "/in"],
        ["in/*/../../more/a.txt"],
        ["."],
    ):
        for name in names(*inputs):
            assert not name.startswith("/")
            assert ".." not in name.split("/")


def test_a_name_that_the_outputs_ending_makes_too_long_is_refused_before_any_work(here: Path) -> None:
    make(here / "long" / ("新" * 83 + ".txt"))
    assert len(names("long")) == 1
    for out_format in ("jsonl", "parquet", "dolma"):
        with pytest.raises(InputError, match="too long for a file; shorten it, or leave out --out-format"):
            names("long", out_format=out_format)
