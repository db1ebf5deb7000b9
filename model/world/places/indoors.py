"""Indoors: the living room."""

from __future__ import annotations

import torch

from model.world.canvas import X_REACH, jitter, mix, rgb
from model.world.places.painter import HORIZON, Painter


def room(p: Painter) -> None:
    """A papered room with a window, pictures, a couch and a round carpet."""
    wall = jitter(p.rng, rgb(p.rng.choice(("#f0d3b0", "#bcd4c6", "#d9c3dd", "#c6d3e8"))), 0.03)
    p.far.over(wall, torch.ones_like(p.far.pixels[3]))
    for i in range(-12, 13):
        p.far.box(i * 0.12, -0.5, i * 0.12 + 0.05, HORIZON + 0.1, mix(wall, (1, 1, 1), 0.25), shade=0)
    x = p.rng.choice((-0.75, 0.45))
    p.far.box(x, 0.10, x + 0.36, 0.46, rgb("#fbf6ec"), shade=0)
    p.far.box(x + 0.025, 0.125, x + 0.335, 0.435, rgb("#9fd4f5"), shade=0.1)
    p.far.box(x + 0.172, 0.12, x + 0.188, 0.44, rgb("#fbf6ec"), shade=0)
    p.scatter(p.far, "picture", 2, (0.36, 0.40), (0.18, 0.22), keep_clear=0.15)
    p.floor(rgb("#c98f5c"), rgb("#a56f43"), level=HORIZON + 0.08, rough=0.0, grain=0.05, cells=6)
    for i in range(8):
        p.ground.box(-X_REACH, 0.70 + i * i * 0.012, X_REACH, 0.703 + i * i * 0.012, rgb("#8a5a35"), opacity=0.5)
    p.ground.ball(
        0, 0.90, 0.62, jitter(p.rng, rgb(p.rng.choice(("#c9564f", "#4f7fc9", "#5aa382"))), 0.05), squash=0.16, shade=0.1
    )
    p.scatter(p.ground, "couch", 1, (0.72, 0.73), (0.50, 0.56), keep_clear=0.35)
    p.scatter(p.ground, "plant", p.rng.randint(1, 2), (0.72, 0.76), (0.28, 0.36), keep_clear=0.45)
    p.scatter(p.ground, "books", p.rng.randint(0, 2), (0.80, 0.98), (0.12, 0.16), keep_clear=0.4)
    p.lamps.ball(p.rng.uniform(-0.6, 0.6), 0.02, 0.10, rgb("#ffcf87"), shade=0)
    p.indoor = True
