"""From a catalogue entry to the parts of a generator, whatever family it is of and however its files are laid out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from model import catalog, headers, lora, weights
from model.catalog import CatalogEntry
from model.dit import DiT
from model.errors import WeightsError
from model.lora import LoRA
from model.residency import Residency
from model.streaming import stream
from model.text import TextEncoder

if TYPE_CHECKING:
    from model.tiny_vae import TinyVAE
    from model.umt5 import UMT5
    from model.vae import WanVAE

# What stays in full precision where the rest is bfloat16: the timestep's way into the blocks, and affine norms.
# (In both layouts' names.)
_PRECISE = ("time_embed", "time_proj", "modulation", "scale_shift_table", "norm")


def storybook(entry: CatalogEntry, device: str) -> tuple[DiT, TinyVAE, TextEncoder]:
    """The parts of Storybook, or of weights of its kind. Files are in half precision and are computed in full."""
    from model.tiny_vae import TinyVAE

    if entry.missing:
        raise WeightsError(f"{entry.missing[0]} is missing; restore it from the repository or train the model")
    dit, _ = weights.load_dit(entry.folder / catalog.DIT_FILE, entry.loras)
    vae = weights.guarded(TinyVAE.load, entry.folder / catalog.VAE_FILE)
    encoder = TextEncoder.load(entry.folder / catalog.TEXT_FOLDER, device=device)
    return dit.to(device).float().eval(), vae.to(device).float().eval(), encoder


def wan(entry: CatalogEntry, device: str, residency: Residency) -> tuple[DiT, WanVAE, UMT5]:
    """The parts of a published Wan model; the text encoder is opened with the first new prompt."""
    from model.umt5 import UMT5

    lacking = [role for role in ("transformer", "vae", "text", "tokenizer") if role not in entry.parts]
    if lacking or entry.missing:
        what = f"its {lacking[0]}" if lacking else str(entry.missing[0])
        raise WeightsError(f"{entry.title} is not whole: {what} is missing; fetch the model again")
    reader = "cpu" if residency.text_on_host else device
    encoder = UMT5(
        entry.parts["text"], entry.parts["tokenizer"], device=reader, cache=residency.prompts, keep=residency.keep_text
    )
    vae = autoencoder(entry.parts["vae"], device)
    vae.strips, vae.fast = residency.strips, residency.fast_decode
    if "tiny" in entry.parts:
        from model.taehv import TAEHV

        vae.tiny = TAEHV.load(entry.parts["tiny"], device=device)
    dit = transformer(entry.parts["transformer"], device, entry.loras)
    return settled(dit, device, residency), vae, encoder


def settled(dit: DiT, device: str, residency: Residency) -> DiT:
    """A transformer where it will be while it films: its blocks streamed, or fused and compiled where that is asked."""
    if residency.streamed:
        return stream(dit, device)
    dit = dit.to(device).fuse()
    return dit.compile_blocks() if residency.compiled else dit


def transformer(path: Path, device: str, loras: Sequence[LoRA] = ()) -> DiT:
    """A Wan transformer from a folder or a file, in the host's memory: bfloat16 for an accelerator, else in full.

    `loras` are merged into its weights.
    """
    kind = torch.float32 if device == "cpu" else torch.bfloat16
    try:
        found = weights.to_original_layout(tensors(path, partial(precise, kind)))
        return DiT.from_state_dict(lora.merge(found, loras))
    except (WeightsError, ValueError) as error:
        raise WeightsError(f"{path} is not a transformer this program can run: {error}") from error


def autoencoder(path: Path, device: str) -> WanVAE:
    """A Wan autoencoder from a folder or a file. On an accelerator it decodes in bfloat16; it always encodes in full.

    What is encoded is given to the model again and again, so that errors would add up; what is decoded is only seen.
    """
    from model.vae import WanVAE

    try:
        vae = WanVAE.from_state_dict(tensors(path, lambda _, value: value.float()))
    except (WeightsError, ValueError) as error:
        raise WeightsError(f"{path} is not an autoencoder this program can run: {error}") from error
    if device != "cpu":
        vae.decoder.to(torch.bfloat16)
        vae.conv2.to(torch.bfloat16)
    return vae.to(device).tidy()


def tensors(path: Path, change: Callable[[str, Tensor], Tensor] = lambda _, value: value) -> dict[str, Tensor]:
    """All tensors of a folder of safetensors files, or of one file. Raises WeightsError.

    `change` (name, tensor) makes of each what is kept of it, file by file, so that little is in memory twice.
    """
    found: dict[str, Tensor] = {}
    for file in headers.shards(path):
        headers.read(file)  # names a pickle or half a file before it is opened
        found.update({key: change(key, value) for key, value in weights.read(file)[0].items()})
    return found


def precise(kind: torch.dtype, key: str, value: Tensor) -> Tensor:
    """A transformer's parameter in the type that it is computed with: `kind`, or float32 where rounding would tell."""
    if not value.is_floating_point() or any(part in key for part in _PRECISE):
        return value.float()
    return value.to(kind)


def digest(parts: Mapping[str, Path]) -> str:
    """Hex SHA-256 of the transformer's files: their own hashes, in order ("" when there are none)."""
    if "transformer" not in parts or not parts["transformer"].exists():
        return ""
    files = headers.shards(parts["transformer"])
    if len(files) == 1:
        return weights.sha256(files[0])
    return hashlib.sha256("\n".join(weights.sha256(file) for file in files).encode()).hexdigest()
