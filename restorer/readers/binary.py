"""Telling files that are not text, so that nobody gets a spoiled picture back."""

from __future__ import annotations

__all__ = ["control_characters", "too_many_controls", "what_binary"]

# First bytes of formats that people do hand in, and what to call them.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (such as docx, odt or epub)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (such as doc)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh91AY&SY", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x7fELF", "a program (ELF)"),
    (b"\xca\xfe\xba\xbe", "a program (Java or Mach-O)"),
    (b"\x00asm", "a program (WebAssembly)"),
    (b"SQLite format 3\x00", "an SQLite database"),
)

# Tab, line feed, form feed and carriage return are ordinary; backspace and escape stand in captured terminal output.
_ORDINARY = frozenset("\b\t\n\f\r\x1b")
_CONTROLS = tuple(c for c in map(chr, (*range(32), 127)) if c not in _ORDINARY)


def what_binary(data: bytes) -> str | None:
    """Name the binary format a file's first bytes announce.

    :param data: The file, or its beginning.
    :return: What to call it, None when the bytes announce nothing.
    """
    return next((name for signature, name in _SIGNATURES if data.startswith(signature)), None)


def control_characters(text: str) -> int:
    """Count the control characters that do not belong into a text.

    :param text: Decoded text.
    :return: Their number, NUL included.
    """
    return sum(map(text.count, _CONTROLS))


def too_many_controls(text: str, *, share: float) -> bool:
    """Whether a text holds more control characters than stray ones would explain.

    :param text: Decoded text.
    :param share: Greatest share of the characters that may be control characters; two are always allowed.
    :return: True when this is no text.
    """
    return control_characters(text) > 2 + share * len(text)
