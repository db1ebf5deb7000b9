"""Cues: the moment of a blocking at which a clip that goes on, or leads up to something, finds those who are seen.

What came before was drawn from a blocking too, but what is given is latents alone. So the plan is gone through, latent
by latent, for the one that is most like them: from there it goes on. Where a clip has to end with given frames as well,
their moment is found in the same way, and the plan is played so that it gets there, backwards if need be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from model.conditioning import Frames, to_video
from model.world.blocking import Blocking

REACH = 64  # latents of the plan that are gone through: twice to and fro
AT_ONCE = 8
NEVER = 1 << 30  # a frame
NEARLY = 0.85  # of the best likeness is as good
ALIKE = 0.15  # cosine, below which those given show somebody else

Encode = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """A plan as it was played in what came before, up to frame `joins`, as it has to be played then, and as it is
    played from frame `meets` on, in what comes after; each counted in frames of the whole stream."""

    before: Blocking
    plan: Blocking
    after: Blocking
    joins: int
    meets: int

    def pieces(self, first: int, count: int) -> Iterator[tuple[Blocking, int, int]]:
        """What is played in frames first, first + 1, ...: the plan, its first frame and how many of it."""
        ends = (self.joins, max(self.joins, self.meets), max(first + count, self.meets))
        for played, end in zip((self.before, self.plan, self.after), ends, strict=True):
            if (part := min(end, first + count) - first) > 0:
                yield played, first, part
                first, count = first + part, count - part


def cued(
    blocking: Blocking, encode: Encode, before: Tensor | None, after: tuple[int, Tensor] | None, device: str = "cpu"
) -> Cue | None:
    """The cue of a blocking, or None where what is given shows somebody else.

    before: latents (C, t, h, w) with which the stream begins; after: the index of a later latent of it, and that
    latent (C, h, w).
    """
    start = 0 if before is None else before.shape[1] - 1
    joins, meets = (0 if before is None else 4 * start + 1), (NEVER if after is None else 4 * after[0] - 3)
    if not blocking.manned:
        return Cue(blocking, blocking, blocking, joins, meets)
    plan = _plan(blocking, encode, device)
    here, there = None, None
    if before is not None:
        here = _moment(_likeness(plan, before[:, -1]))
        if here is None:
            return None
    if after is not None:
        there = _moment(_likeness(plan, after[1]), None if here is None else (here, after[0] - start))
        if there is None:
            return None
    played = None if here is None else blocking.at(4 * (here - start))
    if after is None or there is None:
        made = played or blocking
        return Cue(made, made, made, joins, meets)
    leads = blocking.at(4 * (there - after[0]))
    if here is None or played is None:
        return Cue(leads, leads, leads, joins, meets)
    rate = (there - here) / max(1, after[0] - start)
    return Cue(played, blocking.at(4 * (here - rate * start), rate), leads, joins, meets)


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


def _likeness(plan: Tensor, latent: Tensor) -> Tensor:
    """How like a given latent (C, h, w) those of a plan are, where somebody is in them: cosines (REACH,)."""
    flat, sought = plan.flatten(1), latent.to(plan).flatten()
    where = flat.abs().sum(0) > 0
    return (flat @ sought) / (flat.norm(dim=1).clamp(min=1e-6) * sought[where].norm().clamp(min=1e-6))


def _moment(alike: Tensor, coming: tuple[int, int] | None = None) -> int | None:
    """The latent of the plan, counted from 1, that is most alike; None where none is. coming: from which latent of it
    one comes, and in how many; of those that are as good, the one that it takes the least haste to get to."""
    best = float(alike.max())
    if best <= ALIKE:
        return None
    around = torch.nn.functional.max_pool1d(alike[None], 3, 1, 1)[0]
    as_good = ((alike >= NEARLY * best) & (alike >= around)).nonzero().flatten().tolist()
    if coming is None:
        return int(alike.argmax()) + 1
    here, count = coming
    return min((index + 1 for index in as_good), key=lambda there: abs((there - here) / max(1, count) - 1))
