"""What the animals of `drawn_beasts.py` are made of: limbs that melt into one another, a coat with its markings, and a
face from a picture laid over them.

All of it is drawn heading left in units of a square of 256. The faces are lit from the upper right, and so is this: it
is drawn mirrored on a `Sheet`, whose light comes from the upper left, and turned over in the end.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from model.world.drawn_sheet import SHADE, Colour, Plane, Point, Sheet, rounded, smooth, turned

SIDE = 256
DRAWN = 176  # the side that bodies are drawn at: no smaller than they are shown, and half the work
FAINT = 8  # an alpha of no more is but what resizing leaves around an edge
PINHOLE = 24  # a hole of fewer points around is filled: it would be but a speck
FINE = 2  # dots to a unit where limbs are melted together
DISC = [(math.cos(math.tau * step / 20), math.sin(math.tau * step / 20)) for step in range(20)]

Outline = Sequence[Point]
Knot = tuple[float, float, float]
"""A place of a limb's middle line, and how far its skin is from it: x, y, radius."""


@dataclass(frozen=True)
class Beast(ABC):
    """An animal that a body is drawn for. size: its height beside a person of 1.15."""

    size: float

    @abstractmethod
    def pictures(self, face: Image.Image) -> list[Image.Image]:
        """Its 33 pictures: 8 at ease, 16 of two steps, 8 that wave, and one seated. face: its head."""


@dataclass(frozen=True)
class Patch:
    """A marking: what of the coat has another colour; soft: how far its edge is blurred."""

    colour: Colour
    outlines: Sequence[Outline]
    soft: float = 0.4


class Hide:
    """A clear picture to draw masses on, lit from the upper right."""

    def __init__(self) -> None:
        self._sheet = Sheet(DRAWN)

    def picture(self) -> Image.Image:
        """What has been drawn."""
        return ImageOps.mirror(self._sheet.picture()).resize((SIDE, SIDE), Image.Resampling.BICUBIC)

    def mass(
        self, parts: Sequence[Outline], coat: Sequence[Colour], patches: Sequence[Patch] = (), *, puff: float = 7.0,
        depth: float = 0.45, shadow: float = 0.0, melt: float = 2.4,
    ) -> None:  # fmt: skip
        """Parts melted into one and painted: the coat's colours go from its upper right to its lower left."""
        outlines = fused(parts, melt)
        places = [point for outline in outlines for point in outline]
        if not places:
            return
        xs, ys = [x for x, _ in places], [y for _, y in places]
        middle = SIDE - (min(xs) + max(xs)) / 2
        (x0, y0), (x1, y1) = (middle - 12, min(ys)), (middle + 12, max(ys))
        steps = np.linspace(0, len(coat) - 1, 512)
        shades = np.stack([np.interp(steps, range(len(coat)), [c[i] for c in coat]) for i in range(3)], axis=-1)

        def paint(xs: Plane, ys: Plane) -> Plane:
            along = ((xs - x0) * (x1 - x0) + (ys - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
            colours: Plane = shades[(along.clip(0, 1) * (len(shades) - 1)).astype(np.intp)]
            for patch in patches:
                share = _covered(patch, xs, ys)[..., None]
                colours = colours * (1 - share) + np.array(patch.colour, float) * share
            return colours

        for outline in outlines:
            self._sheet.shape([_mirrored(point) for point in outline], paint, puff, depth, shadow)


def _mirrored(point: Point) -> Point:
    return SIDE - point[0], point[1]


def _covered(patch: Patch, xs: Plane, ys: Plane) -> Plane:
    """How much of a mirrored sheet a marking covers, 0..1, at places x and y."""
    unit, (left, top) = 1 / (xs[0, 1] - xs[0, 0]), (xs[0, 0], ys[0, 0])
    image = Image.new("L", (xs.shape[1], xs.shape[0]))
    draw = ImageDraw.Draw(image)
    for outline in patch.outlines:
        draw.polygon([((SIDE - x - left) * unit, (y - top) * unit) for x, y in outline], fill=255)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(patch.soft * unit)), dtype=np.float64) / 255


# --- outlines ---------------------------------------------------------------------------------------------------------


def limb(knots: Sequence[Knot]) -> list[Outline]:
    """A smooth limb through knots, in pieces that overlap."""
    line = smooth([(x, y) for x, y, _ in knots], closed=False)[::3]
    line.append((knots[-1][0], knots[-1][1]))
    steps = np.linspace(0, len(knots) - 1, len(line))
    radii = np.interp(steps, range(len(knots)), [r for _, _, r in knots])
    pieces: list[Outline] = []
    for (x, y), radius in zip(line, radii, strict=True):
        pieces.append([(x + c * radius, y + s * radius) for c, s in DISC])
    for (start, end), (first, last) in zip(pairwise(line), pairwise(radii), strict=True):
        far = math.dist(start, end)
        if far > 0.01:
            nx, ny = (start[1] - end[1]) / far, (end[0] - start[0]) / far
            pieces.append([
                (start[0] + nx * first, start[1] + ny * first), (end[0] + nx * last, end[1] + ny * last),
                (end[0] - nx * last, end[1] - ny * last), (start[0] - nx * first, start[1] - ny * first),
            ])  # fmt: skip
    return pieces


def level(parts: Sequence[Outline], ground: float) -> list[Outline]:
    """Parts with nothing of them below the ground."""
    return [[(x, min(y, ground)) for x, y in part] for part in parts]


def bands(knots: Sequence[Knot], places: Sequence[float], half: float, side: float = 0.0) -> list[Outline]:
    """Strips across a limb at parts of its length, 0..1; half: half their width; side: how far they leave its left side
    free, beside its radius."""
    line = smooth([(x, y) for x, y, _ in knots], closed=False)
    radii = np.interp(np.linspace(0, len(knots) - 1, len(line)), range(len(knots)), [r for _, _, r in knots])
    strips: list[Outline] = []
    for place in places:
        at = min(max(round(place * (len(line) - 1)), 1), len(line) - 2)
        (x, y), reach = line[at], radii[at] * 1.3 + 2
        heading = math.atan2(line[at + 1][1] - line[at - 1][1], line[at + 1][0] - line[at - 1][0])
        low = -reach if not side else -reach * (1 - side)
        strip = [(-half, low), (half, low), (half, reach), (-half, reach)]
        strips.append([(x + px, y + py) for px, py in turned(rounded(strip, half if side else 0.1), heading)])
    return strips


def joint(top: Point, end: Point, length: float, bend: float) -> Point:
    """Where a limb of two equal halves bends that leads from top to end; bend: to which side, and how much of what is
    there to bend, -1..1 (above zero: to the left of a limb that hangs down)."""
    far = max(math.dist(top, end), 0.01)
    out = math.sqrt(max(length**2 - far**2, 0.0)) / 2 * bend
    middle = ((top[0] + end[0]) / 2, (top[1] + end[1]) / 2)
    return middle[0] - (end[1] - top[1]) / far * out, middle[1] + (end[0] - top[0]) / far * out


def paw(ankle: Point, radius: float, toes: float, pitch: float) -> Outline:
    """A foot with a flat sole under an ankle, its toes to the left; pitch: how far its heel is raised, in radians."""
    x, y = ankle
    front, back = x - radius - toes, x + radius
    low, top = y + radius, y - radius
    sole = [(front, low), (back, low), (back, top), (x - radius * 0.6, top), (front, y - radius * 0.1)]
    return turned(rounded(sole, radius * 0.55), -pitch, ankle)


def fused(parts: Sequence[Outline], melt: float) -> list[list[Point]]:
    """The outlines of parts together, corners between them filled softly. A hole is led to along a line of no width,
    which an outline that is filled by the even-odd rule allows."""
    room = math.ceil(3 * melt) + 2
    corner = np.floor(np.min([np.min(part, axis=0) for part in parts], axis=0)) - room
    size = np.ceil(np.max([np.max(part, axis=0) for part in parts], axis=0)) + room - corner
    image = Image.new("L", (int(size[0]) * FINE, int(size[1]) * FINE))
    draw = ImageDraw.Draw(image)
    for part in parts:
        draw.polygon([((x - corner[0]) * FINE, (y - corner[1]) * FINE) for x, y in part], fill=255)
    plane = np.asarray(image.filter(ImageFilter.GaussianBlur(melt * FINE)), dtype=np.float64) - 127.5
    loops = sorted((loop for loop in _loops(plane) if len(loop) > 12), key=len, reverse=True)
    whole: list[NDArray[np.float64]] = loops[:1]
    for loop in loops[1:]:
        if not _is_hole(loop, plane):
            whole.append(loop)
            continue
        if len(loop) < PINHOLE:
            continue
        apart = [np.hypot(*(line[:, None, :] - loop[None, :, :]).transpose(2, 0, 1)) for line in whole]
        near = min(range(len(whole)), key=lambda number: float(apart[number].min()))
        here, there = divmod(int(apart[near].argmin()), len(loop))
        round_it = np.concatenate([loop[there:], loop[: there + 1]])
        whole[near] = np.concatenate([whole[near][: here + 1], round_it, whole[near][here:]])
    return [[(x, y) for x, y in line / FINE + corner] for line in whole]


def _is_hole(loop: NDArray[np.float64], plane: NDArray[np.float64]) -> bool:
    image = Image.new("L", (plane.shape[1], plane.shape[0]))
    ImageDraw.Draw(image).polygon([(x, y) for x, y in loop], fill=1)
    return float(plane[np.asarray(image) > 0].mean()) < 0


def _loops(plane: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The closed lines along which a plane is zero: marching squares."""
    rows, wide = plane.shape
    inside = plane > 0
    # An edge between two dots side by side is numbered as the left one, one between two above each other beyond that.
    flat, places = inside.astype(int), np.zeros((2 * rows * wide, 2))
    for number, (dy, dx) in enumerate(((0, 1), (1, 0))):
        a, b = plane[: rows - dy, : wide - dx], plane[dy:, dx:]
        y, x = np.nonzero((a > 0) != (b > 0))
        share = a[y, x] / (a[y, x] - b[y, x])
        places[number * rows * wide + y * wide + x] = np.stack([x + dx * share, y + dy * share], axis=1)
    kind = flat[:-1, :-1] * 8 + flat[:-1, 1:] * 4 + flat[1:, 1:] * 2 + flat[1:, :-1]
    beside: dict[int, list[int]] = {}
    for case, links in _LINKS.items():
        y, x = np.nonzero(kind == case)
        at = y * wide + x
        edges = {"t": at, "b": at + wide, "l": at + rows * wide, "r": at + rows * wide + 1}
        for start, end in links:
            for one, other in zip(edges[start].tolist(), edges[end].tolist(), strict=True):
                beside.setdefault(one, []).append(other)
                beside.setdefault(other, []).append(one)
    loops = []
    while beside:
        at, line = next(iter(beside)), []
        while at in beside:
            line.append(at)
            ways = beside.pop(at)
            at = ways[0] if ways[0] in beside else ways[-1]
        loops.append(places[line[::2]])
    return loops


_LINKS: dict[int, tuple[tuple[str, str], ...]] = {
    1: (("l", "b"),), 2: (("b", "r"),), 3: (("l", "r"),), 4: (("t", "r"),), 5: (("l", "t"), ("b", "r")),
    6: (("t", "b"),), 7: (("l", "t"),), 8: (("l", "t"),), 9: (("t", "b"),), 10: (("t", "r"), ("l", "b")),
    11: (("t", "r"),), 12: (("l", "r"),), 13: (("b", "r"),), 14: (("l", "b"),),
}  # fmt: skip


# --- the face ---------------------------------------------------------------------------------------------------------


def placed(face: Image.Image, middle: Point, tilt: float) -> Image.Image:
    """A picture of 256 x 256 with a smaller one in it, its middle there, turned clockwise by an angle in radians."""
    c, s = math.cos(tilt), math.sin(tilt)
    x, y = middle
    half_x, half_y = face.width / 2, face.height / 2
    moves = (c, s, half_x - c * x - s * y, -s, c, half_y + s * x - c * y)
    return face.transform((SIDE, SIDE), Image.Transform.AFFINE, moves, Image.Resampling.BICUBIC)


def shaded(below: Image.Image, above: Image.Image, drop: Point = (-2.0, 7.0), strength: float = 0.62) -> Image.Image:
    """A picture with another one over it that casts a soft shadow on it."""
    moved = above.getchannel("A").transform(
        above.size, Image.Transform.AFFINE, (1, 0, -drop[0], 0, 1, -drop[1]), Image.Resampling.BILINEAR
    )
    cast = np.asarray(moved.filter(ImageFilter.GaussianBlur(6)), dtype=np.float64)[..., None] / 255
    values = np.asarray(below, dtype=np.float64).copy()
    values[..., :3] *= 1 - strength * cast * (1 - SHADE)
    values[..., 3] *= values[..., 3] > FAINT
    under = Image.fromarray(values.round().clip(0, 255).astype(np.uint8))
    return Image.alpha_composite(under, above)
