"""From what was asked for to what will be rendered: a Shot is checked in full and becomes a Plan, or a ShotError says
which field is wrong and what would work. Nothing is written before the whole shot is known to be good.
"""

from __future__ import annotations

import difflib
import math
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from model import catalog, shotlist
from model.catalog import LEAST_GUIDED, MOST_CACHED, CatalogEntry
from studio import direction as directions
from studio import given, planner, words
from studio.errors import ShotError
from studio.film import Shot
from studio.given import TEMPORAL, spread
from studio.recipe import Recipe

if TYPE_CHECKING:
    from studio.library import Library
    from studio.models import Models

SHORTEST = 0.3  # seconds
LISTED = 0.5  # seconds that each shot of a list is seen at least
SEED_DRAW = 2**31  # drawn seeds are short enough to read aloud; any the model takes can be given

__all__ = ["Plan", "dimensions", "entry", "frames_for", "from_recipe", "plan", "spread"]

_SIZE = re.compile(r"\s*(\d{1,6})\s*[xX×]\s*(\d{1,6})\s*")


@dataclass(frozen=True)
class Plan:
    """A shot that can be rendered: the shot with its text tidied, and the recipe that it comes to."""

    shot: Shot
    recipe: Recipe

    def kept(self, library: Library) -> Plan:
        """The same plan with every given file safe in the library, so that the artist's own may go."""

        def keep(path: Path | None) -> Path | None:
            return None if path is None else library.keep_input(path)[1]

        frames, cast = (
            tuple(library.keep_input(path)[1] for path in paths) for paths in (self.shot.frames, self.shot.cast)
        )
        shot = self.shot
        kept = replace(
            shot, frames=frames, cast=cast, first=keep(shot.first), last=keep(shot.last), before=keep(shot.before),
            control=keep(shot.control), mask=keep(shot.mask),
        )  # fmt: skip
        return replace(self, shot=kept)


def entry(model: str, models: Path | None = None, more: Models | None = None) -> CatalogEntry:
    """The catalogue's entry, by name alone: a folder that somebody typed is never opened.

    `models` is the folder of the weights that come along, `more` the models that were fetched or pointed to. Raises
    ShotError that names the nearest model there is.
    """
    known = catalog.entries(models)
    if more is not None and model not in [item.name for item in known]:
        known = more.entries()
    names = [item.name for item in known]
    if model not in names:
        near = difflib.get_close_matches(model, names, n=1, cutoff=0.0)
        if more is not None and (why := more.absent(model)):
            raise ShotError("model", model, why, near[0] if near else None)
        message = f"model {model[:40]!r} is not known: use {' or '.join(names)}"
        raise ShotError("model", model, message, near[0] if near else None)
    return known[names.index(model)]


def plan(shot: Shot, entry: CatalogEntry, knows: Mapping[str, Collection[str]] | None = None) -> Plan:
    """Check every field of a shot against the model's limits. Raises ShotError for the first that is wrong."""
    limits, defaults = entry.limits, entry.defaults
    planner.check_ways(shot, entry)
    prompt = words.prompt(shot.prompt, limits.max_prompt_chars)
    negative = words.optional("negative", shot.negative, limits.max_prompt_chars)
    direction = directions.check(shot.direction, knows)
    rendered = directions.compile(prompt, direction)
    if len(rendered) > limits.max_prompt_chars:
        message = f"with its direction the prompt has {len(rendered)} characters: {limits.max_prompt_chars} are read"
        raise ShotError("prompt", f"{prompt[:80]}...", message, limits.max_prompt_chars)
    width, height = dimensions(shot.size, entry)
    recipe = Recipe(
        prompt=prompt,
        rendered_prompt=rendered,
        negative=negative or entry.negative,
        direction=direction.chosen(),
        model=entry.name,
        size=_size_name(shot.size),
        width=width,
        height=height,
        seconds=float(shot.seconds),
        frames=frames_for(shot.seconds, entry) - (1 if shot.joined or shot.before else 0),
        fps=entry.fps,
        seed=_seed(shot.seed, limits.seed_max),
        steps=_whole("steps", shot.steps, defaults.steps, limits.min_steps, limits.max_steps),
        guidance=_real("guidance", shot.guidance, defaults.guidance, limits.min_guidance, limits.max_guidance),
        shift=float(defaults.shift),
        solver=defaults.solver,
        block_cache=_real("block_cache", shot.block_cache, 0.0, 0.0, MOST_CACHED),
        guided=_real("guided", shot.guided, 1.0, LEAST_GUIDED, 1.0),
    )
    if entry.notes.get("blocking"):  # a model that films a list shot by shot
        _room(prompt, recipe.seconds)
    recipe = replace(recipe, anchors=given.anchors(shot, recipe.frames, entry))
    return Plan(replace(shot, prompt=prompt, negative=negative, direction=direction), recipe)


def _room(prompt: str, seconds: float) -> None:
    """Raise ShotError where a prompt lists more shots than can be seen in so many seconds."""
    count = len(shotlist.parts(prompt))
    if count > 1 and count * LISTED > seconds:
        message = f"the prompt lists {count} shots: in {seconds:g} s at most {int(seconds / LISTED)} can be seen"
        raise ShotError("seconds", seconds, f"{message}; list fewer, or take {count * LISTED:g} s", count * LISTED)


def dimensions(size: str, entry: CatalogEntry) -> tuple[int, int]:
    """width, height in pixels of a size by name or as WxH. Raises ShotError with the nearest size that works."""
    name = size.strip().casefold()
    if name in entry.sizes:
        width, height = entry.sizes[name]
        return width, height
    match = _SIZE.fullmatch(size)
    names = ", ".join(entry.sizes)
    if match is None:
        raise ShotError("size", size, f"size {size[:40]!r} is not known: use {names} or WxH", next(iter(entry.sizes)))
    limits = entry.limits
    asked = (int(match[1]), int(match[2]))
    nearest = (
        _nearest(asked[0], limits.multiple, limits.min_width, limits.max_width),
        _nearest(asked[1], limits.multiple, limits.min_height, limits.max_height),
    )
    if asked != nearest:
        works = f"{nearest[0]}x{nearest[1]}"
        message = f"size {asked[0]}x{asked[1]} does not work: the nearest that does is {works}"
        raise ShotError("size", size, f"{message} (both sides are multiples of {limits.multiple})", works)
    return asked


def remark(recipe: Recipe, entry: CatalogEntry) -> str | None:
    """What to say of a size that a published model was not made for, with the nearest one that it was made for."""
    made = tuple(entry.sizes.values())
    if entry.family == "storybook" or (recipe.width, recipe.height) in made:
        return None
    shape = math.log(recipe.width / recipe.height)
    width, height = min(made, key=lambda size: abs(math.log(size[0] / size[1]) - shape))
    said = f"{entry.title} was not made for {recipe.width}x{recipe.height} and may look worse at it"
    return f"{said}: the nearest size it was made for is {width}x{height}."


def frames_for(seconds: float, entry: CatalogEntry) -> int:
    """How many frames (1 + 4k) come nearest to a length in seconds. Raises ShotError when it is out of range."""
    longest = min(entry.limits.max_seconds, entry.max_seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not math.isfinite(seconds):
        raise ShotError("seconds", seconds, f"seconds {seconds!r} is not a length: use 1 to {longest:g}", 4.0)
    if not SHORTEST <= seconds <= longest:
        near = SHORTEST if seconds < SHORTEST else float(longest)
        message = f"seconds {seconds:g} does not work: a shot lasts {SHORTEST:g} to {longest:g} seconds"
        raise ShotError("seconds", seconds, message, near)
    steps = max(1, round((seconds * entry.fps - 1) / TEMPORAL))
    return min(1 + TEMPORAL * steps, 1 + (entry.limits.max_frames - 1) // TEMPORAL * TEMPORAL)


def from_recipe(recipe: Recipe, library: Library) -> Shot:
    """The shot that a recipe describes; given pictures are found by content and left out when they are not here."""
    known = {kind: value for kind, value in recipe.direction.items() if kind in directions.KINDS}
    return Shot(
        prompt=recipe.prompt,
        direction=directions.Direction(**known),
        negative=recipe.negative,
        size=recipe.size,
        seconds=recipe.seconds,
        seed=recipe.seed,
        steps=recipe.steps,
        guidance=recipe.guidance,
        model=recipe.model,
        block_cache=recipe.block_cache,
        guided=recipe.guided,
        **given.fields(recipe, library.input),
    )


def _size_name(size: str) -> str:
    match = _SIZE.fullmatch(size)
    return f"{match[1]}x{match[2]}" if match else size.strip().casefold()


def _nearest(value: int, multiple: int, low: int, high: int) -> int:
    rounded = (value + multiple // 2) // multiple * multiple
    return min(max(rounded, low), high)


def _seed(seed: int | None, highest: int) -> int:
    if seed is None:
        return secrets.randbelow(min(SEED_DRAW, highest))
    return _whole("seed", seed, 0, 0, highest)


def _whole(field: str, value: int | None, default: int, low: int, high: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise ShotError(field, value, f"{field} {str(value)[:40]!r} is not a whole number", default)
    if not low <= value <= high:
        near = min(max(value, low), high)
        shown = str(value) if abs(value) < 10**24 else "this large"
        raise ShotError(field, value, f"{field} {shown} does not work: it can be {low} to {high}", near)
    return value


def _real(field: str, value: float | None, default: float, low: float, high: float) -> float:
    if value is None:
        return float(default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ShotError(field, value, f"{field} {str(value)[:40]!r} is not a number", default)
    if not low <= value <= high:
        message = f"{field} {value:g} does not work: it can be {low:g} to {high:g}"
        raise ShotError(field, value, message, min(max(float(value), low), high))
    return float(value)
