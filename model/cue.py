"""Cues: the moment of a blocking at which a clip that goes on, or leads up to something, finds those who are seen.

What came before was drawn from a blocking too, but what is given is latents alone. So the plan is gone through, latent
by latent, for the one that is most like them: from there it goes on. Where a clip has to end with given frames as well,
their moment is found in the same way, and the plan is played so that it gets there, backwards if need be. A moment that
can be got to is seldom quite the one that is given: before they meet, and behind the join where the pace is another,
those in it are led from the one way of moving into the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from model.conditioning import Frames, to_video
from model.world.blocking import Blocking
from model.world.render import PAPER

REACH = 64  # latents of the plan that are gone through,
ONCE = 44  # and where any moment will do: those who walk have gone to and fro by then
AT_ONCE = 8
NEVER = 1 << 30  # a frame
HASTE = 0.06  # of the best likeness is given up for not having to hurry by once the usual pace more
LED = 12  # frames over which those in a plan are led from one way of moving into another
EVEN = 0.5  # by how much a pace may differ from the usual one, and what is known be got to all the same
SAME = 0.05  # by how much it may differ and count as the usual one
SURE = 0.35  # cosine, from which those given show what they are known to show; two frames off it is less than 0.4
ALIKE = 0.15  # cosine of latents, below which those given show somebody else,
LIKE = 0.35  # and of pictures, which is higher: two where there was one are 0.3

Encode = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """A plan as it was played in what came before, up to frame `joins`, as it has to be played then, and as it is
    played from frame `meets` on, in what comes after; each counted in frames of the whole stream. backwards: whether it
    is played backwards in between: then those who go somewhere turn round for their way back, and again before it
    meets what comes after, where they are seen as they are."""

    before: Blocking
    plan: Blocking
    after: Blocking
    joins: int
    meets: int
    backwards: bool = False

    def pieces(self, first: int, count: int) -> Iterator[tuple[Blocking, int, int]]:
        """What is played in frames first, first + 1, ...: the plan, its first frame and how many of it."""
        last = max(first + count, self.meets)
        between = self.plan.about() if self.backwards else self.plan
        parts = [(self.before, self.joins), (between, max(self.joins, self.meets)), (self.after, last)]
        for played, end in parts:
            if (part := min(end, first + count) - first) > 0:
                yield played, first, part
                first, count = first + part, count - part


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of the last frame of what comes before, or of the first latent of what comes after: which frame of
    the plan it is, where the same people are in both, and how it was planned itself (1, H, W, 3), small."""

    frame: int | None = None
    picture: Frames | None = None


NOTHING = Known()


def cued(
    blocking: Blocking, encode: Encode, before: Tensor | None, after: tuple[int, Tensor] | None, device: str = "cpu",
    known: tuple[Known, Known] = (NOTHING, NOTHING),
) -> Cue | None:  # fmt: skip
    """The cue of a blocking, or None where what is given shows somebody else.

    before: latents (C, t, h, w) with which the stream begins; after: the index of a later latent of it, and that
    latent (C, h, w). known: what is known of the last frame before, and of the last of the four after; it is looked for
    where that does not show.
    """
    start = 0 if before is None else before.shape[1] - 1
    joins, meets = (0 if before is None else 4 * start + 1), (NEVER if after is None else 4 * after[0] - 3)
    if not blocking.manned:
        return Cue(blocking, blocking, blocking, joins, meets)
    here = there = None
    if before is not None:
        blocking, here = _found(blocking, encode, device, before[:, -1], ahead=False, known=known[0])
        if here is None:
            return None
    if after is not None:
        blocking, there = _found(blocking, encode, device, after[1], ahead=True, known=known[1])
        if there is None:
            return None
    played = None if here is None else blocking.at(here - 4 * start)
    if after is None or there is None:
        made = played or blocking
        return Cue(made, made, made, joins, meets)
    leads = blocking.at(there - 4 * after[0])
    if here is None or played is None:
        return Cue(leads, leads, leads, joins, meets)
    near, span = there, meets - 4 * start  # the first of the four frames that are given is met
    if abs((there - 3 - here) / max(1, span) - 1) > EVEN:
        seen, coming = Known(None, known[1].picture), (here, span + 3)
        reached = _found(blocking, encode, device, after[1], ahead=True, known=seen, coming=coming)[1]
        near = there if reached is None else reached
    rate = (near - 3 - here) / max(1, span)
    plan = blocking.at(here - 4 * rate * start, rate)
    over = min(LED, max(1, (meets - joins) // 2))
    if abs(rate - 1) > SAME:
        plan = plan.led(False, joins - 1, here, over)
    if abs(rate - 1) > SAME or near != there:
        plan = plan.led(True, meets, there - 3, over)
    return Cue(played, plan, leads, joins, meets, rate < 0)


def _found(
    blocking: Blocking, encode: Encode, device: str, latent: Tensor, *, ahead: bool, known: Known,
    coming: tuple[int, int] | None = None,
) -> tuple[Blocking, int | None]:  # fmt: skip
    """The frame of a plan that a latent shows, and the plan: it knows then where those are who move otherwise there."""
    here, others = blocking.there(ahead).calm(), blocking.casting(ahead)
    if others is None and known.frame is None and known.picture is not None:
        return blocking, _nearest(here.small(), known.picture, coming)
    if others is None:
        return blocking, _Plan(here, encode, device).frame(latent, coming, known.frame)
    then = _Plan(others.calm(), encode, device).frame(latent, coming, known.frame)
    if then is None:
        return blocking, _Plan(here, encode, device).frame(latent, coming)
    turned = blocking.cast_at(ahead, then - 3 if ahead else then)  # the first of the four is met
    frame = _nearest(here.small(), others.calm().small().at(then).frames(0, 1), coming)
    return turned, then if frame is None else frame


def _nearest(plan: Blocking, picture: Frames, coming: tuple[int, int] | None) -> int | None:
    """The frame of a plan that is most like a picture (1, H, W, 3) of the same people on the same paper, who may move
    otherwise there; `coming` as in `_Plan.frame`. None where none is."""
    count = ONCE if coming is None else REACH
    moment = _moment(_alike(plan.at(4, 4).frames(0, count), picture), coming, LIKE)
    if moment is None:
        return None
    first = max(0, 4 * moment - 3)
    return first + int(_alike(plan.at(first).frames(0, 7), picture).argmax())


def _alike(frames: Frames, picture: Frames) -> Tensor:
    """How like a picture (1, H, W, 3) some frames (t, H, W, 3) of a blocking are: cosines (t,) of what is on paper."""
    shown, sought = (torch.from_numpy(each).flatten(1).float() - PAPER for each in (frames, picture))
    return torch.cosine_similarity(shown, sought)


class _Plan:
    """The latents of a plan, and where in it given ones are."""

    def __init__(self, blocking: Blocking, encode: Encode, device: str) -> None:
        self._blocking, self._encode, self._device = blocking, encode, device
        paper = blocking.frames(0, 1)
        self._blank = self._coded(np.full_like(paper, paper[0, 0, 0]))[0]

    def frame(self, latent: Tensor, coming: tuple[int, int] | None = None, known: int | None = None) -> int | None:
        """The last of the four frames of the plan that are most like a latent (C, h, w); None where none are. coming:
        from which frame of it one comes, and in how many, then what is near is as good; known: which it should be."""
        if known is not None and coming is None and self._shows(latent, known):
            return known
        moment = _moment(_likeness(self._latents(ONCE if coming is None else REACH), latent), coming)
        if moment is None:
            return None
        ends = range(4 * moment - 3, 4 * moment + 4)  # latents are four frames apart; those given may lie between two
        return ends[int(self._ending(ends, latent).argmax())]

    def _shows(self, latent: Tensor, frame: int) -> bool:
        """Whether a latent shows a frame of the plan; where nobody is in sight there, nothing says that it does not."""
        nobody = bool((self._blocking.frames(frame, 1) == PAPER).all())
        return nobody or float(self._ending([frame], latent)) > SURE

    def _ending(self, ends: Sequence[int], latent: Tensor) -> Tensor:
        """How like a latent those are that end with some frames of the plan."""
        near = torch.stack([self._coded(self._blocking.frames(end - 8, 9))[2] for end in ends]) - self._blank
        return _likeness(near, latent)

    def _latents(self, count: int) -> Tensor:
        """(count, C, h, w), those of frames 1 to 4 first, less those of paper."""
        firsts = range(0, count, AT_ONCE)
        parts = (self._blocking.frames(4 * first, 1 + 4 * min(AT_ONCE, count - first)) for first in firsts)
        return torch.cat([self._coded(frames)[1:] for frames in parts]) - self._blank

    def _coded(self, frames: Frames) -> Tensor:
        return self._encode(to_video(frames, self._device))[0].transpose(0, 1)  # (t, C, h, w)


def _likeness(plan: Tensor, latent: Tensor) -> Tensor:
    """How like a given latent (C, h, w) those of a plan are, where somebody is in them: cosines (REACH,)."""
    flat, sought = plan.flatten(1), latent.to(plan).flatten()
    where = flat.abs().sum(0) > 0
    return (flat @ sought) / (flat.norm(dim=1).clamp(min=1e-6) * sought[where].norm().clamp(min=1e-6))


def _moment(alike: Tensor, coming: tuple[int, int] | None, least: float = ALIKE) -> int | None:
    """The latent of the plan, counted from 1, that is most alike, and can be got to without haste; None where none
    is."""
    best = float(alike.max())
    if best <= least:
        return None
    here, count = coming or (0, 0)
    rates = (4 * torch.arange(1, len(alike) + 1, device=alike.device) - here).abs() / max(1, count)
    haste = (rates - 1).clamp(min=0) if coming else torch.zeros_like(alike)
    return int((alike / best - HASTE * haste).argmax()) + 1
