"""Made frames eased onto the kept ones that they meet: what stands a little aside is led to where it is, and what is
lacking fades in.

An autoencoder does not give its frames back exactly, and a model does not arrive to the pixel. What the decoder makes
of the kept frame at a join is known; so is how it differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image
from PIL.Image import Resampling

from studio.errors import MediaError
from studio.pictures import Frames

EASED = 8  # frames over which a difference fades
AREA = 24  # pixels
FARTHEST = 12.0  # pixels that something is led aside
CALM = 4.0  # pixels: how smooth the field is that leads
NOTED = 2.0  # grey levels by which leading has to be better than leaving
STILL = 6.0  # grey levels by which a place may differ from frame to frame and count as still


@dataclass(frozen=True, eq=False)
class Ease:
    """What a made frame lacks of the kept one that it stands for: how far each place is from what belongs there, (h, w,
    2) in pixels, None for nowhere; and what is to be added after that, (h, w, 3). fine: the detail that is to be added
    where a frame is as the made one is, `made`, (h, w, 3) both: a blade of grass may go over into a flower where
    nothing moves, but on somebody who goes by it would stay behind."""

    aside: np.ndarray | None
    lacking: np.ndarray
    fine: np.ndarray | None = None
    made: np.ndarray | None = None

    def onto(self, frame: np.ndarray, share: float) -> np.ndarray:
        """A frame (h, w, 3), float32, corrected by a share of it."""
        led = frame if self.aside is None else _led(frame, self.aside * share)
        if self.fine is None or self.made is None:
            return led + self.lacking * share
        still = (np.abs(frame - self.made).max(-1) < STILL).astype(np.uint8)
        near = cv2.GaussianBlur(cv2.erode(still, np.ones((5, 5), np.uint8)).astype(np.float32), (0, 0), 1.5)
        return led + (self.lacking + near[..., None] * self.fine) * share


def ease(kept: np.ndarray, made: np.ndarray, planned: bool) -> Ease:
    """How a made frame (h, w, 3) differs from a kept one. Of a model that plans its shots the detail is in the frames
    beside it already: then it is where things are, how the colours of whole areas differ, and detail where nothing
    moves."""
    made = made.astype(np.float32)
    if not planned:
        return Ease(None, kept.astype(np.float32) - made)
    aside = _aside(kept, made)
    lacking = kept.astype(np.float32) - (made if aside is None else _led(made, aside))
    height, width = lacking.shape[:2]
    small = max(1, width // AREA), max(1, height // AREA)
    colours = [Image.fromarray(np.ascontiguousarray(lacking[..., colour])) for colour in range(3)]
    areas = [colour.resize(small, Resampling.BOX).resize((width, height), Resampling.BILINEAR) for colour in colours]
    coarse = np.stack([np.asarray(area) for area in areas], -1)
    return Ease(aside, coarse, lacking - coarse, made)


def _aside(kept: np.ndarray, made: np.ndarray) -> np.ndarray | None:
    """Where in a made frame what is seen in a kept one is, as (dx, dy) for each place, by dense inverse search (Kroeger
    et al., arXiv 1603.03590), as far as it helps."""
    one, other = (cv2.cvtColor(np.clip(frame, 0, 255).astype(np.uint8), cv2.COLOR_RGB2GRAY) for frame in (kept, made))
    if min(one.shape) < 32:
        return None  # too small to search in
    found = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
        one, other, np.zeros((*one.shape, 2), np.float32)
    )
    found = np.clip(cv2.GaussianBlur(found, (0, 0), CALM), -FARTHEST, FARTHEST)
    left = np.abs(one.astype(np.float32) - other)
    gained = left - np.abs(one.astype(np.float32) - _led(other.astype(np.float32), found))
    helps = cv2.GaussianBlur((cv2.GaussianBlur(gained, (0, 0), CALM) > NOTED).astype(np.float32), (0, 0), CALM)
    return None if not helps.any() else found * helps[..., None]


def _led(frame: np.ndarray, aside: np.ndarray) -> np.ndarray:
    """A frame (h, w) or (h, w, 3) with every place taken from where `aside` says."""
    height, width = frame.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(frame, x + aside[..., 0], y + aside[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def eased(
    frames: Iterator[Frames], count: int, into: Ease | None, target: np.ndarray | None, planned: bool = False
) -> Iterator[Frames]:
    """`count` made frames, of one more where there is a `target`: the kept frame that comes next, which that one more
    is what the decoder makes of. `into` is what the decoder got wrong of the kept frame before."""
    held: list[np.ndarray] = []
    index = 0
    for piece in frames:
        for frame in piece.astype(np.float32):
            if index < count:
                if into is not None and index < EASED:
                    frame = into.onto(frame, 1 - (index + 1) / (EASED + 1))
                held.append(frame)
            elif target is not None:
                out, last = ease(target, frame, planned), held[-EASED:]
                held[len(held) - len(last) :] = [
                    out.onto(each, 1 - (len(last) - place) / (EASED + 1)) for place, each in enumerate(last)
                ]
            index += 1
        ready = len(held) - (EASED if target is not None and index <= count else 0)
        if ready > 0:
            yield _whole_numbers(held[:ready])
            held = held[ready:]
    if index < count:
        raise MediaError(f"the model made {index} frames where {count} were asked for; try again")


def _whole_numbers(frames: list[np.ndarray]) -> Frames:
    return np.clip(np.rint(np.stack(frames)), 0, 255).astype(np.uint8)
