"""Cues: the moment of a blocking at which a clip that goes on, or leads up to something, finds those who are seen.

What came before was drawn from a blocking too, but what is given is latents alone. So the plan is gone through, latent
by latent, for the one that is most like them: from there it goes on. Where a clip has to end with given frames as well,
their moment is found in the same way, and the plan is played so that it gets there, backwards if need be.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from model.conditioning import Frames, to_video
from model.world.blocking import Blocking

REACH = 64  # latents of the plan that are gone through: twice to and fro
AT_ONCE = 8
ALIKE = 0.15  # cosine, below which those given show somebody else

Encode = Callable[[Tensor], Tensor]


def cued(
    blocking: Blocking, encode: Encode, before: Tensor | None, after: tuple[int, Tensor] | None, device: str = "cpu"
) -> Blocking | None:
    """The blocking as it has to be played, or None where what leads up to is of somebody else.

    before: latents (C, t, h, w) with which the stream begins; after: the index of a later latent of it, and that
    latent (C, h, w).
    """
    if not blocking.manned:
        return blocking
    plan = _plan(blocking, encode, device)
    start = 0 if before is None else before.shape[1] - 1
    here = None if before is None else _moment(plan, before[:, -1])
    if after is None:
        return blocking if here is None else blocking.at(4 * (here - start))
    there = _moment(plan, after[1])
    if there is None or (before is not None and here is None):
        return None
    if here is None:
        return blocking.at(4 * (there - after[0]))
    rate = (there - here) / max(1, after[0] - start)
    return blocking.at(4 * (here - rate * start), rate)


def _plan(blocking: Blocking, encode: Encode, device: str) -> Tensor:
    """Latents (REACH, C, h, w) of the plan, those of frames 1 to 4 first, less those of paper."""
    paper = blocking.frames(0, 1)
    paper = np.full_like(paper, paper[0, 0, 0])
    blank = encode(to_video(paper, device))[0, :, 0]
    found = []
    for first in range(0, 4 * REACH, 4 * AT_ONCE):
        frames: Frames = blocking.frames(first, 1 + 4 * AT_ONCE)
        found.append(encode(to_video(frames, device))[0, :, 1:].transpose(0, 1))
    return torch.cat(found) - blank


def _moment(plan: Tensor, latent: Tensor) -> int | None:
    """The latent of the plan, counted from 1, that is most like a given one (C, h, w); None where none is."""
    flat, sought = plan.flatten(1), latent.to(plan).flatten()
    size = flat.norm(dim=1).clamp(min=1e-6)
    where = flat.abs().sum(0) > 0
    alike = (flat @ sought) / (size * sought[where].norm().clamp(min=1e-6))
    best = int(alike.argmax())
    return best + 1 if float(alike[best]) > ALIKE else None
