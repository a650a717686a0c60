"""The API's JSON is the command line's, with the shipped model on both sides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from restorer.cli.app import app
from restorer.engine import load_model
from restorer.models.base import EditModel
from scripts.live import Live

TEXTS = [
    path.read_text(encoding="utf-8")[:1000] for path in sorted((Path(__file__).parents[2] / "seeds").glob("00*.txt"))
]
NAME = "a.txt"


@pytest.fixture(scope="module")
def model() -> EditModel:
    """The shipped model."""
    return load_model("small")


@pytest.fixture(autouse=True)
def loaded_once(model: EditModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command take the model that is loaded already."""

    def load(name: str, *, threads: int = 0) -> EditModel:
        assert name == "small"
        return model

    monkeypatch.setattr("restorer.engine.load_model", load)


def by_command(folder: Path, text: str, *options: str, command: Sequence[str] = ()) -> Any:  # noqa: ANN401 - JSON
    (folder / NAME).write_bytes(text.encode())
    (folder / "words.txt").write_text("boots\nThe White  House # one space\n")
    done = CliRunner().invoke(app, [*command, "--format", "json", *options, NAME], prog_name="restore")
    assert done.exit_code in (0, 1), done.stderr
    return json.loads(done.stdout)


def by_server(live: Live, path: str, text: str, **options: Any) -> Any:  # noqa: ANN401 - JSON
    response = live.client.post(path, json={"text": text, "path": NAME, **options})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ((), {}),
        (("--fpr", "0.01"), {"fpr": 0.01}),
        (("--threshold", "0.6"), {"threshold": 0.6}),
        (("--quotes", "skip"), {"quotes": "skip"}),
        (("--ignore-words", "words.txt"), {"ignore_words": ["boots", "The White  House"]}),
    ],
)
def test_a_text_gets_the_same_answer_from_both(
    live: Live, folder: Path, options: tuple[str, ...], asked: dict[str, Any]
) -> None:
    text = TEXTS[0]
    assert by_server(live, "v1/restore", text, **asked) == by_command(folder, text, *options)


def test_detecting_gets_the_same_answer_from_both(live: Live, folder: Path) -> None:
    text = TEXTS[1]
    assert by_server(live, "v1/detect", text) == by_command(folder, text, command=["detect"])


def test_odd_texts_get_the_same_answer_from_both(live: Live, folder: Path) -> None:
    text = "\ufeff<b>He mentioned</b> it.\r\n\u202eHe\x0bmentioned \N{GRINNING FACE} it.\u2028\x85 mentioned"
    assert by_server(live, "v1/restore", text[1:]) == by_command(folder, text)


def test_several_at_once_and_a_stream_of_them_get_the_same_as_each_alone(live: Live) -> None:
    texts = TEXTS[:4]
    alone = [by_server(live, "v1/restore", text) | {"path": "-"} for text in texts]
    together = live.client.post("v1/restore", json={"texts": texts}).json()
    body = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    streamed = live.client.post("v1/stream", content=body).text.splitlines()
    assert together == alone
    assert [json.loads(line) for line in streamed] == alone
