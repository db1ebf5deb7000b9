"""A LoRA is merged into the weights: in every spelling, with its strength, and never into the wrong model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from model import lora, weights
from model.config import PRESETS
from model.dit import DiT
from model.errors import WeightsError
from model.lora import LoRA

RANK = 2
TINY = PRESETS["tiny"]


@pytest.fixture(scope="module")
def base() -> dict[str, Tensor]:
    torch.manual_seed(1)
    return dict(DiT(TINY).state_dict())


def factors(base: dict[str, Tensor], seed: int = 2) -> dict[str, tuple[Tensor, Tensor]]:
    """Module (original layout) -> (down, up)."""
    made = torch.Generator().manual_seed(seed)
    found = {}
    for module in ("blocks.0.self_attn.q", "blocks.1.cross_attn.o", "blocks.0.ffn.0", "blocks.1.ffn.2"):
        out, width = base[f"{module}.weight"].shape
        found[module] = torch.randn(RANK, width, generator=made), torch.randn(out, RANK, generator=made)
    return found


def spelled(kind: str, module: str) -> tuple[str, str, str]:
    """The keys of the two factors and of alpha as a program writes them."""
    if kind == "kohya":
        start = "lora_unet_" + module.replace(".", "_")
        return f"{start}.lora_down.weight", f"{start}.lora_up.weight", f"{start}.alpha"
    if kind in ("comfy", "original"):
        start = f"diffusion_model.{module}" if kind == "comfy" else module
        down, up = ("lora_down", "lora_up") if kind == "comfy" else ("lora_A", "lora_B")
        return f"{start}.{down}.weight", f"{start}.{up}.weight", f"{start}.alpha"
    renames = {"self_attn": "attn1", "cross_attn": "attn2", "ffn.0": "ffn.net.0.proj", "ffn.2": "ffn.net.2"}
    for old, new in renames.items():
        module = module.replace(old, new)
    module = re.sub(r"(attn\d)\.o$", r"\1.to_out.0", re.sub(r"(attn\d)\.([qkv])$", r"\1.to_\2", module))
    start = "transformer." + module
    return f"{start}.lora_A.weight", f"{start}.lora_B.weight", f"{start}.alpha"


@pytest.mark.parametrize("kind", ["diffusers", "comfy", "original", "kohya"])
@pytest.mark.parametrize("alpha", [None, 1.0])
def test_every_spelling_gives_the_same_weights(
    base: dict[str, Tensor], tmp_path: Path, kind: str, alpha: float | None
) -> None:
    tensors = {}
    for module, (down, up) in factors(base).items():
        keys = spelled(kind, module)
        tensors |= {keys[0]: down, keys[1]: up} | ({keys[2]: torch.tensor(alpha)} if alpha else {})
    save_file(tensors, tmp_path / "look.safetensors")
    merged = lora.merge(base, [LoRA(tmp_path / "look.safetensors", 0.5)])
    for module, (down, up) in factors(base).items():
        wanted = base[f"{module}.weight"] + 0.5 * ((alpha or RANK) / RANK) * up @ down
        torch.testing.assert_close(merged[f"{module}.weight"], wanted)
    changed = {key for key in base if merged[key] is not base[key]}
    assert changed == {f"{module}.weight" for module in factors(base)}
    assert lora.describe(tmp_path / "look.safetensors", {k: tuple(v.shape) for k, v in base.items()}) == (
        "a LoRA of rank 2 for 4 parts"
    )


def write(path: Path, base: dict[str, Tensor], seed: int = 2) -> Path:
    pairs = factors(base, seed).items()
    tensors = {
        f"{module}.lora_{side}.weight": value for module, both in pairs for side, value in zip("AB", both, strict=True)
    }
    save_file(tensors, path)
    return path


def test_several_add_up_and_no_strength_is_no_change(base: dict[str, Tensor], tmp_path: Path) -> None:
    one, two = write(tmp_path / "1.safetensors", base, 2), write(tmp_path / "2.safetensors", base, 3)
    key = "blocks.0.self_attn.q.weight"
    both = lora.merge(base, [LoRA(one, 0.7), LoRA(two, -0.3)])[key]
    first, second = lora.merge(base, [LoRA(one, 0.7)])[key], lora.merge(base, [LoRA(two, -0.3)])[key]
    torch.testing.assert_close(both - base[key], first + second - 2 * base[key])
    assert lora.merge(base, [LoRA(one, 0.0)])[key] is base[key]


def test_half_precision_is_kept_and_added_to_in_full(base: dict[str, Tensor], tmp_path: Path) -> None:
    half = {key: value.bfloat16() for key, value in base.items()}
    key = "blocks.0.ffn.0.weight"
    merged = lora.merge(half, [LoRA(write(tmp_path / "x.safetensors", base))])[key]
    down, up = factors(base)["blocks.0.ffn.0"]
    assert merged.dtype == torch.bfloat16
    assert torch.equal(merged, (half[key].float() + up @ down).bfloat16())


def test_whole_differences_of_weights_biases_and_modulations(base: dict[str, Tensor], tmp_path: Path) -> None:
    start = "diffusion_model.blocks.0"
    tensors = {
        f"{start}.self_attn.q.lora_down.weight": torch.ones(1, TINY.dim),
        f"{start}.self_attn.q.lora_up.weight": torch.ones(TINY.dim, 1),
        f"{start}.self_attn.q.diff_b": torch.full((TINY.dim,), 3.0),
        f"{start}.norm3.diff": torch.full((TINY.dim,), 2.0),
        f"{start}.modulation.diff": torch.full((1, 6, TINY.dim), 4.0),
    }
    save_file(tensors, tmp_path / "x.safetensors")
    merged = lora.merge(base, [LoRA(tmp_path / "x.safetensors")])
    torch.testing.assert_close(merged["blocks.0.self_attn.q.bias"], base["blocks.0.self_attn.q.bias"] + 3)
    torch.testing.assert_close(merged["blocks.0.norm3.weight"], base["blocks.0.norm3.weight"] + 2)
    torch.testing.assert_close(merged["blocks.0.modulation"], base["blocks.0.modulation"] + 4)


def refused(base: dict[str, Tensor], path: Path, tensors: dict[str, Tensor]) -> str:
    save_file(tensors, path)
    with pytest.raises(WeightsError) as error:
        lora.merge(base, [LoRA(path)])
    assert "\n" not in str(error.value) and str(path) in str(error.value)
    return str(error.value)


def test_a_lora_for_another_width_names_both_widths(base: dict[str, Tensor], tmp_path: Path) -> None:
    pair = {
        "blocks.0.self_attn.q.lora_A.weight": torch.zeros(2, 96),
        "blocks.0.self_attn.q.lora_B.weight": torch.zeros(96, 2),
    }
    line = refused(base, tmp_path / "wide.safetensors", pair)
    assert f"made for a transformer 96 wide, this one is {TINY.dim}" in line
    pair = {"blocks.0.ffn.0.lora_A.weight": torch.zeros(2, 96), "blocks.0.ffn.0.lora_B.weight": torch.zeros(192, 2)}
    assert f"96 wide, this one is {TINY.dim}" in refused(base, tmp_path / "wide.safetensors", pair)


@pytest.mark.parametrize(("keys", "says"), [
    (("blocks.9.self_attn.q.lora_A.weight", "blocks.9.self_attn.q.lora_B.weight"), "changes blocks.9.self_attn.q"),
    (("blocks.0.cross_attn.k_img.lora_A.weight", "blocks.0.cross_attn.k_img.lora_B.weight"), "branch for pictures"),
    (("blocks.0.self_attn.q.lora_A.weight",), "only one of two factors"),
    (("blocks.0.self_attn.q.lora_A.weight", "blocks.0.self_attn.q.lora_B.weight", "x.weight"), "no LoRA: x.weight"),
    (("x.weight",), "is not a LoRA"),
])  # fmt: skip
def test_what_does_not_fit_is_named(base: dict[str, Tensor], tmp_path: Path, keys: tuple[str, ...], says: str) -> None:
    shapes = {"A": (2, TINY.dim), "B": (TINY.dim, 2)}
    tensors = {key: torch.zeros(shapes["A" if "_A" in key else "B"]) for key in keys}
    assert says in refused(base, tmp_path / "odd.safetensors", tensors)


@pytest.mark.parametrize("strength", [3.0, -2.5, float("nan")])
def test_a_strength_out_of_range_names_the_nearest(tmp_path: Path, strength: float) -> None:
    with pytest.raises(WeightsError, match="the nearest that works is"):
        LoRA(tmp_path / "x.safetensors", strength)


def test_other_files_and_other_strengths_are_other_models(base: dict[str, Tensor], tmp_path: Path) -> None:
    one, two = write(tmp_path / "1.safetensors", base, 2), write(tmp_path / "2.safetensors", base, 3)
    made = [lora.fingerprint("ab" * 32, loras) for loras in ([LoRA(one)], [LoRA(two)], [LoRA(one, 0.5)], [])]
    assert len(set(made)) == 4 and made[3] == "ab" * 32
    assert lora.fingerprint("", [LoRA(one)]) == ""


def test_a_transformer_is_loaded_with_its_loras(base: dict[str, Tensor], tmp_path: Path) -> None:
    weights.save_dit(tmp_path / "dit.safetensors", base, TINY)
    made, _ = weights.load_dit(tmp_path / "dit.safetensors", [LoRA(write(tmp_path / "x.safetensors", base), 0.5)])
    down, up = factors(base)["blocks.1.ffn.2"]
    torch.testing.assert_close(
        made.state_dict()["blocks.1.ffn.2.weight"], base["blocks.1.ffn.2.weight"] + 0.5 * up @ down
    )
