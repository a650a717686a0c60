"""What the review page is told: nothing that the library would not decide itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from restorer.config import Settings
from restorer.engine import Restorer
from restorer.report.json import dumps
from restorer.serve.workbench import STOPS, workbench
from restorer.types import Document, Result
from tests.fakes import FakeModel

SEED = next((Path(__file__).parents[2] / "seeds").glob("000_*.txt")).read_text(encoding="utf-8")
ODD = 'She mentioned\u202e it.\r\n"It was adequate," \N{GRINNING FACE} the statesmen told <b>the convention</b>.\n'


def by_fake(text: str, **settings: Any) -> Result:  # noqa: ANN401 - settings
    return Restorer(FakeModel(), Settings(**settings)).restore(Document(text, "a.txt"))


@pytest.fixture(scope="module")
def shipped() -> Restorer:
    """The shipped model."""
    return Restorer.from_pretrained(settings=Settings())


@pytest.fixture(scope="module")
def seed(shipped: Restorer) -> Result:
    """A spun article scored by the shipped model."""
    return shipped.restore(Document(SEED, "a.txt"))


@pytest.fixture(params=["seed", "odd", "clean", "empty"])
def result(request: pytest.FixtureRequest) -> Result:
    """Results of texts of several kinds."""
    if request.param == "seed":
        found: Result = request.getfixturevalue("seed")
        return found
    return by_fake({"odd": ODD, "clean": "Nothing odd here.", "empty": ""}[request.param])


def test_the_pieces_are_the_whole_text_in_order(result: Result) -> None:
    bench = workbench(result, 0.0005)
    pieces = [p if isinstance(p, str) else bench["candidates"][p]["text"] for p in bench["pieces"]]
    assert "".join(pieces) == result.document.text
    assert [p for p in bench["pieces"] if isinstance(p, int)] == list(range(len(bench["candidates"])))


def test_at_every_stop_of_the_slider_the_page_shows_what_the_library_decides_there(result: Result) -> None:
    bench = workbench(result, 0.0005)
    for number, stop in enumerate(bench["stops"]):
        decided = result.rethreshold(fpr=stop["fpr"])
        shown = [c for c in bench["candidates"] if c["states"][number] != "0"]
        assert [(c["start"], c["text"]) for c in shown] == [(f.start, f.text) for f in decided.findings]
        assert [c["states"][number] == "2" for c in shown] == [f.applied for f in decided.findings]
        for candidate, finding in zip(shown, decided.findings, strict=True):
            if finding.applied:
                assert candidate["replacement"] == finding.replacement
                assert candidate["confidence"] == finding.confidence


def test_the_text_at_a_stop_equals_a_fresh_run_with_that_rate(shipped: Restorer, seed: Result) -> None:
    bench = workbench(seed, 0.0005)
    stop = next(number for number, stop in enumerate(bench["stops"]) if stop["fpr"] == 1e-2)
    texts = [c["replacement" if c["states"][stop] == "2" else "text"] for c in bench["candidates"]]
    text = "".join(p if isinstance(p, str) else texts[p] for p in bench["pieces"])
    assert text == shipped.with_settings(Settings(fpr=1e-2)).restore(SEED).restored != seed.restored


@pytest.mark.parametrize("fpr", [*STOPS[:2], 0.0005, 0.0123, 1.0])
def test_the_slider_begins_at_the_server_s_own_rate(fpr: float) -> None:
    bench = workbench(by_fake(ODD), fpr)
    rates = [stop["fpr"] for stop in bench["stops"]]
    assert rates[bench["begin"]] == fpr
    assert rates == sorted(set(rates))


def test_a_candidate_says_where_it_stands_what_it_suggests_and_why(seed: Result) -> None:
    bench = workbench(seed, 0.0005)
    lines = SEED.split("\n")
    known = {c.start: c for c in seed.candidates}
    for shown in bench["candidates"]:
        finding = known[shown["start"]]
        assert lines[shown["line"] - 1][shown["column"] - 1 :].startswith(finding.text.split("\n")[0])
        assert [a["text"] for a in shown["alternatives"]] == [a.text for a in finding.alternatives]
        assert shown["reasons"]
        assert shown["form"] == finding.text.casefold()


def test_the_document_s_verdict_is_that_of_the_other_reports(seed: Result) -> None:
    document = workbench(seed, 0.0005)["document"]
    figures = dict(document["figures"])
    assert figures["Words"] == f"{seed.summary.words:,}"
    assert "spun" in document["verdict"]


def test_it_survives_json(result: Result) -> None:
    bench = workbench(result, 0.0005)
    assert json.loads(dumps(bench)) == bench


def test_words_that_are_ignored_are_not_there_at_any_stop() -> None:
    bench = workbench(by_fake(ODD, ignore_words=frozenset({"mentioned", "statesmen"})), 0.0005)
    assert {c["text"] for c in bench["candidates"]} == {"adequate", "convention"}
