"""How fast the model alone is, as JSON: its sampling beside Diffusers' on the same weights, and its decoding.

    python -m model.bench                     the embedded model, or its geometry with random weights
    python -m model.bench --steps 4 --repeats 1 --seconds 1

Both samplers run the same steps from the same noise with guidance, in turns in one process, and the median counts.
`sampling_ratio` above 1 means that ours is that many times faster; `parity` is the largest difference of the final
latents relative to the largest value. Storybook's autoencoder has no counterpart in Diffusers: only its time is told.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from model import catalog, flow, text, weights
from model.catalog import CatalogEntry
from model.conditioning import with_places
from model.config import PRESETS
from model.dit import DiT, TextCache
from model.tiny_vae import TinyVAE, TinyVAEConfig

GUIDANCE, SHIFT = 4.0, 3.0
TEXT_ROWS = (14, 2)  # tokens of a short prompt, and of the empty one


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(prog="python -m model.bench", description="Time the model alone, as JSON.")
    parser.add_argument("--model", default="storybook", help="a model of the catalogue, or a folder")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of the clip that is decoded")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--quick", action="store_true", help="four steps, one repeat, one second")
    parser.add_argument("--wan", action="store_true", help="the Wan family beside Diffusers; see model/bench_wan.py")
    parser.add_argument("--json", action="store_true", help="accepted for symmetry; the output is always JSON")
    options = parser.parse_args(arguments)
    if options.quick:
        options.steps, options.repeats, options.seconds = 4, 1, 1.0
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.wan:
        from model import bench_wan

        steps = options.steps if "--steps" in (arguments or sys.argv) else 20
        found = bench_wan.measure(steps, options.repeats, quick=options.quick)
        print(json.dumps({**found, "machine": _machine()}))
        return 0
    print(json.dumps(measure(options.model, options.steps, options.repeats, options.seconds)))
    return 0


@torch.inference_mode()
def measure(name: str | Path = "storybook", steps: int = 8, repeats: int = 3, seconds: float = 4.0) -> dict[str, Any]:
    """What `main` prints, as a dictionary."""
    entry = catalog.entry(name)
    dit, vae, source = _parts(entry)
    width, height = next(iter(entry.sizes.values()))
    side = vae.config.spatial
    random = torch.Generator().manual_seed(0)
    shape = (dit.config.out_channels, entry.limits.window, height // side, width // side)
    noise = torch.randn(shape, generator=random)
    prompts = [torch.randn(rows, dit.config.text_dim, generator=random) for rows in TEXT_ROWS]
    total = 1 + (entry.limits.frames(seconds, entry.fps) - 1) // 4
    return {
        "model": {"name": entry.name, "weights": source, "parameters": sum(p.numel() for p in dit.parameters())},
        "window": {"latents": list(shape), "tokens": shape[1] * shape[2] * shape[3] // 4, "steps": steps},
        "diffusers": _beside_diffusers(dit, noise, prompts, steps, repeats),
        "decode": _decode(vae, total, (height, width), entry.fps, repeats),
        "machine": _machine(),
    }


def _machine() -> dict[str, Any]:
    return {"platform": platform.platform(), "threads": torch.get_num_threads(), "torch": torch.__version__}


def _parts(entry: CatalogEntry) -> tuple[DiT, TinyVAE, str]:
    """The model's own weights, or random ones of its default geometry where there are none yet."""
    files = [entry.folder / catalog.DIT_FILE, entry.folder / catalog.VAE_FILE]
    if all(path.is_file() for path in files):
        dit, _ = weights.load_dit(files[0])
        return dit.float(), weights.guarded(TinyVAE.load, files[1]).float(), "trained"
    torch.manual_seed(0)
    vae = TinyVAE(TinyVAEConfig()).eval()
    channels = vae.config.latent_channels
    dit = DiT(replace(PRESETS["storybook"], in_channels=channels, out_channels=channels)).eval()
    torch.nn.init.normal_(dit.head.head.weight, std=0.02)
    return dit, vae, "random"


def ours(dit: DiT, noise: Tensor, prompts: list[Tensor], steps: int) -> Tensor:
    """Final latents by this program: batched guidance, cached text and positions."""
    (states, mask), cache = text.stack(prompts), TextCache()

    def velocity(x: Tensor, sigma: float) -> Tensor:
        t = torch.full((1,), float(int(sigma * flow.TRAIN_STEPS)))  # Diffusers hands the model whole timesteps
        v = dit(with_places(x[None], dit.config), t, states, text_mask=mask, cache=cache)
        return flow.guide(v[0], v[1], GUIDANCE)

    return flow.sample(velocity, noise, flow.sigmas(steps, SHIFT), "unipc")


def theirs(wan: Any, scheduler: Any, noise: Tensor, prompts: list[Tensor], steps: int) -> Tensor:
    """Final latents as Diffusers' WanPipeline makes them: two forwards a step."""
    scheduler.set_timesteps(steps)
    x = noise[None]
    for time_step in scheduler.timesteps:
        t = time_step.expand(1)
        seen = with_places(x, wan.config)
        conditional, unconditional = (wan(seen, t, prompt[None], return_dict=False)[0] for prompt in prompts)
        guided = unconditional + GUIDANCE * (conditional - unconditional)
        x = scheduler.step(guided, time_step, x, return_dict=False)[0]
    return x[0]


def diffusers_twin(dit: DiT, shift: float = SHIFT, device: str = "cpu") -> tuple[Any, Any]:
    """Diffusers' transformer with the very same weights, and its scheduler."""
    # By name, because it is a tool for developing: the program itself never needs it.
    peer = importlib.import_module("diffusers")
    c = dit.config
    with torch.device(device):
        wan = peer.WanTransformer3DModel(
            patch_size=c.patch, num_attention_heads=c.heads, attention_head_dim=c.head_dim, in_channels=c.in_channels,
            out_channels=c.out_channels, text_dim=c.text_dim, freq_dim=c.freq_dim, ffn_dim=c.ffn_dim,
            num_layers=c.layers, cross_attn_norm=True, eps=c.eps,
        )  # fmt: skip
    original, kind = dit.state_dict(), dit.patch_embedding.weight.dtype
    same = {key: original[weights.original_name(key)] for key in wan.state_dict()}
    full = tuple(wan._keep_in_fp32_modules or ())  # what Diffusers leaves in full precision when it loads
    same = {key: value.float() if any(part in key for part in full) else value.to(kind) for key, value in same.items()}
    wan.load_state_dict(same, strict=True, assign=True)
    scheduler = peer.UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift)
    return wan.eval(), scheduler


def _beside_diffusers(dit: DiT, noise: Tensor, prompts: list[Tensor], steps: int, repeats: int) -> dict[str, Any]:
    """Both samplers in turns."""
    if importlib.util.find_spec("diffusers") is None:
        return {"installed": False}
    wan, scheduler = diffusers_twin(dit)
    mine, other = partial(ours, dit, noise, prompts), partial(theirs, wan, scheduler, noise, prompts)
    mine(1), other(1)  # warm up
    times: list[tuple[float, float]] = []
    difference = 0.0
    for _ in range(repeats):
        (a, seconds_a), (b, seconds_b) = _clock(partial(mine, steps)), _clock(partial(other, steps))
        times.append((seconds_a, seconds_b))
        difference = max(difference, float((a - b).abs().max() / b.abs().max()))
    own, their = (statistics.median(column) for column in zip(*times, strict=True))
    return {
        "installed": True,
        "sampling_ratio": round(their / own, 3),
        "sampling_s": round(own, 4),
        "diffusers_s": round(their, 4),
        "parity": difference,
        "decode_ratio": None,
    }


def _decode(vae: TinyVAE, total: int, size: tuple[int, int], fps: int, repeats: int) -> dict[str, Any]:
    """Seconds to decode a clip of `total` latents piece by piece, as a render does."""
    from model.reel import DECODE_AT_ONCE

    side = vae.config.spatial
    latents = torch.randn(1, vae.config.latent_channels, total, size[0] // side, size[1] // side)

    def run() -> int:
        decoder = vae.stream_decoder()
        return sum(decoder.push(piece).shape[2] for piece in latents.split(DECODE_AT_ONCE, dim=2))

    run()
    runs = [_clock(run) for _ in range(repeats)]
    frames, seconds = runs[0][0], statistics.median(elapsed for _, elapsed in runs)
    length = frames / fps
    return {
        "frames": frames,
        "size": [size[1], size[0]],
        "seconds": round(seconds, 4),
        "rtf": round(seconds / length, 4),
    }


def _clock(function: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start


if __name__ == "__main__":
    raise SystemExit(main())
