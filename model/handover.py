"""Handovers: whoever is seen on one side of a join and not on the other comes in, or goes out, in sight.

The cast of a shot and that of what it goes on from, or leads up to, are laid side by side, one to one. Who is in both
is led from the one way of moving into the other. Who is in one alone is out of sight in the other, beside the frame,
and so walks, swims or drives there; what cannot move by itself grows out of nothing, as in a pop-up book.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from model.world.blocking import PACE
from model.world.motion import MIDDLE, SPEED, gait
from model.world.render import FPS, View
from model.world.scene import ALIVE, SUBJECT, Actor, Shot
from model.world.turning import OVER, Turn, look_of

CROSSING = 32  # frames that it takes to come in or go out
NOTHING = 0.001  # of the height of what is not there


@dataclass(frozen=True, slots=True)
class Side:
    """What a shot goes on from, or leads up to (`ahead`): its own shot, the last frame of the stream, or the first,
    that shows it, and which frame of its plan that is, None where that is not known."""

    shot: Shot
    frame: int
    ahead: bool = False
    shows: int | None = None


def handed(shot: Shot, sides: Sequence[Side], frames: int, view: View) -> tuple[Shot, tuple[Turn, ...]]:
    """A shot with all who are seen on its sides in its cast, and what it turns from, and to; frames: how long it is."""
    whole, half = shot, view.width / view.unit / 2
    for side in sides:
        gone = _unmatched(side.shot.actors, whole.actors)
        away = [_with(actor, gone, side.shot.actors, _away(_mount(actor, gone), half, side.ahead)) for actor in gone]
        whole = replace(whole, actors=(*whole.actors, *away))
    turns, longest = list[Turn](), frames // max(1, len(sides))
    for side in sides:
        cast = _cast(side, whole.actors, half)
        there, moves = look_of(whole, side.shot), cast != whole.actors
        crossing = bool(_unmatched(side.shot.actors, shot.actors) or _unmatched(shot.actors, side.shot.actors))
        if there != whole or moves:
            over = min(CROSSING if crossing else OVER, longest)
            turns.append(Turn(there, side.frame, over, side.ahead, cast if moves else ()))
    return whole, tuple(turns)


def alike(one: Shot, other: Shot) -> bool:
    """Whether the same are seen in two shots, in the same order."""
    return [actor.instance for actor in one.actors] == [actor.instance for actor in other.actors]


def _cast(side: Side, actors: Sequence[Actor], half: float) -> tuple[Actor, ...]:
    """Every one of some actors as they are on a side of their shot."""
    pairs = _matched(actors, side.shot.actors)
    come = [actor for actor, there in zip(actors, pairs, strict=True) if there is None]
    return tuple(
        there or _with(actor, come, actors, _beside(_mount(actor, come), side, half))
        for actor, there in zip(actors, pairs, strict=True)
    )


def _mount(actor: Actor, others: Sequence[Actor]) -> Actor:
    """What carries somebody, if it is among others; else themselves."""
    near = (other for other in others if not other.carried and abs(other.x - actor.x) < other.height / 2)
    return next(near, actor) if actor.carried else actor


def _with(actor: Actor, others: Sequence[Actor], everyone: Sequence[Actor], moved: Actor) -> Actor:
    """Somebody of some who come or go: with what carries them, as that moved; where it stays they climb up from, or
    down to, where its own feet are."""
    if not actor.carried:
        return moved
    if _mount(actor, others) is actor:
        return replace(moved, y=_mount(actor, everyone).y, carried=False)
    aside = actor.x - _mount(actor, others).x
    return replace(actor, x=moved.x + aside, action=moved.action, direction=moved.direction, leg=moved.leg)


def _matched(actors: Sequence[Actor], others: Sequence[Actor]) -> list[Actor | None]:
    """For every actor the same one among others, or one of the same kind; each is taken once."""
    left, found = list(others), list[Actor | None]([None] * len(actors))
    for fits in (_the_same, _of_one_kind):
        for index, actor in enumerate(actors):
            same = next((other for other in left if fits(actor, other)), None)
            if found[index] is None and same is not None:
                found[index] = same
                left.remove(same)
    return found


def _the_same(one: Actor, other: Actor) -> bool:
    return one.instance == other.instance


def _of_one_kind(one: Actor, other: Actor) -> bool:
    return one.instance.subject == other.instance.subject


def _unmatched(actors: Sequence[Actor], others: Sequence[Actor]) -> list[Actor]:
    """Those of some actors who are not among others."""
    return [actor for actor, same in zip(actors, _matched(actors, others), strict=True) if same is None]


def _gait(actor: Actor) -> str | None:
    """How somebody gets about; None for what does not move by itself."""
    subject = SUBJECT[actor.instance.subject]
    return gait(subject, actor.action) if subject.kind in ALIVE else None


def _away(actor: Actor, half: float, comes: bool) -> Actor:
    """Somebody of a side while they are out of sight, in the shot; comes: whether it leads up to them."""
    goes = _gait(actor)
    if goes is None:
        return replace(actor, height=NOTHING * actor.height)
    way = 1 if actor.x >= 0 else -1
    far = half + actor.height + SPEED[goes] * MIDDLE  # at the start of the plan they are so much nearer
    return replace(actor, action=goes, x=way * far, direction=-way if comes else way, leg=None)


def _beside(actor: Actor, side: Side, half: float) -> Actor:
    """Somebody of the shot while they are out of sight, on a side of it: just beside the frame where they join it."""
    goes = _gait(actor)
    if goes is None:
        return replace(actor, height=NOTHING * actor.height)
    way = -actor.direction if abs(actor.x) < actor.height / 2 else (1 if actor.x > 0 else -1)
    far, heads = way * (half + 0.6 * actor.height), way if side.ahead else -way
    if side.shows is None:
        return replace(actor, action="stand", x=far, direction=heads, leg=None)
    gone = side.shot.start + side.shows * PACE / FPS - MIDDLE
    return replace(actor, action=goes, x=far - heads * SPEED[goes] * gone, direction=heads, leg=None)
