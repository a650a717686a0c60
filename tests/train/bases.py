"""Tiny pretrained encoders for the tests of training: random weights, and a vocabulary of the articles' words."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

SUBJECTS = ["The mayor", "A spokesman", "The council", "Her neighbour", "The engineer", "An officer"]
VERBS = ["said", "announced", "expected", "believed", "decided"]
REST = [
    "the house would be sold",
    "many people were willing to help",
    "the price was too high",
    "the road remained shut",
]

SPECIAL = {
    "bert": ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
    # The real one lists BERT's names too; they must not be taken for its own.
    "mpnet": ["<s>", "<pad>", "</s>", "<unk>", "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<mask>"],
}
SIZE: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}


def make_base(folder: Path, kind: str) -> Path:
    """Write a tiny BERT or MPNet into a folder."""
    letters = [chr(c) for c in range(97, 123)] + list("0123456789.,'-")
    words = sorted({w for row in (SUBJECTS, VERBS, REST) for phrase in row for w in phrase.lower().split()})
    tokens = [*SPECIAL[kind], *letters, *(f"##{c}" for c in letters), *words]
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    if kind == "bert":
        BertModel(BertConfig(vocab_size=len(vocabulary), **SIZE)).save_pretrained(folder)
    else:
        MPNetModel(MPNetConfig(vocab_size=len(vocabulary), **SIZE)).save_pretrained(folder)
    return folder
