"""Shapes that places are built of: polygons, rounded slabs, capsules, leaves and soft light, on a canvas.

Everything is antialiased by its signed distance in pixels and blended only inside its own box.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model.world.canvas import X_REACH, Y_TOP, Canvas, Colour

Point = tuple[float, float]


@dataclass(frozen=True)
class Patch:
    """A part of a canvas: its pixels (4, h, w), a view, and the world x (1, w) and y (h, 1) of each."""

    pixels: Tensor
    x: Tensor
    y: Tensor
    resolution: int

    def edge(self, distance: Tensor) -> Tensor:
        """Mask 0..1 of where a signed distance in units is negative."""
        return (0.5 - distance * self.resolution).clamp(0, 1)

    def over(self, colour: Colour | Tensor, alpha: Tensor) -> None:
        """Blend a colour, (3,) or (3, h, w), by alpha (h, w)."""
        paint = colour if isinstance(colour, Tensor) else alpha.new_tensor(colour)[:, None, None]
        self.pixels[:3] = paint.clamp(0, 1) * alpha + self.pixels[:3] * (1 - alpha)
        self.pixels[3] = alpha + self.pixels[3] * (1 - alpha)


def patch(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> Patch:
    """The part of a canvas that holds this box, one pixel wider; empty when the box is off the canvas."""
    r = canvas.resolution
    left, right = (min(canvas.width, max(0, round((x + X_REACH) * r) + n)) for x, n in ((x0, -1), (x1, 2)))
    top, bottom = (min(canvas.height, max(0, round((y - Y_TOP) * r) + n)) for y, n in ((y0, -1), (y1, 2)))
    return Patch(canvas.pixels[:, top:bottom, left:right], canvas.x[:, left:right], canvas.y[top:bottom], r)


def _lit(colour: Colour, light: Tensor) -> Tensor:
    return light.new_tensor(colour)[:, None, None] * light[None]


def polygon(
    canvas: Canvas, points: Sequence[Point], colour: Colour, *, shade: float = 0.0, opacity: float = 1.0
) -> None:
    """A convex polygon, corners in either sense, lighter on its left by `shade`."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    part = patch(canvas, min(xs), min(ys), max(xs), max(ys))
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True))
    sense = 1.0 if area > 0 else -1.0
    inside = torch.ones_like(part.x + part.y)
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        length = max(1e-6, math.hypot(bx - ax, by - ay))
        distance = sense * ((part.x - ax) * (by - ay) - (part.y - ay) * (bx - ax)) / length
        inside = inside * part.edge(distance)
    light = 1 + shade * (0.5 - (part.x - min(xs)) / max(1e-6, max(xs) - min(xs))) + 0 * part.y
    part.over(_lit(colour, light), inside * opacity)


def slab(
    canvas: Canvas, x0: float, y0: float, x1: float, y1: float, colour: Colour, *, round_: float = 0.015,
    shade: float = 0.25, opacity: float = 1.0,
) -> None:  # fmt: skip
    """A rounded box, light above and dark below by `shade`, as if it were thick."""
    part = patch(canvas, x0, y0, x1, y1)
    corner = min(round_, (x1 - x0) / 2, (y1 - y0) / 2)
    dx = (part.x - (x0 + x1) / 2).abs() - (x1 - x0) / 2 + corner
    dy = (part.y - (y0 + y1) / 2).abs() - (y1 - y0) / 2 + corner
    distance = (dx.clamp(min=0).square() + dy.clamp(min=0).square()).sqrt() + torch.maximum(dx, dy).clamp(max=0)
    light = 1 + shade * (0.5 - (part.y - y0) / max(1e-6, y1 - y0)) + 0 * part.x
    part.over(_lit(colour, light), part.edge(distance - corner) * opacity)


def capsule(
    canvas: Canvas, a: Point, b: Point, radius: float, colour: Colour, *, end: float | None = None, shade: float = 0.5
) -> None:
    """A thick line with round ends, `radius` at a and `end` at b (the same if None), lit from the upper left."""
    last = radius if end is None else end
    most = max(radius, last)
    part = patch(canvas, min(a[0], b[0]) - most, min(a[1], b[1]) - most, max(a[0], b[0]) + most, max(a[1], b[1]) + most)
    vx, vy = b[0] - a[0], b[1] - a[1]
    along = (((part.x - a[0]) * vx + (part.y - a[1]) * vy) / max(1e-9, vx * vx + vy * vy)).clamp(0, 1)
    dx, dy = part.x - a[0] - along * vx, part.y - a[1] - along * vy
    width = radius + (last - radius) * along
    light = 1 - shade * 0.5 * (dx * 0.75 + dy * 0.65) / width.clamp(min=1e-6)
    part.over(_lit(colour, light), part.edge((dx * dx + dy * dy).sqrt() - width))


def leaf(canvas: Canvas, root: Point, length: float, angle: float, width: float, colour: Colour) -> None:
    """A broad leaf from its root at an angle (radians, 0 to the right, positive downwards), with a light midrib."""
    cos, sin = math.cos(angle), math.sin(angle)
    part = patch(canvas, root[0] - length, root[1] - length, root[0] + length, root[1] + length)
    u = ((part.x - root[0]) * cos + (part.y - root[1]) * sin) / length
    v = (-(part.x - root[0]) * sin + (part.y - root[1]) * cos) / length + 0.16 * u * u * (1 if cos > 0 else -1) * -1
    half = width * (u.clamp(0, 1) * math.pi).sin().clamp(min=0).pow(0.75)
    mask = part.edge((v.abs() - half) * length) * (u > 0) * (u < 1)
    rib = torch.exp(-((v / 0.02) ** 2)) * 0.35
    light = 1 + rib - 0.5 * v / max(width, 1e-6) * (1 if cos > 0 else -1) * 0.5 - 0.15 * (1 - u.clamp(0, 1))
    part.over(_lit(colour, light), mask)


def arch(
    canvas: Canvas, x0: float, top: float, x1: float, bottom: float, colour: Colour, *, opacity: float = 1.0
) -> None:
    """A box with a half-round top: a door, a window, a tunnel."""
    part = patch(canvas, x0, top, x1, bottom)
    half = (x1 - x0) / 2
    dx, dy = part.x - (x0 + x1) / 2, (top + half - part.y).clamp(min=0)
    distance = torch.maximum((dx * dx + dy * dy).sqrt() - half, part.y - bottom)
    part.over(colour, part.edge(distance) * opacity)


def shine(
    canvas: Canvas, x: float, y: float, reach: float, colour: Colour, strength: float = 0.6, squash: float = 1.0
) -> None:
    """Soft light around a point, added to what is there; alpha is left as it is."""
    part = patch(canvas, x - 2.5 * reach, y - 2.5 * reach * squash, x + 2.5 * reach, y + 2.5 * reach * squash)
    fall = torch.exp(-(((part.x - x) / reach) ** 2 + ((part.y - y) / (reach * squash)) ** 2)) * strength
    part.pixels[:3] = (part.pixels[:3] + _lit(colour, fall)).clamp(0, 1)


def cone(canvas: Canvas, top: Point, foot: Point, width: float, colour: Colour, strength: float = 0.35) -> None:
    """A beam of light from a lamp at the top to a pool `width` wide at its foot, added to what is there."""
    reach = width * 1.4
    part = patch(canvas, min(top[0], foot[0]) - reach, top[1], max(top[0], foot[0]) + reach, foot[1])
    t = ((part.y - top[1]) / max(1e-6, foot[1] - top[1])).clamp(0, 1)
    middle, half = top[0] + (foot[0] - top[0]) * t, 0.02 + (width / 2 - 0.02) * t
    beam = torch.exp(-(((part.x - middle) / half) ** 4)) * (1 - 0.55 * t) * strength
    part.pixels[:3] = (part.pixels[:3] + _lit(colour, beam)).clamp(0, 1)


def bough(canvas: Canvas, points: Sequence[Point], radius: float, colour: Colour, *, end: float | None = None) -> None:
    """Capsules through points, from `radius` to `end`: a vine, a rope, a trunk."""
    last = radius if end is None else end
    steps = max(1, len(points) - 1)
    for i, (a, b) in enumerate(itertools.pairwise(points)):
        near, far = (radius + (last - radius) * k / steps for k in (i, i + 1))
        capsule(canvas, a, b, near, colour, end=far)


def curve(a: Point, bend: Point, b: Point, steps: int = 12) -> list[Point]:
    """Points of a quadratic curve from a to b, pulled towards `bend`."""
    out = []
    for i in range(steps + 1):
        t = i / steps
        p, q, r = (1 - t) ** 2, 2 * t * (1 - t), t * t
        out.append((p * a[0] + q * bend[0] + r * b[0], p * a[1] + q * bend[1] + r * b[1]))
    return out
