"""Turns: what goes on from a clip begins in its light, its weather and its camera's move, and comes to its own slowly.

What leads up to a clip does so the other way round. While a shot turns, how much of a frame is still as it was is a
share between 1 and 0: two lights are mixed by it, flakes come and go in number, and one move of the camera slows down
while the other sets in.

Axis legend: T: frames.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from model.world import loops
from model.world.camera import COLUMNS, camera_path
from model.world.motion import Pose, pose
from model.world.scene import Actor, Shot

OVER = 20  # frames: a second and a quarter
EDGE = 0.2  # of somebody's width
LOOK = ("time", "weather", "also", "camera", "style")
_ZOOM, _LENS = COLUMNS.index("zoom"), COLUMNS.index("lens")


Moves = Callable[[float | None], tuple[Tensor, Tensor | None]]


@dataclass(frozen=True)
class Turn:
    """Between a shot and what it goes on from, or leads up to (`ahead`). shot: the shot as it is there; frame: the last
    frame of the stream, or the first, that is all so; over: how many frames it takes. cast: the same ones as they move
    there, where they move otherwise or at another pace, and `second` of their plan at that frame."""

    shot: Shot
    frame: int
    over: int = OVER
    ahead: bool = False
    cast: tuple[Actor, ...] = ()
    second: float = 0.0

    def share(self, first: int, count: int) -> Tensor:
        """How much of frames first, first + 1, ... of the stream is as it is there, (T,): 1 up to the frame, then less
        and less."""
        frames = torch.arange(first, first + count)
        away = (self.frame - frames if self.ahead else frames - self.frame) / max(1, self.over)
        t = away.clamp(0, 1)
        return 1 - t * t * (3 - 2 * t)


Looks = Sequence[tuple[Shot, Tensor | None]]


@dataclass(frozen=True, eq=False)
class Turning:
    """What a shot turns from, or to, in some frames: the shot as it is there, and how much of each frame is so, (T,).
    camera: its path (T, 6) meanwhile and where it was at a second, (6,); None for the shot's own. cast: how those in it
    move there: the actors, their times and how much of each frame is so, (T,) each."""

    looks: tuple[tuple[Shot, Tensor], ...]
    cast: tuple[tuple[tuple[Actor, ...], Tensor, Tensor], ...] = ()
    camera: Moves | None = None


def posed(number: int, actor: Actor, loop: int, times: Tensor, turning: Turning | None) -> Pose:
    """How actor `number` of a shot, whose loop has so many pictures, stands at times (T,), one way of moving going over
    into the other."""
    path = pose(actor, loop, times)
    for cast, then, share in turning.cast if turning is not None else ():
        there = cast[number]
        path = _mixed(pose(there, loop, then.to(times)), path, share.to(times), there.height / actor.height, loop)
    return path


def _mixed(one: Pose, other: Pose, share: Tensor, taller: float, loop: int) -> Pose:
    """A pose between two: as one of them to a share (T,) of each frame. taller: how many times so high the one is;
    loop: of how many pictures."""

    def between(a: Tensor, b: Tensor) -> Tensor:
        return torch.lerp(b, a, share)

    wide = between(one.stretch_x * taller, other.stretch_x)
    edge = torch.where(wide.abs() < EDGE, torch.where(wide < 0, -EDGE, EDGE), wide)  # who turns is never seen edge-on
    return Pose(
        between(one.x, other.x), between(one.y, other.y), edge, between(one.stretch_y * taller, other.stretch_y),
        between(one.tilt, other.tilt), between(one.lift, other.lift),
        loops.between(one.frame, other.frame, share, loop), other.grounded, other.pivot,
    )  # fmt: skip


def looks_in(shot: Shot, turning: Turning | None, device: torch.device) -> Looks:
    """A shot with what it turns from or to, and how much each has of every frame, (T,); None for all. What has nothing
    of any frame is left out."""
    others = [(look, share.to(device)) for look, share in (turning.looks if turning else ()) if bool(share.any())]
    if not others:
        return [(shot, None)]
    left = (1 - torch.stack([share for _, share in others]).sum(0)).clamp(0, 1)
    return [*others, (shot, left)] if bool(left.any()) else others


def airs(looks: Looks) -> list[tuple[str, int, Tensor | None]]:
    """What is in the air of some looks: each weather, the seed of its chances, and how much of it there is, (T,)."""
    found: dict[tuple[str, int], Tensor | None] = {}
    for look, share in looks:
        for number, weather in enumerate((look.weather, look.also)):
            key = weather, look.seed + number
            known = found.get(key)
            found[key] = share if known is None or share is None else known + share
    return [(weather, seed, amount) for (weather, seed), amount in found.items()]


def look_of(shot: Shot, other: Shot) -> Shot:
    """A shot with the hour, the weather, the style and the camera of another."""
    return replace(shot, **{name: getattr(other, name) for name in LOOK}, seed=other.seed)


def relights(shot: Shot, turns: Sequence[Turn]) -> bool:
    """Whether a shot turns from, or to, another light, weather or style."""
    return any(look_of(shot, replace(turn.shot, camera=shot.camera)) != shot for turn in turns)


def led(shot: Shot, turns: Sequence[Turn], joint: Turn) -> list[Turn]:
    """The turns of a shot, with those in it led from, or to, how they move at the usual pace: in the turn that there is
    on that side, else in `joint`."""
    sides = [turn for turn in turns if turn.ahead == joint.ahead] or [joint]
    others = [turn for turn in turns if turn.ahead != joint.ahead]
    return [*others, *(replace(turn, cast=shot.actors, second=joint.second) for turn in sides)]


def turned(shot: Shot, turn: Turn, second: Callable[[float], float], first: int, count: int) -> Moves:
    """The camera in frames first, first + 1, ... of a shot in which one move of it goes over into another. second: of
    the plan that a frame shows."""

    def camera(straight: float | None) -> tuple[Tensor, Tensor | None]:
        start, stop = reach([turn], first, count)
        path = eased(shot, turn, start, torch.tensor([second(frame) for frame in range(start, stop)]))
        then = None if straight is None else camera_path([turn.shot], torch.tensor([[straight]]))[0, 0]
        return path[first - start : first - start + count], then

    return camera


def paced(shot: Shot, seconds: Tensor, paces: Sequence[tuple[Tensor, Tensor]]) -> Moves:
    """The camera at seconds (T,) of a shot, led out of other paces of the same move, and into them: the seconds at
    which it would be, and how much of each frame is so, (T,) each."""

    def camera(straight: float | None) -> tuple[Tensor, Tensor | None]:
        path = camera_path([shot], seconds[None])[0]
        for times, share in paces:
            path = torch.lerp(path, camera_path([shot], times[None])[0], share[:, None].to(path))
        then = None if straight is None else camera_path([shot], torch.tensor([[straight]]))[0, 0]
        return path, then

    return camera


def eased(shot: Shot, turn: Turn, first: int, times: Tensor) -> Tensor:
    """The camera (T, 6) of a shot that turns, at the times (T,) of frames first, first + 1, ... of the stream, which
    begin or end no later, or earlier, than the frame from which it turns: a move goes over into the other where it is.
    """
    count = len(times)
    there, own = camera_path([turn.shot, shot], times.expand(2, -1))
    share = turn.share(first, count)[:, None].to(times)
    if turn.ahead:
        there, own, share = there.flip(0), own.flip(0), share.flip(0)
    steps = [_levelled(path)[1:] - _levelled(path)[:-1] for path in (there, own)]
    moved = torch.cat([_levelled(there)[:1], share[1:] * steps[0] + (1 - share[1:]) * steps[1]]).cumsum(0)
    moved[:, _ZOOM] = moved[:, _ZOOM].exp()
    moved[:, _LENS] = (share * there + (1 - share) * own)[:, _LENS]
    return moved.flip(0) if turn.ahead else moved


def reach(turns: Sequence[Turn], first: int, count: int) -> tuple[int, int]:
    """The frames start..stop of the stream that `eased` has to go through for some of them."""
    start = min([first, *(turn.frame for turn in turns if not turn.ahead)])
    stop = max([first + count, *(turn.frame + 1 for turn in turns if turn.ahead)])
    return start, stop


def _levelled(path: Tensor) -> Tensor:
    """A path with its zoom as a logarithm: moves of it can be added."""
    out = path.clone()
    out[:, _ZOOM] = path[:, _ZOOM].log()
    return out
