"""The Wan family beside Diffusers: equal random weights, equal output, in turns in one process. No download.

    python -m model.bench --wan               what this machine can run; the rest is named under `not_run`
    python -m model.bench --wan --quick       a small fraction of it, to see that it runs

Ratios are Diffusers' time over ours, so above 1 means that ours is quicker; `difference` is the largest difference of
the results relative to the largest value. Diffusers is called as its pipelines call it: a timestep for every token, the
prompt padded to 512 rows, two forwards a step, one latent at a time through the autoencoder.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import psutil
import torch
import torch.nn.functional as F
from torch import Tensor

from model import bench_gpu, flow, text
from model.bench import diffusers_twin
from model.config import DiTConfig
from model.dit import DiT, TextCache
from model.vae import WAN_2_2, WanVAE, WanVAEConfig
from model.velocity import attention, collapsed

SMALL = DiTConfig(48, 48, dim=512, heads=4, layers=8, ffn_dim=2048, text_dim=4096)
SMALL_VAE = replace(WAN_2_2, base=40, decoder_base=64)
GUIDANCE, SHIFT, ROWS = 5.0, 5.0, 512
TOKENS = (60, 12)  # of a prompt and of what it is guided away from


@torch.inference_mode()
def measure(steps: int = 20, repeats: int = 3, *, quick: bool = False) -> dict[str, Any]:
    """What `python -m model.bench --wan` prints, as a dictionary."""
    skipped: list[str] = []
    found: dict[str, Any] = {}
    if importlib.util.find_spec("diffusers") is None:
        skipped.append("everything beside Diffusers: it is not installed (requirements-dev.txt)")
    else:
        small = replace(SMALL, layers=1, dim=256, heads=2, ffn_dim=256) if quick else SMALL
        grid = (2, 8, 8) if quick else (8, 32, 32)
        found["sampling"] = sampling(small, grid, 2 if quick else steps, repeats)
        shape = replace(SMALL_VAE, base=8, decoder_base=8) if quick else SMALL_VAE
        size = (2, 2, 2) if quick else (5, 8, 12)
        found |= autoencoder(shape, size, repeats)
        found["decode_memory"] = memory(shape, size)
    found["padding"] = padding(small_rows=TOKENS[0], repeats=repeats, quick=quick)
    if torch.cuda.is_available():
        found["gpu"] = bench_gpu.measure(repeats)
    else:
        skipped.append("5B in its real geometry, eager and compiled, and the decode of 121x704x1280: no GPU here")
    return {**found, "not_run": skipped}


def random_dit(config: DiTConfig, device: str = "cpu", dtype: torch.dtype = torch.float32) -> DiT:
    """A transformer with random weights, made on the device."""
    with torch.device(device):
        dit = DiT(config)
    torch.nn.init.normal_(dit.head.head.weight, std=0.02)
    return dit.to(dtype).eval().requires_grad_(False)


def sampling(config: DiTConfig, grid: tuple[int, int, int], steps: int, repeats: int) -> dict[str, Any]:
    """A per-token-timestep model sampled with guidance, ours beside Diffusers'."""
    torch.manual_seed(0)
    dit = random_dit(config)
    wan, scheduler = diffusers_twin(dit, SHIFT)
    noise = torch.randn(config.in_channels, *grid)
    prompts = [torch.randn(rows, config.text_dim) for rows in TOKENS]
    mine, other = partial(ours, dit.fuse(), noise, prompts), partial(theirs, wan, scheduler, noise, prompts)
    mine(1), other(1)
    pair = _in_turns(partial(mine, steps), partial(other, steps), repeats)
    return {"tokens": grid[0] * grid[1] * grid[2] // 4, "steps": steps, **pair}


def ours(dit: DiT, noise: Tensor, prompts: list[Tensor], steps: int) -> Tensor:
    """Final latents (C, T, h, w) as this program samples them."""
    read, cache = text.together(prompts, ROWS, collapse=collapsed("cpu")), TextCache()
    levels = flow.sigmas(steps, SHIFT)
    times = dict(zip(levels[:-1].float().tolist(), flow.timesteps(levels, truncate=True).tolist(), strict=True))

    def velocity(x: Tensor, sigma: float) -> Tensor:
        t, pads = torch.full((1,), times[sigma]), list(read.pad_rows)
        v = dit(x[None], t, read.states, pad_rows=pads, text_mask=read.mask, cache=cache)
        return flow.guide(v[0], v[1], GUIDANCE)

    return flow.sample(velocity, noise, levels, "unipc")


def theirs(wan: Any, scheduler: Any, noise: Tensor, prompts: list[Tensor], steps: int) -> Tensor:
    """Final latents as WanPipeline makes them with `expand_timesteps`."""
    scheduler.set_timesteps(steps)
    padded = [F.pad(prompt, (0, 0, 0, ROWS - len(prompt)))[None] for prompt in prompts]
    x, tokens = noise[None], noise[0].numel() // 4
    for t in scheduler.timesteps:
        times = t.expand(1, tokens)
        with_prompt, without = (wan(x, times, states, return_dict=False)[0] for states in padded)
        x = scheduler.step(without + GUIDANCE * (with_prompt - without), t, x, return_dict=False)[0]
    return x[0]


def _vaes(config: WanVAEConfig) -> tuple[WanVAE, Any]:
    """Ours and Diffusers' autoencoder 2.2 with the same random weights."""
    peer = importlib.import_module("diffusers")
    torch.manual_seed(0)
    twin = peer.AutoencoderKLWan(
        base_dim=config.base, decoder_base_dim=config.decoder_base, z_dim=config.latent_channels, is_residual=True,
        in_channels=12, out_channels=12, patch_size=2, scale_factor_spatial=16,
    ).eval().requires_grad_(False)  # fmt: skip
    own = WanVAE.from_state_dict(
        twin.state_dict(), latents_mean=[0.0] * config.latent_channels, latents_std=[1.0] * config.latent_channels
    )  # fmt: skip
    return own, twin


def autoencoder(config: WanVAEConfig, size: tuple[int, int, int], repeats: int) -> dict[str, Any]:
    """Decoding and encoding a clip of (latents, rows, columns), ours beside Diffusers'."""
    own, twin = _vaes(config)
    latents = torch.randn(1, config.latent_channels, *size)
    video = own.decode(latents)
    decode = _in_turns(lambda: own.decode(latents), lambda: twin.decode(latents).sample, repeats)
    encode = _in_turns(lambda: own.encode(video), lambda: twin.encode(video).latent_dist.mode(), repeats)
    return {"decode": {"frames": list(video.shape[2:]), **decode}, "encode": encode}


def memory(config: WanVAEConfig, size: tuple[int, int, int]) -> dict[str, Any]:
    """The most that decoding adds to a fresh process' resident memory, ours over Diffusers'."""
    given = json.dumps([config.base, config.decoder_base, *size])
    found = {}
    for who in ("ours", "diffusers"):
        out = subprocess.run(
            [sys.executable, "-m", "model.bench_wan", who, given], capture_output=True, text=True, check=False
        )  # fmt: skip
        if out.returncode:
            return {"failed": out.stderr.strip().splitlines()[-1:] or ["no answer"]}
        found[who] = float(out.stdout.split()[-1])
    return {
        "ratio": round(found["ours"] / found["diffusers"], 3),
        **{f"{who}_mb": round(value / 1e6, 1) for who, value in found.items()},
    }


@torch.inference_mode()
def _peak(who: str, given: str) -> float:
    """Bytes that one decode adds at its peak, looked at from beside it."""
    import threading

    torch.set_num_threads(1)
    base, decoder_base, *size = json.loads(given)
    config = replace(SMALL_VAE, base=base, decoder_base=decoder_base)
    own, twin = _vaes(config)
    own.decode(torch.randn(1, config.latent_channels, 1, 2, 2))  # libraries come in with the first use
    twin.decode(torch.randn(1, config.latent_channels, 1, 2, 2))
    latents, process = torch.randn(1, config.latent_channels, *size), psutil.Process()
    before = most = process.memory_info().rss
    done = threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(0.002):
            most = max(most, process.memory_info().rss)

    watcher = threading.Thread(target=look)
    watcher.start()
    own.decode(latents) if who == "ours" else twin.decode(latents)
    done.set()
    watcher.join()
    return float(most - before)


def padding(small_rows: int, repeats: int, *, quick: bool) -> dict[str, Any]:
    """Cross-attention over all padding rows, and over one that stands for them: which pays on this device?"""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokens = 256 if quick else 2048 if device == "cpu" else 27280
    kind = torch.float32 if device == "cpu" else torch.bfloat16
    q = torch.randn(2, 4, tokens, 128, device=device, dtype=kind)
    full = torch.randn(2, 4, ROWS, 128, device=device, dtype=kind)
    few, bias = full[:, :, : small_rows + 1], torch.zeros(2, 1, 1, small_rows + 1, device=device, dtype=kind)

    def over(keys: Tensor, bias: Tensor | None) -> Callable[[], Tensor]:
        return lambda: F.scaled_dot_product_attention(q, keys, keys, bias)

    with attention(device):
        times = [_median(over(full, None), repeats), _median(over(few, bias), repeats)]
    return {
        "device": device, "all_rows_s": round(times[0], 6), "one_row_s": round(times[1], 6),
        "one_row_pays": times[1] < times[0], "chosen": "one row" if collapsed(device) else "all rows",
    }  # fmt: skip


def _in_turns(mine: Callable[[], Tensor], other: Callable[[], Tensor], repeats: int) -> dict[str, Any]:
    """Times of both, one after the other, and how far apart their results are. `ratio` is the median over the pairs,
    which another program that takes the processor for a while disturbs least; `ratio_of_best` that of the shortest."""
    times: list[tuple[float, float]] = []
    difference = 0.0
    for _ in range(repeats):
        (a, first), (b, second) = _timed(mine), _timed(other)
        times.append((first, second))
        difference = max(difference, float((a - b).abs().max() / b.abs().max()))
    own, peer = (statistics.median(column) for column in zip(*times, strict=True))
    best, peers_best = (min(column) for column in zip(*times, strict=True))
    return {
        "ratio": round(statistics.median(b / a for a, b in times), 3), "ratio_of_best": round(peers_best / best, 3),
        "seconds": round(own, 4), "diffusers_s": round(peer, 4), "difference": difference,
    }  # fmt: skip


def _timed(function: Callable[[], Tensor]) -> tuple[Tensor, float]:
    start = time.perf_counter()
    made = function()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return made, time.perf_counter() - start


def _median(function: Callable[[], Tensor], repeats: int) -> float:
    _timed(function)
    return statistics.median(_timed(function)[1] for _ in range(repeats))


if __name__ == "__main__":
    sys.stdout.write(f"{_peak(*sys.argv[1:3])}\n")
