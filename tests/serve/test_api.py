"""The API's routes, over workers with the fake model."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from restorer.config import Settings
from restorer.engine import Restorer
from restorer.report import FORMATS, reporter
from restorer.review import Decision, with_decisions
from restorer.serve.app import create_app
from restorer.serve.limits import Limits
from restorer.serve.metrics import Metrics
from restorer.serve.pool import Pool
from restorer.serve.service import Service
from restorer.serve.worker import Work
from restorer.types import Document, Result
from tests.fakes import FakeModel
from tests.serve.conftest import Served, Serving
from tests.serve.workers import PATIENCE, Hold

TEXT = 'She mentioned it. "It was adequate," the statesmen told the convention.'
SECRET = "Ceausescu"


def restored(text: str = TEXT, path: str = "-", **settings: Any) -> Result:  # noqa: ANN401 - settings
    return Restorer(FakeModel(), Settings(**settings)).restore(Document(text, path))


def fault(response: httpx.Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    data = response.json()
    assert list(data) == ["error"]
    return str(data["error"])


def retry_after(response: httpx.Response) -> int:
    return int(response.headers["retry-after"])


async def held(client: httpx.AsyncClient, hold: Hold) -> asyncio.Task[httpx.Response]:
    """A request that a worker is at."""
    task = asyncio.create_task(client.post("/v1/restore", json={"text": hold.text}))
    await asyncio.to_thread(hold.begun)
    return task


def test_a_text_is_restored_as_the_library_does(server: Served) -> None:
    response = server.post("/v1/restore", json={"text": TEXT, "path": "news/a.txt"})
    assert response.headers["content-type"] == "application/json"
    assert response.json() == restored(path="news/a.txt").to_dict()
    assert response.json()["restored"].startswith("She said it.")


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ({"fpr": 0.01}, {"fpr": 0.01}),
        ({"threshold": 0.95}, {"threshold": 0.95}),
        ({"quotes": "skip"}, {"quotes": "skip"}),
        ({"quotes": "flag", "fpr": 1}, {"quotes": "flag", "fpr": 1.0}),
        ({"ignore_words": ["Mentioned", " the  convention "]}, {"ignore_words": {"mentioned", "the convention"}}),
    ],
)
def test_options_of_a_request_are_the_library_s_settings(
    server: Served, options: dict[str, Any], settings: dict[str, Any]
) -> None:
    if "ignore_words" in settings:
        settings["ignore_words"] = frozenset(settings["ignore_words"])
    assert server.post("/v1/restore", json={"text": TEXT, **options}).json() == restored(**settings).to_dict()
    assert server.post("/v1/restore", json={"text": TEXT}).json() == restored().to_dict(), "the next one has none"


def test_what_a_request_leaves_out_is_as_the_server_was_started(serving: Serving) -> None:
    server = serving(settings=Settings(threshold=0.95, quotes="skip"))
    assert server.post("/v1/restore", json={"text": TEXT}).json() == restored(threshold=0.95, quotes="skip").to_dict()
    assert server.post("/v1/restore", json={"text": TEXT, "fpr": 0.01}).json() == (
        restored(fpr=0.01, quotes="skip").to_dict()
    )


def test_detecting_flags_the_same_and_changes_nothing(server: Served) -> None:
    flagged = server.post("/v1/detect", json={"text": TEXT}).json()
    assert flagged == restored().flagged().to_dict()
    assert flagged["restored"] == TEXT
    assert flagged["findings"]


def test_several_texts_are_answered_in_their_order(server: Served) -> None:
    texts = [f"Number {n} mentioned it." for n in range(60)]
    answers = server.post("/v1/restore", json={"texts": texts, "fpr": 0.01}).json()
    assert answers == [restored(text, fpr=0.01).to_dict() for text in texts]
    assert server.post("/v1/detect", json={"texts": texts[:2]}).json() == [
        restored(text).flagged().to_dict() for text in texts[:2]
    ]


def test_no_texts_are_no_answers(server: Served) -> None:
    assert server.post("/v1/restore", json={"texts": []}).json() == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_has_the_form_asked_for_and_the_decisions_in_force(server: Served, form: str) -> None:
    decisions = [{"start": 4, "text": "mentioned", "replacement": "told"}]
    asked = {"text": TEXT, "path": "a.txt", "format": form, "decisions": decisions}
    report = reporter(form)
    result = with_decisions(restored(path="a.txt"), [Decision(4, "mentioned", "told")])
    assert server.post("/v1/report", json=asked).text == report.begin() + report.report(result) + report.end()


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("json", "application/json"),
        ("jsonl", "application/x-ndjson"),
        ("sarif", "application/sarif+json"),
        ("html", "text/html; charset=utf-8"),
        ("text", "text/plain; charset=utf-8"),
        ("diff", "text/plain; charset=utf-8"),
    ],
)
def test_a_report_says_what_it_is(server: Served, form: str, kind: str) -> None:
    assert server.post("/v1/report", json={"text": TEXT, "format": form}).headers["content-type"] == kind


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"format": "pdf"}, "'pdf'"),
        ({"decisions": [{"start": 0, "text": "She", "replacement": "He"}]}, "no candidate 'She' starts at"),
        ({"decisions": [{"start": 4, "text": "mentioned", "replacement": 1}]}, "replacement must be a string"),
        ({"decisions": [5]}, "decisions.0 must be an object, got 5"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused(server: Served, asked: dict[str, Any], message: str) -> None:
    assert message in fault(server.post("/v1/report", json={"text": TEXT, **asked}), 422)


def test_no_markup_of_a_text_is_markup_in_its_report(server: Served) -> None:
    text = "<script>alert(1)</script> She mentioned </textarea><img src=x onerror=alert(1)>"
    for path, given in (
        ("/v1/report", {"json": {"text": text, "path": text[:50], "format": "html"}}),
        ("/review/plain", {"data": {"text": text}}),
    ):
        page = server.post(path, **given).text
        assert "&lt;script&gt;alert(1)" in page
        assert not re.search(r"<script>alert|<img|</textarea><", page)


@pytest.mark.parametrize("body", [b'{"text": "She mentioned \\ud800."}', b'{"text": "She mentioned \xed\xa0\x80."}'])
def test_half_a_surrogate_pair_is_answered_escaped_or_refused(server: Served, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    response = server.post("/v1/restore", content=body, headers=headers)
    assert (response.status_code, response.json()["restored"]) == (200, "She said \ud800.")
    report = body.replace(b"{", b'{"format": "text", ')
    assert server.post("/v1/report", content=report, headers=headers).status_code == 422


ROUTES: list[tuple[str, Callable[[str], dict[str, Any]]]] = [
    ("/v1/restore", lambda text: {"json": {"text": text}}),
    ("/v1/restore", lambda text: {"json": {"texts": ["a", text]}}),
    ("/v1/detect", lambda text: {"json": {"text": text}}),
    ("/v1/report", lambda text: {"json": {"text": text}}),
    ("/review/text", lambda text: {"json": {"text": text}}),
    ("/review/file", lambda text: {"content": text.encode(), "headers": {"x-file-name": "a.txt"}}),
    ("/review/plain", lambda text: {"data": {"text": text}}),
]


@pytest.mark.parametrize(("path", "body"), ROUTES)
def test_a_text_that_is_too_long_is_refused_and_one_that_just_fits_is_not(
    serving: Serving, path: str, body: Callable[[str], dict[str, Any]]
) -> None:
    server = serving(Limits(characters=20))
    assert server.post(path, **body("\N{GRINNING FACE}" * 20)).status_code == 200, "characters are counted, not bytes"
    message = fault(server.post(path, **body("\N{GRINNING FACE}" * 21)), 422)
    assert re.search(r"21 characters.* at most 20 .*cut it into parts", message)


def test_too_many_texts_are_refused(serving: Serving) -> None:
    server = serving(Limits(texts=3))
    assert server.post("/v1/restore", json={"texts": ["a"] * 3}).status_code == 200
    message = fault(server.post("/v1/restore", json={"texts": ["a"] * 4}), 422)
    assert "4 entries, at most 3 are taken; use /v1/stream" in message


@pytest.mark.parametrize("path", sorted({path for path, _ in ROUTES}))
def test_a_body_that_is_too_long_is_refused(serving: Serving, path: str) -> None:
    async def pieces() -> Any:  # noqa: ANN401
        for _ in range(3):
            yield b'"' * 400

    server = serving(Limits(body_bytes=1000))
    for content in (b'"' * 1001, pieces()):
        assert "longer than 1,000 bytes" in fault(server.post(path, content=content), 413)


@pytest.mark.parametrize(("path", "body"), ROUTES)
def test_while_as_many_are_answered_as_may_be_at_once_others_are_told_to_come_again(
    serving: Serving, path: str, body: Callable[[str], dict[str, Any]]
) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        with Hold() as hold:
            working = await held(client, hold)
            refused = await client.post(path, **body("a"))
            assert "1 requests are being answered already" in fault(refused, 429)
            assert retry_after(refused) >= 1
            assert (await client.get("/healthz")).status_code == 200
            hold.release()
            assert (await working).json()["restored"] == hold.text.replace("mentioned", "said")
        assert (await client.post(path, **body("a"))).status_code == 200

    serving(Limits(requests=1)).run(scenario)


def test_an_answer_that_takes_too_long_is_given_up(serving: Serving) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        with Hold() as hold:
            late = await client.post("/v1/restore", json={"text": hold.text})
            assert "not there within 0.2 s" in fault(late, 503)
            assert retry_after(late) >= 1

    serving(Limits(seconds=0.2)).run(scenario)


def test_while_the_server_ends_it_is_not_ready_but_alive(server: Served) -> None:
    assert server.get("/readyz").json() == {"status": "ready"}
    server.service.draining = True
    response = server.get("/readyz")
    assert (response.status_code, response.json(), retry_after(response)) == (503, {"status": "not ready"}, 1)
    assert server.get("/healthz").json() == {"status": "alive"}


def test_once_its_workers_have_ended_a_request_is_told_to_come_again(portal: BlockingPortal) -> None:
    pool = Pool(Work(Settings()), 1, Metrics())
    service = Service(pool, Settings(), Limits(), pool.metrics)
    server = Served(portal, service, create_app(service, started=True))
    assert server.get("/readyz").status_code == 503, "nor is it ready before they have started"
    portal.call(pool.close)
    response = server.post("/v1/restore", json={"text": TEXT})
    assert "about to end" in fault(response, 503)
    assert retry_after(response) >= 1


@pytest.mark.parametrize("asked", [{"text": "die"}, {"texts": ["a", "die"]}, {"text": f"fail {SECRET}"}])
def test_a_text_that_breaks_its_worker_is_an_error_and_the_server_lives(server: Served, asked: dict[str, Any]) -> None:
    message = fault(server.post("/v1/restore", json=asked), 500)
    assert "please report" in message
    assert SECRET not in message
    assert server.post("/v1/restore", json={"text": TEXT}).json() == restored().to_dict()


def test_a_text_that_cannot_be_used_is_named_by_its_number(server: Served) -> None:
    assert fault(server.post("/v1/restore", json={"texts": ["a", "refuse b"]}), 422) == "texts[1]: refuse b"


def test_a_fault_in_the_server_itself_is_answered_like_any_other(
    server: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(service: Service, text: str) -> str:
        raise RuntimeError(text)

    monkeypatch.setattr(Service, "checked", fail)
    caplog.set_level(logging.DEBUG)
    message = fault(server.post("/v1/restore", json={"text": SECRET}), 500)
    assert "internal error" in message
    assert SECRET not in message + caplog.text
    assert "RuntimeError at test_api.py" in caplog.text


def test_nothing_that_a_client_sends_is_in_the_logs(
    serving: Serving, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.WARNING, "httpx")  # the client's own
    caplog.set_level(logging.DEBUG)
    server = serving(token=SECRET)
    statuses = set()
    for headers in ({"authorization": f"Bearer {SECRET}"}, {"authorization": f"Bearer {SECRET}2"}):
        for text in (SECRET, f"mentioned {SECRET}", f"fail {SECRET}", f"refuse {SECRET}"):
            for path, body in ROUTES:
                given = body(text)
                given["headers"] = {**given.get("headers", {}), **headers, "x-file-name": f"{SECRET}.txt"}
                statuses.add(server.post(path, **given).status_code)
        for asked in ({"text": SECRET, SECRET: 1}, {"text": "a", "path": SECRET, "ignore_words": [SECRET]}, [SECRET]):
            statuses.add(server.post("/v1/restore", json=asked, headers=headers).status_code)
        statuses.add(server.post("/v1/stream", content=f'{{"text": "fail {SECRET}"}}', headers=headers).status_code)
        statuses.add(server.get(f"/{SECRET}?{SECRET}={SECRET}", headers=headers).status_code)
    assert statuses == {200, 401, 404, 422, 500}
    printed = "".join(capfd.readouterr())
    assert "POST /v1/restore 500" in caplog.text
    assert SECRET not in caplog.text + printed
    metrics = server.get("/metrics", headers={"authorization": f"Bearer {SECRET}"}).text
    assert SECRET not in metrics


def figure(metrics: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", metrics, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_what_is_done_is_counted(server: Served) -> None:
    before = server.get("/metrics")
    assert before.headers["content-type"].startswith("text/plain; version=")
    server.post("/v1/restore", json={"texts": [TEXT, "Nothing odd."]})
    server.post("/v1/restore", json={"text": 5})
    server.get("/nothing/here")
    after = server.get("/metrics").text
    result = restored()
    expected = {
        "restorer_texts_total": 2,
        "restorer_words_total": result.summary.words + 2,
        "restorer_findings_total": len(result.findings),
        "restorer_edits_total": len(result.applied),
        'restorer_requests_total{route="/v1/restore",status="200"}': 1,
        'restorer_requests_total{route="/v1/restore",status="422"}': 1,
        'restorer_requests_total{route="none",status="404"}': 1,
        'restorer_request_seconds_count{route="/v1/restore"}': 2,
        "restorer_waiting_texts": 0,
        "restorer_busy_workers": 0,
    }
    changes = {name: figure(after, name) - figure(before.text, name) for name in expected}
    assert changes == expected


def test_the_model_its_settings_and_the_limits_can_be_asked_for(serving: Serving) -> None:
    data = serving(Limits(characters=123), settings=Settings(threshold=0.4)).get("/v1/model").json()
    assert data["model"] == FakeModel().name
    assert data["settings"] == {"fpr": 0.0005, "threshold": 0.4, "quotes": "restore"}
    assert data["limits"]["characters"] == 123
    assert data["calibration"]["fpr"] == list(FakeModel().calibration.fpr)


def test_no_other_site_is_let_in_by_cors(server: Served) -> None:
    headers = {"origin": "https://other.example", "access-control-request-method": "POST"}
    preflight = server.request("OPTIONS", "/v1/restore", headers=headers)
    answer = server.post("/v1/restore", json={"text": "a"}, headers=headers)
    assert preflight.status_code == 405
    assert not [name for name in (*preflight.headers, *answer.headers) if name.startswith("access-control-")]


def test_requests_at_once_are_all_answered_each_with_its_own(server: Served) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        async def one(n: int) -> None:
            text = f"Client {n} mentioned it."
            answer = await client.post("/v1/restore", json={"text": text, "path": str(n)})
            assert answer.json() == restored(text, path=str(n)).to_dict()

        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*map(one, range(40)))

    server.run(scenario)


def test_numbers_that_are_none_are_an_error_and_no_fault(server: Served) -> None:
    for number in ("NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "1" + "0" * 5000):
        content = f'{{"text": "a", "threshold": {number}}}'.encode()
        response = server.post("/v1/restore", content=content, headers={"content-type": "application/json"})
        assert response.status_code in (400, 422), number
        json.loads(response.text)
