"""A brush: small blotches go, borders become clear, as where gouache is laid on in strokes."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

EVEN = 1e-4  # variance that counts as none, of values in 0..1


def brushed(pictures: Tensor, radius: int) -> Tensor:
    """Pictures (N, 3, H, W) in -1..1 as gone over with a brush of so many pixels, less than half of H and W.

    Every pixel becomes the mean of the corner of its neighbourhood that varies least, or a blend where none varies much
    less: Kuwahara et al. 1976, with the weights of Papari et al. 2007. Finer than `style_filters.flatten`, which works
    at half size for drawn styles and takes the letters of signs along.
    """
    height, width = pictures.shape[-2:]
    padded = F.pad(pictures, (radius,) * 4, mode="reflect")
    mean, square = (F.avg_pool2d(part, radius + 1, 1) for part in (padded, padded.square()))
    spread = (square - mean.square()).clamp(min=0).sum(1, keepdim=True) / 4
    total, weights = torch.zeros_like(pictures), torch.zeros_like(pictures[:, :1])
    for top in (0, radius):
        for left in (0, radius):
            corner = (..., slice(top, top + height), slice(left, left + width))
            weight = (spread[corner] + EVEN).pow(-2)
            total, weights = total + weight * mean[corner], weights + weight
    return total / weights
