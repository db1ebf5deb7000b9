"""Who a prompt is about, as a picture: what a model that looks its cast up is shown beside the noise.

A small transformer cannot know five hundred characters by heart, and need not: as in retrieval-augmented diffusion
("Re-Imagen", arXiv 2209.14491; "Semi-parametric neural image synthesis", arXiv 2204.11824) the subjects that the prompt
names are looked up, and their pictures, set on grey paper as the clip is to begin, are laid beside what is drawn. Where
they are, in which light, what they do and what is around them is the transformer's to draw. A picture that the artist
gives of one of the cast takes the place of those that are looked up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from model.world.art import PICTURES, Art
from model.world.render import PAPER, Renderer, View
from model.world.scene import FLOOR, FRAMING_HEIGHT, Instance, Shot, portrait_shot
from model.world.understand import Span, understand

MOST = 3  # subjects beside each other
NEXT = 0.62  # of the width of a frame that is as high as wide, from one to the next, shared by all
PAPER_DIFFERS = 48  # how far the colour of the paper may vary, over the three channels
SMALLEST, LARGEST = 0.01, 0.85  # of a picture: what is cut out of it
_MARK = (1, 2, 3)  # what is filled: a colour that no picture is all over

Picture = NDArray[np.uint8]


def who_of(prompt: str, knows: Mapping[str, Collection[str]] | None = None) -> tuple[Instance, ...]:
    """The subjects that a prompt names, in its order, each once and in the colour that stands before it."""
    spans = understand(prompt, knows).spans
    found: dict[str, Instance] = {}
    for before, span in pairwise((None, *spans)):
        if span is not None and span.kind == "subject":
            colour = before.id if before is not None and _belongs(before, span, prompt) else None
            found.setdefault(span.id, Instance(span.id, colour=colour))
    return tuple(found.values())[:MOST]


def _belongs(before: Span, span: Span, prompt: str) -> bool:
    return before.kind == "colour" and prompt[before.end : span.start].isspace()


def layout(prompt: str, knows: Mapping[str, Collection[str]] | None = None) -> Shot | None:
    """Where those whom a prompt names stand when its clip begins: beside each other, as large as its framing has them;
    None when it names nobody."""
    who = who_of(prompt, knows)
    if not who:
        return None
    framing = understand(prompt, knows).first("framing")
    shots = [portrait_shot(one, framing if framing in FRAMING_HEIGHT else "close") for one in who]
    share = 1 if len(who) == 1 else 0.8 if len(who) == 2 else 0.62
    actors = [
        replace(shot.actors[0], x=NEXT * (place - (len(who) - 1) / 2), height=shot.actors[0].height * share)
        for place, shot in enumerate(shots)
    ]
    return replace(shots[0], actors=tuple(actors))


def portrait(shot: Shot | None, width: int, height: int) -> Picture:
    """A portrait, uint8 (H, W, 3): who is in the shot before grey paper, or the paper alone."""
    picture: Picture = _renderer(width, height).alone([shot])[0].permute(1, 2, 0).numpy()
    return np.ascontiguousarray(picture)


def portrait_of(picture: Picture) -> Picture:
    """The portrait, uint8 (H, W, 3), that a picture of somebody (H, W, 3) makes: cut out of its plain background, if it
    has one, and set on grey paper; else as it is."""
    height, width = picture.shape[:2]
    cut = _cut_out(Image.fromarray(picture))
    if cut is None:
        return picture
    unit = View(width, height).unit
    tall = sum(FRAMING_HEIGHT["close"]) / 2 * unit
    scale = min(tall / cut.height, 0.94 * width / cut.width)
    cut = cut.resize((max(1, round(cut.width * scale)), max(1, round(cut.height * scale))), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", (width, height), (PAPER,) * 3)
    feet = height / 2 + (sum(FLOOR["close"]) / 2 - 0.5) * unit
    paper.paste(cut, ((width - cut.width) // 2, round(feet) - cut.height), cut)
    return np.asarray(paper)


def _cut_out(picture: Image.Image) -> Image.Image | None:
    """What is drawn on a plain background, RGBA and no larger than it is; None where there is no such background."""
    small = picture.resize((max(8, picture.width // 2), max(8, picture.height // 2)))
    framed = Image.new("RGB", (small.width + 2, small.height + 2), _border(small))
    framed.paste(small, (1, 1))
    ImageDraw.floodfill(framed, (0, 0), _MARK, thresh=PAPER_DIFFERS)
    drawn = (np.asarray(framed)[1:-1, 1:-1] != _MARK).any(-1)
    if not SMALLEST < drawn.mean() < LARGEST:
        return None
    mask = Image.fromarray(drawn.astype(np.uint8) * 255).resize(picture.size, Image.Resampling.BILINEAR)
    whole = picture.convert("RGBA")
    whole.putalpha(mask)
    return whole.crop(mask.getbbox())


def _border(picture: Image.Image) -> tuple[int, int, int]:
    """The colour in the middle of those along the border."""
    pixels = np.asarray(picture)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(value) for value in np.median(border, axis=0))
    return red, green, blue


@cache
def _art() -> Art:
    return Art(PICTURES)


@cache
def _renderer(width: int, height: int) -> Renderer:
    return Renderer(_art(), width, height)
