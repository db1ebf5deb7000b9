"""Fit the linear decoder to what a transformer says: `python -m model.training.overlap --dit D --out V`.

A latent decoded alone leaves a seam wherever two neighbours disagree, and a small transformer's do. Here the decoder of
the linear path reads a latent with its eight neighbours. It is the least-squares map from what the transformer says of
noised latents to the pixels they stand for, so it trusts each number as far as it is right, and the seams go. The
encoder, and with it all latents, stay as they are. In closed form: minutes, no steps.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from model.tiny_vae import GROUP, TinyVAE, silent
from model.training.autoencoder import psnr
from model.training.batches import padded
from model.training.latents import LatentCache
from model.training.render_set import open_set
from model.training.transformer import Says, speaker
from model.weights import load_dit

log = logging.getLogger(__name__)
BATCH = 12


@dataclass(frozen=True)
class OverlapRun:
    """A run. pairs: caches of latents with the rendered sets they came from; clips: of each; levels: between which
    noise is drawn; ridge: what is added to the latents' covariance, as a share of their mean variance."""

    dit: Path
    vae: Path
    out: Path
    pairs: tuple[tuple[Path, Path], ...]
    clips: int
    levels: tuple[float, float] = (0.25, 0.6)
    ridge: float = 1e-3
    seed: int = 1
    fast: bool = False


def fit(run: OverlapRun) -> TinyVAE:
    """Fit the decoder, report how much nearer it comes to the pixels, and save the autoencoder."""
    before = TinyVAE.load(run.vae)
    dit = load_dit(run.dit)[0].float().eval()
    size = 9 * before.config.latent_channels
    inner, outer = torch.zeros(size, size), torch.zeros(size, 3 * GROUP * before.linear.HALF**2)
    held: list[tuple[Tensor, Tensor]] = []
    for number, (said, video) in enumerate(_said(run, speaker(dit, fast=run.fast))):
        if number % 20 == 0:
            held.append((said, video))
            continue
        rows, aims = _neighbours(said, before), _patches(video, before)
        inner += rows.T @ rows
        outer += rows.T @ aims
    inner += run.ridge * inner.diagonal().mean() * torch.eye(size)
    found = torch.linalg.solve(inner.double(), outer.double()).float()
    after = _with(before, found)
    log.info("PSNR of what is said: %.2f dB, with neighbours %.2f dB", *(_score(vae, held) for vae in (before, after)))
    after.save(run.out, {"overlap": str(run.levels)})
    return after


@torch.no_grad()
def _said(run: OverlapRun, says: Says) -> Iterator[tuple[Tensor, Tensor]]:
    """What the transformer says of noised latents, (B, C, T, h, w), and their frames, (B, 3, 1 + 4 (T - 1), H, W)."""
    rng, generator = np.random.default_rng(run.seed), torch.Generator().manual_seed(run.seed)
    for latents, pixels in run.pairs:
        cache, (_, frames) = LatentCache(latents), open_set(pixels)
        order = rng.permutation(min(len(cache), len(frames)))[: run.clips]
        for picks in np.array_split(order, max(1, len(order) // BATCH)):
            x = torch.stack([cache.latents(index) for index in picks])
            level = torch.rand(len(x), 1, generator=generator) * (run.levels[1] - run.levels[0]) + run.levels[0]
            level = level.expand(-1, x.shape[2])
            noisy = torch.lerp(x, torch.randn(x.shape, generator=generator), level[:, None, :, None, None])
            text, mask = padded([cache.text(index, 0) for index in picks])
            video = torch.from_numpy(np.array(frames[picks])).float().div(127.5).sub(1).transpose(1, 2)
            yield says(noisy, level * 1000, text, mask).float(), video


def _neighbours(said: Tensor, vae: TinyVAE) -> Tensor:
    """Raw latents with their eight neighbours: (N, 9 C), rows as `_patches` has them."""
    raw = said * vae.latents_std[:, None, None, None] + vae.latents_mean[:, None, None, None]
    flat = F.pad(raw.transpose(1, 2).flatten(0, 1), (1, 1, 1, 1), mode="replicate")
    return F.unfold(flat, 3).transpose(1, 2).flatten(0, 1)


def _patches(video: Tensor, vae: TinyVAE) -> Tensor:
    """The half-size pixels of every latent, less the decoder's offset: (N, 12 * 256)."""
    half = vae.linear.HALF
    groups = torch.cat([video[:, :, :1].expand(-1, -1, GROUP - 1, -1, -1), video], 2).transpose(1, 2)
    groups = groups.unflatten(1, (-1, GROUP)).flatten(0, 1).flatten(1, 2)  # (B T, 12, H, W)
    patches = F.unfold(F.avg_pool2d(groups, 2), half, stride=half).transpose(1, 2).flatten(0, 1)
    return patches - vae.linear.offset.flatten()


def _with(vae: TinyVAE, found: Tensor) -> TinyVAE:
    """The autoencoder with a decoder that reads neighbours: found (9 C, 12 * 256)."""
    channels, half = vae.config.latent_channels, vae.linear.HALF
    state = vae.state_dict()
    config = replace(vae.config, overlap=True)
    if silent(vae.encoder.leave) and silent(vae.decoder.leave):  # convolutions that add nothing need no room
        config = replace(config, widths=(8, 8, 8), fine=8, blocks=1)
        quiet = TinyVAE(config).state_dict()
        convolved = ("encoder.", "decoder.")
        state = {name: part if name.startswith(convolved) else state[name] for name, part in quiet.items()}
    after = TinyVAE(config).eval()
    # What stands above a latent reads it as the one below: seen from the latent, rows and columns are turned about.
    maps = found.unflatten(0, (channels, 3, 3)).flip(1, 2).unflatten(-1, (-1, half, half))
    back = maps.permute(0, 3, 1, 4, 2, 5).reshape(channels, -1, 3 * half, 3 * half)
    after.load_state_dict({**state, "linear.back": back})
    return after


@torch.no_grad()
def _score(vae: TinyVAE, held: Sequence[tuple[Tensor, Tensor]]) -> float:
    return float(np.mean([psnr(vae.decode(said), video) for said, video in held]))


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dit", type=Path, default=Path(".cache/train/dit.safetensors"))
    parser.add_argument("--vae", type=Path, default=Path(".cache/train/vae.safetensors"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--latents", type=Path, nargs="+", required=True, help="caches")
    parser.add_argument("--pixels", type=Path, nargs="+", required=True, help="the rendered sets they were made of")
    parser.add_argument("--clips", type=int, default=600, help="of each")
    parser.add_argument("--levels", type=float, nargs=2, default=(0.25, 0.6), help="between which noise is drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fast", action="store_true", help="bfloat16: for processors that are fast at it")
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if args.threads:
        torch.set_num_threads(args.threads)
    if len(args.latents) != len(args.pixels):
        parser.error(f"{len(args.latents)} caches of latents need as many rendered sets, not {len(args.pixels)}")
    pairs = tuple(zip(args.latents, args.pixels, strict=True))
    low, high = args.levels
    fit(OverlapRun(args.dit, args.vae, args.out, pairs, args.clips, (low, high), seed=args.seed, fast=args.fast))


if __name__ == "__main__":
    main()
