"""Cores, and threads that workers may start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from restorer.processes import thread_limits, usable_cores

NAMES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nobody has limited anything."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be chosen here")
def test_no_more_cores_are_counted_than_this_process_may_use() -> None:
    code = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    code += "from restorer.processes import usable_cores; print(usable_cores())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"


def test_where_that_cannot_be_asked_all_cores_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert usable_cores() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores() == 1


def test_processes_that_start_meanwhile_are_limited_and_no_others() -> None:
    before = dict(os.environ)
    with thread_limits(2):
        assert [os.environ[name] for name in NAMES] == ["2", "2", "2"]
    assert dict(os.environ) == before


def test_no_limit_is_no_limit() -> None:
    with thread_limits(0):
        assert not [name for name in NAMES if name in os.environ]


def test_what_the_user_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAMES[0], "5")
    with thread_limits(2):
        assert [os.environ[name] for name in NAMES] == ["5", "2", "2"]
    assert os.environ[NAMES[0]] == "5"


def test_a_failure_to_start_leaves_the_environment_as_it_was() -> None:
    with pytest.raises(OSError, match="no more"), thread_limits(2):
        raise OSError("no more")
    assert not [name for name in NAMES if name in os.environ]
