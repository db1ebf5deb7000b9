"""What a render leaves: the check of its clip, its latents, and the part of it that is kept when it is stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from studio import media
from studio.errors import MediaError
from studio.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor

OutputCheck = Callable[[Path, Recipe], None]
"""Looks at a finished, unsigned clip; raises StudioError with one plain line when it may not be released."""


def whole_clip(clip: Path, recipe: Recipe) -> None:
    """The check that every clip passes: it decodes, to as many frames as were asked for."""
    found = media.count_frames(clip)
    if found != recipe.frames:
        raise MediaError(f"the clip came out with {found} frames where {recipe.frames} were asked for; shoot it again")


class Kept(Exception):
    """The owner wished to keep what is there: latents (C, t, h, w) of the finished windows."""

    def __init__(self, latents: Tensor) -> None:
        super().__init__()
        self.latents = latents


def shortened(recipe: Recipe, frames: int) -> Recipe:
    """The recipe of the first `frames` frames: what is given later than those had no part in them."""
    given = tuple(
        a
        for a in recipe.anchors
        if a.place in ("first", "clip", "cast", "before") or (isinstance(a.place, int) and a.place < frames)
    )
    return replace(recipe, frames=frames, seconds=round(frames / recipe.fps, 3), anchors=given)


def save_latents(latents: Tensor, path: Path) -> None:
    """The take's final latents, fp16 (C, T, h, w): what continuing and remixing start from."""
    import torch
    from safetensors.torch import save

    data = save(
        {"latents": latents.to(torch.float16).contiguous()}, metadata={"auteur": json.dumps({"kind": "latents"})}
    )
    media.save_bytes(path, data)
