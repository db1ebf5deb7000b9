"""Actors as they are painted: where they are in every frame, what is cut out of their pictures, and their shadow.

Axis legend: T: frames; H, W: pixels of a frame; h, w: pixels of what is cut out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

from model.world.motion import Pose
from model.world.scene import Actor

SEEN, DEPTH = 0.35, 0.03  # how much of somebody is seen just under water, and how deep, in world units, hardly anything
RIPPLE, WAVES = 0.006, 42.0  # of the water's line: its height in world units, and radians a unit
EDGE, FOAMS, FOAM = 0.004, 0.011, 0.55  # how soft that line is, how wide the foam on it and how white


@dataclass(frozen=True, eq=False)
class Figure:
    """An actor over time: its path, world x (T, W) and y (T, H) of the pixels, its pictures with the index of each
    frame's (T,), and where in the picture each pixel is, across u (T, W) and down v (T, H)."""

    actor: Actor
    path: Pose
    x: Tensor
    y: Tensor
    pictures: Tensor
    index: Tensor
    u: Tensor
    v: Tensor

    @cached_property
    def cut(self) -> Cut | None:
        """What is painted of it."""
        cut = cut_out(self.pictures, self.index, self.u, self.v, self.path)
        return in_water(cut, self.actor, self.x, self.y) if cut is not None and self.actor.sunk else cut


Cut = tuple[Tensor, Tensor, slice, slice]  # premultiplied RGBA (T, 4, h, w), its light (T, 1, h, w), rows and columns


def cut_out(pictures: Tensor, index: Tensor, u: Tensor, v: Tensor, path: Pose) -> Cut | None:
    """pictures[index] where |u| <= 0.5 and 0 <= v <= 1, turned about the pivot; None where that is out of sight."""
    columns = ((u.abs() < 0.75).any(0)).nonzero().flatten()
    rows = (((v > -0.2) & (v < 1.2)).any(0)).nonzero().flatten()
    if len(columns) == 0 or len(rows) == 0:
        return None
    xs, ys = slice(int(columns[0]), int(columns[-1]) + 1), slice(int(rows[0]), int(rows[-1]) + 1)
    du, dv = u[:, None, xs], v[:, ys, None] - 1 + path.pivot
    cos, sin = path.tilt.cos()[:, None, None], path.tilt.sin()[:, None, None]
    gx, gy = (du * cos + dv * sin) * 2, ((-du * sin + dv * cos) + 1 - path.pivot) * 2 - 1
    cut = F.grid_sample(
        pictures[index], torch.stack([gx, gy], -1), mode="bilinear", padding_mode="zeros", align_corners=False
    )
    rim = 1 + 0.10 * (-gx[:, None] * 0.4 - gy[:, None] * 0.6)  # lit from the upper left
    return cut, rim, ys, xs


def in_water(cut: Cut, actor: Actor, x: Tensor, y: Tensor) -> Cut:
    """What is cut out with what is under water hardly seen through it, and a line of foam where it is wet. x: (T, W)
    and y: (T, H) in world units."""
    shape, rim, ys, xs = cut
    line = actor.y - actor.sunk * actor.height + RIPPLE * torch.sin(x[:, None, xs] * WAVES)
    deep = (y[:, ys, None] - line)[:, None]  # (T, 1, h, w)
    clear = 1 - (deep / EDGE).sigmoid() * (1 - SEEN * torch.exp(-deep.clamp(min=0) / DEPTH))
    foam = FOAM * torch.exp(-(deep / FOAMS).square())
    colour, alpha = shape[:, :3], shape[:, 3:]
    return torch.cat([(colour + (alpha - colour) * foam) * clear, alpha * clear], 1), rim, ys, xs


def lay(frame: Tensor, cut: Cut | None, tint: Tensor, opacity: float) -> None:
    """Blend what is cut onto (T, 3, H, W), in place."""
    if cut is not None:
        shape, rim, ys, xs = cut
        area = frame[:, :, ys, xs]
        frame[:, :, ys, xs] = shape[:, :3] * tint * rim * opacity + area * (1 - shape[:, 3:] * opacity)


def shade(frame: Tensor, x: Tensor, y: Tensor, feet_x: Tensor, feet_y: float, height: float, lift: Tensor) -> Tensor:
    """A contact shadow: a soft ellipse on the ground, fainter and wider the higher the actor is."""
    spread = height * (0.36 + 0.3 * lift)[:, None]
    across = torch.exp(-((x - feet_x[:, None]) / spread).square())
    down = torch.exp(-((y - (feet_y - 0.012)) / (spread * 0.20)).square()) * 0.5 * torch.exp(-4 * lift)[:, None]
    columns, rows = ((one > 1e-3).any(0).nonzero().flatten() for one in (across, down))
    if len(columns) == 0 or len(rows) == 0:
        return frame
    xs, ys = slice(int(columns[0]), int(columns[-1]) + 1), slice(int(rows[0]), int(rows[-1]) + 1)
    dark = 1 - down[:, ys, None] * across[:, None, xs]
    out = frame.clone()
    out[:, :, ys, xs] *= dark[:, None]
    return out
