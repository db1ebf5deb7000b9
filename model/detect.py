"""What a folder or a file of weights is, told from the shapes in it: never from its name, nor from a JSON beside it.

Three ways of arranging a Wan model are known: the folder that Diffusers writes (transformer/, vae/, text_encoder/,
tokenizer/), the original repository's folder (the transformer's files beside Wan2.x_VAE and the encoder), and single
files, among them those with ComfyUI's prefix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from model import headers, published
from model.config import PRESETS
from model.errors import WeightsError
from model.published import Published

Shapes = Mapping[str, tuple[int, ...]]

_COMFY = "model.diffusion_model."
_ROLES = {"transformer": "transformer", "vae": "vae", "text_encoder": "text", "tokenizer": "tokenizer"}
_FAMILY_OF_VAE = {16: "wan2.1", 48: "wan2.2"}
_GATES = re.compile(r"blocks\.\d+\.(?:attn1\.|self_attn\.)?to_gate_compress\.")


@dataclass(frozen=True, slots=True)
class Found:
    """Parts that were recognised, by role, and the models of the catalogue that they can be.

    `refused` are pickles beside them: they are never opened, and the same parts are to be had as safetensors.
    """

    parts: Mapping[str, Path]
    models: tuple[Published, ...]
    what: str
    refused: tuple[Path, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Roles that the model needs and that were not found here."""
        return tuple(role for role in _ROLES.values() if role not in self.parts)


def detect(path: Path) -> Found:
    """What lies at a path. Raises WeightsError that says what it is instead, or what is wrong with it."""
    if path.is_file():
        return _file(path)
    if not path.is_dir():
        raise WeightsError(f"{path} is not there")
    parts = {role: path / name for name, role in _ROLES.items() if (path / name).is_dir()}
    if "transformer" not in parts:
        parts = _original(path)
    if "transformer" not in parts:
        pickles = [file.name for file in sorted(path.iterdir()) if file.suffix.lower() in headers.PICKLES]
        why = f"; {', '.join(pickles[:3])} can run programs and is not opened" if pickles else ""
        raise WeightsError(f"{path} holds no transformer: neither a folder of that name nor safetensors files{why}")
    what, models = _transformer(headers.read_all(headers.shards(parts["transformer"])), parts["transformer"])
    if "vae" in parts:
        _same_family(parts["vae"], models)
    refused = tuple(file for file in sorted(path.iterdir()) if file.suffix.lower() in headers.PICKLES)
    return Found(parts, models, what, refused)


def require_whole(found: Found) -> None:
    """Raise WeightsError that names the tensors which a transformer lacks, has besides, or has in another shape.

    Only headers are read: it is told before gigabytes are.
    """
    import torch

    from model.dit import DiT
    from model.weights import to_original_layout

    place = found.parts["transformer"]
    shapes = headers.read_all(headers.shards(place))
    tensors = {key: torch.empty(shape, device="meta") for key, shape in shapes.items()}
    try:
        DiT.from_state_dict(to_original_layout(tensors))
    except (WeightsError, ValueError) as error:
        raise WeightsError(f"{place} is {found.what}, but not as it was published: {error}") from None


def _file(path: Path) -> Found:
    shapes = headers.read(path).shapes
    if any(".lora_" in key or key.endswith((".lora_A.weight", ".lora_down.weight")) for key in shapes):
        raise WeightsError(f"{path} is a LoRA: it is laid over a model, and is no model itself; add it as a LoRA")
    what, models = _transformer(shapes, path)
    return Found({"transformer": path}, models, what)


def _original(folder: Path) -> dict[str, Path]:
    """Parts by the names that the original repositories and ComfyUI give them; a folder with one file may be any."""
    found: dict[str, Path] = {}
    if list(folder.glob("diffusion_pytorch_model*.safetensors")):
        found["transformer"] = folder
    elif len(single := list(folder.glob("*.safetensors"))) == 1:
        found["transformer"] = single[0]
    for role, pattern in (("vae", "*[Vv][Aa][Ee]*.safetensors"), ("text", "*umt5*.safetensors")):
        files = sorted(folder.glob(pattern))
        if files and files[0] != found.get("transformer"):
            found[role] = files[0]
    tokenizer = folder / "google" / "umt5-xxl"
    if tokenizer.is_dir():
        found["tokenizer"] = tokenizer
    return found


def _transformer(shapes: Shapes, path: Path) -> tuple[str, tuple[Published, ...]]:
    """What a transformer's shapes say it is, and the models with that geometry."""
    names = plain_names(shapes)
    patch, blocks = names.get("patch_embedding.weight"), _blocks(names, "blocks")
    if patch is None or len(patch) != 5 or not blocks:
        raise WeightsError(f"{path} is not a Wan transformer: {_guess(names)}")
    dim, channels = patch[:2]
    ffn = names.get("blocks.0.ffn.0.weight", names.get("blocks.0.ffn.net.0.proj.weight", (0, 0)))[0]
    vace = _blocks(names, "vace_blocks")
    image = any(key.startswith(("img_emb.", "condition_embedder.image_embedder.")) for key in names)
    what = f"a Wan transformer {dim} wide with {blocks} blocks, {channels} channels in"
    what += f", and {vace} VACE blocks" if vace else ", with a branch for pictures" if image else ""
    if image:
        raise WeightsError(f"{path} is {what}: that is Wan 2.1 I2V or FLF2V, which this studio does not shoot with")
    gates = any(_GATES.match(key) for key in names)
    fitting = tuple(
        model for model in published.models() if _geometry(model) == (dim, channels, blocks, ffn, bool(vace))
    )
    if not fitting:
        made = ", ".join(model.title for model in published.models())
        raise WeightsError(f"{path} is {what}: none of the models this studio shoots with ({made})")
    named = [model for model in fitting if model.name.startswith("fastwan2.1")] if gates else []
    return what, tuple(named) or fitting


def plain_names(shapes: Shapes) -> dict[str, tuple[int, ...]]:
    """The same shapes without ComfyUI's prefix."""
    return {key.removeprefix(_COMFY): shape for key, shape in shapes.items()}


def _geometry(model: Published) -> tuple[int, int, int, int, bool]:
    """(dim, channels in, blocks, ffn width, whether VACE) of a model."""
    large = model.name.endswith("14b")
    shape = PRESETS[model.preset or ("wan2.1-t2v-14b" if large else "wan2.1-t2v-1.3b")]
    return shape.dim, shape.in_channels, shape.layers, shape.ffn_dim, model.family == "wan2.1-vace"


def _blocks(names: Shapes, prefix: str) -> int:
    numbers = (re.match(rf"{prefix}\.(\d+)\.", key) for key in names)
    return len({match[1] for match in numbers if match})


def _guess(names: Shapes) -> str:
    """What other thing a file may be, in words."""
    for start, what in (
        ("encoder.block.0.", "it is a T5 text encoder"),
        ("shared.weight", "it is a text encoder"),
        ("decoder.", "it is an autoencoder"),
        ("encoder.", "it is an autoencoder"),
        ("double_blocks.", "it is of the Flux or Hunyuan family"),
        ("transformer_blocks.", "it is of another family (Flux, LTX, CogVideoX, Mochi or Qwen)"),
        ("input_blocks.", "it is a UNet"),
        ("down_blocks.", "it is a UNet"),
    ):
        if any(key.startswith(start) for key in names):
            return what
    first = next(iter(names), None)
    return f"its first tensor is {first!r}" if first else "it holds no tensors"


def _same_family(vae: Path, models: tuple[Published, ...]) -> None:
    """Raise WeightsError when an autoencoder is not the one that these transformers were trained with."""
    shapes = headers.read_all(headers.shards(vae))
    quant = shapes.get("post_quant_conv.weight", shapes.get("conv2.weight"))
    family = _FAMILY_OF_VAE.get(quant[0]) if quant else None
    if family is None:
        raise WeightsError(f"{vae} is not a Wan autoencoder: {_guess(shapes)}")
    if not any(model.family.startswith(family) for model in models):
        raise WeightsError(f"{vae} is the autoencoder of Wan {family[3:]}, the transformer beside it is of the other")
