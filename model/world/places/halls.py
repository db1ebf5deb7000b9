"""Halls: gallery, kitchen, library and stage."""

from __future__ import annotations

import itertools

from model.world.canvas import X_REACH, Canvas, Colour, jitter, mix, rgb
from model.world.places.painter import HORIZON, Painter
from model.world.places.shapes import bough, capsule, cone, curve, patch, polygon, shine, slab

BRIGHT = ("#e2483d", "#f2b632", "#2f8fc9", "#3fae7a", "#8b5cc9", "#f27a9a", "#274690", "#f4e4c1")


def _picture(p: Painter, x: float, y: float, wide: float, high: float) -> None:
    """A framed painting: a landscape, blocks of colour, circles, or waves."""
    frame = rgb(p.rng.choice(("#c99a3f", "#8a5a2f", "#d8b45a", "#3b3b44")))
    p.far.shadow(x, y + high * 0.55, wide * 0.6, high * 0.2, 0.25)
    slab(
        p.far,
        x - wide / 2 - 0.022,
        y - high / 2 - 0.022,
        x + wide / 2 + 0.022,
        y + high / 2 + 0.022,
        frame,
        round_=0.006,
    )
    x0, y0, x1, y1 = x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
    colours = [rgb(c) for c in p.rng.sample(BRIGHT, 4)]
    part = patch(p.far, x0, y0, x1, y1)
    inside = part.edge(x0 - part.x) * part.edge(part.x - x1) * part.edge(y0 - part.y) * part.edge(part.y - y1)
    part.over(mix(colours[0], (1, 1, 1), 0.55), inside)
    kind = p.rng.randrange(3)
    if kind == 0:
        for k, level in enumerate((0.5, 0.7)):
            line = y0 + high * level - high * 0.14 * ((part.x - x0) / wide * (5 + 2 * k) + k).sin()
            part.over(colours[1 + k], part.edge(line - part.y) * inside)
        sun = ((part.x - x0 - wide * 0.7) ** 2 + (part.y - y0 - high * 0.26) ** 2).sqrt() - high * 0.11
        part.over(colours[3], part.edge(sun) * inside)
    elif kind == 1:
        for k in range(3):
            at = p.rng.uniform(0.1, 0.7), p.rng.uniform(0.1, 0.7)
            box = (
                (part.x - x0 - wide * (at[0] + 0.16)).abs() - wide * 0.2,
                (part.y - y0 - high * (at[1] + 0.1)).abs() - high * 0.2,
            )
            part.over(colours[1 + k], part.edge(box[0]) * part.edge(box[1]) * inside)
    else:
        for k in range(3):
            ring = (
                (part.x - x0 - wide * (0.25 + 0.25 * k)) ** 2 + (part.y - y0 - high * (0.35 + 0.15 * k)) ** 2
            ).sqrt() - high * (0.28 - 0.05 * k)
            part.over(colours[1 + k], part.edge(ring) * inside * 0.9)


def gallery(p: Painter) -> None:
    """White walls with paintings in golden frames under spotlights, a shining wooden floor, ropes."""
    p.indoor, p.mirror, p.hearth = True, 0.35, 0.5
    wall = jitter(p.rng, rgb(p.rng.choice(("#f3efe8", "#ece7ef", "#e6ecec"))), 0.015)
    p.backdrop(mix(wall, (0, 0, 0), 0.06), wall, -0.2, 0.5)
    slab(p.far, -2, -0.6, 2, 0.02, mix(wall, (0.3, 0.3, 0.4), 0.35), shade=0)
    x = -1.28 + p.rng.uniform(-0.06, 0.06)
    while x < 1.3:
        wide, high = p.rng.uniform(0.24, 0.36), p.rng.uniform(0.20, 0.28)
        cone(p.far, (x, 0.03), (x, 0.58), wide * 1.7, rgb("#ffe2ac"), 0.14)
        _picture(p, x, 0.31, wide, high)
        slab(p.far, x - 0.02, 0.0, x + 0.02, 0.04, rgb("#44464f"))
        p.lamp(p.lamps, x, 0.045, 0.014, rgb("#fff0c9"), halo=5)
        cone(p.lamps, (x, 0.04), (x, 0.58), wide * 1.7, rgb("#ffdca0"), 0.28)
        x += wide + 0.15
    slab(p.far, -2, 0.60, 2, 0.66, mix(wall, (0.5, 0.4, 0.3), 0.3), shade=0.2)
    p.floor(rgb("#d6a874"), rgb("#a9774a"), level=HORIZON + 0.07, rough=0.0, grain=0.03, cells=5)
    for i in range(-14, 15):
        polygon(
            p.ground,
            [(i * 0.11, 0.65), (i * 0.11 + 0.004, 0.65), (i * 0.32 + 0.01, 1.4), (i * 0.32, 1.4)],
            rgb("#8d5f38"),
            opacity=0.5,
        )
    for i in range(-4, 5):
        shine(p.ground, i * 0.36, 0.72, 0.14, rgb("#fff1d6"), 0.22, squash=0.5)
    for side in (-1, 1):
        posts = [side * x for x in (0.36, 0.72, 1.08, 1.42)]
        for a, b in itertools.pairwise(posts):
            bough(p.ground, curve((a, 0.66), ((a + b) / 2, 0.75), (b, 0.66)), 0.010, rgb("#b3263a"))
        for x in posts:
            capsule(p.ground, (x, 0.745), (x, 0.655), 0.008, rgb("#d8b04a"))
            p.ground.ball(x, 0.645, 0.015, rgb("#f0cd6a"))
            p.ground.ball(x, 0.748, 0.03, rgb("#c79c3a"), squash=0.3)
    side = p.rng.choice((-1, 1))
    slab(p.ground, side * 0.98 - 0.09, 0.66, side * 0.98 + 0.09, 0.84, rgb("#f4f1ec"))
    p.put(p.ground, p.rng.choice(("statue_prop", "vase_prop")), side * 0.98, 0.665, 0.26)


def _tiles(p: Painter, colour: Colour, level: float, bottom: float) -> None:
    for row in range(3):
        y = level + (bottom - level) * row / 3
        for i in range(-16, 17):
            x = i * 0.09 + (row % 2) * 0.045
            slab(
                p.far,
                x + 0.004,
                y + 0.004,
                x + 0.086,
                y + (bottom - level) / 3 - 0.004,
                jitter(p.rng, colour, 0.015),
                round_=0.006,
                shade=0.06,
            )


def _cupboard(canvas: Canvas, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
    slab(canvas, x0 + 0.006, y0, x1 - 0.006, y1, colour, round_=0.012, shade=0.10)
    slab(canvas, x0 + 0.026, y0 + 0.022, x1 - 0.026, y1 - 0.022, mix(colour, (1, 1, 1), 0.25), round_=0.01, shade=0.06)
    canvas.ball(x1 - 0.035, (y0 + y1) / 2, 0.010, rgb("#d8b04a"))


def kitchen(p: Painter) -> None:
    """Mint cupboards over yellow tiles, a stove with a pot, a window, a floor of checks."""
    p.indoor, p.hearth = True, 0.6
    front = jitter(p.rng, rgb(p.rng.choice(("#7cc7b2", "#8ab8d8", "#e9a08c"))), 0.02)
    p.backdrop(rgb("#fff3d6"), rgb("#ffe9bd"), 0.0, 0.6)
    window = p.rng.choice((-0.62, 0.62))
    x = -X_REACH
    while x < X_REACH - 0.02:
        if abs(x + 0.145 - window) > 0.3:
            _cupboard(p.far, x, -0.06, x + 0.29, 0.24, front)
        x += 0.29
    _tiles(p, rgb("#ffd97a"), 0.30, 0.50)
    slab(p.far, window - 0.2, 0.02, window + 0.2, 0.31, rgb("#ffffff"))
    slab(p.far, window - 0.175, 0.045, window + 0.175, 0.285, rgb("#a8dcf8"), shade=0.15)
    slab(p.far, window - 0.008, 0.045, window + 0.008, 0.285, rgb("#ffffff"), shade=0)
    for s in (-1, 1):
        polygon(
            p.far,
            [(window, 0.0), (window + s * 0.23, 0.0), (window + s * 0.22, 0.2), (window + s * 0.16, 0.17)],
            rgb("#f48f8a"),
            shade=0.2,
        )
    slab(p.ground, -X_REACH - 0.1, 0.50, X_REACH + 0.1, 0.535, rgb("#f7efe4"), shade=0.15)
    x = -X_REACH
    while x < X_REACH - 0.02:
        _cupboard(p.ground, x, 0.535, x + 0.29, 0.70, front)
        x += 0.29
    stove = p.rng.choice((-1, 1)) * p.rng.uniform(0.42, 0.52)
    slab(p.ground, stove - 0.17, 0.495, stove + 0.17, 0.70, rgb("#f4f5f7"))
    slab(p.ground, stove - 0.13, 0.575, stove + 0.13, 0.675, rgb("#39404d"), shade=0.1)
    slab(p.ground, stove - 0.12, 0.585, stove + 0.12, 0.665, rgb("#f2a24a"), shade=0.3)
    p.lamp(p.near, stove, 0.625, 0.05, rgb("#e08a35"), halo=2)
    for k in range(4):
        p.ground.ball(stove - 0.11 + k * 0.073, 0.55, 0.013, rgb("#5a6270"))
    p.put(p.ground, "pot_prop", stove, 0.505, 0.15)
    for name, dx, size in (("teapot_prop", -0.42, 0.13), ("bread_prop", 0.40, 0.11), ("basket_prop", 0.72, 0.16)):
        p.put(p.ground, name, stove + (dx if stove < 0 or dx < 0 else -dx - 0.25), 0.507, size)
    p.lamp(p.lamps, -window, 0.02, 0.07, rgb("#ffd48a"), halo=5)
    p.ground.over(rgb("#f6ead6"), p.ground.below(0.70))
    for row in range(9):
        y0, y1 = 0.70 + 0.70 * (row / 9) ** 1.35, 0.70 + 0.70 * ((row + 1) / 9) ** 1.35
        a, b = 0.20 + 0.5 * (y0 - 0.7), 0.20 + 0.5 * (y1 - 0.7)
        for i in range(-8, 8):
            if (i + row) % 2:
                polygon(p.ground, [(i * a, y0), (i * a + a, y0), (i * b + b, y1), (i * b, y1)], rgb("#e6a27c"))
    p.ground.shadow(0, 0.70, 3.0, 0.03, 0.3)


def _books(p: Painter, canvas: Canvas, x0: float, x1: float, floor: float, high: float) -> None:
    x = x0
    while x < x1 - 0.012:
        wide = min(p.rng.uniform(0.018, 0.042), x1 - x)
        tall = high * p.rng.uniform(0.66, 0.94)
        colour = jitter(
            p.rng,
            rgb(p.rng.choice(("#9c3b32", "#2f5a7a", "#3f7a54", "#c98f3a", "#6a3f6a", "#d8c39a", "#7a4a2c"))),
            0.04,
        )
        slab(canvas, x, floor - tall, x + wide - 0.002, floor, colour, round_=0.004, shade=0.1)
        canvas.box(
            x,
            floor - tall * 0.8,
            x + wide - 0.002,
            floor - tall * 0.8 + 0.008,
            mix(colour, (1, 0.9, 0.6), 0.5),
            shade=0,
        )
        x += wide


def library(p: Painter) -> None:
    """Tall dark shelves full of coloured books, a ladder, green lamps and a red carpet."""
    p.indoor, p.hearth, p.tint = True, 0.6, (1.03, 0.96, 0.88)
    p.backdrop(rgb("#5a3a26"), rgb("#6e4830"), 0.0, 0.6)
    for i in range(-3, 3):
        x0, x1 = i * 0.5 + 0.03, i * 0.5 + 0.47
        slab(p.far, x0, -0.5, x1, 0.66, rgb("#3f2719"), shade=0, round_=0)
        for row in range(7):
            floor = -0.24 + row * 0.145
            _books(p, p.far, x0 + 0.005, x1 - 0.005, floor, 0.125)
            p.far.box(x0, floor, x1, floor + 0.018, rgb("#8a5a38"), shade=0)
        slab(p.far, x1, -0.5, x1 + 0.06, 0.66, rgb("#7d4f31"), round_=0.01)
    p.floor(rgb("#9a6238"), rgb("#6b4026"), level=HORIZON + 0.07, rough=0.0, grain=0.05, cells=6)
    for i in range(7):
        p.ground.box(-X_REACH, 0.68 + i * i * 0.015, X_REACH, 0.683 + i * i * 0.015, rgb("#5a351f"), opacity=0.6)
    p.ground.ball(0, 0.92, 0.85, rgb("#a8323a"), squash=0.20, shade=0.1)
    p.ground.ball(0, 0.92, 0.78, rgb("#c2474a"), squash=0.19, shade=0.1)
    x = p.rng.choice((-1, 1)) * p.rng.uniform(0.45, 0.6)
    for k in (0.0, 0.10):
        capsule(p.ground, (x + k, 0.70), (x + k + 0.10, -0.2), 0.010, rgb("#c98f52"))
    for row in range(8):
        t = row / 8
        capsule(p.ground, (x + 0.10 * t, 0.68 - 0.88 * t), (x + 0.1 + 0.10 * t, 0.68 - 0.88 * t), 0.007, rgb("#b57c43"))
    p.put(p.ground, "books", -x * 1.25, 0.80, 0.17)
    p.put(p.ground, "chair_prop", -x * 1.7, 0.78, 0.34, flip=x > 0)
    for lamp in (-0.9, 0.0, 0.9):
        capsule(p.far, (lamp, -0.5), (lamp, 0.045), 0.004, rgb("#c9a24a"))
        polygon(
            p.far,
            [(lamp - 0.04, 0.04), (lamp + 0.04, 0.04), (lamp + 0.09, 0.10), (lamp - 0.09, 0.10)],
            rgb("#2f9a63"),
            shade=0.3,
        )
        p.far.ball(lamp, 0.105, 0.032, rgb("#fff0c0"), shade=0, squash=0.7)
        shine(p.far, lamp, 0.16, 0.26, rgb("#ffc774"), 0.34)
        p.lamp(p.lamps, lamp, 0.105, 0.03, rgb("#ffd890"), halo=9)


def _curtain(p: Painter, canvas: Canvas, x0: float, x1: float, top: float, bottom: float) -> None:
    """Red velvet in folds from x0 (outside) to x1 (the opening), drawn together a little half-way down."""
    part = patch(canvas, min(x0, x1), top, max(x0, x1), bottom)
    t = ((part.y - top) / (bottom - top)).clamp(0, 1)
    edge = x0 + (x1 - x0) * (1 - 0.16 * (t * 3.1416).sin().square())
    inside = part.edge((part.x - edge) * (1 if x1 > x0 else -1))
    u = (part.x - x0) / (edge - x0).abs().clamp(min=1e-3) * (1 if x1 > x0 else -1)
    fold = 0.72 + 0.28 * (u * 30).sin() + 0 * part.y
    part.over(part.pixels.new_tensor(rgb("#c2202f"))[:, None, None] * fold[None], inside)


def stage(p: Painter) -> None:
    """Red curtains, a wooden stage, two spotlights, stars on a blue cloth."""
    p.indoor, p.steady, p.mirror, p.tint = True, True, 0.15, (1.05, 1.0, 0.94)
    p.backdrop(rgb("#1a1c4a"), rgb("#4a3f8f"), 0.0, 0.62)
    for _ in range(26):
        x, y = p.rng.uniform(-1.2, 1.2), p.rng.uniform(0.12, 0.5)
        p.far.ball(x, y, p.rng.choice((0.006, 0.009)), rgb("#ffe08a"), shade=0)
    p.floor(rgb("#c98a52"), rgb("#8a5530"), level=HORIZON + 0.08, rough=0.0, grain=0.04, cells=6)
    for i in range(-14, 15):
        polygon(
            p.ground,
            [(i * 0.12, 0.66), (i * 0.12 + 0.004, 0.66), (i * 0.3 + 0.008, 1.4), (i * 0.3, 1.4)],
            rgb("#6e4325"),
            opacity=0.6,
        )
    for side, code in ((-1, "#fff1c4"), (1, p.rng.choice(("#ffd9ec", "#d5ecff", "#fff1c4")))):
        cone(p.far, (side * 0.62, -0.15), (side * 0.10, 0.80), 0.55, rgb(code), 0.34)
    shine(p.ground, 0.0, 0.86, 0.5, rgb("#fff0c9"), 0.34, squash=0.28)
    for side in (-1, 1):
        _curtain(p, p.ground, side * (X_REACH + 0.02), side * 0.50, -0.5, 0.76)
    for i in range(-7, 7):
        p.ground.ball(
            i * 0.21 + 0.105, -0.02, 0.13, mix(rgb("#c2202f"), (0, 0, 0), 0.05 * (i % 2)), squash=1.0, shade=0.4
        )
    p.ground.box(-X_REACH, -0.5, X_REACH, 0.0, rgb("#b01c2a"), shade=0)
    for i in range(-7, 8):
        p.ground.ball(i * 0.21, 0.065, 0.014, rgb("#f0c64f"))
    for i in range(-6, 7):
        p.fore.ball(i * 0.16, 1.03, 0.05, rgb("#3a2a2a"), squash=0.7)
        p.fore.ball(i * 0.16, 1.012, 0.022, rgb("#ffe7a0"), squash=0.7, shade=0)
