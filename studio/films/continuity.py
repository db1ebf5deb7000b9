"""Continuity: when a shot's turn comes, what it waited for becomes part of it.

`continue` gives it the last latents of the shot before, so that movement and the decoder's memory go on; a cut gives it
a still of the shot in which each of its cast was first seen.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from model.catalog import MOST_REFERENCES
from studio import media
from studio.errors import MediaError, NotFound, StudioError
from studio.film import Job, Take
from studio.films.schema import MAX_SHOTS
from studio.leaving import load_latents
from studio.library import Library
from studio.provenance import Identity
from studio.recipe import GivenFrames, Recipe
from studio.stills import still

if TYPE_CHECKING:
    from torch import Tensor

    from model.conditioning import Frames
    from model.pipeline import Generator
    from model.request import Told
    from model.shotlist import Part

PREFIX = 8  # latents of the shot before: more than the model's overlap and the decoder's memory
SHOWN = 8  # frames of what a clip goes on from that are seen as they are
DEEP = 16  # clips of clips that are gone through for the words of one
ENCODED = 1 + 4 * 16  # frames of a clip whose latents are gone


def settle(library: Library, job: Job, identity: Identity) -> Job:
    """The job with what it waited for in its shot and its recipe. Raises StudioError when that was never made."""
    needs = library.needs(job.id)
    if not needs:
        return job
    shot, recipe = job.shot, library.recipe(job.id)
    for need in sorted(needs, key=lambda one: one.how):
        take = _take_of(library, need.job)
        if need.how == "before":
            if take is None:
                raise StudioError("The shot that this one continues has no take: shoot that one first, then this.")
            sha256, path = library.keep_input(take.clip)
            given = GivenFrames(sha256, "before", name=f"{take.id}.mp4")
            shot, recipe = replace(shot, before=path), replace(recipe, anchors=(*recipe.anchors, given))
        elif take is not None and len(shot.cast) < MOST_REFERENCES:
            path = still(take, take.frames // 2, library, identity)
            sha256 = library.keep_input(path)[0]
            given = GivenFrames(sha256, "cast", name=f"{take.id}.png")
            shot, recipe = replace(shot, cast=(*shot.cast, path)), replace(recipe, anchors=(*recipe.anchors, given))
    library.settle(job.id, shot, recipe)
    return replace(job, shot=shot)


def before(
    given: GivenFrames, library: Library, generator: Generator, size: tuple[int, int]
) -> tuple[Tensor, Frames]:
    """The last latents (C, t, h, w) of the clip that a shot goes on from, encoded again where they are gone, and its
    last frames, uint8 (n, h, w, 3)."""
    from model.conditioning import to_video

    path = library.input(given.sha256)
    if path is None:
        raise MediaError("The clip that this shot goes on from is no longer in the library.")
    kept = library.latents_of(given.sha256)
    own = None if kept is None else load_latents(kept)
    if own is not None:
        ending: deque[np.ndarray] = deque(maxlen=SHOWN)  # of a long take no more than its end is held
        for part in media.stream_clip(path, fps=generator.fps, size=size):
            ending.extend(part)
        return own[:, -PREFIX:], np.stack(ending)
    frames = media.decode_clip(path, fps=generator.fps, size=size)[-ENCODED:]
    frames = frames[(len(frames) - 1) % 4 :]
    return generator.vae.encode(to_video(frames, generator.device))[0][:, -PREFIX:].float(), frames[-SHOWN:]


def told(sha256: str, frame: int, library: Library, deep: int = DEEP) -> Told | None:
    """How what is seen in a frame of a clip was asked for, of a list of shots the one that it is in; None where that is
    not known here. What a tool kept of another clip was asked for there."""
    from model.request import Told
    from model.shotlist import cuts
    from model.world.sequel import carried

    take = library.shown_in(sha256) if deep else None
    if take is None:
        return None
    recipe, count = take.recipe, take.frames
    alone = recipe.work is None and all(given.place == "cast" for given in recipe.anchors)
    if recipe.work is not None and not (recipe.work.scale > 1 or recipe.work.rate):
        where = recipe.work.whence(frame)
        if isinstance(where, tuple):
            return told(where[0].sha256, where[1], library, deep - 1)
        frame, count = where, recipe.work.made.frames if recipe.work.made else take.frames
    parts = [part for part in cuts(recipe.rendered_prompt, 1 + max(0, count - 1) // 4) if _first(part) <= max(0, frame)]
    words = carried([*_words_before(recipe, library, deep), *(part.prompt for part in parts)])[-1]
    return Told(words, recipe.seed, frame - _first(parts[-1]) if alone else None)


def _words_before(recipe: Recipe, library: Library, deep: int) -> list[str]:
    """The words of all the shots that one goes on from, the first of them first: what it leaves unsaid is as it was
    there."""
    from model.shotlist import cuts

    words = list[str]()
    while recipe.work is None and len(words) < MAX_SHOTS:
        given = next((given for given in recipe.anchors if given.place == "before"), None)
        take = None if given is None else library.shown_in(given.sha256)
        if take is None or given is None:
            break
        if take.recipe.work is not None:
            earlier = told(given.sha256, take.frames - 1, library, deep - 1)
            return words if earlier is None else [earlier.prompt, *words]
        parts = cuts(take.recipe.rendered_prompt, 1 + (take.frames - 1) // 4)
        words, recipe = [*(part.prompt for part in parts), *words], take.recipe
    return words


def _first(part: Part) -> int:
    """The frame of a clip with which a shot of it begins."""
    return 4 * part.start - 3 if part.start else 0


def _take_of(library: Library, job: Job) -> Take | None:
    try:
        return None if job.take_id is None else library.take(job.take_id, job.owner)
    except NotFound:
        return None
