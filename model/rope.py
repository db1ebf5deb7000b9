"""Rotary positions over time, height and width, as Wan has them.

A head of width d is split t + h + w with h = w = 2 * (d // 6) and t the rest; each part turns interleaved pairs of
channels by its own axis' position, base 10000. Tables are computed in float64 and kept as complex64: the rotation is
then one complex product, a single pass on a CPU. Times may be fractional or far apart (references behind a gap).
"""

from __future__ import annotations

import torch
from einops import rearrange, repeat
from torch import Tensor

THETA = 10000.0


def axis_widths(head_dim: int) -> tuple[int, int, int]:
    """Channels of a head that turn with (time, height, width); they add up to `head_dim`."""
    side = 2 * (head_dim // 6)
    return head_dim - 2 * side, side, side


def _axis(positions: Tensor, width: int) -> Tensor:
    exponents = torch.arange(0, width, 2, dtype=torch.float64, device=positions.device) / width
    angles = positions.double()[:, None] * THETA**-exponents
    return torch.polar(torch.ones_like(angles), angles)  # (n, width / 2)


def table(grid: tuple[int, int, int], head_dim: int, times: Tensor | None = None) -> Tensor:
    """Rotations of every token of a (frames, rows, columns) grid, (tokens, head_dim / 2) complex64.

    `times` (frames,) replaces 0, 1, 2, ... as the positions in time.
    """
    frames, rows, columns = grid
    wide_t, wide_h, wide_w = axis_widths(head_dim)
    t = _axis(torch.arange(frames) if times is None else times.cpu(), wide_t)
    h = _axis(torch.arange(rows), wide_h)
    w = _axis(torch.arange(columns), wide_w)
    parts = (
        repeat(t, "f d -> (f h w) d", h=rows, w=columns),
        repeat(h, "h d -> (f h w) d", f=frames, w=columns),
        repeat(w, "w d -> (f h w) d", f=frames, h=rows),
    )
    return torch.cat(parts, dim=-1).to(torch.complex64)


def rotate(x: Tensor, turns: Tensor) -> Tensor:
    """Turn queries or keys x (B, N, heads, head_dim) by `turns`: (N, head_dim / 2) complex, or (..., 2) real."""
    if not turns.is_complex():
        (cos, sin), (a, b) = turns[:, None].unbind(-1), x.float().unflatten(-1, (-1, 2)).unbind(-1)
        return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2).to(x.dtype)
    pairs = torch.view_as_complex(rearrange(x.float(), "b n k (d two) -> b n k d two", two=2).contiguous())
    turned = torch.view_as_real(pairs * turns[:, None])
    return rearrange(turned, "b n k d two -> b n k (d two)").to(x.dtype)
