"""Pictures that no set of emoji has, drawn by code: a short fluffy monster, a melting red candle, and all those of
`drawn_things.py`, `drawn_vehicles.py` and `drawn_knight.py`."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from types import MappingProxyType

from PIL import Image, ImageDraw

from model.world.drawn_knight import knight
from model.world.drawn_sheet import SCALE, Point, Sheet
from model.world.drawn_things import lighthouse, paper_plane, treasure_chest, windmill
from model.world.drawn_vehicles import hot_air_balloon, pirate_ship, submarine

Paint = tuple[int, int, int, int]


_SHAPED: Mapping[str, Callable[[Sheet, float], None]] = MappingProxyType({
    "hot_air_balloon": hot_air_balloon, "pirate_ship": pirate_ship, "submarine": submarine, "lighthouse": lighthouse,
    "windmill": windmill, "paper_plane": paper_plane, "treasure_chest": treasure_chest, "knight": knight,
})  # fmt: skip


def draw(name: str, frames: int, side: int = 256) -> list[Image.Image]:
    """A loop of RGBA pictures of side x side of one drawn subject; KeyError when there is none of that name."""
    artists: dict[str, Callable[[ImageDraw.ImageDraw, float, float], None]] = {"fluffy": _fluffy, "candle": _candle}
    if name not in artists and name not in _SHAPED:
        raise KeyError(f"nothing is drawn by the name {name!r}; there are: {', '.join((*artists, *_SHAPED))}")
    pictures = []
    for index in range(frames):
        if name in _SHAPED:
            sheet = Sheet(side)
            _SHAPED[name](sheet, index / frames)
            pictures.append(sheet.picture())
            continue
        canvas = Image.new("RGBA", (side * SCALE, side * SCALE))
        artists[name](ImageDraw.Draw(canvas), side * SCALE / 256, index / frames)
        pictures.append(canvas.resize((side, side), Image.Resampling.LANCZOS))
    return pictures


def _candle(brush: ImageDraw.ImageDraw, unit: float, turn: float) -> None:
    """A stout red candle with runs of wax, one of them creeping, and a flame that flickers."""
    _ball(brush, unit, (128, 236), (62, 16), (150, 22, 30, 255))
    for column in range(-38, 39):  # round: light on the left, dark on the right
        shade = 1.0 - 0.42 * abs((column + 14) / 52) ** 1.4
        fill = (round(226 * shade), round(42 * shade), round(46 * shade), 255)
        brush.rectangle([c * unit for c in (128 + column, 116, 129 + column, 236)], fill=fill)
    for x, length, width in ((-30, 44, 9), (-8, 26, 8), (16, 62, 9), (33, 46 + 14 * math.sin(2 * math.pi * turn), 8)):
        colour = (244, 84, 80, 255) if x < 10 else (206, 44, 48, 255)
        box = [c * unit for c in (128 + x - width, 112, 128 + x + width, 124 + length)]
        brush.rounded_rectangle(box, radius=width * unit, fill=colour)
    _ball(brush, unit, (128, 116), (39, 11), (232, 70, 66, 255))
    _ball(brush, unit, (128, 116), (22, 6), (255, 150, 96, 255))
    brush.line([c * unit for c in (128, 116, 128, 96)], fill=(50, 34, 30, 255), width=round(4 * unit))
    lean = 7 * math.sin(4 * math.pi * turn) + 3 * math.sin(10 * math.pi * turn)
    tall = 1 + 0.10 * math.sin(6 * math.pi * turn + 1)
    for wide, high, colour in (
        (23, 88, (255, 138, 32, 255)),
        (16, 62, (255, 200, 64, 255)),
        (9, 36, (255, 246, 200, 255)),
    ):
        _flame(brush, unit, (128, 104), (wide, high * tall), lean * high / 88, colour)


def _flame(brush: ImageDraw.ImageDraw, unit: float, base: Point, reach: Point, lean: float, colour: Paint) -> None:
    """A drop of fire over its base, its tip leaning."""
    points = []
    for step in range(41):
        angle = math.pi * (step / 20 - 1)  # once around, from the tip and back to it
        height = (1 + math.cos(angle)) / 2
        width = math.sin(angle) * (1 - height) ** 0.45 * (0.55 + 0.45 * (1 - height)) * 1.3
        points.append(((base[0] + width * reach[0] + lean * height**2) * unit, (base[1] - height * reach[1]) * unit))
    brush.polygon(points, fill=colour)


def _fluffy(brush: ImageDraw.ImageDraw, unit: float, turn: float) -> None:
    """A round body of fur with horns, big eyes, short arms and feet; turn: 0..1 through the loop."""
    breath = math.sin(turn * 2 * math.pi)
    for x in (96, 160):
        _ball(brush, unit, (x, 238), (27, 13), (234, 150, 92, 255))
        for toe in (-16, 0, 16):
            _ball(brush, unit, (x + toe, 242), (8, 7), (250, 190, 130, 255))
    _horn(brush, unit, 1, breath)
    _horn(brush, unit, -1, breath)
    rng = random.Random(7)
    arm = 6 * math.sin(turn * 4 * math.pi)
    _fur(brush, unit, rng, turn, (128, 146 - 3 * breath), (84, 86 + 3 * breath), 2400, 30)
    for sign in (-1, 1):
        _fur(brush, unit, rng, turn, (128 + sign * 84, 168 + sign * arm), (17, 27), 260, 17)
    _face(brush, unit, turn, breath)


def _fur(
    brush: ImageDraw.ImageDraw, unit: float, rng: random.Random, turn: float, middle: Point, reach: Point, count: int,
    length: float,
) -> None:  # fmt: skip
    """Tufts over an ellipse, the lowest first, so that the upper ones hang over them; lit from the upper left."""
    roots = []
    for _ in range(count):
        angle, far = rng.uniform(0, 2 * math.pi), math.sqrt(rng.random())
        roots.append((math.sin(angle) * far, math.cos(angle) * far, rng.random(), rng.random()))
    for y, x, luck, other in sorted(roots, reverse=True):
        light = max(0.0, 0.60 - 0.30 * x - 0.42 * y - 0.12 * (x * x + y * y)) + 0.22 * (luck - 0.5)
        colour = tuple(
            round(low + (high - low) * min(1.0, max(0.0, light)))
            for low, high in ((22, 120), (78, 232), (122, 226))
        )  # fmt: skip
        root = (middle[0] + x * reach[0], middle[1] + y * reach[1])
        sway = 0.16 * math.sin(2 * math.pi * (turn + other) + 3 * x) + 0.5 * (luck - 0.5)
        heading = math.atan2(0.75 + 0.55 * y, 1.15 * x) + sway
        size = length * (0.55 + 0.5 * luck)
        tip = (root[0] + math.cos(heading) * size, root[1] + math.sin(heading) * size)
        wide = 3.4 + 2.2 * other
        across = (-math.sin(heading) * wide, math.cos(heading) * wide)
        corners = [
            (root[0] + across[0], root[1] + across[1]), tip, (root[0] - across[0], root[1] - across[1]),
        ]  # fmt: skip
        brush.polygon([(px * unit, py * unit) for px, py in corners], fill=(*colour, 255))


def _ball(brush: ImageDraw.ImageDraw, unit: float, middle: Point, reach: Point, colour: Paint) -> None:
    """A lit ellipse: three ever lighter ones towards the upper left."""
    for step in range(3):
        shrink, lighter = 1 - 0.28 * step, 1 + 0.07 * step
        x, y = middle[0] - reach[0] * 0.13 * step, middle[1] - reach[1] * 0.15 * step
        fill = tuple(min(255, round(c * lighter)) for c in colour[:3])
        box = (x - reach[0] * shrink, y - reach[1] * shrink, x + reach[0] * shrink, y + reach[1] * shrink)
        brush.ellipse([c * unit for c in box], fill=(*fill, colour[3]))


def _horn(brush: ImageDraw.ImageDraw, unit: float, sign: int, breath: float) -> None:
    base, top = 84 - 4 * breath, 22 - 4 * breath
    for shade, thin in (((206, 160, 96, 255), 1.0), ((246, 214, 150, 255), 0.55)):
        points = [(128 + sign * (48 - 15 * thin), base), (128 + sign * 80, top), (128 + sign * (48 + 15 * thin), base)]
        brush.polygon([(x * unit, y * unit) for x, y in points], fill=shade)


def _face(brush: ImageDraw.ImageDraw, unit: float, turn: float, breath: float) -> None:
    """Eyes that look about and blink once a loop, and a smile with two teeth."""
    gaze = 6 * math.sin(turn * 2 * math.pi + 0.8)
    shut = 0.70 < turn < 0.80
    for sign in (-1, 1):
        eye = (128 + sign * 31, 118 - 3 * breath)
        if shut:
            box = (eye[0] - 24, eye[1] - 12, eye[0] + 24, eye[1] + 16)
            brush.arc([c * unit for c in box], 20, 160, fill=(24, 40, 66, 255), width=round(6 * unit))
            continue
        _ball(brush, unit, eye, (27, 29), (226, 232, 238, 255))
        _ball(brush, unit, (eye[0] + gaze, eye[1] + 3), (14, 16), (120, 70, 30, 255))
        _ball(brush, unit, (eye[0] + gaze, eye[1] + 3), (8, 10), (20, 16, 24, 255))
        _ball(brush, unit, (eye[0] + gaze - 5, eye[1] - 4), (5, 5), (255, 255, 255, 255))
    mouth = (90, 146 - 3 * breath, 166, 194 - 3 * breath)
    brush.chord([c * unit for c in mouth], 8, 172, fill=(112, 28, 52, 255))
    for x in (110, 146):
        points = [(x - 8, 173 - 3 * breath), (x + 8, 173 - 3 * breath), (x, 185 - 3 * breath)]
        brush.polygon([(px * unit, py * unit) for px, py in points], fill=(255, 250, 240, 255))
    _ball(brush, unit, (128, 150 - 3 * breath), (10, 7), (232, 108, 124, 255))
