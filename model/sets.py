"""Sets, drawn by the transformer before anybody is on them: one latent frame of a prompt, with nobody in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from model import conditioning, flow
from model.conditioning import Frames
from model.velocity import Velocity
from model.world import staging
from model.world.blocking import Blocking
from model.world.render import Backdrop

if TYPE_CHECKING:
    from model.pipeline import Generator
    from model.request import GenerationRequest

APART = 1 << 40  # from the seed of the clip
COMPLETED = 0.9  # the noise level from which what is not seen of a place is drawn


class Sets:
    """The sets of a clip, one for each place that its shots tell of, as large as all of those need it."""

    def __init__(self, of: Generator, asked: GenerationRequest) -> None:
        self._of, self._asked = of, asked
        self._extents: dict[str, tuple[float, float]] = {}
        self._painted: dict[str, Backdrop] = {}

    def need(self, prompt: str, extent: tuple[float, float]) -> None:
        """A shot will be staged on the set of this prompt, and see so much of it."""
        wide, high = self._extents.get(prompt, (1.0, 1.0))
        self._extents[prompt] = max(wide, extent[0]), max(high, extent[1])

    def set(self, prompt: str) -> Backdrop:
        """The set of a prompt, painted when it is first asked for."""
        if prompt not in self._painted:
            self._painted[prompt] = painted(self._of, self._asked, prompt, self._extents.get(prompt, (1.0, 1.0)))
        return self._painted[prompt]


@torch.inference_mode()
def painted(of: Generator, asked: GenerationRequest, prompt: str, extent: tuple[float, float]) -> Backdrop:
    """The set of a request, `extent` frames of the clip wide and high."""
    channels, rows, columns = of.latent_shape(asked)
    wide, high = staging.cells(extent, columns, rows)
    noise = _noise(of, asked, (channels, 1, high, wide))
    picture = _drawn(of, asked, prompt, noise, flow.sigmas(asked.steps, asked.shift))
    return Backdrop(picture, wide / columns, high / rows)


@torch.inference_mode()
def completed(
    of: Generator, asked: GenerationRequest, prompt: str, picture: Frames, hidden: NDArray[np.bool_]
) -> Backdrop:
    """A picture (H, W, 3) of a place, with what is hidden in it (H, W) drawn anew.

    What is known is put back after every step, as in "RePaint" (arXiv 2201.09865).
    """
    if not hidden.any():
        return Backdrop(picture)
    clean = of.vae.encode(conditioning.to_video(picture[None], of.device))[0]
    free = F.max_pool2d(torch.tensor(hidden, device=of.device)[None].float(), of.vae.config.spatial)[:, None] > 0
    levels = flow.sigmas(asked.steps, asked.shift)
    levels = torch.cat([levels.new_tensor([COMPLETED]), levels[levels < COMPLETED]])
    start = torch.lerp(clean, _noise(of, asked, tuple(clean.shape)), COMPLETED)
    drawn = _drawn(of, asked, prompt, start, levels, (clean, free))
    return Backdrop(np.where(hidden[..., None], drawn, picture))


def _noise(of: Generator, asked: GenerationRequest, shape: tuple[int, ...]) -> Tensor:
    """Noise of the seed, and not the same numbers as the clip's."""
    return torch.randn(shape, generator=torch.Generator("cpu").manual_seed(asked.seed + APART)).to(of.device)


def _drawn(
    of: Generator, asked: GenerationRequest, prompt: str, start: Tensor, levels: Tensor,
    known: tuple[Tensor, Tensor] | None = None,
) -> Frames:  # fmt: skip
    """A picture (H, W, 3) from latents (C, 1, h, w) at the first of some noise levels. known: clean latents like them,
    and where they are not (1, 1, h, w)."""
    side = of.vae.config.spatial
    width, height = start.shape[3] * side, start.shape[2] * side
    still = replace(
        asked, prompt=prompt, width=width, height=height, frames=1, anchors=(), source=None, before=None,
        references=None,
    )  # fmt: skip
    velocity = Velocity(of, still, levels)
    paper = Blocking(None, width, height).frames(0, 1)
    velocity.blocking = of.vae.encode(conditioning.to_video(paper, of.device))
    hold = flow.Hold(start, torch.ones(1, device=of.device))

    def towards(x: Tensor, sigma: float) -> Tensor:
        v = velocity(hold, x, sigma)
        if known is None:
            return v
        clean, free = known
        return torch.where(free, v, (x - clean) / sigma)

    solver: flow.Solver = "euler" if asked.solver == "euler" else "unipc"
    return conditioning.to_frames(of.vae.decode(flow.sample(towards, start, levels, solver)[None]))[0]
