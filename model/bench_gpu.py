"""The rows of `python -m model.bench --wan` that need an accelerator: the 5B in its real geometry, with random weights
made on the device, and the decode of a whole clip.

A step is what a sampler asks for with guidance: two forwards of Diffusers', as its pipeline takes them, and one of ours
over both prompts. Each row stands by itself: where one cannot be run, it says why, and the others are still printed.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from model.bench import diffusers_twin
from model.config import PRESETS, DiTConfig
from model.dit import DiT, TextCache
from model.loading import precise
from model.vae import WAN_2_2, WanVAE, WanVAEConfig
from model.velocity import attention

PEAK = 790e12  # bfloat16 operations a second that one H100 or H200 reaches in matrix products
ROWS = 512  # of text that the Wan models see


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured where: by default the 5B's clip of 121x704x1280 on the first card. Others are for trying it."""

    device: str = "cuda"
    config: DiTConfig = PRESETS["wan2.2-ti2v-5b"]
    vae: WanVAEConfig = WAN_2_2
    grid: tuple[int, int, int] = (31, 44, 80)  # latents
    kind: torch.dtype = torch.bfloat16
    backend: str = "inductor"

    @property
    def tokens(self) -> int:
        """Tokens of a clip."""
        return math.prod(self.grid) // math.prod(self.config.patch)


@torch.inference_mode()
def measure(repeats: int, setting: Setting | None = None) -> dict[str, Any]:
    """All rows, as a dictionary."""
    chosen = setting or Setting()
    found: dict[str, Any] = {"device": _name(chosen.device), "tokens": chosen.tokens}
    for row in (_steps, _decode):
        try:
            row(chosen, repeats, found)
        except (RuntimeError, ImportError, ValueError) as error:
            found.setdefault("failed", {})[row.__name__.strip("_")] = " ".join(str(error).split())[:300]
        if chosen.device.startswith("cuda"):
            torch.cuda.empty_cache()
    return found


def operations(config: DiTConfig, tokens: int, prompts: int, rows: int = ROWS) -> float:
    """Multiplications and additions of one forward of a clip under so many prompts, as ours runs it: what comes before
    the first text is computed once."""
    dim = config.dim
    shared = 2 * tokens * 5 * dim * dim + 4 * tokens * tokens * dim  # a first block's self-attention, and its question
    block = shared + 2 * tokens * (dim * dim + 2 * dim * config.ffn_dim) + 4 * tokens * rows * dim
    ends = 2 * tokens * math.prod(config.patch) * (config.in_channels + config.out_channels) * dim
    return prompts * (config.layers * block + ends) - (prompts - 1) * shared


def _steps(chosen: Setting, repeats: int, found: dict[str, Any]) -> None:
    """A guided step, eager and compiled, ours and Diffusers', and how far apart the results are."""
    dit, device = _transformer(chosen), chosen.device
    x = torch.randn(1, chosen.config.in_channels, *chosen.grid, device=device, dtype=chosen.kind)
    texts = torch.randn(2, ROWS, chosen.config.text_dim, device=device, dtype=chosen.kind)
    cache, t = TextCache(), torch.full((1,), 700.0, device=device)

    def ours() -> Tensor:
        return dit(x, t, texts, cache=cache)

    with attention(device):
        made, found["eager_s"] = _timed(ours, repeats)
        if importlib.util.find_spec("diffusers") is not None:
            wan, times = diffusers_twin(dit, device=device)[0], t.expand(1, chosen.tokens)

            def theirs() -> Tensor:
                return torch.cat([wan(x, times, text[None], return_dict=False)[0] for text in texts])

            other, found["diffusers_s"] = _timed(theirs, repeats)
            found["difference"] = float((made - other).abs().max() / other.abs().max())
            found["eager_ratio"] = found["diffusers_s"] / found["eager_s"]
            wan.compile_repeated_blocks(fullgraph=True, backend=chosen.backend)
            _, found["diffusers_compiled_s"] = _timed(theirs, repeats)
            del wan
        dit.compile_blocks(chosen.backend)
        again, found["compiled_s"] = _timed(ours, repeats)
    found["compiled_difference"] = float((again - made).abs().max() / made.abs().max())
    if "diffusers_compiled_s" in found:
        found["compiled_ratio"] = found["diffusers_compiled_s"] / found["compiled_s"]
    found["share_of_peak"] = operations(chosen.config, chosen.tokens, 2) / found["compiled_s"] / PEAK


def _transformer(chosen: Setting) -> DiT:
    """Random weights on the device, in the types that a loaded model has."""
    with torch.device(chosen.device):
        dit = DiT(chosen.config)
    torch.nn.init.normal_(dit.head.head.weight, std=0.02)
    for name, parameter in dit.named_parameters():
        parameter.data = precise(chosen.kind, name, parameter.data)
    return dit.eval().requires_grad_(False).fuse()


def _decode(chosen: Setting, repeats: int, found: dict[str, Any]) -> None:
    """A whole clip developed, as a loaded model does it, and its memory; then by Diffusers, where it is installed."""
    with torch.device(chosen.device):
        vae = WanVAE(chosen.vae)
    vae.to(chosen.device, chosen.kind).tidy()
    latents = torch.randn(1, chosen.vae.latent_channels, *chosen.grid, device=chosen.device)
    cuda = chosen.device.startswith("cuda")
    if cuda:
        torch.cuda.reset_peak_memory_stats()
    _, found["decode_s"] = _timed(lambda: vae.decode(latents), repeats)
    if cuda:
        found["decode_peak_gb"] = torch.cuda.max_memory_allocated() / 1e9
    if importlib.util.find_spec("diffusers") is None:
        return
    shape = chosen.vae
    with torch.device(chosen.device):
        twin = importlib.import_module("diffusers").AutoencoderKLWan(
            base_dim=shape.base, decoder_base_dim=shape.decoder_base, z_dim=shape.latent_channels, is_residual=True,
            in_channels=12, out_channels=12, patch_size=2, scale_factor_spatial=16,
        )  # fmt: skip
    twin.to(chosen.kind).eval().requires_grad_(False)
    given = latents.to(chosen.kind)
    _, found["diffusers_decode_s"] = _timed(lambda: twin.decode(given).sample, 1)
    found["decode_ratio"] = found["diffusers_decode_s"] / found["decode_s"]


def _timed(function: Callable[[], Tensor], repeats: int) -> tuple[Tensor, float]:
    """What it makes, and its median time; the first call, which compiles and chooses, does not count."""
    made, times = function(), list[float]()
    for _ in range(repeats):
        _wait()
        start = time.perf_counter()
        made = function()
        _wait()
        times.append(time.perf_counter() - start)
    return made, statistics.median(times)


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _name(device: str) -> str:
    return torch.cuda.get_device_name() if device.startswith("cuda") else device
