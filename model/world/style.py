"""Styles: image operations on finished frames."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F


def stylise(frames: Tensor, styles: Sequence[str], seeds: Sequence[int]) -> Tensor:
    """Put each clip's style on frames (B, T, 3, H, W) in 0..1; '3d' leaves them as they are."""
    out = frames
    for index, style in enumerate(styles):
        if style == "film_bw":
            out[index] = _film(frames[index], seeds[index])
        elif style == "pixel":
            out[index] = _pixel(frames[index])
    return out


def _film(clip: Tensor, seed: int) -> Tensor:
    """Black-and-white film: luma, more contrast, grain that changes every frame, dark corners."""
    luma = (clip * torch.tensor([0.30, 0.59, 0.11], device=clip.device)[None, :, None, None]).sum(1, keepdim=True)
    contrast = (luma - 0.5) * 1.2 + 0.5
    grain = torch.randn(contrast.shape, generator=torch.Generator().manual_seed(seed)).to(clip.device) * 0.03
    height, width = clip.shape[-2:]
    y = torch.linspace(-1, 1, height, device=clip.device)[:, None]
    x = torch.linspace(-1, 1, width, device=clip.device)[None, :]
    return ((contrast + grain) * (1 - 0.22 * (x * x + y * y).clamp(max=1.6))).expand_as(clip)


def _pixel(clip: Tensor, cell: int = 8) -> Tensor:
    """Pixel art: cells of one colour, few levels a channel."""
    small = F.avg_pool2d(clip, cell)
    return F.interpolate((small * 9).round() / 9, scale_factor=cell, mode="nearest")
