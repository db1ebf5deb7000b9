"""Stories: subjects that stand in a relation, crowds, signs, a third shot, a tour from one subject to the next.

A story is drawn on top of a scene from lots of its own: the scene below is the one that its seed has always given.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from model.world.cast import Subject
from model.world.motion import MIDDLE, SPEED
from model.world.scene import (
    SUBJECT,
    Actor,
    Scene,
    SceneOptions,
    Shot,
    Sign,
    _actor,
    _instance,
    _next_shot,
    allowed,
    who,
)
from model.world.signs import words_for

FPS = 16
SLOW = 0.2  # whoever is faster has left the frame before it meets anybody
STANDING = ("stand", "look", "wave", "dance", "float", "grow")
INSIDE = ("reef", "space", "sky", "cave")  # nobody puts up signs there


def tell(scene: Scene, seed: int, options: SceneOptions) -> Scene:
    """The scene with a story on top, as the options say; the same seed and options give the same story."""
    rng = random.Random(f"story {seed}")
    shots, starts = list(scene.shots), scene.starts
    if len(shots) == 1:
        roll = rng.random()
        if roll < options.crowds:
            shots[0] = _crowd(rng, shots[0], options)
        elif roll < options.crowds + options.related:
            shots[0] = _relate(rng, shots[0], options)
    else:
        touring = rng.random() < options.tours
        if touring:
            shots[1] = _other(rng, shots[0], options)
        elif rng.random() < options.related:
            shots[0] = _relate(rng, shots[0], options)
        if rng.random() < options.thirds and (longer := _boundaries(rng, 3, options.frames)):
            before = _alone(shots[1])
            shots.append(_other(rng, before, options) if touring else _next_shot(rng, before, options))
            starts = longer
        if touring and shots[0].place not in INSIDE and rng.random() < 0.5:
            shots[0] = _title(rng, shots[0], options)
    if shots[0].sign is None and shots[0].place not in INSIDE and rng.random() < options.signs:
        shots[0] = replace(shots[0], sign=_sign(rng, shots[0], options))
    return Scene(tuple(shots), starts)


def _boundaries(rng: random.Random, shots: int, frames: int) -> tuple[int, ...]:
    """Where so many shots begin, on frames 1 + 4k; empty when the clip is too short for them."""
    places = range(1, max(1, (frames - 5) // 4) + 1)
    if len(places) < shots - 1:
        return ()
    return (0, *(1 + 4 * k for k in sorted(rng.sample(places, shots - 1))))


def _alone(shot: Shot) -> Shot:
    """A shot without its sign and its relation, for the shots that come after it."""
    return replace(shot, sign=None, relation=None)


def _moves(subject: Subject, options: SceneOptions) -> list[str]:
    known = [m for m in subject.moves if m in allowed("action", options.knows)]
    return known or list(subject.moves)


def _going(subject: Subject, options: SceneOptions) -> list[str]:
    return [m for m in _moves(subject, options) if 0 < SPEED.get(m, 0.0) <= SLOW]


def _relate(rng: random.Random, shot: Shot, options: SceneOptions) -> Shot:
    """The subject of a shot with one or two others: beside it, behind it, ahead of it, or coming the other way."""
    main = SUBJECT[shot.actors[-1].instance.subject]
    cast = [SUBJECT[i] for i in who(shot.place, options.knows)]
    going = _going(main, options)
    goers = [s for s in cast if set(_going(s, options)) & set(going)]
    relation = rng.choice(("beside", "in_front", "follows", "meets") if goers else ("beside", "in_front"))
    others = [rng.choice(goers if relation in ("follows", "meets") else cast)]
    if relation in ("beside", "follows") and rng.random() < 0.3:
        others.append(rng.choice(goers if relation == "follows" else cast))
    group = [replace(shot.actors[-1], x=0.0)]
    group += [_actor(rng, other, shot.place, shot.framing, options, slot=0) for other in others]
    place = {"beside": _beside, "in_front": _in_front, "follows": _follows, "meets": _meets}[relation]
    placed = place(rng, _fit(group, options.reach, shot.framing == "close"), options, shot)
    camera = "static" if shot.camera == "tracking" and relation != "follows" else shot.camera
    return replace(shot, actors=tuple(placed), relation=relation, camera=camera)


def _fit(group: Sequence[Actor], reach: float, close: bool) -> list[Actor]:
    """Actors small enough to stand next to each other inside the frame."""
    wide = sum(a.height for a in group) * 0.95
    scale = min(0.9 if close else 1.0, 2 * reach * 0.92 / wide)
    return [replace(a, height=a.height * scale) for a in group]


def _row(group: Sequence[Actor], order: Sequence[int], gap: float) -> list[Actor]:
    """The actors next to each other from left to right in this order, the middle of the row at 0."""
    spots: dict[int, float] = {}
    x = 0.0
    for previous, index in zip((None, *order), order, strict=False):
        if previous is not None:
            x += (group[previous].height + group[index].height) * 0.44 + gap
        spots[index] = x
    middle = (min(spots.values()) + max(spots.values())) / 2
    return [replace(a, x=spots[i] - middle) for i, a in enumerate(group)]


def _act(rng: random.Random, actor: Actor, options: SceneOptions, wanted: str | None, *, direction: int) -> Actor:
    """An actor that does what is wanted if it can, or else something on the spot."""
    moves = _moves(SUBJECT[actor.instance.subject], options)
    quiet = [m for m in moves if m in STANDING] or [m for m in moves if m not in SPEED] or moves
    return replace(actor, action=wanted if wanted in moves else rng.choice(quiet), direction=direction)


def _last(group: Sequence[Actor]) -> tuple[Actor, ...]:
    """The first of a group comes last: it is the one that the shot is about."""
    return (*group[1:], group[0])


def _beside(rng: random.Random, group: list[Actor], options: SceneOptions, shot: Shot) -> tuple[Actor, ...]:
    shared = set.intersection(*(set(_moves(SUBJECT[a.instance.subject], options)) for a in group))
    calm = sorted(m for m in shared if SPEED.get(m, 0.0) <= SLOW and m not in ("arrive", "leave"))
    wanted, direction = rng.choice(calm) if calm else None, group[0].direction
    row = _row(group, rng.sample(range(len(group)), len(group)), 0.02)
    return _last([_act(rng, replace(a, y=_level(a, row[0])), options, wanted, direction=direction) for a in row])


def _level(actor: Actor, like: Actor) -> float:
    """The height of somebody's feet next to another: who stands, stands on the same ground."""
    both = all(SUBJECT[a.instance.subject].home == "ground" for a in (actor, like))
    return like.y if both else actor.y


def _in_front(rng: random.Random, group: list[Actor], options: SceneOptions, shot: Shot) -> tuple[Actor, ...]:
    front, behind = group
    side = rng.choice((-1, 1)) * front.height * rng.uniform(0.28, 0.42)
    scale = min(1.0, 0.8 / front.height) * 0.85
    low = min(0.97, front.y + 0.05)
    near = replace(front, x=-side / 2, y=low, height=front.height * scale)
    far = replace(behind, x=side, y=low - 0.13, height=max(behind.height, front.height * 0.8) * 0.98)
    return tuple(_act(rng, a, options, "stand", direction=a.direction) for a in (far, near))


def _follows(rng: random.Random, group: list[Actor], options: SceneOptions, shot: Shot) -> tuple[Actor, ...]:
    """All go the same way, the subject of the shot last."""
    going = sorted(set.intersection(*(set(_going(SUBJECT[a.instance.subject], options)) for a in group)))
    wanted, direction = rng.choice(going) if going else None, rng.choice((-1, 1))
    order = list(range(len(group)))[:: 1 if direction > 0 else -1]  # the first of the group is the hindmost
    row = [replace(a, y=_level(a, group[0])) for a in _row(group, order, 0.04)]
    if going:
        return _last([_act(rng, a, options, wanted, direction=direction) for a in row])
    common = _going(SUBJECT[group[0].instance.subject], options)
    return _last([_act(rng, a, options, rng.choice(common), direction=direction) for a in row])


def _meets(rng: random.Random, group: list[Actor], options: SceneOptions, shot: Shot) -> tuple[Actor, ...]:
    """Two come from two sides and are face to face when the clip ends."""
    left = rng.choice((0, 1))
    end = shot.start + options.frames / FPS
    touch = (group[0].height + group[1].height) * 0.40 + 0.02
    shared = set(_going(SUBJECT[group[0].instance.subject], options)) & set(
        _going(SUBJECT[group[1].instance.subject], options)
    )
    wanted = rng.choice(sorted(shared))
    way = SPEED[wanted] * (end - MIDDLE)
    out = []
    for index, actor in enumerate(group):
        side = -1 if index == left else 1
        moved = replace(actor, x=side * (touch / 2 + way), y=_level(actor, group[0]))
        out.append(_act(rng, moved, options, wanted, direction=-side))
    return _last(out)


def _crowd(rng: random.Random, shot: Shot, options: SceneOptions) -> Shot:
    """Four to seven of a kind, the far ones smaller; among people no two need be the same."""
    main = shot.actors[-1]
    subject = SUBJECT[main.instance.subject]
    staying = [m for m in _moves(subject, options) if m not in ("arrive", "leave", "run")] or [main.action]
    action = main.action if main.action in staying else rng.choice(staying)
    main = replace(main, instance=replace(main.instance, colour=None), action=action)
    kinds = [subject]
    if getattr(subject, "kind", "") == "person":
        here = [SUBJECT[i] for i in who(shot.place, options.knows)]
        kinds = [s for s in here if getattr(s, "kind", "") == "person" and main.action in _moves(s, options)] or kinds
    count = rng.randint(4, 7)
    height = min(main.height, 0.46)
    spots = [(k + 0.5) / (count - 1) * 2 - 1 for k in range(count - 1)]
    rng.shuffle(spots)
    others = []
    for spot in spots:
        depth = rng.uniform(0.0, 0.75)  # 0: beside the first, 1: at the horizon
        other = rng.choice(kinds)
        aloft = main.action in ("fly", "float", "swim")
        others.append(
            replace(
                main,
                instance=replace(_instance(rng, other, options.variety), colour=None),
                x=spot * options.reach * rng.uniform(0.8, 0.95),
                y=main.y - (rng.uniform(-0.05, 0.36) if aloft else 0.20 * depth),
                height=height * other.size / subject.size * (1 - 0.5 * depth) * rng.uniform(0.92, 1.05),
                direction=main.direction if rng.random() < 0.85 else -main.direction,
                phase=rng.random(),
            )
        )
    others.sort(key=lambda a: a.height if main.action in ("fly", "float", "swim") else a.y)
    first = replace(main, height=height, x=max(-0.2, min(0.2, main.x)))
    return replace(shot, actors=(*others, first), framing="wide" if height < 0.4 else "medium")


def _other(rng: random.Random, shot: Shot, options: SceneOptions) -> Shot:
    """The next shot of a tour: the same place or one like it, and somebody not seen before."""
    after = _next_shot(rng, _alone(shot), options)
    seen = shot.actors[-1].instance.subject
    stay = shot.place if rng.random() < 0.6 else after.place
    others = [i for i in who(stay, options.knows) if i != seen] or [seen]
    actor = _actor(rng, SUBJECT[rng.choice(others)], stay, after.framing, options, slot=0)
    seed = shot.place_seed if stay == shot.place else after.place_seed
    camera = "static" if after.camera == "tracking" else after.camera
    weather = shot.weather if stay == shot.place else after.weather
    return replace(after, place=stay, place_seed=seed, weather=weather, actors=(actor,), camera=camera)


def _title(rng: random.Random, shot: Shot, options: SceneOptions) -> Shot:
    """A shot that shows nobody yet: a big sign with the name of the place."""
    cameras = allowed("camera", options.knows)
    camera = rng.choice([c for c in ("tilt_down", "static", "zoom_in", "crane_up") if c in cameras] or cameras)
    sign = Sign(rng.choice(words_for(shot.place)), rng.uniform(-0.08, 0.08), 0.93, 0.72, rng.randrange(1 << 16))
    return replace(shot, actors=(), sign=sign, camera=camera, framing="close", relation=None)


def _sign(rng: random.Random, shot: Shot, options: SceneOptions) -> Sign:
    """A sign beside who is there, on the emptier side."""
    middle = sum(a.x for a in shot.actors) / max(1, len(shot.actors))
    side = 1 if middle < 0 else -1
    x = side * options.reach * rng.uniform(0.52, 0.68)
    return Sign(rng.choice(words_for(shot.place)), x, 0.80, rng.uniform(0.40, 0.50), rng.randrange(1 << 16))
