"""From latents to frames, window by window, and back: what one window leaves for the next to be given.

There are two ways to go on. Storybook knows latents from the middle of a stream: a clip is one stream, and the
decoder's memory goes on. The published models know whole clips only: every window is a stream of its own, given the
last frames of the one before, encoded anew; those are decoded again and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from model import conditioning
from model.conditioning import Frames

if TYPE_CHECKING:
    from model.tiny_vae import TinyVAE
    from model.vae import WanVAE
    from model.windows import Window

# Latents decoded at once: enough to keep the processor busy, few enough to keep memory flat.
DECODE_AT_ONCE = 4

Timed = Callable[[str], AbstractContextManager[None]]


class Reel:
    """The frames of a clip as its windows are finished. `renewed`: every window is a stream of its own."""

    def __init__(self, vae: TinyVAE | WanVAE, timed: Timed, *, renewed: bool) -> None:
        self._vae, self._timed, self._renewed = vae, timed, renewed
        self._decoder = vae.stream_decoder()
        self._last: list[Frames] = []

    def tail(self, window: Window) -> Frames | None:
        """The frames that a window is given of what came before it, where windows are streams of their own."""
        count = window.fresh - window.start
        if not self._renewed or not count:
            return None
        return np.concatenate(self._last)[-(1 + 4 * (count - 1)) :]

    @torch.inference_mode()
    def known(self, window: Window) -> Tensor | None:
        """Those frames as latents (C, t, h, w), encoded as the beginning of a clip; None where the stream goes on."""
        frames = self.tail(window)
        if frames is None:
            return None
        return self._vae.encode(conditioning.to_video(frames, self._device))[0]

    def add(self, latents: Tensor, known: int) -> Iterator[Frames]:
        """Frames of the next latents (C, t, h, w), of which the first `known` were there before.

        Where the stream goes on, `latents` are the new ones alone, whatever `known` says.
        """
        if not self._renewed:
            yield from self._decoded(latents)
            return
        self._decoder = self._vae.stream_decoder()
        skip = 1 + 4 * (known - 1) if known else 0
        kept: list[Frames] = []
        for frames in self._decoded(latents):
            kept.append(frames)
            fresh = frames[min(skip, len(frames)) :]
            skip -= min(skip, len(frames))
            if len(fresh):
                yield fresh
        self._last = kept

    def _decoded(self, latents: Tensor) -> Iterator[Frames]:
        for piece in latents.split(DECODE_AT_ONCE, dim=1):
            with self._timed("decode"), torch.inference_mode():
                frames = conditioning.to_frames(self._decoder.push(piece[None]))
            yield frames

    @property
    def _device(self) -> str:
        return str(self._vae.latents_mean.device)
