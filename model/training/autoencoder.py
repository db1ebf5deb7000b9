"""Train the autoencoder on rendered sets: `python -m model.training.autoencoder --minutes 20`.

The linear path starts as the principal components of the sets. Then L1, edges at three scales and a little latent
noise, which keeps latents smooth; Adam with a cosine to zero and an exponential moving average. `--decoder-only` goes
on with the decoder of a finished autoencoder, so that latents and all that learned from them stay valid. Checkpoints
hold the averages; a run goes on from them.
"""

from __future__ import annotations

import argparse
import logging
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from model.tiny_vae import TinyVAE, TinyVAEConfig
from model.training.ema import Average
from model.training.render_set import open_set

log = logging.getLogger(__name__)
# Convolutions that stay untrained add nothing: they need no room.
LINEAR: Mapping[str, Any] = MappingProxyType({"widths": (8, 8, 8), "fine": 8, "blocks": 1})


@dataclass(frozen=True)
class AutoencoderRun:
    """A run. minutes: of wall time; crops: clips a step; side: pixels of a crop; noise: deviation of latent noise;
    amp: convolve in bfloat16."""

    out: Path
    sets: tuple[Path, ...]
    minutes: float
    learning_rate: float = 1.2e-3
    crops: int = 16
    side: int = 128
    noise: float = 0.06
    decoder_only: bool = False
    amp: bool = False
    seed: int = 1
    device: str = "cpu"


class Crops:
    """Random crops of rendered sets: stills give clips of one frame, moving sets of five from any frame 0, 4, 8."""

    def __init__(self, run: AutoencoderRun) -> None:
        self.frames = [open_set(path)[1] for path in run.sets]
        self.run, self.rng = run, np.random.default_rng(run.seed)

    def batch(self) -> Tensor:
        """(B, 3, T, side, side) in -1..1."""
        side, data = self.run.side, self._set()
        length = 1 if data.shape[1] == 1 else 5
        count = self.run.crops * (2 if length == 1 else 1)
        out = np.empty((count, length, 3, side, side), np.uint8)
        for row in out:
            clip = int(self.rng.integers(len(data)))
            start = 4 * int(self.rng.integers((data.shape[1] - length) // 4 + 1))
            y, x = (int(self.rng.integers((data.shape[i] - side) // 16 + 1)) * 16 for i in (3, 4))
            row[:] = data[clip, start : start + length, :, y : y + side, x : x + side]
            if self.rng.random() < 0.5:
                row[:] = row[..., ::-1]
        return torch.from_numpy(out).to(self.run.device).float().div_(127.5).sub_(1).transpose(1, 2).contiguous()

    def _set(self) -> np.ndarray:
        """A set by lot: clips more often than stills, where there are both."""
        moving = self.rng.random() < 0.6
        suited = [data for data in self.frames if (data.shape[1] > 1) == moving] or self.frames
        chosen: np.ndarray = suited[int(self.rng.integers(len(suited)))]
        return chosen


def loss_of(out: Tensor, video: Tensor) -> Tensor:
    """L1 plus the L1 of differences between neighbours at full, half and quarter size: edges count."""
    a, b = (v.transpose(1, 2).flatten(0, 1) for v in (out, video))
    total = F.l1_loss(a, b)
    for level in range(3):
        for axis in (-1, -2):
            total = total + 0.5 * F.l1_loss(a.diff(dim=axis), b.diff(dim=axis)) * 2**-level
        a, b = F.avg_pool2d(a, 2), F.avg_pool2d(b, 2)
    return total + F.l1_loss(a, b)


def train(run: AutoencoderRun, config: TinyVAEConfig) -> TinyVAE:
    """Train for the run's minutes (0: principal components alone); returns and saves the average and its statistics."""
    torch.manual_seed(run.seed)
    vae = (TinyVAE.load(run.out) if run.out.is_file() else principal(TinyVAE(config), run)).to(run.device).train()
    vae = vae.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = _optimiser(vae, run)
    crops, average = Crops(run), Average(vae, 0.998)
    began, step, smooth = time.monotonic(), 0, 0.0
    while run.minutes and (done := (time.monotonic() - began) / (60 * run.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * min(1.0, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * done) + 0.01)
        loss = _step(vae, crops.batch(), run)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimiser.step()
        average.update(vae)
        step += 1
        smooth = float(loss.detach()) if step == 1 else 0.98 * smooth + 0.02 * float(loss.detach())
        if step % 50 == 0:
            log.info("step %d, %.0f %%, loss %.4f", step, 100 * done, smooth)
        if step % 500 == 0:
            _finish(average, vae, crops, run, step)
    return _finish(average, vae, crops, run, step)


def _optimiser(vae: TinyVAE, run: AutoencoderRun) -> torch.optim.Optimizer:
    """AdamW; the linear path moves slowly, as it starts where it is best. `peak` is a group's highest rate."""
    groups = [{"params": [*vae.decoder.parameters()], "peak": run.learning_rate}]
    if not run.decoder_only:
        groups.append({"params": [*vae.encoder.parameters()], "peak": run.learning_rate})
        groups.append({"params": [*vae.linear.parameters()], "peak": run.learning_rate / 30})
    return torch.optim.AdamW(groups, lr=run.learning_rate, betas=(0.9, 0.98), weight_decay=0.0)


def _step(vae: TinyVAE, video: Tensor, run: AutoencoderRun) -> Tensor:
    frames = torch.cat([video[:, :, :1].expand(-1, -1, 3, -1, -1), video], 2).transpose(1, 2)
    with torch.autocast(run.device, torch.bfloat16, enabled=run.amp):
        with torch.set_grad_enabled(not run.decoder_only):
            latents, _ = vae.to_latents(frames, None)
        out, _ = vae.to_frames(latents + run.noise * torch.randn_like(latents), vae.decoder.fresh())
    out, latents = out.float(), latents.float()
    # The convolutions may not inflate the latents: their scale is what the transformer's noise levels are tuned to.
    scale = 1e-2 * F.relu(latents.square().mean() - 1.1)
    return loss_of(out[:, 3:].transpose(1, 2), video) + scale


@torch.no_grad()
def principal(vae: TinyVAE, run: AutoencoderRun, clips: int = 300) -> TinyVAE:
    """Set the linear path to the principal components of the sets, and the latents' mean and scale to theirs."""
    rng, rows = np.random.default_rng(run.seed), []
    for data in (open_set(path)[1] for path in run.sets):
        for index in rng.permutation(len(data))[: clips * (3 if data.shape[1] == 1 else 1)]:
            frames = torch.from_numpy(data[index].astype(np.float32)).div(127.5).sub(1)
            groups = frames.expand(4, -1, -1, -1)[None] if len(frames) == 1 else frames[1:].unflatten(0, (-1, 4))
            small = F.avg_pool2d(groups.flatten(1, 2), 2)
            patches = F.unfold(small, vae.linear.HALF, stride=vae.linear.HALF).transpose(1, 2).flatten(0, 1)
            rows.append(patches[torch.from_numpy(rng.permutation(len(patches))[:100])])
    sample = torch.cat(rows)
    mean = sample.mean(0)
    values, vectors = torch.linalg.eigh(((sample - mean).T @ (sample - mean) / len(sample)).double())
    keep = vae.config.latent_channels
    vae.linear.fit(mean, vectors[:, -keep:].flip(1).T.float())
    deviation = values[-keep:].flip(0).sqrt().float()
    scale = deviation.sqrt()
    vae.latents_std.copy_(scale * (deviation / scale).square().mean().sqrt())
    log.info("%d components keep %.1f %% of the variance", keep, 100 * float(values[-keep:].sum() / values.sum()))
    return vae


@torch.no_grad()
def _finish(average: Average, vae: TinyVAE, crops: Crops, run: AutoencoderRun, step: int) -> TinyVAE:
    """Fit the preview map to the averaged weights, report PSNR, save."""
    result = TinyVAE(vae.config).to(run.device).eval()
    result.load_state_dict(average.state())
    still, moving = _whole(crops, 0, 24), _whole(crops, -1, 6)
    result.preview_map.copy_(_preview_map(result, still))
    scores = [psnr(result.decode(result.encode(v)), v) for v in (still, moving)]
    log.info("step %d: PSNR %.2f dB on stills, %.2f dB on clips", step, *scores)
    result.save(run.out, {"steps": step, "psnr_stills": scores[0], "psnr_clips": scores[1]})
    return result


def _whole(crops: Crops, which: int, count: int) -> Tensor:
    data = crops.frames[which][-count:]
    return torch.from_numpy(np.ascontiguousarray(data)).to(crops.run.device).float().div_(127.5).sub_(1).transpose(1, 2)


def psnr(out: Tensor, video: Tensor) -> float:
    """Peak signal-to-noise ratio in dB of two videos in -1..1."""
    return float(10 * torch.log10(4 / (out - video).square().mean()))


def _preview_map(vae: TinyVAE, video: Tensor) -> Tensor:
    """Least squares from latents to the mean colour of their pixels: (3, C + 1)."""
    latents = vae.encode(video)
    colour = F.avg_pool2d(video.transpose(1, 2).flatten(0, 1), 32).flatten(2).transpose(1, 2).flatten(0, 1) / 2 + 0.5
    rows = latents.transpose(1, 2).flatten(0, 1).flatten(2).transpose(1, 2).flatten(0, 1)
    rows = torch.cat([rows, torch.ones_like(rows[:, :1])], 1)
    return torch.linalg.lstsq(rows.double(), colour.double()).solution.float().T


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(".cache/train/vae.safetensors"))
    parser.add_argument(
        "--sets", type=Path, nargs="+", default=[Path(".cache/train/ae_stills"), Path(".cache/train/ae_clips")]
    )
    parser.add_argument("--minutes", type=float, default=20, help="0: principal components alone")
    parser.add_argument("--channels", type=int, default=96)
    parser.add_argument("--deblock", type=float, default=0.15, help="steps between latents up to which it softens them")
    parser.add_argument("--crops", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=1.2e-3)
    parser.add_argument("--noise", type=float, default=0.06, help="of latents; more makes a decoder that forgives more")
    parser.add_argument("--decoder-only", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--amp", action="store_true", help="convolve in bfloat16: where the processor is fast at it")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if args.threads:
        torch.set_num_threads(args.threads)
    run = AutoencoderRun(
        args.out, tuple(args.sets), args.minutes, args.learning_rate, args.crops, noise=args.noise,
        decoder_only=args.decoder_only, amp=args.amp, seed=args.seed, device=args.device,
    )  # fmt: skip
    config = TinyVAEConfig(latent_channels=args.channels, deblock=args.deblock)
    train(run, config if args.minutes else replace(config, **LINEAR))


if __name__ == "__main__":
    main()
