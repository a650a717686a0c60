"""Loading a Hugging Face masked LM, with every way it can fail turned into one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from restorer.errors import MissingDependencyError, ModelFormatError
from restorer.models.hub_files import INSTALL

__all__ = ["first_line", "load", "quiet"]


def load(folder: Path, name: str) -> tuple[Any, Any]:
    """The masked LM and the fast tokenizer in a folder that was checked.

    :param folder: The model's folder.
    :param name: How the user named the model, for the messages.
    :return: The model, on the CPU in single precision, and its tokenizer.
    :raises ModelFormatError: if it is no masked LM, or damaged.
    :raises MissingDependencyError: if its tokenizer needs a package that is not installed.
    """
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    try:
        with quiet():
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            model, info = AutoModelForMaskedLM.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
                dtype="float32",
            )
    except ImportError as error:
        msg = f"the tokenizer of model {name!r} needs a package that is not installed: {INSTALL}"
        raise MissingDependencyError(msg) from error
    # Damaged files surface as any error there is, from the parsers of three libraries.
    except Exception as error:
        msg = f"model {name!r} cannot be loaded as a masked LM ({first_line(error)}); fetch it again or use another"
        raise ModelFormatError(msg) from error
    missing = sorted(info["missing_keys"]) + sorted(str(key) for key in info["mismatched_keys"])
    if missing:
        msg = f"model {name!r} is no masked LM: its weights lack {missing[0]}; use a model with a masked-LM head"
        raise ModelFormatError(msg)
    if not getattr(tokenizer, "is_fast", False):
        msg = f"model {name!r} has a tokenizer without offsets; save it with a tokenizer.json"
        raise ModelFormatError(msg)
    return model, tokenizer


def first_line(error: BaseException) -> str:
    """What another library's error says, cut down to one line.

    :param error: The error.
    :return: The line; the error's kind when it says nothing.
    """
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' notes and progress bars off the terminal; what matters is raised."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
