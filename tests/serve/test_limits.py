"""What may be a limit."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from restorer.errors import SettingsError
from restorer.serve.limits import Limits


@pytest.mark.parametrize("value", [0, -1, float("nan")])
@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_a_limit_that_lets_nothing_through_is_refused_by_name(name: str, value: float) -> None:
    given: dict[str, Any] = {name: value}
    with pytest.raises(SettingsError, match=f"^{name} must be above 0, got "):
        Limits(**given)
