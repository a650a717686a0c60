"""Masked LMs from the hub: tiny ones of each kind of tokenizer, trained here in seconds on sentences of our own."""

from __future__ import annotations

import importlib
import json
import random
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from restorer.errors import (
    MissingDependencyError,
    ModelFormatError,
    ModelNotFoundError,
    SettingsError,
    UnsafeModelError,
)
from restorer.models.base import EditModel, Scores
from restorer.models.hub import load_hub_model
from restorer.models.torch import SUSPECT, UNSCORED, HubModel
from restorer.segment import Segmented, Shape, segment

SENTENCES = [
    "The soldiers put their boots on the ground near the river.",
    "The children played on the floor near the window.",
    "The baker sold fresh bread at the market every morning.",
    "The president spoke to reporters at a news conference.",
    "The ship reached the harbour before the storm.",
    "They painted the old fence behind the house.",
    "She drank a cup of hot tea after dinner.",
    "He wrote a long letter to his sister.",
    "“The train was late again,” said the old farmer.",
    "Ground coffee and fresh bread were sold at the harbour.",
    "Dinner was late, and the tea was not hot.",
    "House prices near the river are high.",
]
NOISE = ["q", "🙂", "u\u0308", "x", " ", "\u200b"]
KINDS = ["wordpiece", "bpe", "unigram"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SPUN = "The baker sold fresh fence at the market every morning. She drank a cup of hot tea after dinner."


WORDS = sorted({form for s in SENTENCES for word in re.findall(r"[^\W_]+|\S", s) for form in (word, word.lower())})
LETTERS = sorted({letter for word in WORDS for letter in word} | set("qzvx"))


def _wordpiece() -> Tokenizer:
    words = [*(w for w in WORDS if w == w.lower()), *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys([*SPECIAL, *words]))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def _bpe() -> Tokenizer:
    """Merges that build every word from its front, after a space first, so that words come out whole."""
    spellings = [f"Ġ{word}" for word in WORDS if word.isalpha()] + [word for word in WORDS if word.istitle()]
    merges = dict.fromkeys((word[:end], word[end]) for word in spellings for end in range(1, len(word)))
    tokens = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet()), *(a + b for a, b in merges)]
    tokenizer = Tokenizer(
        models.BPE({token: number for number, token in enumerate(dict.fromkeys(tokens))}, list(merges))
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _unigram() -> Tokenizer:
    """A SentencePiece vocabulary: whole words first, then letters to spell the others with."""
    whole = [(f"▁{word}", -5.0) for word in WORDS] + [(word, -6.0) for word in WORDS if len(word) > 1]
    letters = [(letter, -12.0) for letter in (*LETTERS, "▁")]
    pieces = [*((token, 0.0) for token in SPECIAL), *whole, *letters]
    tokenizer = Tokenizer(models.Unigram(pieces, SPECIAL.index("[UNK]"), byte_fallback=False))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def _tokenizer(kind: str) -> Tokenizer:
    """A tokenizer of each kind, spelled out here: trained vocabularies come out differently from run to run."""
    tokenizer = {"wordpiece": _wordpiece, "bpe": _bpe, "unigram": _unigram}[kind]()
    pairs = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=pairs)
    return tokenizer


def _model(kind: str, tokenizer: transformers.PreTrainedTokenizerFast) -> transformers.PreTrainedModel:
    sizes: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 128,
        "max_position_embeddings": 40,  # windows of 37 tokens, about three sentences
        "pad_token_id": 0,
        "initializer_range": 0.1,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
    }
    if kind == "wordpiece":
        return transformers.BertForMaskedLM(transformers.BertConfig(**sizes))
    if kind == "bpe":
        return transformers.RobertaForMaskedLM(transformers.RobertaConfig(**sizes))
    return transformers.AlbertForMaskedLM(transformers.AlbertConfig(**sizes, embedding_size=64))


def _texts(rng: random.Random) -> list[str]:
    """Texts of as many sentences each, now and then behind words never seen."""
    count = rng.choice([1, 1, 2, 3])
    texts = [[rng.choice(SENTENCES) for _ in range(count)] for _ in range(40 // count)]
    return [" ".join(["", *rng.choice([[], [], ["".join(rng.choices(NOISE, k=6))]]), *text]) for text in texts]


def _number_places(places: torch.Tensor) -> None:
    """Start from sine waves for the places: with them a tiny model learns about neighbours in seconds."""
    count, size = places.shape
    waves = torch.arange(count)[:, None] * torch.exp(-torch.arange(0, size, 2) / size * 5.0)
    with torch.no_grad():
        places.copy_(0.3 * torch.cat([waves.sin(), waves.cos()], 1))


def _train(
    model: transformers.PreTrainedModel, tokenizer: transformers.PreTrainedTokenizerFast, steps: int = 800
) -> None:
    """Learn the sentences by heart from texts with some of their tokens masked."""
    rng = random.Random(1)
    _number_places(next(p for name, p in model.named_parameters() if "position_embeddings" in name))
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps, pct_start=0.2)
    for _ in range(steps):
        batch = tokenizer(_texts(rng), padding=True, truncation=True, max_length=39, return_tensors="pt")
        ids, plain = batch["input_ids"], batch["input_ids"] >= len(SPECIAL)
        masked = plain & (torch.rand(ids.shape) < 0.2)
        shown = torch.where(masked, torch.full_like(ids, tokenizer.mask_token_id), ids)
        labels = torch.where(masked, ids, torch.full_like(ids, -100))
        loss = model(input_ids=shown, attention_mask=batch["attention_mask"], labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A trained model of each kind, saved as a user would find it."""
    made: dict[str, Path] = {}
    for kind in KINDS:
        torch.manual_seed(0)
        tokenizer = transformers.PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_object=_tokenizer(kind),
            pad_token="[PAD]",
            unk_token="[UNK]",
            cls_token="[CLS]",
            sep_token="[SEP]",
            mask_token="[MASK]",
        )
        model = _model(kind, tokenizer)
        _train(model, tokenizer)
        made[kind] = tmp_path_factory.mktemp(kind)
        model.save_pretrained(made[kind])
        tokenizer.save_pretrained(made[kind])
    return made


@pytest.fixture(scope="session", params=KINDS)
def model(request: pytest.FixtureRequest, folders: dict[str, Path]) -> HubModel:
    return HubModel.from_pretrained(str(folders[request.param]), device="cpu")


@pytest.fixture
def folder(folders: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the WordPiece model to damage."""
    return Path(shutil.copytree(folders["wordpiece"], tmp_path / "model"))


def score(model: HubModel, text: str) -> tuple[Segmented, Scores]:
    words = segment(text)
    (scores,) = model.score([words])
    return words, scores


def test_planted_word_is_flagged_and_the_right_one_proposed(model: HubModel) -> None:
    words, scores = score(model, SPUN)
    planted = words.words.index("fence")
    assert int(np.argmax(scores.spun_logit)) == planted
    assert scores.spun_logit[planted] > 0
    assert (np.delete(scores.spun_logit, planted) < 0).all()
    best = scores.candidates[planted][0]
    assert (best.first, best.count, best.wording) == (planted, 1, "bread")


def test_capitalised_and_quoted_words_are_scored_and_proposed_in_lower_case(model: HubModel) -> None:
    words, scores = score(
        model,
        "Dinner prices near the river are high. “The fence was late again,” said the old farmer.",
    )
    assert scores.candidates[0][0].wording == "house"
    fence = words.words.index("fence")
    assert scores.spun_logit[fence] > 0
    assert scores.candidates[fence][0].wording == "train"


def test_word_in_several_tokens_gets_a_whole_word(model: HubModel) -> None:
    words, scores = score(model, "He wrote a long stuff to his sister.")
    rare = words.words.index("stuff")
    assert scores.spun_logit[rare] == scores.spun_logit.max()
    assert scores.candidates[rare][0].wording == "letter"


def test_candidates_are_ranked_distinct_lower_case_words(model: HubModel) -> None:
    words, scores = score(model, SPUN)
    assert scores.candidates
    for index, row in scores.candidates.items():
        assert scores.spun_logit[index] >= SUSPECT
        assert all(c.first == index and c.count == 1 for c in row)
        assert all(c.wording.isalpha() and c.wording.islower() and c.wording != words.words[index] for c in row)
        assert len({c.wording for c in row}) == len(row)
        log_p = [c.log_probability for c in row]
        assert log_p == sorted(log_p, reverse=True)
        assert np.exp(log_p).sum() <= 1 + 1e-5


@pytest.mark.parametrize("text", ["", " \n\t", "...", "12 3.5 — €", "🙂🙃", "\x00"])
def test_text_without_words_is_scored(model: HubModel, text: str) -> None:
    words, scores = score(model, text)
    assert scores.spun_logit.shape == (len(words),)
    assert scores.spun_logit.dtype == np.float32
    assert not scores.candidates


def test_planted_word_is_found_behind_emoji_marks_and_line_breaks(model: HubModel) -> None:
    words, scores = score(model, "x🙂 qu\u0308\r\n\r\n\u200b  " + SPUN.replace(". ", ".\r\n\t"))
    planted = words.words.index("fence")
    assert scores.candidates[planted][0].wording == "bread"
    assert words.slice(planted, planted + 1) == "fence"


def test_names_figures_and_addresses_are_not_scored(model: HubModel) -> None:
    words, scores = score(model, "On 12 May the ship of Kushner's NATO reached bread.com and the harbour.")
    odd = [i for i, s in enumerate(words.shapes) if s in (Shape.NUMBER, Shape.OTHER, Shape.UPPER)]
    left = [*odd, words.words.index("kushner"), words.words.index("bread"), words.words.index("com")]
    assert (scores.spun_logit[left] == UNSCORED).all()


def test_very_long_word_is_survived(model: HubModel) -> None:
    words, scores = score(model, f"{'x' * 3_000}\n{SPUN}\n{'quartz' * 500}")
    assert scores.spun_logit[0] == UNSCORED
    assert scores.candidates[words.words.index("fence")][0].wording == "bread"


def test_long_text_is_scored_throughout(model: HubModel) -> None:
    clean = " ".join(SENTENCES[:8])
    words, scores = score(model, f"{clean}\n" * 6 + SPUN + f"\n{clean}" * 6)
    (planted,) = [i for i, w in enumerate(words.words) if w == "fence" and words.words[i - 1] == "fresh"]
    assert scores.spun_logit[planted] > SUSPECT
    assert scores.candidates[planted][0].wording == "bread"
    assert (scores.spun_logit[words.shapes == Shape.LOWER] > UNSCORED).all()


def test_sentence_longer_than_a_window_is_scored_throughout(model: HubModel) -> None:
    endless = ", ".join(sentence[:-1].lower() for sentence in SENTENCES[:8] * 6)
    words, scores = score(model, endless)
    assert (scores.spun_logit[words.shapes == Shape.LOWER] > UNSCORED).all()


def test_scores_do_not_depend_on_the_other_texts(model: HubModel) -> None:
    texts = [segment(t) for t in (SPUN, "", " ".join(SENTENCES), SENTENCES[4], SPUN)]
    together = list(model.score(texts))
    for text, mine in zip(texts, together, strict=True):
        (alone,) = model.score([text])
        assert np.array_equal(alone.spun_logit, mine.spun_logit)
        assert alone.candidates == mine.candidates


def test_loading_twice_gives_the_same_scores(folders: dict[str, Path]) -> None:
    first, second = (
        score(HubModel.from_pretrained(str(folders["bpe"]), threads=1, device="cpu"), SPUN)[1] for _ in "ab"
    )
    assert np.array_equal(first.spun_logit, second.spun_logit)
    assert first.candidates == second.candidates


def test_model_keeps_the_protocol_and_its_name(folders: dict[str, Path]) -> None:
    loaded = load_hub_model(str(folders["unigram"]), device="cpu")
    assert isinstance(loaded, EditModel)
    assert loaded.name == folders["unigram"].name
    flag, edit = loaded.calibration.thresholds(0.0005)
    assert 0.5 < edit <= flag < 1
    assert 0 < loaded.prior < 1


def test_sentencepiece_file_alone_is_read(folders: dict[str, Path], tmp_path: Path) -> None:
    sentencepiece = pytest.importorskip("sentencepiece")
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 20),
        model_prefix=str(tmp_path / "spiece"),
        vocab_size=220,
        hard_vocab_limit=False,
        pad_id=0,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        user_defined_symbols=["[CLS]", "[SEP]", "[MASK]"],
        minloglevel=2,
    )
    (tmp_path / "spiece.vocab").unlink()
    config = transformers.AlbertConfig(
        vocab_size=300, embedding_size=16, hidden_size=16, num_attention_heads=2, intermediate_size=16, pad_token_id=0
    )
    transformers.AlbertForMaskedLM(config).save_pretrained(tmp_path)
    words, scores = score(HubModel.from_pretrained(str(tmp_path), device="cpu"), SPUN)
    assert (scores.spun_logit[words.shapes == Shape.LOWER] > UNSCORED).any()


def test_pickled_weights_are_refused(folder: Path) -> None:
    torch.save({"weight": torch.zeros(1)}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(UnsafeModelError, match=r"pytorch_model.bin, which can run code; convert them to safetensors"):
        HubModel.from_pretrained(str(folder))


def test_pickle_under_the_name_of_safetensors_is_refused(folder: Path) -> None:
    torch.save({"weight": torch.zeros(1)}, folder / "model.safetensors")
    with pytest.raises(ModelFormatError, match="cannot be loaded as a masked LM"):
        HubModel.from_pretrained(str(folder))


def test_remote_code_is_refused_and_never_imported(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["auto_map"] = {"AutoModelForMaskedLM": "mine.Mine", "AutoConfig": "mine.MineConfig"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "mine.py").write_text(f"open({str(folder / 'ran')!r}, 'w').close()", encoding="utf-8")
    with pytest.raises(UnsafeModelError, match="code of its own"):
        HubModel.from_pretrained(str(folder))
    assert not (folder / "ran").exists()


def test_model_without_a_head_is_refused(folders: dict[str, Path], folder: Path) -> None:
    transformers.BertModel.from_pretrained(folders["wordpiece"]).save_pretrained(folder)
    with pytest.raises(ModelFormatError, match="is no masked LM: its weights lack"):
        HubModel.from_pretrained(str(folder))


def test_model_of_another_kind_is_refused(folder: Path) -> None:
    config = transformers.GPT2Config(vocab_size=50, n_embd=8, n_layer=1, n_head=1)
    transformers.GPT2LMHeadModel(config).save_pretrained(folder)
    with pytest.raises(ModelFormatError, match="cannot be loaded as a masked LM"):
        HubModel.from_pretrained(str(folder))


def test_wrong_device_is_named(folders: dict[str, Path]) -> None:
    with pytest.raises(SettingsError, match=r"device 'nowhere' cannot be used .*; try cpu"):
        HubModel.from_pretrained(str(folders["bpe"]), device="nowhere")


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    loaded = sys.modules["restorer.models.torch"]
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "restorer.models.torch")
    yield
    monkeypatch.undo()
    importlib.import_module("restorer.models").torch = loaded  # type: ignore[attr-defined]


@pytest.mark.usefixtures("without_torch")
def test_missing_torch_is_named_with_the_install_line(folders: dict[str, Path]) -> None:
    with pytest.raises(MissingDependencyError, match=r"pip install 'restorer\[torch\]'"):
        load_hub_model(str(folders["bpe"]))


@pytest.mark.usefixtures("without_torch")
def test_wrong_path_is_named_even_without_torch(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="does not exist; name a model folder"):
        load_hub_model(str(tmp_path / "missing"))
