"""What drawn bodies are put together from: a stage that pictures are stuck on, bent limbs, shoes, and the poses of a
puppet that faces us and steps to the left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from model.world.drawn_sheet import (
    GLINT,
    LIGHT,
    SCALE,
    SHADE,
    Colour,
    Paint,
    Plane,
    Point,
    Sheet,
    blurred,
    ellipse,
    gradient,
    rounded,
    smooth,
    turned,
)
from model.world.loops import GAIT, IDLE, SIT, WAVE

SIDE, GROUND = 256, 250.0
COARSE = 3.8  # what is at least so puffed is lit on fewer points
SOLE = 11.0  # how far below the ankle the sole of a shoe of size 1 is
STANCE = 0.56  # of a step's cycle a foot is on the ground

Fabric = tuple[Colour, Colour]
"""A colour where light falls, and lower down."""


@dataclass(frozen=True)
class Cut:
    """A picture SCALE times as large as it was drawn; corner: where its upper left was."""

    picture: Image.Image
    corner: Point

    def pin(self, at: Point) -> Point:
        """Where in the picture a place of the stage is that it was drawn on."""
        return (at[0] - self.corner[0]) * SCALE, (at[1] - self.corner[1]) * SCALE


class Stage(Sheet):
    """A sheet that pictures can be stuck on."""

    def __init__(self) -> None:
        super().__init__(SIDE)

    def cut(self) -> Cut:
        """What has been drawn, to be stuck on another stage."""
        ys, xs = np.where(self._alpha > 0)
        left, top, right, bottom = int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
        window = (slice(top, bottom), slice(left, right))
        values = np.concatenate([self._colours[window], self._alpha[window][..., None] * 255], axis=2)
        return Cut(Image.fromarray(values.clip(0, 255).round().astype(np.uint8)), (left / SCALE, top / SCALE))

    def copy(self) -> Stage:
        """Another stage with the same on it."""
        other = Stage()
        other._colours, other._alpha = self._colours.copy(), self._alpha.copy()
        return other

    def shape(
        self, outline: Sequence[Point], paint: Colour | Paint, puff: float = 5.0, depth: float = 0.5,
        shadow: float = 0.0,
    ) -> None:  # fmt: skip
        """As on any sheet; the light of what is large is found on fewer points: bodies take many pictures."""
        if puff < COARSE:
            super().shape(outline, paint, puff, depth, shadow)
            return
        if shadow:
            self._shadow(outline, shadow)
        found = self._mask(outline, 3 * puff)
        if found is None:
            return
        mask, xs, ys, (down, across) = found
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if not len(rows):
            return
        height = blurred(_fewer(mask), puff)
        slope: Plane = LIGHT[0] * np.gradient(height, axis=1) + LIGHT[1] * np.gradient(height, axis=0)
        light = _more(slope * puff * 2.5 * depth, mask.shape)[..., None]
        solid = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
        window = tuple(slice(all_of.start + some.start, all_of.start + some.stop)
                       for all_of, some in zip((down, across), solid, strict=True))  # fmt: skip
        light, colours = light[solid], paint(xs[solid], ys[solid]) if callable(paint) else np.array(paint, float)
        lit = (colours + (GLINT - colours) * 0.7 * light.clip(0, 1)) * (1 - (1 - SHADE) * (-light).clip(0, 1))
        self._lay(lit, mask[solid], (window[0], window[1]))

    def _shadow(self, outline: Sequence[Point], strength: float, aside: float = 3.0) -> None:
        found = self._mask([(x + aside * 0.8, y + aside) for x, y in outline], 9)
        if found is not None:
            mask, _, _, window = found
            dark = _more(blurred(_fewer(mask), 3), mask.shape)[..., None]
            self._colours[window] *= 1 - strength * dark * (1 - SHADE)

    def stick(
        self, picture: Image.Image, pin: Point, at: Point, size: Point, turn: float = 0.0, shadow: float = 0.0
    ) -> None:
        """A picture, its point `pin` at a place here, turned clockwise about it. size: units to a pixel of it, across
        and down; shadow: how dark it makes what lies below it, 0..1."""
        unit, (width, height) = self._unit, picture.size
        corners = [((x - pin[0]) * size[0], (y - pin[1]) * size[1]) for x in (0, width) for y in (0, height)]
        points = [((at[0] + x) * unit, (at[1] + y) * unit) for x, y in turned(corners, turn)]
        most, margin = self._alpha.shape[0], 24
        x0, x1 = (f(p[0] for p in points) for f in (min, max))
        y0, y1 = (f(p[1] for p in points) for f in (min, max))
        left, top = max(0, int(x0) - margin), max(0, int(y0) - margin)
        right, bottom = min(most, math.ceil(x1) + margin), min(most, math.ceil(y1) + margin)
        c, s = math.cos(turn) / unit, math.sin(turn) / unit
        dx, dy = left - at[0] * unit, top - at[1] * unit
        a, b, d, e = c / size[0], s / size[0], -s / size[1], c / size[1]
        back = (a, b, a * dx + b * dy + pin[0], d, e, d * dx + e * dy + pin[1])
        moved = picture.transform(
            (right - left, bottom - top), Image.Transform.AFFINE, back, resample=Image.Resampling.BICUBIC
        )
        values = np.asarray(moved, dtype=np.float64)
        window, alpha = (slice(top, bottom), slice(left, right)), values[..., 3] / 255
        if shadow:
            thrown = moved.getchannel("A").filter(ImageFilter.GaussianBlur(3.0 * unit))
            dark = np.roll(np.asarray(thrown, dtype=np.float64), (round(3.2 * unit), round(1.6 * unit)), (0, 1))
            self._colours[window] *= 1 - shadow / 255 * dark[..., None] * (1 - SHADE)
        self._lay(values[..., :3], alpha, window)


def _fewer(plane: Plane) -> Plane:
    """A plane with a point for SCALE x SCALE of them."""
    high, wide = (-(-side // SCALE) * SCALE for side in plane.shape)
    full = np.pad(plane, ((0, high - plane.shape[0]), (0, wide - plane.shape[1])))
    blocks: Plane = full.reshape(high // SCALE, SCALE, wide // SCALE, SCALE).mean((1, 3))
    return blocks


def _more(plane: Plane, shape: tuple[int, ...]) -> Plane:
    """The same with all its points again."""
    size = (plane.shape[1] * SCALE, plane.shape[0] * SCALE)
    large = Image.fromarray(plane.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    return np.asarray(large, dtype=np.float64)[: shape[0], : shape[1]]


@dataclass(frozen=True)
class Foot:
    """x: how far right of the hip's middle; lift: off the ground; tilt: clockwise, in radians; ahead: seen from the
    side, its toes to the left."""

    x: float
    lift: float
    tilt: float
    ahead: bool


@dataclass(frozen=True)
class Pose:
    """kind: stand, gait, wave or sit; turn: how much of its loop has passed, 0..1."""

    kind: str
    turn: float

    def swing(self, delay: float = 0.0, times: int = 1) -> float:
        """-1..1, so many times a loop."""
        return math.sin(2 * math.pi * (self.turn * times - delay))

    @property
    def bob(self) -> float:
        """How far the body is above where it rests, in units of a small bob."""
        if self.kind == "gait":  # lowest when the feet are farthest apart
            return -math.cos(4 * math.pi * (self.turn - 0.03))
        return 0.55 * self.swing(times=2 if self.kind == "wave" else 1) if self.kind != "sit" else 0.0

    @property
    def nod(self) -> float:
        """How far the head is turned, in radians, clockwise."""
        if self.kind == "wave":
            return -0.05 + 0.035 * self.swing()
        return {"gait": -0.02 + 0.025 * self.swing(0.1), "stand": 0.022 * self.swing(0.12)}.get(self.kind, -0.02)

    def foot(self, side: int, stride: float, lift: float) -> Foot:
        """The foot of a side, -1 or 1, of somebody who takes such strides. Only for who walks."""
        phase = (self.turn + (0.0 if side > 0 else 0.5)) % 1
        if phase < STANCE:
            return Foot(stride * (2 * phase / STANCE - 1), 0.0, 0.0, True)
        part = (phase - STANCE) / (1 - STANCE)
        ease = part * part * (3 - 2 * part)
        tilt = -0.75 * math.sin(math.pi * part) * (1 - part) ** 0.7 + 0.28 * math.sin(math.pi * part) * part
        return Foot(stride * (1 - 2 * ease), lift * math.sin(math.pi * part) ** 0.9, tilt, True)


def poses() -> list[Pose]:
    """All that a body is drawn in: standing, walking, waving, sitting."""
    loops = (("stand", IDLE), ("gait", GAIT), ("wave", WAVE), ("sit", SIT))
    return [Pose(kind, turn) for kind, part_of in loops for turn in part_of.turns()]


def darker(colour: Colour, much: float = 1.0) -> Colour:
    """A colour in the shade of its own body."""
    r, g, b = (round(c * (1 - much * part)) for c, part in zip(colour, (0.20, 0.27, 0.13), strict=True))
    return r, g, b


def fabric(colour: Colour, much: float = 1.0) -> Fabric:
    """A colour, and it where less light falls."""
    return colour, darker(colour, much)


def dim(cloth: Fabric, much: float = 0.8) -> Fabric:
    """A fabric on the far side of a body."""
    return darker(cloth[0], much), darker(cloth[1], much)


def over(cloth: Fabric, outline: Sequence[Point]) -> Paint:
    """The paint of a fabric on an outline: light from the upper left."""
    xs, ys = [p[0] for p in outline], [p[1] for p in outline]
    shift = 0.25 * (max(xs) - min(xs))
    middle = (min(xs) + max(xs)) / 2
    return gradient((middle - shift, min(ys)), (middle + shift, max(ys)), *cloth)


def bent(points: Sequence[Point]) -> list[Point]:
    """A limb's middle line, softly bent at its joint, with its length in even steps."""
    line = np.array(smooth(points, closed=False))
    far = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    even = np.linspace(0, far[-1], 33)
    return list(zip(np.interp(even, far, line[:, 0]), np.interp(even, far, line[:, 1]), strict=True))


def part(line: Sequence[Point], start: float, end: float) -> list[Point]:
    """A piece of a limb's middle line, between two shares of its length."""
    at, steps = np.linspace(start, end, 24), np.linspace(0, 1, len(line))
    xs, ys = (np.interp(at, steps, [p[i] for p in line]) for i in (0, 1))
    return list(zip(xs, ys, strict=True))


def tube(line: Sequence[Point], widths: Sequence[float], ends: Point = (1.0, 1.0)) -> list[Point]:
    """An outline about a line. widths: evenly along it; ends: how round its two ends are, 1: half circles."""
    points: Plane = np.array(line, dtype=float)
    ahead = np.gradient(points, axis=0)
    ahead /= np.hypot(*ahead.T)[:, None] + 1e-9
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    half = np.interp(np.linspace(0, 1, len(points)), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    right, left = points + aside * half, (points - aside * half)[::-1]
    around = np.linspace(0, math.pi, 16)[1:-1, None]
    last = points[-1] + half[-1] * (np.cos(around) * aside[-1] + ends[1] * np.sin(around) * ahead[-1])
    first = points[0] - half[0] * (np.cos(around) * aside[0] + ends[0] * np.sin(around) * ahead[0])
    return [(float(x), float(y)) for x, y in np.concatenate([right, last, left, first])]


def jointed(start: Point, end: Point, length: float, toward: float) -> list[Point]:
    """A limb of a length with one joint in its middle that bends to the left (toward = -1) or the right."""
    far = math.dist(start, end)
    out = toward * math.sqrt(max(0.0, (length / 2) ** 2 - (far / 2) ** 2))
    nx, ny = (end[1] - start[1]) / (far or 1), -(end[0] - start[0]) / (far or 1)
    joint = ((start[0] + end[0]) / 2 + nx * out, (start[1] + end[1]) / 2 + ny * out)
    return bent([start, joint, end])


def shoe(sheet: Sheet, ankle: Point, cloth: Fabric, size: float, foot: Foot, side: int = 0) -> None:
    """A shoe below an ankle, its sole SOLE units of its size lower; from the side, or from ahead and a bit outward."""
    x, y = ankle
    low = y + SOLE * size
    if foot.ahead:
        form = [(7, -15), (9, -6), (9, -2), (7, 0), (-16, 0), (-19, -2), (-18, -6), (-12, -9), (-6, -12), (-5, -15)]
        outline = [(x + px * size, low + py * size) for px, py in form]
        outline = rounded(turned(outline, foot.tilt, ankle), 4.5 * size)
    else:
        middle = x + side * 3.2 * size
        dome = ellipse((middle, low - 1), (13 * size, 14.5 * size), start=1, end=2)
        outline = rounded([*dome, (middle + 13 * size, low), (middle - 13 * size, low)], 2.5 * size)
    sheet.shape(outline, over(cloth, outline), puff=3.6 * size, depth=0.55, shadow=0.25)
