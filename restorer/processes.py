"""What every kind of worker process has in common: how many there may be, and how many threads each may start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["thread_limits", "threads_each", "usable_cores"]

_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What numpy's library for matrices goes by. It takes all cores otherwise, in every worker, and they wait for
each other: two workers on two cores are twice as fast with it (docs/experiments.md)."""


def usable_cores() -> int:
    """How many cores this process may use.

    :return: At least 1.
    """
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def threads_each(threads: int, workers: int) -> int:
    """How many threads each of several workers may start.

    :param threads: What the user asks for; 0 for no wish.
    :param workers: How many workers there are.
    :return: One where several share the cores and the user has no wish; 0 leaves the choice to the runtime.
    """
    return threads if workers == 1 else threads or 1


@contextmanager
def thread_limits(threads: int) -> Iterator[None]:
    """Limit the threads of processes that start meanwhile; what the user has set in the environment stays as it is.

    :param threads: Threads for each; 0 sets no limit.
    """
    new = {name: str(threads) for name in _LIBRARIES if threads and name not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            os.environ.pop(name, None)
