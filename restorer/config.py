"""Settings: built-in defaults < configuration file < environment < command line.

A file is ``restorer.toml`` (keys at top level) or ``pyproject.toml`` (keys under ``[tool.restorer]``), the nearest
one upwards from the working folder; an environment variable is ``RESTORER_`` and the key in capitals.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

from restorer.errors import SettingsError

__all__ = ["MOST_THREADS", "REMEDIES", "QuotePolicy", "Settings", "folded_words", "load_settings"]

QuotePolicy = Literal["restore", "flag", "skip"]


MOST_THREADS = 256
"""More than any machine has use for; the runtime would give each of them a stack and start them all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose.

    :param fpr: Requested false alarms per word of clean text; used unless ``threshold`` is set.
    :param threshold: Least probability of a flag and least confidence of an applied edit, 0 to 1; overrides ``fpr``.
    :param quotes: Quotations: ``restore`` them on stronger evidence, only ``flag`` them, or ``skip`` them.
    :param model: Name of a shipped model, a folder, or a Hugging Face masked LM by folder or hub name.
    :param references: Folder of clean copies to restore from.
    :param ignore_words: Words and phrases never flagged, in lower case.
    :param threads: Threads the model may use, at most :data:`MOST_THREADS`; 0 leaves the choice to the runtime.
    """

    fpr: float = 0.0005
    threshold: float | None = None
    quotes: QuotePolicy = "restore"
    model: str = "small"
    references: str | None = None
    ignore_words: frozenset[str] = frozenset()
    threads: int = 0

    def __post_init__(self) -> None:
        """Check every value.

        :raises SettingsError: naming the value and what is allowed.
        """
        if not 0.0 < self.fpr <= 1.0:
            msg = f"fpr must be above 0 and at most 1 (false alarms per word), got {self.fpr}; try 0.001"
            raise SettingsError(msg)
        if self.threshold is not None and not 0.0 <= self.threshold <= 1.0:
            msg = f"threshold must be between 0 and 1, got {self.threshold}; try 0.8"
            raise SettingsError(msg)
        if self.quotes not in get_args(QuotePolicy):
            msg = f"quotes must be one of {', '.join(get_args(QuotePolicy))}, got {self.quotes!r}"
            raise SettingsError(msg)
        if not 0 <= self.threads <= MOST_THREADS:
            msg = f"threads must be 0 (automatic) to {MOST_THREADS}, got {self.threads}"
            raise SettingsError(msg)

    def with_overrides(self, **overrides: Any) -> Settings:  # noqa: ANN401 - checked by __post_init__
        """A copy with every override that is not None; a rate asked for takes the place of a threshold.

        :param overrides: Field names and values.
        :return: The new settings.
        :raises SettingsError: if a value is wrong, or both a rate and a threshold are given.
        """
        given = {k: v for k, v in overrides.items() if v is not None}
        if "fpr" in given:
            if "threshold" in given:
                msg = "fpr and threshold choose the same thing in two ways; give one of them"
                raise SettingsError(msg)
            given["threshold"] = None
        return replace(self, **given)


_KEYS = tuple(field.name for field in fields(Settings))
_PREFIX = "RESTORER_"
_NUMBERS = ("fpr", "threshold")
_WHAT = {"fpr": "a number", "threshold": "a number", "threads": "a whole number", "ignore_words": "a list of words"}
_Layer = dict[str, Any]

REMEDIES = {
    "fpr": "try 0.001",
    "threshold": "try 0.8",
    "threads": "0 is automatic",
    "ignore_words": 'write ["dwell", "ceasefire"]',
}
"""What to do about a value of the wrong type, by key."""


def load_settings(
    start: Path | None = None, *, path: Path | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings of a folder: defaults, the nearest configuration file over them, the environment over both.

    :param start: Folder from which to look upwards for a file; the working folder by default.
    :param path: The file to read instead of looking for one.
    :param environ: Environment variables; those of the process by default.
    :return: The settings.
    :raises SettingsError: if the file cannot be read, or a key or value in it or in the environment is wrong.
    """
    layers = []
    found = path or _nearest(start or Path.cwd())
    if found is not None:
        layers.append(_checked(_read(found), str(found)))
    layers.append(_environment(os.environ if environ is None else environ))
    merged: _Layer = {}
    for layer in layers:
        # Both choose the same thing: a rate asked for nearer to the user is not to be overridden from further away.
        if "fpr" in layer:
            merged.pop("threshold", None)
        merged.update(layer)
    return Settings(**merged)


def _nearest(start: Path) -> Path | None:
    """The configuration file that holds for a folder."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (own := folder / "restorer.toml").is_file():
            return own
        if (shared := folder / "pyproject.toml").is_file() and _names_us(shared):
            return shared
    return None


def _names_us(shared: Path) -> bool:
    """Whether a ``pyproject.toml`` has a table of ours, in any of TOML's spellings."""
    try:
        return _own_table(_toml(shared)) is not None
    except SettingsError:
        # Other projects' files are not ours to find fault with.
        if b"tool.restorer" not in _bytes(shared):
            return False
        raise


def _own_table(whole: _Layer) -> object:
    tool = whole.get("tool")
    return tool.get("restorer") if isinstance(tool, dict) else None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path}: the configuration file cannot be read ({error.strerror or error}); check its path and rights"
        raise SettingsError(msg) from error


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes(path).decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path}: is not valid TOML ({error}); correct it"
        raise SettingsError(msg) from error


def _read(path: Path) -> _Layer:
    """A file's settings, typed, its paths taken from where it lies."""
    table = _toml(path)
    if path.name == "pyproject.toml":
        own = _own_table(table)
        if not isinstance(own, dict | None):
            msg = f"{path}: tool.restorer must be a table, got {own!r}; write [tool.restorer] above its keys"
            raise SettingsError(msg)
        table = own or {}
    layer = {key: _typed(_known(key, str(path)), value, str(path)) for key, value in table.items()}
    for key in ("model", "references"):
        value = str(layer.get(key, ""))
        # A bare model name is that of a shipped model, whatever lies beside the file.
        if value and (key != "model" or "/" in value or os.sep in value) and os.path.lexists(path.parent / value):
            layer[key] = str(path.parent / value)
    return layer


def _known(key: str, source: str, prefix: str = "") -> str:
    """The key, if there is a setting of that name."""
    if key not in _KEYS:
        near = get_close_matches(key, _KEYS, n=1)
        hint = f"did you mean {_shown(near[0], prefix)}? " if near else ""
        allowed = ", ".join(_shown(k, prefix) for k in _KEYS)
        msg = f"{source}: there is no setting {_shown(key, prefix)}; {hint}the settings are {allowed}"
        raise SettingsError(msg)
    return key


def _shown(key: str, prefix: str) -> str:
    return prefix + key.upper() if prefix else key


def _typed(key: str, value: object, source: str) -> object:
    """A TOML value in the setting's own type."""
    if key == "ignore_words":
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return folded_words(value)
    elif key in _NUMBERS:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif key == "threads":
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif isinstance(value, str):
        return value
    what, remedy = _WHAT.get(key, "text in quotation marks"), REMEDIES.get(key, f'write {key} = "..."')
    msg = f"{source}: {key} must be {what}, got {value!r}; {remedy}"
    raise SettingsError(msg)


def folded_words(words: Iterable[str]) -> frozenset[str]:
    """Words and phrases as :attr:`Settings.ignore_words` holds them.

    :param words: As a user wrote them; empty ones are passed over.
    :return: In lower case, with one space between the words of a phrase.
    """
    return frozenset(folded for word in words if (folded := " ".join(word.lower().split())))


def _environment(environ: Mapping[str, str]) -> _Layer:
    """The settings in the environment; a variable that is set to nothing counts as not set."""
    layer: _Layer = {}
    for name, value in _variables(environ):
        key = _known(name.removeprefix(_PREFIX).lower(), "environment", _PREFIX)
        layer |= _checked({key: _parsed(key, value, name)}, f"environment variable {name}")
    return layer


def _variables(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in sorted(environ.items()) if name.startswith(_PREFIX) and value.strip())


def _parsed(key: str, value: str, name: str) -> object:
    """A variable's text in the setting's own type."""
    try:
        if key in _NUMBERS:
            return float(value)
        if key == "threads":
            return int(value)
    except ValueError as error:
        msg = f"environment variable {name}: must be {_WHAT[key]}, got {value!r}; {REMEDIES[key]}"
        raise SettingsError(msg) from error
    return folded_words(value.split(",")) if key == "ignore_words" else value


def _checked(layer: _Layer, source: str) -> _Layer:
    """The layer, if its values can be used; a fault is reported with where it stands."""
    try:
        _check_folder(Settings(**layer).references)
    except SettingsError as error:
        msg = f"{source}: {error}"
        raise SettingsError(msg) from error
    return layer


def _check_folder(references: str | None) -> None:
    try:
        missing = references is not None and not Path(references).is_dir()
    except OSError:  # a path too long, say
        missing = True
    if missing:
        msg = f"references must be a folder of clean articles, got {references!r}; check the path"
        raise SettingsError(msg)
