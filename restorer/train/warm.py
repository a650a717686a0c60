"""Start from an exported model: its weights read back, wordings matched by what they say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from restorer.channel import BUCKETS
from restorer.errors import SettingsError
from restorer.models.head import Head
from restorer.segment import Shape
from restorer.train.network import Network

__all__ = ["start_from"]

WORDS = "encoder.embeddings.word_embeddings.weight"
TYPE_TABLE = "encoder.embeddings.token_type_embeddings.weight"


def start_from(network: Network, folders: Sequence[Path], vocabulary: list[str]) -> int:
    """Fill a fresh network with an exported model's weights, or with the mean of several models'.

    The mean of models of one descent is often better than each (model soups, Wortsman et al. 2022). Word embeddings
    stay the base model's, which training never changes. A wording that no model has gets what the models' own wordings
    say its pieces are worth (least squares from the fresh rows to the trained ones).

    :param network: A network as :meth:`Network.from_base` makes it, changed in place.
    :param folders: The model folders.
    :param vocabulary: The network's wordings in order of id.
    :return: Number of wordings found in some model.
    :raises SettingsError: if a model's encoder is not like the network's.
    """
    states = [_dense(onnx.load(str(folder / "model.onnx")).graph) for folder in folders]
    own = network.state_dict()
    for folder, state in zip(folders, states, strict=True):
        _check_alike(folder, state, {n: p for n, p in own.items() if n.startswith("encoder.") and n != WORDS})
    means = {name: np.mean([state[name] for state in states], axis=0) for name in states[0] if name in own}
    network.load_state_dict({name: torch.tensor(value) for name, value in means.items()}, strict=False)
    with torch.no_grad():
        fresh = network.wordings.weight.numpy()
        parts = [_wordings(Head.load(folder, 1.0), fresh, vocabulary) for folder in folders]
        network.wordings.weight.copy_(torch.from_numpy(np.mean([weight for weight, _, _ in parts], axis=0)))
        network.wordings.bias.copy_(torch.from_numpy(np.mean([bias for _, bias, _ in parts], axis=0)))
        scales = [json.loads((folder / "config.json").read_text(encoding="utf-8"))["prior_scale"] for folder in folders]
        network.prior_scale.fill_(sum(scales) / len(scales))
    return int(np.any([found for _, _, found in parts], axis=0).sum())


def _wordings(
    head: Head, fresh: NDArray[np.float32], vocabulary: list[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """A model's rows and biases for a vocabulary, and which of its wordings the model has."""
    rows = {wording.lower(): row for row, wording in enumerate(head.wordings)}
    old = np.array([rows.get(wording, -1) for wording in vocabulary])
    found = old >= 0
    mapping = np.linalg.lstsq(fresh[found], head.weight[old[found]], rcond=None)[0]
    weight = (fresh @ mapping).astype(np.float32)
    bias = np.full(len(vocabulary), float(np.median(head.bias[-len(head.bias) // 4 :])), np.float32)
    weight[found], bias[found] = head.weight[old[found]], head.bias[old[found]]
    return weight, bias, found


def _dense(graph: onnx.GraphProto) -> dict[str, NDArray[np.float32]]:
    """Every weight of the graph but the word embeddings in full precision, by its name in the network."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    users = {name: node for node in reversed(graph.node) for name in node.input}
    found = {name: array for name, array in arrays.items() if array.dtype == np.float32 and "scale" not in name}
    for node in graph.node:
        if node.op_type in ("MatMul", "MatMulInteger") and node.input[1] in arrays:
            # Products lose their names in the export; the bias added to each keeps its own.
            bias = _bias(node, users, arrays)
            found[bias.removesuffix("bias") + "weight"] = np.ascontiguousarray(_values(node.input[1], arrays).T)
        elif node.op_type == "Gather" and node.input[0].endswith(".weight_quantized"):
            found[node.input[0].removesuffix("_quantized")] = _values(node.input[0], arrays)
    found.pop(WORDS, None)
    found |= _type_parts(found.pop(TYPE_TABLE))
    return found


def _values(name: str, arrays: dict[str, NDArray[np.generic]]) -> NDArray[np.float32]:
    """A weight in full precision."""
    stem = name.removesuffix("_quantized")
    if stem == name:
        return arrays[name].astype(np.float32)
    values = arrays[name].astype(np.float32) - arrays[f"{stem}_zero_point"].astype(np.float32)
    return values * arrays[f"{stem}_scale"].astype(np.float32)


def _check_alike(folder: Path, state: dict[str, NDArray[np.float32]], encoder: dict[str, torch.Tensor]) -> None:
    """Refuse a model that lacks a weight of the encoder, or has it in another shape."""
    for name, weight in encoder.items():
        if name not in state or state[name].shape != weight.shape:
            msg = f"{folder}: this model's encoder is not like the base model's; start from a model of the same --base"
            raise SettingsError(msg)


def _bias(node: onnx.NodeProto, users: dict[str, onnx.NodeProto], arrays: dict[str, np.ndarray]) -> str:
    while node.op_type != "Add":
        node = users[node.output[0]]
    return str(next(name for name in node.input if name in arrays))


def _type_parts(table: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """A table of type vectors as the sum of its parts (:class:`restorer.train.network.TypeEmbedding`)."""
    cube = table.reshape(BUCKETS, 2, Shape.COUNT, -1)
    base = cube.mean((0, 1, 2))
    parts = {"base": base, "bucket": cube.mean((1, 2)) - base, "quoted": cube.mean((0, 2)) - base,
             "shape": cube.mean((0, 1)) - base}  # fmt: skip
    return {f"encoder.embeddings.token_type_embeddings.{name}": part for name, part in parts.items()}
