"""The network: an encoder told each word's shape, a detector, and a head over wordings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from restorer.train.encoders import Encoder, encode, load_encoder
from restorer.train.examples import IGNORE

__all__ = ["Losses", "Network"]


@dataclass(frozen=True, slots=True)
class Losses:
    """What one batch says.

    :param detection: Mean binary cross-entropy over the words.
    :param wording: Mean cross-entropy over words with a target.
    :param right: Share of those whose likeliest wording is the target.
    """

    detection: Tensor
    wording: Tensor
    right: Tensor


class Network(nn.Module):
    """Encoder and two heads."""

    def __init__(self, encoder: Encoder, wordings: int) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.detector = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))
        self.transform = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.wordings = nn.Linear(width, wordings)
        self.prior_scale = nn.Parameter(torch.ones(()))

    @classmethod
    def from_base(cls, folder: Path, wording_pieces: list[list[int]]) -> Network:
        """Start from a pretrained encoder; each wording's vector from its pieces'.

        :param folder: Folder of the pretrained encoder (:mod:`restorer.train.encoders`).
        :param wording_pieces: Sub-word ids of every wording.
        :return: The network.
        """
        encoder = load_encoder(folder)
        network = cls(encoder, len(wording_pieces))
        table = encoder.embeddings.word_embeddings.weight
        with torch.no_grad():
            rows = torch.stack([table[ids].mean(0) if ids else torch.zeros_like(table[0]) for ids in wording_pieces])
            network.wordings.weight.copy_(rows * (0.05 / rows.std()))
            network.wordings.bias.zero_()
        return network

    def hidden(self, pieces: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Vectors of all pieces, of shape (b, t, width)."""
        return encode(self.encoder, pieces, types, mask)

    def losses(self, batch: dict[str, Tensor], hidden: Tensor | None = None) -> Losses:
        """Run one batch.

        :param batch: The columns of :class:`restorer.train.examples.Batch` as tensors.
        :param hidden: Vectors of its pieces where they are known already.
        :return: The losses.
        """
        if hidden is None:
            hidden = self.hidden(batch["pieces"], batch["types"], batch["mask"])
        words = hidden.reshape(-1, hidden.shape[-1])[batch["heads"]]
        labelled = batch["spun"] != IGNORE
        spun = self.detector(words).squeeze(-1)[labelled]
        detection = F.binary_cross_entropy_with_logits(spun.float(), batch["spun"][labelled].float())
        logits = self.wordings(self.transform(words[batch["chosen"]])).float()
        values = self.prior_scale * batch["prior_values"]
        logits = logits.index_put((batch["prior_rows"], batch["prior_ids"]), values, accumulate=True)
        wording = F.cross_entropy(logits, batch["targets"])
        right = (logits.argmax(-1) == batch["targets"]).float().mean()
        return Losses(detection, wording, right)
