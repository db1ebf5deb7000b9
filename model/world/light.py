"""Light and air: the sky of an hour, the tint it lays on everything, fog, and what falls from above."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from model.world.canvas import X_REACH, Canvas, mix, rgb

WET_SKY = ("rain", "snowfall", "fog")


@dataclass(frozen=True)
class Hour:
    """The light of an hour. top, horizon: sky colours; tint: RGB factor on places; actor: the gentler one on actors;
    lamps: how bright lamps burn, 0..1; fog: the colour of distance."""

    top: tuple[float, float, float]
    horizon: tuple[float, float, float]
    tint: tuple[float, float, float]
    actor: tuple[float, float, float]
    lamps: float
    fog: tuple[float, float, float]


HOURS: Mapping[str, Hour] = MappingProxyType(
    {
        "day": Hour(rgb("#3f8fe8"), rgb("#c4e6fb"), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 0.0, rgb("#dfeaf2")),
        "golden": Hour(rgb("#7fa6cf"), rgb("#ffd27d"), (1.06, 0.88, 0.62), (1.05, 0.93, 0.76), 0.25, rgb("#f7dcb0")),
        "dusk": Hour(rgb("#3d3378"), rgb("#ff8f70"), (0.76, 0.56, 0.74), (0.90, 0.76, 0.88), 0.8, rgb("#b98aa6")),
        "night": Hour(rgb("#070b28"), rgb("#27366f"), (0.30, 0.37, 0.62), (0.62, 0.68, 0.92), 1.0, rgb("#39456f")),
    }
)


def paint_sky(time: str, weather: str, seed: int, resolution: int, device: torch.device | str = "cpu") -> Tensor:
    """The sky of an hour as RGB (3, H, W) on the canvas: gradient, sun or moon, stars, clouds."""
    rng = random.Random(seed)
    hour, canvas = HOURS[time], Canvas(resolution, device)
    dull = 0.65 if weather in WET_SKY else 0.0
    grey = mix(hour.fog, (0.62, 0.66, 0.72), 0.4 if time == "day" else 0.0)
    sky = canvas.gradient(mix(hour.top, grey, dull), mix(hour.horizon, grey, dull), -0.1, 0.60)
    canvas.over(sky.expand(-1, -1, canvas.width), torch.ones_like(canvas.pixels[3]))
    if time == "night" and dull == 0:
        for _ in range(90):
            canvas.ball(
                rng.uniform(-X_REACH, X_REACH),
                rng.uniform(-0.5, 0.5),
                rng.choice((0.003, 0.004, 0.005)),
                rgb("#f2f4ff"),
                shade=0,
            )
    if dull == 0:
        _luminary(canvas, time, rng)
    for _ in range(rng.randint(2, 5) if weather != "clear" else rng.randint(0, 4)):
        _cloud(
            canvas,
            rng,
            mix(mix(hour.horizon, (1, 1, 1), 0.55 if time in ("day", "golden") else 0.12), grey, dull * 0.6),
        )
    return canvas.pixels[:3]


def _luminary(canvas: Canvas, time: str, rng: random.Random) -> None:
    x = rng.choice((-1, 1)) * rng.uniform(0.35, 0.75)
    y, radius, colour = {
        "day": (0.12, 0.05, "#fff6d0"),
        "golden": (0.36, 0.07, "#fff0bd"),
        "dusk": (0.46, 0.08, "#ffd08a"),
        "night": (0.16, 0.06, "#f1f0e0"),
    }[time]
    glow = torch.exp(-(((canvas.x - x) ** 2 + (canvas.y - y) ** 2) / (0.028 if time != "night" else 0.012)))
    canvas.over(rgb(colour), glow * 0.55)
    canvas.ball(x, y, radius, rgb(colour), shade=0.05)


def _cloud(canvas: Canvas, rng: random.Random, colour: tuple[float, float, float]) -> None:
    x, y, size = rng.uniform(-1.4, 1.4), rng.uniform(-0.1, 0.34), rng.uniform(0.05, 0.09)
    for k in range(6):
        canvas.ball(
            x + (k - 2.5) * size * 0.7,
            y - size * 0.35 * (2.5 - abs(k - 2.5)) + rng.uniform(-0.01, 0.01),
            size * rng.uniform(0.8, 1.1),
            colour,
            squash=0.75,
            shade=0.12,
        )


@dataclass(frozen=True)
class Fall:
    """Something that falls: colour, opacity, speed (units a second, x and y), size, and how many in a tile of one
    unit."""

    colour: tuple[float, float, float]
    opacity: float
    speed: tuple[float, float]
    size: tuple[float, float]
    count: int


FALLS: Mapping[str, Fall] = MappingProxyType(
    {
        "rain": Fall((0.82, 0.88, 0.97), 0.50, (-0.12, 1.9), (0.0030, 0.040), 46),
        "snowfall": Fall((1.0, 1.0, 1.0), 0.92, (0.05, 0.24), (0.0085, 0.0085), 38),
        "petals": Fall((1.0, 0.72, 0.82), 0.95, (0.16, 0.20), (0.0120, 0.0075), 22),
    }
)


def fall_tile(weather: str, seed: int, resolution: int, device: torch.device | str = "cpu") -> Tensor:
    """A tile (R, R) of falling things' opacity that repeats in both directions; one tile is one unit."""
    fall, rng = FALLS[weather], random.Random(seed)
    axis = torch.arange(resolution, device=device) / resolution
    tile = torch.zeros(resolution, resolution, device=device)
    for _ in range(fall.count):
        x, y, scale = rng.random(), rng.random(), rng.uniform(0.6, 1.3)
        dx = ((axis - x + 0.5) % 1 - 0.5)[None, :] / (fall.size[0] * scale)
        dy = ((axis - y + 0.5) % 1 - 0.5)[:, None] / (fall.size[1] * scale)
        tile = torch.maximum(tile, ((1.15 - (dx * dx + dy * dy).sqrt()) * 2.5).clamp(0, 1))
    return tile
