"""The VACE branch equals the reference, and every published transformer has exactly the tensors of Diffusers'."""

from __future__ import annotations

import pytest
import torch
from diffusers import WanTransformer3DModel, WanVACETransformer3DModel
from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers
from torch import Tensor

from model import weights
from model.config import PRESETS, DiTConfig
from model.dit import DiT, TextCache
from model.errors import ModelError

TINY = DiTConfig(
    4, 4, dim=48, heads=4, layers=4, ffn_dim=96, text_dim=16, freq_dim=32, control_channels=6, control_layers=(0, 2)
)


def shape_of(config: DiTConfig) -> dict[str, object]:
    """Arguments of Diffusers' classes for a geometry of ours."""
    plain: dict[str, object] = {
        "patch_size": config.patch, "num_attention_heads": config.heads, "attention_head_dim": config.head_dim,
        "in_channels": config.in_channels, "out_channels": config.out_channels, "text_dim": config.text_dim,
        "freq_dim": config.freq_dim, "ffn_dim": config.ffn_dim, "num_layers": config.layers, "eps": config.eps,
        "cross_attn_norm": True,
    }  # fmt: skip
    if config.control_layers:
        plain |= {"vace_layers": list(config.control_layers), "vace_in_channels": config.control_channels}
    return plain


@pytest.fixture(scope="module")
def pair() -> tuple[WanVACETransformer3DModel, DiT]:
    torch.manual_seed(1)
    wan = WanVACETransformer3DModel(**shape_of(TINY)).eval().requires_grad_(False)
    for parameter in wan.parameters():
        torch.nn.init.normal_(parameter, std=0.15)
    return wan, DiT.from_state_dict(wan.state_dict(), head_dim=TINY.head_dim)


def inputs() -> dict[str, Tensor]:
    made = torch.Generator().manual_seed(2)
    return {
        "x": torch.randn(2, 4, 3, 4, 6, generator=made),
        "text": torch.randn(2, 7, 16, generator=made),
        "control": torch.randn(2, 6, 3, 4, 6, generator=made),
        "t": torch.tensor([700.0, 20.0]),
    }


def difference(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs().max() / b.abs().max())


@pytest.mark.parametrize("scale", [1.0, 0.4])
@torch.no_grad()
def test_equals_diffusers(pair: tuple[WanVACETransformer3DModel, DiT], scale: float) -> None:
    (wan, dit), given = pair, inputs()
    assert dit.config == TINY
    x, t, text, control = given["x"], given["t"], given["text"], given["control"]
    expected = wan(x, t, text, None, control, torch.full((2,), scale), return_dict=False)[0]
    cache = TextCache()
    for _ in range(2):  # the second time from the cache
        assert difference(dit(x, t, text, control=control, control_scale=scale, cache=cache), expected) < 1e-5
    assert difference(dit(x, t, text), expected) > 1e-2, "the control matters"


@torch.no_grad()
def test_one_control_serves_a_batch(pair: tuple[WanVACETransformer3DModel, DiT]) -> None:
    (_, dit), given = pair, inputs()
    one = given["control"][:1]
    both = dit(given["x"], given["t"], given["text"], control=one.expand(2, -1, -1, -1, -1))
    assert difference(dit(given["x"], given["t"], given["text"], control=one), both) < 1e-6


@torch.no_grad()
def test_a_control_of_another_shape_is_refused(pair: tuple[WanVACETransformer3DModel, DiT]) -> None:
    (_, dit), given = pair, inputs()
    with pytest.raises(ModelError, match=r"control must be \(2, 6, 3, 4, 6\), not \(2, 6, 2, 4, 6\)"):
        dit(given["x"], given["t"], given["text"], control=given["control"][:, :, :2])


@torch.no_grad()
def test_each_prompt_of_a_batch_has_its_own_padding() -> None:
    config = PRESETS["tiny"]
    dit = DiT(config).eval()
    torch.nn.init.normal_(dit.head.head.weight, std=0.1)
    given, total = inputs(), 12
    long, short = given["text"][:1], given["text"][1:, :3]
    full = [torch.cat([text, torch.zeros(1, total - text.shape[1], 16)], 1) for text in (long, short)]
    expected = dit(given["x"], given["t"], torch.cat(full))
    rows = torch.zeros(2, 8, 16)
    rows[0, :7], rows[1, :3] = long[0], short[0]
    mask = torch.ones(2, 8, dtype=torch.bool)
    mask[1, 3:7] = False
    assert difference(dit(given["x"], given["t"], rows, pad_rows=[5, 9], text_mask=mask), expected) < 1e-5
    without = dit(given["x"][:1], given["t"][:1], long)
    rows[0, 7] = 5.0  # a row that stands for none is not seen
    assert difference(dit(given["x"], given["t"], rows, pad_rows=[0, 9], text_mask=mask)[:1], without) < 1e-5


@pytest.mark.parametrize("name", [name for name in PRESETS if name.startswith("wan")])
def test_published_geometry_has_the_tensors_of_diffusers(name: str) -> None:
    config = PRESETS[name]
    kind = WanVACETransformer3DModel if config.control_layers else WanTransformer3DModel
    with torch.device("meta"):
        theirs = kind(**shape_of(config)).state_dict()
        ours = DiT(config)
    original = weights.to_original_layout(theirs)
    assert {k: tuple(v.shape) for k, v in original.items()} == {k: tuple(v.shape) for k, v in ours.state_dict().items()}
    assert weights.dit_geometry(original) == config
    assert DiT.from_state_dict(theirs).config == config
    billions = {"1.3b": 1.419, "5b": 4.9998, "t2v-14b": 14.2885, "a14b": 14.2889}
    billions |= {"vace-1.3b": 2.154, "vace-14b": 17.338}
    found = next(size for ending, size in reversed(billions.items()) if name.endswith(ending))
    assert sum(p.numel() for p in ours.parameters()) / 1e9 == pytest.approx(found, abs=6e-4)


@pytest.mark.parametrize("name", ["wan2.1-vace-1.3b", "wan2.2-ti2v-5b"])
def test_own_names_are_those_of_the_original_files(name: str) -> None:
    """Diffusers' converter for single files, which reads the original names, finds its own in ours."""
    with torch.device("meta"):
        ours = DiT(PRESETS[name]).state_dict()
    converted = convert_wan_transformer_to_diffusers(dict(ours))
    assert weights.to_original_layout(converted).keys() == ours.keys()
    kind = WanVACETransformer3DModel if "vace" in name else WanTransformer3DModel
    with torch.device("meta"):
        assert converted.keys() == kind(**shape_of(PRESETS[name])).state_dict().keys()


def test_gates_of_sparse_attention_are_not_read() -> None:
    sd = {f"{name}": value for name, value in DiT(PRESETS["tiny"]).state_dict().items()}
    gates = {f"blocks.{n}.to_gate_compress.{part}": torch.zeros(1) for n in range(2) for part in ("weight", "bias")}
    assert DiT.from_state_dict({**sd, **gates}, head_dim=12).config == PRESETS["tiny"]
