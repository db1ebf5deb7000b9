"""Drawings on plain paper: whoever is drawn is cut out, and the paper is left empty."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from model.world.art import Sprite

PAPER_DIFFERS = 48  # how far the colour of the paper may vary, over the three channels
SMALLEST, LARGEST = 0.01, 0.85  # of a picture: what is cut out of it
_MARK = (1, 2, 3)  # what is filled: a colour that no picture is all over

Picture = NDArray[np.uint8]
Cut = tuple[Image.Image, tuple[int, int, int, int]]


def emptied(picture: Picture) -> Picture:
    """A drawing (H, W, 3) without whoever stands out from its plain paper: the paper alone; other pictures as they
    are."""
    found = cut_out(picture)
    if found is None:
        return picture
    whole, (cut, (left, top, _, _)) = Image.fromarray(picture), found
    mask = cut.getchannel("A").point(lambda alpha: 255 if alpha else 0).filter(ImageFilter.MaxFilter(5))
    whole.paste(_border(whole), (left, top), mask)
    return np.asarray(whole)


def sprite_of(picture: Picture, identity: str) -> Sprite:
    """Somebody who can be moved, from a picture of them (H, W, 3): cut out of its plain background if it has one, else
    the whole of it, standing on the bottom edge of a square."""
    found = cut_out(picture)
    cut = Image.fromarray(picture).convert("RGBA") if found is None else found[0]
    side = max(cut.size)
    square = Image.new("RGBA", (side, side))
    square.paste(cut, ((side - cut.width) // 2, side - cut.height))
    pixels = np.ascontiguousarray(np.asarray(square).transpose(2, 0, 1))
    return Sprite(identity, torch.from_numpy(pixels)[None])


def cut_out(drawing: Picture) -> Cut | None:
    """What is drawn (H, W, 3) on a plain background, RGBA and no larger than it is, and where: left, top, right,
    bottom. None where there is no such background."""
    picture = Image.fromarray(drawing)
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
    box = mask.getbbox()
    return None if box is None else (whole.crop(box), box)


def _border(picture: Image.Image) -> tuple[int, int, int]:
    """The colour in the middle of those along the border."""
    pixels = np.asarray(picture)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(value) for value in np.median(border, axis=0))
    return red, green, blue
