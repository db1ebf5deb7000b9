"""What a place is painted with: layers, canvases, dice, and the brushes that many places share."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch
from torch import Tensor

from model.world.art import Art
from model.world.canvas import X_REACH, Canvas, Colour, jitter, rgb

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
