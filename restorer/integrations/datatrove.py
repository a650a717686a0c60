"""A step for datatrove's pipelines.

>>> from datatrove.executor import LocalPipelineExecutor  # doctest: +SKIP
>>> from datatrove.pipeline.readers import JsonlReader  # doctest: +SKIP
>>> from datatrove.pipeline.writers import JsonlWriter  # doctest: +SKIP
>>> from restorer.integrations.datatrove import RestoreStep  # doctest: +SKIP
>>> pipeline = [JsonlReader("crawl/"), RestoreStep(), JsonlWriter("restored/")]  # doctest: +SKIP
>>> LocalPipelineExecutor(pipeline, tasks=8, workers=4).run()  # doctest: +SKIP
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from restorer.batch.records import SPUN
from restorer.config import Settings
from restorer.errors import MissingDependencyError, SettingsError
from restorer.integrations.lazy import LazyRestorer, added

try:
    from datatrove.data import Document, DocumentsPipeline
    from datatrove.pipeline.base import PipelineStep
except ImportError as error:
    _MSG = f"RestoreStep needs datatrove ({error}); pip install datatrove"
    raise MissingDependencyError(_MSG) from error

if TYPE_CHECKING:
    from restorer.engine import Restorer
    from restorer.types import Result

__all__ = ["FindingsForm", "RestoreStep"]

FindingsForm = Literal["list", "json"]


class RestoreStep(PipelineStep):  # type: ignore[misc]  # datatrove carries no types
    """Adds ``restored``, ``spun_probability``, ``spin_density`` and ``findings`` to each document's metadata."""

    name = "🖊️ Restorer"
    type = "🔧 - RESTORE"
    _requires_dependencies: ClassVar[list[str]] = ["onnxruntime", "tokenizers"]

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        replace_text: bool = False,
        findings_as: FindingsForm = "list",
        load: Callable[[], Restorer] | None = None,
    ) -> None:
        """Configure the step; nothing is loaded before the first document.

        :param settings: Thresholds, policies and model; the defaults, with one thread, when None.
        :param replace_text: Put the restored text in the document's place, and keep the original as the metadata's
            ``original_text``.
        :param findings_as: ``list`` of dictionaries, or ``json``: a string, since Parquet takes its schema from the
            first document, which may have no findings.
        :param load: Makes the restorer, instead of the settings; a function that can be pickled.
        :raises SettingsError: if ``findings_as`` is neither.
        """
        super().__init__()
        if findings_as not in get_args(FindingsForm):
            msg = f"findings_as must be one of {', '.join(get_args(FindingsForm))}, got {findings_as!r}"
            raise SettingsError(msg)
        self.restorer = LazyRestorer(settings, load)
        self.replace_text = replace_text
        self.findings_as = findings_as

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Restore documents one by one.

        :param data: The documents.
        :param rank: Number of the task, unused.
        :param world_size: Number of tasks, unused.
        :return: The same documents, in order.
        """
        for document in data or ():
            with self.track_time():
                self._restore(document)
            yield document

    def _restore(self, document: Document) -> None:
        result = self.restorer.get().restore(document.text)
        fields = added(result)
        if self.findings_as == "json":
            fields["findings"] = json.dumps(fields["findings"], ensure_ascii=False)
        document.metadata.update(fields)
        if self.replace_text:
            document.metadata["original_text"] = document.text
            document.text = result.restored
        self._count(result)

    def _count(self, result: Result) -> None:
        self.stat_update("documents")
        self.stat_update("words", value=result.summary.words)
        self.stat_update("findings", value=len(result.findings))
        self.stat_update("edits", value=len(result.applied))
        if result.summary.spun_probability >= SPUN:
            self.stat_update("spun_documents")
