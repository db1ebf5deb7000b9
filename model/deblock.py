"""Soften the seams of pictures that were decoded block by block.

A step between two blocks that is small, and greater than the slopes beside it, is a seam and no edge of what is shown:
it becomes a slope over half a block on each side. Large steps stay. The idea is that of the deblocking filters of video
codecs (List et al., "Adaptive deblocking filter", 2003).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

ALONG = 9  # pixels along a seam over which its step is averaged
COLOURS = 3


def deblocked(pictures: Tensor, side: int, most: float) -> Tensor:
    """Pictures (N, 3k, H, W) of square blocks, `side` pixels each, without steps of up to about `most`.

    Colours of one picture stand together: the largest step of the three decides. H and W are multiples of `side`.
    """
    for _ in range(2):  # rows, then columns
        pictures = _between_columns(pictures.transpose(-1, -2), side, most)
    return pictures


def _between_columns(pictures: Tensor, side: int, most: float) -> Tensor:
    reach = side // 2
    blocks = pictures.unflatten(-1, (-1, side))  # (N, 3k, H, blocks, side)
    left, right = blocks[..., :-1, :], blocks[..., 1:, :]
    if not left.shape[-2]:
        return pictures
    slope = (left[..., -1] - left[..., -2] + right[..., 1] - right[..., 0]) / 2
    step = _averaged(right[..., 0] - left[..., -1] - slope)  # (N, 3k, H, seams)
    largest = step.unflatten(1, (-1, COLOURS)).abs().amax(2).repeat_interleave(COLOURS, 1)
    half = step * torch.exp(-(largest / most).square()) / 2
    ramp = (torch.arange(reach, dtype=pictures.dtype, device=pictures.device) + 0.5) / reach
    out = blocks.clone()
    out[..., :-1, side - reach :] += half[..., None] * ramp
    out[..., 1:, :reach] -= half[..., None] * ramp.flip(0)
    return out.flatten(-2)


def _averaged(step: Tensor) -> Tensor:
    """Steps (N, C, H, seams), averaged along each seam."""
    rows = step.transpose(-1, -2).flatten(1, 2)
    mean = F.avg_pool1d(rows, ALONG, stride=1, padding=ALONG // 2, count_include_pad=False)
    return mean.unflatten(1, (step.shape[1], -1)).transpose(-1, -2)
