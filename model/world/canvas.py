"""A small painter on tensors: soft hills, lit balls, boxes, noise and pasted pictures, with antialiased edges.

World coordinates: one unit is the height of a 16:9 frame, x = 0 is its middle, y grows downwards from 0 (top) to 1. A
canvas covers more than a frame so that the camera can move over it. Colours are RGB in 0..1; layers are premultiplied
by alpha.

Axis legend: H, W: pixels of the canvas.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

Colour = Sequence[float]

X_REACH = 1.45
Y_TOP = -0.5
Y_BOTTOM = 1.4


def rgb(code: str) -> tuple[float, float, float]:
    """'#8fd16a' to RGB in 0..1."""
    return (int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255)


def mix(a: Colour, b: Colour, t: float) -> tuple[float, float, float]:
    """Linear mix of two colours, t in 0..1."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def jitter(rng: random.Random, colour: Colour, amount: float = 0.05) -> tuple[float, float, float]:
    """A colour near this one: brightness and hue vary by `amount`."""
    lift = rng.uniform(-amount, amount)
    r, g, b = (min(1.0, max(0.0, c + lift + rng.uniform(-amount, amount) / 2)) for c in colour)
    return (r, g, b)


class Canvas:
    """One premultiplied RGBA layer, (4, H, W) float32, painted back to front."""

    def __init__(self, resolution: int, device: torch.device | str = "cpu") -> None:
        self.resolution = resolution
        self.height = round((Y_BOTTOM - Y_TOP) * resolution)
        self.width = round(2 * X_REACH * resolution)
        self.pixels = torch.zeros(4, self.height, self.width, device=device)
        ys = torch.linspace(Y_TOP, Y_BOTTOM, self.height, device=device)
        xs = torch.linspace(-X_REACH, X_REACH, self.width, device=device)
        self.y = ys[:, None]
        self.x = xs[None, :]
        self.xs = xs

    def over(self, colour: Tensor | Colour, alpha: Tensor) -> None:
        """Paint a colour, (3,) or (3, H, W), where alpha (H, W) in 0..1 says."""
        paint = colour if isinstance(colour, Tensor) else torch.tensor(colour, device=alpha.device)[:, None, None]
        self.pixels[:3] = paint * alpha + self.pixels[:3] * (1 - alpha)
        self.pixels[3] = alpha + self.pixels[3] * (1 - alpha)

    def gradient(self, top: Colour, bottom: Colour, y0: float = 0.0, y1: float = 1.0) -> Tensor:
        """(3, H, 1) colours from top at y0 to bottom at y1."""
        t = ((self.y - y0) / (y1 - y0)).clamp(0, 1)[None]
        a, b = (torch.tensor(c, device=t.device)[:, None, None] for c in (top, bottom))
        return a + (b - a) * t

    def waves(self, rng: random.Random, roughness: float, low: float = 1.0, high: float = 6.0) -> Tensor:
        """A random smooth curve over x, (W,), about -1..1 times roughness."""
        curve = torch.zeros_like(self.xs)
        for _ in range(5):
            frequency = rng.uniform(low, high)
            curve = curve + torch.sin(self.xs * frequency + rng.uniform(0, 6.3)) * (low / frequency)
        return curve * roughness / 2.5

    def below(self, curve: Tensor | float) -> Tensor:
        """Antialiased mask (H, W) of everything below a curve (W,) of y values."""
        line = curve if isinstance(curve, Tensor) else torch.full_like(self.xs, curve)
        return ((self.y - line[None]) * self.resolution + 0.5).clamp(0, 1)

    def noise(self, generator: torch.Generator, cells: float, octaves: int = 3) -> Tensor:
        """Smooth noise (H, W), about -1..1; cells is how many features one unit holds."""
        total = torch.zeros(1, 1, self.height, self.width, device=self.pixels.device)
        amplitude, norm = 1.0, 0.0
        for octave in range(octaves):
            count = cells * 2**octave
            size = (max(2, round((Y_BOTTOM - Y_TOP) * count)), max(2, round(2 * X_REACH * count)))
            grid = torch.rand(1, 1, *size, generator=generator).to(total.device) * 2 - 1
            total = total + amplitude * F.interpolate(grid, size=total.shape[-2:], mode="bicubic", align_corners=False)
            norm += amplitude
            amplitude *= 0.5
        return total[0, 0] / norm

    def _window(self, x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice] | None:
        left = max(0, math.floor((x0 + X_REACH) * self.resolution))
        right = min(self.width, math.ceil((x1 + X_REACH) * self.resolution) + 1)
        top = max(0, math.floor((y0 - Y_TOP) * self.resolution))
        bottom = min(self.height, math.ceil((y1 - Y_TOP) * self.resolution) + 1)
        return (slice(top, bottom), slice(left, right)) if right > left and bottom > top else None

    def ball(
        self, cx: float, cy: float, radius: float, colour: Colour, *, squash: float = 1.0, shade: float = 0.35
    ) -> None:
        """A ball lit from the upper left; squash < 1 flattens it."""
        window = self._window(cx - radius, cy - radius * squash, cx + radius, cy + radius * squash)
        if window is None:
            return
        dx = (self.x[:, window[1]] - cx) / radius
        dy = (self.y[window[0]] - cy) / (radius * squash)
        distance = (dx * dx + dy * dy).sqrt()
        alpha = ((1 - distance) * radius * self.resolution + 0.5).clamp(0, 1)
        light = 1 + shade * (-(dx * 0.5 + dy * 0.85)) - shade * 0.4 * distance.square()
        self._blend(window, torch.tensor(colour, device=alpha.device)[:, None, None] * light[None], alpha)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, colour: Colour, *, shade: float = 0.15, opacity: float = 1.0
    ) -> None:
        """A box, a little lighter on its left."""
        window = self._window(x0, y0, x1, y1)
        if window is None:
            return
        x, y, scale = self.x[:, window[1]], self.y[window[0]], self.resolution
        across = ((x - x0) * scale + 0.5).clamp(0, 1) * ((x1 - x) * scale + 0.5).clamp(0, 1)
        down = ((y - y0) * scale + 0.5).clamp(0, 1) * ((y1 - y) * scale + 0.5).clamp(0, 1)
        light = 1 + shade * (0.5 - (x - x0) / max(1e-6, x1 - x0)) + 0 * y
        self._blend(window, torch.tensor(colour, device=y.device)[:, None, None] * light[None], across * down * opacity)

    def shadow(self, cx: float, cy: float, rx: float, ry: float, strength: float = 0.35) -> None:
        """A soft dark ellipse on what is painted so far; alpha is left as it is."""
        window = self._window(cx - 2 * rx, cy - 2 * ry, cx + 2 * rx, cy + 2 * ry)
        if window is None:
            return
        dx, dy = (self.x[:, window[1]] - cx) / rx, (self.y[window[0]] - cy) / ry
        dark = 1 - strength * torch.exp(-(dx * dx + dy * dy))
        self.pixels[:3, window[0], window[1]] *= dark

    def paste(
        self, picture: Tensor, cx: float, base: float, height: float, *, flip: bool = False, tint: Colour = (1, 1, 1)
    ) -> None:
        """Set a picture, uint8 (4, P, P), on the line y = base; height in units; with a contact shadow."""
        side = max(2, round(height * self.resolution))
        whole = picture.to(self.pixels.device).float() / 255
        whole = torch.cat([whole[:3] * whole[3:], whole[3:]])  # premultiplied, so that edges keep their colour
        small = F.interpolate(whole[None], size=(side, side), mode="bilinear", antialias=True, align_corners=False)[0]
        small = small.flip(-1) if flip else small
        self.shadow(cx, base - 0.01, height * 0.42, height * 0.07)
        left = round((cx + X_REACH) * self.resolution) - side // 2
        top = round((base - Y_TOP) * self.resolution) - side
        x0, x1 = max(0, left), min(self.width, left + side)
        y0, y1 = max(0, top), min(self.height, top + side)
        if x1 <= x0 or y1 <= y0:
            return
        part = small[:, y0 - top : y1 - top, x0 - left : x1 - left]
        colour = (part[:3] * torch.tensor(tint, device=part.device)[:, None, None]).clamp(0, 1)
        area = self.pixels[:, y0:y1, x0:x1]
        area[:3] = colour + area[:3] * (1 - part[3])
        area[3] = part[3] + area[3] * (1 - part[3])

    def _blend(self, window: tuple[slice, slice], colour: Tensor, alpha: Tensor) -> None:
        area = self.pixels[:, window[0], window[1]]
        area[:3] = colour.clamp(0, 1) * alpha + area[:3] * (1 - alpha)
        area[3] = alpha + area[3] * (1 - alpha)
