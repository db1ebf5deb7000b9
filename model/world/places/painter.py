"""What a place is painted with: layers, canvases, dice, and the brushes that many places share."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch
from torch import Tensor

from model.world.art import Art
from model.world.canvas import X_REACH, Canvas, Colour, jitter
from model.world.places.shapes import shine

HORIZON = 0.58


@dataclass(frozen=True)
class PlaceLayers:
    """A painted place.

    far, ground, fore: premultiplied RGBA (4, H, W), drawn in that order with growing parallax; lamps: RGB (3, H, W)
    light far away, added after the hour has darkened the place; near: the same for lamps that stand on the ground; wet:
    0..1, how much the ground mirrors in rain, and mirror: 0..1, how much it always does; indoor: no sky, no weather;
    tint: RGB factor on actors, the colour of the light here; floor: the y below which there is open ground, where snow
    lies and puddles stand, more than 1 if there is none; steady: it is lit by its own lamps, the same at every hour;
    hearth: 0..1, how far its lamps warm it when it is dark outside.
    """

    far: Tensor
    ground: Tensor
    fore: Tensor
    lamps: Tensor
    wet: float
    indoor: bool
    near: Tensor | None = None
    mirror: float = 0.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    floor: float = HORIZON + 0.07
    steady: bool = False
    hearth: float = 0.0


class Painter:
    """What a place needs to paint: three canvases, two of lamps, the art, the dice and the word of its sign, if any."""

    def __init__(
        self, seed: int, art: Art, resolution: int, device: torch.device | str = "cpu", sign: str | None = None
    ) -> None:
        self.rng = random.Random(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.art = art
        self.sign = sign
        self.far, self.ground, self.fore, self.lamps, self.near = (Canvas(resolution, device) for _ in range(5))
        self.wet = self.mirror = 0.0
        self.indoor = False
        self.tint = (1.0, 1.0, 1.0)
        self.open_from = HORIZON + 0.07
        self.steady, self.hearth = False, 0.0

    def layers(self) -> PlaceLayers:
        """The painted layers; nothing near touches the sides, where it would be drawn out."""
        self.fore.pixels[:, :, 0] = self.fore.pixels[:, :, -1] = 0
        return PlaceLayers(
            self.far.pixels, self.ground.pixels, self.fore.pixels, self.lamps.pixels[:3], self.wet, self.indoor,
            self.near.pixels[:3], self.mirror, self.tint, self.open_from, self.steady, self.hearth,
        )  # fmt: skip

    def backdrop(self, top: Colour, bottom: Colour, y0: float = 0.0, y1: float = 1.0) -> None:
        """A wall or a distance without a sky: one gradient over all of the far layer."""
        shade = self.far.gradient(top, bottom, y0, y1).expand(-1, -1, self.far.width)
        self.far.over(shade, torch.ones_like(self.far.pixels[3]))

    def lamp(self, canvas: Canvas, x: float, y: float, radius: float, colour: Colour, *, halo: float = 4.0) -> None:
        """A lamp that is lit when the hour is dark; canvas: `lamps` far away, `near` on the ground."""
        canvas.ball(x, y, radius, colour, shade=0)
        shine(canvas, x, y, radius * halo, colour, 0.45)

    def put(
        self, canvas: Canvas, name: str, x: float, y: float, height: float, *, flip: bool = False,
        tint: Colour = (1, 1, 1),
    ) -> None:  # fmt: skip
        """Set one picture on a line, if the art has it."""
        if self.art.has(name):
            canvas.paste(self.art.sprite(name).frames[0], x, y, height, flip=flip, tint=tint)

    def spots(self, count: int, *, clear: float = 0.0) -> list[float]:
        """`count` x values spread over the canvas with some disorder, none nearer to the middle than `clear`."""
        step = 2 * (X_REACH - 0.1) / count
        at = [-X_REACH + 0.1 + step * (i + self.rng.uniform(0.2, 0.8)) for i in range(count)]
        return [x if abs(x) >= clear else clear * (1 if x > 0 else -1) + x * 0.3 for x in at]

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
