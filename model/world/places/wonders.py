"""Far from home: the moon."""

from __future__ import annotations

import torch

from model.world.canvas import rgb
from model.world.places.painter import HORIZON, Painter


def space(p: Painter) -> None:
    """Grey craters under stars and planets."""
    p.far.over(
        p.far.gradient(rgb("#0b1030"), rgb("#241a4d"), -0.2, 0.8).expand(-1, -1, p.far.width),
        torch.ones_like(p.far.pixels[3]),
    )
    cloud = (p.far.noise(p.generator, 1.5).clamp(min=0)) * 0.5
    p.far.over(rgb(p.rng.choice(("#7a3fb0", "#2f6fb5", "#b0487f"))), cloud)
    for _ in range(110):
        p.far.ball(
            p.rng.uniform(-1.45, 1.45),
            p.rng.uniform(-0.5, 0.7),
            p.rng.choice((0.003, 0.004, 0.006)),
            rgb("#ffffff"),
            shade=0,
        )
    for name, size in (("ringed_planet", (0.22, 0.34)), ("earth", (0.16, 0.26))):
        p.scatter(p.far, name, 1, (0.22, 0.45), size, keep_clear=0.25)
    p.floor(rgb("#c9ccd6"), rgb("#7d8294"), level=HORIZON + 0.10, rough=0.03, grain=0.08, cells=8)
    for _ in range(12):
        x, y = p.rng.uniform(-1.4, 1.4), p.rng.uniform(0.74, 1.1)
        r = p.rng.uniform(0.03, 0.08) * (0.5 + y)
        p.ground.ball(x, y, r, rgb("#9a9fae"), squash=0.28, shade=-0.5)
    p.indoor = True
