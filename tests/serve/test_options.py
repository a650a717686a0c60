"""What a request may say."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from restorer.config import Settings
from restorer.errors import SettingsError
from restorer.review import Decision
from restorer.serve.options import ManyTexts, Options, ReviewedSpan, Text, TextOrTexts

STARTED = Settings(threshold=0.7, quotes="flag", ignore_words=frozenset({"dwell"}))


def options(**given: Any) -> Options:  # noqa: ANN401 - fields
    return Options.model_validate(given)


def test_what_is_left_out_is_as_the_server_was_started() -> None:
    assert options().over(STARTED) == STARTED
    assert options(fpr=None, threshold=None, quotes=None, ignore_words=None).over(STARTED) == STARTED


def test_a_rate_asked_for_takes_the_place_of_the_server_s_threshold() -> None:
    settings = options(fpr=0.01).over(STARTED)
    assert (settings.fpr, settings.threshold) == (0.01, None)


def test_ignored_words_come_beside_the_server_s() -> None:
    assert options(ignore_words=[" White  House ", ""]).over(STARTED).ignore_words == {"dwell", "white house"}


def test_a_rate_and_a_threshold_contradict_each_other() -> None:
    with pytest.raises(SettingsError, match="fpr and threshold choose the same thing"):
        options(fpr=0.01, threshold=0.5).over(STARTED)


@pytest.mark.parametrize(
    "body",
    [
        {"text": "a", "fpr": 0},
        {"text": "a", "fpr": 1.01},
        {"text": "a", "fpr": float("nan")},
        {"text": "a", "fpr": "0.01"},
        {"text": "a", "fpr": True},
        {"text": "a", "threshold": -0.1},
        {"text": "a", "threshold": float("inf")},
        {"text": "a", "threshold": float("nan")},
        {"text": "a", "quotes": "Skip"},
        {"text": "a", "ignore_words": "dwell"},
        {"text": "a", "ignore_words": [1]},
        {"text": "a", "ignore_words": ["a"] * 10_001},
        {"text": "a", "model": "other"},
        {"text": "a", "references": "/etc"},
        {"text": "a", "path": "p" * 1_001},
        {"text": None},
        {"text": ["a"]},
        {"text": "a", "texts": ["a"]},
        {"texts": "a"},
        {"texts": ["a", None]},
        {},
        [],
        "a",
        None,
    ],
)
def test_nothing_else_is_taken(body: Any) -> None:  # noqa: ANN401 - anything JSON can hold
    with pytest.raises(ValidationError):
        TypeAdapter(TextOrTexts).validate_python(body)


def test_a_body_is_of_one_text_or_of_several() -> None:
    adapter: TypeAdapter[Text | ManyTexts] = TypeAdapter(TextOrTexts)
    assert adapter.validate_python({"text": "a", "path": "a.txt", "fpr": 1}) == (
        Text.model_validate({"text": "a", "path": "a.txt", "fpr": 1.0})
    )
    assert isinstance(adapter.validate_python({"texts": []}), ManyTexts)


@pytest.mark.parametrize("replacement", [None, "", "said"])
def test_a_reviewer_s_span_is_a_decision(replacement: str | None) -> None:
    span = ReviewedSpan(start=3, text="mentioned", replacement=replacement)
    assert span.decision() == Decision(3, "mentioned", replacement)


def test_a_decision_without_a_word_on_what_is_to_stand_there_is_none() -> None:
    with pytest.raises(ValidationError, match="replacement"):
        ReviewedSpan.model_validate({"start": 3, "text": "mentioned"})
