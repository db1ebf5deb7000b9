"""Tiny Wan models with random weights, written to disk as the published ones are, beside Diffusers' own parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanTransformer3DModel,
    WanVACETransformer3DModel,
)  # fmt: skip
from transformers import PreTrainedTokenizerFast

from model import published
from model.catalog import CatalogEntry, Limits
from model.vae_keys import published as statistics
from tests.model.test_umt5 import write_encoder, write_tokenizer

TEXT = 16
VAES: dict[str, dict[str, Any]] = {
    "wan2.1": {"base_dim": 4, "z_dim": 16},
    "wan2.2": {
        "base_dim": 8, "decoder_base_dim": 8, "z_dim": 48, "is_residual": True, "in_channels": 12, "out_channels": 12,
        "patch_size": 2, "scale_factor_spatial": 16, "latents_mean": statistics(48)[0],
        "latents_std": statistics(48)[1],
    },
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A model on disk, and what it was made from."""

    entry: CatalogEntry
    parts: dict[str, Any]


def make(folder: Path, name: str = "wan2.2-ti2v-5b") -> Made:
    """Write a tiny model of a published kind as a Diffusers folder: sharded transformer, autoencoder, text encoder."""
    torch.manual_seed(11)
    known = published.model(name)
    kind = "wan2.2" if known.family == "wan2.2" else "wan2.1"
    channels = VAES[kind]["z_dim"]
    shape: dict[str, Any] = {
        "num_attention_heads": 2, "attention_head_dim": 128, "in_channels": channels, "out_channels": channels,
        "text_dim": TEXT, "freq_dim": 32, "ffn_dim": 64, "num_layers": 2,
    }  # fmt: skip
    if known.family == "wan2.1-vace":
        transformer = WanVACETransformer3DModel(**shape, vace_layers=[0, 1], vace_in_channels=96)
    else:
        transformer = WanTransformer3DModel(**shape)
    vae = AutoencoderKLWan(**VAES[kind])
    for part, std in ((transformer, 0.05), (vae, 0.08)):
        for key, parameter in part.named_parameters():
            torch.nn.init.normal_(parameter, 1.0 if key.endswith("gamma") else 0.0, std)
        part.eval().requires_grad_(False)
    transformer.save_pretrained(folder / "transformer", max_shard_size="400KB")
    vae.save_pretrained(folder / "vae")
    text = write_encoder(folder / "text_encoder", TEXT)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(write_tokenizer(folder / "tokenizer") / "tokenizer.json"), pad_token="<pad>"
    )
    scheduler = UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
    )
    places = {
        "transformer": folder / "transformer", "vae": folder / "vae", "text": folder / "text_encoder",
        "tokenizer": folder / "tokenizer",
    }  # fmt: skip
    side = 32 if kind == "wan2.2" else 16
    limits = replace(
        known.limits, min_width=side, min_height=side, multiple=side, max_width=512, max_height=512, window=5, overlap=1
    )
    entry = replace(known.entry(places), limits=_longer(limits), sizes={"small": (64, 32)})
    parts = {"transformer": transformer, "vae": vae, "text_encoder": text, "tokenizer": tokenizer}
    return Made(entry, {**parts, "scheduler": scheduler})


def _longer(limits: Limits) -> Limits:
    return replace(limits, max_frames=101, max_seconds=6.0)
