"""How actors move: every quantity is a function of time, so a clip can start anywhere in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from model.world import loops
from model.world.cast import Subject
from model.world.scene import SUBJECT, Actor

MIDDLE = 2.0
SPEED = {"walk": 0.13, "run": 0.34, "fly": 0.17, "swim": 0.14, "roll": 0.24, "drive": 0.22, "sail": 0.10}
THINNEST = 0.12
PACE = 7.0  # radians a second: two hops of who has no legs to walk on
ON_LEGS = 0.35  # of the bounce and the sway of those without: how much is left to who steps


@dataclass(frozen=True)
class Pose:
    """An actor over time, all (T,): feet x and y, stretch of width (negative: mirrored) and height, tilt in radians
    about the pivot, lift above the ground, and the picture of the loop; grounded: whether it stands on the ground;
    pivot: how far above the feet it turns, in its own heights."""

    x: Tensor
    y: Tensor
    stretch_x: Tensor
    stretch_y: Tensor
    tilt: Tensor
    lift: Tensor
    frame: Tensor
    grounded: bool
    pivot: float = 0.0


@dataclass(frozen=True)
class _Body:
    """What an action does to an actor, all (T,): steps along x and y in world units, stretches, tilt in the way it
    heads, lift in its own heights, and the way it turns its face (1 or -1)."""

    x: Tensor
    y: Tensor
    sx: Tensor
    sy: Tensor
    tilt: Tensor
    lift: Tensor
    pivot: float = 0.0


@dataclass(frozen=True)
class _Cue:
    """What an action knows: seconds and phase (T,), the way it heads (-1 or 1), who acts, and of how many pictures
    their loop is."""

    t: Tensor
    phase: float
    heading: int
    height: float
    subject: Subject
    loop: int

    @property
    def pace(self) -> float:
        """How fast they walk, in radians a second of two steps."""
        return loops.WALKS if loops.legged(self.loop) else PACE

    @property
    def whole(self) -> float:
        """How much of a step the whole of them does, 0..1: less where legs do it."""
        return ON_LEGS if loops.steps(self.subject.id, self.loop) else 1.0

    def wave(self, rate: float, shift: float = 0.0) -> Tensor:
        """A sine of so many radians a second."""
        return torch.sin(rate * self.t + self.phase + shift)


def _stand(cue: _Cue, body: _Body) -> _Body:
    breath = cue.wave(2.6)
    return replace(body, sx=1 - 0.008 * breath, sy=1 + 0.02 * breath)


def _walk(cue: _Cue, body: _Body) -> _Body:
    """Small steps, the weight going from side to side."""
    tilt = cue.heading * 0.02 + 0.045 * cue.whole * cue.wave(cue.pace)
    return replace(body, lift=0.05 * cue.whole * cue.wave(cue.pace).abs(), tilt=tilt)


def _run(cue: _Cue, body: _Body) -> _Body:
    """Bounds, leaning forward, longer in the air; on wheels a rush that shakes."""
    if cue.subject.kind == "vehicle":
        return replace(
            body, lift=0.012 * cue.wave(21.0).abs(), tilt=-0.035 * cue.heading + 0.010 * cue.wave(17.0),
            sx=1.05 + 0.01 * cue.wave(9.0),
        )  # fmt: skip
    stride = cue.wave(loops.RUNS)
    return replace(
        body, lift=0.11 * (1 + cue.whole) / 2 * stride.abs(), tilt=cue.heading * 0.15 + 0.05 * cue.whole * stride,
        sx=1 + 0.05 * stride.abs(), sy=1 - 0.04 * (1 - stride.abs()),
    )  # fmt: skip


def _jump(cue: _Cue, body: _Body) -> _Body:
    cycle = (cue.t / 0.9 + cue.phase / (2 * math.pi)) % 1
    landing = torch.exp(-(((cycle + 0.5) % 1 - 0.5) / 0.10).square())
    return replace(body, lift=0.34 * 4 * cycle * (1 - cycle), sy=1 - 0.16 * landing, sx=1 + 0.08 * landing)


def _dance(cue: _Cue, body: _Body) -> _Body:
    return replace(
        body, tilt=0.22 * cue.wave(4.2), sy=1 + 0.05 * cue.wave(8.4), x=0.03 * cue.wave(4.2),
        lift=0.03 * cue.wave(4.2).abs(),
    )  # fmt: skip


def _spin(cue: _Cue, body: _Body) -> _Body:
    turn = torch.cos(3.0 * cue.t + cue.phase)
    return replace(body, sx=_wide(turn))


def _fly(cue: _Cue, body: _Body) -> _Body:
    """Rises and sinks; one who has a body and no wings lies on the air, head first."""
    hero = cue.subject.bodied and cue.subject.faces and cue.subject.home == "ground"
    lies = 0.95 * cue.heading if hero else 0.0
    return replace(body, y=0.05 * cue.wave(2.4), tilt=lies + 0.10 * cue.wave(2.4, 1), pivot=0.5 if hero else 0.0)


def _swim(cue: _Cue, body: _Body) -> _Body:
    return replace(body, y=0.03 * cue.wave(1.8), tilt=0.07 * cue.wave(3.5))


def _float(cue: _Cue, body: _Body) -> _Body:
    return replace(body, y=0.035 * cue.wave(1.5), tilt=0.05 * cue.wave(1.1))


def _roll(cue: _Cue, body: _Body) -> _Body:
    """Turns over and over about its middle as it goes along."""
    angle = cue.heading * SPEED["roll"] / (0.33 * cue.height) * cue.t + cue.phase
    return replace(body, tilt=angle, pivot=0.5, lift=0.015 * cue.wave(6.0).abs())


def _wave(cue: _Cue, body: _Body) -> _Body:
    """Rocks to and fro from the waist, stretching at each end: a greeting with the whole body."""
    rock = cue.wave(8.0) * (ON_LEGS if loops.legged(cue.loop) else 1.0)  # a hand does the rest
    return replace(body, tilt=0.16 * rock, sy=1 + 0.05 * rock.abs(), lift=0.02 * rock.abs())


def _look(cue: _Cue, body: _Body) -> _Body:
    """Turns to one side, waits, turns to the other; those seen from the front lean and shift instead."""
    side = torch.tanh(5 * torch.sin(1.7 * cue.t + cue.phase))
    if cue.subject.faces:
        return replace(body, x=0.06 * cue.height * side, tilt=0.13 * side, sx=1 - 0.10 * side.abs())
    return replace(body, sx=_wide(side), tilt=0.03 * side)


def _grow(cue: _Cue, body: _Body) -> _Body:
    size = (0.30 + 0.17 * cue.t).clamp(0.25, 1.35) * (1 + 0.02 * cue.wave(5.0))
    return replace(body, sx=size, sy=size)


def _gait(cue: _Cue, body: _Body, pace: Tensor) -> _Body:
    """The steps of one that moves at a pace of 0..1 (T,), fitting what it is."""
    if cue.subject.home in ("air", "water"):
        return replace(body, y=0.04 * cue.wave(2.4), tilt=0.08 * cue.wave(2.4, 1))
    if cue.subject.home == "afloat":
        return _sail(cue, body)
    if cue.subject.kind == "vehicle":
        return replace(body, lift=0.008 * cue.wave(18.0).abs() * pace)
    sway = cue.whole * pace * cue.wave(cue.pace)
    return replace(body, lift=0.05 * sway.abs(), tilt=0.045 * sway)


def _arrive(cue: _Cue, body: _Body) -> _Body:
    """Comes in from the side, fast at first, and stops at its place."""
    left = torch.exp(-0.55 * cue.t.clamp(min=0))
    return replace(_gait(cue, body, left), x=-cue.heading * 1.25 * left)


def _leave(cue: _Cue, body: _Body) -> _Body:
    """Sets off from its place and goes out at the side."""
    gone = 0.06 * (torch.exp(0.75 * cue.t.clamp(min=0, max=5)) - 1)
    return replace(_gait(cue, body, (3 * gone).clamp(max=1)), x=cue.heading * gone)


def _drive(cue: _Cue, body: _Body) -> _Body:
    """Rolls along evenly, the engine trembling."""
    return replace(body, lift=0.006 * cue.wave(19.0).abs(), tilt=0.006 * cue.wave(13.0))


def _sail(cue: _Cue, body: _Body) -> _Body:
    """Rocks on the swell."""
    return replace(body, y=0.018 * cue.wave(1.7), tilt=0.075 * cue.wave(1.3, 0.6))


def _kneel(cue: _Cue, body: _Body) -> _Body:
    """Sinks low and leans forward a little, breathing."""
    breath = cue.wave(2.2)
    return replace(body, sx=1.09 + 0.01 * breath, sy=0.76 + 0.018 * breath, tilt=cue.heading * 0.06 + 0.015 * breath)


def _wide(turn: Tensor) -> Tensor:
    """A width of -1..1 that is never quite nothing."""
    return torch.where(turn >= 0, turn.clamp(min=THINNEST), turn.clamp(max=-THINNEST))


def _action(name: str) -> Callable[[_Cue, _Body], _Body]:
    actions: dict[str, Callable[[_Cue, _Body], _Body]] = {
        "stand": _stand, "walk": _walk, "run": _run, "jump": _jump, "dance": _dance, "spin": _spin, "fly": _fly,
        "swim": _swim, "float": _float, "roll": _roll, "wave": _wave, "look": _look, "grow": _grow, "arrive": _arrive,
        "leave": _leave, "drive": _drive, "sail": _sail, "kneel": _kneel, "sit": _stand,
    }  # fmt: skip
    return actions[name]


def _legs(gone: Tensor, leg: float | None) -> tuple[Tensor, Tensor]:
    """Which way one goes, 1 or -1, and how many seconds of its way it is from the middle, having set out `gone`
    seconds from it; all (T,). Before the first leg it comes from farther out."""
    if leg is None:
        return torch.ones_like(gone), gone
    turns = torch.floor(gone / leg + 0.5).clamp(min=0)
    way = 1 - 2 * (turns % 2)
    return way, way * (gone - turns * leg)


def gait(subject: Subject, action: str = "") -> str:
    """How somebody gets from one place to another: by an action if that does, else as they are wont to."""
    return next((move for move in (action, *subject.moves) if move in SPEED), "walk")


def pose(actor: Actor, loop: int, times: Tensor) -> Pose:
    """Where an actor is and how it is bent at `times`, (T,) seconds; loop: how many pictures it has. KeyError for an
    action that is not known."""
    subject = SUBJECT[actor.instance.subject]
    facing = {"left": -1, "right": 1, "front": 0}[subject.facing]
    heading = actor.direction if facing and facing != actor.direction else facing or 1
    mirrored = torch.full_like(times, -1.0 if facing and heading != facing else 1.0)
    phase = actor.phase * 2 * math.pi
    zero, one = torch.zeros_like(times), torch.ones_like(times)
    cue = _Cue(times, phase, actor.direction, actor.height, subject, loop)
    body = _action(actor.action)(cue, _Body(zero, zero, one, one, zero, zero))
    way, gone = _legs(times - MIDDLE, actor.leg)
    x = actor.x + actor.direction * SPEED.get(actor.action, 0.0) * gone + body.x
    ahead = -way if actor.back else way
    if actor.carried:
        x = x - actor.direction * ahead * actor.behind
    if facing:
        mirrored = mirrored * ahead
    aloft = subject.aloft(actor.action)
    index = loops.shown(
        subject.id, loop, actor.action, times, actor.phase, carried=actor.carried, back=actor.back
    )
    return Pose(
        x, actor.y + body.y - body.lift * actor.height, body.sx * mirrored, body.sy, body.tilt * mirrored,
        one * 0.5 if aloft else body.lift, index, not aloft, body.pivot,
    )  # fmt: skip
