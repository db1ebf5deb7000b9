"""Train the transformer on cached latents: `python -m model.training.transformer --stills S --moving M --minutes 30`.

Rectified flow; the network predicts the clean latent and its error is weighed as the velocity's would be ("Back to
basics: let denoising generative models denoise", arXiv 2511.13720): a token's numbers are more noise than a small width
can carry through. Noise levels are logit-normal with a shift, 10 % of captions dropped for guidance.

Given frames are trained from the start: a clean prefix, first and last, or some latents between, each with its own
timestep (0, or a little noise); loss on what is not given. Stills come before clips and stay in the mix. Windows cut
from the middle of a stream always have a prefix, as they do when a clip is rolled forward.

Matrices of the blocks are trained by Muon (orthogonalised momentum, github.com/KellerJordan/Muon), everything else by
AdamW: a sixth fewer steps a minute on a CPU, and further after each minute all the same.

Checkpoints hold the moving average alone, in bf16 or half, and a run can start from one: optimiser state is rebuilt in
a short warm-up. One seed, one command; CPU or GPU.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from model.catalog import STAGED
from model.conditioning import PLACE_CHANNELS, with_places
from model.config import DiTConfig
from model.dit import DiT
from model.training.batches import Batch, Batches, TransformerRun
from model.training.ema import Average
from model.training.fast import FastForward
from model.training.latents import LatentCache
from model.training.recipe import preset
from model.weights import load_dit, save_dit
from model.world.vocabulary import VOCABULARY

log = logging.getLogger(__name__)


# (latents (B, C, T, h, w), timesteps (B, T), text, mask, blocking (B, C, T, h, w) or None) to clean latents.
Says = Callable[[Tensor, Tensor, Tensor, Tensor | None, Tensor | None], Tensor]


def speaker(dit: DiT, *, fast: bool) -> Says:
    """How training asks a transformer: tokens are told their places and shown the blocking; timesteps are latents'."""
    quick = FastForward(dit) if fast else None

    def says(
        x: Tensor, t: Tensor, text: Tensor, mask: Tensor | None, blocking: Tensor | None = None
    ) -> Tensor:
        placed = with_places(x, dit.config, blocking)
        if quick is not None and mask is not None:
            return quick(placed, t, text, mask)
        area = dit.config.patch[1] * dit.config.patch[2]
        tokens = t.repeat_interleave(x.shape[3] * x.shape[4] // area, 1)
        out: Tensor = dit(placed, tokens, text, text_mask=mask)
        return out

    return says


def loss_of(
    dit: Says, batch: Batch, run: TransformerRun, generator: torch.Generator, teacher: Says | None = None
) -> Tensor:
    """Mean squared error of the velocity on latents that are not given.

    A latent x at noise level s is (1 - s) x + s noise; its velocity is noise - x; its timestep is 1000 s. The network
    says x, so its velocity's error is that of x divided by s; `run.softest` keeps the last steps from outweighing the
    rest.
    With a teacher the aim is not x but what the teacher says, guided. With `run.sharpen` it is x and that share of what
    the caption makes of the network's own answer: it learns to say at once what it would say with guidance 1 / (1 -
    sharpen) ("Diffusion models without classifier-free guidance", arXiv 2502.12154).
    """
    x = batch.x
    u = torch.sigmoid(torch.randn(len(x), generator=generator)).to(x.device)
    level = (run.shift * u / (1 + (run.shift - 1) * u))[:, None]  # (B, 1)
    levels = torch.where(batch.given >= 0, torch.minimum(batch.given, level), level.expand_as(batch.given))  # (B, T)
    noise = torch.randn(x.shape, generator=generator).to(x.device)
    s = levels[:, None, :, None, None]
    noisy, t = torch.lerp(x, noise, s), levels * 1000
    aim = x if teacher is None else guided(teacher, batch, noisy, t, run.guidance)
    clean = dit(noisy, t, batch.text, batch.mask, batch.blocking)
    if run.sharpen:
        aim = aim + run.sharpen * _told(dit, batch, noisy, t, clean)
    made = (batch.given < 0).float()[:, None, :, None, None]
    error = F.mse_loss(clean.float(), aim, reduction="none") / s.clamp(min=run.softest).square() * made
    if batch.weight is not None:
        error = error * batch.weight
    return error.sum() / (made.sum() * x.shape[1] * x.shape[3] * x.shape[4])


@torch.no_grad()
def guided(teacher: Says, batch: Batch, noisy: Tensor, t: Tensor, guidance: float) -> Tensor:
    """What a teacher says of the clean latents with classifier-free guidance, (B, C, T, h, w).

    A student of it needs one pass where the teacher takes two ("On distillation of guided diffusion models", arXiv
    2210.03142). Where the caption is dropped it is unguided.
    """
    told = teacher(noisy, t, batch.text, batch.mask, batch.blocking).float()
    silent = teacher(noisy, t, *batch.silence, batch.blocking).float()
    scale = torch.where(batch.dropped, 0.0, guidance)[:, None, None, None, None]
    return torch.lerp(silent, told, scale)


@torch.no_grad()
def _told(dit: Says, batch: Batch, noisy: Tensor, t: Tensor, clean: Tensor) -> Tensor:
    """What the captions make of the network's answer (B, C, T, h, w), nothing where the caption is dropped."""
    silent = dit(noisy, t, *batch.silence, batch.blocking).float()
    return torch.where(batch.dropped[:, None, None, None, None], 0.0, clean.float() - silent)


def _rate(run: TransformerRun, step: int, done: float) -> float:
    """The factor of the peak rates: warm-up over some steps, constant, falling to the floor at the end."""
    fall = min(1.0, (1 - done) / max(run.fall, 1e-6))
    return min(1.0, (step + 1) / run.warmup) * max(run.floor, fall)


class Optimisers:
    """Muon for the matrices of the blocks, AdamW for all else; one step, one learning rate factor."""

    def __init__(self, dit: DiT, run: TransformerRun) -> None:
        matrices = [p for name, p in dit.named_parameters() if p.ndim == 2 and name.startswith("blocks.")]
        chosen = {id(p) for p in matrices}
        rest = [p for p in dit.parameters() if id(p) not in chosen]
        muon = torch.optim.Muon(matrices, lr=run.muon_rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
        adam = torch.optim.AdamW(
            rest, lr=run.learning_rate, betas=(0.9, 0.97), weight_decay=0.0, fused=run.device != "cpu"
        )
        self._peaks: tuple[tuple[torch.optim.Optimizer, float], ...] = (
            (muon, run.muon_rate),
            (adam, run.learning_rate),
        )

    def step(self, loss: Tensor, dit: DiT, factor: float) -> None:
        """Go down the gradient of `loss`, clipped to norm 1, at `factor` times the peak rates."""
        for optimiser, _ in self._peaks:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(dit.parameters(), 1.0)
        for optimiser, peak in self._peaks:
            for group in optimiser.param_groups:
                group["lr"] = peak * factor
            optimiser.step()


@torch.no_grad()
def grown(dit: DiT, layers: int) -> DiT:
    """The same transformer with more blocks, saying what it said: behind a block comes its copy, which adds nothing.

    A shallow network is through more samples in its first minutes ("Stacking your transformers", arXiv 2405.15319).
    """
    deep = DiT(replace(dit.config, layers=layers))
    known = dit.state_dict()
    sources = [place * dit.config.layers // layers for place in range(layers)]
    state = {name: value for name, value in known.items() if not name.startswith("blocks.")}
    for place, source in enumerate(sources):
        copied = place > 0 and sources[place - 1] == source
        for name in (name for name in known if name.startswith(f"blocks.{source}.")):
            part = name.removeprefix(f"blocks.{source}.")
            adds = part.startswith(("self_attn.o.", "cross_attn.o.", "ffn.2."))
            state[f"blocks.{place}.{part}"] = torch.zeros_like(known[name]) if copied and adds else known[name].clone()
    deep.load_state_dict(state)
    return deep


@torch.no_grad()
def widened(dit: DiT, inputs: int) -> DiT:
    """The same transformer with more input channels, which say nothing yet."""
    wide = DiT(replace(dit.config, in_channels=inputs))
    state = dict(dit.state_dict())
    known = state["patch_embedding.weight"]
    state["patch_embedding.weight"] = F.pad(known, (0, 0, 0, 0, 0, 0, 0, inputs - known.shape[1]))
    wide.load_state_dict(state)
    return wide


def _begin(run: TransformerRun, config: DiTConfig) -> tuple[DiT, dict[str, Any]]:
    """What the run goes on from, and its notes: its own checkpoint, else its teacher, else a fresh transformer."""
    source = run.out if run.out.is_file() else run.teacher
    dit, notes = (DiT(config), {}) if source is None else load_dit(source)
    if config.layers > dit.config.layers:
        dit = grown(dit, config.layers)
    if config.in_channels > dit.config.in_channels:
        dit = widened(dit, config.in_channels)
    dit = dit.float().to(run.device).train()
    for parameter in dit.parameters():
        parameter.requires_grad_(True)
    return dit, notes


def train(run: TransformerRun, config: DiTConfig) -> None:
    """Train for the run's minutes, saving the average every two minutes and at the end."""
    torch.manual_seed(run.seed)
    dit, before = _begin(run, config)
    says = speaker(dit, fast=run.fast)
    teacher = (
        None if run.teacher is None else speaker(load_dit(run.teacher)[0].float().to(run.device), fast=run.fast)
    )
    area = dit.config.patch[1] * dit.config.patch[2]
    batches = Batches(run, area)
    optimisers, average = Optimisers(dit, run), Average(dit, run.decay)
    generator = torch.Generator().manual_seed(run.seed)
    began, saved, step, seen, smooth = time.monotonic(), time.monotonic(), 0, int(before.get("samples", 0)), 1.0
    while (done := (time.monotonic() - began) / (60 * run.minutes)) < 1:
        batch = batches.draw(done)
        with torch.autocast(run.device, torch.bfloat16, enabled=run.amp):
            loss = loss_of(says, batch, run, generator, teacher)
        optimisers.step(loss, dit, _rate(run, step, done))
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
    known = dict(preset(run.preset).knows or {})
    if run.blocking:
        for kind in STAGED:
            known.pop(kind, None)  # whatever is done and falls on paper, it draws
    terms = {kind: [term.id for term in VOCABULARY[kind]] for kind in VOCABULARY}
    sure = run.teacher is not None or run.sharpen > 0 or run.blocking > 0  # needs no second pass, and few steps
    part = run.out.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    save_dit(
        part, tensors, config,
        fps=16, prediction="sample", window=run.window, overlap=1, samples=samples, preset=run.preset,
        knows=terms | {kind: list(ids) for kind, ids in known.items()} if known else terms,
        defaults={"steps": 8 if sure else 16, "guidance": 1.0 if sure else 3.0, "shift": 2.5, "solver": "unipc"},
        **_distilled(run), **_sizes(run),
        **({"blocking": True, "given": {"references": True}} if run.blocking else {}),
    )  # fmt: skip
    part.replace(run.out)


def _distilled(run: TransformerRun) -> dict[str, float]:
    """The guidance that it has learnt to do without, if any."""
    if run.teacher is not None:
        return {"distilled_guidance": run.guidance}
    return {"distilled_guidance": 1 / (1 - run.sharpen)} if run.sharpen else {}


def _sizes(run: TransformerRun) -> dict[str, Any]:
    """The sizes that it has seen, by name: the largest of each shape; nothing when it has not seen all three."""
    found: dict[str, tuple[int, int]] = {}
    for path in (*run.stills, *run.moving):
        if path.with_suffix(".json").is_file():
            spec = LatentCache(path).spec
            shape = "landscape" if spec.width > spec.height else "portrait" if spec.width < spec.height else "square"
            found[shape] = max(found.get(shape, (0, 0)), (spec.width, spec.height))
    shapes = ("landscape", "portrait", "square")
    return {"sizes": {shape: found[shape] for shape in shapes}} if len(found) == len(shapes) else {}


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(".cache/train/dit.safetensors"))
    parser.add_argument("--stills", type=Path, nargs="*", default=[])
    parser.add_argument("--moving", type=Path, nargs="*", default=[])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clips", type=float, default=0.6, help="share of steps on clips")
    parser.add_argument("--clips-from", type=float, default=0.4, help="share of the time on stills alone, first")
    parser.add_argument("--tokens", type=int, default=3360)
    parser.add_argument("--window", type=int, default=5)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--muon-rate", type=float, default=4e-3)
    parser.add_argument("--shift", type=float, default=3.0, help="of noise levels: more trains more at high noise")
    parser.add_argument("--softest", type=float, default=0.4, help="noise level below which errors weigh no more")
    parser.add_argument("--fall", type=float, default=0.45, help="share of the time in which rates fall; 0: none")
    parser.add_argument("--decay", type=float, default=0.998, help="of the moving average")
    parser.add_argument("--dim", type=int, default=256)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--channels", type=int, default=96)
    parser.add_argument("--patch", type=int, default=1, help="latents a side of a token")
    parser.add_argument("--preset", default="cpu")
    parser.add_argument("--teacher", type=Path, help="learn this transformer's guided answer; --out begins as its copy")
    parser.add_argument("--guidance", type=float, default=3.0, help="of the teacher")
    parser.add_argument("--sharpen", type=float, default=0.0, help="guidance to learn without a teacher, 1 - 1 / scale")
    parser.add_argument("--focus", type=float, default=1.0, help="what an error counts where the subject stands")
    parser.add_argument("--blocking", type=float, default=0.0, help="share of samples that see their actors' blocking")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fast", action="store_true", help="bfloat16 and compiled: for processors that are fast at it")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if args.threads:
        torch.set_num_threads(args.threads)
    run = TransformerRun(
        args.out, tuple(args.stills), tuple(args.moving), args.minutes, args.clips, args.clips_from, args.tokens,
        args.window, args.learning_rate, args.muon_rate, fall=args.fall, shift=args.shift, softest=args.softest,
        decay=args.decay, seed=args.seed, device=args.device, amp=args.device == "cuda", fast=args.fast,
        preset=args.preset, teacher=args.teacher, guidance=args.guidance, focus=args.focus, blocking=args.blocking,
        sharpen=args.sharpen,
    )  # fmt: skip
    inputs = args.channels + PLACE_CHANNELS + (args.channels if args.blocking else 0)
    train(
        run,
        DiTConfig(
            inputs, args.channels, args.dim, args.dim // 64, args.layers, 4 * args.dim, text_dim=384,
            patch=(1, args.patch, args.patch),
        ),
    )  # fmt: skip


if __name__ == "__main__":
    main()
