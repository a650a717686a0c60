from __future__ import annotations

import gzip
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from restorer.batch.containers.warc_http import Answer, answer_of, content_of
from restorer.errors import DamagedFileError

PAGE = b"<html><body><p>He mentioned it.</p></body></html>" * 40


def answer(body: bytes, encoding: str = "", transfer: str = "") -> Answer:
    return Answer(200, {"content-encoding": encoding, "transfer-encoding": transfer}, body)


@pytest.mark.parametrize("line", ["HTTP/1.1 200 OK", "HTTP/1.0 200", "HTTP/2 200"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_head_is_read(line: str, end: str) -> None:
    block = end.join([line, "Content-TYPE: Text/HTML ; charset='utf-8'", "odd line", "X: 1", "", "<p>"]).encode()
    found = answer_of(block)
    assert found is not None
    assert (found.status, found.content_type, found.charset, found.body) == (200, "text/html", "utf-8", b"<p>")


@pytest.mark.parametrize("block", [b"", b"GET / HTTP/1.1\r\n\r\n", b"<html>", b"HTTP/1.1 OK\r\n\r\n"])
def test_what_is_no_answer_is_told(block: bytes) -> None:
    assert answer_of(block) is None


RAW = zlib.compressobj(wbits=-15)
PACKED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "Deflate": RAW.compress(PAGE) + RAW.flush(),
    "zstd": zstandard.ZstdCompressor().compress(PAGE),
    "identity": PAGE,
    "": PAGE,
}


@pytest.mark.parametrize("encoding", PACKED)
def test_content_is_unpacked(encoding: str) -> None:
    assert content_of(answer(PACKED[encoding], encoding), 10_000) == PAGE


def test_content_packed_by_brotli_is_unpacked() -> None:
    brotli = pytest.importorskip("brotli")
    assert content_of(answer(brotli.compress(PAGE), "br"), 10_000) == PAGE
    with pytest.raises(DamagedFileError, match="damaged"):
        content_of(answer(b"\x91no brotli" * 9, "br"), 10_000)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd", "UTF-8"])
def test_content_that_was_unpacked_already_is_taken_as_it_is(encoding: str) -> None:
    assert content_of(answer(PAGE, encoding), 10_000) == PAGE


def test_chunks_are_put_together() -> None:
    body = b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in (PAGE[:7], PAGE[7:]))
    for sent in (body + b"0\r\n\r\n", body, PAGE):
        assert content_of(answer(sent, "", "Chunked"), 10_000) == PAGE
    packed = gzip.compress(PAGE)
    sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    assert content_of(answer(sent, "gzip", "chunked"), 10_000) == PAGE


def test_cut_off_content_is_read_as_far_as_it_goes() -> None:
    rows = b"".join(b"<p>%d</p>" % (i * i) for i in range(10_000))
    found = content_of(answer(gzip.compress(rows)[:5000], "gzip"), 1_000_000)
    assert len(found) > 5000
    assert rows.startswith(found)


def test_damage_and_unknown_packings_are_errors() -> None:
    packed = bytearray(gzip.compress(PAGE))
    packed[20] ^= 0xFF
    with pytest.raises(DamagedFileError, match="damaged"):
        content_of(answer(bytes(packed), "gzip"), 10_000)
    with pytest.raises(DamagedFileError, match="'odd', which is not known"):
        content_of(answer(b"\x01\x02", "odd"), 10_000)


def test_little_more_than_the_most_is_unpacked() -> None:
    assert 1000 < len(content_of(answer(gzip.compress(bytes(100_000_000)), "gzip"), 1000)) < 20_000_000


@given(
    st.binary(max_size=300),
    st.sampled_from(["gzip", "deflate", "zstd", "gzip, deflate"]),
    st.sampled_from(["", "chunked"]),
)
def test_any_bytes_are_content_or_damaged(body: bytes, encoding: str, transfer: str) -> None:
    try:
        assert isinstance(content_of(answer(body, encoding, transfer), 1000), bytes)
    except DamagedFileError as error:
        assert "its content is damaged" in str(error)
