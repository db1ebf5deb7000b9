"""Open land: meadow, snowy mountains, forest, desert, village."""

from __future__ import annotations

import torch

from model.world.canvas import Colour, jitter, rgb
from model.world.places.painter import HORIZON, Painter


def meadow(p: Painter) -> None:
    """Green hills with trees, bushes and flowers."""
    p.hills(p.far, HORIZON - 0.12, 0.10, rgb("#9ccf9a"), rgb("#5ea86b"))
    p.hills(p.far, HORIZON - 0.03, 0.07, rgb("#8fd16a"), rgb("#4f9f4f"))
    p.floor(rgb("#a4dc62"), rgb("#4fa43c"), grain=0.10, cells=14)
    p.scatter(p.ground, "tree", p.rng.randint(2, 5), (0.66, 0.72), (0.30, 0.42), keep_clear=0.35)
    p.bushes(p.ground, p.rng.randint(2, 5), 0.69, 0.05, rgb("#5fb04a"))
    for name in ("blossom", "tulip", "hibiscus"):
        p.scatter(p.ground, name, p.rng.randint(2, 6), (0.74, 1.0), (0.05, 0.10))
    p.scatter(p.fore, "blossom", p.rng.randint(0, 3), (1.08, 1.16), (0.16, 0.22))


def _mountains(p: Painter, level: float, rock: Colour, count: int) -> None:
    canvas = p.far
    for _ in range(count):
        peak_x, peak_y, slope = p.rng.uniform(-1.4, 1.4), level - p.rng.uniform(0.22, 0.42), p.rng.uniform(0.7, 1.1)
        ragged = canvas.waves(p.rng, 0.02, 14, 40)
        line = peak_y + (canvas.xs - peak_x).abs() * slope + ragged
        shade = 1 + 0.16 * torch.tanh((peak_x - canvas.xs) * 14 + ragged * 60)
        colour = torch.tensor(jitter(p.rng, rock, 0.03), device=shade.device)[:, None, None] * shade[None, None]
        canvas.over(colour.expand(-1, canvas.height, -1), canvas.below(line))
        snow = canvas.below(line) * (1 - canvas.below(line * 0 + peak_y + 0.13 + canvas.waves(p.rng, 0.05, 18, 50)))
        white = (
            torch.tensor(rgb("#f4f8ff"), device=shade.device)[:, None, None]
            * (1 + 0.10 * torch.tanh((peak_x - canvas.xs) * 14))[None, None]
        )
        canvas.over(white.clamp(0, 1).expand(-1, canvas.height, -1), snow)


def snow(p: Painter) -> None:
    """A snowy meadow under snow-capped mountains, firs to both sides."""
    _mountains(p, HORIZON, rgb("#7d93b5"), p.rng.randint(4, 6))
    p.hills(p.far, HORIZON + 0.0, 0.04, rgb("#e3edfa"), rgb("#c3d4ec"))
    p.floor(rgb("#f5f9ff"), rgb("#c6d8f0"), grain=0.03)
    p.scatter(
        p.ground, "evergreen", p.rng.randint(4, 8), (0.64, 0.73), (0.22, 0.40), tint=(0.86, 1.0, 1.05), keep_clear=0.3
    )
    p.bushes(p.ground, p.rng.randint(2, 4), 0.76, 0.05, rgb("#eef4ff"))
    p.bushes(p.fore, p.rng.randint(0, 2), 1.12, 0.12, rgb("#f2f7ff"))


def forest(p: Painter) -> None:
    """Tall dark trunks, firs and mushrooms."""
    p.hills(p.far, 0.16, 0.08, rgb("#2f6b46"), rgb("#5d9a5a"), 3, 12)
    for _ in range(26):
        x, w = p.rng.uniform(-1.5, 1.5), p.rng.uniform(0.012, 0.035)
        p.far.box(x, -0.5, x + w, HORIZON + 0.06, jitter(p.rng, rgb("#4c5a3c"), 0.05), shade=0.5)
    p.floor(rgb("#6fa04a"), rgb("#3b6d2f"), level=HORIZON + 0.03, grain=0.16, cells=16)
    for name, size in (("evergreen", (0.55, 0.85)), ("tree", (0.50, 0.75))):
        p.scatter(p.ground, name, p.rng.randint(3, 6), (0.63, 0.72), size, tint=(0.8, 0.92, 0.8), keep_clear=0.42)
    p.scatter(p.ground, "mushroom_prop", p.rng.randint(1, 4), (0.76, 0.98), (0.07, 0.12))
    p.scatter(p.ground, "herb", p.rng.randint(2, 5), (0.74, 1.0), (0.07, 0.13))
    p.scatter(p.fore, "herb", p.rng.randint(0, 3), (1.08, 1.2), (0.22, 0.3))


def desert(p: Painter) -> None:
    """Dunes with cacti and rocks."""
    for level, top, bottom in ((HORIZON - 0.10, "#e9b872", "#c98c4b"), (HORIZON - 0.02, "#f2c77f", "#d19a55")):
        p.hills(p.far, level, 0.09, rgb(top), rgb(bottom), 1, 3)
    p.floor(rgb("#f7d590"), rgb("#dba75c"), grain=0.05, cells=8, rough=0.03)
    p.scatter(p.ground, "cactus", p.rng.randint(2, 5), (0.66, 0.78), (0.22, 0.36), keep_clear=0.35)
    p.scatter(p.ground, "rock", p.rng.randint(1, 4), (0.68, 1.0), (0.07, 0.14), tint=(1.1, 0.92, 0.75))


def village(p: Painter) -> None:
    """Small houses around a sandy square."""
    p.hills(p.far, HORIZON - 0.10, 0.08, rgb("#8fc3a0"), rgb("#5f9f74"))
    p.floor(rgb("#9fd06a"), rgb("#5c9f45"), level=HORIZON + 0.02, grain=0.08)
    p.ground.ball(0, 0.96, 1.1, rgb("#e2c692"), squash=0.17, shade=0.05)
    for name in ("house", "garden_house", "hut"):
        p.scatter(p.ground, name, p.rng.randint(1, 2), (0.66, 0.72), (0.36, 0.46), keep_clear=0.38)
    p.scatter(p.ground, "tree", p.rng.randint(1, 3), (0.64, 0.70), (0.30, 0.38), keep_clear=0.4)
    for _ in range(5):
        x = p.rng.uniform(-1.3, 1.3)
        p.lamps.ball(x, 0.56, 0.02, rgb("#ffd489"), shade=0)
    p.scatter(p.ground, "blossom", p.rng.randint(2, 5), (0.78, 1.0), (0.05, 0.08))
