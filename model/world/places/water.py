"""Water: beach, coral reef, open sea, river and harbour."""

from __future__ import annotations

import torch

from model.world.canvas import X_REACH, Canvas, Colour, jitter, mix, rgb
from model.world.places.painter import HORIZON, Painter
from model.world.places.shapes import bough, capsule, curve, polygon, slab


def beach(p: Painter) -> None:
    """Sand with palms before a blue sea."""
    canvas = p.far
    sea = canvas.gradient(rgb("#2f8fc9"), rgb("#66d3d8"), HORIZON - 0.06, HORIZON + 0.14)
    canvas.over(sea.expand(-1, -1, canvas.width), canvas.below(HORIZON - 0.06))
    for _ in range(14):
        y = HORIZON - 0.05 + p.rng.random() ** 1.5 * 0.16
        x = p.rng.uniform(-1.4, 1.3)
        canvas.box(x, y, x + p.rng.uniform(0.08, 0.4), y + 0.006, rgb("#dff7ff"), opacity=0.7)
    p.open_from = HORIZON + 0.13
    line = HORIZON + 0.10 + p.ground.waves(p.rng, 0.02, 1, 4)
    p.ground.over(rgb("#f4fbff"), p.ground.below(line - 0.012))
    p.ground.over(
        p.ground.gradient(rgb("#ffe3ab"), rgb("#f0c27a"), 0.65, 1.1).expand(-1, -1, p.ground.width),
        p.ground.below(line),
    )
    p.ground.pixels[:3] *= 1 + p.ground.noise(p.generator, 20) * 0.04
    p.scatter(p.ground, "palm", p.rng.randint(1, 3), (0.74, 0.80), (0.5, 0.7), keep_clear=0.5)
    p.scatter(p.ground, "umbrella", p.rng.randint(0, 2), (0.76, 0.84), (0.25, 0.32), keep_clear=0.45)
    p.scatter(p.ground, "shell", p.rng.randint(1, 4), (0.82, 1.0), (0.05, 0.09))


def reef(p: Painter) -> None:
    """Corals on sand under shafts of light."""
    p.far.over(
        p.far.gradient(rgb("#3fb6e0"), rgb("#0e4f96"), -0.3, 0.9).expand(-1, -1, p.far.width),
        torch.ones_like(p.far.pixels[3]),
    )
    for _ in range(6):
        x, lean, width = p.rng.uniform(-1.2, 1.2), p.rng.uniform(-0.3, 0.3), p.rng.uniform(0.05, 0.14)
        ray = torch.exp(-(((p.far.x - x - lean * p.far.y) / width) ** 2)) * (0.8 - p.far.y).clamp(0, 1) * 0.25
        p.far.over(rgb("#c9f3ff"), ray.expand(p.far.height, p.far.width))
    p.hills(p.far, HORIZON + 0.02, 0.10, rgb("#2c86b8"), rgb("#1b5f98"), 2, 7)
    p.floor(rgb("#e8d9a4"), rgb("#b9a876"), level=HORIZON + 0.14, grain=0.06, rough=0.03)
    for tint in ((1, 1, 1), (1.0, 0.75, 0.5), (0.8, 0.7, 1.2), (1.1, 0.6, 0.8)):
        p.scatter(p.ground, "coral", p.rng.randint(1, 3), (0.72, 0.86), (0.16, 0.30), tint=tint, keep_clear=0.3)
    p.scatter(p.ground, "shell", p.rng.randint(1, 3), (0.84, 1.0), (0.05, 0.09))
    p.scatter(p.fore, "coral", p.rng.randint(0, 2), (1.12, 1.2), (0.3, 0.4), tint=(0.7, 0.6, 0.9))
    p.indoor = True


def _swell(
    p: Painter, canvas: Canvas, level: float, height: float, colour: Colour, crest: Colour, width: float
) -> None:
    """One row of waves with a light crest, closed below."""
    line = level + height * torch.sin(canvas.xs * width + p.rng.uniform(0, 6.3)) + canvas.waves(p.rng, height, 4, 12)
    canvas.over(colour, canvas.below(line))
    rim = canvas.below(line) * (1 - canvas.below(line + 0.007 + height * 0.25))
    canvas.over(crest, rim * 0.85)


def _boat(p: Painter, canvas: Canvas, x: float, y: float, size: float, hull: Colour, sail: Colour) -> None:
    """A sailing boat on a water line: hull, mast and two sails."""
    capsule(canvas, (x, y - size * 0.1), (x, y - size), size * 0.018, rgb("#6d4c36"))
    polygon(
        canvas,
        [(x + size * 0.03, y - size * 0.95), (x + size * 0.42, y - size * 0.2), (x + size * 0.03, y - size * 0.2)],
        sail,
        shade=0.2,
    )
    polygon(
        canvas,
        [(x - size * 0.03, y - size * 0.8), (x - size * 0.3, y - size * 0.2), (x - size * 0.03, y - size * 0.2)],
        mix(sail, (1, 1, 1), 0.4),
        shade=0.2,
    )
    deck = [
        (x - size * 0.42, y - size * 0.16),
        (x + size * 0.46, y - size * 0.16),
        (x + size * 0.30, y + size * 0.02),
        (x - size * 0.28, y + size * 0.02),
    ]
    polygon(canvas, deck, hull, shade=0.3)
    slab(canvas, x - size * 0.42, y - size * 0.17, x + size * 0.46, y - size * 0.13, rgb("#fff6e6"), shade=0)


def ocean(p: Painter) -> None:
    """Rows of blue waves to a far line, a boat or an island on it."""
    p.mirror, p.open_from = 0.4, 9.0
    deep, light = rgb(p.rng.choice(("#1c62b0", "#15699f", "#2459a6"))), rgb("#49a9d8")
    sea = p.far.gradient(light, mix(light, deep, 0.6), 0.47, 0.66).expand(-1, -1, p.far.width)
    p.far.over(sea, p.far.below(0.47))
    for _ in range(16):
        y, x = 0.485 + p.rng.random() ** 1.5 * 0.12, p.rng.uniform(-1.4, 1.3)
        p.far.box(x, y, x + p.rng.uniform(0.05, 0.25), y + 0.004, rgb("#d8f1fb"), opacity=0.6)
    x = p.rng.choice((-1, 1)) * p.rng.uniform(0.35, 0.75)
    if p.rng.random() < 0.5:
        _boat(p, p.far, x, 0.492, 0.13, rgb("#c9473d"), rgb("#fff3dd"))
    else:
        p.far.ball(x, 0.485, 0.16, rgb("#79b06a"), squash=0.22, shade=0.3)
        p.put(p.far, "palm", x, 0.475, 0.15)
        p.far.over(sea, p.far.below(0.482) * ((p.far.x - x).abs() < 0.3))
    for i in range(6):
        t = i / 5
        colour = mix(mix(light, deep, 0.35), deep, t)
        _swell(
            p,
            p.ground,
            0.575 + 0.40 * t**1.35,
            0.008 + 0.022 * t,
            jitter(p.rng, colour, 0.015),
            mix(colour, (0.85, 0.97, 1.0), 0.55),
            16 - 10 * t,
        )
    _swell(p, p.fore, 0.955, 0.03, mix(deep, (0, 0, 0.1), 0.2), rgb("#dff5ff"), 4.0)


def river(p: Painter) -> None:
    """A river between green banks: reeds, stones, water lilies, a bridge."""
    p.mirror, p.open_from = 0.25, 0.82
    p.hills(p.far, HORIZON - 0.12, 0.07, rgb("#8cc79a"), rgb("#5b9f74"))
    for x in p.spots(12):
        p.far.ball(x, HORIZON - 0.02, p.rng.uniform(0.07, 0.12), jitter(p.rng, rgb("#4f9a5a"), 0.04), squash=0.9)
    p.far.over(rgb("#79b95c"), p.far.below(HORIZON))
    p.ground.over(
        p.ground.gradient(rgb("#a6da6c"), rgb("#7fbd52"), 0.58, 0.64).expand(-1, -1, p.ground.width),
        p.ground.below(HORIZON + 0.015 + p.ground.waves(p.rng, 0.01, 1, 3)),
    )
    bank = HORIZON + 0.055 + p.ground.waves(p.rng, 0.012, 1, 4)
    p.ground.over(rgb("#6f8f52"), p.ground.below(bank - 0.008))
    p.ground.over(
        p.ground.gradient(rgb("#8fd8e8"), rgb("#3a94c8"), 0.62, 0.80).expand(-1, -1, p.ground.width),
        p.ground.below(bank),
    )
    for _ in range(26):
        y, x, long = p.rng.uniform(0.66, 0.80), p.rng.uniform(-1.4, 1.3), p.rng.uniform(0.05, 0.22)
        p.ground.box(x, y, x + long, y + 0.005, rgb("#e3f8fd"), opacity=0.6)
    _bridge(p, p.rng.choice((-1, 1)) * p.rng.uniform(0.62, 0.8))
    p.scatter(p.ground, "lotus_prop", p.rng.randint(3, 5), (0.69, 0.78), (0.06, 0.09))
    p.scatter(p.ground, "rock", p.rng.randint(2, 4), (0.70, 0.80), (0.06, 0.10), tint=(0.9, 0.95, 1.0), keep_clear=0.2)
    near = 0.815 + p.ground.waves(p.rng, 0.018, 1, 4)
    p.ground.over(rgb("#6a8a3f"), p.ground.below(near - 0.006))
    grass = p.ground.gradient(rgb("#9bd45c"), rgb("#4e9a3c"), 0.82, 1.1).expand(-1, -1, p.ground.width)
    p.ground.over(grass, p.ground.below(near + 0.006))
    p.ground.pixels[:3] = (
        p.ground.pixels[:3] * (1 + p.ground.noise(p.generator, 14) * 0.06 * (p.ground.pixels[3] > 0))
    ).clamp(0, 1)
    for x in p.spots(8, clear=0.5):
        _reeds(p, p.ground, x, 0.86, 0.26)
    p.scatter(p.ground, "blossom", p.rng.randint(2, 4), (0.88, 1.0), (0.05, 0.08))
    for side in (-1, 1):
        _reeds(p, p.fore, side * p.rng.uniform(0.95, 1.25), 1.15, 0.5)


def _reeds(p: Painter, canvas: Canvas, x: float, base: float, height: float) -> None:
    """A tuft of reeds with brown heads."""
    for k in range(5):
        foot = (x + (k - 2) * 0.016, base)
        tip = (x + (k - 2) * 0.035 + p.rng.uniform(-0.02, 0.02), base - height * p.rng.uniform(0.65, 1.0))
        bough(canvas, curve(foot, (foot[0], tip[1]), tip, 5), 0.007, jitter(p.rng, rgb("#5f9440"), 0.05), end=0.003)
        if k % 2:
            capsule(canvas, (tip[0], tip[1] - 0.02), (tip[0], tip[1] + 0.025), 0.010, rgb("#7a4a2c"))


def _bridge(p: Painter, x: float) -> None:
    """A small round wooden bridge over the water."""
    for lift, colour, thick in ((0.0, "#8d5a35", 0.014), (-0.075, "#a96f43", 0.009)):
        bough(
            p.ground, curve((x - 0.30, 0.69 + lift), (x, 0.53 + lift), (x + 0.30, 0.69 + lift), 16), thick, rgb(colour)
        )
    for i in range(7):
        t = i / 6
        px, py = x - 0.30 + 0.6 * t, 0.69 - 0.32 * t * (1 - t)
        capsule(p.ground, (px, py), (px, py - 0.078), 0.008, rgb("#7b4c2c"))


def harbour(p: Painter) -> None:
    """Gabled houses and a lighthouse over the water, boats, and the stones of the quay."""
    p.wet, p.mirror, p.open_from = 0.5, 0.1, 0.80
    x = -X_REACH
    while x < X_REACH:
        wide, top = p.rng.uniform(0.11, 0.16), p.rng.uniform(0.33, 0.42)
        wall = jitter(
            p.rng, rgb(p.rng.choice(("#e2725b", "#f0b656", "#6fa8c9", "#e8d3ac", "#7fb08a", "#c98aa0"))), 0.03
        )
        p.far.box(x, top, x + wide, 0.62, wall, shade=0.15)
        polygon(
            p.far, [(x - 0.008, top), (x + wide / 2, top - 0.08), (x + wide + 0.008, top)], rgb("#9a4a3a"), shade=0.3
        )
        for row in range(3):
            for column in (0.22, 0.62):
                wx, wy = x + wide * column, top + 0.03 + row * 0.065
                p.far.box(wx, wy, wx + wide * 0.18, wy + 0.035, rgb("#eaf6ff"), shade=0)
                if p.rng.random() < 0.6:
                    p.lamps.box(wx, wy, wx + wide * 0.18, wy + 0.035, rgb("#ffcf80"), shade=0)
        x += wide + 0.004
    _lighthouse(p, p.rng.choice((-1, 1)) * p.rng.uniform(0.4, 0.62))
    sea = p.ground.gradient(rgb("#6cc0d8"), rgb("#2673a8"), 0.58, 0.84).expand(-1, -1, p.ground.width)
    p.ground.over(sea, p.ground.below(0.585))
    for _ in range(30):
        y, x, long = p.rng.uniform(0.60, 0.80), p.rng.uniform(-1.4, 1.3), p.rng.uniform(0.04, 0.18)
        p.ground.box(x, y, x + long, y + 0.005, rgb("#d6f0f7"), opacity=0.5)
    for x in p.spots(5, clear=0.34):
        hull = rgb(p.rng.choice(("#d6453f", "#2f5fa8", "#f2a33c", "#2f8f7a")))
        _boat(p, p.ground, x, p.rng.uniform(0.66, 0.73), p.rng.uniform(0.30, 0.40), hull, rgb("#fff4df"))
    p.ground.over(rgb("#7d7468"), p.ground.below(0.785))
    p.ground.over(
        p.ground.gradient(rgb("#cfc3b0"), rgb("#9d9182"), 0.80, 1.1).expand(-1, -1, p.ground.width),
        p.ground.below(0.805),
    )
    for i in range(-9, 10):
        p.ground.box(i * 0.17, 0.785, i * 0.17 + 0.006, 0.805, rgb("#5d554b"))
    p.ground.pixels[:3] = (p.ground.pixels[:3] * (1 + p.ground.noise(p.generator, 16) * 0.05)).clamp(0, 1)
    for x in (-1.1, -0.55, 0.55, 1.1):
        capsule(p.ground, (x, 0.83), (x, 0.79), 0.022, rgb("#3b4150"))
        p.ground.ball(x, 0.775, 0.032, rgb("#4a5264"), squash=0.5)
    for name, size in (("anchor_prop", 0.18), ("crate_prop", 0.17), ("lifebuoy_prop", 0.13)):
        p.put(p.ground, name, p.rng.choice((-1, 1)) * p.rng.uniform(0.5, 0.95), p.rng.uniform(0.86, 0.95), size)


def _lighthouse(p: Painter, x: float) -> None:
    polygon(
        p.far, [(x - 0.035, 0.14), (x + 0.035, 0.14), (x + 0.06, 0.60), (x - 0.06, 0.60)], rgb("#fbf7f0"), shade=0.35
    )
    for top in (0.20, 0.34, 0.48):
        a, b = (0.035 + 0.025 * (y - 0.14) / 0.46 for y in (top, top + 0.07))
        polygon(
            p.far, [(x - a, top), (x + a, top), (x + b, top + 0.07), (x - b, top + 0.07)], rgb("#d8433c"), shade=0.35
        )
    slab(p.far, x - 0.05, 0.125, x + 0.05, 0.145, rgb("#3b4150"))
    slab(p.far, x - 0.026, 0.07, x + 0.026, 0.127, rgb("#fff2b8"), shade=0)
    polygon(p.far, [(x - 0.04, 0.07), (x, 0.02), (x + 0.04, 0.07)], rgb("#c23a35"), shade=0.3)
    p.lamp(p.lamps, x, 0.10, 0.028, rgb("#ffe7a0"), halo=6)
