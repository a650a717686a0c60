"""A function for ``Dataset.map`` of Hugging Face datasets.

>>> from datasets import load_dataset  # doctest: +SKIP
>>> from restorer.integrations.datasets import RestoreBatch  # doctest: +SKIP
>>> rows = load_dataset("json", data_files="crawl.jsonl", split="train")  # doctest: +SKIP
>>> restore = RestoreBatch()  # doctest: +SKIP
>>> rows = rows.map(restore, batched=True, num_proc=4, features=restore.features(rows.features))  # doctest: +SKIP
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from restorer.config import Settings
from restorer.errors import InputError, MissingDependencyError
from restorer.integrations.lazy import LazyRestorer, added

if TYPE_CHECKING:
    from datasets import Features

    from restorer.engine import Restorer

__all__ = ["RestoreBatch"]

Columns = dict[str, list[str | float | None]]

_TYPES = {"restored": "string", "spun_probability": "float64", "spin_density": "float64", "findings": "string"}


class RestoreBatch:
    """Adds ``restored``, ``spun_probability``, ``spin_density`` and ``findings`` (JSON) to the rows of a dataset.

    What ``map`` is cached by are the arguments below and restorer's version, never whether a model is loaded.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        text_column: str = "text",
        load: Callable[[], Restorer] | None = None,
    ) -> None:
        """Configure the function; nothing is loaded before the first batch.

        :param settings: Thresholds, policies and model; the defaults, with one thread, when None.
        :param text_column: Column with the texts; a null gives nulls.
        :param load: Makes the restorer, instead of the settings; a function that can be pickled.
        """
        self._restorer = LazyRestorer(settings, load)
        self._text_column = text_column

    def __call__(self, batch: Mapping[str, Sequence[str | None]]) -> Columns:
        """Restore a batch.

        :param batch: Columns by name.
        :return: The columns to add.
        :raises InputError: if there is no such column, a value is no text, or the rows come one by one.
        """
        if self._text_column not in batch:
            columns = ", ".join(batch)
            msg = f"there is no column {self._text_column!r}; the columns are {columns}; set text_column to one of them"
            raise InputError(msg)
        texts = batch[self._text_column]
        if isinstance(texts, str | None):
            msg = f"a row came alone, {self._text_column!r} is {type(texts).__name__}; call map with batched=True"
            raise InputError(msg)
        rows = [self._row(text) for text in texts]
        return {name: [row[name] for row in rows] for name in _TYPES}

    def _row(self, text: str | None) -> dict[str, str | float | None]:
        if text is None:
            return dict.fromkeys(_TYPES)
        fields = added(self._restorer.get().restore(text))
        return {**fields, "findings": json.dumps(fields["findings"], ensure_ascii=False)}

    def features(self, features: Features) -> Features:
        """The dataset's features with the added columns.

        Given to ``map``, they spare it guessing types from the first batch, which may be all nulls.

        :param features: Features of the dataset as it is.
        :return: Features of the dataset with the new columns.
        :raises MissingDependencyError: if datasets is not installed.
        """
        try:
            from datasets import Features, Value
        except ImportError as error:
            msg = f"features need Hugging Face datasets ({error}); pip install datasets"
            raise MissingDependencyError(msg) from error
        return Features({**features, **{name: Value(kind) for name, kind in _TYPES.items()}})
