"""Buildings and things that no set of emoji has: a lighthouse, a windmill, a paper plane and a treasure chest."""

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
    turned,
)

RED, DARK_RED, GOLD, DARK_GOLD = (240, 56, 78), (150, 20, 66), (255, 198, 64), (226, 132, 36)
WOOD, DARK_WOOD, GREEN, DARK_GREEN = (176, 104, 64), (112, 60, 48), (84, 208, 112), (30, 150, 84)
SILVER, STEEL, DARK_STEEL = (238, 240, 250), (184, 188, 212), (104, 106, 146)
WINDOW, DARK_WINDOW = (110, 220, 255), (36, 130, 236)


def lighthouse(sheet: Sheet, turn: float) -> None:
    """A tower in red and white bands on rocks; its lamp glows brighter and darker."""
    pulse = 0.5 + 0.5 * math.cos(2 * math.pi * turn)
    sheet.shape([(101, 82), (155, 82), (171, 236), (85, 236)], _bands(), puff=3, depth=0.35)
    for x, y, wide in ((132, 128, 7), (124, 170, 8)):
        frame = [*ellipse((x, y), (wide + 3, wide + 3), start=1, end=2), (x + wide + 3, y + 15), (x - wide - 3, y + 15)]
        pane = [*ellipse((x, y), (wide, wide), start=1, end=2), (x + wide, y + 12), (x - wide, y + 12)]
        sheet.shape(frame, (236, 226, 236), puff=2, shadow=0.2)
        sheet.shape(pane, down(y - wide, y + 12, DARK_WINDOW, WINDOW), puff=2, depth=-0.3)
    door = [*ellipse((128, 212), (13, 13), start=1, end=2), (141, 240), (115, 240)]
    sheet.shape(door, along(114, 142, (140, 84, 70), (84, 46, 50)), puff=3, shadow=0.25)
    sheet.shape(ellipse((136, 224), (2, 2)), GOLD, puff=1)
    _lamp(sheet, pulse)
    _rocks(sheet)
    sheet.glow((128, 52), 44 + 10 * pulse, (255, 236, 130), 0.22 + 0.55 * pulse)


def _bands() -> Paint:
    """Five bands around a tower that is round: they bend, and are lighter on the left."""

    def paint(xs: Plane, ys: Plane) -> Plane:
        side = ((xs - 128) / (27 + (ys - 82) * 0.104)).clip(-1, 1)
        band = np.floor((ys - 74 + 5 * (side**2 - 1)) / 31)
        colours = np.where((band % 2 == 0)[..., None], np.array(RED, float), np.array((252, 246, 250), float))
        shade = (1.04 - 0.10 * (side + 0.35) ** 2 - 0.22 * (side + 0.35).clip(0) ** 2)[..., None]
        return colours * np.concatenate([shade, shade**1.5, shade], axis=-1)

    return paint


def _lamp(sheet: Sheet, pulse: float) -> None:
    """The gallery with its rail, the lamp behind glass, and a red dome."""
    sheet.shape(
        rounded([(96, 78), (160, 78), (153, 92), (103, 92)], 4),
        along(96, 160, (90, 84, 124), (46, 40, 76)),
        puff=3,
        shadow=0.4,
    )
    bright = tuple(round(low + (high - low) * pulse) for low, high in ((255, 255), (186, 246), (56, 170)))
    glass = down(34, 76, (255, 250, 214), (bright[0], bright[1], bright[2]), (255, 176, 50))
    sheet.shape(box(108, 32, 148, 78, 4), glass, puff=4, depth=0.25)
    for x in (109, 121, 135, 147):
        sheet.shape(rod((x, 34), (x, 76), 3), (74, 66, 106), puff=1, depth=0.4)
    sheet.shape(rod((92, 62), (164, 62), 3.6), (96, 90, 130), puff=1)
    for x in range(93, 166, 10):
        sheet.shape(rod((x, 62), (x, 76), 2.6), (96, 90, 130), puff=1)
    sheet.shape(box(88, 74, 168, 82, 4), along(88, 168, (120, 114, 156), (56, 50, 90)), puff=3)
    dome = [*ellipse((128, 34), (27, 25), start=1, end=2), (155, 36), (101, 36)]
    sheet.shape(dome, gradient((106, 12), (152, 38), (255, 96, 100), RED, DARK_RED), puff=6, depth=0.6)
    sheet.shape(ellipse((128, 8), (5, 5)), GOLD, puff=3)


def _rocks(sheet: Sheet) -> None:
    for x, y, wide, high in ((74, 240, 26, 15), (182, 239, 28, 17), (104, 245, 24, 9), (150, 246, 30, 9)):
        outline = [*ellipse((x, y), (wide, high), start=1, end=2), (x + wide, 252), (x - wide, 252)]
        sheet.shape(rounded(outline, 2), down(y - high, 254, (178, 160, 172), (104, 84, 116)), puff=5, depth=0.6)


def windmill(sheet: Sheet, turn: float) -> None:
    """A round tower with a wooden cap on a green; its four sails go on by a quarter turn, so the loop has no end."""
    sheet.shape(box(44, 236, 212, 253, 8), down(236, 253, GREEN, DARK_GREEN), puff=5, depth=0.6)
    body = [(100, 96), (156, 96), (176, 240), (80, 240)]
    sheet.shape(rounded(body, 5), _plaster(), puff=7, depth=0.5)
    for x, y in ((98, 222), (110, 214), (152, 128), (143, 120), (160, 200), (150, 192), (102, 150), (108, 142)):
        sheet.shape(
            box(x - 7, y - 4, x + 7, y + 4, 3), down(y - 4, y + 4, (236, 196, 156), (204, 156, 128)), puff=2, depth=0.4
        )
    for x, y in ((128, 140), (128, 180)):
        sheet.shape(box(x - 10, y - 11, x + 10, y + 12, 5), (196, 132, 86), puff=2, depth=0.6)
        sheet.shape(box(x - 7, y - 8, x + 7, y + 9, 3), down(y - 8, y + 9, DARK_WINDOW, WINDOW), puff=2, depth=-0.3)
    door = [*ellipse((128, 216), (15, 14), start=1, end=2), (143, 240), (113, 240)]
    sheet.shape(door, along(112, 144, (150, 88, 70), (92, 50, 52)), puff=3, shadow=0.25)
    sheet.shape(ellipse((137, 226), (2, 2)), GOLD, puff=1)
    cap = smooth([(90, 98), (98, 66), (128, 44), (158, 66), (166, 98), (128, 104)])
    sheet.shape(
        cap, gradient((96, 50), (164, 100), (236, 104, 74), (212, 66, 62), (136, 30, 58)), puff=8, depth=0.6, shadow=0.3
    )
    for arm in range(4):
        _sail(sheet, (128, 86), math.pi / 2 * (arm + turn) + 0.35)
    sheet.shape(
        ellipse((128, 86), (9, 9)), gradient((122, 80), (136, 94), GOLD, DARK_GOLD), puff=4, depth=0.7, shadow=0.5
    )


def _plaster() -> Paint:
    """Cream plaster on a round wall."""

    def paint(xs: Plane, ys: Plane) -> Plane:
        side = ((xs - 128) / (28 + (ys - 96) * 0.139)).clip(-1, 1)
        shade = (1.04 - 0.10 * (side + 0.35) ** 2 - 0.18 * (side + 0.35).clip(0) ** 2)[..., None]
        return np.array([255.0, 232.0, 196.0]) * np.concatenate([shade, shade**1.4, shade**1.5], axis=-1)

    return paint


def _sail(sheet: Sheet, hub: Point, angle: float) -> None:
    """One sail: a stock, and beside it canvas on a lattice."""

    def at(points: list[Point]) -> list[Point]:
        return turned([(hub[0] + x, hub[1] + y) for x, y in points], angle, hub)

    canvas = at(rounded([(2, -24), (28, -24), (28, -80), (2, -80)], 3))
    sheet.shape(canvas, (255, 250, 238), puff=3, depth=0.4, shadow=0.22)
    for y in (-24, -38, -52, -66, -80):
        sheet.shape(at(rod((0, y), (28, y), 2.8)), (190, 122, 78), puff=1, depth=0.4)
    for x, width, inner, outer in ((28, 3.2, -24, -80), (14.5, 2.4, -24, -80), (0, 6.5, 0, -83)):
        sheet.shape(at(rod((x, inner), (x, outer), width)), (168, 100, 64), puff=1.5, depth=0.6)


def paper_plane(sheet: Sheet, turn: float) -> None:
    """A dart folded of white paper that climbs to the right."""
    nose, crease, keel = (246, 52), (92, 146), (104, 206)
    sheet.shape(
        rounded([nose, crease, keel, (136, 160)], 2),
        gradient((110, 150), (150, 190), (150, 160, 206), (190, 198, 232)),
        puff=2,
        depth=0.2,
    )
    sheet.shape(
        rounded([nose, (130, 158), keel], 2),
        gradient((104, 206), (220, 80), (168, 178, 222), (206, 214, 242)),
        puff=2,
        depth=0.2,
    )
    near = rounded([nose, (122, 154), (186, 204)], 3)
    sheet.shape(near, gradient((130, 150), (210, 170), (240, 244, 255), (206, 214, 240)), puff=3, depth=0.45)
    far = rounded([nose, (10, 106), crease], 3)
    sheet.shape(far, gradient((60, 80), (110, 150), (255, 255, 255), (228, 234, 252)), puff=3, depth=0.4, shadow=0.15)


def treasure_chest(sheet: Sheet, turn: float) -> None:
    """An open chest bound in gold, heaped with coins and gems."""
    lid = [(34, 128), (30, 84), (52, 48), (204, 48), (226, 84), (222, 128)]
    sheet.shape(rounded(lid, 14), down(48, 128, (196, 112, 62), (142, 74, 50)), puff=7, depth=0.6)
    lining = rounded([(48, 126), (46, 88), (62, 64), (194, 64), (210, 88), (208, 126)], 12)
    sheet.shape(lining, down(60, 128, (86, 34, 52), (140, 52, 60)), puff=6, depth=-0.5)
    for x, lean in ((66, -8), (190, 8)):
        strap = rounded([(x - 8 + lean * 0.4, 44), (x + 8 + lean * 0.4, 44), (x + 9 + lean, 66), (x - 9 + lean, 66)], 4)
        sheet.shape(strap, down(44, 66, GOLD, DARK_GOLD), puff=3, depth=0.6)
    _hoard(sheet)
    front = rounded([(28, 138), (228, 138), (222, 246), (34, 246)], 9)
    sheet.shape(front, down(138, 246, (206, 122, 68), (176, 96, 56), (122, 60, 48)), puff=8, depth=0.55)
    for y in (176, 208):
        sheet.shape(rod((40, y), (216, y), 2), (124, 62, 46), puff=1, depth=0)
    for x in (52, 204):
        sheet.shape(
            box(x - 12, 138, x + 12, 248, 4), along(x - 12, x + 12, GOLD, (244, 164, 50)), puff=4, depth=0.6, shadow=0.3
        )
        for y in (166, 192, 226):
            sheet.shape(ellipse((x, y), (4, 4)), (255, 226, 130), puff=2, depth=0.8)
    sheet.shape(box(22, 130, 234, 152, 7), down(130, 152, (255, 216, 96), DARK_GOLD), puff=4, depth=0.6, shadow=0.4)
    plate = smooth([(106, 134), (150, 134), (154, 160), (128, 188), (102, 160)])
    sheet.shape(plate, gradient((106, 136), (148, 180), (255, 224, 116), (238, 150, 44)), puff=5, depth=0.6, shadow=0.4)
    sheet.shape(ellipse((128, 154), (7, 7)), (92, 40, 44), puff=2, depth=-0.4)
    sheet.shape(rounded([(125, 156), (131, 156), (134, 173), (122, 173)], 2), (92, 40, 44), puff=2, depth=-0.3)


def _hoard(sheet: Sheet) -> None:
    """A heap of gold, coins on it, the hindmost first, and a few gems and pearls."""
    heap = smooth([(44, 142), (62, 118), (96, 98), (130, 90), (166, 100), (196, 120), (212, 142)])
    sheet.shape(heap, down(88, 142, (255, 206, 80), (226, 132, 34)), puff=8, depth=0.6)
    for x, y, lean in (
        (108, 94, -0.3), (146, 93, 0.3), (80, 108, -0.5), (176, 108, 0.4), (128, 90, 0.0), (62, 122, -0.4),
        (100, 112, 0.2), (152, 114, -0.2), (198, 123, 0.5), (126, 110, 0.1), (84, 127, 0.2), (178, 128, -0.2),
        (148, 130, 0.2), (112, 130, -0.2),
    ):  # fmt: skip
        sheet.shape(ellipse((x, y + 3), (17, 10), lean), (216, 124, 30), puff=2, depth=0.4, shadow=0.3)
        sheet.shape(
            ellipse((x, y), (17, 10), lean),
            gradient((x - 12, y - 8), (x + 12, y + 8), (255, 234, 130), (255, 178, 50)),
            puff=3,
            depth=0.7,
        )
        sheet.shape(ellipse((x, y), (10, 5.5), lean), (255, 202, 76), puff=2, depth=-0.5)
    for x, y, size, light, dark in (
        (92, 88, 15, (255, 110, 140), (200, 20, 80)), (166, 90, 14, (120, 240, 180), (10, 150, 110)),
        (136, 118, 13, (140, 200, 255), (40, 96, 230)),
    ):  # fmt: skip
        _gem(sheet, (x, y), size, light, dark)
    for x, y in ((66, 128), (74, 134), (190, 134), (182, 128), (198, 136)):
        sheet.shape(ellipse((x, y), (6.5, 6.5)), (248, 240, 250), puff=4, depth=0.7, shadow=0.3)


def _gem(sheet: Sheet, middle: Point, size: float, light: Colour, dark: Colour) -> None:
    x, y = middle
    whole = [(x - size, y - size * 0.2), (x - size * 0.55, y - size * 0.75), (x + size * 0.55, y - size * 0.75),
             (x + size, y - size * 0.2), (x, y + size)]  # fmt: skip
    sheet.shape(
        rounded(whole, 3), gradient((x - size, y - size), (x + size, y + size), light, dark), puff=3, shadow=0.4
    )
    table = [
        (x - size * 0.4, y - size * 0.2),
        (x - size * 0.2, y - size * 0.6),
        (x + size * 0.4, y - size * 0.6),
        (x + size * 0.2, y - size * 0.2),
    ]
    sheet.shape(rounded(table, 2), tuple(min(255, c + 60) for c in light), puff=1, depth=0.2)  # type: ignore[arg-type]
