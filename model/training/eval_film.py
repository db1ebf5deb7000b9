"""How an evaluation films, and what can be measured of frames without a judge.

Frames are uint8 (T, H, W, 3); what is measured in grey levels is of 255.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from model.errors import RequestError

if TYPE_CHECKING:
    from torch import Tensor

    from model.conditioning import Frames
    from model.pipeline import GenerationRequest, Generator

GREY = np.array([0.299, 0.587, 0.114], np.float32)
COARSE = 16  # pixels of a block, over which pictures are compared for how different they are


@dataclass(frozen=True)
class Plan:
    """How to film: seconds of a clip, steps (None: the model's own), the seed of the first prompt (the next ones
    follow), the name of a size, for how many prompts given frames are measured too, and with how many seeds each
    prompt is filmed."""

    seconds: float = 1.0
    steps: int | None = None
    seed: int = 1
    size: str = "landscape"
    given: int = 2
    seeds: int = 1


def size_of(generator: Generator, plan: Plan) -> tuple[int, int]:
    """Width and height of a plan's clips. Raises RequestError for a size that the model does not have."""
    sizes = generator.entry.sizes
    if plan.size not in sizes:
        raise RequestError("size", plan.size, next(iter(sizes)), f"there are {', '.join(sizes)}")
    return sizes[plan.size]


def asked(generator: Generator, prompt: str, plan: Plan, seed: int, **more: Any) -> GenerationRequest:
    """The request for a prompt. Raises RequestError for a plan that cannot be."""
    width, height = size_of(generator, plan)
    if plan.steps is not None:
        more["steps"] = plan.steps
    frames = generator.limits.frames(plan.seconds, generator.fps)
    return generator.request(prompt, width=width, height=height, frames=frames, seed=seed, **more)


def film(generator: Generator, prompt: str, plan: Plan, seed: int, **more: Any) -> Frames:
    """A clip of a prompt, whole. Raises RequestError for a plan that cannot be."""
    return np.concatenate(list(generator.generate(asked(generator, prompt, plan, seed, **more))))


def to_clip(frames: Frames) -> Tensor:
    """Frames as a tensor (T, 3, H, W)."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(frames.transpose(0, 3, 1, 2)))


def from_clip(clip: Tensor) -> Frames:
    """A tensor uint8 (T, 3, H, W) as frames."""
    return np.ascontiguousarray(clip.permute(0, 2, 3, 1).cpu().numpy())


def motion(frames: Frames) -> float:
    """Mean difference between neighbouring frames, in grey levels."""
    return float(np.mean(steps(frames))) if len(frames) > 1 else 0.0


def seam(frames: Frames, joins: Sequence[int]) -> float | None:
    """The largest step onto a frame that begins a window, over the median step; None when there is one window."""
    if not joins:
        return None
    found = steps(frames)
    return float(max(found[join - 1] for join in joins) / max(1e-3, float(np.median(found))))


def steps(frames: Frames) -> np.ndarray[Any, Any]:
    """Mean difference of each frame to the one before it, (T - 1,), in grey levels."""
    return np.array([np.abs(b.astype(np.int16) - a).mean() for a, b in pairwise(frames)])


def sharpness(frames: Frames) -> float:
    """Mean size of the Laplacian (four neighbours) of the luma, in grey levels: fine detail and hard edges make it
    large, blur small."""
    found = []
    for frame in frames:
        luma = frame @ GREY
        around = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:]
        found.append(float(np.abs(4 * luma[1:-1, 1:-1] - around).mean()))
    return float(np.mean(found))


def flicker(frames: Frames) -> float | None:
    """Mean of |a - 2 b + c| over three frames in a row, in grey levels of the luma: what comes and goes from frame to
    frame makes it large, what moves or fades steadily small. None for fewer than three frames."""
    lumas = [frame @ GREY for frame in frames]
    found = [np.abs(a - 2 * b + c).mean() for a, b, c in zip(lumas, lumas[1:], lumas[2:], strict=False)]
    return float(np.mean(found)) if found else None


def difference(pictures: Sequence[Frames]) -> float | None:
    """Mean difference of every two of some pictures (H, W, 3), block by block, in grey levels: how differently they are
    laid out and coloured, whatever their grain. None for fewer than two."""
    small = []
    for picture in pictures:
        rows, columns = (max(1, side // COARSE) for side in picture.shape[:2])
        cut = picture[: rows * COARSE, : columns * COARSE] if min(picture.shape[:2]) >= COARSE else picture
        blocks = cut.reshape(rows, cut.shape[0] // rows, columns, cut.shape[1] // columns, 3).astype(np.float32)
        small.append(blocks.mean((1, 3)))
    found = [float(np.abs(a - b).mean()) for a, b in combinations(small, 2)]
    return float(np.mean(found)) if found else None


def psnr(a: Frames, b: Frames) -> float:
    """Peak signal-to-noise ratio in dB of two uint8 pictures or clips, at most 99."""
    error = float(np.mean((a.astype(np.float32) - b.astype(np.float32)) ** 2))
    return min(99.0, float(10 * np.log10(255**2 / max(error, 1e-9))))


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of what there is, rounded; None of nothing."""
    found = [value for value in values if value is not None]
    return round(sum(found) / len(found), 3) if found else None
