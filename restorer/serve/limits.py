"""How much one server takes on, so that no request, however large or slow, is felt by the others."""

from __future__ import annotations

from dataclasses import dataclass, fields

from restorer.errors import SettingsError

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused, and with which status.

    :param body_bytes: Longest body of a request, 413 beyond it; of ``/v1/stream``, longest line.
    :param characters: Longest text in code points, 422 beyond it.
    :param texts: Most texts in a request, 422 beyond it.
    :param requests: Requests answered at once, 429 beyond it.
    :param seconds: Time limit of an answer once its request has come in, 503 beyond it.
    :param body_seconds: Time limit for a body to come in, 408 beyond it; in a stream, for the next bytes.
    """

    body_bytes: int = 8 << 20
    characters: int = 1_000_000
    texts: int = 1_000
    requests: int = 64
    seconds: float = 120.0
    body_seconds: float = 30.0

    def __post_init__(self) -> None:
        """Check every value.

        :raises SettingsError: naming the value and what is allowed.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                msg = f"{field.name} must be above 0, got {value}; leave it out for {field.default}"
                raise SettingsError(msg)
