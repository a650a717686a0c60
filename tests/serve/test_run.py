"""Sockets, start and end, of the command itself with the shipped model."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from restorer.cli.app import app
from restorer.config import Settings
from restorer.errors import SettingsError
from restorer.serve.run import Plan, is_loopback
from scripts.live import Live, command, served
from tests.serve.workers import PATIENCE

SEED = next((Path(__file__).parents[2] / "seeds").glob("000_*.txt")).read_text(encoding="utf-8")


def plan(**given: Any) -> Plan:  # noqa: ANN401 - fields
    return Plan(Settings(), **given)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_an_address_is_this_machine_s_own_or_is_taken_for_everybody_s(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "host.example", ""])
def test_other_addresses_need_a_token_or_the_user_s_word(host: str) -> None:
    with pytest.raises(SettingsError, match="give a --token that clients must send, or --insecure to do without"):
        plan(host=host)
    assert plan(host=host, token="secret").hosts == frozenset()
    assert plan(host=host, insecure=True).hosts == frozenset()


def test_a_server_of_this_machine_s_own_goes_by_its_names_alone() -> None:
    assert plan(host="127.8.8.8").hosts == {"127.8.8.8", "localhost", "127.0.0.1", "::1"}
    assert plan(token="secret").hosts == frozenset(), "a tunnel may have any name, and the token is what counts"


@pytest.mark.parametrize("token", ["schlüssel", " a", "a\n", "\t"])
def test_a_token_that_no_header_can_hold_is_refused_unshown(token: str) -> None:
    with pytest.raises(SettingsError, match="must be ASCII without spaces at its ends"):
        plan(token=token)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(SettingsError, match=f"between 0 and 65535, got {port}"):
        plan(port=port)


def test_a_token_is_not_shown_with_the_plan() -> None:
    assert "secret" not in repr(plan(token="secret"))


def test_a_port_that_is_in_use_is_an_error_before_anything_is_loaded() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(app, ["serve", "--port", str(port)], prog_name="restore")
    assert done.exit_code == 2
    assert f"restore: cannot listen on 127.0.0.1 port {port} (" in done.stderr
    assert "choose another --host or --port" in done.stderr


def test_a_model_that_cannot_be_loaded_is_one_line_and_exit_status_2(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    options = command("--model", str(tmp_path))
    done = subprocess.run(options, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 2, done.stderr
    first, second = done.stderr.splitlines()
    assert first == "loading the model ..."
    assert second.startswith(f"restore: {tmp_path}")
    assert done.stdout == ""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Live]:
    """A server for one test alone, which may end it."""
    with served(folder=tmp_path) as found:
        yield found


def post(port: int, text: str) -> tuple[int, dict[str, str], Any]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("POST", "/v1/restore", json.dumps({"text": text}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, dict(response.headers), json.loads(response.read())


def at_work(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("GET", "/metrics")
        return b"restorer_busy_workers 1.0" in connection.getresponse().read()


def processes(pid: int) -> list[int]:
    """The processes that a process has started, whichever of its threads did."""
    return [int(c) for task in Path(f"/proc/{pid}/task").iterdir() for c in (task / "children").read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_answers_what_has_come_in_and_ends_well(own: Live, number: signal.Signals) -> None:
    text = (SEED + "\n") * 3
    with ThreadPoolExecutor() as threads:
        running = threads.submit(post, own.port, text)
        while not at_work(own.port):
            assert not running.done(), "the text is too short to end the server in the middle of it"
        if number == signal.SIGINT:  # a terminal sends it to all of them
            for child in processes(own.process.pid):
                os.kill(child, number)
        os.kill(own.process.pid, number)
        status, _, answer = running.result(PATIENCE)
    assert status == 200
    assert answer["restored"].count("boots on the ground") >= 3
    assert own.ended() == (0, "ended\n")
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", own.port), 1).close()


def test_no_process_of_it_is_left_when_it_is_killed(own: Live) -> None:
    left = [os.pidfd_open(pid) for pid in processes(own.process.pid)]
    assert left
    own.process.kill()
    while left:
        ended, _, _ = select.select(left, [], [], PATIENCE)
        assert ended, "a worker is still there"
        for handle in ended:
            left.remove(handle)
            os.close(handle)


def test_it_says_where_it_listens_and_nothing_about_itself_to_strangers(live: Live) -> None:
    assert live.address == f"http://127.0.0.1:{live.port}/"
    status, headers, answer = post(live.port, "He mentioned it.")
    assert status == 200
    assert "server" not in {name.lower() for name in headers}
    assert answer["model"].startswith("small")
