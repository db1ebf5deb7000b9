"""Kept grounds: farm, park, zoo and castle."""

from __future__ import annotations

from model.world.canvas import X_REACH, Canvas, Colour, jitter, mix, rgb
from model.world.places.letters import write
from model.world.places.painter import HORIZON, Painter
from model.world.places.shapes import arch, bough, capsule, curve, polygon, shine, slab

ZOO = "ZOO"


def _path(p: Painter, colour: Colour, far_x: float, near_x: float, wide: float = 0.55) -> None:
    """A path that comes from far away and widens towards the camera."""
    y = p.ground.y
    t = ((y - HORIZON - 0.07) / 0.5).clamp(0, 1.3)
    middle, half = far_x + (near_x - far_x) * t**0.6, 0.03 + wide * t**1.1
    inside = ((half - (p.ground.x - middle).abs()) * p.ground.resolution + 0.5).clamp(0, 1)
    p.ground.over(mix(colour, (0.4, 0.3, 0.2), 0.25), inside * p.ground.below(HORIZON + 0.07))
    inside = ((half - 0.012 - (p.ground.x - middle).abs()) * p.ground.resolution + 0.5).clamp(0, 1)
    p.ground.over(colour, inside * p.ground.below(HORIZON + 0.073))


def _fence(canvas: Canvas, x0: float, x1: float, y: float, height: float, colour: Colour) -> None:
    """Posts and two rails."""
    for level in (0.35, 0.75):
        slab(canvas, x0, y - height * level - 0.008, x1, y - height * level + 0.008, colour)
    count = max(2, round((x1 - x0) / 0.12))
    for i in range(count + 1):
        x = x0 + (x1 - x0) * i / count
        slab(canvas, x - 0.011, y - height, x + 0.011, y, colour)


def _barn(p: Painter, x: float, y: float, size: float) -> None:
    red, white = jitter(p.rng, rgb("#c63a32"), 0.03), rgb("#fdf4ea")
    half, eave, knee, ridge = size * 0.5, y - size * 0.50, y - size * 0.74, y - size * 0.88
    slab(p.ground, x + size * 0.56, y - size * 0.95, x + size * 0.80, y, rgb("#c9ced6"), shade=0.1)
    p.ground.ball(x + size * 0.68, y - size * 0.95, size * 0.12, rgb("#aab2bf"), squash=0.8)
    wall = [
        (x - half, eave),
        (x - half * 0.62, knee),
        (x, ridge),
        (x + half * 0.62, knee),
        (x + half, eave),
        (x + half, y),
        (x - half, y),
    ]
    polygon(p.ground, wall, red, shade=0.25)
    roof = [
        (x - half - 0.02, eave + 0.01),
        (x - half * 0.62, knee),
        (x, ridge),
        (x + half * 0.62, knee),
        (x + half + 0.02, eave + 0.01),
    ]
    bough(p.ground, roof, size * 0.032, rgb("#6e4a44"))
    slab(p.ground, x - half * 0.42, y - size * 0.42, x + half * 0.42, y, white, shade=0)
    slab(p.ground, x - half * 0.37, y - size * 0.40, x + half * 0.37, y, mix(red, (0, 0, 0), 0.12), shade=0)
    for a, b in (((-1, -0.40), (1, 0.0)), ((1, -0.40), (-1, 0.0))):
        capsule(
            p.ground, (x + a[0] * half * 0.35, y + a[1] * size + 0.01), (x + b[0] * half * 0.35, y - 0.01), 0.007, white
        )
    slab(p.ground, x - 0.04, y - size * 0.66, x + 0.04, y - size * 0.53, white, shade=0)
    slab(p.ground, x - 0.03, y - size * 0.645, x + 0.03, y - size * 0.545, rgb("#5a3a34"), shade=0)
    p.lamp(p.near, x, y - size * 0.595, 0.028, rgb("#ffcf80"), halo=3)


def farm(p: Painter) -> None:
    """A red barn, golden fields, hay and a white fence."""
    p.hills(p.far, HORIZON - 0.10, 0.06, rgb("#a7d089"), rgb("#74b064"))
    p.hills(p.far, HORIZON - 0.03, 0.04, rgb("#f0d372"), rgb("#d3a84a"), 1, 3)
    for i in range(24):
        x = -1.5 + i * 0.13
        bough(p.far, curve((x * 0.75, HORIZON - 0.02), (x * 0.9, 0.6), (x * 1.2, 0.7)), 0.004, rgb("#cfa041"))
    p.floor(rgb("#e3cf72"), rgb("#a9b04c"), level=HORIZON + 0.05, grain=0.07, cells=14)
    p.ground.over(
        p.ground.gradient(rgb("#a8cf5e"), rgb("#6fa544"), 0.74, 1.1).expand(-1, -1, p.ground.width),
        p.ground.below(0.755 + p.ground.waves(p.rng, 0.015, 1, 3)),
    )
    side = p.rng.choice((-1, 1))
    _barn(p, side * p.rng.uniform(0.50, 0.66), 0.70, p.rng.uniform(0.46, 0.54))
    p.put(p.ground, "tree", -side * p.rng.uniform(0.9, 1.15), 0.70, 0.36)
    _fence(p.ground, -X_REACH, X_REACH, 0.765, 0.085, rgb("#fbf6ec"))
    for x in p.spots(4, clear=0.46):
        y, r = p.rng.uniform(0.80, 0.92), p.rng.uniform(0.06, 0.08)
        p.ground.shadow(x, y + r * 0.8, r * 1.2, r * 0.25)
        p.ground.ball(x, y, r, rgb("#e5b94f"), shade=0.4)
        for k in (0.7, 0.4):
            p.ground.ball(x, y, r * k, rgb("#c9963a") if k > 0.5 else rgb("#e0b24c"), shade=0.1)
    for name in ("corn_prop", "sunflower_prop"):
        p.scatter(p.ground, name, p.rng.randint(1, 2), (0.84, 0.98), (0.16, 0.20), keep_clear=0.5)
    p.scatter(p.fore, "sheaf", p.rng.randint(0, 2), (1.12, 1.2), (0.3, 0.36), keep_clear=0.6)


def _bench(canvas: Canvas, x: float, y: float, size: float) -> None:
    for k in (-0.42, 0.42):
        capsule(canvas, (x + k * size, y), (x + k * size, y - size * 0.46), size * 0.035, rgb("#3d4654"))
    for level in (0.20, 0.34, 0.44):
        slab(canvas, x - size * 0.5, y - size * (level + 0.07), x + size * 0.5, y - size * level, rgb("#a8683a"))


def _lantern_post(p: Painter, x: float, y: float, height: float) -> None:
    capsule(p.ground, (x, y), (x, y - height), 0.009, rgb("#2f3a3a"), end=0.007)
    p.ground.ball(x, y - height - 0.02, 0.026, rgb("#fff4d0"), shade=0.1)
    capsule(p.ground, (x - 0.02, y - height - 0.045), (x + 0.02, y - height - 0.045), 0.008, rgb("#2f3a3a"))
    p.lamp(p.near, x, y - height - 0.02, 0.026, rgb("#ffdc92"), halo=5)


def park(p: Painter) -> None:
    """A lawn with a pale path, clipped trees, benches, a fountain and lanterns; the town behind."""
    x = -X_REACH
    while x < X_REACH:
        wide, top = p.rng.uniform(0.10, 0.2), p.rng.uniform(0.28, 0.44)
        p.far.box(x, top, x + wide, 0.6, jitter(p.rng, rgb("#b9c8dc"), 0.03), shade=0.12)
        x += wide
    for x in p.spots(13):
        p.far.ball(x, HORIZON - 0.03, p.rng.uniform(0.09, 0.14), jitter(p.rng, rgb("#5fae5e"), 0.04), squash=0.95)
    p.far.over(rgb("#5aa657"), p.far.below(HORIZON - 0.02))
    p.floor(rgb("#9bdc6a"), rgb("#5bb047"), level=HORIZON + 0.04, grain=0.04, cells=12)
    for i in range(10):
        x0, x1 = (i - 5) * 0.16, (i - 5) * 0.62
        if i % 2:
            polygon(p.ground, [(x0, 0.63), (x0 + 0.16, 0.63), (x1 + 0.62, 1.4), (x1, 1.4)], (1, 1, 0.7), opacity=0.10)
    side = p.rng.choice((-1, 1))
    _path(p, rgb("#f0dfbf"), side * 0.35, 0.0)
    for x in (-1.2, -0.74, 0.74, 1.2):
        x += p.rng.uniform(-0.05, 0.05)
        p.ground.shadow(x, 0.70, 0.12, 0.02)
        capsule(p.ground, (x, 0.70), (x, 0.54), 0.016, rgb("#8a5f40"))
        p.ground.ball(x, 0.46, p.rng.uniform(0.11, 0.13), jitter(p.rng, rgb("#4fa64f"), 0.03), shade=0.45)
    p.put(p.ground, "fountain_prop", side * p.rng.uniform(0.32, 0.46), 0.70, 0.26)
    _bench(p.ground, -side * p.rng.uniform(0.42, 0.55), 0.77, 0.26)
    for x in (-0.95, 0.95):
        _lantern_post(p, x, 0.76, 0.30)
    for x in p.spots(4, clear=0.5):
        bed = p.rng.choice(("#ff6f91", "#ffd34d", "#b07bff", "#ff9a4d"))
        for _ in range(12):
            p.ground.ball(
                x + p.rng.uniform(-0.11, 0.11), 0.86 + p.rng.uniform(-0.02, 0.02), 0.017, jitter(p.rng, rgb(bed), 0.05)
            )


def _sign(p: Painter, x: float, y: float, wide: float, high: float, text: str) -> None:
    """A big wooden board with a light frame and coloured letters."""
    slab(
        p.ground,
        x - wide / 2 - 0.02,
        y - high / 2 - 0.02,
        x + wide / 2 + 0.02,
        y + high / 2 + 0.02,
        rgb("#8a5a2f"),
        round_=0.05,
    )
    slab(p.ground, x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, rgb("#fff3d0"), round_=0.04, shade=0.08)
    write(p.ground, text, x + 0.006, y + 0.008, high * 0.66, rgb("#8a6a3a"), most=wide * 0.86, weight=0.115, shade=0)
    colour = rgb(p.rng.choice(("#e2483d", "#2f8f4f", "#2f6fc9")))
    write(p.ground, text, x, y, high * 0.66, colour, most=wide * 0.86, weight=0.11)


def zoo(p: Painter) -> None:
    """A gate of two stone posts under a big lettered sign, cages to both sides, palms and a striped tent."""
    p.hills(p.far, HORIZON - 0.12, 0.06, rgb("#9bd08f"), rgb("#62ab6b"))
    for x in p.spots(11):
        p.far.ball(x, HORIZON - 0.04, p.rng.uniform(0.09, 0.15), jitter(p.rng, rgb("#58a45a"), 0.04), squash=0.9)
    p.put(p.far, "tent_prop", p.rng.choice((-1, 1)) * p.rng.uniform(0.34, 0.5), 0.6, 0.24)
    p.far.over(rgb("#69b35f"), p.far.below(HORIZON - 0.01))
    p.floor(rgb("#a5d873"), rgb("#67ab4c"), level=HORIZON + 0.05, grain=0.06)
    _path(p, rgb("#ecd3a2"), 0.0, 0.0, 0.75)
    for side in (-1, 1):
        x0, x1 = sorted((side * 0.56, side * X_REACH))
        slab(p.ground, x0, 0.38, x1, 0.40, rgb("#4d5a66"))
        p.ground.box(x0, 0.67, x1, 0.70, rgb("#8d8f8a"), shade=0.2)
        for k in range(round((x1 - x0) / 0.055)):
            x = x0 + 0.02 + k * 0.055
            capsule(p.ground, (x, 0.67), (x, 0.385), 0.0055, rgb("#4d5a66"))
        slab(p.ground, side * 0.50 - 0.055, 0.26, side * 0.50 + 0.055, 0.72, rgb("#c9b08a"))
        for y in (0.34, 0.44, 0.54, 0.64):
            p.ground.box(side * 0.50 - 0.055, y, side * 0.50 + 0.055, y + 0.006, rgb("#9c8461"))
        p.ground.ball(side * 0.50, 0.245, 0.05, rgb("#e8c65a"))
        p.lamp(p.near, side * 0.50, 0.245, 0.05, rgb("#ffd27a"), halo=3)
        p.put(p.ground, "palm", side * p.rng.uniform(0.82, 1.0), 0.72, p.rng.uniform(0.44, 0.52))
    bough(p.ground, curve((-0.5, 0.27), (0, 0.0), (0.5, 0.27), 16), 0.016, rgb("#8a5a2f"))
    _sign(p, 0.0, 0.20, 0.72, 0.21, (p.sign or ZOO)[:10])
    shine(p.near, 0.0, 0.20, 0.30, rgb("#c98f4a"), 0.8, squash=0.4)
    p.scatter(p.ground, "hibiscus", p.rng.randint(2, 4), (0.78, 0.96), (0.06, 0.09), keep_clear=0.55)


def _tower(p: Painter, x: float, base: float, top: float, half: float, wall: Colour, roof: Colour) -> None:
    """A round tower with battlements, a pointed roof, a flag and lit windows."""
    part = mix(wall, (0.35, 0.3, 0.45), 0.18)
    slab(p.far, x - half, top, x + half, base, wall, shade=0.05, round_=0.0)
    p.far.box(x + half * 0.25, top, x + half, base, part, opacity=0.7)
    slab(p.far, x - half * 1.2, top - 0.012, x + half * 1.2, top + 0.022, mix(wall, (1, 1, 1), 0.3), shade=0.3)
    tip = top - half * 2.9
    polygon(p.far, [(x - half * 1.35, top - 0.01), (x, tip), (x, top - 0.01)], mix(roof, (1, 1, 1), 0.18))
    polygon(p.far, [(x, top - 0.01), (x, tip), (x + half * 1.35, top - 0.01)], mix(roof, (0, 0, 0.1), 0.15))
    capsule(p.far, (x, tip), (x, tip - 0.06), 0.003, rgb("#6d5a4a"))
    flag = rgb(p.rng.choice(("#e8483f", "#f2b632", "#e05a9a")))
    polygon(p.far, [(x, tip - 0.06), (x + 0.055, tip - 0.043), (x, tip - 0.026)], flag)
    for y in (top + 0.07, top + 0.17):
        if y < base - 0.08:
            arch(p.far, x - 0.013, y, x + 0.013, y + 0.05, rgb("#4a4a6a"))
            arch(p.lamps, x - 0.013, y, x + 0.013, y + 0.05, rgb("#ffcf7a"))
            shine(p.lamps, x, y + 0.025, 0.03, rgb("#ffb050"), 0.3)


def castle(p: Painter) -> None:
    """A pale castle with blue roofs and flags on a green hill, a path to its gate."""
    p.hills(p.far, HORIZON - 0.14, 0.08, rgb("#a9d3b0"), rgb("#74b586"))
    wall = jitter(p.rng, rgb("#ece2d6"), 0.02)
    roof = jitter(p.rng, rgb(p.rng.choice(("#3f6fc4", "#3f86c9", "#5a5fc4"))), 0.03)
    for x, top, half in (
        (-0.44, 0.22, 0.05),
        (0.44, 0.20, 0.05),
        (-0.17, 0.10, 0.06),
        (0.18, 0.13, 0.055),
        (0.0, 0.02, 0.075),
    ):
        _tower(p, x + p.rng.uniform(-0.015, 0.015), 0.60, top + 0.08 + p.rng.uniform(-0.02, 0.03), half, wall, roof)
    slab(p.far, -0.48, 0.40, 0.48, 0.62, wall, shade=0.12, round_=0.0)
    for i in range(17):
        slab(p.far, -0.48 + i * 0.058, 0.375, -0.48 + i * 0.058 + 0.034, 0.405, wall, shade=0, round_=0.0)
    for x in (-0.30, 0.30):
        arch(p.far, x - 0.02, 0.46, x + 0.02, 0.53, rgb("#4a4a6a"))
        arch(p.lamps, x - 0.02, 0.46, x + 0.02, 0.53, rgb("#ffcf7a"))
    arch(p.far, -0.095, 0.42, 0.095, 0.62, mix(wall, (0.2, 0.2, 0.3), 0.35))
    arch(p.far, -0.075, 0.44, 0.075, 0.62, rgb("#6b4429"))
    p.far.over(rgb("#7cc36b"), p.far.below(HORIZON + 0.02 + p.far.waves(p.rng, 0.01, 1, 4)))
    p.floor(rgb("#93d468"), rgb("#54a344"), level=HORIZON + 0.05, grain=0.06)
    _path(p, rgb("#e0d2bd"), 0.0, 0.0, 0.5)
    for side in (-1, 1):
        for k in range(4):
            x, y = side * (0.24 + 0.22 * k), 0.685 + 0.035 * k
            p.ground.shadow(x, y + 0.005, 0.06, 0.012)
            polygon(
                p.ground,
                [(x - 0.05, y), (x, y - 0.19 - 0.02 * k), (x + 0.05, y)],
                jitter(p.rng, rgb("#3f8f4f"), 0.02),
                shade=0.5,
            )
    for name in ("tulip", "blossom"):
        p.scatter(p.ground, name, p.rng.randint(2, 4), (0.84, 1.0), (0.06, 0.09), keep_clear=0.5)
