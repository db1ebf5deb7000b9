"""A sheet to draw rounded, softly lit shapes on: what the pictures of `drawn_things.py` are made of.

Every shape is an outline filled with a paint and lit as if it were blown up a little, from the upper left: its mask,
blurred, is its height, and the slope of that its light.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SCALE = 3
LIGHT = (0.58, 0.81)  # how much of it falls from the left, and from above
SHADE = np.array([0.50, 0.36, 0.62])  # what is left of red, green and blue in the dark: shadows are purple
GLINT = np.array([255.0, 250.0, 244.0])

Point = tuple[float, float]
Colour = tuple[int, int, int]
Plane = NDArray[np.float64]
Paint = Callable[[Plane, Plane], Plane]
"""The colours, (H, W, 3), at places x and y of a square of 256."""


class Sheet:
    """A clear picture of side x side, drawn larger, in units of a square of 256."""

    def __init__(self, side: int) -> None:
        self._side, self._unit = side, side * SCALE / 256
        self._colours = np.zeros((side * SCALE, side * SCALE, 3))
        self._alpha = np.zeros((side * SCALE, side * SCALE))

    def picture(self) -> Image.Image:
        """What has been drawn, RGBA, at its own size."""
        values = np.concatenate([self._colours, self._alpha[..., None] * 255], axis=2).clip(0, 255).round()
        image = Image.fromarray(values.astype(np.uint8))
        return image.resize((self._side, self._side), Image.Resampling.LANCZOS)

    def shape(
        self, outline: Sequence[Point], paint: Colour | Paint, puff: float = 5.0, depth: float = 0.5,
        shadow: float = 0.0,
    ) -> None:  # fmt: skip
        """An outline filled with a paint. puff: how far from its edge it is round; depth: how light and dark it gets
        there, 0..1; shadow: how dark it makes what is drawn below and right of it, 0..1."""
        if shadow:
            self._shadow(outline, shadow)
        found = self._mask(outline, 3 * puff)
        if found is None:
            return
        mask, xs, ys, window = found
        colours = paint(xs, ys) if callable(paint) else np.broadcast_to(np.array(paint, float), (*mask.shape, 3))
        colours = _lit(colours, mask, puff * self._unit, depth)
        self._lay(colours, mask, window)

    def glow(self, middle: Point, reach: float, colour: Colour, strength: float) -> None:
        """A halo that fades to nothing at its reach, over everything."""
        found = self._mask(ellipse(middle, (reach, reach)), 0)
        if found is not None:
            mask, xs, ys, window = found
            far = np.hypot(xs - middle[0], ys - middle[1]) / reach
            fades = strength * (1 - far).clip(0, 1) ** 1.6
            self._lay(np.broadcast_to(np.array(colour, float), (*mask.shape, 3)), fades, window)

    def _shadow(self, outline: Sequence[Point], strength: float, aside: float = 3.0) -> None:
        found = self._mask([(x + aside * 0.8, y + aside) for x, y in outline], 9)
        if found is not None:
            mask, _, _, window = found
            dark = 1 - strength * blurred(mask, 3 * self._unit)[..., None] * (1 - SHADE)
            self._colours[window] *= dark

    def _lay(self, colours: Plane, alpha: Plane, window: tuple[slice, slice]) -> None:
        below = self._alpha[window]
        whole = alpha + below * (1 - alpha)
        share = np.divide(alpha, whole, out=np.zeros_like(alpha), where=whole > 0)[..., None]
        self._colours[window] = share * colours + (1 - share) * self._colours[window]
        self._alpha[window] = whole

    def _mask(self, outline: Sequence[Point], margin: float) -> tuple[Plane, Plane, Plane, tuple[slice, slice]] | None:
        """What an outline covers, 0..1, with the x and y there, and where that is on the sheet; None when off it."""
        points = np.array(outline) * self._unit
        edge, most = margin * self._unit + 2, self._alpha.shape[0]
        x0, y0 = (max(0, int(low - edge)) for low in points.min(0))
        x1, y1 = (min(most, math.ceil(high + edge)) for high in points.max(0))
        if x1 <= x0 or y1 <= y0:
            return None
        image = Image.new("L", (x1 - x0, y1 - y0))
        ImageDraw.Draw(image).polygon([(x - x0, y - y0) for x, y in points], fill=255)
        mask = np.asarray(image, dtype=np.float64) / 255
        ys, xs = np.mgrid[y0:y1, x0:x1] / self._unit
        return mask, xs, ys, (slice(y0, y1), slice(x0, x1))


def _lit(colours: Plane, mask: Plane, puff: float, depth: float) -> Plane:
    if not depth or puff < 1:
        return colours
    room = math.ceil(3 * puff)
    height = blurred(np.pad(mask, room), puff)
    slope: Plane = LIGHT[0] * np.gradient(height, axis=1) + LIGHT[1] * np.gradient(height, axis=0)
    light = (slope * puff * 2.5 * depth)[room:-room, room:-room, None]
    bright, dark = light.clip(0, 1), (-light).clip(0, 1)
    return (colours + (GLINT - colours) * 0.7 * bright) * (1 - (1 - SHADE) * dark)


def blurred(plane: Plane, radius: float) -> Plane:
    """Three boxes one after the other, along both axes: nearly a Gaussian of that radius."""
    half = max(1, round(radius))
    for axis in (0, 1):
        for _ in range(3):
            pad = [(half + 1, half) if a == axis else (0, 0) for a in (0, 1)]
            total = np.cumsum(np.pad(plane, pad), axis=axis)
            size = plane.shape[axis]
            over = np.take(total, np.arange(2 * half + 1, 2 * half + 1 + size), axis=axis)
            plane = (over - np.take(total, np.arange(size), axis=axis)) / (2 * half + 1)
    return plane


def gradient(start: Point, end: Point, *colours: Colour) -> Paint:
    """A paint that goes evenly from the first colour, at start, to the last, at end."""
    steps = np.linspace(0, 1, len(colours))

    def paint(xs: Plane, ys: Plane) -> Plane:
        across = (end[0] - start[0], end[1] - start[1])
        along = ((xs - start[0]) * across[0] + (ys - start[1]) * across[1]) / (across[0] ** 2 + across[1] ** 2)
        return np.stack([np.interp(along, steps, [c[i] for c in colours]) for i in range(3)], axis=-1)

    return paint


def down(top: float, bottom: float, *colours: Colour) -> Paint:
    """A gradient from top to bottom."""
    return gradient((0, top), (0, bottom), *colours)


def along(left: float, right: float, *colours: Colour) -> Paint:
    """A gradient from left to right."""
    return gradient((left, 0), (right, 0), *colours)


def ellipse(middle: Point, reach: Point, lean: float = 0.0, start: float = 0.0, end: float = 2.0) -> list[Point]:
    """An ellipse, or the part of one between two angles, in half turns from the right over the bottom; lean: its turn
    in radians."""
    steps = [math.pi * (start + (end - start) * step / 72) for step in range(73)]
    round_it = [(math.cos(a) * reach[0], math.sin(a) * reach[1]) for a in steps]
    return [(middle[0] + x, middle[1] + y) for x, y in turned(round_it, lean)]


def turned(points: Sequence[Point], angle: float, about: Point = (0.0, 0.0)) -> list[Point]:
    """Points turned clockwise by an angle in radians."""
    c, s = math.cos(angle), math.sin(angle)
    moved = [(x - about[0], y - about[1]) for x, y in points]
    return [(about[0] + c * x - s * y, about[1] + s * x + c * y) for x, y in moved]


def box(left: float, top: float, right: float, bottom: float, corner: float = 4.0) -> list[Point]:
    """A rectangle with round corners."""
    return rounded([(left, top), (right, top), (right, bottom), (left, bottom)], corner)


def rounded(points: Sequence[Point], corner: float = 4.0) -> list[Point]:
    """A polygon with its corners rounded off."""
    out = []
    for index, at in enumerate(points):
        sides = []
        for other in (points[index - 1], points[(index + 1) % len(points)]):
            length = math.dist(at, other) or 1.0
            share = min(corner, length / 2) / length
            sides.append((at[0] + (other[0] - at[0]) * share, at[1] + (other[1] - at[1]) * share))
        for step in range(9):
            t = step / 8
            out.append(tuple(
                (1 - t) ** 2 * sides[0][i] + 2 * t * (1 - t) * at[i] + t * t * sides[1][i] for i in (0, 1)
            ))  # fmt: skip
    return [(x, y) for x, y in out]


def smooth(points: Sequence[Point], closed: bool = True) -> list[Point]:
    """A smooth line (Catmull-Rom) through points, back to the first of them if it is closed."""
    count = len(points)
    out: list[Point] = []
    for index in range(count if closed else count - 1):
        picked = (index - 1, index, index + 1, index + 2)
        around = [points[i % count] if closed else points[min(max(i, 0), count - 1)] for i in picked]
        for step in range(12):
            t = step / 12
            weights = (-t + 2 * t * t - t**3, 2 - 5 * t * t + 3 * t**3, t + 4 * t * t - 3 * t**3, t**3 - t * t)
            x, y = (sum(w * p[i] for w, p in zip(weights, around, strict=True)) / 2 for i in (0, 1))
            out.append((x, y))
    return out if closed else [*out, points[-1]]


def rod(start: Point, end: Point, width: float, taper: float = 1.0) -> list[Point]:
    """A bar with round ends; taper: how wide its end is beside its start."""
    heading = math.atan2(end[1] - start[1], end[0] - start[0]) / math.pi
    first = ellipse(start, (width / 2, width / 2), start=heading + 0.5, end=heading + 1.5)
    last = ellipse(end, (width / 2 * taper, width / 2 * taper), start=heading - 0.5, end=heading + 0.5)
    return [*first, *last]
