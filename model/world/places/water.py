"""Water: beach and coral reef."""

from __future__ import annotations

import torch

from model.world.canvas import rgb
from model.world.places.painter import HORIZON, Painter


def beach(p: Painter) -> None:
    canvas = p.far
    sea = canvas.gradient(rgb("#2f8fc9"), rgb("#66d3d8"), HORIZON - 0.06, HORIZON + 0.14)
    canvas.over(sea.expand(-1, -1, canvas.width), canvas.below(HORIZON - 0.06))
    for _ in range(14):
        y = HORIZON - 0.05 + p.rng.random() ** 1.5 * 0.16
        x = p.rng.uniform(-1.4, 1.3)
        canvas.box(x, y, x + p.rng.uniform(0.08, 0.4), y + 0.006, rgb("#dff7ff"), opacity=0.7)
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
