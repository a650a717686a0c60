"""The tree of errors is what its documentation draws."""

from __future__ import annotations

import re

from restorer import errors


def drawn() -> dict[str, str]:
    """Each error in the docstring's tree with the one it hangs from."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"([│├└─ ]*)(\w+Error)\b", line):
            depth = len(match[1]) // 4
            path[depth:] = [match[2]]
            parents[match[2]] = path[depth - 1] if depth else "Exception"
    return parents


def test_the_tree_in_the_docstring_is_the_tree_of_classes() -> None:
    classes = {name: c for name, c in vars(errors).items() if isinstance(c, type)}
    assert {name: c.__bases__[0].__name__ for name, c in classes.items()} == drawn()


def test_every_error_is_exported() -> None:
    assert errors.__all__ == sorted(drawn())
