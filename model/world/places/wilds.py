"""The wild: jungle, volcano, cave and the sky above the clouds."""

from __future__ import annotations

import math

import torch

from model.world.canvas import X_REACH, Canvas, Colour, jitter, mix, rgb
from model.world.places.painter import HORIZON, Painter
from model.world.places.shapes import bough, capsule, curve, leaf, polygon, shine


def _vine(p: Painter, canvas: Canvas, x: float, low: float, colour: Colour) -> None:
    end = (x + p.rng.uniform(-0.12, 0.12), low)
    path = curve((x, -0.5), (x + p.rng.uniform(-0.2, 0.2), low * 0.5), end)
    bough(canvas, path, 0.011, colour, end=0.007)
    for vx, vy in path[4::2]:
        leaf(canvas, (vx, vy), 0.07, p.rng.choice((0.5, 2.6)), 0.2, mix(colour, (0.6, 0.9, 0.4), 0.35))


def _fan(p: Painter, canvas: Canvas, x: float, y: float, size: float, colour: Colour, leaves: int = 7) -> None:
    """A plant of big leaves that bend out of one root."""
    for i in range(leaves):
        angle = -math.pi * (0.08 + 0.84 * i / (leaves - 1)) + p.rng.uniform(-0.08, 0.08)
        long = size * (0.72 + 0.28 * math.sin(math.pi * i / (leaves - 1))) * p.rng.uniform(0.9, 1.05)
        leaf(canvas, (x, y), long, angle, 0.13, jitter(p.rng, colour, 0.05))


def jungle(p: Painter) -> None:
    """Mist and light between dark leaves, vines from above."""
    p.backdrop(rgb("#b9e58f"), rgb("#3f9a6a"), 0.0, 0.62)
    shine(p.far, 0.0, 0.22, 0.5, rgb("#f4ffd0"), 0.5)
    for level, code in ((0.30, "#86c786"), (0.42, "#4fa66c")):
        for x in p.spots(9):
            p.far.ball(x, level + p.rng.uniform(-0.05, 0.1), 0.2, jitter(p.rng, rgb(code), 0.03), squash=1.0, shade=0.2)
        p.far.over(rgb(code), p.far.below(level + 0.1))
    for x in p.spots(6, clear=0.3):
        bough(p.far, curve((x, 0.75), (x + 0.05, 0.2), (x + p.rng.uniform(-0.2, 0.2), -0.5)), 0.035, rgb("#54704a"))
    for x in p.spots(5):
        _vine(p, p.far, x, p.rng.uniform(0.15, 0.4), rgb("#2f7a45"))
    p.floor(rgb("#58963f"), rgb("#274f2b"), level=HORIZON + 0.06, grain=0.14, cells=12)
    for x in p.spots(6, clear=0.46):
        _fan(p, p.ground, x, 0.72 + p.rng.uniform(-0.02, 0.05), p.rng.uniform(0.3, 0.46), rgb("#2f8f47"))
    for name in ("hibiscus", "hyacinth_prop", "herb"):
        p.scatter(p.ground, name, p.rng.randint(1, 3), (0.74, 0.98), (0.07, 0.13), keep_clear=0.25)
    for side in (-1, 1):
        for _ in range(3):
            root = (side * p.rng.uniform(0.95, 1.25), p.rng.uniform(-0.1, 0.05))
            leaf(
                p.fore,
                root,
                p.rng.uniform(0.4, 0.55),
                math.pi / 2 + side * p.rng.uniform(0.15, 0.7),
                0.17,
                rgb("#1f6b38"),
            )
        _fan(p, p.fore, side * p.rng.uniform(1.0, 1.2), 1.2, 0.42, rgb("#1d6334"), 6)


def _lava(
    p: Painter, points: list[tuple[float, float]], radius: float, end: float, canvas: Canvas, light: Canvas
) -> None:
    bough(canvas, points, radius * 1.5, rgb("#8f1d0e"), end=end * 1.5)
    bough(canvas, points, radius, rgb("#ff6a1c"), end=end)
    bough(canvas, points, radius * 0.4, rgb("#ffe07a"), end=end * 0.4)
    bough(light, points, radius, rgb("#d9521a"), end=end)
    for x, y in points[::3]:
        shine(light, x, y, 0.07, rgb("#ff5a1e"), 0.25)


def volcano(p: Painter) -> None:
    """A dark cone with a glowing crater, smoke, and cracks of lava in black rock."""
    haze = ((p.far.y + 0.2) / 0.8).clamp(0, 1)
    p.far.over(
        p.far.gradient(rgb("#6d5560"), rgb("#ff9a5a"), -0.1, 0.6).expand(-1, -1, p.far.width),
        (0.25 + 0.6 * haze).expand(-1, p.far.width),
    )
    peak, top, wide = p.rng.choice((-1, 1)) * p.rng.uniform(0.12, 0.34), 0.20, 0.11
    for i in range(9):
        t = i / 8
        x, y, r = peak + 0.34 * t * t - 0.03, top - 0.03 - 0.5 * t, 0.07 + 0.13 * t
        for _ in range(3):
            jx, jy = p.rng.uniform(-0.06, 0.06), p.rng.uniform(-0.04, 0.04)
            p.far.ball(
                x + jx, y + jy, r, jitter(p.rng, mix(rgb("#c96a4a"), rgb("#5d5058"), min(1, 0.2 + t)), 0.03), shade=0.4
            )
    flank = p.far.waves(p.rng, 0.015, 9, 26)
    reach = ((p.far.xs - peak).abs() - wide).clamp(min=0)
    line = top + 0.60 * reach.pow(0.82) + flank * (reach > 0)
    lit = 1 + 0.22 * torch.tanh((peak - p.far.xs) * 5)
    rock = p.far.pixels.new_tensor(rgb("#54414a"))[:, None, None] * lit[None, None]
    p.far.over(rock.expand(-1, p.far.height, -1), p.far.below(line))
    p.far.ball(peak, top + 0.006, wide, rgb("#ffb13d"), squash=0.16, shade=0.1)
    p.lamps.ball(peak, top + 0.006, wide, rgb("#ffab3d"), squash=0.16, shade=0)
    shine(p.far, peak, top - 0.04, 0.2, rgb("#ff7a2e"), 0.5)
    shine(p.lamps, peak, top - 0.04, 0.2, rgb("#ff6a2a"), 0.6)
    for side in (-1, 1):
        foot = (peak + side * p.rng.uniform(0.28, 0.42), 0.66)
        path = curve((peak + side * 0.05, top + 0.01), (peak + side * 0.10, 0.42), foot)
        _lava(p, path, 0.016, 0.030, p.far, p.lamps)
    p.floor(rgb("#4a3c42"), rgb("#241d23"), level=HORIZON + 0.07, rough=0.03, grain=0.14, cells=14)
    for x in p.spots(4, clear=0.2):
        y, bend = p.rng.uniform(0.74, 0.98), p.rng.uniform(-0.05, 0.05)
        _lava(
            p,
            curve((x - 0.2, y), (x, y + bend), (x + p.rng.uniform(0.1, 0.3), y + 0.03)),
            0.009,
            0.012,
            p.ground,
            p.near,
        )
    p.scatter(p.ground, "rock", p.rng.randint(3, 5), (0.68, 1.0), (0.09, 0.18), tint=(0.5, 0.42, 0.45), keep_clear=0.3)
    p.tint = (1.06, 0.86, 0.74)


def _spike(p: Painter, canvas: Canvas, x: float, root: float, tip: float, half: float, colour: Colour) -> None:
    """A stalactite or stalagmite: light on its left, dark on its right."""
    for lean, shade in ((-1, 0.16), (1, -0.18)):
        points = [(x + lean * half, root), (x, root), (x + 0.004 * lean, tip)]
        polygon(canvas, points, mix(colour, (1, 1, 1) if shade > 0 else (0, 0, 0), abs(shade)))


def cave(p: Painter) -> None:
    """Brown rock around a dark depth, crystals, and candles that light it."""
    p.indoor, p.steady, p.tint = True, True, (1.04, 0.88, 0.70)
    p.backdrop(rgb("#4a342f"), rgb("#6b4a3a"), 0.0, 0.7)
    p.far.pixels[:3] *= 1 + p.far.noise(p.generator, 5) * 0.22
    hollow = ((p.far.x - p.rng.uniform(-0.15, 0.15)) / 0.6) ** 2 + ((p.far.y - 0.42) / 0.27) ** 2
    p.far.over(rgb("#1a141d"), torch.exp(-hollow.square()) * 0.92)
    for x in p.spots(13):
        size = p.rng.uniform(0.10, 0.34) * (0.6 + 0.5 * abs(x))
        _spike(p, p.far, x, -0.02 - 0.02 * abs(x), 0.02 + size, 0.05 + size * 0.12, rgb("#7a5646"))
    p.far.over(rgb("#6a4a3d"), 1 - p.far.below(0.0 + p.far.waves(p.rng, 0.03, 4, 12)))
    p.floor(rgb("#8a6449"), rgb("#4b3329"), level=HORIZON + 0.06, rough=0.03, grain=0.16, cells=9)
    for x in p.spots(7, clear=0.5):
        _spike(p, p.ground, x, 0.72, 0.72 - p.rng.uniform(0.1, 0.26), 0.06, rgb("#8f6850"))
    p.scatter(p.ground, "rock", 3, (0.68, 0.84), (0.10, 0.16), tint=(0.9, 0.72, 0.6), keep_clear=0.4)
    p.scatter(p.ground, "gem_prop", p.rng.randint(1, 3), (0.72, 0.9), (0.08, 0.13), keep_clear=0.4)
    candles = [(x, p.rng.uniform(0.72, 0.84), p.rng.uniform(0.17, 0.24)) for x in (-0.98, -0.6, 0.56, 0.94)]
    for canvas in (p.far, p.ground):
        light = torch.full_like(canvas.pixels[0], 0.42)
        for x, y, size in candles:
            near = ((canvas.x - x) / 0.42) ** 2 + ((canvas.y - (y - size)) / 0.36) ** 2
            light = light + 0.50 * torch.exp(-near)
        warm = canvas.pixels.new_tensor((1.15, 0.95, 0.72))[:, None, None] * light
        canvas.pixels[:3] = (canvas.pixels[:3] * warm).clamp(0, 1)
    for x, y, size in candles:
        x += p.rng.uniform(-0.05, 0.05)
        p.put(p.ground, "candle_prop", x, y, size)
        shine(p.ground, x, y - size * 0.86, 0.035, rgb("#ffe9a8"), 0.7)
        shine(p.ground, x, y - size * 0.8, 0.20, rgb("#ff9d3c"), 0.22)
    for x in p.spots(7, clear=0.7):
        _spike(p, p.fore, x, -0.5, p.rng.uniform(0.1, 0.26), 0.11, rgb("#2a1d1d"))


def _billow(p: Painter, canvas: Canvas, level: float, size: float, top: Colour, bottom: Colour) -> None:
    """A row of round cloud tops, closed below."""
    line = canvas.waves(p.rng, 0.03, 2, 6)
    shade = canvas.gradient(top, bottom, level - size * 0.4, level + size * 2.2).expand(-1, -1, canvas.width)
    canvas.over(shade, canvas.below(level + line))
    x = -X_REACH
    while x < X_REACH:
        r = size * p.rng.uniform(0.6, 1.2)
        at = float(line[min(canvas.width - 1, max(0, round((x + X_REACH) * canvas.resolution)))])
        canvas.ball(x, level + at + r * 0.35, r, jitter(p.rng, mix(top, bottom, 0.12), 0.015), squash=0.8, shade=0.30)
        x += r * 0.9
    canvas.over(shade, canvas.below(level + line + size * 0.75) * 0.75)


def sky(p: Painter) -> None:
    """A sea of clouds under an open sky, towers of cloud far away."""
    p.open_from = 9.0
    for x in p.spots(4, clear=0.2):
        y, size = p.rng.uniform(0.44, 0.56), p.rng.uniform(0.08, 0.14)
        for k in range(9):
            climb = size * (2.2 - abs(k - 4) * 0.5) * p.rng.uniform(0.5, 1.0)
            p.far.ball(
                x + (k - 4) * size * 0.55,
                y + 0.1 - climb,
                size * p.rng.uniform(0.7, 1.1),
                rgb("#f3f7ff"),
                squash=0.9,
                shade=0.18,
            )
    _billow(p, p.far, 0.56, 0.10, rgb("#dfeafb"), rgb("#8fb4e6"))
    _billow(p, p.ground, 0.70, 0.13, rgb("#eff5ff"), rgb("#94b7ea"))
    _billow(p, p.ground, 0.86, 0.19, rgb("#fcfdff"), rgb("#9fc0ef"))
    _billow(p, p.fore, 1.10, 0.24, rgb("#ffffff"), rgb("#d4e3fa"))
    capsule(p.fore, (-X_REACH, 1.5), (X_REACH, 1.5), 0.05, rgb("#d4e3fa"))
