"""Vehicles that no set of emoji has: a hot-air balloon, a pirate ship and a submarine."""

from __future__ import annotations

import math

import numpy as np

from model.world.drawn_sheet import (
    Colour,
    Paint,
    Plane,
    Point,
    Sheet,
    along,
    box,
    down,
    ellipse,
    gradient,
    rod,
    rounded,
    smooth,
)

WOOD, DARK_WOOD, GOLD = (176, 104, 60), (122, 66, 46), (255, 190, 60)
CREAM, WATER = (255, 240, 208), (66, 148, 240)
_GORES: tuple[Colour, ...] = ((238, 52, 84), (255, 188, 52))
_PROFILE = ((0, 4), (29, 7), (55, 20), (73, 44), (78, 69), (72, 93), (56, 114), (38, 130), (25, 140))


def hot_air_balloon(sheet: Sheet, turn: float) -> None:
    """A striped balloon over a wicker basket that swings a little; its burner flickers."""
    swing = 2.0 * math.sin(2 * math.pi * turn)
    right = smooth(_PROFILE, closed=False)
    envelope = [*((128 + x, y) for x, y in right), *((128 - x, y) for x, y in reversed(right))]
    _burner(sheet, turn, swing)
    _skirt(sheet)
    sheet.shape(envelope, _gores(right), puff=12, depth=0.42)
    sheet.shape(ellipse((98, 36), (17, 10), -0.7), (255, 255, 255), puff=5, depth=0.0)
    _basket(sheet, swing)


def _gores(profile: list[Point]) -> Paint:
    """Stripes from pole to pole, each a little bulged, on a ball that is lit from the upper left; a blue girdle."""
    heights, widths = [y for _, y in profile], [x for x, _ in profile]

    def paint(xs: Plane, ys: Plane) -> Plane:
        width = np.interp(ys, heights, widths).clip(1.0)
        side = ((xs - 128) / width).clip(-0.999, 0.999)
        place = (np.arcsin(side) / np.pi + 0.5) * 7
        gore = np.floor(place).clip(0, 6)
        colours = np.where((gore % 2 == 0)[..., None], np.array(_GORES[0], float), np.array(_GORES[1], float))
        belly = np.abs(ys - 66 - 10 * (1 - side**2)) < 12
        colours = np.where(
            belly[..., None], np.where((gore % 2 == 0)[..., None], (44, 120, 226), (70, 196, 250)), colours
        )
        bulge = 1 - 0.34 * np.abs(place - gore - 0.5) ** 2 * 2
        light = 1.06 - 0.16 * side - 0.30 * side**2 * (side > 0) - 0.16 * ((ys - 46) / 95).clip(-0.4, 1)
        shade = (light * bulge)[..., None]
        return colours * np.concatenate([shade, shade**1.25, shade**0.9], axis=-1)

    return paint


def _skirt(sheet: Sheet) -> None:
    sheet.shape(
        rounded([(103, 137), (153, 137), (147, 148), (109, 148)], 4), along(103, 153, (250, 92, 104), (150, 20, 70))
    )
    sheet.shape(ellipse((128, 147), (19, 4)), (92, 24, 44), puff=2)


def _burner(sheet: Sheet, turn: float, swing: float) -> None:
    tall = 1 + 0.18 * math.sin(6 * math.pi * turn) + 0.10 * math.sin(10 * math.pi * turn + 1)
    lean = 1.6 * math.sin(4 * math.pi * turn)
    x = 128 + 0.5 * swing
    for wide, high, colour in ((6, 17, (255, 130, 30)), (3.8, 10, (255, 214, 80))):
        top = (x + lean, 163 - high * tall)
        sheet.shape(smooth([top, (x + wide, 158), (x, 164), (x - wide, 158)]), colour, puff=2, depth=0.3)
    for side in (-1, 1):
        for mouth, rim in ((20, 34), (15, 25)):
            start, end = (128 + side * mouth, 144), (128 + side * rim + swing, 212)
            sheet.shape(rod(start, end, 2.2), DARK_WOOD, puff=1, depth=0.3)


def _basket(sheet: Sheet, swing: float) -> None:
    left, right = 93 + swing, 163 + swing

    def wicker(xs: Plane, ys: Plane) -> Plane:
        row, column = np.floor((ys - 208) / 5.5), (xs - left) / 8
        weave = 0.5 + 0.5 * np.cos(2 * np.pi * (column + 0.5 * (row % 2)))
        edge = np.abs((ys - 208) / 5.5 - row - 0.5) ** 2 * 1.1
        round_it = 1.12 - 0.42 * ((xs - left) / (right - left)).clip(0, 1) ** 1.5
        return np.array([214.0, 138.0, 70.0]) * ((0.82 + 0.20 * weave - edge * 0.5) * round_it)[..., None]

    sheet.shape(rounded([(left, 209), (right, 209), (right - 5, 252), (left + 5, 252)], 9), wicker, puff=5, depth=0.5)
    rim = box(left - 4, 203, right + 4, 214, 5.5)
    sheet.shape(rim, along(left, right, (186, 110, 58), (122, 66, 42)), puff=3, depth=0.7, shadow=0.4)


def pirate_ship(sheet: Sheet, turn: float) -> None:
    """A wooden ship under cream sails that heads left, a black flag with a skull over it, on waves that roll by."""
    breath = math.sin(2 * math.pi * turn)
    for x, top in ((92, 40), (158, 20)):
        sheet.shape(rod((x, 190), (x, top), 6.5, 0.7), along(x - 4, x + 4, (178, 112, 70), (110, 58, 44)), puff=2)
    sheet.shape(rod((54, 164), (12, 136), 6, 0.6), down(136, 166, (178, 112, 70), (120, 64, 46)), puff=2)
    jib = [(88, 62), (16, 137), (50, 146 - 2 * breath), (84, 142)]
    sheet.shape(rounded(jib, 5), gradient((40, 80), (84, 150), (255, 250, 232), (240, 198, 160)), puff=5, depth=0.5)
    for x, wide, top, bottom in ((92, 27, 56, 92), (92, 34, 95, 146), (158, 28, 50, 86), (158, 38, 89, 146)):
        _sail(sheet, (x, top), bottom, wide, breath)
    _flag(sheet, turn)
    _hull(sheet)
    _waves(sheet, turn)


def _sail(sheet: Sheet, top: Point, bottom: float, wide: float, breath: float) -> None:
    """A square sail that hangs from its yard, blown out to the left."""
    x, y = top
    swell = 6 + 2.2 * breath
    low, narrow = bottom - 3, wide * 0.86
    right = _bowed((x + narrow, y), (x + wide, low), -swell * 0.55)
    left = _bowed((x - wide, low), (x - narrow, y), -swell)
    foot = smooth([(x + wide, low), (x - 2, low - 5 - breath), (x - wide, low)], closed=False)
    cloth = gradient((x - wide - 6, y), (x + wide, low), (255, 252, 238), CREAM, (234, 190, 150))
    sheet.shape([*right, *foot, *left], cloth, puff=7, depth=0.55, shadow=0.35)
    sheet.shape(
        rod((x - narrow - 4, y), (x + narrow + 4, y), 5.5), down(y - 3, y + 3, (168, 102, 64), DARK_WOOD), puff=2
    )


def _bowed(start: Point, end: Point, aside: float) -> list[Point]:
    """A line from start to end whose middle is aside."""
    steps = [step / 16 for step in range(17)]
    straight = [(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in steps]
    return [(x + aside * math.sin(math.pi * t), y) for (x, y), t in zip(straight, steps, strict=True)]


def _flag(sheet: Sheet, turn: float) -> None:
    """It flies to the left, as the wind blows from behind; a skull over crossed bones on it."""

    def wave(x: float) -> float:
        return 3.4 * (154 - x) / 52 * math.sin(2 * math.pi * (turn + (x - 106) / 52))

    xs = [154 - 52 * step / 20 for step in range(21)]
    cloth = [*((x, 4 + wave(x)) for x in xs), *((x, 42 + wave(x)) for x in reversed(xs))]
    sheet.shape(cloth, along(102, 154, (70, 64, 88), (40, 36, 54), (62, 56, 78)), puff=3, depth=0.35)
    x, y = 129, 20 + wave(129)
    for side in (-1, 1):
        bone = rod((x - 12 * side, y + 15), (x + 12 * side, y + 6), 3.6)
        sheet.shape(bone, (246, 240, 230), puff=1, depth=0.3)
    sheet.shape(ellipse((x, y - 2), (10.5, 9.5)), (255, 250, 242), puff=3, depth=0.4)
    sheet.shape(box(x - 6, y + 2, x + 6, y + 11, 3), (255, 250, 242), puff=2, depth=0.3)
    for side in (-1, 1):
        sheet.shape(ellipse((x + 4.2 * side, y - 1), (2.8, 3.2)), (44, 38, 56), depth=0)
    sheet.shape(ellipse((158, 16), (4.5, 4.5)), GOLD, puff=2)


def _hull(sheet: Sheet) -> None:
    deck = [
        (34, 158),
        (60, 166),
        (120, 174),
        (184, 172),
        (192, 146),
        (238, 140),
        (236, 180),
        (224, 232),
        (76, 232),
        (50, 202),
    ]
    planks = down(140, 232, (206, 128, 72), (172, 92, 56), (112, 54, 46))
    sheet.shape(rounded(deck, 8), planks, puff=9, depth=0.55)
    for y, lean in ((188, 0), (206, 0)):
        sheet.shape(
            rod((58 + (y - 188) * 0.6, y), (226 - (y - 188) * 0.2, y + lean), 2), (124, 62, 46), puff=1, depth=0.0
        )
    rail = smooth([(33, 157), (60, 165), (120, 173), (186, 171)], closed=False)
    edge = [*rail, *((x, y + 8) for x, y in reversed(rail))]
    sheet.shape(edge, down(156, 180, (255, 206, 88), (230, 140, 40)), puff=2.5, shadow=0.4)
    sheet.shape(
        rounded([(188, 140), (242, 132), (241, 142), (188, 150)], 4),
        down(132, 150, (255, 206, 88), (230, 140, 40)),
        puff=2.5,
        shadow=0.4,
    )
    for x in (98, 130, 162):
        sheet.shape(box(x - 8, 187, x + 8, 202, 3), (232, 152, 60), puff=2)
        sheet.shape(box(x - 5.5, 189.5, x + 5.5, 199.5, 2), (56, 30, 44), puff=2, depth=0.3)
    for x in (203, 220):
        sheet.shape(box(x - 6, 156, x + 6, 172, 4), (232, 152, 60), puff=2)
        sheet.shape(box(x - 4, 158, x + 4, 170, 3), down(158, 170, (255, 240, 150), (255, 176, 66)), puff=1, depth=0.2)


def _waves(sheet: Sheet, turn: float) -> None:
    """Two rows of waves, each going on by a whole wave in the loop, the near one to the right."""
    for top, high, way, colours in (
        (216, 3.0, -1, ((104, 182, 255), WATER)), (223, 3.6, 1, ((78, 166, 252), (48, 118, 226))),
    ):  # fmt: skip
        xs = [6 + 244 * step / 80 for step in range(81)]
        crest = [(x, top + high * math.cos(2 * math.pi * ((x - 6) / 48.8 - way * turn))) for x in xs]
        sheet.shape([*crest, (250, 254), (6, 254)], down(top, 254, *colours), puff=3, depth=0.45)


def submarine(sheet: Sheet, turn: float) -> None:
    """A stout yellow submarine that heads left, with three portholes; its screw turns."""
    _screw(sheet, turn)
    sheet.shape(rod((118, 66), (118, 34), 9), along(113, 123, (190, 200, 222), (108, 112, 150)), puff=3)
    sheet.shape(
        rounded([(92, 24), (122, 24), (122.5, 42), (92, 38)], 6), down(24, 42, (214, 220, 238), (120, 124, 164)), puff=4
    )
    sheet.shape(ellipse((93, 31), (4, 7)), (64, 190, 250), puff=2)
    tower = rounded([(88, 112), (98, 62), (164, 62), (178, 112)], 12)
    sheet.shape(tower, gradient((92, 60), (176, 110), (255, 214, 70), (240, 140, 30)), puff=8, depth=0.6)
    sheet.shape(box(92, 56, 170, 70, 7), down(56, 70, (255, 110, 84), (204, 34, 66)), puff=4, shadow=0.3)
    for y, tip in ((116, 84), (186, 216)):
        fin = rounded([(196, y), (232, tip), (240, tip), (228, y)], 6)
        sheet.shape(fin, down(84, 216, (255, 110, 84), (190, 26, 66)), puff=4)
    body = smooth(
        [
            (8, 150),
            (26, 112),
            (76, 95),
            (140, 96),
            (196, 114),
            (226, 142),
            (226, 160),
            (196, 188),
            (140, 206),
            (76, 206),
            (26, 188),
        ]
    )
    sheet.shape(body, down(92, 208, (255, 226, 92), (255, 190, 40), (236, 122, 30)), puff=15, depth=0.62)
    keel = smooth([(24, 184), (80, 190), (140, 190), (204, 180), (140, 208), (76, 208)])
    sheet.shape(keel, down(184, 208, (250, 92, 74), (190, 28, 66)), puff=5, depth=0.5)
    sheet.shape(ellipse((64, 110), (26, 4), -0.12), (255, 248, 200), puff=3, depth=0.0)
    for x in (58, 106, 154):
        _porthole(sheet, (x, 146))
    for x in (190, 204):
        sheet.shape(ellipse((x, 148), (3.5, 3.5)), (222, 128, 28), puff=1.5, depth=0.6)


def _porthole(sheet: Sheet, middle: Point) -> None:
    x, y = middle
    sheet.shape(
        ellipse(middle, (20, 20)),
        gradient((x - 14, y - 14), (x + 14, y + 14), (226, 232, 246), (128, 130, 170)),
        puff=4,
        shadow=0.35,
    )
    sheet.shape(
        ellipse(middle, (13.5, 13.5)),
        gradient((x, y - 13), (x, y + 13), (30, 120, 226), (96, 220, 255)),
        puff=3,
        depth=-0.4,
    )
    sheet.shape(ellipse((x - 5, y - 5), (4.5, 2.8), -0.7), (236, 252, 255), depth=0.0)


def _screw(sheet: Sheet, turn: float) -> None:
    """Four blades seen from the side, a quarter turn a loop: a blade is as long as it points up or down."""
    sheet.shape(rod((220, 151), (240, 151), 10), down(146, 156, (190, 196, 216), (104, 106, 142)), puff=3)
    angles = sorted((math.pi * (turn + quarter) / 2 for quarter in range(4)), key=math.sin)
    for angle in angles:
        reach = 30 * math.cos(angle)
        wide = 4 + 3.5 * abs(math.sin(angle))
        tint = 0.5 + 0.5 * math.sin(angle)
        grey = (round(126 + 80 * tint), round(128 + 84 * tint), round(164 + 68 * tint))
        sheet.shape(ellipse((240, 151 - reach / 2), (wide, abs(reach) / 2 + 5)), grey, puff=3, depth=0.5)
    sheet.shape(ellipse((242, 151), (7, 8)), (226, 230, 244), puff=4, depth=0.6)
