"""The places: each paints itself in three depth layers and, where lamps burn, a layer of their light.

A place is painted anew from a seed, so that no two meadows are the same. Layers are painted in plain daylight; the
hour of the day and the weather are put on when a clip is rendered.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from model.world.art import Art
from model.world.canvas import X_REACH, Canvas, Colour, jitter, mix, rgb

HORIZON = 0.58


@dataclass(frozen=True)
class PlaceLayers:
    """A painted place.

    far, ground, fore: premultiplied RGBA (4, H, W), drawn in that order with growing parallax; lamps: RGB (3, H, W)
    light added after the hour has darkened the place; wet: 0..1, how much the ground mirrors; indoor: no sky, no
    weather.
"""

    far: Tensor
    ground: Tensor
    fore: Tensor
    lamps: Tensor
    wet: float
    indoor: bool


class Painter:
    """What a place needs to paint: three canvases, the lamps, the art and the dice."""

    def __init__(self, seed: int, art: Art, resolution: int, device: torch.device | str = "cpu") -> None:
        self.rng = random.Random(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.art = art
        self.far, self.ground, self.fore, self.lamps = (Canvas(resolution, device) for _ in range(4))
        self.wet = 0.0
        self.indoor = False

    def layers(self) -> PlaceLayers:
        """The painted layers."""
        return PlaceLayers(
            self.far.pixels, self.ground.pixels, self.fore.pixels, self.lamps.pixels[:3], self.wet, self.indoor
        )

    def hills(
        self, canvas: Canvas, level: float, rough: float, top: Colour, bottom: Colour, low: float = 1.2, high: float = 5
    ) -> Tensor:
        """A ridge of hills with light on its back; returns its line (W,)."""
        line = level + canvas.waves(self.rng, rough, low, high)
        shade = canvas.gradient(jitter(self.rng, top, 0.03), jitter(self.rng, bottom, 0.03), level - rough, level + 0.4)
        canvas.over(shade.expand(-1, -1, canvas.width), canvas.below(line))
        return line

    def floor(
        self,
        top: Colour,
        bottom: Colour,
        *,
        level: float = HORIZON + 0.06,
        rough: float = 0.02,
        grain: float = 0.06,
        cells: float = 10,
    ) -> None:
        """The ground everything stands on, with grain."""
        self.hills(self.ground, level, rough, top, bottom, 0.6, 3)
        mask = self.ground.pixels[3]
        speckle = self.ground.noise(self.generator, cells) * grain
        self.ground.pixels[:3] = (self.ground.pixels[:3] * (1 + speckle)).clamp(0, 1) * (mask > 0)

    def scatter(
        self,
        canvas: Canvas,
        name: str,
        count: int,
        base: tuple[float, float],
        height: tuple[float, float],
        *,
        tint: Colour = (1, 1, 1),
        keep_clear: float = 0.0,
    ) -> None:
        """Set `count` pictures at random along the line between two y values, the far ones smaller and first."""
        if not self.art.has(name):
            return
        picture = self.art.sprite(name).frames[0]
        spots = sorted(self.rng.uniform(0, 1) for _ in range(count))
        for depth in spots:
            x = self.rng.uniform(-X_REACH, X_REACH)
            if abs(x) < keep_clear:
                x += keep_clear * (2 if x > 0 else -2)
            y = base[0] + (base[1] - base[0]) * depth
            size = (height[0] + (height[1] - height[0]) * depth) * self.rng.uniform(0.85, 1.15)
            canvas.paste(picture, x, y, size, flip=self.rng.random() < 0.5, tint=jitter(self.rng, tint, 0.06))

    def bushes(self, canvas: Canvas, count: int, level: float, radius: float, colour: Colour) -> None:
        """Round bushes of lit balls along a level."""
        for _ in range(count):
            x = self.rng.uniform(-X_REACH, X_REACH)
            for _ in range(4):
                r = radius * self.rng.uniform(0.6, 1.1)
                canvas.ball(
                    x + self.rng.uniform(-1, 1) * radius,
                    level - r * 0.3,
                    r,
                    jitter(self.rng, colour, 0.05),
                    squash=0.85,
                )


def _meadow(p: Painter) -> None:
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


def _snow(p: Painter) -> None:
    _mountains(p, HORIZON, rgb("#7d93b5"), p.rng.randint(4, 6))
    p.hills(p.far, HORIZON + 0.0, 0.04, rgb("#e3edfa"), rgb("#c3d4ec"))
    p.floor(rgb("#f5f9ff"), rgb("#c6d8f0"), grain=0.03)
    p.scatter(
        p.ground, "evergreen", p.rng.randint(4, 8), (0.64, 0.73), (0.22, 0.40), tint=(0.86, 1.0, 1.05), keep_clear=0.3
    )
    p.bushes(p.ground, p.rng.randint(2, 4), 0.76, 0.05, rgb("#eef4ff"))
    p.bushes(p.fore, p.rng.randint(0, 2), 1.12, 0.12, rgb("#f2f7ff"))


def _forest(p: Painter) -> None:
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


def _desert(p: Painter) -> None:
    for level, top, bottom in ((HORIZON - 0.10, "#e9b872", "#c98c4b"), (HORIZON - 0.02, "#f2c77f", "#d19a55")):
        p.hills(p.far, level, 0.09, rgb(top), rgb(bottom), 1, 3)
    p.floor(rgb("#f7d590"), rgb("#dba75c"), grain=0.05, cells=8, rough=0.03)
    p.scatter(p.ground, "cactus", p.rng.randint(2, 5), (0.66, 0.78), (0.22, 0.36), keep_clear=0.35)
    p.scatter(p.ground, "rock", p.rng.randint(1, 4), (0.68, 1.0), (0.07, 0.14), tint=(1.1, 0.92, 0.75))


def _beach(p: Painter) -> None:
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


def _windows(p: Painter, x0: float, y0: float, x1: float, y1: float, lit: Colour) -> None:
    step_x, step_y = p.rng.uniform(0.045, 0.06), p.rng.uniform(0.06, 0.08)
    y = y0 + 0.04
    while y < y1 - 0.05:
        x = x0 + 0.02
        while x < x1 - step_x * 0.7:
            p.far.box(x, y, x + step_x * 0.55, y + step_y * 0.55, rgb("#a9cbe6"), shade=0)
            if p.rng.random() < 0.6:
                p.lamps.box(x, y, x + step_x * 0.55, y + step_y * 0.55, jitter(p.rng, lit, 0.1), shade=0)
            x += step_x
        y += step_y


def _towers(p: Painter, low: float, high: float, colours: tuple[str, ...], lit: Colour) -> None:
    x = -X_REACH
    while x < X_REACH:
        width, top = p.rng.uniform(0.16, 0.32), p.rng.uniform(low, high)
        p.far.box(x, top, x + width, HORIZON + 0.12, jitter(p.rng, rgb(p.rng.choice(colours)), 0.04), shade=0.25)
        _windows(p, x, top, x + width, HORIZON + 0.05, lit)
        x += width + p.rng.uniform(0.0, 0.02)


def _road(p: Painter, kerb: Colour, tarmac: Colour) -> None:
    p.ground.over(kerb, p.ground.below(HORIZON + 0.08))
    p.ground.over(
        p.ground.gradient(mix(tarmac, (1, 1, 1), 0.08), tarmac, 0.72, 1.2).expand(-1, -1, p.ground.width),
        p.ground.below(HORIZON + 0.14),
    )
    for i in range(-6, 7):
        x = i * 0.34 + p.rng.uniform(-0.03, 0.03)
        p.ground.box(x, 0.955, x + 0.18, 0.975, rgb("#f2ead2"), opacity=0.85)
    p.ground.pixels[:3] *= 1 + p.ground.noise(p.generator, 24) * 0.03
    p.wet = 0.5


def _city(p: Painter) -> None:
    _towers(p, -0.15, 0.32, ("#7f8fa9", "#9a8f9f", "#6f86a0", "#b39b8a", "#8793b5"), rgb("#ffd27a"))
    _road(p, rgb("#b9bcc4"), rgb("#5b6070"))
    for x in (-1.2, -0.62, 0.66, 1.22):
        p.ground.box(x - 0.008, 0.32, x + 0.008, HORIZON + 0.12, rgb("#3c4254"))
        p.ground.ball(x, 0.31, 0.028, rgb("#fff2cf"), shade=0.1)
        p.lamps.ball(x, 0.31, 0.03, rgb("#ffdf9a"), shade=0)
    for _ in range(p.rng.randint(3, 5)):
        x, y, colour = (
            p.rng.uniform(-1.3, 1.2),
            p.rng.uniform(0.3, 0.5),
            p.rng.choice(("#ff4f9a", "#38d6ff", "#8b5cff", "#ffb224", "#4dffa6")),
        )
        p.far.box(x, y, x + 0.13, y + 0.055, rgb(colour), shade=0)
        p.lamps.box(x, y, x + 0.13, y + 0.055, rgb(colour), shade=0)


def _cherry(p: Painter, x: float, base: float, height: float) -> None:
    p.ground.shadow(x, base, height * 0.4, height * 0.06)
    p.ground.box(x - height * 0.04, base - height * 0.55, x + height * 0.04, base, rgb("#6b4a3e"), shade=0.5)
    for _ in range(16):
        angle, reach = p.rng.uniform(-1, 1), p.rng.random() ** 0.5
        p.ground.ball(
            x + angle * height * 0.36 * reach,
            base - height * (0.66 + p.rng.uniform(-0.2, 0.22) * reach),
            height * p.rng.uniform(0.10, 0.17),
            jitter(p.rng, rgb("#f7a9c4"), 0.06),
            squash=0.9,
        )


def _tokyo(p: Painter) -> None:
    _towers(p, 0.10, 0.38, ("#c9b8a8", "#a9b3c4", "#d6c9b6", "#b79f94"), rgb("#ffd68a"))
    _road(p, rgb("#c8c2ba"), rgb("#77757c"))
    p.scatter(p.ground, "shop", p.rng.randint(2, 3), (HORIZON + 0.10, HORIZON + 0.11), (0.34, 0.40), keep_clear=0.35)
    for x in (-1.05, -0.55, 0.58, 1.08):
        _cherry(p, x + p.rng.uniform(-0.06, 0.06), HORIZON + p.rng.uniform(0.10, 0.15), p.rng.uniform(0.48, 0.62))
    for i in range(-5, 6):
        x, y = i * 0.27 + p.rng.uniform(-0.03, 0.03), 0.26 + 0.03 * abs((i % 3) - 1)
        p.ground.ball(x, y, 0.030, rgb("#e2483d"), squash=1.15)
        p.lamps.ball(x, y, 0.030, rgb("#ff7a4a"), squash=1.15, shade=0)


def _reef(p: Painter) -> None:
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


def _room(p: Painter) -> None:
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


def _space(p: Painter) -> None:
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


def _village(p: Painter) -> None:
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


_PAINTERS: Mapping[str, Callable[[Painter], None]] = MappingProxyType({
    "meadow": _meadow, "snow": _snow, "forest": _forest, "desert": _desert, "beach": _beach, "city": _city,
    "tokyo": _tokyo, "reef": _reef, "room": _room, "space": _space, "village": _village,
})  # fmt: skip


def paint(place: str, seed: int, art: Art, *, resolution: int = 256, device: torch.device | str = "cpu") -> PlaceLayers:
    """Paint a place by its id (see the vocabulary) from a seed; resolution is pixels a unit. KeyError for an unknown
    place."""
    painter = Painter(seed, art, resolution, device)
    _PAINTERS[place](painter)
    return painter.layers()
