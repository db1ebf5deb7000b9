"""What a model with a control branch is shown: a clip or a picture, and a mask of what of it is drawn anew.

White in a mask is drawn, black is kept. A clip that is shown whole leaves bars where it has another shape than the
shot: they are drawn as well, which is outpainting.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model.catalog import CatalogEntry
from studio import media
from studio.errors import MediaError, ShotError
from studio.film import Shot
from studio.pictures import Frames
from studio.recipe import STEERING, GivenFrames

if TYPE_CHECKING:
    from model.pipeline import Control

WHITE = 128  # from this brightness on a mask is white
LOOKED_AT = 64  # pixels a side of a mask that is only looked at


def check(shot: Shot, entry: CatalogEntry) -> None:
    """Raise ShotError for a control, a mask or an outpainting that this model or this shot cannot have."""
    for field, there in (("control", shot.control is not None), ("mask", shot.mask is not None)):
        if there and not entry.given.get(field, False):
            message = f"{entry.title} takes no control clip and no mask: choose a model that does, such as VACE"
            raise ShotError(field, field, f"{message}, or leave it out")
    if shot.control is None and (shot.mask is not None or shot.outpaint):
        field, what = ("mask", "a mask") if shot.mask is not None else ("control", "outpainting")
        message = f"{what} says what of a control clip is drawn anew: give a control clip or picture"
        raise ShotError(field, what, message)
    if shot.mask is not None and not shot.outpaint:
        _require_white(shot.mask)


def _require_white(path: Path) -> None:
    try:
        shown = _frames(path, (LOOKED_AT, LOOKED_AT), 24, 240)
    except MediaError as error:
        raise ShotError("mask", path.name, f"mask: {error}") from None
    if not _white(shown).any():
        message = f"mask: {path.name} is black everywhere, so nothing would be drawn: white is drawn, black is kept"
        raise ShotError("mask", path.name, message)


def of(given: Sequence[tuple[GivenFrames, Path]], size: tuple[int, int], frames: int, fps: int) -> Control | None:
    """What of a recipe's given files is control and mask, at (width, height) pixels; None where none is.

    A picture stands for all frames. A mask that ends before its clip goes on as it ended. Raises MediaError.
    """
    from model.pipeline import Control

    places = {str(one.place): (one, path) for one, path in given if one.place in STEERING}
    whole = "outpaint" in places
    if not whole and "control" not in places:
        return None
    shown, path = places["outpaint" if whole else "control"]
    inner = _fitting(path, size) if whole else size
    clip = _frames(path, inner, fps, frames, None if whole else shown)
    mask: Frames | None = None
    if "mask" in places:
        one, path = places["mask"]
        found = _white(_frames(path, inner, fps, frames, None if whole else one)).astype(np.uint8)
        mask = np.concatenate([found, np.repeat(found[-1:], max(0, len(clip) - len(found)), axis=0)])[: len(clip)]
    if inner != size:
        clip, mask = _framed(clip, np.zeros(clip.shape[:3], np.uint8) if mask is None else mask, size)
    elif whole and mask is None:
        raise MediaError(f"{path.name} has the shot's shape already, so that outpainting has nothing to draw")
    return Control(clip, mask)


def _frames(path: Path, size: tuple[int, int], fps: int, count: int, given: GivenFrames | None = None) -> Frames:
    crop = None if given is None else given.crop
    if media.is_clip(path):
        return media.decode_clip(path, fps=fps, size=size, limit=count, crop=crop)
    return np.repeat(media.fit_picture(media.open_picture(path), *size, crop)[None], count, axis=0)


def _white(shown: Frames) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray(shown.mean(axis=-1) >= WHITE)


def _fitting(path: Path, size: tuple[int, int]) -> tuple[int, int]:
    """The sides, even, at which a clip or picture is whole within (width, height)."""
    facts = media.probe(path) if media.is_clip(path) else None
    width, height = (facts.width, facts.height) if facts is not None else media.open_picture(path).size
    scale = min(size[0] / width, size[1] / height)
    inner = [round(side * scale / 2) * 2 for side in (width, height)]
    return max(2, min(inner[0], size[0])), max(2, min(inner[1], size[1]))


def _framed(clip: Frames, mask: Frames, size: tuple[int, int]) -> tuple[Frames, Frames]:
    """A clip in the middle of larger frames, whose bars are to be drawn."""
    count, rows, columns = mask.shape
    top, left = (size[1] - rows) // 2, (size[0] - columns) // 2
    frames = np.full((count, size[1], size[0], 3), WHITE - 1, np.uint8)  # mid grey: nothing is known there
    drawn = np.ones((count, size[1], size[0]), np.uint8)
    frames[:, top : top + rows, left : left + columns] = clip
    drawn[:, top : top + rows, left : left + columns] = mask
    return frames, drawn
