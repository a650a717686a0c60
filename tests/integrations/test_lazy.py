from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from restorer import Restorer, Settings
from restorer.integrations.lazy import LazyRestorer, added
from tests.fakes import FakeModel
from tests.integrations.loaders import RESTORED, SPUN, fake, none

ROOT = Path(__file__).resolve().parents[2]
STATE = """
import pickle, sys
from restorer import Settings
from restorer.integrations.lazy import LazyRestorer
words = frozenset({"dwell", "ceasefire", "home", "the bottom"})
sys.stdout.write(pickle.dumps(LazyRestorer(Settings(ignore_words=words))).hex())
"""


def test_it_loads_once_and_only_when_asked() -> None:
    LazyRestorer(load=none)
    lazy = LazyRestorer(load=fake)
    assert lazy.get() is lazy.get()


def test_it_travels_without_its_model() -> None:
    lazy = LazyRestorer(load=fake)
    before = pickle.dumps(lazy)
    first = lazy.get()
    assert pickle.dumps(lazy) == before
    arrived = pickle.loads(before)
    assert arrived.get() is not first
    assert arrived.get().restore(SPUN).restored == RESTORED


def test_settings_arrive_and_an_automatic_number_of_threads_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def load(name: str, *, threads: int = 0) -> FakeModel:
        asked.append((name, threads))
        return FakeModel()

    monkeypatch.setattr("restorer.engine.load_model", load)
    settings = Settings(fpr=0.01, model="odd", ignore_words=frozenset({"mentioned"}))
    arrived = pickle.loads(pickle.dumps(LazyRestorer(settings))).get()
    LazyRestorer(Settings(threads=3)).get()
    assert asked == [("odd", 1), ("small", 3)]
    assert (arrived.settings.fpr, arrived.settings.ignore_words) == (0.01, frozenset({"mentioned"}))


def test_its_bytes_do_not_depend_on_the_process() -> None:
    states = {
        subprocess.run(
            [sys.executable, "-c", STATE],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(states) == 1


def test_other_settings_are_other_bytes() -> None:
    assert pickle.dumps(LazyRestorer(Settings(fpr=0.01))) != pickle.dumps(LazyRestorer())


def test_a_forked_child_loads_its_own() -> None:
    lazy = LazyRestorer(load=fake)
    first = lazy.get()
    child = os.fork()
    if not child:
        os._exit(0 if lazy.get() is not first else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert lazy.get() is first


def test_its_name_holds_no_address() -> None:
    words = frozenset({"dwell", "ceasefire"})
    shown = repr(LazyRestorer(Settings(ignore_words=words), load=fake))
    assert "['ceasefire', 'dwell']" in shown
    assert " at 0x" not in shown


def test_what_is_added_to_a_record() -> None:
    result = Restorer(FakeModel()).restore(SPUN)
    fields = added(result)
    assert list(fields) == ["restored", "spun_probability", "spin_density", "findings"]
    assert fields["restored"] == RESTORED
    assert [finding["text"] for finding in fields["findings"]] == [f.text for f in result.findings]


def test_importing_restorer_imports_no_adapter() -> None:
    code = (
        "import restorer, sys; restorer.Restorer; restorer.restore; import restorer.cli.app;"
        "found = {'datatrove', 'spacy', 'datasets', 'restorer.integrations'} & set(sys.modules);"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
