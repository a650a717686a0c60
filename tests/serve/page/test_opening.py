"""Files of every kind, chosen or dropped."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

TEXT = "He mentioned so on Tuesday.\r\nThe White Home has boots on the bottom.\r\n"
RESTORED = "He said so on Tuesday.\r\nThe White House has boots on the ground.\r\n"
ARTICLE = (
    "<html><head><title>T</title></head><body><nav><a href='/'>Home</a></nav><article><h1>A headline of this kind</h1>"
    + "<p>The prime minister mentioned on Tuesday that boots would be on the bottom, and the White Home agreed.</p>" * 3
    + "</article></body></html>"
)


def _opened(page: Page, name: str, data: bytes) -> None:
    page.locator("#file").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})
    expect(page.locator("#name")).to_have_text(name)


def _saved(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save text").click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("name", ["article.txt", "notes.md"])
def test_a_text_file_keeps_every_byte_outside_the_edits(page: Page, name: str) -> None:
    _opened(page, name, TEXT.encode())
    assert _saved(page) == RESTORED.encode()


def test_a_page_of_html_gives_its_main_text(page: Page) -> None:
    _opened(page, "page.html", ARTICLE.encode())
    expect(page.locator("#page")).to_contain_text("mentioned said on Tuesday")
    expect(page.locator("#page")).not_to_contain_text("Home has")


def test_a_docx_gives_its_paragraphs_and_tables(page: Page) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_paragraph("He mentioned so on Tuesday. The White Home has boots on the bottom.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    document.add_paragraph("The end.")
    file = BytesIO()
    document.save(file)
    _opened(page, "article.docx", file.getvalue())
    page.get_by_label("restored").check()
    assert page.locator("#page .line").all_inner_texts() == [
        "He said so on Tuesday. The White House has boots on the ground.",
        "left\tright",
        "The end.",
    ]


def test_a_file_is_dropped(page: Page) -> None:
    transfer = page.evaluate_handle(
        "text => { const t = new DataTransfer(); t.items.add(new File([text], 'dropped.txt')); return t; }", TEXT
    )
    page.dispatch_event("body", "dragover", {"dataTransfer": transfer})
    expect(page.locator("#drop")).to_be_visible()
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    expect(page.locator("#name")).to_have_text("dropped.txt")
    expect(page.locator("#drop")).to_be_hidden()
    assert _saved(page) == RESTORED.encode()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("photo.png", b"\x89PNG", "files of the kinds"),
        ("broken.docx", b"PK\x03\x04 no archive", "is no .docx file"),
        ("empty.txt", b" \n", "has no text"),
        ("binary.txt", b"\x00\x01\x02\x03" * 50, "not text"),
        ("nothing.html", b"<html><body></body></html>", "nothing.html: its main text cannot be found"),
    ],
)
def test_a_file_that_cannot_be_opened_says_why_and_keeps_the_draft(
    page: Page, name: str, data: bytes, message: str
) -> None:
    page.get_by_label("Paste an article").fill("a draft")
    page.locator("#file").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})
    expect(page.get_by_role("alert")).to_contain_text(message)
    expect(page.get_by_label("Paste an article")).to_have_value("a draft")


def test_what_a_saved_file_will_not_be_is_said(page: Page) -> None:
    _opened(page, "old.txt", "“She mentioned it,” he mentioned.".encode("cp1252"))
    expect(page.locator("#note")).to_contain_text("what you save is UTF-8")
    page.reload()
    expect(page.locator("#note")).to_contain_text("what you save is UTF-8")
    page.get_by_role("button", name="Another text").click()
    _opened(page, "new.md", b"She mentioned it.")
    expect(page.locator("#note")).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save text").click()
    assert download.value.suggested_filename == "new.restored.md"
