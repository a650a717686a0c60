"""The way to a Hugging Face model that asks for torch last: a wrong path or an unsafe folder is named without it."""

from __future__ import annotations

from restorer.models.base import EditModel
from restorer.models.hub_files import check_folder, local_folder

__all__ = ["load_hub_model"]


def load_hub_model(name: str, *, threads: int = 0, device: str | None = None) -> EditModel:
    """Load a masked LM from a folder or the Hugging Face hub.

    :param name: A folder, or a name on the hub.
    :param threads: Threads torch may use, in the whole process; 0 leaves the choice to torch.
    :param device: A torch device; the first GPU if there is one, else the CPU.
    :return: The model.
    :raises ModelError: if it is missing, unsafe, damaged or no masked LM.
    :raises MissingDependencyError: if the ``torch`` extra is not installed.
    :raises SettingsError: if the device cannot be used.
    """
    folder = local_folder(name)
    if folder is not None:
        check_folder(folder, name)
    from restorer.models.torch import HubModel

    return HubModel.from_pretrained(name, threads=threads, device=device)
