"""Bodies for those of the cast whose picture is only a head: torso, arms and legs, in every pose that they take."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from model.world.drawn_busts import HIGH, Half
from model.world.drawn_limbs import (
    GROUND,
    Fabric,
    Pose,
    Stage,
    bent,
    dim,
    fabric,
    over,
    part,
    poses,
    tube,
)
from model.world.drawn_people_cast import BUSTS, PEOPLE, Person
from model.world.drawn_people_legs import MIDDLE, Build, bone, fingers, legs, limb
from model.world.drawn_sheet import SCALE, Point
from model.world.drawn_wear import patterned, skirt, torso


def embody(identity: str, face: Image.Image) -> list[Image.Image]:
    """All pictures of somebody with a body under the picture of the head."""
    drawn = figure(identity, face)
    return [drawn.picture(pose) for pose in poses()]


def figure(identity: str, face: Image.Image) -> Figure | Half:
    """Somebody who can be drawn in any pose."""
    picture = face.convert("RGBA")
    return Figure(PEOPLE[identity], picture) if identity in PEOPLE else Half(BUSTS[identity], picture)


class Figure:
    """Somebody whose head is a picture and whose body is drawn."""

    def __init__(self, person: Person, face: Image.Image) -> None:
        self._person, self._face = person, face
        _, low, _, high = face.getbbox() or (0, 0, 256, 256)
        self._scale = person.head * HIGH / (high - low)
        self._chin = high
        self._skin = _skin(face, person.skin)
        self._build = Build.of(person, GROUND - HIGH + person.head * HIGH)
        stage = Stage()
        torso(stage, person, self._build, self._skin)
        self._torso = stage.cut()
        self._standing = Stage()
        legs(self._standing, person, self._build, self._skin, Pose("stand", 0.0), (MIDDLE, self._build.hip))

    def picture(self, pose: Pose) -> Image.Image:
        """The whole figure in a pose."""
        b, walks, sits = self._build, pose.kind == "gait", pose.kind == "sit"
        hip = (MIDDLE, b.seat if sits else b.hip - (1.8 * pose.bob if walks else 0.0))
        lean = -0.03 if walks else 0.0
        if walks or sits:
            stage = Stage()
            legs(stage, self._person, b, self._skin, pose, hip, (-1,) if sits else (-1, 1))
        else:
            stage = self._standing.copy()
        if walks:
            self._arm(stage, pose, hip, -1)
        if self._person.skirt:
            skirt(stage, self._person, b, pose, hip)
        size = ((0.95 if walks else 1.0) / SCALE, (1 + 0.008 * pose.bob) / SCALE)
        stage.stick(self._torso.picture, self._torso.pin((MIDDLE, b.hip)), hip, size, lean, 0.3)
        if sits and not self._person.skirt:
            legs(stage, self._person, b, self._skin, pose, hip, (1,))
        for side in (1,) if walks else (-1, 1):
            self._arm(stage, pose, hip, side)
        self._head(stage, pose, hip, lean)
        return stage.picture()

    def _head(self, stage: Stage, pose: Pose, hip: Point, lean: float) -> None:
        b = self._build
        rise = (b.hip - b.chin) * (1 + 0.008 * pose.bob) + 0.5 * pose.swing(0.12, 2 if pose.kind == "gait" else 1)
        chin = (hip[0] + math.sin(lean) * rise - (1.5 if pose.kind == "gait" else 0), hip[1] - rise)
        size = (self._scale, self._scale)
        stage.stick(self._face, (128, self._chin), chin, size, pose.nod, shadow=0.6)

    def _arm(self, stage: Stage, pose: Pose, hip: Point, side: int) -> None:
        """An arm that hangs, swings, or is raised to wave."""
        p, b = self._person, self._build
        upper, fore = _angles(pose, side)
        rise = b.hip - b.shoulder
        near = 0.72 if pose.kind == "gait" else 1.0
        start = (hip[0] + side * (b.wide - 0.42 * b.arm_wide) * near - (2 if pose.kind == "gait" else 0), hip[1] - rise)
        long = 0.88 * b.arm if pose.kind == "wave" and side < 0 else b.arm  # it comes toward us
        elbow = (start[0] + math.sin(upper) * long / 2, start[1] + math.cos(upper) * b.arm / 2)
        hand = (elbow[0] + math.sin(fore) * b.arm / 2, elbow[1] + math.cos(fore) * b.arm / 2)
        line, w = bent([start, elbow, hand]), b.arm_wide
        much = 0.75 if pose.kind == "gait" and side < 0 else 0.0
        skin, cloth = dim(self._skin, much), dim(fabric(p.top), much)
        inner = fore - side * (0.9 if pose.kind != "wave" or side > 0 else -0.8)
        wrist = part(line, 0.86, 0.86)[0]
        thumb = (wrist[0] + math.sin(inner) * 0.62 * w, wrist[1] + math.cos(inner) * 0.62 * w)
        limb(stage, [wrist, thumb], (0.42 * w, 0.36 * w), skin, shadow=0.0)
        if pose.kind == "wave" and side < 0:
            fingers(stage, part(line, 0.93, 0.93)[0], fore, w, skin)
        limb(stage, line, (0.8 * w, 0.78 * w, 0.74 * w, 0.66 * w, 0.82 * w, 0.74 * w), skin, shadow=0.15)
        if p.wear == "bones":
            bone(stage, line, 0.5 * w, skin)
        if p.wear == "robot":
            for joint in (start, elbow):
                limb(stage, [joint, (joint[0], joint[1] + 0.1)], (w, w), dim(fabric(p.bottom), much))
        if p.sleeve:
            long = p.sleeve > 0.6
            widths = (w, w * 0.98, w * 0.92, w * 0.88) if long else (w, w * 1.02, w * 1.06)
            sleeve = tube(part(line, 0, p.sleeve), widths, (1.0, 0.3))
            paint = patterned(p, b, over(cloth, sleeve))
            stage.shape(sleeve, paint, puff=0.24 * w, depth=0.28, shadow=0.2)
        if p.wear in ("coat", "clown"):
            cuff = dim(fabric(p.trim), much)
            limb(stage, part(line, 0.70, 0.80), (1.08 * w, 1.08 * w), cuff, (0.5, 0.5), 0.2)


def _angles(pose: Pose, side: int) -> tuple[float, float]:
    """How far the upper arm and the forearm of a side are turned from hanging down to the right, in radians."""
    if pose.kind == "gait":  # against the leg of the same side
        swing = side * math.cos(2 * math.pi * pose.turn)
        return 0.44 * swing + 0.10 * side, 0.50 * swing - 0.22 + 0.55 * min(0.0, swing)
    if pose.kind == "wave" and side < 0:
        return -1.70 - 0.05 * pose.swing(), -3.0 - 0.24 * pose.swing()
    if pose.kind == "sit":
        return (0.34, -1.0) if side > 0 else (-0.12, -1.15)
    sway = 0.035 * pose.swing(0.2)
    return side * (0.26 + sway), side * (0.06 + 1.4 * sway)


def _skin(face: Image.Image, at: Point) -> Fabric:
    """The skin's colours about a place of a face, and lower down."""
    pixels = np.asarray(face, dtype=float)[..., :3]
    x, y = round(at[0]), round(at[1])
    r, g, b = np.median(pixels[y - 5 : y + 6, x - 8 : x + 9].reshape(-1, 3), axis=0)
    light = (round(r), round(g), round(b))
    return fabric(light, 0.55)
