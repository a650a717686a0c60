"""What a request may say, as pydantic models; the command line's options by the same names."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from restorer.config import QuotePolicy, Settings, folded_words
from restorer.report import FORMATS
from restorer.review import Decision

__all__ = ["ManyTexts", "Options", "Report", "ReviewedSpan", "Text", "TextOrTexts"]

_MOST_WORDS = 10_000
_MOST_FIELDS = 100
"""Many more than there are. Each unknown one is a fault to be described, and a body has room for a million of them."""

_ONE_OF_THEM: JsonDict = {
    "not": {
        "required": ["fpr", "threshold"],
        "properties": {"fpr": {"type": "number"}, "threshold": {"type": "number"}},
    }
}


class _Strict(BaseModel):
    """Nothing is guessed: an unknown name or a number in quotation marks is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _few(cls, data: Any) -> Any:  # noqa: ANN401 - anything that JSON can hold
        if isinstance(data, dict) and len(data) > _MOST_FIELDS:
            raise PydanticCustomError("too_many_fields", "has more fields than there are; see /openapi.json")
        return data


class Options(_Strict):
    """What to change, as on the command line; whatever is left out is as the server was started."""

    model_config = ConfigDict(json_schema_extra=_ONE_OF_THEM)

    fpr: Annotated[float, Field(gt=0.0, le=1.0)] | None = Field(
        None, description="Wanted false alarms per word of clean text. Give this or `threshold`.", examples=[0.0005]
    )
    threshold: Annotated[float, Field(ge=0.0, le=1.0)] | None = Field(
        None, description="Least probability of a flag and least confidence of an edit. Give this or `fpr`."
    )
    quotes: QuotePolicy | None = Field(
        None, description="Quotations: `restore` them on stronger evidence, only `flag` them, or `skip` them."
    )
    ignore_words: Annotated[list[str], Field(max_length=_MOST_WORDS, fail_fast=True)] | None = Field(
        None, description="Words and phrases never flagged, beside those the server was started with."
    )

    def over(self, settings: Settings) -> Settings:
        """The server's settings with these in their place.

        :param settings: The server's.
        :return: The settings for this request.
        :raises SettingsError: if two of them contradict each other.
        """
        words = settings.ignore_words | folded_words(self.ignore_words or ())
        return settings.with_overrides(fpr=self.fpr, threshold=self.threshold, quotes=self.quotes, ignore_words=words)


class Text(Options):
    """One text."""

    text: str = Field(description="The text. Everything outside the edits comes back as it is.")
    path: str = Field("-", description="A name for the text; `path` of the answer.", max_length=1_000)


class ManyTexts(Options):
    """Several texts, answered by an array in the same order."""

    texts: list[str] = Field(fail_fast=True, description="The texts.")


class ReviewedSpan(_Strict):
    """What a reviewer decided on one finding."""

    start: int = Field(ge=0, description="`start` of the finding: code points before it.")
    text: str = Field(description="`text` of the finding.")
    replacement: str | None = Field(description="What is to stand there; empty to delete, null to leave the text.")

    def decision(self) -> Decision:
        """The same for the library.

        :return: The decision.
        """
        return Decision(self.start, self.text, self.replacement)


class Report(Text):
    """A text, what was decided on its findings, and the form in which to get it back."""

    decisions: list[ReviewedSpan] = Field(
        default_factory=list,
        fail_fast=True,
        description="Decisions; where there is none, what the engine decides stays.",
    )
    format: str = Field("json", description="Form of the answer.", json_schema_extra={"enum": list(FORMATS)})


def _which(body: Any) -> str:  # noqa: ANN401 - anything that JSON can hold
    if isinstance(body, ManyTexts):
        return "texts"
    return "texts" if isinstance(body, dict) and "texts" in body and "text" not in body else "text"


TextOrTexts = Annotated[
    Annotated[Text, Tag("text")] | Annotated[ManyTexts, Tag("texts")],
    Discriminator(_which),
]
"""Either of the two."""
