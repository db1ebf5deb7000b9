"""What a render leaves: the check of its clip, its latents, and the part of it that is kept when it is stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from studio import media
from studio.errors import MediaError
from studio.recipe import STEERING, Recipe

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
    work = recipe.work
    if work is not None and work.made is not None:
        made = replace(work.made, frames=work.made.frames - (recipe.frames - frames))
        seconds = round(made.frames / recipe.fps, 3)
        return replace(recipe, frames=frames, seconds=seconds, work=replace(work, made=made))
    given = tuple(
        a
        for a in recipe.anchors
        if a.place in ("first", "clip", "cast", "before", *STEERING) or (isinstance(a.place, int) and a.place < frames)
    )
    return replace(recipe, frames=frames, seconds=round(frames / recipe.fps, 3), anchors=given)


def save_latents(latents: Tensor | None, path: Path) -> None:
    """The take's final latents, fp16 (C, T, h, w): what continuing and remixing start from. None: it was put together
    from several streams, and is encoded anew when it is gone on from."""
    import torch
    from safetensors.torch import save

    tensors = {} if latents is None else {"latents": latents.to(torch.float16).contiguous()}
    media.save_bytes(path, save(tensors, metadata={"auteur": json.dumps({"kind": "latents"})}))


def load_latents(path: Path) -> Tensor | None:
    """The latents that `save_latents` kept; None where there are none, or they cannot be read."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(path.read_bytes()).get("latents")
    except (OSError, SafetensorError):
        return None
