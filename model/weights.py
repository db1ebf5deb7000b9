"""Reading and writing weights: safetensors only, one self-describing file, nothing left half loaded.

- Wan checkpoints come in two layouts. Ours is the original one; the Diffusers layout is the rename table below.
- The geometry of a transformer is read from the shapes of its tensors, never from a JSON beside them (published ones
  have been wrong); only the head width and the norm's epsilon are not in the shapes.
- Modules are built on the meta device and take over the tensors that were read; every key must fit.
- A file of ours holds its configuration as JSON under the metadata key "auteur".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from model.config import DiTConfig
from model.errors import WeightsError

if TYPE_CHECKING:
    from model.dit import DiT
    from model.lora import LoRA

Loaded = TypeVar("Loaded")

METADATA_KEY = "auteur"
NAMED = 8  # tensors that a message names
COMFY_PREFIX = "model.diffusion_model."

# Diffusers name -> original name, applied in this order to whole dotted parts.
# Source: diffusers scripts/convert_wan_to_diffusers.py and models/transformers/transformer_wan.py.
_RENAMES: tuple[tuple[str, str], ...] = (
    (r"^condition_embedder\.time_embedder\.linear_1\.", "time_embedding.0."),
    (r"^condition_embedder\.time_embedder\.linear_2\.", "time_embedding.2."),
    (r"^condition_embedder\.time_proj\.", "time_projection.1."),
    (r"^condition_embedder\.text_embedder\.linear_1\.", "text_embedding.0."),
    (r"^condition_embedder\.text_embedder\.linear_2\.", "text_embedding.2."),
    (r"^proj_out\.", "head.head."),
    (r"^scale_shift_table$", "head.modulation"),
    (r"^((?:vace_)?blocks\.\d+)\.scale_shift_table$", r"\1.modulation"),
    (r"^((?:vace_)?blocks\.\d+)\.attn1\.", r"\1.self_attn."),
    (r"^((?:vace_)?blocks\.\d+)\.attn2\.", r"\1.cross_attn."),
    (r"^((?:vace_)?blocks\.\d+\.(?:self|cross)_attn)\.to_([qkv])\.", r"\1.\2."),
    (r"^((?:vace_)?blocks\.\d+\.(?:self|cross)_attn)\.to_out\.0\.", r"\1.o."),
    (r"^((?:vace_)?blocks\.\d+)\.norm2\.", r"\1.norm3."),
    (r"^((?:vace_)?blocks\.\d+\.ffn)\.net\.0\.proj\.", r"\1.0."),
    (r"^((?:vace_)?blocks\.\d+\.ffn)\.net\.2\.", r"\1.2."),
    (r"^(vace_blocks\.\d+)\.proj_in\.", r"\1.before_proj."),
    (r"^(vace_blocks\.\d+)\.proj_out\.", r"\1.after_proj."),
)
# FastWan 2.1 was also trained with sparse attention; dense attention does not read its gates.
_UNREAD = re.compile(r"^blocks\.\d+\.(?:attn1\.|self_attn\.)?to_gate_compress\.(?:weight|bias)$")


def to_original_layout(sd: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Name the tensors as the original Wan checkpoints do; keys that are already so, or unknown, stay as they are."""
    if sd and all(key.startswith(COMFY_PREFIX) for key in sd):
        sd = {key.removeprefix(COMFY_PREFIX): value for key, value in sd.items()}
    sd = {key: value for key, value in sd.items() if not _UNREAD.match(key)}
    if not any(key.startswith("condition_embedder.") for key in sd):
        return dict(sd)
    return {original_name(key): value for key, value in sd.items()}


def original_name(key: str) -> str:
    """The original name of a tensor in the Diffusers layout."""
    for pattern, replacement in _RENAMES:
        key = re.sub(pattern, replacement, key)
    return key


def dit_geometry(sd: Mapping[str, Tensor], *, head_dim: int = 128, eps: float = 1e-6) -> DiTConfig:
    """Read a transformer's shape from its tensors (original layout). Raises WeightsError when it is not one."""
    needed = ("patch_embedding.weight", "text_embedding.0.weight", "time_embedding.0.weight", "blocks.0.ffn.0.weight")
    missing = [key for key in (*needed, "head.head.weight") if key not in sd]
    if missing:
        raise WeightsError(f"these are not the weights of a Wan transformer: no {', '.join(missing)}")
    patch = sd["patch_embedding.weight"].shape
    if len(patch) != 5:
        raise WeightsError(f"patch_embedding.weight has shape {tuple(patch)}, not five axes")
    dim, in_channels, p, q, r = patch
    if dim % head_dim:
        raise WeightsError(f"width {dim} is not a multiple of head_dim {head_dim}; give the head_dim of these weights")
    layers, controls = (1 + max(_numbers(sd, name), default=-1) for name in ("blocks", "vace_blocks"))
    control = sd.get("vace_patch_embedding.weight")
    return DiTConfig(
        in_channels=in_channels,
        out_channels=sd["head.head.weight"].shape[0] // (p * q * r),
        dim=dim,
        heads=dim // head_dim,
        layers=layers,
        ffn_dim=sd["blocks.0.ffn.0.weight"].shape[0],
        text_dim=sd["text_embedding.0.weight"].shape[1],
        freq_dim=sd["time_embedding.0.weight"].shape[1],
        patch=(p, q, r),
        eps=eps,
        control_channels=0 if control is None else control.shape[1],
        # The published ones spread their control blocks evenly, from the first block on.
        control_layers=tuple(range(0, layers, layers // controls))[:controls] if controls else (),
    )


def _numbers(sd: Mapping[str, Tensor], prefix: str) -> list[int]:
    return [int(key.split(".")[1]) for key in sd if re.match(rf"{prefix}\.\d+\.", key)]


def _some(keys: Sequence[str]) -> str:
    """The first few of many names: a message is one line."""
    return ", ".join(keys[:NAMED]) + (f" and {len(keys) - NAMED} more" if len(keys) > NAMED else "")


def assign_strictly(module: nn.Module, sd: Mapping[str, Tensor]) -> None:
    """Let a module built on meta take over these tensors; every key and shape must fit, else WeightsError."""
    expected = module.state_dict()
    missing = sorted(expected.keys() - sd.keys())
    unexpected = sorted(sd.keys() - expected.keys())
    wrong = sorted(
        f"{key} {tuple(sd[key].shape)} for {tuple(expected[key].shape)}"
        for key in expected.keys() & sd.keys()
        if sd[key].shape != expected[key].shape
    )
    named = (("missing", missing), ("unexpected", unexpected), ("wrong shape", wrong))
    problems = [f"{what}: {_some(keys)}" for what, keys in named if keys]
    if problems:
        raise WeightsError(f"the weights do not fit the model; {'; '.join(problems)}")
    module.load_state_dict(dict(sd), strict=True, assign=True)
    for parameter in module.parameters():
        parameter.requires_grad_(False)


def read(
    path: Path, *, device: str = "cpu", dtype: torch.dtype | None = None
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors of a safetensors file and the configuration in its metadata ({} where there is none).

    Each is read straight onto `device` and made a `dtype` at once (None: as stored), so that no second copy is needed.
    Raises WeightsError, in one line that names the file, when it is missing, truncated or something else.
    """
    path = Path(path)
    if not path.is_file():
        raise WeightsError(f"{path} is missing; restore it from the repository or download the model again")
    try:
        with safe_open(path, framework="pt", device=device) as file:
            metadata = file.metadata() or {}
            tensors = {key: _cast(file.get_tensor(key), dtype) for key in file.keys()}
        config = json.loads(metadata.get(METADATA_KEY, "{}"))
    except (SafetensorError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        raise WeightsError(
            f"{path} cannot be read as safetensors ({reason}); it is truncated or another kind of file: get it again"
        ) from error
    if not isinstance(config, dict):
        raise WeightsError(f"{path} holds a configuration that is not a JSON object; get the file again")
    return tensors, config


def _cast(tensor: Tensor, dtype: torch.dtype | None) -> Tensor:
    return tensor if dtype is None or not tensor.is_floating_point() else tensor.to(dtype)


def guarded(load: Callable[[Path], Loaded], path: Path) -> Loaded:
    """Load a part with its own loader; whatever is wrong with the file is a WeightsError that names it."""
    path = Path(path)
    if not path.is_file():
        raise WeightsError(f"{path} is missing; restore it from the repository or download the model again")
    try:
        return load(path)
    except (WeightsError, SafetensorError, ValueError, KeyError, TypeError, RuntimeError, OSError) as error:
        reason = " ".join(str(error).split())[:300]
        raise WeightsError(f"{path} cannot be used ({reason}); it is damaged or of another model") from error


def save(path: Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> None:
    """Write tensors and their configuration to one safetensors file."""
    ready = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    save_file(ready, path, metadata={METADATA_KEY: json.dumps(config, sort_keys=True)})


def save_dit(path: Path, tensors: Mapping[str, Tensor], config: DiTConfig, **notes: Any) -> None:
    """Write a transformer. `notes` are kept beside its shape: whatever the catalogue should say of these weights.

    The catalogue reads `title`, `sizes`, `fps`, `window` and `overlap` (latents), `limits`, `defaults`, `given`,
    `default_seconds` and `max_seconds`; a render reads `prefix_level`, the noise level (0 if it is not stated) at which
    a window is given what came before.
    """
    shape = {**asdict(config), "head_dim": config.head_dim}
    save(path, tensors, {**notes, "kind": "dit", "config": shape})


def load_dit(path: Path, loras: Sequence[LoRA] = ()) -> tuple[DiT, dict[str, Any]]:
    """A transformer from a file, original or Diffusers layout, with the notes beside it. Raises WeightsError.

    `loras` are merged into its weights.
    """
    from model import lora
    from model.dit import DiT

    tensors, notes = read(path)
    shape = {**notes, **notes.get("config", {})}
    if notes.get("kind", "dit") != "dit":
        raise WeightsError(f"{path} holds a {notes['kind']}, not a transformer; put the right file in its place")
    head_dim, eps = int(shape.get("head_dim", 128)), float(shape.get("eps", 1e-6))
    if loras:
        tensors = lora.merge(to_original_layout(tensors), loras)
    try:
        return DiT.from_state_dict(tensors, head_dim=head_dim, eps=eps), notes
    except (WeightsError, ValueError) as error:
        raise WeightsError(f"{path} is not a transformer this program can run: {error}") from error


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    try:
        with Path(path).open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}); restore it from the repository") from error
    return digest.hexdigest()
