"""What somebody might send to bring the server down: the right status, and the server lives."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import httpx
import pytest

from scripts.live import Live
from tests.serve.test_open_file import bomb, docx, with_body
from tests.serve.workers import PATIENCE

JSON = {"content-type": "application/json"}


@pytest.fixture(autouse=True)
def alive_afterwards(live: Live) -> Iterator[None]:
    """Whatever a test has sent, the server answers the next request, and has no request of the test's any more."""
    yield
    assert live.client.get("healthz").json() == {"status": "alive"}
    answer = live.client.post("v1/restore", json={"text": "He mentioned it."})
    assert (answer.status_code, answer.json()["path"]) == (200, "-")
    assert live.process.poll() is None


def post(live: Live, path: str, content: bytes, **headers: str) -> httpx.Response:
    return live.client.post(path, content=content, headers={**JSON, **headers})


def restore(live: Live, text: str) -> httpx.Response:
    return post(live, "v1/restore", json.dumps({"text": text}).encode())


TEXTS = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)> He mentioned it.",
    "bidi": "\u202e\u2066He mentioned\u2069 it.\u202c\u200b\u200f",
    "nuls": "He \x00mentioned\x00 it.\x00",
    "controls": "".join(map(chr, range(32))) + "\x7f\x85\u2028\u2029\ufeff\ufffe\uffff mentioned",
    "astral": "\U0010ffff\U0001f600 mentioned \U000e0001",
    "combining": "e" + "\u0301" * 5_000 + " mentioned",
    "templates": "{{7*7}} ${7*7} %s %n {0} mentioned",
    "newlines": "\r\n\n\r" * 3_000 + "mentioned",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_odd_text_comes_back_as_it_is_outside_the_edits(live: Live, text: str) -> None:
    response = restore(live, text)
    assert response.status_code == 200
    data = response.json()
    at, pieces = 0, []
    for finding in data["findings"]:
        assert text[finding["start"] : finding["end"]] == finding["text"]
        if finding["applied"]:
            pieces += [text[at : finding["start"]], finding["replacement"]]
            at = finding["end"]
    assert data["restored"] == "".join([*pieces, text[at:]])
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x1f\x7f-\x9f]", response.text), "nothing in it acts"


def test_a_word_of_a_million_characters_comes_back_and_a_longer_one_is_refused(live: Live) -> None:
    word = "x" * 1_000_000
    assert restore(live, word).json()["restored"] == word
    assert restore(live, word + "x").status_code == 422
    assert "1,000,001 characters" in restore(live, word + "x").json()["error"]


def test_a_word_of_five_megabytes_is_too_long_and_one_of_six_too_much(live: Live) -> None:
    assert restore(live, "x" * 5_000_000).status_code == 422
    assert restore(live, "x" * 6_000_000).status_code == 413


BODIES = {
    "invalid UTF-8": b'{"text": "\xff\xfe mentioned"}',
    "overlong UTF-8": b'{"text": "\xc0\xaf"}',
    "UTF-32": '{"text": 5}'.encode("utf-32"),
    "NUL": b'{"text": "a\x00b"}',
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"text":' * 100_000 + b"1" + b"}" * 100_000,
    "deep in a field": b'{"text": "a", "ignore_words": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "huge number": b'{"text": "a", "fpr": ' + b"9" * 100_000 + b"}",
    "huge exponent": b'{"text": "a", "fpr": 1e999999999}',
    "not a number": b'{"text": "a", "threshold": NaN}',
    "many keys": b"{" + b",".join(b'"%d":1' % n for n in range(200_000)) + b"}",
    "half a million faults": b'{"texts": [' + b",".join([b"1"] * 500_000) + b"]}",
    "half a million decisions": b'{"text": "a", "decisions": [' + b",".join([b"1"] * 500_000) + b"]}",
    "half a million words": b'{"text": "a", "ignore_words": [' + b",".join([b"1"] * 500_000) + b"]}",
    "a long key": b'{"' + b"k" * 1_000_000 + b'": 1}',
    "cut off": b'{"text": "a',
    "two values": b'{"text": "a"}{"text": "b"}',
    "a string": b'"text"',
    "nothing": b"",
    "form": b"text=a",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", ["v1/restore", "v1/report"])
def test_a_body_that_cannot_be_used_is_refused_in_a_few_words(live: Live, path: str, body: bytes) -> None:
    response = post(live, path, body)
    assert response.status_code in (400, 422)
    assert len(response.json()["error"]) < 1_000


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_line_that_cannot_be_used_is_refused_by_its_number(live: Live, body: bytes) -> None:
    answers = post(live, "v1/stream", b'{"text": "a"}\n' + body + b"\n" + b'{"text": "b"}\n').text.splitlines()
    assert json.loads(answers[0])["restored"] == "a"
    assert json.loads(answers[-1])["restored"] == "b"
    assert all(json.loads(line)["line"] == 2 for line in answers[1:-1])


def test_where_a_key_stands_twice_the_last_one_counts(live: Live) -> None:
    assert post(live, "v1/restore", b'{"text": 5, "text": "a"}').json()["restored"] == "a"


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", ""],
)
def test_json_that_a_foreign_form_could_send_is_refused(live: Live, kind: str) -> None:
    response = post(live, "v1/restore", b'{"text": "a"}', **{"content-type": kind})
    assert response.status_code == 422


def connected(live: Live) -> socket.socket:
    return socket.create_connection(("127.0.0.1", live.port), PATIENCE)


def status(connection: socket.socket) -> int:
    answer = b""
    while b"\r\n" not in answer:
        piece = connection.recv(1 << 16)
        if not piece:
            return 0
        answer += piece
    return int(answer.split()[1])


HEAD = b"POST /v1/restore HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

HALVES = {
    "nothing": b"",
    "half a head": b"POST /v1/restore HTTP/1.1\r\nHost: loc",
    "half a body": HEAD + b'Content-Length: 100\r\n\r\n{"text": ',
    "half a chunk": HEAD + b'Transfer-Encoding: chunked\r\n\r\n64\r\n{"text": ',
    "half a stream": HEAD.replace(b"restore", b"stream") + b'Content-Length: 1000\r\n\r\n{"text": "a"}\n{"te',
}


def test_connections_that_send_half_of_something_and_hang_keep_nobody_else_waiting(live: Live) -> None:
    hanging = [connected(live) for _ in range(3) for _ in HALVES]
    try:
        for connection, half in zip(hanging, [*HALVES.values()] * 3, strict=True):
            connection.sendall(half)
        assert restore(live, "He mentioned it.").status_code == 200
    finally:
        for connection in hanging:
            connection.close()


RAW = {
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "no host": (b"GET /v1/model HTTP/1.1\r\n\r\n", 400),
    "another host": (b"GET /v1/model HTTP/1.1\r\nHost: rebound.example\r\n\r\n", 400),
    "two lengths": (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
    "length of thousands of digits": (HEAD + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n", 400),
    "length too large": (HEAD + b"Content-Length: 99999999999\r\n\r\n", 413),
    "negative length": (HEAD + b"Content-Length: -1\r\n\r\n", 400),
    "endless head": (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"x" * 200_000, 400),
    "a chunk of no size": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    "path upwards": (b"GET /static/../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    "path upwards, escaped": (b"GET /static/..%2f..%2fapi.py HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    "path with a NUL": (b"GET /static/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    "another server's address": (b"GET http://other.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    "a tunnel": (b"CONNECT other.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
}


@pytest.mark.parametrize(("sent", "expected"), RAW.values(), ids=RAW)
def test_what_is_no_request_of_ours_is_refused(live: Live, sent: bytes, expected: int) -> None:
    with closing(connected(live)) as connection:
        connection.sendall(sent)
        assert status(connection) == expected


def test_clients_that_go_away_while_their_texts_are_restored_leave_a_server_that_lives(live: Live) -> None:
    body = json.dumps({"text": "He mentioned it. " * 200}).encode()
    for _ in range(3):
        with closing(connected(live)) as connection:
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def lying_bomb() -> bytes:
    """A .docx that says it unpacks to little."""
    data = bytearray(with_body("<w:p/>" * 500_000))
    at = data.rindex(b"PK\x01\x02", 0, data.index(b"word/document.xml", data.index(b"PK\x01\x02")))
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    prologue = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'
    return with_body("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", prologue)


def many_parts() -> bytes:
    stream = BytesIO(docx(lambda _: None))
    with ZipFile(stream, "a", ZIP_DEFLATED) as archive:
        for number in range(5_000):
            archive.writestr(f"word/{number}.xml", b"")
    return stream.getvalue()


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (bomb, "a.docx"),
    "zip bomb that lies": (lying_bomb, "a.docx"),
    "entities": (laughs, "a.docx"),
    "html as docx": (lambda: b"<html></html>", "a.docx"),
    "no text": (lambda: bytes(range(256)) * 100, "a.txt"),
    "markup without text": (lambda: b"<" * 200_000, "a.html"),
    "another kind": (lambda: b"%PDF", "a.pdf"),
    "markup in the name": (lambda: b"%PDF", "%3Cscript%3E%0d%0aX: y"),
}


@pytest.mark.parametrize(("made", "name"), FILES.values(), ids=FILES)
def test_a_file_that_is_none_or_means_harm_is_refused(live: Live, made: Callable[[], bytes], name: str) -> None:
    response = post(live, "review/file", made(), **{"x-file-name": name})
    assert response.status_code == 422, response.text
    assert response.json()["error"].startswith((f"{name}: ", "<script>\r\nX: y: files of the kinds"))


def test_a_docx_of_many_parts_is_opened_or_refused(live: Live) -> None:
    assert post(live, "review/file", many_parts(), **{"x-file-name": "a.docx"}).status_code in (200, 413, 422)


HTML = {
    "deep": b"<div>" * 20_000 + b"She mentioned it. " * 50,
    "tables": b"<table><tr><td>" * 2_000 + b"She mentioned it. " * 50,
    "formatting": b"<b><i><u><a>" * 2_000 + b"She mentioned it. " * 50,
    "attributes": b"<p " + b"".join(b"a%d=1 " % n for n in range(5_000)) + b">" + b"She mentioned it. " * 50,
    "entities": b"<p>" + b"&amp" * 50_000 + b"She mentioned it. " * 50,
}


@pytest.mark.parametrize("page", HTML.values(), ids=HTML)
def test_a_page_that_keeps_the_parser_busy_costs_nobody_else_the_server(live: Live, page: bytes) -> None:
    response = post(live, "review/file", page, **{"x-file-name": "a.html"})
    assert response.status_code in (200, 422), response.text
    data: Any = response.json()
    assert "She mentioned it." in data["text"] if response.status_code == 200 else data["error"]


def test_a_form_of_too_many_fields_is_no_fault(live: Live) -> None:
    response = post(
        live, "review/plain", b"&".join([b"a=b"] * 50), **{"content-type": "application/x-www-form-urlencoded"}
    )
    assert response.status_code == 422
    assert "send the field text alone" in response.json()["error"]
