"""What is refused before anything of a model is loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from restorer.errors import ModelFormatError, ModelNotFoundError, UnsafeModelError
from restorer.models.hub_files import check_folder, local_folder, model_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a model."""
    (tmp_path / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "tokenizer.json").write_bytes(b"")
    return tmp_path


def test_whole_folder_passes(folder: Path) -> None:
    assert check_folder(folder, "mine") == {"model_type": "bert"}


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_code_of_its_own_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text('{"auto_map": {"AutoConfig": "mine.Config"}}', encoding="utf-8")
    with pytest.raises(UnsafeModelError, match=r"'mine' brings code of its own \(auto_map\)"):
        check_folder(folder, "mine")


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00", "[" * 100_000])
def test_broken_configuration_is_named(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelFormatError, match=r"'mine': config.json (cannot be read|holds no JSON object)"):
        check_folder(folder, "mine")


def test_missing_configuration_is_named(folder: Path) -> None:
    (folder / "config.json").unlink()
    with pytest.raises(ModelFormatError, match=r"config\.json is missing"):
        check_folder(folder, "mine")


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.ckpt", "tf_model.h5"])
def test_weights_that_can_run_code_are_refused(folder: Path, name: str) -> None:
    (folder / "model.safetensors").rename(folder / name)
    with pytest.raises(UnsafeModelError, match=f"only as {name}"):
        check_folder(folder, "mine")


def test_missing_weights_are_named(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelFormatError, match=r"has no weights; model\.safetensors is needed"):
        check_folder(folder, "mine")


def test_missing_tokenizer_is_named(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelFormatError, match=r"'mine' has no tokenizer; tokenizer\.json is needed"):
        check_folder(folder, "mine")


def test_adapter_is_refused(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelFormatError, match="is an adapter; merge it"):
        check_folder(folder, "mine")


def shards(folder: Path, *names: object) -> None:
    """Put an index of weights in the place of the weights."""
    (folder / "model.safetensors").unlink()
    index = {"weight_map": {f"layer.{number}": name for number, name in enumerate(names)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["weights.bin", "../model.safetensors", "..\\model.safetensors", "/model.safetensors", 3]
)
def test_index_may_only_point_to_safetensors_beside_it(folder: Path, name: object) -> None:
    shards(folder, name)
    with pytest.raises(UnsafeModelError, match="points to files that are no safetensors beside it"):
        check_folder(folder, "mine")


def test_missing_part_of_the_weights_is_named(folder: Path) -> None:
    shards(folder, "part-1.safetensors", "part-2.safetensors")
    (folder / "part-1.safetensors").write_bytes(b"")
    with pytest.raises(ModelFormatError, match=r"part-2\.safetensors is missing"):
        check_folder(folder, "mine")
    (folder / "part-2.safetensors").write_bytes(b"")
    assert check_folder(folder, "mine")["model_type"] == "bert"


@pytest.mark.parametrize("value", ["./missing", "/no/such/folder", "a/b/c", "...", "", "spaced name", "~/missing/x"])
def test_missing_path_is_named(value: str) -> None:
    with pytest.raises(ModelNotFoundError, match="name a model folder, or a masked LM on the Hugging Face hub"):
        local_folder(value)


def test_file_is_no_model(folder: Path) -> None:
    with pytest.raises(ModelNotFoundError, match=r"config\.json' is a file"):
        local_folder(str(folder / "config.json"))


@pytest.mark.parametrize("name", ["bert-base-uncased", "google-bert/bert-base-uncased", "org/model_v1.5"])
def test_hub_name_is_no_folder(name: str) -> None:
    assert local_folder(name) is None


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The hub's own offline setting, and an empty cache of its own."""
    constants = pytest.importorskip("huggingface_hub.constants")
    cache = tmp_path / "cache"
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    return cache


@pytest.mark.usefixtures("offline")
def test_offline_is_said() -> None:
    with pytest.raises(
        ModelNotFoundError, match=r"'nobody/nothing' is not here and the hub is out of reach \(offline\?\)"
    ):
        model_folder("nobody/nothing")


def test_cached_model_needs_no_network(offline: Path) -> None:
    repository = offline / "models--nobody--something"
    snapshot = repository / "snapshots" / ("0123456789" * 4)
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(snapshot.name, encoding="utf-8")
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (snapshot / name).write_bytes(b"{}")
    assert model_folder("nobody/something") == (snapshot, "nobody/something@01234567")
    (snapshot / "model.safetensors").unlink()
    with pytest.raises(ModelNotFoundError, match="nobody/something"):
        model_folder("nobody/something")
