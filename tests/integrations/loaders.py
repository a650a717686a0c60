"""Functions that make a restorer for tests, at the top of a module so that they can be pickled."""

from __future__ import annotations

from restorer import Restorer
from tests.fakes import FakeModel

__all__ = ["CLEAN", "RESTORED", "SPUN", "fake", "none"]

SPUN = "The statesmen mentioned there was adequate time for the convention, and they mentioned it again."
RESTORED = "The officials said there was enough time for the conference, and they said it again."
CLEAN = "The officials said there was enough time for the conference, and they said it again."


def fake() -> Restorer:
    """The restorer with known answers."""
    return Restorer(FakeModel())


def none() -> Restorer:
    """A restorer that must not be asked for."""
    msg = "a model was loaded"
    raise AssertionError(msg)
