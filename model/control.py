"""What a VACE model is shown of a window: frames that are there, a mask of what is to be drawn, pictures of the cast.

The context is 2 C + side^2 channels a latent: what is kept, what is to be redrawn, and the mask with its pixels folded
into channels. Pictures of the cast are latents of their own in front, dropped when sampling is done.
Source: wan/vace.py of Wan-Video/Wan2.1 and VACE (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from model import conditioning
from model.conditioning import Anchor, Encoder, Frames
from model.request import Control
from model.vae import WanVAE
from model.windows import Window

Mask = np.ndarray[Any, np.dtype[np.uint8]]


def window_video(
    window: Window,
    size: tuple[int, int],
    *,
    known: Frames | None = None,
    anchors: Sequence[tuple[int, Frames]] = (),
    control: tuple[int, Control] | None = None,
    device: str = "cpu",
) -> tuple[Tensor, Tensor]:
    """A window as far as it is given, (1, 3, T, H, W) in -1..1 and 0 where it is not, and (1, 1, T, H, W) bool: drawn.

    known    frames from the window's start on; anchors (first frame, frames) in the stream; control (first frame, clip)
    size     (width, height) in pixels
    """
    count, begins = 1 + 4 * (window.length - 1), 4 * window.start
    video = torch.zeros(1, 3, count, size[1], size[0], device=device)
    drawn = torch.ones(1, 1, count, size[1], size[0], dtype=torch.bool, device=device)

    def put(frames: Frames, at: int, mask: Mask | None) -> None:
        first, stop = max(0, at), min(count, at + len(frames))
        if first < stop:
            video[:, :, first:stop] = conditioning.to_video(frames[first - at : stop - at], device)
            drawn[:, :, first:stop] = False
            if mask is not None:
                drawn[0, 0, first:stop] = torch.tensor(mask[first - at : stop - at], device=device) > 0

    if control is not None:
        start, clip = control
        put(clip.frames, start - begins, np.ones(clip.frames.shape[:3], np.uint8) if clip.mask is None else clip.mask)
    for start, given in anchors:
        put(given, start - begins, None)
    if known is not None:
        put(known, 0, None)
    return video, drawn


def context(vae: Encoder, video: Tensor, drawn: Tensor, references: Tensor | None, *, side: int) -> Tensor:
    """The control (1, 2 C + side^2, n + t, h, w) of a window's video and what of it is drawn (see `window_video`).

    `references` (C, n, h, w) are latents of pictures of the cast; `side` is the autoencoder's pixels a latent.
    """
    kept, redrawn = vae.encode(video.masked_fill(drawn, 0.0)), vae.encode(video.masked_fill(~drawn, 0.0))
    folded = rearrange(drawn[0, 0].float(), "t (h p) (w q) -> 1 (p q) t h w", p=side, q=side)
    folded = F.interpolate(folded, size=kept.shape[2:], mode="nearest-exact")
    made = torch.cat([kept, redrawn, folded], dim=1)
    if references is None:
        return made
    ahead = made.new_zeros(1, made.shape[1], references.shape[1], *made.shape[3:])
    ahead[0, : references.shape[0]] = references
    return torch.cat([ahead, made], dim=2)


def anchor_frames(anchors: Sequence[Anchor], vae: WanVAE, total: int, device: str) -> list[tuple[int, Frames]]:
    """Anchors as (first frame in the stream, frames); those that are latents are decoded."""
    length, found = 1 + 4 * (total - 1), list[tuple[int, Frames]]()
    for anchor in anchors:
        frames = anchor.frames
        if frames is None:
            assert anchor.latents is not None
            frames = conditioning.to_frames(vae.decode(anchor.latents[None].to(device, torch.float32)))
        place = anchor.place
        first = 0 if place == "first" else length - len(frames) if place == "last" else place
        found.append((first, frames))
    return found
