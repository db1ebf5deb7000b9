"""How the four-legged animals of `drawn_beasts.py` are built, how they hold themselves, and how they are drawn.

The body is seen from the side and heads left, the head is a picture that looks at us, as in a picture book.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from model.world.drawn_beasts_parts import (
    Beast,
    Hide,
    Knot,
    Outline,
    Patch,
    bands,
    joint,
    level,
    limb,
    paw,
    placed,
    shaded,
)
from model.world.drawn_sheet import Colour, Point, box, ellipse, smooth, turned
from model.world.loops import GAIT, IDLE, WAVE

GROUND = 250.0
ON_GROUND = 0.56  # the part of a step that a foot stays down
FAR = (0.80, 0.70, 0.82)  # what is left of red, green and blue on the legs of the far side
TROT, BOUND = (0.0, 0.5, 0.5, 0.0), (0.0, 0.06, 0.5, 0.56)


@dataclass(frozen=True)
class Tail:
    """Where it leads from the rump; tip: its colour from a knot on; rings: their colour, at those parts of it."""

    knots: tuple[Knot, ...]
    coat: tuple[Colour, ...] = ()
    tip: Colour | None = None
    tip_from: int = 2
    rings: Colour | None = None
    ringed: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Fade:
    """Where a picture goes over into what is below it: from one place to another, in its dots, in a box of it."""

    start: Point
    end: Point
    within: tuple[int, int, int, int] = (0, 0, 256, 256)


@dataclass(frozen=True)
class Bust:
    """A head seen from the side on a neck that its picture cuts off. neck: what leads up to it from the shoulder;
    locks: hair that hangs on from the mane where that is cut off."""

    neck: tuple[Knot, ...] = ()
    fades: tuple[Fade, ...] = ()
    locks: tuple[tuple[Knot, ...], ...] = ()
    hair: tuple[Colour, ...] = ()


@dataclass(frozen=True)
class FourLegged(Beast):
    """How an animal on four legs is built. head: the middle of its picture, and how large that is beside its own size;
    the rest are places and radii in a square of 256."""

    head: Knot
    shoulder: Knot
    hip: Knot
    waist: float
    coat: tuple[Colour, ...]
    tail: Tail
    fore: float = 12.0
    hind: float = 13.0
    toes: float = 6.0
    thigh: float = 0.78
    sock: Colour | None = None
    sock_high: float = 26.0
    belly: Colour | None = None
    patches: tuple[Patch, ...] = ()
    striped: Colour | None = None
    hock: float = 0.7
    phases: tuple[float, float, float, float] = TROT
    stride: float = 40.0
    lift: float = 15.0
    bust: Bust | None = None
    wings: tuple[Colour, ...] = ()
    waves: bool = True
    far: tuple[float, float, float] = FAR

    def pictures(self, face: Image.Image) -> list[Image.Image]:
        scale = round(face.width * self.head[2])
        face = face.convert("RGBA")
        if self.bust is not None:
            face = faded(face, self.bust.fades)
        head = face.resize((scale, scale), Image.Resampling.LANCZOS)
        poses = [at_ease(turn) for turn in IDLE.turns()]
        poses += [walking(self, turn) for turn in GAIT.turns()]
        poses += [waving(self, turn) for turn in WAVE.turns()]
        return [*(standing(self, head, pose) for pose in poses), seated(self, head)]


@dataclass(frozen=True)
class Foot:
    """Where a foot is from where it stands: to the right, up; and how far its heel is raised, in radians."""

    aside: float = 0.0
    up: float = 0.0
    pitch: float = 0.0


@dataclass(frozen=True)
class Pose:
    """How an animal holds itself. feet: near and far fore, near and far hind; head: its move and tilt."""

    feet: tuple[Foot, Foot, Foot, Foot] = (Foot(-6), Foot(12), Foot(8), Foot(-14))
    bob: float = 0.0
    breath: float = 0.0
    head: Knot = (0.0, 0.0, 0.0)
    tail: float = 0.0
    paw: float | None = None


# --- poses ------------------------------------------------------------------------------------------------------------


def at_ease(turn: float) -> Pose:
    """Breathing, the head and the tail moving a little; turn: how far through the loop, 0..1."""
    breath = math.sin(math.tau * turn)
    return Pose(
        breath=breath,
        head=(0.9 * math.sin(math.tau * (turn - 0.1)), -2.1 * math.sin(math.tau * (turn - 0.08)),
              0.022 * math.sin(math.tau * turn)),
        tail=0.11 * math.sin(math.tau * turn),
    )  # fmt: skip


def walking(beast: FourLegged, turn: float) -> Pose:
    """A moment of two steps, the legs in pairs as its phases say."""
    middles = (Foot(-2), Foot(-1), Foot(3), Foot(1))
    feet = []
    for phase, rest in zip(beast.phases, middles, strict=True):
        pace = step((turn + phase) % 1, beast.stride, beast.lift)
        feet.append(replace(pace, aside=pace.aside + rest.aside))
    bob = -1.8 * math.cos(2 * math.tau * (turn - 0.02))
    sway = math.sin(2 * math.tau * (turn - 0.12))
    return Pose(
        feet=(feet[0], feet[1], feet[2], feet[3]),
        bob=bob,
        head=(1.0 * math.sin(math.tau * turn), 1.6 * sway, 0.03 * math.sin(math.tau * turn)),
        tail=0.07 * math.sin(2 * math.tau * (turn - 0.2)) + 0.05 * math.sin(math.tau * turn),
    )


def step(turn: float, stride: float, lift: float) -> Foot:
    """A foot's way in a cycle: evenly back on the ground, then up and forward."""
    if turn < ON_GROUND:
        return Foot(stride * (turn / ON_GROUND - 0.5))
    swing = (turn - ON_GROUND) / (1 - ON_GROUND)
    ahead = (1 - math.cos(math.pi * swing)) / 2
    rise = math.sin(math.pi * swing) ** 1.2
    return Foot(stride * (0.5 - ahead), lift * rise, 0.75 * rise * (1 - 0.75 * swing))


def waving(beast: FourLegged, turn: float) -> Pose:
    """A paw that waves; who cannot show it nods and wags the tail."""
    wave = math.sin(math.tau * turn)
    nod = 0.6 if beast.waves else 2.5
    return Pose(
        breath=0.5 * wave,
        head=(1.5, nod * math.sin(2 * math.tau * turn), 0.05 + 0.02 * wave if beast.bust is None else 0.025 * wave),
        tail=0.13 * math.sin(2 * math.tau * turn),
        paw=wave if beast.waves else None,
    )


# --- drawing ----------------------------------------------------------------------------------------------------------


def standing(beast: FourLegged, head: Image.Image, pose: Pose) -> Image.Image:
    """The picture of a pose on its feet, drawn from the far side to the near one."""
    hide = Hide()
    bob = -pose.bob
    shoulder, hip = moved(beast.shoulder, bob * 1.1), moved(beast.hip, bob * 0.9)
    tail(hide, beast, (hip[0] + hip[2] * 0.72, hip[1] - hip[2] * 0.42), pose.tail)
    tops = (shoulder, (shoulder[0] + 5, *shoulder[1:]), hip, (hip[0] - 5, *hip[1:]))
    legs = [_leg(beast, number, top, foot) for number, (top, foot) in enumerate(zip(tops, pose.feet, strict=True))]
    _far_side(hide, beast, [legs[1], legs[3]])
    middle = ((shoulder[0] + hip[0]) / 2, (shoulder[1] + hip[1]) / 2 - 1, beast.waist + 1.1 * pose.breath)
    torso = limb([shoulder, middle, hip])
    if beast.bust is not None and beast.bust.neck:
        torso += limb([shoulder, *_leaning(beast.bust.neck, pose.head, bob)])
    if pose.paw is not None:
        legs[0] = _raised(beast, shoulder, pose.paw)
    # A winged one's chest is marked: a leg lifted before it must not be.
    marked = (0, 2) if pose.paw is None or not beast.wings else (2,)
    near = [outline for number in marked for outline in (*limb(legs[number].knots), legs[number].sole)]
    patches = [*_belly(beast, shoulder, hip), *_shifted(beast.patches, bob)]
    for number in (0, 2):
        patches += _leg_patches(beast, legs[number])
    hide.mass([*torso, *near], beast.coat, patches, puff=8, depth=0.5, shadow=0.45)
    if 0 not in marked:
        hide.mass([*limb(legs[0].knots), legs[0].sole], beast.coat, puff=6, depth=0.45, shadow=0.2)
    if beast.wings:
        _wing(hide, beast, shoulder, pose.tail)
    dx, dy, tilt = pose.head
    return _headed(beast, hide, head, (dx, dy + bob, tilt))


def _far_side(hide: Hide, beast: FourLegged, legs: Sequence[_Leg]) -> None:
    """Legs of the far side, a little darker."""
    coat = [dimmed(colour, beast.far) for colour in beast.coat]
    patches = [replace(patch, colour=dimmed(patch.colour, beast.far)) for leg in legs
               for patch in _leg_patches(beast, leg)]  # fmt: skip
    hide.mass([part for leg in legs for part in (*limb(leg.knots), leg.sole)], coat, patches, puff=5, depth=0.4)


@dataclass(frozen=True)
class _Leg:
    """pitch: how far its heel is raised; high: what a whole black leg goes up to on the body."""

    knots: tuple[Knot, ...]
    sole: Outline
    radius: float
    pitch: float = 0.0
    high: Point | None = None


def _leg(beast: FourLegged, number: int, top: Knot, foot: Foot) -> _Leg:
    """One of the four legs: fore legs bend forward, hind legs at the hock."""
    hind = number >= 2
    radius = beast.hind if hind else beast.fore
    x, y = top[0] + foot.aside, GROUND - radius - foot.up
    start = (top[0], top[1] + (0 if hind else 6))
    reach = (GROUND - radius - start[1]) * 1.045
    bend = -beast.hock if hind else 0.8
    knee = joint(start, (x, y), reach, bend)
    thick = top[2] * beast.thigh if hind else max(radius * 1.35, top[2] * 0.55)
    knots = ((*start, thick), (knee[0], knee[1], radius * 1.08), (x, y, radius))
    high = None if hind else (top[0] + 2.0, top[1] - top[2] - 8)
    return _Leg(knots, paw((x, y), radius, beast.toes, foot.pitch), radius, foot.pitch, high)


def _raised(beast: FourLegged, shoulder: Knot, wave: float) -> _Leg:
    """The near fore leg lifted in front of the chest, its paw waving below the cheek."""
    radius = beast.fore
    elbow = (shoulder[0] - 37, shoulder[1] + 21)
    angle = -0.88 + 0.4 * wave
    end = (elbow[0] + 32 * math.sin(angle), elbow[1] - 32 * math.cos(angle))
    knots = ((shoulder[0], shoulder[1] + 8, radius * 1.3), (*elbow, radius * 1.12), (*end, radius))
    return _Leg(knots, ellipse(end, (radius * 1.2, radius * 1.25)), radius,
                math.atan2(math.sin(angle), -math.cos(angle)))  # fmt: skip


def _leg_patches(beast: FourLegged, leg: _Leg) -> list[Patch]:
    patches = []
    if beast.sock is not None:
        patches.append(Patch(beast.sock, _sock(leg, beast.sock_high), 0.8))
    if beast.striped is not None:
        patches.append(Patch(beast.striped, bands(leg.knots, (0.62, 0.78), 2.6, 0.55)))
    return patches


def _sock(leg: _Leg, high: float) -> list[Outline]:
    """What of a leg has another colour: a hoof as high as that, a stocking, or the whole leg, for more than 60."""
    knee, end = leg.knots[1], leg.knots[2]
    if high < 15:
        x, y = end[0], end[1] + leg.radius
        wide = leg.radius * 1.9
        return [turned(box(x - wide, y - high, x + wide, y + 9, 1), -leg.pitch, end[:2])]
    far = math.dist(end[:2], knee[:2]) or 1.0
    share = min(1.0, high / far)
    up = (end[0] + (knee[0] - end[0]) * share, end[1] + (knee[1] - end[1]) * share, leg.radius + 1.0)
    knots = [up, (*end[:2], leg.radius + 4)]
    if high > 60:
        knots = [(*leg.knots[0][:2], leg.radius + 5), (*knee[:2], leg.radius + 4), *knots[1:]]
        if leg.high is not None:
            knots = [(*leg.high, leg.radius + 3), *knots]
    return [*limb(knots), _grown(leg.sole, end[:2], 1.3)]


def _belly(beast: FourLegged, shoulder: Knot, hip: Knot) -> list[Patch]:
    if beast.belly is None:
        return []
    low = (shoulder[1] + hip[1]) / 2 + beast.waist
    return [Patch(beast.belly, [box(shoulder[0] + 10, low - 9, hip[0] - 12, low + 12, 9)], 0.6)]


def tail(hide: Hide, beast: FourLegged, root: Point, sway: float) -> None:
    """Every knot swings farther than the one before."""
    form = beast.tail
    knots: list[Knot] = []
    last, here = form.knots[0], (root[0] + form.knots[0][0], root[1] + form.knots[0][1])
    knots.append((*here, last[2]))
    for number, knot in enumerate(form.knots[1:], 1):
        angle = sway * number / (len(form.knots) - 1) * 1.5
        c, s = math.cos(angle), math.sin(angle)
        dx, dy = knot[0] - last[0], knot[1] - last[1]
        here = (here[0] + c * dx - s * dy, min(here[1] + s * dx + c * dy, GROUND - knot[2]))
        knots.append((*here, knot[2]))
        last = knot
    patches = []
    if form.rings is not None:
        patches.append(Patch(form.rings, bands(knots, form.ringed, 3.6)))
    if form.tip is not None:
        patches.append(Patch(form.tip, limb([(x, y, r + 3) for x, y, r in knots[form.tip_from :]]), 0.8))
    hide.mass(level(limb(knots), GROUND), form.coat or beast.coat, patches, puff=6, depth=0.5, melt=1.4)


def seated(beast: FourLegged, head: Image.Image) -> Image.Image:
    """On its haunches: the back slopes down to the rump, the fore legs stand straight, the hind feet lie flat."""
    hide = Hide()
    sx, sy, sr = beast.shoulder
    hr = beast.hip[2]
    rump = (sx + (beast.hip[0] - sx) * 0.72, GROUND - hr, hr)
    chest = (sx, sy + 4, sr)
    middle = ((sx + rump[0]) / 2 + 2, (sy + rump[1]) / 2 - 4, (sr + hr) / 2)
    tail(hide, beast, (rump[0] + hr * 0.7, rump[1] - hr * 0.1), 0.15)
    far_leg = _leg(beast, 1, (sx + 9, sy, sr), Foot(6))
    _far_side(hide, beast, [far_leg])
    near = _leg(beast, 0, (sx, sy, sr), Foot(-5))
    torso = [*limb([chest, middle, rump]), *limb(near.knots), near.sole]
    if beast.bust is not None and beast.bust.neck:
        torso += limb([chest, *_leaning(beast.bust.neck, (0, 0, 0), 3)])
    r = beast.hind
    ankle = (rump[0] - hr * 0.7, GROUND - r)
    if ankle[0] - r - beast.toes - 6 < near.knots[2][0] + beast.fore + 4:
        # The hind foot reaches the fore leg: no speck of what is behind shows above it.
        torso.append([(sx, GROUND - 40), (rump[0], GROUND - 40), (rump[0], GROUND - 4), (sx, GROUND - 4)])
    patches = [*_shifted(beast.patches, 4), *_leg_patches(beast, near)]
    hide.mass(level(torso, GROUND), beast.coat, patches, puff=8, depth=0.5, shadow=0.45)
    if beast.wings:
        _wing(hide, beast, chest, 0.1)
    hind = _Leg(((rump[0] - 2, rump[1] + 2, hr * 0.9), (rump[0] - hr * 0.2, GROUND - r * 1.05, r * 1.05), (*ankle, r)),
                paw(ankle, r, beast.toes + 6, 0), r)  # fmt: skip
    patches = _leg_patches(replace(beast, striped=None), hind)
    hide.mass(level([*limb(hind.knots), hind.sole], GROUND), beast.coat, patches, puff=7, depth=0.5, shadow=0.3)
    return _headed(beast, hide, head, (0, 3, 0))


def _headed(beast: FourLegged, hide: Hide, head: Image.Image, move: Knot) -> Image.Image:
    """A body with its head on, moved and tilted: it throws a shadow, or its neck goes over into the body."""
    dx, dy, tilt = move
    above = placed(head, (beast.head[0] + dx, beast.head[1] + dy), tilt)
    if beast.bust is None:
        return shaded(hide.picture(), above)
    if beast.bust.locks:
        for knots in beast.bust.locks:
            share = [number / (len(knots) - 1) for number in range(len(knots))]
            moved = [(x + dx * (1 - t), y + dy * (1 - t), r) for (x, y, r), t in zip(knots, share, strict=True)]
            hide.mass(limb(moved), beast.bust.hair, puff=5, depth=0.55)
    return shaded(hide.picture(), above, strength=0.0)


def faded(face: Image.Image, fades: Sequence[Fade]) -> Image.Image:
    """A head's picture that goes over into the body where its neck is cut off."""
    values = np.asarray(face, dtype=np.float64).copy()
    for fade in fades:
        left, top, right, low = fade.within
        ys, xs = np.mgrid[top:low, left:right]
        dx, dy = fade.end[0] - fade.start[0], fade.end[1] - fade.start[1]
        share = (((xs - fade.start[0]) * dx + (ys - fade.start[1]) * dy) / (dx * dx + dy * dy)).clip(0, 1)
        values[top:low, left:right, 3] *= 1 - share * share * (3 - 2 * share)
    return Image.fromarray(values.round().astype(np.uint8))


def _wing(hide: Hide, beast: FourLegged, shoulder: Knot, flap: float) -> None:
    x, y = shoulder[0] + 44, shoulder[1] - 10
    form = [(0, 4), (10, -30), (34, -50), (56, -50), (47, -33), (52, -22), (38, -14), (38, 0), (20, 2), (14, 10)]
    wing = smooth([(x + px, y + py) for px, py in turned([*form], 1.4 * flap)])
    hide.mass([wing], beast.wings, puff=5, depth=0.5, shadow=0.4, melt=1.4)


def _leaning(neck: Sequence[Knot], head: Knot, down: float) -> list[Knot]:
    """A neck that follows the head, its last knot all the way."""
    return [(x + head[0] * (n / len(neck)), y + down + head[1] * (n / len(neck)), r) for n, (x, y, r) in
            enumerate(neck, 1)]  # fmt: skip


def moved(knot: Knot, down: float) -> Knot:
    """A knot lower down."""
    return knot[0], knot[1] + down, knot[2]


def _shifted(patches: Sequence[Patch], down: float) -> list[Patch]:
    return [
        replace(patch, outlines=[[(x, y + down) for x, y in outline] for outline in patch.outlines])
        for patch in patches
    ]


def _grown(outline: Outline, about: Point, size: float) -> list[Point]:
    return [(about[0] + (x - about[0]) * size, about[1] + (y - about[1]) * size) for x, y in outline]


def dimmed(colour: Colour, by: tuple[float, float, float]) -> Colour:
    """A colour in less light."""
    r, g, b = (round(value * share) for value, share in zip(colour, by, strict=True))
    return r, g, b


