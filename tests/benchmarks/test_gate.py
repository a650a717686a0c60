import json
from hashlib import sha256
from pathlib import Path

import pytest

from benchmarks.gate import main

FLOORS = [
    {"result": "seeds", "key": "spun.f05", "min": 0.7, "slack": 0.02},
    {"result": "seeds", "key": "rows.PPDB, density 0.3.share", "max": 0.5},
]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "results").mkdir()
    (tmp_path / "SHA256SUMS").write_text("hashes", encoding="utf-8")
    (tmp_path / "floors.json").write_text(json.dumps(FLOORS), encoding="utf-8")
    measured(tmp_path, 0.75, 0.4)
    return tmp_path


def measured(here: Path, f05: float, share: float, model: str = "hashes") -> None:
    digest = sha256(model.encode()).hexdigest()
    result = {"model_sha256": digest, "spun": {"f05": f05}, "rows": {"PPDB, density 0.3": {"share": share}}}
    (here / "results" / "seeds.json").write_text(json.dumps(result), encoding="utf-8")


def run(here: Path, *arguments: str) -> int:
    return main(list(arguments), here, here / "SHA256SUMS")


def floors(here: Path) -> list[float]:
    return [f.get("min", f.get("max")) for f in json.loads((here / "floors.json").read_text(encoding="utf-8"))]


def test_figures_within_their_bounds_pass(here: Path) -> None:
    assert run(here) == 0


@pytest.mark.parametrize(("f05", "share"), [(0.69, 0.4), (0.75, 0.51)])
def test_a_figure_out_of_bounds_fails_and_is_named(
    here: Path, f05: float, share: float, capsys: pytest.CaptureFixture[str]
) -> None:
    measured(here, f05, share)
    assert run(here) == 1
    assert ("spun.f05" if f05 < 0.7 else "density 0.3.share") in capsys.readouterr().err


def test_a_missing_figure_fails(here: Path) -> None:
    (here / "results" / "seeds.json").unlink()
    assert run(here) == 1


def test_a_result_may_be_of_the_earlier_model_that_is_named_for_it_and_of_no_other(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    allowed = {"seeds": {"model_sha256": sha256(b"older").hexdigest(), "version": "2", "reason": "weights alike"}}
    (here / "earlier.json").write_text(json.dumps(allowed), encoding="utf-8")
    measured(here, 0.75, 0.4, model="older")
    assert run(here) == 0
    assert "version 2 (weights alike)" in capsys.readouterr().out
    measured(here, 0.75, 0.4, model="oldest")
    assert run(here) == 1
    assert "python -m benchmarks.seeds" in capsys.readouterr().err


def test_results_of_another_model_fail_with_the_command_to_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured(here, 0.75, 0.4, model="older")
    assert run(here) == 1
    assert "python -m benchmarks.seeds" in capsys.readouterr().err


def test_an_update_raises_floors_by_the_figure_less_its_slack(here: Path) -> None:
    assert run(here, "--update") == 0
    assert floors(here) == [0.73, 0.4]


def test_an_update_never_lowers_a_floor_unless_told(here: Path) -> None:
    measured(here, 0.6, 0.4)
    assert run(here, "--update") == 1
    assert floors(here) == [0.7, 0.5]
    assert run(here, "--update", "--allow-regression") == 0
    assert floors(here) == [0.58, 0.4]
