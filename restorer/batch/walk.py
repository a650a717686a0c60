"""Walking through folders: every file once, in an order that is always the same, however the links run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from restorer.errors import FileAccessError

__all__ = ["is_within", "walk"]


def is_within(path: Path, folder: Path) -> bool:
    """Whether a path is a folder or lies in it, links followed.

    :param path: The path.
    :param folder: The folder; it need not be there.
    :return: True if so.
    """
    return _real(path).is_relative_to(_real(folder))


def walk(top: Path, leave_out: Path) -> Iterator[Path]:
    """The files in a folder and in those below it.

    Links to folders are followed once everything else has been walked through, and only to folders that have not been
    come across, so that no folder is met twice and no loop is walked in. Hidden files and folders are left out.

    :param top: The folder.
    :param leave_out: A folder to leave out.
    :return: The files; a link that leads nowhere is one too.
    :raises FileAccessError: if a folder cannot be read.
    """
    left_out, real_top = _real(leave_out), _real(top)
    waiting, links = [top], list[Path]()
    seen: set[Path] = set()
    while waiting or links:
        folder = waiting.pop() if waiting else links.pop(0)
        place = _real(folder)
        loop = place != real_top and real_top.is_relative_to(place)
        if place in seen or loop or place.is_relative_to(left_out):
            continue
        seen.add(place)
        for path, is_folder, is_link in _entries(folder):
            if not is_folder:
                yield path
            else:
                (links if is_link else waiting).append(path)


def _real(path: Path) -> Path:
    # Path.resolve raises an error at a loop of links; this does not
    return Path(os.path.realpath(path))


def _entries(folder: Path) -> Iterator[tuple[Path, bool, bool]]:
    """What lies in a folder, by name: path, whether it is a folder, whether it is a link; no pipes or devices."""
    try:
        with os.scandir(folder) as entries:
            every = sorted((e for e in entries if not e.name.startswith(".")), key=lambda entry: entry.name)
    except OSError as error:
        msg = f"{folder}: cannot be looked into ({error.strerror or error}); correct its rights, or name other folders"
        raise FileAccessError(msg) from error
    for entry in every:
        path, is_link = folder / entry.name, entry.is_symlink()
        is_folder = path.is_dir() if is_link else entry.is_dir()
        if is_folder or path.is_file() or (is_link and not path.exists()):
            yield path, is_folder, is_link
