"""Opening what a user has named: why it cannot be done, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from restorer.errors import FileAccessError

__all__ = ["file_access"]


@contextmanager
def file_access(name: str) -> Iterator[None]:
    """A context in which a file is opened or read.

    :param name: The file, as the user named it.
    :return: The context.
    :raises FileAccessError: if the path is missing, a folder or not readable.
    """
    try:
        yield
    except FileNotFoundError as error:
        msg = f"{name}: no such file; check the path"
        raise FileAccessError(msg) from error
    except PermissionError as error:
        msg = f"{name}: permission denied; check that it is a file you may read"
        raise FileAccessError(msg) from error
    except IsADirectoryError as error:
        msg = f"{name}: is a folder; name the files in it, such as {Path(name) / '*.txt'}"
        raise FileAccessError(msg) from error
    except (OSError, ValueError) as error:
        # ValueError: a NUL character in the path.
        msg = f"{name!r}: cannot be read ({getattr(error, 'strerror', None) or error}); check the path"
        raise FileAccessError(msg) from error
