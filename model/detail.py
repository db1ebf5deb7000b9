"""Detail that an autoencoder loses of those who are seen, given back from their blocking.

Latents are small, and what moves fast within one of them comes out blurred. Of the blocking both is known: how it is,
and what the autoencoder makes of it. The difference is what latents cannot hold; it is added to the frame where the
transformer has drawn the same, as bright as it has drawn it. Showing a decoder what its latents were conditioned on is
the idea of "Designing a better asymmetric VQGAN for StableDiffusion" (arXiv 2306.04632); here nothing has to be learnt.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.conditioning import Frames

SEEN = 6  # grey levels from the paper: somebody is here
SOFT = 40.0  # grey levels by which a frame may differ from what was expected of it and still be given half the detail
DARKEST, BRIGHTEST = 0.15, 1.25


def restored(frames: Frames, blocking: Frames, coded: Frames, paper: int) -> Frames:
    """Frames (T, H, W, 3) with the detail of those who are seen in them, uint8.

    blocking: how they are, on paper of that grey; coded: the blocking through the autoencoder. Both like `frames`.
    """
    seen = _somebody(coded, paper)
    out = frames.copy()
    for index in range(len(frames)):
        rows, columns = (np.nonzero(seen[index].any(axis))[0] for axis in (1, 0))
        if not len(rows):
            continue
        box = (index, slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        out[box] = _restored(frames[box], blocking[box], coded[box], paper)
    return out


def _restored(frame: Frames, blocking: Frames, coded: Frames, paper: int) -> Frames:
    """One picture, or a part of one, (H, W, 3)."""
    drawn, shown, lost = (part.astype(np.float32) for part in (frame, coded, blocking))
    lost -= shown
    somebody = _somebody(blocking, paper)
    light = _light(drawn[somebody], shown[somebody])
    off = np.abs(drawn - light * shown).mean(-1, keepdims=True)
    share = np.where(somebody[..., None], 1 / (1 + (off / SOFT) ** 2), 1.0)
    return (drawn + light * share * lost + 0.5).clip(0, 255).astype(np.uint8)


def _somebody(frames: Frames, paper: int) -> NDArray[np.bool_]:
    """Where frames (..., 3) are not paper."""
    off = (frames > paper + SEEN) | (frames < paper - SEEN)
    found: NDArray[np.bool_] = off[..., 0] | off[..., 1] | off[..., 2]
    return found


def _light(drawn: NDArray[np.float32], shown: NDArray[np.float32]) -> NDArray[np.float32]:
    """How bright somebody is drawn, by colour (3,): 1 as on the paper."""
    if not len(drawn):
        return np.ones(3, np.float32)
    found: NDArray[np.float32] = drawn.mean(0) / np.maximum(shown.mean(0), 1)
    return found.clip(DARKEST, BRIGHTEST)
