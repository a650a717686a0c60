"""Finding a Hugging Face model's folder, and refusing it before anything in it is loaded if that could run code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from restorer.errors import MissingDependencyError, ModelFormatError, ModelNotFoundError, UnsafeModelError
from restorer.models.locate import shipped_models

__all__ = ["INSTALL", "check_folder", "local_folder", "model_folder"]

INSTALL = "pip install 'restorer[torch]'"
_WEIGHTS = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack")
_SUFFIXES = (".json", ".txt", ".model")
_TOKENIZERS = {"tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model", "spm.model"}
_SECONDS = 15.0


def model_folder(name_or_path: str) -> tuple[Path, str]:
    """The folder of a model, downloaded only if it is neither a folder nor in the hub's cache.

    :param name_or_path: A folder, or a name on the Hugging Face hub such as ``google-bert/bert-base-uncased``.
    :return: The folder, and the name to show in results.
    :raises ModelNotFoundError: if there is no such model, or it cannot be fetched.
    :raises UnsafeModelError: if it has weights, but none in safetensors.
    :raises ModelFormatError: if it has no weights at all.
    :raises MissingDependencyError: if a hub name is given and huggingface_hub is not installed.
    """
    path = local_folder(name_or_path)
    if path is not None:
        return path, path.resolve().name
    try:
        import huggingface_hub
    except ImportError as error:
        msg = f"model {name_or_path!r} is no folder and the hub needs an extra: {INSTALL}"
        raise MissingDependencyError(msg) from error
    folder = _cached(name_or_path, huggingface_hub) or _downloaded(name_or_path, huggingface_hub)
    return folder, f"{name_or_path}@{folder.name[:8]}"


def local_folder(name_or_path: str) -> Path | None:
    """The folder a value names, if it is not a hub name.

    :param name_or_path: A folder, or a name on the Hugging Face hub.
    :return: The folder; None for a hub name.
    :raises ModelNotFoundError: if the value is a path, and there is no such folder.
    """
    path = Path(name_or_path).expanduser()
    if path.is_dir() and name_or_path:
        return path
    if path.exists() or not _is_hub_name(name_or_path):
        problem = "is a file" if path.is_file() else "does not exist"
        msg = f"model {name_or_path!r} {problem}; name a model folder, or a masked LM on the Hugging Face hub"
        raise ModelNotFoundError(msg)
    return None


def check_folder(folder: Path, name: str) -> dict[str, Any]:
    """Refuse a folder whose model could run code or is not complete.

    :param folder: The model's folder.
    :param name: How the user named the model, for the messages.
    :return: The model's configuration.
    :raises UnsafeModelError: if it asks for code of its own, or its weights are not in safetensors.
    :raises ModelFormatError: if its configuration or its weights are missing or damaged.
    """
    config = _json(folder / "config.json", name)
    for settings in (config, _json(folder / "tokenizer_config.json", name, missing_ok=True)):
        if settings.get("auto_map"):
            msg = f"model {name!r} brings code of its own (auto_map), which is never run; use a model without"
            raise UnsafeModelError(msg)
    if (folder / "adapter_config.json").exists():
        msg = f"model {name!r} is an adapter; merge it into its base model and save that"
        raise ModelFormatError(msg)
    if config.get("transformers_weights"):
        msg = f"model {name!r} names its weights by transformers_weights; save them as {_WEIGHTS}"
        raise ModelFormatError(msg)
    names = {path.name for path in folder.iterdir()}
    _check_weights(names, name)
    if not names & _TOKENIZERS:
        # Without its vocabulary transformers would quietly make up an empty tokenizer.
        msg = f"model {name!r} has no tokenizer; tokenizer.json is needed beside config.json"
        raise ModelFormatError(msg)
    if not (folder / _WEIGHTS).exists():
        missing = _missing_shards(folder, name)
        if missing:
            msg = f"model {name!r}: {missing[0]} is missing; fetch the model again"
            raise ModelFormatError(msg)
    return config


def _missing_shards(folder: Path, name: str) -> list[str]:
    """The files named in the index of weights in several files that are not there."""
    shards = _json(folder / _INDEX, name, missing_ok=True).get("weight_map")
    if not isinstance(shards, dict) or not shards:
        return [_INDEX]
    if not all(_is_safe_shard(shard) for shard in shards.values()):
        msg = f"model {name!r}: {_INDEX} points to files that are no safetensors beside it; save the model again"
        raise UnsafeModelError(msg)
    return sorted(shard for shard in set(shards.values()) if not (folder / shard).exists())


def _is_safe_shard(name: object) -> bool:
    return isinstance(name, str) and name.endswith(".safetensors") and Path(name).name == name and "\\" not in name


def _check_weights(names: set[str], name: str) -> None:
    if _WEIGHTS in names or _INDEX in names:
        return
    pickled = sorted(n for n in names if n.endswith(_PICKLED))
    if pickled:
        msg = f"model {name!r} has its weights only as {pickled[0]}, which can run code; convert them to safetensors"
        raise UnsafeModelError(msg)
    msg = f"model {name!r} has no weights; {_WEIGHTS} is needed beside config.json"
    raise ModelFormatError(msg)


def _json(path: Path, name: str, *, missing_ok: bool = False) -> dict[str, Any]:
    if missing_ok and not path.exists():
        return {}
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        problem = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({type(error).__name__})"
        msg = f"model {name!r}: {path.name} {problem}; a masked LM as transformers saves it is needed"
        raise ModelFormatError(msg) from error
    if not isinstance(data, dict):
        msg = f"model {name!r}: {path.name} holds no JSON object; a masked LM as transformers saves it is needed"
        raise ModelFormatError(msg)
    return data


def _is_hub_name(name: str) -> bool:
    """Whether a value can be a repository's name; anything else is a path."""
    parts = name.split("/")
    allowed = all(
        part.strip(".") and part.replace("-", "").replace("_", "").replace(".", "").isalnum() for part in parts
    )
    return len(parts) <= 2 and allowed and name.isascii() and len(name) <= 96


def _cached(name: str, hub: Any) -> Path | None:  # noqa: ANN401 - a module
    """The newest complete copy in the hub's cache."""
    config = hub.try_to_load_from_cache(name, "config.json")
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    names = {path.name for path in folder.iterdir()}
    return folder if names & _TOKENIZERS and (_WEIGHTS in names or _missing_shards(folder, name) == []) else None


def _downloaded(name: str, hub: Any) -> Path:  # noqa: ANN401 - a module
    """Fetch just the files that are needed, after a look at the list of them."""
    with _hub_errors(name):
        siblings = hub.model_info(name, timeout=_SECONDS).siblings or ()
    names = {sibling.rfilename for sibling in siblings if "/" not in sibling.rfilename}
    _check_weights(names, name)
    weights = {_WEIGHTS} & names or {n for n in names if n.endswith(".safetensors")}
    wanted = sorted(weights | {n for n in names if n.endswith(_SUFFIXES)})
    with _hub_errors(name):
        return Path(hub.snapshot_download(name, allow_patterns=wanted))


@contextmanager
def _hub_errors(name: str) -> Iterator[None]:
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as error:
        msg = f"model {name!r} is gated on the Hugging Face hub; ask for access there and log in, or name a folder"
        raise ModelNotFoundError(msg) from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        msg = f"model {name!r} is neither a folder nor on the Hugging Face hub; check the name"
        raise ModelNotFoundError(msg) from error
    # The connection errors the hub's client lets through have no common base, and differ from version to version.
    except Exception as error:
        shipped = ", ".join(shipped_models()) or "none"
        msg = (
            f"model {name!r} is not here and the hub is out of reach (offline?); "
            f"go online, name a folder, or take a shipped model ({shipped})"
        )
        raise ModelNotFoundError(msg) from error
