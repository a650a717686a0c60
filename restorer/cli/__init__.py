"""The command line. Importing this loads nothing; each command loads what it needs."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the ``restore`` command.

    :param argv: Arguments, the program's name not among them; those of the process by default.
    :return: Exit status, see :class:`restorer.cli.exit.ExitStatus`.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--version"]:  # answered before anything else is loaded
        from restorer import __version__

        print(f"restorer {__version__}")
        return 0
    try:
        from restorer.cli.app import command

        return command().main(arguments, prog_name="restore", standalone_mode=False) or 0
    except KeyboardInterrupt:  # while still loading
        return 130
