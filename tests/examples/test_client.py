from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import pytest

from examples import client as example
from examples.client import Client, Refused
from restorer.config import Settings
from restorer.serve.limits import Limits
from restorer.types import Document
from tests.examples.server import Script, fake, scripted, serving

SPUN = 'The statesmen mentioned at a news convention that it was adequate.\r\n"Not adequate," one mentioned.\r\n'
SAID = fake(Settings()).restore(Document(SPUN)).restored
RESULT = json.dumps({"restored": "done"}).encode()


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address, seconds=60) as client:
        yield client


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the client would have waited, in place of waiting."""
    seconds: list[float] = []
    monkeypatch.setattr("examples.client.time.sleep", seconds.append)
    return seconds


def test_a_text_comes_back_as_the_library_restores_it(client: Client) -> None:
    assert "said" in SAID
    assert client.restore(SPUN)["restored"] == SAID


def test_several_texts_come_back_in_order_over_one_connection(client: Client) -> None:
    assert [r["restored"] for r in client.restore_many([SPUN, "Nothing odd.", SPUN])] == [SAID, "Nothing odd.", SAID]
    assert client.restore_many([]) == []


def test_options_are_passed_on(client: Client) -> None:
    words = client.restore("He mentioned a convention.", ignore_words=["mentioned"])["restored"]
    assert words == "He mentioned a conference."
    with pytest.raises(Refused, match="422: fpr"):
        client.restore("He mentioned it.", fpr=7)


def test_a_stream_of_more_than_the_sockets_hold_comes_back_whole_and_in_order(client: Client) -> None:
    texts = [f"Number {number} was mentioned. {'x' * 8000}" for number in range(600)]
    restored = [result["restored"] for result in client.stream(texts)]
    assert restored == [text.replace("mentioned", "said") for text in texts]


def test_an_endless_stream_is_taken_no_further_than_its_results_are(client: Client) -> None:
    ended = threading.Event()

    def endless() -> Iterator[str]:
        try:
            for number in count():
                yield f"Number {number} was mentioned. {'x' * 5000}"
        finally:
            ended.set()

    results = client.stream(endless())
    assert [result["restored"][:18] for result in islice(results, 3)] == [f"Number {n} was said." for n in range(3)]
    results.close()  # type: ignore[attr-defined]
    assert ended.wait(60)
    assert client.restore("He mentioned it.")["restored"] == "He said it."


def test_a_text_that_cannot_be_restored_is_a_line_of_the_stream() -> None:
    with serving(Limits(characters=40)) as address, Client(address) as client:
        first, second, third = client.stream(["He mentioned it.", "x" * 41, "She mentioned it."])
    assert (first["restored"], third["restored"]) == ("He said it.", "She said it.")
    assert second["line"] == 2
    assert "at most 40" in second["error"]


def test_an_error_in_the_texts_themselves_reaches_whoever_gave_them(client: Client) -> None:
    def texts() -> Iterator[str]:
        yield "He mentioned it."
        msg = "the disk is gone"
        raise LookupError(msg)

    with pytest.raises(LookupError, match="the disk is gone"):
        list(client.stream(texts()))


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(status: int, waits: list[float]) -> None:
    busy = (status, {"Retry-After": "7"}, b'{"error": "busy"}')
    script = Script([busy, busy, (200, {}, RESULT)])
    with scripted(script) as address, Client(address) as client:
        assert client.restore("text") == {"restored": "done"}
    assert waits == [7.0, 7.0]
    assert {body for _, _, body in script.asked} == {b'{"text": "text"}'}


def test_a_server_that_stays_busy_is_given_up_with_its_own_words(waits: list[float]) -> None:
    busy = (429, {"Retry-After": "1"}, b'{"error": "64 requests are being answered already"}')
    with scripted(Script([busy, busy])) as address, pytest.raises(Refused, match="429: 64 requests are") as refused:
        Client(address, attempts=2).restore("text")
    assert refused.value.status == 429
    assert waits == [1.0]


def test_a_busy_server_has_taken_no_text_of_a_stream(waits: list[float]) -> None:
    texts = iter(["one", "two"])
    busy = (429, {"Retry-After": "1"}, b"{}")
    with scripted(Script([busy, busy])) as address, pytest.raises(Refused):
        list(Client(address, attempts=2).stream(texts))
    assert list(texts) == ["one", "two"]


def test_what_the_server_cannot_use_is_not_sent_again(waits: list[float]) -> None:
    script = Script([(422, {}, b'{"error": "text is missing"}')])
    with scripted(script) as address, pytest.raises(Refused, match="422: text is missing"):
        Client(address).restore("text")
    assert (len(script.asked), waits) == (1, [])


def test_a_proxys_page_in_place_of_an_answer_is_shown(waits: list[float]) -> None:
    with scripted(Script([(502, {}, b"<h1>Bad Gateway</h1>")])) as address, pytest.raises(Refused, match="Bad Gateway"):
        Client(address).restore("text")


def test_a_connection_that_was_ended_meanwhile_is_opened_anew(waits: list[float]) -> None:
    with scripted(Script([(200, {}, RESULT)] * 3, hang_up=True)) as address, Client(address) as client:
        assert [client.restore("text") for _ in range(3)] == [{"restored": "done"}] * 3
    assert waits == []


def test_the_address_may_have_a_path_of_its_own() -> None:
    script = Script([(200, {}, RESULT)])
    with scripted(script) as address, Client(f"{address}restorer/") as client:
        client.restore("text")
    assert script.asked[0][0] == "/restorer/v1/restore"


def test_the_token_is_sent_with_texts_and_streams() -> None:
    with serving(token="s3cret") as address:
        with Client(address, token="s3cret") as client:
            assert client.restore("He mentioned it.")["restored"] == "He said it."
            assert [r["restored"] for r in client.stream(["He mentioned it."])] == ["He said it."]
        with pytest.raises(Refused, match="401"):
            Client(address).restore("He mentioned it.")


def run(address: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(Path(example.__file__)), "--url", address, *arguments]
    environ = {name: value for name, value in os.environ.items() if name != "RESTORE_TOKEN"}
    return subprocess.run(command, input=given.encode(), capture_output=True, env=environ, check=False)


def test_the_script_prints_a_files_restored_text_as_it_is(address: str, tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_bytes(SPUN.encode())
    done = run(address, str(path))
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, SAID, b"")


def test_the_script_sums_up_several_files(address: str, tmp_path: Path) -> None:
    paths = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for path, text in zip(paths, ("He mentioned it.", "Nothing odd."), strict=True):
        path.write_text(text, encoding="utf-8")
    lines = run(address, *map(str, paths)).stdout.decode().splitlines()
    assert lines[0].startswith(f"{paths[0]}: 1 edits")
    assert lines[1].startswith(f"{paths[1]}: 0 edits")


def test_the_script_restores_lines_of_standard_input(address: str) -> None:
    done = run(address, "--lines", given="He mentioned it.\nNothing odd.\n")
    assert (done.returncode, done.stdout.decode().splitlines()) == (0, ["He said it.", "Nothing odd."])


def test_the_script_says_why_it_could_not(address: str, tmp_path: Path) -> None:
    done = run(address, str(tmp_path / "missing.txt"))
    assert done.returncode == 2
    assert b"missing.txt" in done.stderr
    assert b"Traceback" not in done.stderr
