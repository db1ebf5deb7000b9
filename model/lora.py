"""LoRA: a small file that changes a transformer, merged into its weights when they are loaded.

W' = W + strength * (alpha / rank) * B A (Hu et al. 2021), computed in float32 whatever W is stored in, so a merged
model costs no more than a plain one. Read are the names that Diffusers (PEFT) writes, those of ComfyUI and the original
layout, and kohya's; besides pairs of factors also whole differences (`diff`, `diff_b`), as some distilled ones carry.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from model import headers
from model.errors import WeightsError

if TYPE_CHECKING:
    from torch import Tensor

STRENGTHS = (-2.0, 2.0)
"""The range of strengths: 1 is as it was trained, 0 is nothing, below 0 the opposite."""

_PREFIXES = ("model.diffusion_model.", "diffusion_model.", "transformer.", "base_model.model.", "unet.", "model.")
_KOHYA = re.compile(r"^lora_(?:unet|transformer)_+(.+)$")
# Endings, and what the tensor is; the names of both factors differ from one program to the next.
_ENDINGS = (
    (r"\.lora_A(?:\.default)?\.weight$", "down"),
    (r"\.lora_down\.weight$", "down"),
    (r"\.lora\.down\.weight$", "down"),
    (r"\.lora_B(?:\.default)?\.weight$", "up"),
    (r"\.lora_up\.weight$", "up"),
    (r"\.lora\.up\.weight$", "up"),
    (r"\.alpha$", "alpha"),
    (r"\.diff_b$", "diff_b"),
    (r"\.diff$", "diff"),
)
# What kohya's names, in which every dot is an underscore, end in, with its dots.
_MODULES = (
    *(f"{kind}_attn.{name}" for kind in ("self", "cross") for name in ("q", "k", "v", "o", "norm_q", "norm_k")),
    *(f"cross_attn.{name}" for name in ("k_img", "v_img", "norm_k_img")),
    *(f"attn{n}.to_{name}" for n in (1, 2) for name in ("q", "k", "v", "out.0")),
    "ffn.net.0.proj", "ffn.net.2", "ffn.0", "ffn.2",
)  # fmt: skip
_DOTTED = {name.replace(".", "_"): name for name in _MODULES}


@dataclass(frozen=True, slots=True)
class LoRA:
    """A LoRA file and how strongly it is merged."""

    path: Path
    strength: float = 1.0

    def __post_init__(self) -> None:
        low, high = STRENGTHS
        if not (math.isfinite(self.strength) and low <= self.strength <= high):
            near = min(max(self.strength, low), high) if math.isfinite(self.strength) else 1.0
            raise WeightsError(
                f"strength = {self.strength:g} does not work: it is {low:g} to {high:g}; the nearest that works is "
                f"{near:g}"
            )


def target(key: str) -> tuple[str, str] | None:
    """(module in the original layout, what the tensor is) of a LoRA's key; None for a name that is none of these."""
    from model.weights import original_name

    known = next(((what, re.sub(ending, "", key)) for ending, what in _ENDINGS if re.search(ending, key)), None)
    if known is None:
        return None
    what, module = known
    if kohya := _KOHYA.match(module):
        module = _with_dots(kohya[1])
    for prefix in _PREFIXES:
        module = module.removeprefix(prefix)
    return original_name(module + ".").rstrip("."), what


def _with_dots(name: str) -> str:
    block = re.match(r"(blocks|vace_blocks)_(\d+)_(.+)$", name)
    if block is None:
        return name
    return f"{block[1]}.{block[2]}.{_DOTTED.get(block[3], block[3].replace('_', '.'))}"


def is_lora(shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether a file's tensors are those of a LoRA."""
    return any(found[1] in ("down", "up") for key in shapes if (found := target(key)))


def describe(path: Path, base: Mapping[str, tuple[int, ...]]) -> str:
    """Check a LoRA against a transformer's shapes (original layout), from its header alone; what it is, in words.

    Raises WeightsError that names the width it was made for, or the parts that this transformer has not.
    """
    shapes = headers.read(path).shapes
    if not is_lora(shapes):
        raise WeightsError(f"{path} is not a LoRA: it has no pairs of lora_A and lora_B, or lora_down and lora_up")
    grouped = _grouped(path, {key: key for key in shapes})
    ranks = set()
    for module, parts in grouped.items():
        _fits(path, module, {what: shapes[key] for what, key in parts.items()}, base)
        if "down" in parts:
            ranks.add(shapes[parts["down"]][0])
    shown = f"rank {min(ranks)}" if len(ranks) == 1 else f"ranks {min(ranks)} to {max(ranks)}"
    return f"a LoRA of {shown} for {len(grouped)} part{'s' if len(grouped) > 1 else ''}"


def merge(tensors: Mapping[str, Tensor], loras: Sequence[LoRA]) -> dict[str, Tensor]:
    """A transformer's tensors (original layout) with LoRAs merged into them; those that are not touched stay the same.

    Raises WeightsError as `describe` does, before anything is computed with the file at fault.
    """
    from model import weights

    merged = dict(tensors)
    shapes = {key: tuple(value.shape) for key, value in tensors.items()}
    for lora in loras:
        describe(lora.path, shapes)
        if not lora.strength:
            continue
        read, _ = weights.read(lora.path)
        for key, change in _changes(lora.path, read):
            whole = merged[key].float() + lora.strength * change.reshape(shapes[key]).to(merged[key].device)
            merged[key] = whole.to(tensors[key].dtype)
    return merged


def _changes(path: Path, read: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """(key, difference) for every tensor that a LoRA changes, at strength 1."""
    for module, parts in _grouped(path, {key: key for key in read}).items():
        found = {what: read[key] for what, key in parts.items()}
        if "down" in found:
            down, up = found["down"].float().flatten(1), found["up"].float().flatten(1)
            alpha = float(found["alpha"]) if "alpha" in found else down.shape[0]
            yield f"{module}.weight", alpha / down.shape[0] * (up @ down)
        if "diff" in found:
            yield _whole(module), found["diff"].float()
        if "diff_b" in found:
            yield f"{module}.bias", found["diff_b"].float()


def _grouped(path: Path, keys: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Module -> what -> key. Raises WeightsError for keys that are none of a LoRA's, and for half a pair."""
    found: dict[str, dict[str, str]] = {}
    strange = []
    for key in keys:
        known = target(key)
        if known is None:
            strange.append(key)
        else:
            found.setdefault(known[0], {})[known[1]] = key
    if strange:
        raise WeightsError(f"{path} holds what belongs to no LoRA: {_some(strange)}")
    half = [module for module, parts in found.items() if ("down" in parts) != ("up" in parts)]
    if half:
        raise WeightsError(f"{path} holds only one of two factors for {_some(half)}; it is cut off: get it again")
    return found


def _fits(path: Path, module: str, parts: Mapping[str, tuple[int, ...]], base: Mapping[str, tuple[int, ...]]) -> None:
    """Raise WeightsError where a module is not in the transformer, or has another shape there."""
    key = _whole(module) if "down" not in parts and f"{module}.weight" not in base else f"{module}.weight"
    if key not in base and "diff_b" not in parts:
        why = (
            "that is for models with a branch for pictures"
            if "_img" in module or "img_emb" in module
            else "it is not there"
        )
        raise WeightsError(f"{path} changes {module}, and in this transformer {why}: it was made for another model")
    if "down" in parts:
        down, up, there = parts["down"], parts["up"], base[key]
        made, have = (up[0], math.prod(down[1:])), (there[0], math.prod(there[1:]))
        if down[0] != up[1]:
            raise WeightsError(f"{path} has factors of rank {down[0]} and {up[1]} for {module}: it is damaged")
        if made != have:
            raise WeightsError(
                f"{path} was made for a transformer {_width(module, made)} wide, this one is {_width(module, have)} "
                f"({module}: {made[0]}x{made[1]} for {have[0]}x{have[1]})"
            )
    for what, name in (("diff", key), ("diff_b", f"{module}.bias")):
        if what in parts and math.prod(parts[what]) != math.prod(base.get(name, ())):
            raise WeightsError(
                f"{path} changes {name} in the shape {parts[what]}, this transformer has {base.get(name)}"
            )


def _whole(module: str) -> str:
    """The tensor that a whole difference changes: modulations have no `.weight`."""
    return module if module.endswith("modulation") else f"{module}.weight"


def _width(module: str, sides: tuple[int, int]) -> int:
    """The transformer's width as a matrix shows it: the shorter side in the feed-forward, else the side it writes."""
    return min(sides) if ".ffn." in module else sides[0]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def fingerprint(base: str, loras: Sequence[LoRA]) -> str:
    """Hex SHA-256 of a model with LoRAs, from the model's own: other files, or other strengths, are another model.

    `base` itself without LoRAs, or when it is "" (a model that was built in memory).
    """
    if not base or not loras:
        return base
    from model import weights

    lines = [base, *(f"{weights.sha256(lora.path)} {lora.strength!r}" for lora in loras)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
