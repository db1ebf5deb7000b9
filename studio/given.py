"""Given pictures and clips: checked, put at their place in the shot, and found again from a recipe.

The finest grid of places is one latent, which is four frames: 0, then 1 + 4k.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from model.catalog import CatalogEntry
from studio import controls, media, words
from studio.errors import MediaError, ShotError
from studio.film import Shot
from studio.inputs import sha256_of
from studio.recipe import STEERING, Crop, GivenFrames, Recipe

TEMPORAL = 4  # frames a latent stands for: clips have 1 + 4k
MAX_GIVEN = 16  # pictures over one shot
WEAKEST = 0.05  # a strength that is suggested in place of nothing
SMALLEST_CROP = 0.02  # of a side
MAX_SIDE = 8192  # pixels of a given clip


def spread(count: int, frames: int) -> tuple[int, ...]:
    """Frame indices of `count` key pictures over a clip: first to last, on latent boundaries (0 or 1 + 4k)."""
    if count == 1:
        return (0,)
    last = frames - TEMPORAL
    return tuple(0 if i == 0 else 1 + round(i * (last - 1) / (count - 1) / TEMPORAL) * TEMPORAL for i in range(count))


def anchors(shot: Shot, frames: int, entry: CatalogEntry) -> tuple[GivenFrames, ...]:
    """What a shot of so many frames is given. Raises ShotError for the first thing that is wrong."""
    return (*_moments(shot, frames, entry), *_around(shot, entry))


def _around(shot: Shot, entry: CatalogEntry) -> tuple[GivenFrames, ...]:
    """What is no moment of the shot: pictures of its cast, the clip that it goes on from, its control and mask."""
    controls.check(shot, entry)
    if shot.cast:
        _takes(entry, "references", "cast")
    if len(shot.cast) > (most := entry.most_references):
        message = f"{len(shot.cast)} pictures of the cast are too many for one shot: up to {most}"
        raise ShotError("cast", len(shot.cast), message, most)
    cast = tuple(_given("cast", path, "cast", 1.0, None) for path in shot.cast)
    others = (
        ("before", shot.before, "before"), ("control", shot.control, "outpaint" if shot.outpaint else "control"),
        ("mask", shot.mask, "mask"),
    )  # fmt: skip
    return (*cast, *(_given(field, path, place, 1.0, None) for field, path, place in others if path is not None))


def _moments(shot: Shot, frames: int, entry: CatalogEntry) -> tuple[GivenFrames, ...]:
    if shot.frames and (shot.first or shot.last):
        message = "frames cannot be combined with a first or last picture: put them among the frames"
        raise ShotError("frames", len(shot.frames), message)
    if shot.frames:
        return _sequence(shot, frames, entry)
    found = []
    for place, picture, strength, crop in (
        ("first", shot.first, shot.first_strength, shot.first_crop),
        ("last", shot.last, shot.last_strength, shot.last_crop),
    ):
        if picture is not None:
            _takes(entry, place, place)
            found.append(_given(place, picture, place, _strength(strength), crop))
    return tuple(found)


def fields(recipe: Recipe, find: Callable[[str], Path | None]) -> dict[str, Any]:
    """The fields of a Shot that hold what a recipe was given; what `find` does not know by its content is left out."""
    here = [(anchor, path) for anchor in recipe.anchors if (path := find(anchor.sha256)) is not None]
    found: dict[str, Any] = {}
    for anchor, path in here:
        if anchor.place in ("first", "last"):
            found |= {str(anchor.place): path, f"{anchor.place}_strength": anchor.strength or WEAKEST}
            found |= {f"{anchor.place}_crop": anchor.crop}
    around = [(anchor, path) for anchor, path in here if anchor.place in ("cast", "before", *STEERING)]
    many = [(anchor, path) for anchor, path in here if isinstance(anchor.place, int) or anchor.place == "clip"]
    if many and not found:
        places = [anchor.place for anchor, _ in many if isinstance(anchor.place, int)]
        found["frames"] = tuple(path for _, path in many)
        if any(anchor.strength != 1.0 for anchor, _ in many):
            found["strengths"] = tuple(anchor.strength or WEAKEST for anchor, _ in many)
        if any(anchor.crop is not None for anchor, _ in many):
            found["crops"] = tuple(anchor.crop for anchor, _ in many)
        if len(places) == len(many) and tuple(places) != spread(len(many), recipe.frames):
            found["places"] = tuple(round(place / recipe.fps, 3) for place in places)
        if many[0][0].end > 0:
            found["trim"] = (many[0][0].start, many[0][0].end)
    cast = tuple(path for anchor, path in around if anchor.place == "cast")
    names = {"before": "before", "control": "control", "outpaint": "control", "mask": "mask"}
    found |= {names[str(anchor.place)]: path for anchor, path in around if anchor.place != "cast"}
    if "mask" in found and "control" not in found:  # it says nothing without what it is laid over
        del found["mask"]
    outpaint = any(anchor.place == "outpaint" for anchor, _ in around)
    return found | ({"cast": cast} if cast else {}) | ({"outpaint": True} if outpaint else {})


def _sequence(shot: Shot, frames: int, entry: CatalogEntry) -> tuple[GivenFrames, ...]:
    """One clip from the first frame on, or pictures over the shot."""
    many = len(shot.frames)
    if shot.strengths and len(shot.strengths) != many:
        raise ShotError("strength", len(shot.strengths), f"there are {many} frames: give each its strength, or none")
    if shot.crops and len(shot.crops) != many:
        raise ShotError("frames", len(shot.crops), f"there are {many} frames: give each its crop, or none")
    strengths = tuple(_strength(value) for value in shot.strengths) or (1.0,) * many
    crops = shot.crops or (None,) * many
    if many == 1 and _moves(shot.frames[0]):
        _takes(entry, "sequence", "frames")
        return (_clip(shot, strengths[0], crops[0]),)
    _takes(entry, "index", "frames")
    if shot.trim is not None:
        raise ShotError("frames", shot.trim, "only a clip can be trimmed, and these are pictures: leave the trim out")
    limit = min(MAX_GIVEN, (frames - 1) // TEMPORAL)
    if many > limit:
        message = f"frames: {many} pictures are too many for this length: up to {limit}"
        raise ShotError("frames", many, message, limit)
    places = _placed(shot, frames, entry.fps) if shot.places else spread(many, frames)
    return tuple(
        _given("frames", path, place, strength, crop)
        for path, place, strength, crop in zip(shot.frames, places, strengths, crops, strict=True)
    )


def _placed(shot: Shot, frames: int, fps: int) -> tuple[int, ...]:
    """Frame indices of pictures that were put on the time line by hand: each on the latent nearest to its second."""
    if len(shot.places) != len(shot.frames):
        message = f"there are {len(shot.frames)} frames and {len(shot.places)} places: give each its place, or none"
        raise ShotError("frames", len(shot.places), message)
    longest, taken = (frames - 1) / fps, list[int]()
    for number, second in enumerate(shot.places, 1):
        # The length that was asked for may be more than the frames last (1 + 4k of them): a picture at its end stands.
        if not _is_number(second) or not -1e-6 <= second <= max(longest + 1 / fps, shot.seconds + 1e-6):
            near = min(max(second, 0.0), longest) if _is_number(second) else 0.0
            message = f"picture {number} cannot stand at {str(second)[:20]} s: the shot is {longest:.2f} s long"
            raise ShotError("frames", second, message, round(near, 2))
        latent = _latent(round(second * fps))
        latent = min(latent, (frames - 1) // TEMPORAL)
        if latent in taken:
            free = [k for k in range((frames - 1) // TEMPORAL + 1) if k not in taken]
            near = _frame(min(free, key=lambda k: abs(k - latent))) / fps
            line = f"picture {number} falls on the same moment as another ({second:.2f} s): {TEMPORAL / fps:.2f} s must"
            raise ShotError("frames", second, f"{line} lie between two; {near:.2f} s is free", round(near, 2))
        taken.append(latent)
    return tuple(_frame(latent) for latent in taken)


def _latent(frame: int) -> int:
    """The latent nearest to a frame: 0 is the first frame alone, k the four from 4k - 3 on."""
    return 0 if frame <= 0 else 1 + round(max(0, frame - 1) / TEMPORAL)


def _frame(latent: int) -> int:
    return 0 if latent == 0 else 1 + TEMPORAL * (latent - 1)


def _clip(shot: Shot, strength: float, crop: Crop | None) -> GivenFrames:
    """One clip, or the part of it between the trim handles."""
    if shot.places:
        raise ShotError("frames", shot.places, "a clip begins with the shot: it has no place on the time line")
    path, start, end = shot.frames[0], 0.0, 0.0
    try:
        facts = media.probe(path)
    except MediaError as error:
        raise ShotError("frames", path.name, f"frames: {error}") from None
    if max(facts.width, facts.height) > MAX_SIDE:
        message = f"frames: {path.name} is {facts.width} x {facts.height}: up to {MAX_SIDE} pixels on a side are read"
        raise ShotError("frames", path.name, message)
    if shot.trim is not None:
        start, end = _trim(shot.trim, facts.seconds)
    return _given("frames", path, "clip", strength, crop, start, end)


def _trim(trim: tuple[float, float], seconds: float | None) -> tuple[float, float]:
    """The trim with its end inside the clip, whose length may not be known."""
    length = seconds if seconds is not None else math.inf
    good = len(trim) == 2 and all(_is_number(value) for value in trim)
    if not good or not 0 <= trim[0] < trim[1] or trim[0] >= length:
        whole = (0.0, round(length, 2)) if math.isfinite(length) else None
        shown = " to ".join(f"{value:g}" if _is_number(value) else str(value)[:20] for value in trim)
        long = f"; the clip is {length:.2f} s long" if whole else ""
        raise ShotError(
            "frames", trim, f"frames: the trim {shown} s does not work: its end comes after its start{long}", whole
        )
    return float(trim[0]), float(min(trim[1], length + 0.05))  # a clip rounds what it says of its length


def _strength(value: float) -> float:
    if not _is_number(value) or not 0 < value <= 1:
        near = min(max(float(value), WEAKEST), 1.0) if _is_number(value) else 1.0
        shown = f"{value:g}" if _is_number(value) else repr(value)[:20]
        message = f"strength {shown} does not work: it is above 0 and up to 1 (1 keeps the picture as it is)"
        raise ShotError("strength", value, message, near)
    return float(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _takes(entry: CatalogEntry, kind: str, field: str) -> None:
    if not entry.given.get(kind, False):
        raise ShotError(field, kind, f"{entry.title} cannot be given a picture here ({field}); leave it out")


def _given(
    field: str,
    path: Path,
    place: str | int,
    strength: float,
    crop: Crop | None,
    start: float = 0.0,
    end: float = 0.0,
) -> GivenFrames:
    """One given file, after it was opened in full: a picture that breaks halfway must not break the render."""
    try:
        if place in ("clip", "before") or (place in STEERING and media.is_clip(path)):
            media.decode_clip(path, size=(64, 64), limit=2, span=(start, end) if end else None)
        else:
            media.open_picture(path)
    except MediaError as error:
        raise ShotError(field, path.name, f"{field}: {error}") from None
    name = words.printable(path.name)[:120]
    return GivenFrames(sha256_of(path), place, strength, name, _crop(field, crop), start, end)


def _crop(field: str, crop: Crop | None) -> Crop | None:
    """A crop inside its picture: left, top, width and height as parts of it."""
    if crop is None:
        return None
    good = len(crop) == 4 and all(_is_number(part) for part in crop)
    if (
        not good
        or min(crop[:2]) < 0
        or min(crop[2:]) < SMALLEST_CROP
        or crop[0] + crop[2] > 1.001
        or crop[1] + crop[3] > 1.001
    ):
        raise ShotError(
            field, crop, f"{field}: this crop is not inside the picture: draw it again", (0.0, 0.0, 1.0, 1.0)
        )
    left, top = float(crop[0]), float(crop[1])
    return (left, top, min(float(crop[2]), 1 - left), min(float(crop[3]), 1 - top))


def _moves(path: Path) -> bool:
    try:
        return media.is_clip(path)
    except MediaError as error:
        raise ShotError("frames", path.name, f"frames: {error}") from None
