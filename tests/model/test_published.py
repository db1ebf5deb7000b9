"""What the catalogue says of published models hangs together; what a file is, is told from its shapes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from model import detect, headers, published
from model.config import PRESETS, DiTConfig
from model.dit import DiT
from model.errors import ModelError, WeightsError

MODELS = published.models()


def shapes_of(name: str, prefix: str = "", *, diffusers: bool = False, layers: int | None = None) -> dict[str, tuple]:
    """A transformer's tensors with the real shapes; with `diffusers` the few by which it is known."""
    config = replace(PRESETS[name], layers=layers or PRESETS[name].layers)
    if not diffusers:
        return {prefix + key: shape for key, shape in _whole(config).items()}
    ffn = "ffn.net.0.proj"
    found = {"patch_embedding.weight": (config.dim, config.in_channels, *config.patch)}
    found |= {f"blocks.{i}.{ffn}.weight": (config.ffn_dim, config.dim) for i in range(config.layers)}
    return {prefix + key: shape for key, shape in found.items()}


@lru_cache
def _whole(config: DiTConfig) -> dict[str, tuple]:
    with torch.device("meta"):
        return {key: tuple(value.shape) for key, value in DiT(config).state_dict().items()}


def write(path: Path, shapes: dict[str, tuple]) -> Path:
    """A safetensors file of these shapes whose data are a hole: as large as the real one, and no disk is used."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header, at = {}, 0
    for name, shape in shapes.items():
        size = 2 * torch.Size(shape).numel()
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    raw = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(raw).to_bytes(8, "little") + raw)
        file.truncate(8 + len(raw) + at)
    return path


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_each_model_is_described_in_full(model: published.Published) -> None:
    assert model.licence and model.summary and model.publisher and model.link.startswith("https://huggingface.co/")
    roles = [published.part(name).role for name in model.parts]
    assert roles == ["transformer", "vae", "text", "tokenizer"]
    assert [published.part(name).role for name in model.optional] == ["tiny"]
    assert not set(model.trained) & set(model.takes)
    for width, height in model.sizes.values():
        assert width % model.limits.multiple == 0 and height % model.limits.multiple == 0
        assert width <= model.limits.max_width and height <= model.limits.max_height
    assert (model.limits.max_frames - 1) // 4 + 1 == model.limits.window
    assert model.limits.frames(model.default_seconds, model.fps) == model.limits.max_frames
    assert len(model.sigmas) in (0, model.defaults.steps)
    assert list(model.sigmas) == sorted(model.sigmas, reverse=True)
    assert bool(model.negative) == (model.defaults.guidance > 1)


def test_every_stated_file_has_a_size_and_a_hash_and_lies_inside_its_repository() -> None:
    every = {name for model in MODELS for name in (*model.parts, *model.optional)}
    parts = [published.part(name) for name in every]
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+", part.repository) for part in parts)
    for file in (file for part in parts for file in part.files):
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256) and file.size > 0
        assert not file.path.startswith("/") and ".." not in file.path
        assert Path(file.path).suffix in {".json", ".safetensors", ".model"}
    assert all(part.size_bytes > 0 for part in parts)


def test_weights_without_a_stated_licence_say_so() -> None:
    unstated = [model for model in MODELS if model.licence == "not stated"]
    assert [model.name for model in unstated] == ["wan2.2-ti2v-5b-turbo"]
    assert "not stated" in unstated[0].note
    assert all(part.licence != "not stated" or unstated for part in map(published.part, unstated[0].parts))


def test_an_entry_knows_where_its_parts_are_and_what_it_was_not_trained_for(tmp_path: Path) -> None:
    entry = published.model("wan2.2-ti2v-5b").entry({"transformer": tmp_path / "dit", "vae": tmp_path})
    assert entry.missing == (tmp_path / "dit",)
    assert entry.given["first"] and entry.given["last"]
    assert entry.untrained == {"last", "index", "sequence"}


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(ModelError, match="wan2.2-ti2v-5b"):
        published.model("sora")


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize(("preset", "names"), [
    ("wan2.2-ti2v-5b", ["wan2.2-ti2v-5b", "fastwan2.2-ti2v-5b", "wan2.2-ti2v-5b-turbo"]),
    ("wan2.1-t2v-1.3b", ["wan2.1-t2v-1.3b", "fastwan2.1-t2v-1.3b"]),
])  # fmt: skip
def test_a_single_file_is_known_by_its_shapes(tmp_path: Path, preset: str, names: list[str], prefix: str) -> None:
    found = detect.detect(write(tmp_path / "any name.safetensors", shapes_of(preset, prefix)))
    assert [model.name for model in found.models] == names
    assert found.missing == ("vae", "text", "tokenizer")


def test_a_diffusers_folder_is_known_whatever_its_json_says(tmp_path: Path) -> None:
    shapes = shapes_of("wan2.2-ti2v-5b", diffusers=True)
    half = len(shapes) // 2
    names = [f"diffusion_pytorch_model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    for name, part in zip(names, [list(shapes)[:half], list(shapes)[half:]], strict=True):
        write(tmp_path / "transformer" / name, {key: shapes[key] for key in part})
    index = {"weight_map": {key: names[i >= half] for i, key in enumerate(shapes)}}
    (tmp_path / "transformer/diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "transformer/config.json").write_text('{"image_dim": 1280, "num_layers": 3}')
    write(tmp_path / "vae/diffusion_pytorch_model.safetensors", {"post_quant_conv.weight": (48, 48, 1, 1, 1)})
    found = detect.detect(tmp_path)
    assert found.models[0].name == "wan2.2-ti2v-5b" and found.missing == ("text", "tokenizer")
    (tmp_path / "transformer" / names[1]).unlink()
    with pytest.raises(WeightsError, match=r"00002-of-00002.safetensors is missing \(1 of 2 files are\)"):
        detect.detect(tmp_path)


def test_the_original_folder_is_known_and_its_pickles_are_named(tmp_path: Path) -> None:
    write(tmp_path / "diffusion_pytorch_model.safetensors", shapes_of("wan2.1-t2v-1.3b"))
    (tmp_path / "Wan2.1_VAE.pth").write_bytes(b"a pickle")
    found = detect.detect(tmp_path)
    assert set(found.parts) == {"transformer"} and found.refused == (tmp_path / "Wan2.1_VAE.pth",)


def test_parts_of_two_families_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "transformer/model.safetensors", shapes_of("wan2.1-t2v-1.3b"))
    write(tmp_path / "vae/model.safetensors", {"conv2.weight": (48, 48, 1, 1, 1)})
    with pytest.raises(WeightsError, match=r"autoencoder of Wan 2\.2"):
        detect.detect(tmp_path)


def test_fastwan_is_known_by_its_gates_and_vace_by_its_blocks(tmp_path: Path) -> None:
    shapes = shapes_of("wan2.1-t2v-1.3b")
    gated = write(tmp_path / "a.safetensors", shapes | {"blocks.0.to_gate_compress.weight": (1536, 1536)})
    assert [model.name for model in detect.detect(gated).models] == ["fastwan2.1-t2v-1.3b"]
    vace = write(tmp_path / "b.safetensors", shapes | {f"vace_blocks.{i}.norm3.weight": (1536,) for i in range(15)})
    assert [model.name for model in detect.detect(vace).models] == ["wan2.1-vace-1.3b"]


@pytest.mark.parametrize(("shapes", "says"), [
    ({"double_blocks.0.img_mod.lin.weight": (8, 8)}, "Flux or Hunyuan"),
    ({"down_blocks.0.resnets.0.conv1.weight": (8, 8)}, "UNet"),
    ({"encoder.block.0.layer.0.SelfAttention.q.weight": (8, 8)}, "T5 text encoder"),
    ({"transformer.blocks.0.attn1.to_q.lora_A.weight": (4, 8)}, "LoRA"),
    ({"something.else": (8, 8)}, "first tensor is 'something.else'"),
    (shapes_of("wan2.1-t2v-1.3b", layers=7), "none of the models"),
    (shapes_of("wan2.1-t2v-14b") | {"img_emb.proj.0.weight": (1280,)}, "I2V or FLF2V"),
])  # fmt: skip
def test_what_is_not_ours_is_named(tmp_path: Path, shapes: dict[str, tuple], says: str) -> None:
    with pytest.raises(WeightsError, match=re.escape(says)) as error:
        detect.detect(write(tmp_path / "x.safetensors", shapes))
    assert "\n" not in str(error.value)


SMALL = shapes_of("wan2.1-t2v-1.3b")


@pytest.mark.parametrize(("shapes", "says"), [
    ({key: shape for key, shape in SMALL.items() if key != "blocks.3.ffn.2.bias"}, "missing: blocks.3.ffn.2.bias"),
    (SMALL | {"loss": (1,)}, "unexpected: loss"),
    (SMALL | {"blocks.5.self_attn.q.weight": (1536, 1024)},
     "wrong shape: blocks.5.self_attn.q.weight (1536, 1024) for (1536, 1536)"),
    (SMALL | {f"blocks.{i}.scale": (1,) for i in range(30)}, "blocks.14.scale, blocks.15.scale and 22 more"),
])  # fmt: skip
def test_tensors_that_lack_or_are_too_many_are_named_before_they_are_read(
    tmp_path: Path, shapes: dict[str, tuple], says: str
) -> None:
    found = detect.detect(write(tmp_path / "x.safetensors", shapes))
    with pytest.raises(WeightsError, match=re.escape(says)) as error:
        detect.require_whole(found)
    assert str(tmp_path / "x.safetensors") in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("shapes", [
    SMALL, shapes_of("wan2.2-ti2v-5b", "model.diffusion_model."),
    SMALL | {"blocks.0.to_gate_compress.weight": (1536, 1536), "blocks.0.to_gate_compress.bias": (1536,)},
], ids=["original", "comfy", "gates"])  # fmt: skip
def test_what_is_whole_passes(tmp_path: Path, shapes: dict[str, tuple]) -> None:
    detect.require_whole(detect.detect(write(tmp_path / "x.safetensors", shapes)))


def test_a_folder_of_pickles_says_that_they_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "model.CKPT").write_bytes(b"anything")
    with pytest.raises(WeightsError, match=r"model\.CKPT can run programs and is not opened"):
        detect.detect(tmp_path)


@pytest.mark.parametrize(("raw", "says"), [
    (b"PK\x03\x04 and a zip of torch's", "a pickle under another name"), (b"\x80\x04\x95 pickled", "a pickle under"),
    (b"<!DOCTYPE html><html>", "a page of a website"), (b"version https://git-lfs.github.com/spec/v1", "git lfs pull"),
    (b"", "it has 0 bytes"),
])  # fmt: skip
def test_what_a_download_often_is_instead_is_said(tmp_path: Path, raw: bytes, says: str) -> None:
    (tmp_path / "x.safetensors").write_bytes(raw)
    with pytest.raises(WeightsError, match=says):
        headers.read(tmp_path / "x.safetensors")


def test_half_a_file_is_named_with_how_much_is_there(tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    save_file({"x": torch.zeros(100)}, path)
    whole = path.stat().st_size
    assert headers.read(path).size_bytes == 400
    with path.open("rb+") as file:
        file.truncate(whole - 300)
    with pytest.raises(WeightsError, match=f"{whole - 300:,} of {whole:,} bytes"):
        headers.read(path)


@pytest.mark.parametrize("name", ["Wan2.2_VAE.pth", "model.ckpt", "model.bin"])
def test_a_pickle_is_refused_unopened(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(WeightsError, match=r"pickle.*refused"):
        headers.read(tmp_path / name)


@pytest.mark.parametrize("raw", [b"", b"123", (2**62).to_bytes(8, "little"), (2).to_bytes(8, "little") + b"[]"])
def test_anything_else_is_no_safetensors_file(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "x.safetensors").write_bytes(raw)
    with pytest.raises(WeightsError, match="not a safetensors file"):
        headers.read(tmp_path / "x.safetensors")


def test_an_index_cannot_name_files_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors.index.json").write_text('{"weight_map": {"x": "../../etc/passwd"}}')
    with pytest.raises(WeightsError, match="does not lie beside it"):
        headers.shards(tmp_path)
