"""What the exit status says."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ExitStatus"]


class ExitStatus(IntEnum):
    """Exit statuses of every command."""

    CLEAN = 0
    """Done; for ``detect``: nothing found."""

    FINDINGS = 1
    """``detect`` found something."""

    ERROR = 2
    """One line on standard error says why; nothing was printed or written, or it names the files changed in place."""

    INTERRUPTED = 130
    """Stopped from the keyboard."""

    BROKEN_PIPE = 141
    """Whoever read the output stopped reading."""
