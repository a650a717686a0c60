"""The pretrained encoders that training starts from, BERT and MPNet, and how each is told its pieces' types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoConfig, AutoModel, BertModel, MPNetModel

from restorer.channel import BUCKETS
from restorer.errors import SettingsError
from restorer.models.features import TYPES
from restorer.models.hub_loading import quiet
from restorer.segment import Shape

__all__ = ["Encoder", "TypeEmbedding", "check_base", "describe", "encode", "load_encoder"]

Encoder: TypeAlias = BertModel | MPNetModel
KINDS = {"bert": "BERT", "mpnet": "MPNet"}
FILES = ("config.json", "model.safetensors", "tokenizer.json")


class TypeEmbedding(nn.Module):
    """A type's vector is the sum of its parts', so that a rare combination is learnt from common ones."""

    def __init__(self, base: Tensor) -> None:
        super().__init__()
        self.shape = nn.Parameter(torch.zeros(Shape.COUNT, base.shape[-1]))
        self.quoted = nn.Parameter(torch.zeros(2, base.shape[-1]))
        self.bucket = nn.Parameter(torch.randn(BUCKETS, base.shape[-1]) * 0.01)
        self.base = nn.Parameter(base.clone())

    def table(self) -> Tensor:
        """Vectors of all types, in order of id, of shape (TYPES, width)."""
        parts = self.bucket[:, None, None] + self.quoted[None, :, None] + self.shape[None, None, :]
        return parts.reshape(TYPES, -1) + self.base

    def forward(self, ids: Tensor) -> Tensor:
        """Vectors of the given types."""
        return F.embedding(ids, self.table())


def check_base(folder: Path) -> None:
    """Refuse a folder that training cannot start from.

    :param folder: The folder of a pretrained encoder.
    :raises SettingsError: if files are missing or the encoder is neither a BERT nor an MPNet.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        msg = f"{folder}: not a pretrained encoder, {', '.join(missing)} missing; give a folder with {', '.join(FILES)}"
        raise SettingsError(msg)
    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"]
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{folder}: config.json names no model_type; give the folder of a pretrained BERT or MPNet"
        raise SettingsError(msg) from error
    if kind not in KINDS:
        msg = f"{folder}: model type {kind!r} cannot be trained; give the folder of a pretrained BERT or MPNet"
        raise SettingsError(msg)


def load_encoder(folder: Path) -> Encoder:
    """A pretrained encoder, its embedding of types added and its word embeddings frozen.

    MPNet has no embedding of types; it gets one of the same name as BERT's, so that weights are called alike.

    :param folder: A folder that :func:`check_base` accepts.
    :return: The transformers model, without dropout or pooling.
    :raises SettingsError: if the weights are not those of such an encoder.
    """
    check_base(folder)
    config = AutoConfig.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    encoder: Encoder
    with quiet():
        encoder, info = AutoModel.from_pretrained(
            folder,
            config=config,
            add_pooling_layer=False,
            dtype=torch.float32,
            use_safetensors=True,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    wrong = sorted(str(key) for key in (*info["missing_keys"], *info["mismatched_keys"]))
    if wrong:
        msg = f"{folder}: the weights lack {wrong[0]} of the right size; give the folder of a pretrained BERT or MPNet"
        raise SettingsError(msg)
    embeddings = encoder.embeddings
    table = embeddings.word_embeddings.weight
    own = getattr(embeddings, "token_type_embeddings", None)
    base = own.weight[0].detach() if own is not None else torch.zeros_like(table[0])
    embeddings.add_module("token_type_embeddings", TypeEmbedding(base))
    table.requires_grad_(False)
    return encoder


def encode(encoder: Encoder, pieces: Tensor, types: Tensor, mask: Tensor) -> Tensor:
    """Vectors of all pieces.

    :param encoder: What :func:`load_encoder` gives.
    :param pieces: Sub-word ids, of shape (b, t).
    :param types: Their type ids.
    :param mask: 1 where there is a piece.
    :return: Of shape (b, t, width).
    """
    if encoder.config.model_type == "bert":
        output = encoder(input_ids=pieces, token_type_ids=types, attention_mask=mask)
    else:
        # MPNet takes no types; adding them to the words' vectors comes to the same sum.
        embeddings = encoder.embeddings
        told = embeddings.word_embeddings(pieces) + embeddings.get_submodule("token_type_embeddings")(types)
        output = encoder(inputs_embeds=told, attention_mask=mask)
    hidden: Tensor = output.last_hidden_state
    return hidden


def describe(encoder: Encoder) -> str:
    """What kind of encoder it is, for the model's card."""
    config, size = encoder.config, sum(p.numel() for p in encoder.parameters())
    layers, width = config.num_hidden_layers, config.hidden_size
    return f"{KINDS[config.model_type]} encoder of {layers} layers, {width} wide ({size / 1e6:.1f}M parameters)"
