"""Styles: what a picture is made of, by image operations on finished frames (and on layers, for cut paper).

A style prepares its textures once a shot, from the shot's seed, and then draws any stretch of frames: drawing a shot in
pieces gives the same frames as drawing it whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from torch import Tensor

from model.world.style_drawn import Brush, crayon, ink, pencil, watercolour
from model.world.style_filters import Sheet
from model.world.style_made import clay, film, neon, papercraft, pixel

BRUSHES: Mapping[str, Callable[[Sheet], Brush]] = MappingProxyType(
    {
        "film_bw": film, "pixel": pixel, "papercraft": papercraft, "watercolour": watercolour, "pencil": pencil,
        "crayon": crayon, "clay": clay, "neon": neon, "ink": ink,
    }
)  # fmt: skip
CHUNK = 8  # frames drawn at once on a CPU: what a few of them need stays in its caches


def stylise(frames: Tensor, styles: Sequence[str], seeds: Sequence[int], first: int = 0) -> Tensor:
    """Put each clip's style on frames (B, T, 3, H, W) in 0..1, in place; '3d' leaves them as they are.

    seeds: one a shot, for its textures; first: the number in its shot of the first frame given.
    """
    for index, style in enumerate(styles):
        if style in BRUSHES:
            clip = frames[index]
            brush = BRUSHES[style](Sheet(clip.shape[-2], clip.shape[-1], seeds[index], clip.device))
            step = CHUNK if clip.device.type == "cpu" else len(clip)
            for start in range(0, len(clip), step):
                clip[start : start + step] = brush(clip[start : start + step], first + start).clamp(0, 1)
    return frames
