"""Legs that stand, step and sit, and how somebody who has them is built."""

from __future__ import annotations

import math
from dataclasses import dataclass

from model.world.drawn_limbs import (
    GROUND,
    SOLE,
    Fabric,
    Foot,
    Pose,
    Stage,
    bent,
    dim,
    fabric,
    jointed,
    over,
    part,
    shoe,
    tube,
)
from model.world.drawn_people_cast import Person
from model.world.drawn_sheet import Point, Sheet, box

MIDDLE = 128.0
_BARE = ("alien", "loincloth")


@dataclass(frozen=True)
class Build:
    """Heights and widths of a body that stands. chin, shoulder, hip, low: how far down they are, low being the hem of
    what is worn above the hip; seat: the hip of who sits; wide, hem: half of how wide shoulders and hem are; apart: of
    a leg from the middle; the rest: how long and thick limbs are."""

    chin: float
    shoulder: float
    hip: float
    low: float
    seat: float
    wide: float
    hem: float
    apart: float
    leg: float
    limb: float
    arm: float
    arm_wide: float
    ankle: float
    shoe: float
    stride: float

    @staticmethod
    def of(person: Person, chin: float) -> Build:
        """The build of somebody whose chin is that far down."""
        rest = GROUND - chin
        size = 0.5 + 0.5 * rest / 150
        stout = (0.62 * rest + 0.38 * 150) / 150
        thick = stout * (0.35 + 0.65 * person.girth)
        shoe = size * 1.06 * person.feet
        ankle, hip = SOLE * shoe, chin + person.waist * rest
        leg = GROUND - ankle - hip
        return Build(
            chin=chin, shoulder=chin + 0.115 * rest, hip=hip, low=hip + (13 if person.wear == "coat" else 4),
            seat=GROUND - ankle - 0.56 * leg, wide=35 * stout * (0.5 + 0.5 * person.girth),
            hem=28 * stout * person.girth, apart=13.4 * stout * (0.3 + 0.7 * person.girth), leg=leg, limb=25 * thick,
            arm=0.46 * rest, arm_wide=21 * thick, ankle=ankle, shoe=shoe, stride=0.36 * leg,
        )  # fmt: skip


def legs(
    stage: Stage, person: Person, b: Build, skin: Fabric, pose: Pose, hip: Point, sides: tuple[int, ...] = (-1, 1)
) -> None:
    """Legs, the far one first, and the hips that join them."""
    cloth = skin if person.legs == "bare" else fabric(person.bottom)
    for side in sides:
        line, foot = stance(b, pose, hip, side)
        if side > 0 and person.wear not in ("bones", "alien"):
            wide = b.hem - 2 if pose.kind != "gait" else 0.5 * b.limb + 4
            hips = box(hip[0] - wide, hip[1] - 14, hip[0] + wide, hip[1] + 0.42 * b.limb, 8)
            if pose.kind != "sit":
                stage.shape(hips, over(cloth, hips), puff=5, depth=0.25)
        _leg(stage, person, b, skin, line, foot, side, far=side < 0 and pose.kind in ("gait", "sit"))


def stance(b: Build, pose: Pose, hip: Point, side: int) -> tuple[list[Point], Foot]:
    """The middle line of a leg, and its foot."""
    if pose.kind == "gait":
        foot = pose.foot(side, b.stride, 0.16 * b.leg)
        ankle = (MIDDLE + side * 2.0 + foot.x, GROUND - b.ankle - foot.lift)
        return jointed((hip[0] + side * 3.0, hip[1]), ankle, b.leg * 1.012, -1), foot
    if pose.kind == "sit":
        x = hip[0] + side * 0.55 * b.apart
        knee = (x - 0.42 * b.leg, hip[1] + 1.5 * side)
        return bent([(x, hip[1]), knee, (knee[0] + 2, GROUND - b.ankle)]), Foot(0, 0, 0, True)
    x = hip[0] + side * b.apart
    return bent([(x, hip[1]), (x, hip[1] + b.leg / 2), (x, GROUND - b.ankle)]), Foot(0, 0, 0, False)


def _leg(
    stage: Stage, p: Person, b: Build, bare: Fabric, line: list[Point], foot: Foot, side: int, far: bool
) -> None:
    much = 0.75 if far else 0.0
    skin, cloth, leather = dim(bare, much), dim(fabric(p.bottom), much), dim(fabric(p.shoes), much)
    widths = (b.limb, b.limb * 0.92, b.limb * 0.78, b.limb * 0.72)
    shoe(stage, line[-1], skin if p.wear in _BARE else leather, b.shoe, foot, side)
    if p.wear == "bones":
        bone(stage, line, 0.46 * b.limb, leather)
        return
    if p.legs != "trousers":
        limb(stage, line, [0.8 * w for w in widths], skin, shadow=0.0)
    if p.legs == "trousers":
        limb(stage, line, widths, cloth, (1.0, 0.35), shadow=0.12)
    if p.legs == "shorts":
        limb(stage, part(line, 0, 0.46), (b.limb * 1.04, b.limb * 1.04, b.limb * 1.1), cloth, (1.0, 0.3), 0.2)
    if p.boots:
        shaft = part(line, 1 - 0.5 * p.boots - 0.1, 1)
        limb(stage, shaft, (0.96 * b.limb, 0.84 * b.limb, 0.80 * b.limb), leather, (0.25, 1.0), 0.15)
    if p.wear == "robot":
        knee = part(line, 0.5, 0.5)[0]
        limb(stage, [knee, (knee[0], knee[1] + 0.1)], (0.9 * b.limb,) * 2, dim(fabric(p.bottom), much))


def limb(
    sheet: Sheet, line: list[Point], widths: list[float] | tuple[float, ...], cloth: Fabric,
    ends: Point = (1.0, 1.0), shadow: float = 0.2,
) -> None:  # fmt: skip
    """A limb, or a piece of one, about a line."""
    outline = tube(line, widths, ends)
    sheet.shape(outline, over(cloth, outline), puff=max(2.5, 0.24 * max(widths)), depth=0.42, shadow=shadow)


def bone(sheet: Sheet, line: list[Point], width: float, cloth: Fabric) -> None:
    """A limb of two bones."""
    for start, end in ((0.0, 0.47), (0.51, 1.0)):
        limb(sheet, part(line, start, end), (width * 1.4, width * 0.8, width * 0.8, width * 1.4), cloth)


def fingers(sheet: Sheet, palm: Point, heading: float, width: float, cloth: Fabric) -> None:
    """Four spread fingers, that point where an arm turned by `heading` from hanging down does."""
    for step in (-1.5, -0.5, 0.5, 1.5):
        way = heading + 0.24 * step
        root = (palm[0] + math.cos(heading) * -0.17 * step * -width, palm[1] - math.sin(heading) * 0.17 * step * width)
        long = (0.72 if abs(step) < 1 else 0.60) * width
        tip = (root[0] + math.sin(way) * long, root[1] + math.cos(way) * long)
        limb(sheet, [root, tip], (0.30 * width, 0.28 * width), cloth, shadow=0.0)
