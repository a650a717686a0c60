"""A restorer that is loaded when first needed, in the process that needs it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from restorer.config import Settings
from restorer.version import __version__

if TYPE_CHECKING:
    from restorer.engine import Restorer
    from restorer.types import Result

__all__ = ["LazyRestorer", "added"]


class LazyRestorer:
    """Travels between processes as its settings; the model is loaded anew where it arrives."""

    def __init__(self, settings: Settings | None = None, load: Callable[[], Restorer] | None = None) -> None:
        """Remember what to load.

        Pipelines run a process a core, so the model gets one thread unless the settings ask for more.

        :param settings: Thresholds, policies and model; the defaults when None.
        :param load: Makes the restorer, instead of the settings; a function that can be pickled.
        """
        chosen = settings or Settings()
        self._settings = replace(chosen, threads=chosen.threads or 1)
        self._load = load
        self._loaded: tuple[int, Restorer] | None = None

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._plain().items())
        return f"LazyRestorer({shown})"

    def __getstate__(self) -> dict[str, object]:
        """The same bytes for the same settings and version: caches are keyed by them."""
        return {"settings": self._plain(), "load": self._load, "version": __version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        values = state["settings"]
        self._settings = Settings(**{**values, "ignore_words": frozenset(values["ignore_words"])})
        self._load = state["load"]
        self._loaded = None

    def _plain(self) -> dict[str, object]:
        values = {field.name: getattr(self._settings, field.name) for field in fields(self._settings)}
        return {**values, "ignore_words": sorted(self._settings.ignore_words)}

    def get(self) -> Restorer:
        """The restorer, loaded at the first call in this process.

        :return: The restorer.
        :raises ModelError: if the model cannot be loaded.
        """
        # A forked child has its parent's memory but none of the threads that the model runs on.
        if self._loaded is None or self._loaded[0] != os.getpid():
            self._loaded = (os.getpid(), self._make())
        return self._loaded[1]

    def _make(self) -> Restorer:
        if self._load is not None:
            return self._load()
        from restorer.engine import Restorer

        return Restorer.from_pretrained(settings=self._settings)


def added(result: Result) -> dict[str, Any]:
    """What the adapters add to a record, as JSON can hold it.

    :param result: A result.
    :return: ``restored``, ``spun_probability``, ``spin_density`` and ``findings``.
    """
    return {
        "restored": result.restored,
        "spun_probability": result.summary.spun_probability,
        "spin_density": result.summary.spin_density,
        "findings": [finding.to_dict() for finding in result.findings],
    }
