"""Every error restorer raises on purpose, as one tree.

Each message names the offending value and the remedy, so that a command line can print it as it is.

RestorerError
├── InputError               something about the text handed in
│   ├── FileAccessError      missing, a folder, not readable
│   ├── BinaryFileError      not text at all
│   ├── DamagedFileError     cut off or damaged half-way; what stands before the damage was read
│   ├── EncodingError        text, but its bytes do not decode
│   └── ExtractionError      a page of HTML without a main text that can be found
├── OutputError              the result could not be written; the target is as it was
├── SettingsError            an option, an environment variable or a configuration file holds a wrong value
├── ModelError               something about the model
│   ├── ModelNotFoundError   no such folder or name
│   ├── ModelFormatError     files missing, damaged or of an unsupported kind
│   └── UnsafeModelError     the weights are only there in a format that can run code
└── MissingDependencyError   an optional extra is not installed
"""

from __future__ import annotations

__all__ = [
    "BinaryFileError",
    "DamagedFileError",
    "EncodingError",
    "ExtractionError",
    "FileAccessError",
    "InputError",
    "MissingDependencyError",
    "ModelError",
    "ModelFormatError",
    "ModelNotFoundError",
    "OutputError",
    "RestorerError",
    "SettingsError",
    "UnsafeModelError",
]


class RestorerError(Exception):
    """Base of every error restorer raises on purpose; the message is meant for the user."""


class InputError(RestorerError):
    """The text handed in cannot be used."""


class FileAccessError(InputError):
    """The path is missing, is a folder, or may not be read."""


class BinaryFileError(InputError):
    """The file is not text."""


class DamagedFileError(InputError):
    """The file is cut off or damaged; everything before the damage was read."""

    def __init__(self, message: str, place: int = 0) -> None:
        """Say what is damaged.

        :param message: What is wrong, with the remedy.
        :param place: Where in the file what is damaged begins: a packed part, say.
        """
        super().__init__(message)
        self.place = place


class EncodingError(InputError):
    """The file is text in an encoding that could not be decoded without loss."""


class ExtractionError(InputError):
    """The page has no main text, or the search for it took too long or broke down."""


class OutputError(RestorerError):
    """The result could not be written; whatever stood at the target is untouched."""


class SettingsError(RestorerError):
    """A setting holds a value that cannot be used."""


class ModelError(RestorerError):
    """The model cannot be used."""


class ModelNotFoundError(ModelError):
    """No model of that name or at that path."""


class ModelFormatError(ModelError):
    """The model's files are missing, damaged or of a kind this version does not read."""


class UnsafeModelError(ModelError):
    """The weights are not in safetensors, the only format loaded from strangers."""


class MissingDependencyError(RestorerError):
    """An optional part is not installed; the message holds the exact install line."""
