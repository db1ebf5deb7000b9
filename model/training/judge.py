"""Train the attribute judge: `python -m model.training.judge --minutes 5 --preset cpu`.

Renders examples for a third of the time, then trains for the rest, and reports how often it is right on scenes that it
has not seen, raw and through the autoencoder. A later run adds examples and goes on from the weights, as long as the
classes are the same. The judge measures a generator; it is never used to train one.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from model.errors import ModelError, WeightsError
from model.tiny_vae import TinyVAE
from model.training.ema import Average
from model.training.judge_examples import HELD_SEED, TRAIN_SEED, Pool, Stage, digest
from model.training.judge_network import ATTRIBUTES, WEIGHTS, Judge, JudgeConfig
from model.world.art import Art, ArtError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JudgeRun:
    """A run. minutes: of wall time, a third of it rendering; stills, clips: examples a step and at most in the pools;
    held: held-out clips; through: share of examples that go through the autoencoder; art: a folder of pictures (None:
    all that was fetched)."""

    out: Path
    minutes: float
    preset: str = "cpu"
    vae: Path | None = None
    cache: Path = Path(".cache/train")
    learning_rate: float = 2e-3
    batch_stills: int = 24
    batch_clips: int = 12
    most_stills: int = 20_000
    most_clips: int = 6_000
    held: int = 120
    through: float = 0.1
    render: float = 0.35
    seed: int = 1
    device: str = "cpu"
    art: Path | None = None


def examples(run: JudgeRun, stage: Stage) -> dict[str, Pool]:
    """Pools to learn from (stills, clips) and held-out ones (raw, through), filled for the run's share of its time."""
    name = f"judge_{run.preset}_{digest(stage.art)}_"
    paths = {pool: run.cache / f"{name}{pool}.npz" for pool in ("stills", "clips", "held_raw", "held_through")}
    pools = {pool: Pool.load(path) for pool, path in paths.items()}
    seconds = 60 * run.minutes * run.render
    stage.fill(pools["held_raw"], "clips", HELD_SEED, 0.15 * seconds, most=run.held, through=0.0)
    if stage.vae is not None:
        stage.fill(pools["held_through"], "clips", HELD_SEED, 0.15 * seconds, most=run.held, through=1.0)
    stage.fill(
        pools["stills"], "stills", TRAIN_SEED + (1 << 26), 0.3 * seconds, most=run.most_stills, through=run.through
    )
    stage.fill(pools["clips"], "clips", TRAIN_SEED, 0.4 * seconds, most=run.most_clips, through=run.through)
    for pool, path in paths.items():
        if len(pools[pool]):
            pools[pool].save(path)
    return pools


def vary(
    frames: Tensor, labels: Tensor, classes: dict[str, tuple[str, ...]], generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Examples (B, K, 3, h, w) as they could also have looked: mirrored (a pan changes sides), lighter, softer."""
    cameras, column = classes["camera"], ATTRIBUTES.index("camera")
    if torch.rand((), generator=generator) < 0.5:
        frames, labels = frames.flip(-1), labels.clone()
        if {"pan_left", "pan_right"} <= set(cameras):
            left, right = cameras.index("pan_left"), cameras.index("pan_right")
            camera = labels[:, column]
            labels[:, column] = torch.where(camera == left, right, torch.where(camera == right, left, camera))
    gain, lift = (torch.rand(2, len(frames), 1, 1, 1, 1, generator=generator) - 0.5).unbind(0)
    frames = (frames * (1 + 0.24 * gain) + 0.10 * lift).clamp(0, 1)
    if torch.rand((), generator=generator) < 0.4:  # what a generator draws is softer than what is rendered
        factor = 1 + 1.2 * float(torch.rand((), generator=generator))
        h, w = frames.shape[-2:]
        small = F.interpolate(frames.flatten(0, 1), size=(round(h / factor), round(w / factor)), mode="area")
        frames = F.interpolate(small, size=(h, w), mode="bilinear", align_corners=False).view_as(frames)
    return frames, labels


def loss_of(judge: Judge, frames: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy summed over attributes; the subject, which has the most classes, counts double."""
    total = frames.new_zeros(())
    for name, logits in judge(frames).items():
        if logits.shape[-1] > 1:
            weight = 2.0 if name == "subject" else 1.0
            total = total + weight * F.cross_entropy(logits, labels[:, ATTRIBUTES.index(name)], label_smoothing=0.05)
    return total


def train(run: JudgeRun, judge: Judge, pools: dict[str, Pool], seconds: float) -> Judge:
    """Train for some seconds; returns the averaged judge."""
    torch.manual_seed(run.seed)
    generator = torch.Generator().manual_seed(run.seed)
    judge = judge.to(run.device).train()
    classes = {name: tuple(ids) for name, ids in judge.config.classes.items()}
    optimiser = torch.optim.AdamW(judge.parameters(), lr=run.learning_rate, betas=(0.9, 0.98), weight_decay=0.02)
    average, began, step, smooth = Average(judge, 0.995), time.monotonic(), 0, 0.0
    while (done := (time.monotonic() - began) / seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = run.learning_rate * min(1.0, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * done) + 0.01)
        loss = torch.zeros((), device=run.device)
        for kind, size in (("stills", run.batch_stills), ("clips", run.batch_clips)):
            picks = torch.randint(len(pools[kind]), (size,), generator=generator)
            frames, labels = vary(*pools[kind].stack(picks), classes, generator)
            loss = loss + loss_of(judge, frames.to(run.device), labels.to(run.device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(judge.parameters(), 2.0)
        optimiser.step()
        average.update(judge)
        step += 1
        smooth = float(loss.detach()) if step == 1 else 0.97 * smooth + 0.03 * float(loss.detach())
        if step % 50 == 0:
            log.info("step %d, %.0f %%, loss %.3f", step, 100 * done, smooth)
    judge.load_state_dict(average.state())
    return judge.eval()


@torch.no_grad()
def score(judge: Judge, pool: Pool, device: str = "cpu") -> dict[str, float]:
    """The share of right answers by attribute on a pool of clips, and their mean as "overall"."""
    right = dict.fromkeys(ATTRIBUTES, 0)
    for start in range(0, len(pool), 16):
        frames, labels = pool.stack(torch.arange(start, min(len(pool), start + 16)))
        for name, logits in judge(frames.to(device)).items():
            right[name] += int((logits.argmax(-1).cpu() == labels[:, ATTRIBUTES.index(name)]).sum())
    shares = {name: count / max(1, len(pool)) for name, count in right.items()}
    return {**shares, "overall": sum(shares.values()) / len(shares)}


def run_all(run: JudgeRun) -> dict[str, dict[str, float]]:
    """Render, train, score and save; returns the held-out shares, raw and through the autoencoder."""
    began = time.monotonic()
    vae = TinyVAE.load(run.vae, device=run.device) if run.vae is not None and run.vae.is_file() else None
    if vae is None:
        log.info("no autoencoder at %s: the judge sees raw clips only", run.vae)
    stage = Stage(run.preset, Art(run.art), vae=vae, device=run.device)
    judge = Judge(JudgeConfig(stage.classes()))
    try:
        kept = Judge.load(run.out)
        if kept.config == judge.config:
            judge = kept
            log.info("going on from %s", run.out)
    except WeightsError as error:
        log.info("starting afresh (%s)", error)
    pools = examples(run, stage)
    judge = train(run, judge, pools, max(1.0, 60 * run.minutes - (time.monotonic() - began)))
    scores = {
        name.removeprefix("held_"): score(judge, pool, run.device)
        for name, pool in pools.items()
        if "held" in name and len(pool)
    }
    notes = {"preset": run.preset, "held_out": scores, "stills": len(pools["stills"]), "clips": len(pools["clips"])}
    judge.save(run.out, notes)
    return scores


def main(argv: Sequence[str] | None = None) -> int:
    """The command line: the held-out shares go to stdout, as JSON on one line; 3 when art or weights are missing."""
    parser = argparse.ArgumentParser(prog="python -m model.training.judge", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--preset", default="cpu")
    parser.add_argument("--vae", type=Path, default=Path(".cache/train/vae.safetensors"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/train"))
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--held", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if args.threads:
        torch.set_num_threads(args.threads)
    run = JudgeRun(
        args.out,
        args.minutes,
        args.preset,
        args.vae,
        args.cache,
        args.learning_rate,
        held=args.held,
        seed=args.seed,
        device=args.device,
    )
    try:
        scores = run_all(run)
    except KeyError as error:
        sys.stderr.write(f"{error.args[0]}\n")
        return 2
    except (ModelError, ArtError) as error:
        sys.stderr.write(f"{error}\n")
        return 3
    print(json.dumps({name: {k: round(v, 3) for k, v in shares.items()} for name, shares in scores.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
