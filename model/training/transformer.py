"""Train the transformer on cached latents: `python -m model.training.transformer --stills S --moving M --minutes 30`.

Rectified flow; the network predicts the clean latent and its error is weighed as the velocity's would be ("Back to
basics: let denoising generative models denoise", arXiv 2511.13720): 192 numbers a token are more noise than a small
width can carry through. Noise levels are logit-normal with a shift, 10 % of captions dropped for guidance.

Given frames are trained from the start: a clean prefix, first and last, or some latents between, each with its own
timestep (0, or a little noise); loss on what is not given. Stills come before clips and stay in the mix. Windows cut
from the middle of a stream always have a prefix, as they do when a clip is rolled forward.

Checkpoints hold the moving average alone, in bf16 or half, and a run can start from one: optimiser state is rebuilt in
a short warm-up. One seed, one command; CPU or GPU.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from model.conditioning import PLACE_CHANNELS, with_places
from model.config import DiTConfig
from model.dit import DiT
from model.text import TextEncoder, stack
from model.training.ema import Average
from model.training.latents import TEXT, WORDINGS, LatentCache
from model.training.recipe import preset
from model.weights import load_dit, save_dit
from model.world.vocabulary import VOCABULARY

log = logging.getLogger(__name__)
SOFTEST = 0.15


@dataclass(frozen=True)
class TransformerRun:
    """A run.

    minutes: wall time; clips: share of steps on clips, once clips_from of the time is over (stills alone before);
    tokens: a step's budget, so that stills come in larger batches; window: latents of a clip; drop: share of captions
    dropped; shift: of noise levels; decay: of the average.
    """

    out: Path
    stills: tuple[Path, ...]
    moving: tuple[Path, ...]
    minutes: float
    clips: float = 0.6
    clips_from: float = 0.4
    tokens: int = 1400
    window: int = 5
    learning_rate: float = 1e-3
    floor: float = 0.02
    warmup: int = 100
    drop: float = 0.1
    shift: float = 2.0
    decay: float = 0.999
    seed: int = 1
    device: str = "cpu"
    amp: bool = False
    preset: str = "cpu"


@dataclass(frozen=True)
class Batch:
    """x (B, C, T, h, w) clean latents; given (B, T) noise level at which a latent is given, -1 where it is to be made;
    text (B, L, D) with mask (B, L); per_frame: tokens of one latent frame."""

    x: Tensor
    given: Tensor
    text: Tensor
    mask: Tensor | None
    per_frame: int


class Batches:
    """Draws batches from caches, dropping captions and choosing what is given. area: latents a token covers."""

    def __init__(self, run: TransformerRun, area: int) -> None:
        self.run, self.area = run, area
        self.rng = np.random.default_rng(run.seed)
        self.paths = {"stills": run.stills, "moving": run.moving}
        self.caches: dict[Path, LatentCache] = {}
        self.empty = TextEncoder.load(TEXT).encode("")

    def _cache(self, path: Path) -> LatentCache:
        """A cache, opened when first drawn from: it may still be growing, or not be there yet when a run begins."""
        if path not in self.caches:
            self.caches[path] = LatentCache(path)
        return self.caches[path]

    def draw(self, done: float) -> Batch:
        """The next batch, `done` of the run's time being over: stills or clips by the run's share."""
        due = done >= self.run.clips_from and self.rng.random() < self.run.clips
        moving = bool(self.run.moving) and (due or not self.run.stills)
        caches = [self._cache(path) for path in self.paths["moving" if moving else "stills"]]
        sizes = np.array([len(cache) for cache in caches], np.float64)
        cache = caches[int(self.rng.choice(len(caches), p=sizes / sizes.sum()))]  # small caches are drawn from less
        per_frame = (cache.spec.width // 32) * (cache.spec.height // 32) // self.area
        length = min(self.run.window, 1 + (cache.spec.frames - 1) // 4)
        count = max(2, round(self.run.tokens / (per_frame * length)))
        picks = self.rng.integers(len(cache), size=count)
        rows, given, text = [], [], []
        for index in picks:
            latents = cache.latents(int(index))
            start = (
                0
                if latents.shape[1] <= length or self.rng.random() < 0.6
                else int(self.rng.integers(1, latents.shape[1] - length + 1))
            )
            rows.append(latents[:, start : start + length])
            given.append(self._given(length, stream=start > 0))
            dropped = self.rng.random() < self.run.drop
            text.append(self.empty if dropped else cache.text(int(index), int(self.rng.integers(WORDINGS))))
        states, mask = stack(text)
        device = self.run.device
        return Batch(
            torch.stack(rows).to(device),
            torch.stack(given).to(device),
            states.to(device),
            None if mask is None else mask.to(device),
            per_frame,
        )

    def _given(self, length: int, *, stream: bool) -> Tensor:
        """(T,) level of given latents, -1 where none: nothing, first, prefix, first and last, or a few anywhere."""
        given = torch.full((length,), -1.0)
        if length == 1:
            return given
        level = float(self.rng.choice((0.0, self.rng.uniform(0, 0.15))))
        dice = self.rng.random()
        if stream or dice > 0.85:
            given[: int(self.rng.integers(1, min(3, length)))] = level
        elif dice > 0.60:
            given[0] = 0.0
        elif dice > 0.52:
            given[0] = given[-1] = 0.0
        elif dice > 0.45:
            given[torch.from_numpy(self.rng.permutation(length)[: int(self.rng.integers(1, 3))])] = level
        return given


def loss_of(dit: DiT, batch: Batch, shift: float, generator: torch.Generator) -> Tensor:
    """Mean squared error of the velocity on latents that are not given.

    A latent x at noise level s is (1 - s) x + s noise; its velocity is noise - x; its timestep is 1000 s. The network
    says x, so its velocity's error is that of x divided by s; SOFTEST keeps the last steps from outweighing the rest.
    """
    x = batch.x
    u = torch.sigmoid(torch.randn(len(x), generator=generator)).to(x.device)
    level = (shift * u / (1 + (shift - 1) * u))[:, None]  # (B, 1)
    levels = torch.where(batch.given >= 0, torch.minimum(batch.given, level), level.expand_as(batch.given))  # (B, T)
    noise = torch.randn(x.shape, generator=generator).to(x.device)
    s = levels[:, None, :, None, None]
    noisy = torch.lerp(x, noise, s)
    t = (levels * 1000).repeat_interleave(batch.per_frame, 1)
    clean = dit(with_places(noisy, dit.config), t, batch.text, text_mask=batch.mask)
    made = (batch.given < 0).float()[:, None, :, None, None]
    error = F.mse_loss(clean.float(), x, reduction="none") / s.clamp(min=SOFTEST).square() * made
    return error.sum() / (made.sum() * x.shape[1] * x.shape[3] * x.shape[4])


def _rate(run: TransformerRun, step: int, done: float) -> float:
    """Warm-up over some steps, constant, then linear to the floor over the last 45 % of the time."""
    fall = min(1.0, (1 - done) / 0.45)
    return run.learning_rate * min(1.0, (step + 1) / run.warmup) * max(run.floor, fall)


def _optimiser(dit: DiT, run: TransformerRun) -> torch.optim.Optimizer:
    """AdamW; weight decay on matrices of the blocks only."""
    decay = [p for name, p in dit.named_parameters() if p.ndim >= 2 and name.startswith("blocks.")]
    chosen = {id(p) for p in decay}
    rest = [p for p in dit.parameters() if id(p) not in chosen]
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=run.learning_rate, betas=(0.9, 0.97), fused=run.device != "cpu")


def train(run: TransformerRun, config: DiTConfig) -> None:
    """Train for the run's minutes, saving the average every two minutes and at the end."""
    torch.manual_seed(run.seed)
    dit, before = (load_dit(run.out)[0].float(), load_dit(run.out)[1]) if run.out.is_file() else (DiT(config), {})
    dit = dit.to(run.device).train()
    for parameter in dit.parameters():
        parameter.requires_grad_(True)
    area = dit.config.patch[1] * dit.config.patch[2]
    batches = Batches(run, area)
    optimiser, average = _optimiser(dit, run), Average(dit, run.decay)
    generator = torch.Generator().manual_seed(run.seed)
    began, saved, step, seen, smooth = time.monotonic(), time.monotonic(), 0, int(before.get("samples", 0)), 1.0
    while (done := (time.monotonic() - began) / (60 * run.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = _rate(run, step, done)
        batch = batches.draw(done)
        with torch.autocast(run.device, torch.bfloat16, enabled=run.amp):
            loss = loss_of(dit, batch, run.shift, generator)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(dit.parameters(), 1.0)
        optimiser.step()
        average.update(dit)
        step, seen = step + 1, seen + len(batch.x)
        smooth = 0.99 * smooth + 0.01 * float(loss.detach()) if step % 10 == 0 or run.device == "cpu" else smooth
        if step % 200 == 0:
            rate = step / (time.monotonic() - began)
            log.info(
                "step %d, %.0f %%, loss %.4f, %d samples, %.2f steps a second", step, 100 * done, smooth, seen, rate
            )
        if time.monotonic() - saved > 120:
            saved = time.monotonic()
            save(run, dit.config, average, seen)
    save(run, dit.config, average, seen)
    log.info("done: %d steps, %d samples", step, seen)


def save(run: TransformerRun, config: DiTConfig, average: Average, samples: int) -> None:
    """Write the averaged weights, half precision, with all that the catalogue wants to know of them."""
    tensors = {name: value.half() for name, value in average.state().items()}
    known = preset(run.preset).knows
    terms = {kind: [term.id for term in VOCABULARY[kind]] for kind in VOCABULARY}
    part = run.out.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    save_dit(
        part, tensors, config,
        fps=16, prediction="sample", window=run.window, overlap=1, samples=samples, preset=run.preset,
        knows=terms | {kind: list(ids) for kind, ids in known.items()} if known else terms,
        defaults={"steps": 16, "guidance": 3.0, "shift": 2.5, "solver": "unipc"},
    )  # fmt: skip
    part.replace(run.out)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(".cache/train/dit.safetensors"))
    parser.add_argument("--stills", type=Path, nargs="*", default=[])
    parser.add_argument("--moving", type=Path, nargs="*", default=[])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clips", type=float, default=0.6, help="share of steps on clips")
    parser.add_argument("--clips-from", type=float, default=0.4, help="share of the time on stills alone, first")
    parser.add_argument("--tokens", type=int, default=1400)
    parser.add_argument("--window", type=int, default=5)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--dim", type=int, default=320)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--channels", type=int, default=48)
    parser.add_argument("--preset", default="cpu")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    run = TransformerRun(
        args.out, tuple(args.stills), tuple(args.moving), args.minutes, args.clips, args.clips_from, args.tokens,
        args.window, args.learning_rate, seed=args.seed, device=args.device, amp=args.device == "cuda",
        preset=args.preset,
    )  # fmt: skip
    inputs = args.channels + PLACE_CHANNELS
    train(run, DiTConfig(inputs, args.channels, args.dim, args.dim // 64, args.layers, 4 * args.dim, text_dim=384))


if __name__ == "__main__":
    main()
