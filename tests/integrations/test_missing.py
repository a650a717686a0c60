from __future__ import annotations

import sys
from importlib import import_module

import pytest

from restorer.errors import MissingDependencyError
from restorer.integrations.datasets import RestoreBatch


@pytest.mark.parametrize(("name", "hidden"), [("datatrove", "datatrove.data"), ("spacy", "spacy.language")])
def test_a_missing_library_is_named_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, name: str, hidden: str
) -> None:
    monkeypatch.setitem(sys.modules, hidden, None)
    monkeypatch.delitem(sys.modules, f"restorer.integrations.{name}", raising=False)
    with pytest.raises(MissingDependencyError, match=f"; pip install {name}$"):
        import_module(f"restorer.integrations.{name}")


def test_the_datasets_adapter_needs_datasets_for_features_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    assert RestoreBatch()({"text": [None]})["restored"] == [None]
    with pytest.raises(MissingDependencyError, match=r"; pip install datasets$"):
        RestoreBatch().features({})
