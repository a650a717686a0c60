import subprocess
import sys

import pytest

import restorer


def test_public_names_are_sorted_and_there() -> None:
    assert restorer.__all__ == sorted(restorer.__all__)
    for name in restorer.__all__:
        assert getattr(restorer, name) is not None


@pytest.mark.parametrize("name", [n for n in restorer.__all__ if n != "__version__"])
def test_public_names_are_documented(name: str) -> None:
    assert getattr(restorer, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        restorer.nonsense  # noqa: B018


def test_importing_loads_nothing_heavy() -> None:
    heavy = {"numpy", "onnxruntime", "tokenizers", "torch", "transformers", "typer", "rich", "restorer.engine"}
    code = f"import sys, restorer; print(sorted({heavy} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_every_public_name_can_be_imported_by_star() -> None:
    code = "from restorer import *; print(restore.__name__, detect.__name__, Restorer.__name__, __version__)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["restore", "detect", "Restorer", restorer.__version__]
