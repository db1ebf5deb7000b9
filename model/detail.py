"""Detail that an autoencoder loses of a shot, given back from its plan.

Latents are small, and what moves fast within one of them comes out blurred. Of the plan both is known: how it is,
and what the autoencoder makes of it. The difference is what latents cannot hold; it is added to the frame where the
transformer has drawn the same, as bright as it has drawn it. Showing a decoder what its latents were conditioned on is
the idea of "Designing a better asymmetric VQGAN for StableDiffusion" (arXiv 2306.04632); here nothing has to be learnt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from model.conditioning import Frames

if TYPE_CHECKING:
    from model.rehearsal import Detail

_AROUND = (0.125, 0.25, 0.25, 0.25, 0.125)  # shares of the frames around one
SOFT = 40.0  # grey levels by which a frame may differ from what was expected of it and still be given half the detail
DARKEST, BRIGHTEST = 0.15, 1.25


def restored(frames: Frames, detail: Detail) -> Frames:
    """Frames (T, H, W, 3) with the detail that latents have lost, uint8; `detail` is of the same frames.

    Of a staged shot everything is planned, in the light it is to have; of others those who are seen, on paper.
    """
    out = frames.copy()
    if detail.staged:
        for index, frame in enumerate(frames):
            out[index] = whole(frame, detail.planned[index], detail.coded[index])
            if detail.firm is not None and detail.firm[index] > 0:
                out[index] = _between(out[index], detail.planned[index], float(detail.firm[index]))
        return out
    for index, seen in enumerate(detail.seen):
        rows, columns = (np.nonzero(seen.any(axis))[0] for axis in (1, 0))
        if not len(rows):
            continue
        box = (index, slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        out[box] = _restored(frames[box], detail.planned[box], detail.coded[box], detail.seen[box])
    return out


def whole(frame: Frames, planned: Frames, coded: Frames) -> Frames:
    """One picture (H, W, 3), that is lit as it is planned, with the detail of its plan; coded: what the autoencoder
    makes of that."""
    drawn, shown, lost = (torch.from_numpy(part).to(torch.int16) for part in (frame, coded, planned))
    off = (drawn - shown).abs_().sum(-1, keepdim=True, dtype=torch.float32).div_(3)
    share = off.div_(SOFT).square_().add_(1).reciprocal_()
    made = torch.addcmul(drawn.float(), share, (lost - shown).float())
    return made.add_(0.5).clamp_(0, 255).to(torch.uint8).numpy()


class Evening:
    """Evens out how frames differ from their plan where one thing becomes another: what is drawn changes with every
    latent, every fourth frame, and what is seen is to change with every frame. Each difference becomes the mean of
    those of the four frames around it; the last two frames wait for those that come."""

    def __init__(self) -> None:
        self._off: list[NDArray[np.float32]] = []
        self._planned: list[Frames] = []
        self._behind = 0  # frames that are kept only for those that follow

    def push(self, frames: Frames, planned: Frames) -> Frames:
        """Takes frames (t, H, W, 3) and their plan; gives those that are ready by now, (n, H, W, 3)."""
        self._off += [frame.astype(np.float32) - plan for frame, plan in zip(frames, planned, strict=True)]
        self._planned += list(planned)
        return self._ready(len(self._off) - len(_AROUND) // 2, frames.shape[1:])

    def rest(self) -> list[Frames]:
        """Those that waited, all there are, (n, H, W, 3), or nothing."""
        waiting = len(self._off) - self._behind
        made = [self._ready(len(self._off), self._planned[0].shape)] if waiting > 0 else []
        self._off, self._planned, self._behind = [], [], 0
        return made

    def _ready(self, until: int, shape: tuple[int, ...]) -> Frames:
        reach, made = len(_AROUND) // 2, list[Frames]()
        for index in range(self._behind, until):
            near = [self._off[min(max(0, index + step), len(self._off) - 1)] for step in range(-reach, reach + 1)]
            off = np.tensordot(np.array(_AROUND, np.float32), np.stack(near), 1)
            made.append(np.rint(self._planned[index] + off).clip(0, 255).astype(np.uint8))
        self._behind = max(self._behind, until)
        gone = max(0, self._behind - reach)
        self._off, self._planned, self._behind = self._off[gone:], self._planned[gone:], self._behind - gone
        return np.stack(made) if made else np.empty((0, *shape), np.uint8)


def _between(one: Frames, other: Frames, share: float) -> Frames:
    """A picture (H, W, 3) that is another to a share."""
    return np.rint(one + share * (other.astype(np.float32) - one)).astype(np.uint8)


def _restored(frame: Frames, planned: Frames, coded: Frames, seen: NDArray[np.bool_]) -> Frames:
    """One picture, or a part of one, (H, W, 3)."""
    drawn, shown, lost = (part.astype(np.float32) for part in (frame, coded, planned))
    lost -= shown
    light = np.where(seen[..., None], _light(drawn[seen], shown[seen]), 1.0)
    off = np.abs(drawn - light * shown).mean(-1, keepdims=True)
    share = 1 / (1 + (off / SOFT) ** 2)
    return (drawn + light * share * lost + 0.5).clip(0, 255).astype(np.uint8)


def _light(drawn: NDArray[np.float32], shown: NDArray[np.float32]) -> NDArray[np.float32]:
    """How bright somebody is drawn, by colour (3,): 1 as on the paper."""
    if not len(drawn):
        return np.ones(3, np.float32)
    found: NDArray[np.float32] = drawn.mean(0) / np.maximum(shown.mean(0), 1)
    return found.clip(DARKEST, BRIGHTEST)
