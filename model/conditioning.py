"""Given frames: anchors become clean latents at their place in the clip, each with the noise level it is held at.

One mechanism for everything: first frame, last frame, key frames, a sequence, what came before. The autoencoder is
causal (latent 0 is one frame, every later latent four frames decoded with the memory of those before), hence:

- frames at the start are encoded as they are, 1 + 4k of them;
- frames anywhere else are encoded after a warm-up of repeats of their first frame, so that their latents are those of
  the middle of a stream; one picture there is four equal frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
import torch
from einops import rearrange, repeat
from torch import Tensor

from model.config import DiTConfig
from model.errors import RequestError

Place = Literal["first", "last"] | int
Frames = np.ndarray[Any, np.dtype[np.uint8]]

# Latents of repeated frames before those that are wanted: enough to fill the encoder's memory.
WARM_UP = 2
# References stand so far behind the clip in time that they are no part of its motion.
REFERENCE_GAP = 8


class Encoder(Protocol):
    """The half of an autoencoder that is needed here."""

    def encode(self, video: Tensor) -> Tensor:
        """(B, 3, 1 + 4k, H, W) in -1..1 to latents (B, C, 1 + k, h, w)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """Frames that are given, and where.

    frames    uint8 (n, h, w, 3) at the size of the clip; or latents (C, t, h, w) as the model has them
    place     "first", "last", or the index of a frame (the finest grid is one latent: four frames)
    strength  1 keeps them as they are; less lets the model change them: they are held at noise level 1 - strength
              until the sampler falls below it
    """

    frames: Frames | None = None
    latents: Tensor | None = None
    place: Place = "first"
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Given:
    """Clean latents (C, t, h, w) from latent `start` of the clip on, to be held at noise `level`."""

    start: int
    latents: Tensor
    level: float


def count(anchor: Anchor, temporal: int = 4) -> int:
    """How many latents an anchor fills."""
    if anchor.latents is not None:
        return int(anchor.latents.shape[1])
    frames = 0 if anchor.frames is None else len(anchor.frames)
    if _is_start(anchor.place):
        return 1 + max(0, frames - 1) // temporal
    return -(-frames // temporal)


def start(anchor: Anchor, total: int, temporal: int = 4) -> int:
    """The latent at which an anchor begins in a clip of `total` latents."""
    if anchor.place == "first":
        return 0
    if anchor.place == "last":
        return max(0, total - count(anchor, temporal))
    return -(-anchor.place // temporal)


def _is_start(place: Place) -> bool:
    return place in ("first", 0)


def check(anchors: Sequence[Anchor], total: int, size: tuple[int, int], temporal: int = 4) -> None:
    """Raise RequestError unless every anchor fits a clip of `total` latents and (width, height) pixels alone."""
    taken = [False] * total
    for anchor in anchors:
        _check_one(anchor, size, 1 + temporal * (total - 1))
        first, many = start(anchor, total, temporal), count(anchor, temporal)
        if first + many > total:
            longest = 1 + temporal * (total - 1)
            raise RequestError("anchors", f"{many} latents at {anchor.place}", None, f"the clip has {longest} frames")
        if any(taken[first : first + many]):
            raise RequestError("anchors", f"at {anchor.place}", None, "another given frame is already there")
        taken[first : first + many] = [True] * many


def _check_one(anchor: Anchor, size: tuple[int, int], frames: int) -> None:
    width, height = size
    place = anchor.place
    if isinstance(place, bool) or not (place in ("first", "last") or isinstance(place, int)):
        raise RequestError("place", place, "first")
    if isinstance(place, int) and not 0 <= place < frames:
        raise RequestError("place", place, min(max(place, 0), frames - 1), f"the clip has {frames} frames")
    if not 0 < anchor.strength <= 1:
        raise RequestError("strength", anchor.strength, 1.0, "it must be above 0 and at most 1")
    if (anchor.frames is None) == (anchor.latents is None):
        raise RequestError("anchors", anchor.place, None, "an anchor is either frames or latents")
    if anchor.frames is None:
        return
    shape = anchor.frames.shape
    if anchor.frames.dtype != np.uint8 or len(shape) != 4 or shape[0] < 1 or shape[3] != 3:
        raise RequestError(
            "anchors", f"{anchor.frames.dtype} {shape}", None, "frames must be uint8 (n, height, width, 3)"
        )
    if shape[1:3] != (height, width):
        raise RequestError("anchors", f"{shape[2]}x{shape[1]}", f"{width}x{height}", "frames must have the clip's size")


def placed(anchors: Sequence[Anchor], prefix: int, temporal: int = 4) -> tuple[Anchor, ...]:
    """Anchors of a clip that goes on from `prefix` latents, at their place in the whole stream."""
    if not prefix:
        return tuple(anchors)
    begins = 1 + temporal * (prefix - 1)
    return tuple(
        anchor if anchor.place == "last" else replace(anchor, place=begins + (0 if _is_start(anchor.place) else place))
        for anchor in anchors
        for place in [anchor.place if isinstance(anchor.place, int) else 0]
    )


def check_references(references: Frames, size: tuple[int, int], most: int) -> None:
    """Raise RequestError unless references are up to `most` pictures, uint8 (n, h, w, 3), of (width, height) pixels."""
    width, height = size
    shape = references.shape
    if references.dtype != np.uint8 or len(shape) != 4 or shape[1:] != (height, width, 3):
        raise RequestError("references", f"{shape}", f"(n, {height}, {width}, 3)", "they must have the clip's size")
    if not 1 <= shape[0] <= most:
        raise RequestError("references", shape[0], min(max(shape[0], 1), most), "pictures of the cast")


def encode_references(references: Frames, encoder: Encoder, *, device: str = "cpu") -> Tensor:
    """References as latents (C, n, h, w), each a still of its own."""
    return torch.cat([encoder.encode(to_video(picture[None], device))[0] for picture in references], dim=1)


def times(frames: int, references: int) -> list[float]:
    """RoPE times of `frames` latents and of the references that stand behind a gap after them."""
    return [*range(frames), *(frames - 1 + REFERENCE_GAP + index for index in range(references))]


def encode(anchors: Sequence[Anchor], encoder: Encoder, total: int, *, device: str = "cpu") -> tuple[Given, ...]:
    """The latents of every anchor of a clip of `total` latents. Checked anchors are assumed (see `check`)."""
    return tuple(
        Given(start(anchor, total), _latents(anchor, encoder, total, device), 1.0 - anchor.strength)
        for anchor in anchors
    )


def _latents(anchor: Anchor, encoder: Encoder, total: int, device: str) -> Tensor:
    if anchor.latents is not None:
        return anchor.latents.to(device, torch.float32)
    assert anchor.frames is not None
    video = to_video(anchor.frames, device)
    many = count(anchor)
    if start(anchor, total) == 0:
        whole = 1 + 4 * (many - 1)
        return encoder.encode(video[:, :, -whole:] if anchor.place == "last" else video[:, :, :whole])[0]
    # The last frames must be the clip's last ones, so what is missing to fours goes in front; else behind.
    missing = 4 * many - video.shape[2]
    before, behind = (missing, 0) if anchor.place == "last" else (0, missing)
    opening = repeat(video[:, :, :1], "b c 1 h w -> b c t h w", t=1 + 4 * WARM_UP + before)
    ending = repeat(video[:, :, -1:], "b c 1 h w -> b c t h w", t=behind)
    return encoder.encode(torch.cat([opening, video, ending], dim=2))[0, :, 1 + WARM_UP :]


def to_video(frames: Frames, device: str = "cpu") -> Tensor:
    """uint8 (n, h, w, 3) to float32 (1, 3, n, h, w) in -1..1."""
    pixels = torch.tensor(frames, device=device)  # a copy: arrays of pictures are often read-only
    return rearrange(pixels, "t h w c -> 1 c t h w").float() / 127.5 - 1


def to_frames(video: Tensor) -> Frames:
    """Float (1, 3, t, h, w) in -1..1 to uint8 (t, h, w, 3)."""
    pixels = (video[0].float() + 1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)
    return np.ascontiguousarray(rearrange(pixels, "c t h w -> t h w c").cpu().numpy())


PLACE_CHANNELS = 2


def with_places(x: Tensor, config: DiTConfig, blocking: Tensor | None = None) -> Tensor:
    """Latents (B, C, T, H, W) as the transformer reads them: with their row and column, -1..1, as two more channels
    where it has that many more inputs than outputs, else as they are; and where it has inputs for that, beside the
    latents (1 or B, C, T, H, W) of the blocking: who is seen, alone on paper, moving as told (zeros for none).

    RoPE tells tokens apart only by distance: that the sky is above has to be found out from the frame's edges. A model
    that trains for an hour has no time for that, so Storybook is told. Nor has it time to find a picture that stands
    behind a gap: laid beside the noise, as image-to-video models are given their first frame, it is used at once.
    """
    more = config.in_channels - config.out_channels
    if more not in (PLACE_CHANNELS, PLACE_CHANNELS + config.out_channels):
        return x
    batch, channels, frames, height, width = x.shape
    rows = torch.linspace(-1, 1, height, device=x.device, dtype=x.dtype)[:, None].expand(height, width)
    columns = torch.linspace(-1, 1, width, device=x.device, dtype=x.dtype)[None].expand(height, width)
    places = torch.stack([rows, columns])[None, :, None].expand(batch, -1, frames, -1, -1)
    if more == PLACE_CHANNELS:
        return torch.cat([x, places], dim=1)
    beside = x.new_zeros(1, channels, frames, height, width) if blocking is None else blocking.to(x.dtype)
    return torch.cat([x, places, beside.expand(batch, -1, -1, -1, -1)], dim=1)
