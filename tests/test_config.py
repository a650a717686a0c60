"""Which settings hold where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from restorer.config import Settings, load_settings
from restorer.errors import SettingsError


def test_no_file_and_no_variables_give_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path, environ={}) == Settings()


def test_the_nearest_file_upwards_holds_alone(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "restorer.toml").write_text('fpr = 0.01\nquotes = "skip"\n')
    (tmp_path / "a" / "restorer.toml").write_text("fpr = 0.02\n")
    settings = load_settings(inner, environ={})
    assert (settings.fpr, settings.quotes) == (0.02, "restore")


def test_own_file_goes_before_pyproject_in_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "restorer.toml").write_text("threads = 1\n")
    (tmp_path / "pyproject.toml").write_text("[tool.restorer]\nthreads = 2\n")
    assert load_settings(tmp_path, environ={}).threads == 1


def test_pyproject_without_our_table_is_passed_over(tmp_path: Path) -> None:
    inner = tmp_path / "package"
    inner.mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.restorer]\nthreshold = 0.7\n")
    (inner / "pyproject.toml").write_text("[tool.other]\nbroken =\n")
    assert load_settings(inner, environ={}).threshold == 0.7


@pytest.mark.parametrize(
    "text",
    [
        "[tool]\nrestorer = {threads = 2}",
        "tool = {restorer = {threads = 2}}",
        "[ tool . restorer ]\nthreads = 2",
        '["tool"."restorer"]\nthreads = 2',
        "tool.'restorer'.threads = 2",
    ],
)
def test_every_spelling_of_our_table_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert load_settings(tmp_path, environ={}).threads == 2


@pytest.mark.parametrize("value", ["3", "0", "[]"])
def test_a_table_of_ours_that_is_none_is_an_error(tmp_path: Path, value: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool]\nrestorer = {value}\n")
    with pytest.raises(SettingsError, match=r"pyproject\.toml: tool\.restorer must be a table, got"):
        load_settings(tmp_path, environ={})


@pytest.mark.parametrize("text", ["tool = 3", "[tool.other]\nrestorer = 1", 'dependencies = ["restorer"'])
def test_a_pyproject_of_others_is_passed_over_whatever_it_holds(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert load_settings(tmp_path, environ={}) == Settings()


def test_a_broken_pyproject_that_names_us_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.restorer]\nthreads = = 2\n")
    with pytest.raises(SettingsError, match=r"pyproject\.toml: is not valid TOML"):
        load_settings(tmp_path, environ={})


def test_ignored_phrases_have_one_space_between_their_words(tmp_path: Path) -> None:
    (tmp_path / "restorer.toml").write_text('ignore_words = [" White\\t Home ", " "]\n')
    assert load_settings(tmp_path, environ={}).ignore_words == {"white home"}


def test_environment_goes_before_file(tmp_path: Path) -> None:
    (tmp_path / "restorer.toml").write_text('fpr = 0.01\nmodel = "large"\n')
    environ = {"RESTORER_FPR": "0.002", "RESTORER_IGNORE_WORDS": "Foo, bar", "RESTORER_THREADS": "3", "OTHER": "x"}
    settings = load_settings(tmp_path, environ=environ)
    assert (settings.fpr, settings.model, settings.threads) == (0.002, "large", 3)
    assert settings.ignore_words == {"foo", "bar"}


def test_a_rate_in_the_environment_lifts_a_threshold_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "restorer.toml").write_text("threshold = 0.9\n")
    assert load_settings(tmp_path, environ={"RESTORER_FPR": "0.01"}).threshold is None


def test_an_override_that_is_none_leaves_what_was_there() -> None:
    settings = Settings(threshold=0.9, quotes="skip")
    assert settings.with_overrides(fpr=None, threshold=None, quotes=None) == settings
    assert settings.with_overrides() == settings


def test_a_rate_given_as_an_override_takes_the_place_of_a_threshold() -> None:
    settings = Settings(threshold=0.9, quotes="skip").with_overrides(fpr=0.01)
    assert settings == Settings(fpr=0.01, quotes="skip")


def test_a_threshold_given_as_an_override_leaves_the_rate_for_later() -> None:
    settings = Settings(fpr=0.01).with_overrides(threshold=0.0)
    assert (settings.fpr, settings.threshold) == (0.01, 0.0)
    assert settings.with_overrides(fpr=0.01) == Settings(fpr=0.01)


def test_a_rate_and_a_threshold_as_overrides_contradict_each_other() -> None:
    with pytest.raises(SettingsError, match="fpr and threshold choose the same thing in two ways"):
        Settings().with_overrides(fpr=0.01, threshold=0.9)


@pytest.mark.parametrize("wrong", [{"fpr": 0.0}, {"threshold": 2.0}, {"quotes": "drop"}, {"threads": -1}])
def test_an_override_is_checked_like_any_value(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=f"^{next(iter(wrong))} must be"):
        Settings().with_overrides(**wrong)


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert load_settings(tmp_path, environ={"RESTORER_MODEL": ""}).model == "small"


def test_a_named_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.conf"
    path.write_bytes(b'\xef\xbb\xbfignore_words = ["Dwell"]\n')
    assert load_settings(path=path, environ={}).ignore_words == {"dwell"}


def test_a_bare_model_name_is_never_a_folder_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "restorer.toml").write_text('model = "small"\n')
    assert load_settings(tmp_path, environ={}).model == "small"


def test_folders_are_taken_from_where_the_file_lies(tmp_path: Path) -> None:
    (tmp_path / "clean").mkdir()
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "restorer.toml").write_text('references = "clean"\nmodel = "some/hub-name"\n')
    settings = load_settings(inner, environ={})
    assert Path(settings.references or "") == tmp_path.resolve() / "clean"
    assert settings.model == "some/hub-name"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("treshold = 0.9", ["treshold", "did you mean threshold?", "ignore_words"]),
        ("xyz = 1", ["no setting xyz", "fpr, threshold, quotes"]),
        ('fpr = "low"', ["fpr must be a number", "'low'; try 0.001"]),
        ("threshold = true", ["threshold must be a number", "True"]),
        ("threads = 1.5", ["threads must be a whole number", "1.5; 0 is automatic"]),
        ('ignore_words = "dwell"', ["ignore_words must be a list of words", "'dwell'"]),
        ("model = 3", ["model must be text", "3"]),
        ("fpr = 7.0", ["fpr must be above 0", "7.0"]),
        ('references = "nodir"', ["references must be a folder of clean articles, got 'nodir'"]),
        (f'references = "{"n" * 300}"', ["references must be a folder of clean articles"]),
        ('quotes = "keep"', ["quotes must be one of", "'keep'"]),
        ("fpr = = 1", ["not valid TOML"]),
    ],
)
def test_a_fault_in_a_file_is_named_with_the_file(tmp_path: Path, text: str, parts: list[str]) -> None:
    path = tmp_path / "restorer.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, environ={})
    message = str(caught.value)
    assert message.startswith(str(path.resolve()))
    assert all(part in message for part in parts), message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("RESTORER_THREDS", "1", "did you mean RESTORER_THREADS?"),
        ("RESTORER_FPR", "low", "RESTORER_FPR: must be a number, got 'low'; try 0.001"),
        ("RESTORER_REFERENCES", "nodir", "RESTORER_REFERENCES: references must be a folder of clean articles"),
        ("RESTORER_REFERENCES", "n" * 300, "references must be a folder of clean articles"),
        ("RESTORER_THREADS", "-1", "RESTORER_THREADS: threads must be 0"),
        ("RESTORER_THREADS", "100000", "threads must be 0 (automatic) to 256, got 100000"),
    ],
)
def test_a_fault_in_the_environment_is_named(tmp_path: Path, name: str, value: str, part: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(part)):
        load_settings(tmp_path, environ={name: value})


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: the configuration file cannot be read"):
        load_settings(path=tmp_path / "nowhere.toml", environ={})
