"""The text path of the Wan family: only real tokens, one padding row for all, tied embedding, prompts kept on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from torch import Tensor
from transformers import UMT5Config, UMT5EncoderModel

from model import text, umt5
from model.config import PRESETS
from model.dit import DiT
from model.errors import WeightsError
from model.umt5 import UMT5

WORDS = ["<pad>", "</s>", "<unk>", "a", "red", "fox", "runs", "through", "snow", "&"]


def write_tokenizer(folder: Path) -> Path:
    """A small word tokenizer that ends a text as UMT5's does."""
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def write_encoder(folder: Path, width: int = 16, shards: int = 2) -> UMT5EncoderModel:
    """A tiny encoder, saved as Transformers saves the large one; returns the model it was made from."""
    torch.manual_seed(4)
    shape = {"vocab_size": len(WORDS), "d_model": width, "d_kv": 4, "d_ff": 24, "num_layers": 2, "num_heads": 2}
    made = UMT5EncoderModel(UMT5Config(**shape)).eval().requires_grad_(False)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    names = sorted(key for key in made.state_dict() if not key.startswith("encoder.embed_tokens"))
    folder.mkdir(parents=True, exist_ok=True)
    index = {}
    for shard in range(shards):
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        part = {name: made.state_dict()[name] for name in names[shard::shards]}
        index.update(dict.fromkeys(part, file))
        save_file(part, folder / file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))
    return made


@pytest.fixture
def encoder(tmp_path: Path) -> tuple[UMT5EncoderModel, UMT5]:
    made = write_encoder(tmp_path / "text_encoder")
    tokenizer = write_tokenizer(tmp_path / "tokenizer")
    return made, UMT5(tmp_path / "text_encoder", tokenizer, cache=tmp_path / "prompts", keep=True)


def padded(made: UMT5EncoderModel, ids: list[int], rows: int = 512) -> Tensor:
    """States as the reference pipeline makes them: padded, masked, cut, filled with zeros."""
    mask = torch.tensor([[1] * len(ids) + [0] * (rows - len(ids))])
    states = made(torch.tensor([ids + [0] * (rows - len(ids))]), mask).last_hidden_state[0]
    states[len(ids) :] = 0
    return states


def difference(a: Tensor, b: Tensor) -> float:
    assert a.shape == b.shape
    return float((a - b).abs().max() / b.abs().max())


@torch.no_grad()
def test_real_tokens_alone_equal_padding_and_masking(encoder: tuple[UMT5EncoderModel, UMT5]) -> None:
    made, ours = encoder
    states = ours.encode("a red  fox &amp;amp; snow")
    assert states.shape == (6, 16) == (ours.count("a red fox & snow"), ours.config.dim)
    assert difference(states, padded(made, [3, 4, 5, 9, 8, 1])[:6]) < 1e-5


def test_the_embedding_is_tied(encoder: tuple[UMT5EncoderModel, UMT5], tmp_path: Path) -> None:
    _, ours = encoder
    ours.encode("a fox")
    assert ours._model.encoder.embed_tokens.weight.data_ptr() == ours._model.shared.weight.data_ptr()
    made = write_encoder(tmp_path / "other", shards=1)
    sd = {key: value.clone() for key, value in made.state_dict().items()}
    sd["encoder.embed_tokens.weight"] += 1
    save_file(sd, tmp_path / "apart.safetensors")
    with pytest.raises(WeightsError, match="two different embeddings"):
        UMT5(tmp_path / "apart.safetensors", tmp_path / "tokenizer").encode("a fox")


@torch.no_grad()
def test_one_padding_row_stands_for_all_of_them(encoder: tuple[UMT5EncoderModel, UMT5]) -> None:
    made, ours = encoder
    dit = DiT(PRESETS["tiny"]).eval()
    torch.nn.init.normal_(dit.head.head.weight, std=0.1)
    x, t = torch.randn(2, 4, 3, 4, 6), torch.tensor([700.0, 700.0])
    full = torch.stack([padded(made, ids) for ids in ([3, 4, 5, 6, 1], [1])])
    expected = dit(x, t, full)
    states = [ours.encode(prompt) for prompt in ("a red fox runs", "")]
    for collapse in (True, False):
        read = text.together(states, ours.config.pad_to, collapse=collapse)
        assert read.states.shape[1] == (6 if collapse else 512)
        made_of = dit(x, t, read.states, pad_rows=list(read.pad_rows) or 0, text_mask=read.mask)
        assert difference(made_of, expected) < 1e-5


def test_equal_lengths_need_no_mask() -> None:
    read = text.together([torch.ones(3, 4), torch.ones(3, 4)], 8)
    assert read.mask is None and read.pad_rows == [5, 5] and read.states.shape == (2, 4, 4)


def test_a_known_prompt_needs_no_encoder(
    encoder: tuple[UMT5EncoderModel, UMT5], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ours = encoder
    first = ours.encode("a red fox")
    assert ours.encode("a   red fox") is first
    again = UMT5(tmp_path / "text_encoder", tmp_path / "tokenizer", cache=tmp_path / "prompts")
    monkeypatch.setattr(umt5, "load", lambda *_: pytest.fail("the encoder was opened"))
    assert torch.equal(again.encode("a red fox"), first) and not again.loaded
    assert not any("fox" in path.name for path in (tmp_path / "prompts").iterdir())


def test_another_encoder_does_not_get_these_states(encoder: tuple[UMT5EncoderModel, UMT5], tmp_path: Path) -> None:
    _, ours = encoder
    first = ours.encode("a red fox")
    made = write_encoder(tmp_path / "text_encoder", shards=1)
    save_file({k: v * 2 for k, v in made.state_dict().items() if "embed" not in k}, tmp_path / "b.safetensors")
    other = UMT5(tmp_path / "b.safetensors", tmp_path / "tokenizer", cache=tmp_path / "prompts")
    assert difference(other.encode("a red fox"), first) > 1e-2


def test_a_damaged_memory_is_read_again_and_old_prompts_go(
    encoder: tuple[UMT5EncoderModel, UMT5], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ours = encoder
    first = ours.encode("a red fox")
    (kept,) = (tmp_path / "prompts").iterdir()
    kept.write_bytes(b"x" * 9)
    monkeypatch.setattr(umt5, "KEPT", 2)
    again = UMT5(tmp_path / "text_encoder", tmp_path / "tokenizer", cache=tmp_path / "prompts")
    assert torch.equal(again.encode("a red fox"), first)
    for prompt in ("a", "red", "fox"):
        again.encode(prompt)
    assert len(list((tmp_path / "prompts").iterdir())) == 2


def test_the_encoder_is_let_go_after_use(encoder: tuple[UMT5EncoderModel, UMT5], tmp_path: Path) -> None:
    _, ours = encoder
    ours.encode("a fox")
    assert ours.loaded
    ours.release()
    assert not ours.loaded
    brief = UMT5(tmp_path / "text_encoder", tmp_path / "tokenizer")
    brief.encode("snow")
    assert not brief.loaded


def test_original_names_load(encoder: tuple[UMT5EncoderModel, UMT5], tmp_path: Path) -> None:
    made, ours = encoder
    renamed = {}
    for key, value in made.state_dict().items():
        for theirs, mine in (
            ("shared.", "token_embedding."), ("encoder.final_layer_norm.", "norm."), ("encoder.block.", "blocks."),
            (".layer.0.layer_norm.", ".norm1."), (".layer.1.layer_norm.", ".norm2."),
            (".layer.0.SelfAttention.relative_attention_bias.", ".pos_embedding.embedding."),
            (".layer.0.SelfAttention.", ".attn."), (".layer.1.DenseReluDense.wi_0.", ".ffn.gate.0."),
            (".layer.1.DenseReluDense.wi_1.", ".ffn.fc1."), (".layer.1.DenseReluDense.wo.", ".ffn.fc2."),
        ):  # fmt: skip
            key = key.replace(theirs, mine)
        if "embed_tokens" not in key:
            renamed[key] = value
    save_file(renamed, tmp_path / "original.safetensors")
    other = UMT5(tmp_path / "original.safetensors", tmp_path / "tokenizer")
    assert torch.equal(other.encode("a red fox"), ours.encode("a red fox"))


def test_a_long_prompt_is_cut_at_the_rows_there_are(encoder: tuple[UMT5EncoderModel, UMT5]) -> None:
    _, ours = encoder
    states = ours.encode("fox " * 600)
    assert len(states) == 512
    read = text.together([states, ours.encode("")], 512)
    assert read.pad_rows == [0, 511]


def test_what_is_wrong_with_the_files_is_named(tmp_path: Path) -> None:
    write_encoder(tmp_path / "text_encoder")
    write_tokenizer(tmp_path / "tokenizer")
    with pytest.raises(WeightsError, match=r"tokenizer\.json is missing"):
        UMT5(tmp_path / "text_encoder", tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(WeightsError, match="is not a tokenizer"):
        UMT5(tmp_path / "text_encoder", tmp_path)
    save_file({"conv.weight": torch.zeros(2)}, tmp_path / "x.safetensors")
    with pytest.raises(WeightsError, match=r"not a UMT5 text encoder: no shared\.weight"):
        UMT5(tmp_path / "x.safetensors", tmp_path / "tokenizer")
    (tmp_path / "text_encoder" / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"model-00002-of-00002\.safetensors is missing"):
        UMT5(tmp_path / "text_encoder", tmp_path / "tokenizer")


def test_published_geometry_is_read_from_the_shapes() -> None:
    config = UMT5Config(vocab_size=256384, d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64)
    with torch.device("meta"):
        made = UMT5EncoderModel(config)
    shapes = {key: tuple(value.shape) for key, value in made.state_dict().items()}
    found = umt5.geometry(shapes, Path("here"))
    assert found == {name: getattr(config, name) for name in found}
