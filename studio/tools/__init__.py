"""Working on a clip: extend, loop, blend, interpolate, remix, re-cut, upscale, more frames a second.

    ask = Extend(clip=take.id, seconds=4, prompt="the fox lies down")
    job = studio.work(ask)                       # a job like any other: durable, resumable; it becomes a new take

`asks` is what can be asked, `planning` turns it into a recipe with a cutting list (`studio.work`), `filming` renders
that, `seams` measures how well the parts meet. No take is ever changed.
"""

from __future__ import annotations

from studio.tools.asks import (
    ASKS,
    STRENGTHS,
    VARIATIONS,
    Ask,
    Blend,
    Extend,
    Interpolate,
    Loop,
    Recut,
    Remix,
    Smooth,
    Upscale,
    read,
)

__all__ = [
    "ASKS",
    "STRENGTHS",
    "VARIATIONS",
    "Ask",
    "Blend",
    "Extend",
    "Interpolate",
    "Loop",
    "Recut",
    "Remix",
    "Smooth",
    "Upscale",
    "read",
]
