"""Putting findings into the text, showing the difference, and writing files without ever spoiling one."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from restorer.diff import unified_diff
from restorer.errors import OutputError, SettingsError
from restorer.readers.text import encode
from restorer.types import Document, Finding

__all__ = ["splice", "unified_diff", "write_in_place", "write_text"]


def splice(text: str, findings: Iterable[Finding]) -> str:
    """Put the applied findings' replacements into a text; everything between them is copied as it is.

    :param text: The text the findings are of.
    :param findings: Findings in order of position; those not applied or without a replacement are passed over.
    :return: The restored text.
    :raises ValueError: if applied findings overlap, are out of order or are not of this text.
    """
    parts: list[str] = []
    done = 0
    for finding in findings:
        if not finding.applied or finding.replacement is None:
            continue
        if not done <= finding.start <= finding.end <= len(text):
            msg = f"finding at {finding.start}:{finding.end} overlaps, is out of order or lies outside the text"
            raise ValueError(msg)
        if text[finding.start : finding.end] != finding.text:
            msg = f"finding at {finding.start}:{finding.end} is of another text: {finding.text!r} does not stand there"
            raise ValueError(msg)
        parts += (text[done : finding.start], finding.replacement)
        done = finding.end
    parts.append(text[done:])
    return "".join(parts)


def write_in_place(document: Document, text: str, *, backup: str | None = ".orig") -> bool:
    """Replace the file a document was read from.

    :param document: The document as it was read.
    :param text: Its new text.
    :param backup: Suffix of the copy to keep, None to keep none.
    :return: Whether the file was written; it is left alone when the text has not changed.
    :raises OutputError: if the document is not from a file, the file has changed since, or it cannot be written.
    :raises SettingsError: if ``backup`` is no suffix.
    """
    if document.path == "-":
        msg = "standard input cannot be changed in place; name a file or use --output"
        raise OutputError(msg)
    if text == document.text:
        return False
    target = Path(document.path)
    try:
        unchanged = target.read_bytes() == encode(document.text, document.encoding)
    except OSError as error:
        raise _failure(target, error) from error
    if not unchanged:
        msg = f"{target}: has changed since it was read; run again on the new text"
        raise OutputError(msg)
    write_text(document, text, target, backup=backup)
    return True


def write_text(document: Document, text: str, target: Path, *, backup: str | None = None) -> None:
    """Write a text in its document's encoding; the target holds either the old or the new text, never a part.

    Permission bits stay, a link is followed to the file it names, and a device or pipe is written to directly.

    :param document: The document whose encoding and byte order mark to use.
    :param text: The text.
    :param target: Where to write.
    :param backup: Suffix of a copy of the old target to make first, None to make none.
    :raises OutputError: if it cannot be written or the backup exists; the target is then as it was.
    :raises SettingsError: if ``backup`` is no suffix.
    """
    data = encode(text, document.encoding)
    try:
        old = _status(target)
        if old is not None and not stat.S_ISREG(old.st_mode):
            _write_special(data, target, old, backup)
        else:
            _replace(data, target, old, None if backup is None or old is None else _backup_path(target, backup))
    except OSError as error:
        raise _failure(target, error) from error


def _status(target: Path) -> os.stat_result | None:
    """What stands at the target, links followed; None when nothing does."""
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def _backup_path(target: Path, suffix: str) -> Path:
    if not suffix or "/" in suffix or os.sep in suffix or "\0" in suffix:
        msg = f"backup must be a suffix of a file name, such as .orig, got {suffix!r}"
        raise SettingsError(msg)
    path = target.with_name(target.name + suffix)
    if os.path.lexists(path):
        raise _backup_exists(path)
    return path


def _backup_exists(path: Path) -> OutputError:
    return OutputError(f"{path}: this backup exists and is not overwritten; move it away or choose another --backup")


def _failure(target: Path, error: OSError) -> OutputError:
    if isinstance(error, FileNotFoundError):
        return OutputError(f"{target}: the folder {target.parent} does not exist; create it first")
    return OutputError(f"{target}: cannot be written ({error.strerror or error}); nothing was changed")


def _write_special(data: bytes, target: Path, old: os.stat_result, backup: str | None) -> None:
    """Write to a device or pipe, which replacing would destroy."""
    if stat.S_ISDIR(old.st_mode):
        msg = f"{target}: is a folder; name a file in it"
        raise OutputError(msg)
    if backup is not None:
        msg = f"{target}: is not a regular file and cannot be backed up; write without a backup"
        raise OutputError(msg)
    target.write_bytes(data)


def _replace(data: bytes, target: Path, old: os.stat_result | None, backup: Path | None) -> None:
    """Write beside the real file, make the backup, then swap; clean up after any failure, an interrupt included."""
    real = target.resolve()
    if old is not None and not os.access(real, os.W_OK):
        # Replacing needs rights on the folder only; who made the file read-only means the file.
        msg = f"{target}: is read-only; make it writable or write elsewhere with --output"
        raise OutputError(msg)
    temporary = real.with_name(f".restore-{secrets.token_hex(6)}.tmp")
    kept = False
    try:
        _write_new(temporary, data, old)
        if backup is not None:
            _copy_new(real, backup)
            kept = True
        temporary.replace(real)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        if backup is not None and kept:
            with suppress(OSError):
                backup.unlink()
        raise
    _sync_folder(real.parent)


def _write_new(path: Path, data: bytes, old: os.stat_result | None) -> None:
    """Create a file, on the disk when this returns, with the old one's owner and permission bits."""
    # Private from the start when something stands there, since the bits may be stricter than the default.
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600 if old else 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if old is not None:
        with suppress(OSError, AttributeError):
            os.chown(path, old.st_uid, old.st_gid)
        path.chmod(stat.S_IMODE(old.st_mode))


def _copy_new(source: Path, copy: Path) -> None:
    """Copy a file with its times and bits to a name that must be free; what fails half-way is removed."""
    try:
        with source.open("rb") as old, copy.open("xb") as new:
            try:
                shutil.copyfileobj(old, new)
                new.flush()
                os.fsync(new.fileno())
            except BaseException:
                copy.unlink()
                raise
    except FileExistsError as error:
        raise _backup_exists(copy) from error
    shutil.copystat(source, copy)


def _sync_folder(folder: Path) -> None:
    """Bring the swap itself to the disk where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
