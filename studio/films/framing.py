"""Another shape of picture without losing who is in it: the crop follows what stands out and what moves.

A small saliency of our own: how far a colour is from the picture's border, how much a place changes from frame to
frame, and a mild wish for the middle. Looked at in small pictures, a few a second; the way of the crop is smooth, and
still where the subject hardly moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from studio.pictures import Frames

LOOK = (64, 36)  # pixels in which it is looked for
STILL = 0.08  # of the free way: a subject that moves less is not followed
Values = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Way:
    """Where the middle of the crop is over a shot: parts (0 to 1) of the free way across and down, each at even times
    from start to end, one where it holds still."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    def at(self, part: float) -> tuple[float, float]:
        """The middle of the crop after this part (0 to 1) of the shot."""
        x, y = (float(np.interp(part, np.linspace(0, 1, len(way)), way)) for way in (self.x, self.y))
        return x, y


MIDDLE = Way((0.5,), (0.5,))


def window(size: tuple[int, int], shape: tuple[int, int]) -> tuple[int, int]:
    """The largest (width, height) in a picture of `size` that has the shape (width : height) of another."""
    width, height = size
    if width * shape[1] > height * shape[0]:
        return max(2, round(height * shape[0] / shape[1])), height
    return width, max(2, round(width * shape[1] / shape[0]))


def follow(frames: Sequence[Frames], shape: tuple[int, int]) -> Way:
    """The way of a crop of `shape` over a few frames of a shot, uint8 (h, w, 3) each, evenly taken from it."""
    height, width = frames[0].shape[:2]
    inside = window((width, height), shape)
    if inside == (width, height):
        return MIDDLE
    maps = salience(frames)
    columns, rows = LOOK
    wide, tall = round(columns * inside[0] / width), round(rows * inside[1] / height)
    xs = _path(maps.sum(axis=1), max(1, wide))
    ys = _path(maps.sum(axis=2), max(1, tall))
    return Way(tuple(xs), tuple(ys))


def salience(frames: Sequence[Frames]) -> Values:
    """How much each place stands out, (n, rows, columns), each picture's sum 1."""
    small = np.stack([shrunk(frame).astype(np.float64) / 255 for frame in frames])
    edge = np.concatenate([small[:, :2].reshape(len(small), -1, 3), small[:, :, :2].reshape(len(small), -1, 3)], 1)
    rows, columns = LOOK[1], LOOK[0]
    # What a row of the picture is like: sky and ground differ, and neither is the subject.
    ground = np.median(small, axis=2, keepdims=True)
    apart = np.linalg.norm(small - ground, axis=3) + 0.3 * np.linalg.norm(small - edge.mean(1)[:, None, None], axis=3)
    moving = np.abs(np.diff(small, axis=0)).sum(axis=3) if len(small) > 1 else np.zeros((0, rows, columns))
    motion = np.concatenate([moving, moving[-1:]]) if len(moving) else np.zeros_like(apart)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]  # type: ignore[misc]
    middle = np.exp(-(x**2 + y**2) / 1.6)
    found = (_even(apart) ** 2 + 0.7 * _even(motion)) * middle + 1e-9
    return found / found.sum(axis=(1, 2), keepdims=True)


def shrunk(frame: Frames) -> Frames:
    """A frame in the few pixels in which it is looked at."""
    return np.asarray(Image.fromarray(frame).resize(LOOK, Image.Resampling.BOX), dtype=np.uint8)


def _even(values: Values) -> Values:
    top = np.quantile(values, 0.98, axis=(1, 2), keepdims=True)
    return np.clip(values / np.maximum(top, 1e-6), 0, 1)


def _path(weights: Values, length: int) -> list[float]:
    """For every picture the place of a window of `length` that holds the most, as a part of the free way."""
    free = weights.shape[1] - length
    if free <= 0:
        return [0.5]
    sums = np.stack([np.convolve(row, np.ones(length), "valid") for row in weights])
    # The balance point of the good places, not the very best one, which jumps.
    good = np.maximum(sums - 0.85 * sums.max(axis=1, keepdims=True), 0)
    places = (good * np.arange(sums.shape[1])).sum(axis=1) / good.sum(axis=1) / free
    smooth = _smooth(places)
    if np.ptp(smooth) < STILL:
        return [float(np.clip(np.median(smooth), 0, 1))]
    return [float(value) for value in np.clip(smooth, 0, 1)]


def _smooth(values: Values) -> Values:
    kernel = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
    if len(values) < 3:
        return np.full_like(values, values.mean())
    padded = np.pad(values, 2, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), "valid")
