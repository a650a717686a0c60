"""The training loop: on the clock, with checkpoints, resumable."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from math import cos, pi
from pathlib import Path

import torch
from torch import Tensor

from restorer.errors import SettingsError
from restorer.train.examples import Batch
from restorer.train.network import Network

__all__ = ["Schedule", "evaluate", "train"]

MOST_STEP_SECONDS = 30.0
"""A step that takes longer was suspended; the rest of its time is not training. MPNet-base takes two seconds on two
cores, and was seen to take 17 beside another training run."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how hard to train.

    :param minutes: Time to train for, over all resumptions; the learning rate reaches zero at its end.
    :param encoder_rate: Peak learning rate of the encoder.
    :param head_rate: Peak learning rate of the heads.
    :param rate_factor: Factor of both, below 1 when training goes on from a model.
    :param warmup: Share of the time in which the rate rises.
    :param detection_weight: Weight of the detection loss; the wording loss has 1.
    :param checkpoint_minutes: Time between checkpoints.
    :param threads: Torch threads; 0 leaves them as they are.
    :param bfloat16: Multiply in bfloat16: over twice as fast where the CPU has the instructions, far slower elsewhere;
        None looks.
    """

    minutes: float = 75.0
    encoder_rate: float = 3e-4
    head_rate: float = 1e-3
    rate_factor: float = 1.0
    warmup: float = 0.03
    detection_weight: float = 4.0
    checkpoint_minutes: float = 5.0
    threads: int = 0
    bfloat16: bool | None = None

    def rate(self, elapsed: float) -> float:
        """Learning rate as a share of its peak.

        :param elapsed: Seconds trained so far.
        :return: Between 0 and 1: a linear rise, then half a cosine down.
        """
        share = min(elapsed / (60 * self.minutes), 1.0)
        if share < self.warmup:
            return max(share / self.warmup, 0.01)
        return 0.5 * (1 + cos(pi * (share - self.warmup) / (1 - self.warmup)))


def _tensors(batch: Batch) -> dict[str, Tensor]:
    return {f.name: torch.from_numpy(getattr(batch, f.name)) for f in fields(batch)}


def train(network: Network, source: Iterator[Batch], held: list[Batch], run: Path, schedule: Schedule) -> int:
    """Train until the time is up.

    :param network: The network, changed in place.
    :param source: Training batches without end.
    :param held: Held-out batches to report on at each checkpoint.
    :param run: Folder for ``checkpoint.pt`` and ``log.jsonl``; training goes on from a checkpoint found there.
    :param schedule: How long and how hard.
    :return: Pieces trained on, over all resumptions.
    """
    torch.set_flush_denormal(True)
    if schedule.threads:
        torch.set_num_threads(schedule.threads)
    narrow = _has_bfloat16() if schedule.bfloat16 is None else schedule.bfloat16
    heads = [p for n, p in network.named_parameters() if not n.startswith("encoder.")]
    encoder = [p for p in network.encoder.parameters() if p.requires_grad]
    groups = [
        {"params": encoder, "lr": 0.0, "peak": schedule.encoder_rate},
        {"params": heads, "lr": 0.0, "peak": schedule.head_rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    elapsed, step, tokens = _resume(run, network, optimiser)
    run.mkdir(parents=True, exist_ok=True)
    saved, sums = elapsed, [0.0, 0.0, 0.0]
    began = time.monotonic()
    while elapsed < 60 * schedule.minutes:
        batch = next(source)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * schedule.rate_factor * schedule.rate(elapsed)
        with torch.autocast("cpu", torch.bfloat16, enabled=narrow):
            losses = network.losses(_tensors(batch))
        loss = schedule.detection_weight * losses.detection + losses.wording
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(encoder, 1.0)
        optimiser.step()
        step, tokens = step + 1, tokens + int(batch.mask.sum())
        values = (losses.detection.item(), losses.wording.item(), losses.right.item())
        sums = [a + b for a, b in zip(sums, values, strict=True)]
        now = time.monotonic()
        elapsed, began = elapsed + min(now - began, MOST_STEP_SECONDS), now
        if step % 50 == 0:
            _record(run, step=step, tokens=tokens, minutes=elapsed / 60, detection=sums[0] / 50,
                    wording=sums[1] / 50, right=sums[2] / 50)  # fmt: skip
            sums = [0.0, 0.0, 0.0]
        if elapsed - saved > 60 * schedule.checkpoint_minutes:
            saved = elapsed
            _save(run, network, optimiser, elapsed, step, tokens)
            _record(run, step=step, **evaluate(network, held))
            began = time.monotonic()
    _save(run, network, optimiser, elapsed, step, tokens)
    figures = evaluate(network, held)
    _record(run, step=step, tokens=tokens, minutes=elapsed / 60, **figures, schedule=asdict(schedule))
    return tokens


def _has_bfloat16() -> bool:
    """Whether the CPU multiplies in bfloat16; torch only tells through functions it does not promise to keep."""
    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, bool)() for name in names)


@torch.inference_mode()
def evaluate(network: Network, held: list[Batch]) -> dict[str, float]:
    """Word-level figures on held-out batches.

    :param network: The network.
    :param held: The batches.
    :return: Detection precision and recall at probability .5, and the share of wordings right.
    """
    hits = flagged = spun = chosen = 0
    right = 0.0
    for batch in held:
        columns = _tensors(batch)
        hidden = network.hidden(columns["pieces"], columns["types"], columns["mask"])
        words = hidden.reshape(-1, hidden.shape[-1])[columns["heads"]]
        said = network.detector(words).squeeze(-1) > 0
        truth = columns["spun"] == 1
        known = columns["spun"] >= 0
        hits += int((said & truth).sum())
        flagged += int((said & known).sum())
        spun += int(truth.sum())
        right += float(network.losses(columns, hidden).right) * len(columns["chosen"])
        chosen += len(columns["chosen"])
    return {
        "held_precision": hits / max(flagged, 1),
        "held_recall": hits / max(spun, 1),
        "held_wording": right / max(chosen, 1),
    }


def _record(run: Path, **values: object) -> None:
    line = json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()})
    _log.info("%s", line)
    with (run / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _save(
    run: Path, network: Network, optimiser: torch.optim.Optimizer, elapsed: float, step: int, tokens: int
) -> None:
    state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(),
             "elapsed": elapsed, "step": step, "tokens": tokens}  # fmt: skip
    temporary = run / "checkpoint.tmp"
    torch.save(state, temporary)
    temporary.replace(run / "checkpoint.pt")


def _resume(run: Path, network: Network, optimiser: torch.optim.Optimizer) -> tuple[float, int, int]:
    path = run / "checkpoint.pt"
    if not path.exists():
        return 0.0, 0, 0
    state = torch.load(path, weights_only=True)
    try:
        network.load_state_dict(state["network"])
    except RuntimeError as error:
        msg = f"{path}: a checkpoint of another network; give the --base it was begun with, or another --run"
        raise SettingsError(msg) from error
    optimiser.load_state_dict(state["optimiser"])
    _log.info("resumed at step %d, %.1f minutes", state["step"], state["elapsed"] / 60)
    return state["elapsed"], state["step"], state["tokens"]
