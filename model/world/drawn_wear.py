"""What drawn people wear above the hip, and skirts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from model.world.drawn_limbs import Fabric, Pose, Stage, darker, fabric, over, tube
from model.world.drawn_people_cast import GOLD, NIGHT, Person
from model.world.drawn_people_legs import MIDDLE, Build
from model.world.drawn_sheet import Colour, Paint, Plane, Point, Sheet, box, ellipse, rounded, smooth


def torso(stage: Stage, person: Person, build: Build, skin: Fabric) -> None:
    """Neck and trunk, dressed, as they are when somebody stands."""
    trunk = _trunk(build)
    bare = person.wear in ("robot", "alien", "bones", "loincloth")
    if person.wear != "bones":
        cloth = skin if bare else fabric(person.top)
        stage.shape(trunk, patterned(person, build, over(cloth, trunk)), puff=8, depth=0.48)
    if person.wear not in ("robot", "bones"):
        reach = 1.15 if person.wear in ("alien", "loincloth") else 1.0
        if not bare:
            collar = darker(person.top, 0.8)
            stage.shape(ellipse((MIDDLE, build.chin - 1), (19, 10)), collar, puff=2.5, depth=0.4)
        stage.shape(ellipse((MIDDLE, build.chin - 3), (15 * reach, 9)), skin[1], puff=2.5, depth=0.0 if bare else 0.25)
    _DETAILS.get(person.wear, _nothing)(stage, person, build)


def patterned(person: Person, build: Build, plain: Paint) -> Paint:
    """The paint of somebody's garment: stripes, checks, spots or fur on a plain one."""
    trim = np.array(person.trim, float)

    def paint(xs: Plane, ys: Plane) -> Plane:
        colours = plain(xs, ys)
        share = _PATTERNS.get(person.wear, _none)(xs - MIDDLE, ys - build.chin, build)[..., None]
        return colours * (1 - share) + trim * share

    return paint


def _none(xs: Plane, ys: Plane, build: Build) -> Plane:
    return np.zeros_like(xs)


def _stripes(xs: Plane, ys: Plane, build: Build) -> Plane:
    return (np.sin((ys + 0.008 * xs * xs) * 2 * np.pi / 13) * 4).clip(0, 1)


def _checks(xs: Plane, ys: Plane, build: Build) -> Plane:
    bars = [((np.cos(at * 2 * np.pi / 11) - 0.35) * 4).clip(0, 1) for at in (xs, ys)]
    return 0.28 * (bars[0] + bars[1])


def _spots(xs: Plane, ys: Plane, build: Build) -> Plane:
    row = np.floor(ys / 13)
    far = np.hypot((xs + 8 * (row % 2)) % 16 - 8, ys % 13 - 6.5)
    return ((4.4 - far) * 1.5).clip(0, 1)


def _trunk(b: Build) -> list[Point]:
    low, m, top = b.low, MIDDLE, b.chin - 4
    half = [
        (0.40 * b.wide, top),
        (0.78 * b.wide, top + 6),
        (0.97 * b.wide, b.shoulder + 5),
        (0.5 * (0.95 * b.wide + b.hem), b.shoulder * 0.55 + low * 0.45),
        (b.hem, low - 8),
        (b.hem - 1, low - 2),
        (b.hem - 5, low + 1),
    ]
    return smooth([*[(m + x, y) for x, y in half], (m, low + 2), *[(m - x, y) for x, y in reversed(half)]])


def _nothing(stage: Stage, person: Person, b: Build) -> None:
    pass


def _dot(stage: Sheet, at: Point, reach: float, colour: Colour, shadow: float = 0.2) -> None:
    outline = ellipse(at, (reach, reach))
    stage.shape(outline, over(fabric(colour), outline), puff=max(1.4, 0.4 * reach), depth=0.55, shadow=shadow)


def _patch(
    stage: Sheet, outline: Sequence[Point], colour: Colour, puff: float = 2.5, shadow: float = 0.2, depth: float = 0.45
) -> None:
    stage.shape(outline, over(fabric(colour), outline), puff=puff, depth=depth, shadow=shadow)


def _points(stage: Stage, b: Build, colour: Colour) -> None:
    """The two points of a shirt's collar."""
    for side in (-1, 1):
        m, y = MIDDLE, b.chin - 4
        _patch(stage, rounded([(m, y + 9), (m + side * 17, y - 3), (m + side * 20, y + 5), (m + side * 9, y + 18)], 3),
               colour, 2)  # fmt: skip


def _band(b: Build, y: float, high: float, extra: float = 0.5) -> list[Point]:
    """A band about the trunk, that hangs through a little as round things do."""
    part = (y - b.shoulder) / (b.low - b.shoulder)
    half = b.hem * part + 0.97 * b.wide * (1 - part) + extra
    line = [(MIDDLE + half * x, y + 2.0 * (1 - x * x)) for x in np.linspace(-1, 1, 15).tolist()]
    return tube(line, (high, high), (0.25, 0.25))


def _belt(stage: Stage, b: Build, y: float, colour: Colour, buckle: Colour = GOLD) -> None:
    _patch(stage, _band(b, y, 9), colour, 2.5, 0.25)
    _patch(stage, box(MIDDLE - 8, y - 4.5, MIDDLE + 8, y + 8.5, 3), buckle, 2, 0.2, 0.6)
    stage.shape(box(MIDDLE - 4, y - 1.0, MIDDLE + 4, y + 5, 2), darker(colour, 0.5), puff=1, depth=0.2)


def _jumper(stage: Stage, person: Person, b: Build) -> None:
    _patch(stage, _band(b, b.low - 5, 9), darker(person.top, 0.75), 2.5, 0.1)


def _hoodie(stage: Stage, person: Person, b: Build) -> None:
    hood = [(MIDDLE + 25 * math.cos(a), b.chin - 3 + 13 * math.sin(a)) for a in np.linspace(0, math.pi, 24).tolist()]
    _patch(stage, tube(hood, (9, 12, 9)), person.top, 3, 0.25)
    pocket = [(-15, -26), (15, -26), (22, -10), (20, -7), (-20, -7), (-22, -10)]
    _patch(stage, rounded([(MIDDLE + 0.9 * x, b.low + y) for x, y in pocket], 4), darker(person.top, 0.35), 2.5, 0.15)
    for side in (-1, 1):
        line = [(MIDDLE + side * 8, b.chin + 9), (MIDDLE + side * 9, b.chin + 24)]
        _patch(stage, tube(line, (2.6, 3.2)), person.trim, 1.2, 0.2)


def _shirt(stage: Stage, person: Person, b: Build) -> None:
    _points(stage, b, person.trim)
    for step in range(4):
        _dot(stage, (MIDDLE, b.chin + 20 + step * (b.low - b.chin - 26) / 3.4), 2.0, person.trim, 0.15)


def _open_front(b: Build, wide: float, low: float) -> list[Point]:
    m, top = MIDDLE, b.chin - 5
    return smooth([(m - wide, top), (m + wide, top), (m + 0.8 * wide, b.shoulder + 8), (m + 0.05 * wide, low),
                   (m - 0.05 * wide, low), (m - 0.8 * wide, b.shoulder + 8)])  # fmt: skip


def _cardigan(stage: Stage, person: Person, b: Build) -> None:
    """Over a blouse with a round collar, buttoned."""
    _patch(stage, _open_front(b, 19, b.shoulder + 32), person.trim, 2, 0.0, 0.25)
    for side in (-1, 1):
        edge = [(MIDDLE + side * 21, b.chin - 3), (MIDDLE + side * 17, b.shoulder + 8), (MIDDLE, b.shoulder + 34),
                (MIDDLE, b.low - 1)]  # fmt: skip
        _patch(stage, tube(smooth(edge, closed=False), (5, 5)), darker(person.top, 0.55), 2, 0.15)
        _patch(stage, ellipse((MIDDLE + side * 9, b.chin + 5), (9, 6), side * 0.5), person.trim, 2, 0.25)
    for step in range(3):
        y = b.shoulder + 36 + step * (b.low - b.shoulder - 40) / 2.3
        _dot(stage, (MIDDLE, y), 2.6, person.trim)


def _waistcoat(stage: Stage, person: Person, b: Build) -> None:
    """Over a shirt, with a bow tie."""
    m, low = MIDDLE, b.low + 2
    for side in (-1, 1):
        half = [(m + side * 15, b.chin - 2), (m + side * 0.72 * b.wide, b.chin + 3),
                (m + side * 0.74 * b.wide, b.shoulder + 14), (m + side * 0.97 * b.hem, low - 14),
                (m + side * 0.96 * b.hem, low - 3), (m + side * 7, low + 3), (m - side * 1, low - 5),
                (m, b.shoulder + 30)]  # fmt: skip
        _patch(stage, rounded(half, 7), person.trim, 4, 0.2)
    _points(stage, b, person.top)
    bow(stage, (m, b.chin + 9), person.shoes)
    for step in range(3):
        _dot(stage, (m, b.shoulder + 34 + step * (low - b.shoulder - 40) / 2.4), 2.4, GOLD)


def bow(stage: Sheet, at: Point, colour: Colour, size: float = 1.0) -> None:
    """A bow tie."""
    x, y = at
    for side in (-1, 1):
        wing = [(x, y - 2 * size), (x + side * 14 * size, y - 6 * size), (x + side * 14 * size, y + 6 * size),
                (x, y + 2 * size)]  # fmt: skip
        _patch(stage, rounded(wing, 3), colour, 2, 0.25)
    _dot(stage, at, 3.6 * size, colour)


def _coat(stage: Stage, person: Person, b: Build) -> None:
    """Red, with white fur, a belt and a buckle."""
    _patch(stage, tube([(MIDDLE, b.chin), (MIDDLE, b.low - 2)], (13, 14), (0, 0.3)), person.trim, 3, 0.15)
    _patch(stage, _band(b, b.low - 4, 12, 2.5), person.trim, 4, 0.2)
    _belt(stage, b, b.hip - 14, NIGHT)
    collar = [(MIDDLE + 27 * math.cos(a), b.chin - 2 + 11 * math.sin(a)) for a in np.linspace(0, math.pi, 24).tolist()]
    _patch(stage, tube(collar, (11, 13, 11)), person.trim, 4, 0.25)


def _clown(stage: Stage, person: Person, b: Build) -> None:
    """A ruffle of big folds, and pompons."""
    for step in range(3):
        _dot(stage, (MIDDLE, b.shoulder + 22 + step * (b.low - b.shoulder - 26) / 2.2), 6.0, person.bottom, 0.3)
    for row, (reach, count, colour) in enumerate(((33, 9, person.trim), (25, 7, darker(person.trim, -0.3)))):
        for step in range(count):
            a = math.pi * (step + 0.5) / count
            at = (MIDDLE + reach * math.cos(a), b.chin - 2 + (13 - 5 * row) * math.sin(a))
            _patch(stage, ellipse(at, (8, 6.5), a - math.pi / 2), (min(255, colour[0]), min(255, colour[1]), 255), 3,
                   0.25)  # fmt: skip


def _cowboy(stage: Stage, person: Person, b: Build) -> None:
    """An open vest, a neckerchief, a belt."""
    m = MIDDLE
    for side in (-1, 1):
        half = [(m + side * 13, b.chin - 2), (m + side * 0.74 * b.wide, b.chin + 3),
                (m + side * 0.76 * b.wide, b.shoulder + 14), (m + side * 0.98 * b.hem, b.low - 20),
                (m + side * 0.97 * b.hem, b.low - 9), (m + side * 15, b.low - 7),
                (m + side * 11, b.low - 16)]  # fmt: skip
        _patch(stage, rounded(half, 6), (150, 92, 72), 4, 0.3)
    _belt(stage, b, b.low - 4, (104, 66, 62))
    _patch(stage, rounded([(m - 21, b.chin - 3), (m + 21, b.chin - 3), (m + 3, b.chin + 22), (m - 3, b.chin + 22)], 5),
           (246, 66, 88), 3.5, 0.3)  # fmt: skip


def _romper(stage: Stage, person: Person, b: Build) -> None:
    for side in (-1, 1):
        _patch(stage, ellipse((MIDDLE + side * 11, b.chin + 4), (11, 6.5), side * 0.35), person.trim, 2.5, 0.25)
    for step in range(2):
        _dot(stage, (MIDDLE, b.chin + 19 + 11 * step), 2.8, person.trim)


def _dress(stage: Stage, person: Person, b: Build) -> None:
    for side in (-1, 1):
        _patch(stage, ellipse((MIDDLE + side * 10, b.chin + 4), (11, 6.5), side * 0.4), person.trim, 2.5, 0.25)
    _patch(stage, _band(b, b.hip - 9, 7), person.trim, 2.5, 0.2)


def _dungarees(stage: Stage, person: Person, b: Build) -> None:
    m, top = MIDDLE, b.shoulder + 12
    for side in (-1, 1):
        strap = [(m + side * 20, b.chin - 1), (m + side * 15, top + 4)]
        _patch(stage, tube(strap, (7, 7)), person.bottom, 2, 0.25)
    bib = [(m - 19, top), (m + 19, top), (m + 21, b.hip - 16), (m + b.hem, b.hip - 10), (m + b.hem, b.low + 2),
           (m - b.hem, b.low + 2), (m - b.hem, b.hip - 10), (m - 21, b.hip - 16)]  # fmt: skip
    _patch(stage, rounded(bib, 5), person.bottom, 3.5, 0.25)
    _patch(stage, box(m - 11, top + 9, m + 11, top + 24, 4), darker(person.bottom, -0.35), 2, 0.15)
    for side in (-1, 1):
        _dot(stage, (m + side * 15, top + 4), 2.8, GOLD)


def _robot(stage: Stage, person: Person, b: Build) -> None:
    """A screen with a curve, a lamp, and a hip joint."""
    m, y = MIDDLE, b.shoulder
    _patch(stage, box(m - 21, y + 1, m + 21, y + 33, 7), darker(person.top, 0.45), 3, 0.2)
    stage.shape(box(m - 17, y + 5, m + 17, y + 29, 5), fabric((74, 62, 118))[0], puff=3, depth=-0.3)
    pulse = [(-14, 0), (-7, 0), (-3, -7), (2, 6), (6, 0), (14, 0)]
    stage.shape(tube([(m + px, y + 17 + py) for px, py in pulse], (2.4, 2.4)), (60, 214, 252), puff=1, depth=0.2)
    for step, colour in enumerate((person.trim, GOLD, (60, 190, 250))):
        _dot(stage, (m + (step - 1) * 13, y + 43), 4.2, colour)


def _alien(stage: Stage, person: Person, b: Build) -> None:
    belly = ellipse((MIDDLE, b.hip - 16), (0.62 * b.hem, 21))
    stage.shape(belly, over(((186, 244, 150), (140, 226, 130)), belly), puff=7, depth=0.15)


def _loincloth(stage: Stage, person: Person, b: Build) -> None:
    _patch(stage, _band(b, b.low - 5, 10, 1.0), person.trim, 3, 0.25)
    stage.shape(ellipse((MIDDLE, b.hip - 16), (1.6, 2.2)), darker(person.top, 1.6), puff=1, depth=0)


def _bones(stage: Stage, person: Person, b: Build) -> None:
    """Spine, ribs and hips."""
    m, bone = MIDDLE, person.top
    for step in range(8):
        y = b.chin + 1 + step * (b.hip - b.chin) / 7.4
        _patch(stage, box(m - 6, y - 5, m + 6, y + 4, 3), bone, 2.5, 0.3, 0.6)
    for step, wide in enumerate((0.72, 0.80, 0.74, 0.58)):
        y = b.shoulder - 4 + step * 13.5
        turns = np.linspace(-1.5, 1.5, 21).tolist()
        line = [(m + wide * b.wide * math.sin(a), y + 4 - 5 * math.cos(2 * a)) for a in turns]
        _patch(stage, tube(line, (7, 7.5, 8, 7.5, 7)), bone, 2.8, 0.35, 0.6)
    collar = [(m + side * 0.86 * b.wide, b.shoulder - 8) for side in (-1, 1)]
    _patch(stage, tube(collar, (8, 8)), bone, 3, 0.3)
    hips = [(m - 24, b.hip - 8), (m - 8, b.hip - 11), (m + 8, b.hip - 11), (m + 24, b.hip - 8), (m + 18, b.hip + 5),
            (m, b.hip + 12), (m - 18, b.hip + 5)]  # fmt: skip
    _patch(stage, smooth(hips), bone, 5, 0.3, 0.6)


def skirt(stage: Stage, person: Person, b: Build, pose: Pose, hip: Point) -> None:
    """From the waist down; its hem swings with the steps."""
    waist, low = hip[1] - 14, hip[1] + person.skirt * b.leg
    wide = b.hem + 4 + 13 * person.skirt
    sway, lag = 0.0, 0.0
    if pose.kind == "gait":
        wide += 0.30 * b.stride * min(1.0, person.skirt + 0.2) * abs(math.cos(2 * math.pi * pose.turn))
        sway, lag = 2.5 * pose.swing(0.1, 2) + 2, 1.6 * pose.swing(0.35, 2)
    elif pose.kind != "sit":
        sway = 0.9 * pose.swing(0.3)
    x = hip[0] + sway
    left = wide
    if pose.kind == "sit":
        left, low = wide + 0.16 * b.leg, hip[1] + max(0.34, 0.75 * person.skirt) * b.leg
    outline = [(hip[0] - b.hem + 1, waist), (hip[0] + b.hem - 1, waist), (x + 0.86 * wide, (waist + low) / 2 + 3),
               (x + wide, low - 2 + lag), (x + 0.5 * wide, low + 2.5), (x, low + 4), (x - 0.5 * left, low + 2.5),
               (x - left, low - 2 - lag), (hip[0] - 0.86 * left, (waist + low) / 2 + 3)]  # fmt: skip
    outline = rounded(smooth(outline), 2)
    stage.shape(outline, folds(over(fabric(person.bottom), outline), x, wide), puff=5.5, depth=0.45, shadow=0.3)


def folds(plain: Paint, middle: float, wide: float) -> Paint:
    """A paint with soft folds that run down."""

    def paint(xs: Plane, ys: Plane) -> Plane:
        light = 1 + 0.055 * np.sin((xs - middle) / wide * 8.5)
        return plain(xs, ys) * light[..., None]

    return paint


_Detail = Callable[[Stage, Person, Build], None]
_DETAILS: Mapping[str, _Detail] = MappingProxyType({
    "jumper": _jumper, "hoodie": _hoodie, "shirt": _shirt, "cardigan": _cardigan, "waistcoat": _waistcoat,
    "coat": _coat, "clown": _clown, "cowboy": _cowboy, "romper": _romper, "dress": _dress, "dungarees": _dungarees,
    "robot": _robot, "alien": _alien, "loincloth": _loincloth, "bones": _bones,
})  # fmt: skip
_PATTERNS: Mapping[str, Callable[[Plane, Plane, Build], Plane]] = MappingProxyType({
    "stripes": _stripes, "cowboy": _checks, "clown": _spots,
})  # fmt: skip
