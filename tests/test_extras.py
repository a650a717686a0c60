from __future__ import annotations

import sys

import pytest

from restorer.errors import MissingDependencyError
from restorer.extras import needed


def test_a_library_that_is_there_is_imported() -> None:
    assert needed("json.decoder", "nothing needs").__name__ == "json.decoder"


def test_one_that_is_not_is_named_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "json.decoder", None)
    with pytest.raises(
        MissingDependencyError, match=r"^it needs json, which is not installed; pip install 'restorer\[x\]'$"
    ):
        needed("json.decoder", "it needs", extra="x")
