"""Rehearsal: what is planned of a clip before it is rendered, for a model that is shown whom it films.

Who is seen and how they move is laid on paper (`world/blocking.py`); the same is staged on a set that the transformer
draws first, or before the picture that the clip begins with (`world/staging.py`). Where other frames are given they say
what there is, and nothing is staged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model import conditioning, flow
from model.conditioning import Anchor, Frames
from model.cue import cued
from model.velocity import Velocity
from model.world import staging
from model.world.blocking import Blocking, block, emptied, traced
from model.world.render import PAPER, Backdrop

if TYPE_CHECKING:
    from model.pipeline import Generator
    from model.request import GenerationRequest
    from model.windows import Window

STRENGTH = 0.6  # the noise level from which a staged shot is rendered
SEEN = 6  # grey levels from the paper: somebody, or something, is here


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """Of the new frames of a window: how they are planned, what the autoencoder makes of that, both uint8 (t, H, W, 3),
    and where in them somebody or something is seen, bool (t, H, W)."""

    planned: Frames
    coded: Frames
    seen: NDArray[np.bool_]

    def part(self, first: int, count: int) -> Detail:
        """The same of `count` frames from `first` on."""
        span = slice(first, first + count)
        return Detail(self.planned[span], self.coded[span], self.seen[span])


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A window's part of the plan: latents (1, C, T, h, w) of the blocking; of the staged shot, (C, T, h, w), or None
    where nothing is staged; and what latents lose of it, or None where nobody is seen."""

    blocking: Tensor
    staged: Tensor | None
    detail: Detail | None


class Rehearsal:
    """The plan of a request; `before` are the latents (C, t, h, w) that the clip goes on from, if any."""

    def __init__(self, of: Generator, asked: GenerationRequest, before: Tensor | None) -> None:
        self._of, self._asked, self._before = of, asked, before
        self._knows = of.entry.notes.get("knows")
        self._pictures = () if asked.references is None else tuple(asked.references)
        self._paper: dict[tuple[int, bool], Tensor] = {}

    @property
    def prompt(self) -> str:
        """What the transformer is told: not of snow that it is shown flake by flake."""
        shot = self._blocking.shot
        if shot is None or shot.weather == "clear":
            return self._asked.prompt
        return staging.film_prompt(self._asked.prompt, self._knows)

    @property
    def strength(self) -> float | None:
        """The noise level from which the shot is rendered; None from nothing but noise."""
        return STRENGTH if self._staged else None

    @torch.inference_mode()
    def window(self, window: Window) -> Shown:
        """A window's part of it."""
        blocking = self._blocking
        first = max(0, 4 * window.start - 4)  # a later window's latents follow one frame that is not looked at
        count = 4 * window.stop - 3 - first
        behind, seen = 1 if window.start else 0, (4 * window.fresh - 3 if window.fresh else 0) - first
        frames = blocking.frames(first, count)
        latents = self._latents(frames, plain=blocking.plain)
        planned, staged = frames, None
        if self._set is not None:
            planned = blocking.staged(self._set, first, count)
            staged = self._of.vae.encode(conditioning.to_video(planned, self._of.device))
        detail = None
        if not blocking.plain:
            coded = conditioning.to_frames(self._of.vae.decode(latents if staged is None else staged))
            off = (frames > PAPER + SEEN) | (frames < PAPER - SEEN)
            detail = Detail(planned[seen:], coded[seen:], (off[..., 0] | off[..., 1] | off[..., 2])[seen:])
        return Shown(latents[:, :, behind:], None if staged is None else staged[0, :, behind:], detail)

    @cached_property
    def _blocking(self) -> Blocking:
        """Who is seen in the clip and how they move: whom the prompt names, or who is drawn in the picture that it
        begins with; empty paper where other given frames show who there is."""
        asked, knows, pictures = self._asked, self._knows, self._pictures
        empty = Blocking(None, asked.width, asked.height)
        shot = block(asked.prompt, knows, given=len(pictures), seed=asked.seed)
        plan = Blocking(shot, asked.width, asked.height, pictures)
        if not asked.anchors or pictures:
            return plan if asked.before is None else self._cued(plan, None) or empty
        one = asked.anchors[0]
        if self._first is not None:
            found = traced(self._first, asked.prompt, knows, seed=asked.seed)
            return found or Blocking(replace(shot, actors=()), asked.width, asked.height, straight=shot.start)
        if len(asked.anchors) == 1 and one.place == "last" and one.frames is not None:
            return self._cued(plan, one) or empty
        return empty

    @property
    def _first(self) -> Frames | None:
        """The one picture (H, W, 3) that is given, if it is the first and alone."""
        asked = self._asked
        if len(asked.anchors) != 1 or asked.prefix or self._pictures:
            return None
        one = asked.anchors[0]
        alone = one.place in ("first", 0) and one.frames is not None and len(one.frames) == 1
        return one.frames[0] if alone and one.frames is not None else None

    @property
    def _staged(self) -> bool:
        """Whether the clip is staged: where nothing is given, or one first picture in which something is to move."""
        asked, blocking = self._asked, self._blocking
        if asked.source is not None or asked.before is not None or blocking.shot is None:
            return False
        if not asked.anchors:
            return True
        moves = blocking.shot.camera != "static" or not blocking.plain
        return self._first is not None and moves

    @cached_property
    def _set(self) -> Backdrop | None:
        """What the clip is staged before."""
        asked, blocking = self._asked, self._blocking
        if not self._staged:
            return None
        if self._first is not None:
            return Backdrop(emptied(self._first) if blocking.manned else self._first)
        assert blocking.shot is not None
        seconds = blocking.second(asked.frames) - blocking.second(0)
        extent = staging.extent(blocking.shot, seconds, asked.width, asked.height)
        return painted(self._of, asked, staging.set_prompt(asked.prompt, self._knows), extent)

    def _latents(self, frames: Frames, *, plain: bool) -> Tensor:
        """Latents (1, C, T, h, w) of a blocking; those of plain paper are remembered."""
        key = len(frames), plain
        if key in self._paper:
            return self._paper[key]
        made = self._of.vae.encode(conditioning.to_video(frames, self._of.device))
        if plain:
            self._paper[key] = made
        return made

    @torch.inference_mode()
    def _cued(self, plan: Blocking, last: Anchor | None) -> Blocking | None:
        """The plan from where what came before leaves off, up to where what is given at the end begins."""
        after = None
        if last is not None:
            (given,) = conditioning.encode((last,), self._of.vae, self._asked.total, device=self._of.device)
            after = given.start, given.latents[:, 0]
        return cued(plan, self._of.vae.encode, self._before, after, self._of.device)


@torch.inference_mode()
def painted(of: Generator, asked: GenerationRequest, prompt: str, extent: tuple[float, float]) -> Backdrop:
    """The set of a request, one latent frame of the prompt, `extent` frames of the clip wide and high."""
    channels, rows, columns = of.latent_shape(asked)
    wide, high = staging.cells(extent, columns, rows)
    side = of.vae.config.spatial
    still = replace(
        asked, prompt=prompt, width=wide * side, height=high * side, frames=1, anchors=(), source=None, before=None,
        references=None,
    )  # fmt: skip
    levels = flow.sigmas(still.steps, still.shift)
    velocity = Velocity(of, still, levels)
    paper = Blocking(None, still.width, still.height).frames(0, 1)
    velocity.blocking = of.vae.encode(conditioning.to_video(paper, of.device))
    noise = torch.randn((channels, 1, high, wide), generator=torch.Generator("cpu").manual_seed(asked.seed))
    free = flow.Hold(noise.to(of.device), torch.ones(1, device=of.device))
    solver: flow.Solver = "euler" if asked.solver == "euler" else "unipc"
    latents = flow.sample(partial(velocity, free), free.value, levels, solver, hold=free)
    return Backdrop(conditioning.to_frames(of.vae.decode(latents[None]))[0], wide / columns, high / rows)
