"""The form as JSON, and the two ways between it and a Shot.

Numbers come as they were typed and are checked here and by the studio, not by the browser: a field that refuses what is
typed drops it, while a ShotError stands beside its field and keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.core import Studio
from studio.direction import KINDS, Direction
from studio.errors import ShotError
from studio.film import Shot
from studio.recipe import Recipe
from studio.ui import given
from studio.ui.drafts import Drafts, Given

RATIOS = {"landscape": "16:9", "portrait": "9:16", "square": "1:1"}
TAKES = (1, 2, 4)

# Where the page shows an error of a field; fields that are not named here stand by the button ("shot").
SLOTS = ("prompt", "pictures", "direction", "size", "fine", "shot")
SLOT_OF = {
    "prompt": "prompt",
    **dict.fromkeys(("first", "last", "frames", "cast", "strength", "control", "mask"), "pictures"),
    **dict.fromkeys(("direction", *KINDS), "direction"),
    **dict.fromkeys(("size", "width", "height", "seconds", "seed"), "size"),
    **dict.fromkeys(("negative", "steps", "guidance", "block_cache", "guided"), "fine"),
}

Data = Mapping[str, Any]


class Forms:
    """Reads and fills forms for one studio."""

    def __init__(self, studio: Studio, drafts: Drafts) -> None:
        self.studio = studio
        self.drafts = drafts

    def shot(self, data: Data, owner: str) -> Shot:
        """The shot that a form describes. Raises ShotError for what cannot be read."""
        chosen = data.get("direction")
        direction = {kind: str(chosen[kind]) for kind in KINDS if isinstance(chosen, Mapping) and chosen.get(kind)}
        shot = Shot(
            prompt=_text(data, "prompt"),
            direction=Direction(**direction),
            negative=_text(data, "negative"),
            size=_text(data, "size") or "landscape",
            seconds=_seconds(data.get("seconds")),
            seed=seed(data.get("seed")),
            steps=steps(data.get("steps")),
            guidance=_real("guidance", data.get("guidance")),
            model=_text(data, "model") or "storybook",
            consent=data.get("consent") is True,
            outpaint=data.get("outpaint") is True,
            block_cache=_real("block_cache", data.get("block_cache")) or 0.0,
            guided=1.0 if (guided := _real("guided", data.get("guided"))) is None else guided,
        )
        who, control, mask = (self._file(data.get(name), name, owner) for name in ("cast", "control", "mask"))
        around = replace(shot, cast=() if who is None else (who,), control=control, mask=mask)
        return self._with_pictures(around, data, owner)

    def filled(self, shot: Shot, owner: str, *, names: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The form that shows a shot. `names` are the given files' names by content."""

        def item(path: Path | None, **more: Any) -> dict[str, Any] | None:
            found = None if path is None else given.known(self.drafts, self.studio.library, owner, path)
            if found is None:
                return None
            name = (names or {}).get(found.sha256)
            return {**replace(found, name=name or found.name).shown(), **more}

        return {
            "prompt": shot.prompt,
            "direction": shot.direction.chosen(),
            "negative": shot.negative,
            "size": shot.size,
            "seconds": f"{shot.seconds:g}",
            "seed": "" if shot.seed is None else str(shot.seed),
            "steps": "" if shot.steps is None else str(shot.steps),
            "guidance": "" if shot.guidance is None else f"{shot.guidance:g}",
            "model": shot.model,
            "consent": shot.consent,
            "first": item(shot.first, strength=shot.first_strength, **_crop(shot.first_crop)),
            "last": item(shot.last, strength=shot.last_strength, **_crop(shot.last_crop)),
            "cast": item(shot.cast[0] if shot.cast else None),
            "control": item(shot.control),
            "mask": item(shot.mask),
            "outpaint": shot.outpaint,
            "block_cache": f"{shot.block_cache:g}" if shot.block_cache else "",
            "guided": "" if shot.guided == 1 else f"{shot.guided:g}",
            **self._frames(shot, item),
        }

    def of_recipe(self, recipe: Recipe, owner: str) -> dict[str, Any]:
        """The form that shows a recipe; pictures that are not here are left out."""
        names = {anchor.sha256: anchor.name for anchor in recipe.anchors}
        return self.filled(self.studio.shot_from(recipe), owner, names=names)

    def _with_pictures(self, shot: Shot, data: Data, owner: str) -> Shot:
        clip, items = data.get("clip"), _items(data, shot.seconds)
        if items or isinstance(clip, Mapping):
            data = {**data, "first": None, "last": None}
        first, last = self._file(data.get("first"), "first", owner), self._file(data.get("last"), "last", owner)
        if isinstance(clip, Mapping):
            path = self._file(clip, "frames", owner)
            trim = (_real("frames", clip.get("start")) or 0.0, _real("frames", clip.get("end")) or 0.0)
            given_frames: dict[str, Any] = {
                "frames": (path,), "trim": trim if any(trim) else None, "strengths": (_strength(clip),),
                "crops": (_box(clip),),
            }  # fmt: skip
        else:
            given_frames = self._keys(items, owner)
        return replace(
            shot,
            first=first,
            last=last,
            first_strength=_strength(data.get("first")),
            last_strength=_strength(data.get("last")),
            first_crop=_box(data.get("first")),
            last_crop=_box(data.get("last")),
            **given_frames,
        )

    def _keys(self, frames: list[Data], owner: str) -> dict[str, Any]:
        """Key frames in the order of time; pictures without a place are spread evenly by the studio."""
        placed = all(item.get("at") is not None for item in frames)
        if placed:
            frames.sort(key=lambda item: _real("frames", item["at"]) or 0.0)
        return {
            "frames": tuple(path for item in frames if (path := self._file(item, "frames", owner)) is not None),
            "places": tuple(_real("frames", item["at"]) or 0.0 for item in frames) if placed else (),
            "strengths": tuple(_strength(item) for item in frames),
            "crops": tuple(_box(item) for item in frames),
        }

    def _frames(self, shot: Shot, item: Any) -> dict[str, Any]:
        count = len(shot.frames)
        strengths = shot.strengths or (1.0,) * count
        places = shot.places or (None,) * count
        crops = shot.crops or (None,) * count
        rows = zip(shot.frames, places, strengths, crops, strict=False)
        found = [item(path, at=at, strength=strength, **_crop(crop)) for path, at, strength, crop in rows]
        here = [each for each in found if each is not None]
        if len(here) == 1 and here[0]["kind"] == "clip":
            start, end = shot.trim or (0.0, here[0]["seconds"])
            return {"clip": {**here[0], "start": start, "end": end}, "frames": []}
        return {"clip": None, "frames": here}

    def _file(self, item: object, field: str, owner: str) -> Path | None:
        """Where a given file lies. Only an id of this owner leads to one."""
        if not isinstance(item, Mapping):
            return None
        found: Given | None = self.drafts.given(owner, item.get("id"))
        path = None if found is None else self.drafts.path(owner, found)
        if path is None:
            raise ShotError(field, item.get("name"), "This picture is no longer in the studio; give it again.")
        return path


def seed(value: object) -> int | None:
    """The seed as typed. It is text, because a browser's numbers are not exact above 2**53."""
    words = str(value if value is not None else "").strip()
    if not words:
        return None
    try:
        return int(words)
    except ValueError:
        message = f"seed {words[:40]!r} does not work: give a whole number from 0 up, or none to draw one"
        raise ShotError("seed", value, message) from None


def steps(value: object) -> int | None:
    """The number of steps as typed; None for the model's own."""
    number = _real("steps", value)
    if number is None:
        return None
    if number != int(number):
        message = f"steps {number:g} does not work: it is a whole number, for example {round(number)}"
        raise ShotError("steps", value, message, round(number))
    return int(number)


def _items(data: Data, seconds: float) -> list[Data]:
    """The key frames; a first and a last picture beside them are key frames at the two ends."""
    items = data.get("frames")
    frames: list[Data] = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    first, last = data.get("first"), data.get("last")
    if frames and isinstance(first, Mapping):
        frames = [{**first, "at": 0.0}, *frames]
    if frames and isinstance(last, Mapping):
        frames = [*frames, {**last, "at": seconds}]
    return frames


def _seconds(value: object) -> float:
    number = _real("seconds", value)
    if number is None:
        raise ShotError("seconds", value, "Say how many seconds the shot lasts, for example 4.", 4)
    return number


def _real(field: str, value: object) -> float | None:
    words = str(value if value is not None else "").strip().replace(",", ".")
    if not words:
        return None
    try:
        number = float(words)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e9:
        example = 1 if field == "strength" else 4
        message = f"{field} {words[:40]!r} is not a number: write one, for example {example}"
        raise ShotError(field, value, message, example)
    return number


def _strength(item: object) -> float:
    value = item.get("strength") if isinstance(item, Mapping) else None
    number = _real("strength", value)
    return 1.0 if number is None else number


def _box(item: object) -> tuple[float, float, float, float] | None:
    """The crop box (x, y, width, height; parts of the whole picture) that was drawn, or None for the middle."""
    box = item.get("crop") if isinstance(item, Mapping) else None
    if not isinstance(box, list) or len(box) != 4:
        return None
    x, y, width, height = (_real("frames", value) or 0.0 for value in box)
    return (x, y, width, height)


def _crop(box: tuple[float, float, float, float] | None) -> dict[str, Any]:
    return {"crop": None if box is None else list(box)}


def _text(data: Data, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
