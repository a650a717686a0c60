"""``restore train CORPUS``: make a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from restorer.cli import options as o
from restorer.cli.session import show_log
from restorer.errors import FileAccessError, MissingDependencyError

__all__ = ["train"]

_TRAINING = "Training"


def train(
    corpus: Annotated[
        Path,
        typer.Argument(
            metavar="CORPUS", help="Folder of clean articles: .jsonl or .jsonl.zst, one object with a text a line."
        ),
    ],
    run: Annotated[
        Path, typer.Option(metavar="DIR", help="Working folder; an interrupted run goes on.", rich_help_panel=_TRAINING)
    ] = Path("runs/small"),
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Model folder to write.", rich_help_panel=_TRAINING)
    ] = Path("models/small"),
    minutes: Annotated[
        float,
        typer.Option(
            parser=o.number(float, "minutes", "try 75"),
            metavar="N",
            help="Time to train for, resumptions included.",
            rich_help_panel=_TRAINING,
        ),
    ] = 75.0,
    lexicon: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder with word lists for further spinners.", rich_help_panel=_TRAINING),
    ] = None,
    generator: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Model folder that guesses words for one of the spinners.", rich_help_panel=_TRAINING
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MAKER", help="Leave a spinner out, to measure the model on it.", rich_help_panel=_TRAINING
        ),
    ] = None,
    start: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR", help="Model folder to start from; several are averaged.", rich_help_panel=_TRAINING
        ),
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of a pretrained BERT or MPNet to train [default: the packaged MiniLM-L6].",
            show_default=False,
            rich_help_panel=_TRAINING,
        ),
    ] = None,
    rate: Annotated[
        float, typer.Option(metavar="N", help="Factor of the learning rates.", rich_help_panel=_TRAINING)
    ] = 1.0,
    keep_aside: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Text that must share nothing with the training articles.", rich_help_panel=_TRAINING
        ),
    ] = None,
    bfloat16: Annotated[
        bool | None,
        typer.Option(
            "--bfloat16/--float32",
            help="Multiply in bfloat16; by default where the CPU has instructions for it.",
            rich_help_panel=_TRAINING,
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            parser=o.number(int, "seed", "try 1"),
            metavar="N",
            help="Seed of every random draw.",
            rich_help_panel=_TRAINING,
        ),
    ] = 20261124,
    threads: o.ThreadsOption = None,
) -> int:
    """Train a model on spun copies of clean articles.

    Needs the train extra: pip install 'restorer[train]'. Stop and start it again as you like: it goes on from its last
    checkpoint. Exit status: 0 done, 2 error.
    """
    show_log(True)
    for path in (corpus, lexicon, generator, base, *(start or []), *(keep_aside or [])):
        if path is not None and not path.exists():
            msg = f"{path}: no such file or folder; check the path"
            raise FileAccessError(msg)
    try:
        from restorer.train.pipeline import Plan
        from restorer.train.pipeline import run as run_plan
        from restorer.train.trainer import Schedule

        plan = Plan(
            corpus=corpus,
            run=run,
            output=output,
            lexicon=lexicon,
            generator=generator,
            without=frozenset(without or ()),
            start=tuple(start or ()),
            kept_aside=tuple(keep_aside or ()),
            base=base,
            seed=seed,
            schedule=Schedule(minutes=minutes, rate_factor=rate, threads=threads or 0, bfloat16=bfloat16),
        )
        run_plan(plan)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("restorer"):
            raise
        msg = f"training needs {error.name}, which is not installed; pip install 'restorer[train]'"
        raise MissingDependencyError(msg) from error
    return 0
