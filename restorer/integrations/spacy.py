"""A component for spaCy's pipelines.

>>> import spacy  # doctest: +SKIP
>>> nlp = spacy.blank("en")  # doctest: +SKIP
>>> nlp.add_pipe("restorer", config={"fpr": 0.001})  # doctest: +SKIP
>>> doc = nlp("The White Home mentioned it.")  # doctest: +SKIP
>>> doc._.restored, doc._.spun_probability  # doctest: +SKIP
>>> for span, finding in zip(doc.spans["restorer"], doc._.findings, strict=True):  # doctest: +SKIP
...     print(span.text, "→", finding["replacement"])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from restorer.config import Settings
from restorer.errors import MissingDependencyError
from restorer.integrations.lazy import LazyRestorer, added

try:
    from spacy.language import Language
    from spacy.tokens import Doc
except ImportError as error:
    _MSG = f"the component needs spaCy ({error}); pip install spacy"
    raise MissingDependencyError(_MSG) from error

if TYPE_CHECKING:
    from restorer.engine import Restorer

__all__ = ["RestorerComponent", "make_restorer"]

EXTENSIONS = ("restored", "spun_probability", "spin_density", "findings")
"""What the component sets under ``doc._``; None before it ran."""

_DEFAULTS = Settings()

# With the module, not with a component: one that was unpickled, or a stored document, is made without __init__.
for _name in EXTENSIONS:
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


class RestorerComponent:
    """Sets ``doc._.restored``, ``spun_probability``, ``spin_density``, ``findings``, and one span a finding.

    The findings are dictionaries, so that documents can be stored and sent to other processes; their offsets are code
    points of ``doc.text``. The spans have the findings' order, and kinds as their labels.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        span_key: str = "restorer",
        load: Callable[[], Restorer] | None = None,
    ) -> None:
        """Configure the component; nothing is loaded before the first document.

        :param settings: Thresholds, policies and model; the defaults, with one thread, when None.
        :param span_key: Name of the group in ``doc.spans``.
        :param load: Makes the restorer, instead of the settings.
        """
        self._restorer = LazyRestorer(settings, load)
        self._span_key = span_key

    def __call__(self, doc: Doc) -> Doc:
        """Restore a document; its text and tokens stay as they are.

        :param doc: The document.
        :return: The same document.
        """
        result = self._restorer.get().restore(doc.text)
        for name, value in added(result).items():
            doc._.set(name, value)
        spans = [doc.char_span(f.start, f.end, label=f.kind, alignment_mode="expand") for f in result.findings]
        doc.spans[self._span_key] = [span for span in spans if span is not None]
        return doc


@Language.factory(
    "restorer",
    assigns=["doc.spans", *(f"doc._.{name}" for name in EXTENSIONS)],
    default_config={"fpr": _DEFAULTS.fpr, "model": _DEFAULTS.model, "span_key": "restorer"},
)
def make_restorer(nlp: Language, name: str, fpr: float, model: str, span_key: str) -> RestorerComponent:
    """The component that a pipeline's configuration describes.

    :param nlp: The pipeline, unused.
    :param name: The component's name in it, unused.
    :param fpr: Requested false alarms per word.
    :param model: Name of a shipped model, or a folder.
    :param span_key: Name of the group in ``doc.spans``.
    :return: The component.
    """
    return RestorerComponent(Settings(fpr=fpr, model=model), span_key=span_key)
