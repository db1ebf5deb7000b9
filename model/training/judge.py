"""Train the attribute judge: `python -m model.training.judge --minutes 5 --preset cpu`.

Renders examples for a third of the time, then trains for the rest, and reports how often it is right on scenes that it
has not seen, raw and through the autoencoder. A later run adds examples and goes on from the weights, with what of them
fits: classes that are new begin at random. With `--besides` only what finds cuts and compares is trained, with `--who`
only what looks at sharp pictures for the subject, and the rest stays what it was.
The judge measures a generator; it is never used to train one.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from model.errors import ModelError, WeightsError
from model.tiny_vae import TinyVAE
from model.training.ema import Average
from model.training.judge_examples import HELD_SEED, NONE, STILL_SEED, TRAIN_SEED, Pool, Stage, digest, translated
from model.training.judge_network import LABELS, SHARP, WEIGHTS, Judge, JudgeConfig
from model.training.judge_pairs import (
    HELD_PAIR_SEED,
    PAIR_SEED,
    compared,
    cosines,
    group,
    halves,
    likeness_loss,
    loss_of_halves,
    threshold,
)
from model.training.judge_parts import number_of_cuts
from model.world.art import Art, ArtError

log = logging.getLogger(__name__)
BESIDES = ("cuts.", "likeness.")
COARSE = 9  # layers of the look up to 1/16
SHARP_EYE = ("who.", "from_sharp.")
RARE = {"count": (1.0, 3.0, 4.0), "cuts": (1.0, 3.0, 4.0)}  # how much an example of each class weighs
POOLS = ("clips", "pairs", "stills", "held_raw", "held_through", "held_pairs")
LOOKED_AT = (0, 4, 8)  # of the frames of a held-out clip, those that are also looked at sharply
WHO = (32, 64, 96, 128, 192)


@dataclass(frozen=True)
class JudgeRun:
    """A run. minutes: of wall time, `render` of it rendering; preset: what scenes show, and narrow what every other one
    shows; told: the preset whose ids it tells apart (None: the first); most_clips, most_pairs, most_stills: in
    the pools, and batch_clips, batch_pairs, batch_stills: of them a step; held: held-out clips; through: share of
    examples that go through the autoencoder, and stills_through of stills; besides: only what finds cuts and compares
    is trained; who: only what looks at sharp pictures; without: labels that it does not say, of count and cuts; start:
    the weights to go on from (None: `out`); art: a folder of pictures (None: all that was fetched)."""

    out: Path
    minutes: float
    preset: str = "cpu"
    narrow: str | None = None
    told: str | None = None
    vae: Path | None = None
    cache: Path = Path(".cache/train")
    learning_rate: float = 2e-3
    batch_clips: int = 36
    batch_pairs: int = 8
    batch_stills: int = 12
    most_clips: int = 18_000
    most_pairs: int = 6_000
    most_stills: int = 30_000
    held: int = 120
    through: float = 0.03
    stills_through: float = 0.2
    render: float = 0.35
    besides: bool = False
    who: bool = False
    without: tuple[str, ...] = ()
    start: Path | None = None
    seed: int = 1
    device: str = "cpu"
    art: Path | None = None


def examples(run: JudgeRun, stage: Stage) -> dict[str, Pool]:
    """Pools to learn from (clips, pairs) and held-out ones (raw, through, pairs), filled for the run's share of its
    time. Those of `cpu` are the held-out clips of every judge, whatever else it learns."""
    name = f"judge_{run.preset}_{digest(stage.art)}_"
    paths = {pool: run.cache / f"{name}{pool}.npz" for pool in POOLS}
    pools = {pool: Pool.load(path) for pool, path in paths.items()}
    seconds = 60 * run.minutes * run.render
    stage.fill(pools["held_raw"], HELD_SEED, 0.1 * seconds, most=run.held, through=0.0, sharp=SHARP)
    if stage.vae is not None:
        stage.fill(pools["held_through"], HELD_SEED, 0.1 * seconds, most=run.held, through=1.0, sharp=SHARP)
    pools["held_pairs"].fill(lambda index: group(stage, HELD_PAIR_SEED + index), 0.1 * seconds, run.held)
    clips, pairs, stills = (0.0, 0.0, 0.7) if run.who else (0.4, 0.2, 0.1)
    stage.fill(pools["clips"], TRAIN_SEED, clips * seconds, most=run.most_clips, through=run.through, whenever=True)
    pools["pairs"].fill(lambda index: group(stage, PAIR_SEED + index), pairs * seconds, run.most_pairs)
    through = run.stills_through
    stage.fill(pools["stills"], STILL_SEED, stills * seconds, most=run.most_stills, through=through, stills=True)
    for pool, path in paths.items():
        if len(pools[pool]):
            pools[pool].save(path)
    return pools


def with_pairs(stills: Pool, pairs: Pool) -> Pool:
    """Stills and the pictures of all pairs, which are as sharp; of these only the subject is a label."""
    pictures, labels = list(stills.frames), list(stills.labels)
    for group_of_four, subject in zip(pairs.frames, pairs.labels, strict=True):
        told = torch.full((len(LABELS),), NONE)
        told[LABELS.index("subject")] = subject[0]
        pictures += [picture[None] for picture in group_of_four]
        labels += [told] * len(group_of_four)
    return Pool(pictures, labels)


def adopt(judge: Judge, kept: Judge) -> set[str]:
    """Take over what fits of another judge, of its heads the rows of the classes that both have; returns the names of
    the weights that are now its own altogether."""
    mine, theirs, whole = judge.state_dict(), kept.state_dict(), set[str]()
    for name, value in theirs.items():
        if name not in mine:
            continue
        part = name.split(".")
        if part[0] in ("from_look", "from_motion", "from_sharp"):
            ids, old = judge.config.classes[part[1]], kept.config.classes[part[1]]
            for row, identity in enumerate(old):
                if identity in ids:
                    mine[name][ids.index(identity)] = value[row]
            if ids == old:
                whole.add(name)
        elif mine[name].shape == value.shape:
            mine[name] = value
            whole.add(name)
    judge.load_state_dict(mine)
    return whole


def open_eye(judge: Judge) -> None:
    """Let what looks at sharp pictures begin as a copy of what looks at small ones, as far as they are alike."""
    assert judge.who is not None
    judge.who.layers[:COARSE].load_state_dict(judge.look[:COARSE].state_dict())


def vary(
    frames: Tensor, labels: Tensor, classes: dict[str, tuple[str, ...]], generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Examples (B, K, 3, h, w) as they could also have looked: mirrored (a pan changes sides), lighter, softer."""
    cameras, column = classes["camera"], LABELS.index("camera")
    if torch.rand((), generator=generator) < 0.5:
        frames, labels = frames.flip(-1), labels.clone()
        if {"pan_left", "pan_right"} <= set(cameras):
            left, right = cameras.index("pan_left"), cameras.index("pan_right")
            camera = labels[:, column]
            labels[:, column] = torch.where(camera == left, right, torch.where(camera == right, left, camera))
    return varied(frames, generator), labels


def varied(frames: Tensor, generator: torch.Generator) -> Tensor:
    """Frames (B, K, 3, h, w) each lighter or darker, and at times softer: what a generator draws is softer than what is
    rendered."""
    gain, lift = (torch.rand(2, len(frames), 1, 1, 1, 1, generator=generator) - 0.5).unbind(0)
    frames = (frames * (1 + 0.24 * gain) + 0.10 * lift).clamp(0, 1)
    if torch.rand((), generator=generator) < 0.4:
        factor = 1 + 1.2 * float(torch.rand((), generator=generator))
        h, w = frames.shape[-2:]
        small = F.interpolate(frames.flatten(0, 1), size=(round(h / factor), round(w / factor)), mode="area")
        frames = F.interpolate(small, size=(h, w), mode="bilinear", align_corners=False).view_as(frames)
    return frames


def loss_of(judge: Judge, frames: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy summed over labels; the subject, which has the most classes, counts double, NONE nothing."""
    total = frames.new_zeros(())
    for name, logits in judge(frames).items():
        if logits.shape[-1] > 1:
            weight, smooth = 2.0 if name == "subject" else 1.0, 0.0 if name in RARE else 0.05
            total = total + weight * entropy(logits, labels[:, LABELS.index(name)], smooth, RARE.get(name))
    return total


def loss_of_stills(judge: Judge, pictures: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of who is seen in sharp pictures (B, 1, 3, 2h, 2w)."""
    return entropy(judge.named(pictures[:, 0]), labels[:, LABELS.index("subject")], 0.05)


def entropy(logits: Tensor, wanted: Tensor, smooth: float = 0.0, rare: tuple[float, ...] | None = None) -> Tensor:
    """Mean cross-entropy of those that are not NONE, weighed by class where `rare` says so; 0 where there are none."""
    if not bool((wanted != NONE).any()):
        return logits.new_zeros(())
    weights = None if rare is None else logits.new_tensor(rare[: logits.shape[-1]])
    return F.cross_entropy(logits, wanted, weights, ignore_index=NONE, label_smoothing=smooth)


def rate(step: int, done: float) -> float:
    """The share of the learning rate at a step, `done` of the run's time being over."""
    return min(1.0, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * done) + 0.01)


def train(run: JudgeRun, judge: Judge, pools: dict[str, Pool], seconds: float) -> Judge:
    """Train for some seconds; returns the averaged judge."""
    torch.manual_seed(run.seed)
    generator = torch.Generator().manual_seed(run.seed)
    judge = judge.to(run.device).train()
    classes = {name: tuple(ids) for name, ids in judge.config.classes.items()}
    learned = [value for name, value in judge.named_parameters() if not run.who or name.startswith(SHARP_EYE)]
    optimiser = torch.optim.AdamW(learned, lr=run.learning_rate, betas=(0.9, 0.98), weight_decay=0.02)
    average, began, step, smooth = Average(judge, 0.995), time.monotonic(), 0, [0.0] * 3

    def drawn(pool: str, count: int) -> tuple[Tensor, Tensor]:
        frames, labels = pools[pool].stack(torch.randint(len(pools[pool]), (count,), generator=generator))
        frames, labels = vary(frames, translated(labels, classes), classes, generator)
        return frames.to(run.device), labels.to(run.device)

    while (done := (time.monotonic() - began) / seconds) < 1:
        optimiser.param_groups[0]["lr"] = run.learning_rate * rate(step, done)
        losses = list[Tensor]()
        if not run.who:
            frames, labels = drawn("clips", run.batch_clips)
            losses.append(loss_of(judge, frames, labels))
        if judge.likeness is not None and run.batch_pairs and not run.who:
            picks = torch.randint(len(pools["pairs"]), (run.batch_pairs,), generator=generator)
            losses.append(likeness_loss(judge, varied(pools["pairs"].stack(picks)[0], generator).to(run.device)))
        if judge.who is not None and run.batch_stills:
            losses.append(loss_of_stills(judge, *drawn("stills", run.batch_stills)))
        optimiser.zero_grad(set_to_none=True)
        torch.stack(losses).sum().backward()
        torch.nn.utils.clip_grad_norm_(learned, 2.0)
        optimiser.step()
        average.update(judge)
        step += 1
        keep = 0.97 if step > 1 else 0.0
        smooth = [keep * old + (1 - keep) * float(new.detach()) for old, new in zip(smooth, losses, strict=False)]
        if step % 50 == 0:
            log.info("step %d, %.0f %%, loss %s", step, 100 * done, ", ".join(f"{value:.3f}" for value in smooth))
    judge.load_state_dict(average.state())
    return judge.eval()


def train_besides(run: JudgeRun, judge: Judge, pools: dict[str, Pool], seconds: float) -> Judge:
    """Train for some seconds what finds cuts and compares alone, on what the judge makes of all pairs once: attributes
    stay what they were, and a step takes a tenth of the time."""
    torch.manual_seed(run.seed)
    generator, began, step = torch.Generator().manual_seed(run.seed), time.monotonic(), 0
    judge = judge.to(run.device).eval()
    clips = pools["clips"]
    places = remembered(run, judge, pools["pairs"] if run.batch_pairs else Pool(), generator)
    learned = [value for name, value in judge.named_parameters() if name.startswith(BESIDES)]
    optimiser = torch.optim.AdamW(learned, lr=run.learning_rate, betas=(0.9, 0.98), weight_decay=0.02)
    average = Average(judge, 0.99)
    while (done := (time.monotonic() - began) / seconds) < 1 or step < 2:
        optimiser.param_groups[0]["lr"] = run.learning_rate * rate(step, min(1.0, done))
        losses = list[Tensor]()
        if judge.cuts is not None:
            frames, labels = clips.stack(torch.randint(len(clips), (run.batch_clips,), generator=generator))
            said = number_of_cuts(judge.cuts(varied(frames, generator).to(run.device)))
            losses.append(entropy(said, labels[:, LABELS.index("cuts")].to(run.device), 0.0, RARE["cuts"]))
        if judge.likeness is not None and run.batch_pairs:
            picks = torch.randint(len(places), (run.batch_pairs,), generator=generator)
            losses.append(loss_of_halves(*(judge.likeness(half) for half in halves(places[picks].float()))))
        optimiser.zero_grad(set_to_none=True)
        torch.stack(losses).sum().backward()
        optimiser.step()
        average.update(judge)
        step += 1
        if step % 50 == 0:
            line = ", ".join(f"{float(one.detach()):.3f}" for one in losses)
            log.info("step %d, %.0f %%, loss %s", step, 100 * done, line)
    judge.load_state_dict(average.state())
    return judge.eval()


@torch.no_grad()
def remembered(run: JudgeRun, judge: Judge, pairs: Pool, generator: torch.Generator) -> Tensor:
    """What a judge makes of all groups of four, each as it could also have looked: maps (M, 4, channels, h, w) in half
    precision."""
    places = [torch.zeros(0)]
    for start in range(0, len(pairs), 8):
        groups, _ = pairs.stack(torch.arange(start, min(len(pairs), start + 8)))
        pictures = varied(groups, generator).to(run.device)
        places.append(judge.maps(pictures.flatten(0, 1)).unflatten(0, pictures.shape[:2]).half())
    return torch.cat(places[1:] or places)


@torch.no_grad()
def score(judge: Judge, pool: Pool, device: str = "cpu") -> dict[str, float]:
    """The share of right answers by label on a pool of sharp clips, of those it can be asked; their mean is "overall".
    Of count and cuts it is the mean of the shares of each number there is: most clips show one, and do not cut."""
    found: dict[str, list[Tensor]] = {name: [] for name in judge.config.labels}
    classes = {name: tuple(ids) for name, ids in judge.config.classes.items()}
    for start in range(0, len(pool), 16):
        frames, labels = pool.stack(torch.arange(start, min(len(pool), start + 16)))
        labels, frames = translated(labels, classes), frames.to(device)
        for name, logits in judge(halved(frames), frames[:, LOOKED_AT]).items():
            wanted = labels[:, LABELS.index(name)]
            found[name].append(torch.stack([wanted, logits.argmax(-1).cpu()])[:, wanted != NONE])
    shares = {name: _share(torch.cat(each, 1), name in ("count", "cuts")) for name, each in found.items()}
    return {**shares, "overall": sum(shares.values()) / len(shares)}


def halved(frames: Tensor) -> Tensor:
    """Sharp frames (B, K, 3, 2h, 2w) as the judge looks at all of them, (B, K, 3, h, w)."""
    h, w = frames.shape[-2] // SHARP, frames.shape[-1] // SHARP
    small = F.interpolate(frames.flatten(0, 1), size=(h, w), mode="bilinear", antialias=True, align_corners=False)
    return small.unflatten(0, frames.shape[:2])


def _share(found: Tensor, balanced: bool) -> float:
    """The share of right answers of wanted and seen classes (2, N); `balanced`: the mean of that of each class."""
    wanted, seen = found
    right = (wanted == seen).float()
    if not len(right):
        return 0.0
    each = [right[wanted == number] for number in wanted.unique()] if balanced else [right]
    return float(torch.stack([part.mean() for part in each]).mean())


def run_all(run: JudgeRun) -> dict[str, dict[str, float]]:
    """Render, train, score and save; returns the held-out shares, raw, through the autoencoder, and of pairs."""
    began = time.monotonic()
    vae = TinyVAE.load(run.vae, device=run.device) if run.vae is not None and run.vae.is_file() else None
    if vae is None:
        log.info("no autoencoder at %s: the judge sees raw clips only", run.vae)
    art = Art(run.art)
    stage = Stage(run.preset, art, narrow=run.narrow, vae=vae, device=run.device)
    told = Stage(run.told or run.preset, art).classes()
    judge = Judge(JudgeConfig({name: ids for name, ids in told.items() if name not in run.without}, alike=0.5, who=WHO))
    try:
        start = run.start or run.out
        if not any(name.startswith(SHARP_EYE) for name in adopt(judge, Judge.load(start))):
            open_eye(judge)
        log.info("going on from %s", start)
    except WeightsError as error:
        log.info("starting afresh (%s)", error)
    pools = examples(run, stage)
    pools["stills"] = with_pairs(pools["stills"], pools["pairs"])
    learn = train_besides if run.besides else train
    judge = learn(run, judge, pools, max(1.0, 60 * run.minutes - (time.monotonic() - began)))
    scores = {
        name: score(judge, pools[f"held_{name}"], run.device) for name in ("raw", "through") if pools[f"held_{name}"]
    }
    same, other = cosines(judge, pools["held_pairs"])
    alike = round(threshold(same[::2], other[::2]), 3)  # by every other one, and tried on those between
    judge.config = replace(judge.config, alike=alike)
    scores["pairs"] = compared(same[1::2], other[1::2], alike)
    learned = {name: len(pools[name]) for name in ("clips", "pairs", "stills")}
    notes = {"preset": run.preset, "held_out": scores, **learned}
    judge.save(run.out, notes)
    return scores


def main(argv: Sequence[str] | None = None) -> int:
    """The command line: the held-out shares go to stdout, as JSON on one line; 3 when art or weights are missing."""
    parser = argparse.ArgumentParser(prog="python -m model.training.judge", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--preset", default="cpu", help="what the scenes show that it learns from")
    parser.add_argument("--narrow", help="a second preset, within the first, that every other scene is of")
    parser.add_argument("--told", help="the preset whose subjects, places, ... it tells apart (default: --preset)")
    parser.add_argument("--start", type=Path, help="weights to go on from (default: --out)")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--besides", action="store_true", help="train only what finds cuts and compares")
    part.add_argument("--who", action="store_true", help="train only what looks at sharp pictures for the subject")
    parser.add_argument("--vae", type=Path, default=Path(".cache/train/vae.safetensors"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/train"))
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--without", nargs="*", default=(), choices=("count", "cuts"), help="labels it does not say")
    parser.add_argument("--batch-clips", type=int, default=36, help="clips a step")
    parser.add_argument("--batch-pairs", type=int, default=8, help="groups of four pictures a step; 0: no pairs")
    parser.add_argument("--batch-stills", type=int, default=12, help="sharp stills a step; 0: none")
    parser.add_argument("--held", type=int, default=120)
    parser.add_argument("--render", type=float, default=0.35, help="share of the time that goes into examples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args(argv)
    if args.who and args.batch_stills < 1:
        parser.error(f"--who learns from stills: give --batch-stills 1 or more, not {args.batch_stills}")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if args.threads:
        torch.set_num_threads(args.threads)
    given = {name: value for name, value in vars(args).items() if name != "threads"} | {"without": tuple(args.without)}
    run = JudgeRun(**given)
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
