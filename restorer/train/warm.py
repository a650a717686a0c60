"""Start from an exported model: its int8 weights read back, wordings matched by what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from restorer.channel import BUCKETS
from restorer.models.onnx import Head
from restorer.segment import Shape
from restorer.train.network import Network

__all__ = ["start_from"]


def start_from(network: Network, folder: Path, vocabulary: list[str]) -> int:
    """Fill a fresh network with an exported model's weights.

    Word embeddings stay the base model's, which training never changes. A wording the model does not have gets what
    the model's own wordings say its pieces are worth (least squares from the fresh rows to the trained ones).

    :param network: A network as :meth:`Network.from_base` makes it, changed in place.
    :param folder: The model folder.
    :param vocabulary: The network's wordings in order of id.
    :return: Number of wordings found in the model.
    """
    state = _dense(onnx.load(str(folder / "model.onnx")).graph)
    own = network.state_dict()
    matched = {name: torch.tensor(value) for name, value in state.items() if name in own}
    network.load_state_dict(matched, strict=False)
    head = Head.load(folder, 1.0)
    rows = {wording.lower(): row for row, wording in enumerate(head.wordings)}
    pairs = [(new, rows[wording]) for new, wording in enumerate(vocabulary) if wording in rows]
    new, old = (list(column) for column in zip(*pairs, strict=True))
    with torch.no_grad():
        fresh = network.wordings.weight.numpy()
        mapping = np.linalg.lstsq(fresh[new], head.weight[old], rcond=None)[0]
        bias = np.full(len(vocabulary), float(np.median(head.bias[-len(head.bias) // 4 :])), np.float32)
        weight = (fresh @ mapping).astype(np.float32)
        weight[new], bias[new] = head.weight[old], head.bias[old]
        network.wordings.weight.copy_(torch.from_numpy(weight))
        network.wordings.bias.copy_(torch.from_numpy(bias))
    return len(pairs)


def _dense(graph: onnx.GraphProto) -> dict[str, NDArray[np.float32]]:
    """Every weight of the graph in full precision, by its name in the network."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    users = {name: node for node in reversed(graph.node) for name in node.input}
    found = {name: array for name, array in arrays.items() if array.dtype == np.float32 and "scale" not in name}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            # Products lose their names in the export; the bias added to each keeps its own.
            stem = node.input[1].removesuffix("_quantized")
            bias = _bias(node, users, arrays)
            weight = arrays[node.input[1]].astype(np.float32) * arrays[f"{stem}_scale"]
            found[bias.removesuffix("bias") + "weight"] = np.ascontiguousarray(weight.T)
    for name in ("position_embeddings", "token_type_embeddings"):
        stem = f"encoder.embeddings.{name}.weight"
        values = arrays[f"{stem}_quantized"].astype(np.float32) - arrays[f"{stem}_zero_point"]
        found[stem] = (values * arrays[f"{stem}_scale"]).astype(np.float32)
    found |= _type_parts(found.pop("encoder.embeddings.token_type_embeddings.weight"))
    return found


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
