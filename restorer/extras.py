"""Libraries that only some parts need: asked for where they are needed, with the line that installs them."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from restorer.errors import MissingDependencyError

__all__ = ["needed"]


def needed(library: str, by: str, *, extra: str = "batch") -> ModuleType:
    """Import a library that may be missing.

    :param library: Its name, or that of a module in it.
    :param by: What needs it, with the verb: ``WARC files need``.
    :param extra: The extra of ours that brings it.
    :return: The module.
    :raises MissingDependencyError: if it is not installed.
    """
    try:
        return import_module(library)
    except ImportError as error:
        name = library.partition(".")[0]
        msg = f"{by} {name}, which is not installed; pip install 'restorer[{extra}]'"
        raise MissingDependencyError(msg) from error
