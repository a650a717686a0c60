import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tokenizers import Tokenizer  # noqa: E402
from transformers import AutoModel  # noqa: E402

from restorer.errors import SettingsError  # noqa: E402
from restorer.models.features import special_ids  # noqa: E402
from restorer.train.encoders import Encoder, TypeEmbedding, check_base, describe, encode, load_encoder  # noqa: E402
from tests.train.bases import SPECIAL, make_base  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

PIECES = torch.tensor([[5, 20, 30, 40, 6], [5, 21, 6, 0, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])


@pytest.fixture(params=sorted(SPECIAL))
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / request.param
    folder.mkdir()
    return make_base(folder, request.param)


def types_of(encoder: Encoder) -> TypeEmbedding:
    kinds = encoder.embeddings.get_submodule("token_type_embeddings")
    assert isinstance(kinds, TypeEmbedding)
    return kinds


def test_an_encoder_told_nothing_says_what_the_plain_one_says(base: Path) -> None:
    encoder, plain = load_encoder(base), AutoModel.from_pretrained(base).eval()
    kinds = types_of(encoder)
    with torch.no_grad():
        kinds.bucket.zero_()
        told = encode(encoder, PIECES, torch.full_like(PIECES, 3), MASK)
        expected = plain(input_ids=PIECES, attention_mask=MASK).last_hidden_state
    assert torch.allclose(told[MASK == 1], expected[MASK == 1], atol=1e-5)


def test_types_change_what_it_says_and_are_learnt(base: Path) -> None:
    encoder = load_encoder(base)
    kinds = types_of(encoder)
    with torch.no_grad():
        kinds.quoted[1] = torch.randn(kinds.quoted.shape[-1])
        quoted = torch.full_like(PIECES, kinds.shape.shape[0])
        assert not torch.allclose(
            encode(encoder, PIECES, quoted, MASK), encode(encoder, PIECES, quoted * 0, MASK), atol=0.01
        )
    torch.autograd.backward(encode(encoder, PIECES, quoted, MASK)[..., 0].sum())
    assert kinds.quoted.grad is not None
    assert kinds.quoted.grad[1].abs().sum() > 0
    assert encoder.embeddings.word_embeddings.weight.grad is None


def test_special_tokens_are_the_encoders_own(base: Path) -> None:
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    names = {"bert": ("[CLS]", "[SEP]", "[MASK]"), "mpnet": ("<s>", "</s>", "<mask>")}[base.name]
    assert special_ids(tokenizer) == tuple(map(tokenizer.token_to_id, names))


def test_it_is_described_by_kind_and_size(base: Path) -> None:
    said = describe(load_encoder(base))
    assert said.startswith({"bert": "BERT", "mpnet": "MPNet"}[base.name])
    assert "2 layers, 32 wide" in said


def test_a_folder_without_weights_is_refused_by_the_names_of_its_missing_files(base: Path) -> None:
    (base / "model.safetensors").unlink()
    with pytest.raises(SettingsError, match=rf"{base}.*model\.safetensors missing"):
        check_base(base)


@pytest.mark.parametrize(
    ("config", "said"),
    [('{"model_type": "roberta"}', "model type 'roberta'"), ("{}", "no model_type"), ("[", "no model_type")],
)
def test_an_encoder_of_another_kind_is_refused(base: Path, config: str, said: str) -> None:
    (base / "config.json").write_text(config, encoding="utf-8")
    with pytest.raises(SettingsError, match=f"{said}.*give the folder of a pretrained BERT or MPNet"):
        check_base(base)


def test_weights_of_another_kind_are_refused(base: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    make_base(other, next(k for k in SPECIAL if k != base.name))
    shutil.copyfile(other / "model.safetensors", base / "model.safetensors")
    with pytest.raises(SettingsError, match=f"{base}: the weights lack"):
        load_encoder(base)


def test_weights_in_half_precision_are_trained_in_single(base: Path) -> None:
    AutoModel.from_pretrained(base).to(torch.bfloat16).save_pretrained(base)
    assert json.loads((base / "config.json").read_text(encoding="utf-8"))["dtype"] == "bfloat16"
    assert {p.dtype for p in load_encoder(base).parameters()} == {torch.float32}
