"""Putting findings into the text, showing the difference, and writing files without ever spoiling one."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from restorer.diff import unified_diff
from restorer.errors import OutputError, SettingsError
from restorer.readers.text import encode
from restorer.types import Document, Finding

__all__ = [
    "check_suffix",
    "check_writable",
    "splice",
    "unified_diff",
    "write_all_in_place",
    "write_in_place",
    "write_text",
]


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
    return bool(write_all_in_place([(document, text)], backup=backup))


def write_all_in_place(changes: Iterable[tuple[Document, str]], *, backup: str | None = ".orig") -> int:
    """Replace the files that documents were read from: none of them before all new files and backups are on the disk.

    :param changes: Each document as it was read, with its new text; all of different files.
    :param backup: Suffix of the copies to keep, None to keep none.
    :return: How many files were written; those whose text has not changed are left alone.
    :raises OutputError: as :func:`write_in_place`; should a swap itself fail, it names the files already changed.
    :raises SettingsError: if ``backup`` is no suffix.
    """
    staged: list[_Staged] = []
    try:
        for document, text in changes:
            target = _file_of(document)
            if text != document.text:
                staged.append(_stage_in_place(document, text, target, backup))
    except BaseException:
        for item in staged:
            item.discard()
        raise
    _swap(staged)
    return len(staged)


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
            _check_special(target, old, backup)
            target.write_bytes(data)
        else:
            _swap([_stage(data, target, old, backup)])
    except OSError as error:
        raise _failure(target, error) from error


def check_writable(target: Path, *, backup: str | None = None) -> None:
    """Refuse a target that could not be written, before anyone puts work into what goes there.

    :param target: Where to write later.
    :param backup: Suffix of the copy to be kept of what stands there, None for none.
    :raises OutputError: if it could not be written or the backup exists.
    :raises SettingsError: if ``backup`` is no suffix.
    """
    try:
        old = _status(target)
        if old is not None and not stat.S_ISREG(old.st_mode):
            _check_special(target, old, backup)
            return
        for path in filter(None, (_real(target, old), _backup_path(target, old, backup))):
            # Rights alone do not say whether a folder takes new files; a full or read-only disk refuses them too.
            probe = _temporary(path)
            probe.touch(exist_ok=False)
            probe.unlink()
    except OSError as error:
        raise _failure(target, error) from error


def check_suffix(backup: str) -> None:
    """Refuse what cannot be put behind a file's name.

    :param backup: Suffix of backups.
    :raises SettingsError: if it is no suffix.
    """
    if not backup or "/" in backup or os.sep in backup or "\0" in backup:
        msg = f"backup must be a suffix of a file name, such as .orig, got {backup!r}"
        raise SettingsError(msg)


@dataclass(frozen=True, slots=True)
class _Staged:
    """A new file on the disk beside the one it is to replace, whose backup is made."""

    target: Path
    real: Path
    temporary: Path
    backup: Path | None

    def discard(self) -> None:
        """Remove both, unless the new file has taken its place and the backup is all that is left of the old one."""
        with suppress(OSError):
            self.temporary.unlink()
            if self.backup is not None:
                self.backup.unlink()


def _file_of(document: Document) -> Path:
    if document.path == "-":
        msg = "standard input cannot be changed in place; name a file or use --output"
        raise OutputError(msg)
    return Path(document.path)


def _stage_in_place(document: Document, text: str, target: Path, backup: str | None) -> _Staged:
    data = encode(text, document.encoding)
    try:
        old = target.stat()
        if not stat.S_ISREG(old.st_mode):
            msg = f"{target}: is not a regular file and cannot be changed in place; write elsewhere with --output"
            raise OutputError(msg)
        if target.read_bytes() != encode(document.text, document.encoding):
            msg = f"{target}: has changed since it was read; run again on the new text"
            raise OutputError(msg)
        return _stage(data, target, old, backup)
    except OSError as error:
        raise _failure(target, error) from error


def _stage(data: bytes, target: Path, old: os.stat_result | None, suffix: str | None) -> _Staged:
    """Write beside the real file and make the backup; clean up after any failure, an interrupt included."""
    backup = _backup_path(target, old, suffix)
    real = _real(target, old)
    temporary = _temporary(real)
    try:
        _write_new(temporary, data, old)
        if backup is not None:
            _copy_new(real, backup)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return _Staged(target, real, temporary, backup)


def _swap(staged: Sequence[_Staged]) -> None:
    """Put every new file in its place; what could not be is removed."""
    changed: list[Path] = []
    try:
        for item in staged:
            try:
                item.temporary.replace(item.real)
            except OSError as error:
                raise _failure(item.target, error, changed) from error
            changed.append(item.target)
    finally:
        for item in staged[len(changed) :]:
            item.discard()
    for folder in {item.real.parent for item in staged}:
        _sync_folder(folder)


def _status(target: Path) -> os.stat_result | None:
    """What stands at the target, links followed; None when nothing does."""
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def _real(target: Path, old: os.stat_result | None) -> Path:
    """The file itself, links followed, if it may be replaced."""
    real = target.resolve()
    if old is not None and not os.access(real, os.W_OK):
        # Replacing needs rights on the folder only; who made the file read-only means the file.
        msg = f"{target}: is read-only; make it writable or write elsewhere with --output"
        raise OutputError(msg)
    return real


def _temporary(path: Path) -> Path:
    return path.with_name(f".restore-{secrets.token_hex(6)}.tmp")


def _backup_path(target: Path, old: os.stat_result | None, suffix: str | None) -> Path | None:
    """Where to keep what stands at the target, None for nowhere; the name is free and possible."""
    if suffix is None or old is None:
        return None
    check_suffix(suffix)
    path = target.with_name(target.name + suffix)
    try:
        path.lstat()
    except FileNotFoundError:
        return path
    except OSError as error:
        msg = f"{path}: this backup cannot be made ({error.strerror or error}); choose another --backup"
        raise OutputError(msg) from error
    raise _backup_exists(path)


def _backup_exists(path: Path) -> OutputError:
    return OutputError(f"{path}: this backup exists and is not overwritten; move it away or choose another --backup")


def _failure(target: Path, error: OSError, changed: Sequence[Path] = ()) -> OutputError:
    reason = error.strerror or error
    if changed:
        names = ", ".join(map(str, changed))
        return OutputError(f"{target}: cannot be written ({reason}); already changed: {names}; run again for the rest")
    if isinstance(error, FileNotFoundError) and not target.parent.is_dir():
        return OutputError(f"{target}: the folder {target.parent} does not exist; create it first")
    return OutputError(f"{target}: cannot be written ({reason}); nothing was changed")


def _check_special(target: Path, old: os.stat_result, backup: str | None) -> None:
    """Refuse a folder; a device or pipe, which replacing would destroy, can be written to but not backed up."""
    if stat.S_ISDIR(old.st_mode):
        msg = f"{target}: is a folder; name a file in it"
        raise OutputError(msg)
    if backup is not None:
        msg = f"{target}: is not a regular file and cannot be backed up; write without a backup"
        raise OutputError(msg)


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
                shutil.copystat(source, copy)
            except BaseException:
                copy.unlink()
                raise
    except FileExistsError as error:
        raise _backup_exists(copy) from error


def _sync_folder(folder: Path) -> None:
    """Bring the swap itself to the disk where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
