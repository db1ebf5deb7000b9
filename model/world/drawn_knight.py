"""A knight in armour, as short and stout as in a picture book, that steps on the spot."""

from __future__ import annotations

import math

from model.world.drawn_sheet import (
    Paint,
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
    turned,
)

SILVER, STEEL, DARK_STEEL = (242, 244, 252), (182, 188, 214), (104, 106, 148)
GOLD, DARK_GOLD, RED, DARK_RED = (255, 200, 70), (228, 136, 40), (244, 56, 80), (164, 20, 70)
BLUE, DARK_BLUE, WOOD, NIGHT = (64, 138, 250), (34, 66, 186), (150, 84, 58), (48, 40, 66)


def knight(sheet: Sheet, turn: float) -> None:
    """Shield on one arm, sword in the other hand, a red plume that sways; two steps in the loop, and a blink."""
    stride = math.sin(2 * math.pi * turn)
    bob = 2.0 * abs(stride)
    for side in (-1, 1):
        _leg(sheet, side, 7 * max(0.0, side * stride))
    _sword(sheet, (205, 168 - bob - 2 * stride), 0.12 + 0.05 * stride)
    _body(sheet, bob)
    sheet.shape(rod((166, 152 - bob), (200, 166 - bob - 2 * stride), 26, 0.8), _steel(150, 215), puff=6, depth=0.7)
    sheet.shape(ellipse((203, 169 - bob - 2 * stride), (15, 15)), _steel(188, 220), puff=5, depth=0.7, shadow=0.3)
    for x in (86, 170):
        sheet.shape(ellipse((x, 146 - bob), (23, 20)), _steel(x - 24, x + 24), puff=7, depth=0.7, shadow=0.35)
    _plume(sheet, turn, bob)
    _helmet(sheet, turn, bob)
    _shield(sheet, (66, 186 - bob + 2 * stride))


def _steel(left: float, right: float) -> Paint:
    return along(left, right, SILVER, STEEL, (140, 144, 182))


def _leg(sheet: Sheet, side: int, lift: float) -> None:
    x = 128 + side * 26
    sheet.shape(rod((x, 196), (x, 232 - lift), 34), _steel(x - 18, x + 18), puff=7, depth=0.65)
    sheet.shape(ellipse((x, 214 - lift * 0.6), (17, 11)), _steel(x - 18, x + 18), puff=5, depth=0.7, shadow=0.3)
    foot = [
        *ellipse((x + side * 4, 240 - lift), (25, 19), start=1, end=2),
        (x + side * 4 + 25, 252 - lift),
        (x + side * 4 - 25, 252 - lift),
    ]
    sheet.shape(rounded(foot, 2), down(222, 252, (214, 218, 236), (110, 112, 154)), puff=6, depth=0.65, shadow=0.3)


def _body(sheet: Sheet, bob: float) -> None:
    """A breastplate over a blue tabard, with a belt."""
    skirt = [
        (84, 180 - bob),
        (172, 180 - bob),
        (184, 222 - bob),
        (158, 226 - bob),
        (128, 222 - bob),
        (98, 226 - bob),
        (72, 222 - bob),
    ]
    sheet.shape(rounded(skirt, 8), gradient((80, 180), (176, 226), BLUE, DARK_BLUE), puff=7, depth=0.5, shadow=0.4)
    chest = smooth(
        [
            (80, 140 - bob),
            (128, 128 - bob),
            (176, 140 - bob),
            (178, 168 - bob),
            (168, 196 - bob),
            (128, 201 - bob),
            (88, 196 - bob),
            (78, 168 - bob),
        ]
    )
    sheet.shape(chest, _steel(78, 178), puff=11, depth=0.65, shadow=0.3)
    sheet.shape(rod((128, 140 - bob), (128, 186 - bob), 2.5), (206, 210, 232), puff=1, depth=0.8)
    sheet.shape(
        box(84, 188 - bob, 172, 202 - bob, 6), along(84, 172, WOOD, (96, 50, 46)), puff=4, depth=0.5, shadow=0.3
    )
    sheet.shape(box(117, 185 - bob, 139, 205 - bob, 5), along(117, 139, GOLD, DARK_GOLD), puff=4, depth=0.7)


def _plume(sheet: Sheet, turn: float, bob: float) -> None:
    """Three feathers that rise from the crest and hang over to the right."""
    for number, (reach, high) in enumerate(((78, 10), (62, 18), (42, 8))):
        sway = 4 * math.sin(2 * math.pi * (turn - 0.12 * number))
        tip = (128 + reach + sway, 42 + number * -9 - bob + 0.6 * sway)
        top = (128 + reach * 0.5 + 0.5 * sway, 14 + high * 0.2 - number * 3 - bob)
        feather = smooth(
            [
                (120, 40 - bob),
                (126, 18 - bob),
                top,
                tip,
                (128 + reach * 0.62 + sway, 44 - number * 6 - bob),
                (140, 46 - bob),
            ]
        )
        sheet.shape(
            feather, gradient((124, 8), (200, 60), (255, 104, 108), RED, DARK_RED), puff=6, depth=0.6, shadow=0.3
        )


def _helmet(sheet: Sheet, turn: float, bob: float) -> None:
    """A great round helmet with a gold comb, dark behind its slit, where two eyes look about; holes to breathe."""
    y = 92 - bob
    helm = smooth(
        [
            (70, y),
            (76, y - 36),
            (102, y - 57),
            (128, y - 61),
            (154, y - 57),
            (180, y - 36),
            (186, y),
            (180, y + 34),
            (154, y + 52),
            (128, y + 56),
            (102, y + 52),
            (76, y + 34),
        ]
    )
    sheet.shape(helm, gradient((76, y - 50), (184, y + 50), SILVER, STEEL, DARK_STEEL), puff=14, depth=0.6, shadow=0.4)
    sheet.shape(rod((128, y - 62), (128, y - 20), 11), along(122, 134, (255, 222, 110), DARK_GOLD), puff=3, depth=0.7)
    brow = smooth(
        [
            (72, y - 22),
            (128, y - 28),
            (184, y - 22),
            (188, y - 2),
            (184, y + 18),
            (128, y + 22),
            (72, y + 18),
            (68, y - 2),
        ]
    )
    sheet.shape(brow, along(68, 188, (255, 216, 100), GOLD, DARK_GOLD), puff=5, depth=0.6, shadow=0.35)
    slit = smooth(
        [
            (80, y - 15),
            (128, y - 19),
            (176, y - 15),
            (179, y - 2),
            (176, y + 11),
            (128, y + 15),
            (80, y + 11),
            (77, y - 2),
        ]
    )
    sheet.shape(slit, down(y - 18, y + 14, (34, 28, 50), (70, 56, 86)), puff=5, depth=-0.3)
    gaze, shut = 3.5 * math.sin(2 * math.pi * turn), 0.72 < turn < 0.82
    for x in (104, 152):
        high = 1.8 if shut else 11.0
        sheet.shape(ellipse((x, y - 2), (12, high)), (255, 253, 250), puff=3, depth=0.35)
        if not shut:
            sheet.shape(ellipse((x + gaze, y - 1), (7, 8)), (122, 70, 44), puff=2, depth=0.2)
            sheet.shape(ellipse((x + gaze, y - 1), (4, 5)), NIGHT, depth=0)
            sheet.shape(ellipse((x + gaze - 2.5, y - 4), (2.4, 2.4)), (255, 255, 255), depth=0)
    sheet.shape(rod((128, y + 22), (128, y + 50), 4), (220, 224, 240), puff=2, depth=0.8)
    for x, dy in ((100, 30), (112, 33), (144, 33), (156, 30), (106, 42), (150, 42)):
        sheet.shape(ellipse((x, y + dy), (3.4, 3.4)), (74, 70, 108), puff=1.5, depth=-0.5)
    sheet.shape(ellipse((98, y - 42), (13, 5), -0.6), (255, 255, 255), puff=3, depth=0)


def _sword(sheet: Sheet, hand: Point, lean: float) -> None:
    """Upright, its point leaning out a little."""
    x, y = hand

    def at(points: list[Point]) -> list[Point]:
        return turned([(x + px, y + py) for px, py in points], lean, hand)

    blade = [(-8, -14), (-8, -88), (0, -102), (8, -88), (8, -14)]
    sheet.shape(at(rounded(blade, 3)), along(x - 10, x + 16, (250, 252, 255), STEEL), puff=3, depth=0.6)
    sheet.shape(at(rod((0, -20), (0, -84), 2)), (150, 156, 192), puff=1, depth=0)
    sheet.shape(at(rod((0, -8), (0, 22), 8)), WOOD, puff=3, depth=0.5)
    sheet.shape(at(rod((-21, -15), (21, -15), 9)), down(y - 20, y - 8, GOLD, DARK_GOLD), puff=3, depth=0.7)
    sheet.shape(at(ellipse((0, 24), (7, 7))), GOLD, puff=3, depth=0.7)


def _shield(sheet: Sheet, middle: Point) -> None:
    """Blue with a gold rim and cross."""
    x, y = middle

    def form(size: float) -> list[Point]:
        points = [(-40, -42), (0, -48), (40, -42), (38, 6), (24, 34), (0, 52), (-24, 34), (-38, 6)]
        return smooth([(x + px * size, y + py * size) for px, py in points])

    sheet.shape(
        form(1.0),
        gradient((x - 36, y - 40), (x + 36, y + 44), (255, 220, 110), DARK_GOLD),
        puff=5,
        depth=0.6,
        shadow=0.45,
    )
    sheet.shape(
        form(0.84), gradient((x - 30, y - 36), (x + 30, y + 40), (92, 166, 255), BLUE, DARK_BLUE), puff=7, depth=0.45
    )
    for start, end in (((x, y - 30), (x, y + 32)), ((x - 22, y - 10), (x + 22, y - 10))):
        sheet.shape(
            rod(start, end, 11), gradient((x - 20, y - 30), (x + 20, y + 30), (255, 222, 110), GOLD), puff=3, depth=0.45
        )
