"""Text out of files that somebody opens, and out of files that somebody made to do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document

from restorer.errors import BinaryFileError, InputError, SettingsError
from restorer.serve.open_file import KINDS, UNPACKED, open_file

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def opened(data: bytes, name: str = "a.docx", most: int = 10_000) -> str:
    def html(page: bytes) -> str:
        return f"main text of {page.decode()}"

    return open_file(data, name, html, most).text


def docx(fill: Callable[..., None]) -> bytes:
    document = Document()
    fill(document)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_body(xml: str, prologue: str = "") -> bytes:
    """A .docx whose body is written by hand."""
    return packed({"word/document.xml": f"{prologue}<w:document {W}><w:body>{xml}</w:body></w:document>".encode()})


def packed(parts: dict[str, bytes]) -> bytes:
    """A .docx with some of its parts in place of its own."""
    stream = BytesIO()
    with ZipFile(BytesIO(docx(lambda _: None))) as whole, ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for info in whole.infolist():
            archive.writestr(info.filename, parts.get(info.filename, whole.read(info)))
    return stream.getvalue()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("ending", [".txt", ".md", ".TXT"])
def test_plain_text_is_decoded_and_its_newlines_stay(codec: str, ending: str) -> None:
    text = "“Größe,” she mentioned.\r\nAnd on.\n" * 3
    assert opened(text.encode(codec), f"a{ending}") == text


@pytest.mark.parametrize("name", ["a.html", "A.HTM"])
def test_a_page_s_main_text_is_taken(name: str) -> None:
    assert opened(b"<p>", name) == "main text of <p>"


@pytest.mark.parametrize("name", ["a.pdf", "a", "", ".docx", "a.docx.exe", "../../etc/passwd", "a.txt\x00.pdf"])
def test_other_files_are_refused_with_those_that_can_be_opened(name: str) -> None:
    with pytest.raises(InputError, match=r"\.txt, \.md, \.html, \.htm, \.docx"):
        opened(b"text", name)


@pytest.mark.parametrize("data", [b"", b" \n\r\n\t"])
def test_a_file_without_a_text_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="has no text"):
        opened(data, "a.txt")


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(BinaryFileError):
        opened(bytes(range(256)) * 10, "a.txt")


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_that_is_too_long_is_refused(kind: str) -> None:
    data = docx(lambda d: d.add_paragraph("x" * 101)) if kind == ".docx" else b"x" * 101
    with pytest.raises(SettingsError, match="characters; at most 100 "):
        opened(data, f"a{kind}", 100)


def test_paragraphs_and_tables_come_in_the_order_in_which_they_stand() -> None:
    def fill(document: Document) -> None:  # type: ignore[valid-type]
        document.add_heading("Title")  # type: ignore[attr-defined]
        table = document.add_table(2, 3)  # type: ignore[attr-defined]
        for row in range(2):
            for column in range(3):
                table.cell(row, column).text = f"{row}{column}"
        table.cell(0, 0).merge(table.cell(0, 1)).text = "wide\nand two lines"
        document.add_paragraph("She mentioned\nit.")  # type: ignore[attr-defined]

    assert opened(docx(fill)) == "Title\nwide and two lines\t02\n10\t11\t12\nShe mentioned\nit."


def test_a_cell_that_spans_rows_is_there_once() -> None:
    def fill(document: Document) -> None:  # type: ignore[valid-type]
        table = document.add_table(2, 2)  # type: ignore[attr-defined]
        table.cell(0, 1).text, table.cell(1, 1).text = "a", "b"
        table.cell(0, 0).merge(table.cell(1, 0)).text = "tall"

    assert opened(docx(fill)) == "tall\ta\n\tb"


@pytest.mark.parametrize("span", ["1000000000", "-5", "x", "0"])
def test_a_cell_that_says_it_spans_a_billion_columns_is_one_cell(span: str) -> None:
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p><w:r><w:t>one</w:t></w:r></w:p></w:tc>'
    assert opened(with_body(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")) == "one"


def test_a_cell_that_goes_on_from_a_row_that_is_not_there_is_a_cell() -> None:
    cell = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>one</w:t></w:r></w:p></w:tc>"
    assert opened(with_body(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")) == "one"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = {
    "laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    "file": '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
}


@pytest.mark.parametrize("prologue", ENTITIES.values(), ids=ENTITIES)
def test_entities_are_not_expanded(prologue: str) -> None:
    data = with_body("<w:p><w:r><w:t>one &l9; two</w:t></w:r></w:p>", f'<?xml version="1.0"?>{prologue}')
    try:
        text = opened(data)
    except BinaryFileError:
        return
    assert len(text) < 20
    assert "root:" not in text


def bomb() -> bytes:
    stream = BytesIO()
    with ZipFile(BytesIO(docx(lambda _: None))) as whole, ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for info in whole.infolist():
            archive.writestr(info.filename, whole.read(info))
        with archive.open("word/media/zeros.bin", "w", force_zip64=True) as part:
            for _ in range((UNPACKED >> 20) + 1):
                part.write(bytes(1 << 20))
    return stream.getvalue()


def test_what_unpacks_to_more_than_any_text_is_refused_unopened() -> None:
    with pytest.raises(BinaryFileError, match=r"unpacks to \d+ MB"):
        opened(bomb())


def cut() -> bytes:
    return docx(lambda d: d.add_paragraph("a"))[:-100]


def other_archive() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "text")
    return stream.getvalue()


BROKEN = {
    "no archive": lambda: b"PK\x03\x04 no archive",
    "empty": lambda: b"",
    "text": lambda: b"She mentioned it.",
    "cut off": cut,
    "another archive": other_archive,
    "no XML": lambda: packed({"word/document.xml": b"\x00\x01"}),
    "other XML": lambda: packed({"word/document.xml": b"<html/>"}),
    "no body": lambda: packed({"word/document.xml": f"<w:document {W}/>".encode()}),
    "no types": lambda: packed({"[Content_Types].xml": b"<x/>"}),
    "broken types": lambda: packed({"[Content_Types].xml": b""}),
    "odd relations": lambda: packed({"_rels/.rels": b"<x/>"}),
    "deep": lambda: with_body("<w:p>" * 10_000 + "</w:p>" * 10_000),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_no_docx_is_refused(data: Callable[[], bytes]) -> None:
    with pytest.raises(InputError) as raised:
        opened(data())
    assert str(raised.value).startswith("a.docx: ")
    json.dumps(str(raised.value))


def test_a_docx_is_read_where_its_text_is_wrapped_and_not_where_it_was_deleted() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>base </w:t></w:r><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>deleted</w:delText><w:t>deleted</w:t></w:r></w:del></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>a block control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:sdt><w:sdtContent><w:r><w:t>an inline one</w:t><w:br/><w:t>and a break</w:t></w:r>"
        "</w:sdtContent></w:sdt>"
        "<w:smartTag><w:r><w:t>, tagged</w:t></w:r></w:smartTag></w:p>"
        f"<w:p><w:r><w:t>beside</w:t></w:r><w:r><w:pict>{box}</w:pict></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>outer</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>nested</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc>"
        "<w:tc><w:p><w:r><w:t>next</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert opened(with_body(body)).splitlines() == [
        "base inserted",
        "a block control",
        "an inline one",
        "and a break, tagged",
        "beside",
        "in a box",
        "outer nested\tnext",
    ]
