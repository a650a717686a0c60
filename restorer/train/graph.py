"""The ONNX graph of a trained network: with int8 weights as far as these say the same."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from restorer.models.features import TYPES
from restorer.train.encoders import TypeEmbedding, encode
from restorer.train.examples import Batch
from restorer.train.network import Network

__all__ = ["agreement", "export_graph"]

LEAST_COSINE = 0.97
"""Mean cosine to the full graph's vectors that a graph with int8 weights must have to ship."""

TRIED = {"int8": None, "mixed": "/output/dense/"}
"""Precisions tried in turn, and which products each leaves alone. Int8 has one scale for all of a window's activations;
what comes out of MPNet's activation functions is too uneven for one (docs/experiments.md), so the products that take it
in stay as they are."""

SAMPLE_ROWS = 4
_log = logging.getLogger(__name__)


class _Graph(nn.Module):
    """The part that runs on every piece; the wording head runs on suspect words only and stays outside."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.encoder = network.encoder
        self.detector = network.detector
        self.transform = network.transform

    def forward(self, pieces: Tensor, types: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        hidden = encode(self.encoder, pieces, types, mask)
        return self.detector(hidden).squeeze(-1), self.transform(hidden)


def export_graph(network: Network, path: Path, full: Path, sample: Sequence[Batch]) -> dict[str, object]:
    """Write the encoder, the detector and the wording transform as ONNX, in the first precision that is good enough.

    :param network: The trained network.
    :param path: The file.
    :param full: Where the graph is kept in full precision, to compare with.
    :param sample: Batches to compare on.
    :return: Entries of ``config.json``: the file's precision (int8, mixed or float32) and its cosine to full precision.
    """
    _write(network, full)
    for precision, alone in TRIED.items():
        _quantise(full, path, alone)
        cosine = round(agreement(path, full, sample), 4)
        _log.info("%s weights: cosine to full precision %.4f, %.2f wanted", precision, cosine, LEAST_COSINE)
        if cosine >= LEAST_COSINE:
            return {"precision": precision, "cosine": cosine}
    _log.info("the graph stays in full precision")
    shutil.copyfile(full, path)
    return {"precision": "float32", "cosine": 1.0}


def _write(network: Network, full: Path) -> None:
    """The graph in full precision, its type vectors as one table."""
    network.eval()
    embeddings = network.encoder.embeddings
    kinds = embeddings.get_submodule("token_type_embeddings")
    if isinstance(kinds, TypeEmbedding):
        plain = nn.Embedding(TYPES, network.encoder.config.hidden_size)
        with torch.no_grad():
            plain.weight.copy_(kinds.table())
        embeddings.add_module("token_type_embeddings", plain)
    example = (torch.ones(2, 16, dtype=torch.int64), torch.ones(2, 16, dtype=torch.int64),
               torch.ones(2, 16, dtype=torch.int64))  # fmt: skip
    axes = {name: {0: "batch", 1: "pieces"} for name in ("pieces", "types", "mask", "spun", "hidden")}
    with torch.inference_mode():
        torch.onnx.export(
            _Graph(network),
            example,
            str(full),
            input_names=["pieces", "types", "mask"],
            output_names=["spun", "hidden"],
            dynamic_axes=axes,
            dynamo=False,
            opset_version=17,
        )


def _quantise(full: Path, path: Path, alone: str | None) -> None:
    """The graph with int8 weights, but for the products that are left alone."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    nodes = onnx.load(str(full)).graph.node if alone else ()
    names = [node.name for node in nodes if node.op_type == "MatMul" and f"{alone}MatMul" in node.name]
    quantize_dynamic(
        full, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True, nodes_to_exclude=names
    )


def agreement(path: Path, full: Path, sample: Sequence[Batch]) -> float:
    """How alike two graphs' vectors are, window by window as they are run.

    :param path: One graph.
    :param full: The other.
    :param sample: Batches, of which the first windows are compared.
    :return: Mean cosine over the pieces.
    """
    from onnxruntime import InferenceSession

    sessions = [InferenceSession(str(graph), providers=["CPUExecutionProvider"]) for graph in (path, full)]
    cosines: list[NDArray[np.float32]] = []
    for batch in sample:
        columns = {"pieces": batch.pieces, "types": batch.types, "mask": batch.mask}
        for row in range(min(SAMPLE_ROWS, len(batch.pieces))):
            size = int(batch.mask[row].sum())
            window = {name: column[row : row + 1, :size] for name, column in columns.items()}
            one, other = (session.run(["hidden"], window)[0][0] for session in sessions)
            lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
            cosines.append((one * other).sum(1) / np.maximum(lengths, 1e-12))
    return float(np.concatenate(cosines).mean())
