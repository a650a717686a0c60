"""restorer finds machine-spun wording in text and restores the canonical wording.

>>> from restorer import Restorer
>>> result = Restorer.from_pretrained().restore("The White Home mentioned it.")  # doctest: +SKIP
>>> result.restored  # doctest: +SKIP
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from restorer.version import __version__

if TYPE_CHECKING:
    from restorer.config import Settings
    from restorer.engine import Restorer, detect, restore
    from restorer.errors import RestorerError
    from restorer.types import Document, Finding, Result

__all__ = [
    "Document",
    "Finding",
    "Restorer",
    "RestorerError",
    "Result",
    "Settings",
    "__version__",
    "detect",
    "restore",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())

_HOMES = {
    "Document": "types",
    "Finding": "types",
    "Restorer": "engine",
    "RestorerError": "errors",
    "Result": "types",
    "Settings": "config",
    "detect": "engine",
    "restore": "engine",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds
    """Load public names on first use, so that ``import restorer`` takes milliseconds and loads no model."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
