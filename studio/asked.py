"""From a recipe to what the generator is asked: the numbers, and the given pictures as the model takes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from studio import controls, media
from studio.errors import MediaError
from studio.films import continuity
from studio.library import Library
from studio.recipe import STEERING, GivenFrames, Recipe

if TYPE_CHECKING:
    from model.conditioning import Anchor, Place
    from model.pipeline import GenerationRequest, Generator


MET = 6  # latents over which a jump of the model's is spread where a clip goes on from another
AROUND = ("cast", "before", *STEERING)  # places that are no moment of the shot


def request_of(recipe: Recipe, generator: Generator, library: Library) -> GenerationRequest:
    """What is asked of the generator. Raises MediaError for a given file that is gone, or RequestError."""
    return generator.request(
        recipe.rendered_prompt,
        negative_prompt=recipe.negative,
        width=recipe.width,
        height=recipe.height,
        frames=recipe.frames,
        fps=recipe.fps,
        seed=recipe.seed,
        steps=recipe.steps,
        guidance=recipe.guidance,
        shift=recipe.shift,
        solver=recipe.solver,
        block_cache=recipe.block_cache,
        guided=recipe.guided,
        anchors=tuple(_anchor(given, recipe, library) for given in recipe.anchors if given.place not in AROUND),
        **_around(recipe, generator, library),
    )


def _around(recipe: Recipe, generator: Generator, library: Library) -> dict[str, Any]:
    """What is no moment of the shot: the clip that it goes on from, pictures of its cast, and its control."""
    size = (recipe.width, recipe.height)
    cast = [given for given in recipe.anchors if given.place == "cast"]
    looks_up = bool(generator.entry.notes.get("blocking"))  # it cuts whom it is given out of the paper
    pictures = [
        media.whole_picture(picture, *size) if looks_up else media.fit_picture(picture, *size, given.crop)
        for given in cast
        for picture in [media.open_picture(given_file(given, library))]
    ]
    found: dict[str, Any] = {"references": np.stack(pictures)} if pictures else {}
    steering = [(given, given_file(given, library)) for given in recipe.anchors if given.place in STEERING]
    found["control"] = controls.of(steering, size, recipe.frames, recipe.fps)
    for given in recipe.anchors:
        if given.place == "before":
            latents, shown = continuity.before(given, library, generator, size)
            told = continuity.told(given.sha256, media.count_frames(given_file(given, library)) - 1, library)
            found |= {"before": latents, "shown": shown, "meet": MET, "was": told}
    return found


def given_file(given: GivenFrames, library: Library) -> Path:
    """Where a given file is kept. Raises MediaError."""
    path = library.input(given.sha256)
    if path is None:
        raise MediaError(f"{given.name or 'a given picture'} is no longer in the library; give it again")
    return path


def _anchor(given: GivenFrames, recipe: Recipe, library: Library) -> Anchor:
    from model.conditioning import Anchor

    path, size = given_file(given, library), (recipe.width, recipe.height)
    if given.place == "clip":
        span = (given.start, given.end) if given.end else None
        frames = media.decode_clip(path, fps=recipe.fps, size=size, limit=recipe.frames, span=span, crop=given.crop)
        return Anchor(frames=frames[: (len(frames) - 1) // 4 * 4 + 1], place="first", strength=given.strength)
    picture = media.fit_picture(media.open_picture(path), *size, given.crop)[None]
    return Anchor(frames=picture, place=cast("Place", given.place), strength=given.strength)
