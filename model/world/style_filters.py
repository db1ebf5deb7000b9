"""Picture operations that the styles are made of, on batches of frames, on any device.

Textures are drawn once a shot from its seed and stay where they are on the screen, as paper does under a drawing; a
texture that "boils" changes place a few times a second.

Axis legend: T: frames; H, W: pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

FPS = 16
BOIL = 6  # drawings change this often a second: more reads as noise, less as a filter that is stuck to the glass


@dataclass(frozen=True)
class Sheet:
    """What a style is drawn on: pixels of a frame, the shot's seed, where tensors live."""

    height: int
    width: int
    seed: int
    device: torch.device

    @property
    def unit(self) -> float:
        """Pixels that are 1/256 of the shorter side: strokes keep their size in the picture at any resolution."""
        return min(self.height, self.width) / 256

    def px(self, size: float, least: int = 1) -> int:
        """A length of so many units in whole pixels."""
        return max(least, round(size * self.unit))

    def generator(self, salt: int) -> torch.Generator:
        """A generator of this shot's own, on the CPU so that devices agree."""
        return torch.Generator().manual_seed((self.seed * 31 + salt) % (1 << 62))

    def axes(self) -> tuple[Tensor, Tensor]:
        """x (1, W) and y (H, 1) of the pixels, in units."""
        x = torch.arange(self.width, device=self.device) / self.unit
        y = torch.arange(self.height, device=self.device) / self.unit
        return x[None, :], y[:, None]

    def grain(self, salt: int, size: float = 1.0) -> Tensor:
        """Grain (H, W), mean 0 and deviation 1, of specks of so many units."""
        cell = max(1.0, size * self.unit)
        shape = (max(2, round(self.height / cell)), max(2, round(self.width / cell)))
        noise = torch.randn(1, 1, *shape, generator=self.generator(salt)).to(self.device)
        noise = F.interpolate(noise, size=(self.height, self.width), mode="bilinear", align_corners=False)[0, 0]
        return (noise - noise.mean()) / noise.std().clamp(min=1e-6)

    def clouds(self, salt: int, size: float, octaves: int = 3) -> Tensor:
        """Soft noise (H, W), about -1..1, whose largest features are so many units wide."""
        total = torch.zeros(self.height, self.width, device=self.device)
        weight, norm = 1.0, 0.0
        for octave in range(octaves):
            cell = size * self.unit / 2**octave
            shape = (max(2, round(self.height / cell) + 1), max(2, round(self.width / cell) + 1))
            grid = torch.rand(1, 1, *shape, generator=self.generator(salt + 101 * octave)).to(self.device) * 2 - 1
            wave = F.interpolate(grid, size=(self.height, self.width), mode="bicubic", align_corners=False)[0, 0]
            total, norm, weight = total + weight * wave, norm + weight, weight / 2
        return total / norm * 1.4

    def streaks(self, salt: int, angle: float, pitch: float, length: float) -> Tensor:
        """Noise (H, W) in 0..1, evenly spread, drawn out along a direction (radians): wax, hatching, fibres."""
        x, y = self.axes()
        along, across = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
        reach = 2 * (float(x.max()) + float(y.max()) + 1)
        shape = (max(4, round(reach / pitch)), max(4, round(reach / length)))
        noise = torch.rand(1, 1, *shape, generator=self.generator(salt)).to(self.device)
        grid = torch.stack([along / reach, across / reach], -1)[None] * 2
        out = F.grid_sample(noise, grid, mode="bilinear", padding_mode="reflection", align_corners=False)[0, 0]
        return level(out)

    def hatching(self, salt: int, angle: float, pitch: float) -> Tensor:
        """Ruled strokes (H, W) in 0..1 that waver as a hand does: 0 on the middle of a stroke, 1 between two."""
        x, y = self.axes()
        across = y * math.cos(angle) - x * math.sin(angle) + self.clouds(salt, 46, 2) * pitch * 0.55
        return 0.5 - 0.5 * torch.cos(across * (2 * math.pi / pitch))


def level(values: Tensor) -> Tensor:
    """Spread values evenly over 0..1, keeping their order (to 1/256)."""
    low, high = values.min(), values.max()
    bins = ((values - low) / (high - low).clamp(min=1e-6) * 255).round().long()
    counts = torch.bincount(bins.flatten(), minlength=256).float()
    return (counts.cumsum(0) / counts.sum())[bins]


def luma(frames: Tensor) -> Tensor:
    """Lightness (..., 1, H, W) of (..., 3, H, W)."""
    red, green, blue = frames.unbind(-3)
    return (0.30 * red + 0.59 * green + 0.11 * blue).unsqueeze(-3)


def box(frames: Tensor, radius: int) -> Tensor:
    """Mean over a square of 2 radius + 1 pixels, the rim repeated; sums of slices are faster than pooling."""
    height, width = frames.shape[-2:]
    padded = F.pad(frames, (radius, radius, radius, radius), mode="replicate")
    rows = padded[..., :width].clone()
    for shift in range(1, 2 * radius + 1):
        rows += padded[..., shift : shift + width]
    out = rows[..., :height, :].clone()
    for shift in range(1, 2 * radius + 1):
        out += rows[..., shift : shift + height, :]
    return out.div_((2 * radius + 1) ** 2)


def glow(frames: Tensor, radius: int) -> Tensor:
    """A wide soft blur, at a quarter of the size: cheap, and smooth enough for light."""
    height, width = frames.shape[-2:]
    small = F.avg_pool2d(frames, 4, ceil_mode=True)
    reach = max(1, radius // 4)
    return resize(box(box(small, reach), reach), height, width)


def resize(frames: Tensor, height: int, width: int) -> Tensor:
    """Bilinear (T, C, height, width)."""
    return F.interpolate(frames, size=(height, width), mode="bilinear", align_corners=False)


def slopes(height: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences across and down, same shape, 0 on the rim."""
    across, down = torch.zeros_like(height), torch.zeros_like(height)
    torch.sub(height[..., 2:], height[..., :-2], out=across[..., 1:-1]).mul_(0.5)
    torch.sub(height[..., 2:, :], height[..., :-2, :], out=down[..., 1:-1, :]).mul_(0.5)
    return across, down


def contours(frames: Tensor, radius: int = 1) -> Tensor:
    """How strong an edge is, (T, 1, H, W) about 0..1: the steepest of the three colours, seen a little softly."""
    across, down = slopes(box(frames, radius) if radius else frames)
    return across.abs_().add_(down.abs_()).amax(1, keepdim=True)


def flatten(frames: Tensor, radius: int) -> Tensor:
    """Kuwahara's filter at half size: flat patches with clear borders, as of a broad brush. (T, 3, H, W)."""
    height, width = frames.shape[-2:]
    small = F.avg_pool2d(frames, 2, ceil_mode=True)
    reach = max(1, radius // 2)
    light = luma(small)
    stats = box(torch.cat([small, light, light * light], 1), reach)
    stats = torch.cat([stats[:, :3], stats[:, 4:] - stats[:, 3:4].square()], 1)
    padded = F.pad(stats, (reach,) * 4, mode="replicate")
    h, w = small.shape[-2:]
    best = padded[:, :, :h, :w]
    for top, left in ((0, 2 * reach), (2 * reach, 0), (2 * reach, 2 * reach)):
        other = padded[:, :, top : top + h, left : left + w]
        best = torch.where(other[:, 3:] < best[:, 3:], other, best)
    return resize(best[:, :3], height, width)


def expose(frames: Tensor, wanted: float, most: float = 1.0) -> Tensor:
    """Lift dark frames so that their mean lightness comes near `wanted`; light ones stay. most: 1 for all the way."""
    mean = frames.mean((1, 2, 3), keepdim=True).clamp(0.02, 0.98)
    power = (torch.log(torch.tensor(wanted)).to(mean.device) / mean.log()).clamp(0.25, 1.0)
    return frames.clamp(min=1e-4) ** (1 + (power - 1) * most)


def saturate(frames: Tensor, amount: float) -> Tensor:
    """Colours further from (amount > 1) or nearer to grey; not clamped."""
    grey = luma(frames)
    return grey + (frames - grey) * amount


def displace(frames: Tensor, dx: Tensor, dy: Tensor) -> Tensor:
    """Move every pixel by dx, dy (T or 1, H, W) pixels: wavering outlines."""
    height, width = frames.shape[-2:]
    x = torch.arange(width, device=frames.device) + 0.5 + dx
    y = torch.arange(height, device=frames.device)[:, None] + 0.5 + dy
    grid = torch.stack([x / width * 2 - 1, y / height * 2 - 1], -1).expand(len(frames), -1, -1, -1)
    return F.grid_sample(frames, grid, mode="bilinear", padding_mode="border", align_corners=False)


def boil(texture: Tensor, first: int, frames: int, seed: int) -> Tensor:
    """A texture (H, W) that jumps to another place six times a second: (T, 1, H, W) for frames first, first + 1, ..."""
    height, width = texture.shape
    out = []
    for frame in range(first, first + frames):
        step = frame * BOIL // FPS % 4
        shift = ((seed * 7 + step * 5381) % height, (seed * 13 + step * 7919) % width)
        out.append(torch.roll(texture, shift, (0, 1)))
    return torch.stack(out)[:, None]


def tone(code: str, device: torch.device) -> Tensor:
    """'#f4ecd8' as (1, 3, 1, 1) in 0..1."""
    return torch.tensor([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], device=device)[None, :, None, None]
