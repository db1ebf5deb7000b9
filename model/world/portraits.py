"""Who a prompt is about, as a picture: what a model that looks its cast up is shown behind a gap in time.

A small transformer cannot know five hundred characters by heart, and need not: as in retrieval-augmented diffusion
("Re-Imagen", arXiv 2209.14491; "Semi-parametric neural image synthesis", arXiv 2204.11824) the subject that the prompt
names is looked up, and its picture, a portrait on grey paper, is among what the transformer sees. Where it is, what it
does, in which light, is the transformer's to draw.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from model.world.art import PICTURES, Art
from model.world.render import Renderer
from model.world.scene import Instance
from model.world.understand import understand


def who_of(prompt: str, knows: Mapping[str, Collection[str]] | None = None) -> Instance | None:
    """The subject that a prompt names first, in the colour that stands before it; None when it names nobody."""
    spans = understand(prompt, knows).spans
    for index, span in enumerate(spans):
        if span.kind == "subject":
            before = spans[index - 1] if index else None
            near = before is not None and before.kind == "colour" and prompt[before.end : span.start].isspace()
            return Instance(span.id, colour=before.id if before is not None and near else None)
    return None


def portrait(instance: Instance | None, width: int, height: int) -> NDArray[np.uint8]:
    """A portrait, uint8 (H, W, 3): who stands before grey paper in the middle of the frame, or the paper alone."""
    picture: NDArray[np.uint8] = _renderer(width, height).alone([instance])[0].permute(1, 2, 0).numpy()
    return np.ascontiguousarray(picture)


@cache
def _art() -> Art:
    return Art(PICTURES)


@cache
def _renderer(width: int, height: int) -> Renderer:
    return Renderer(_art(), width, height)
