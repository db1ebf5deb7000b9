"""What `doctor` says of the models that were fetched or pointed to: whole or not, and how each would be kept here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from model.catalog import CatalogEntry
from studio import shots
from studio.film import Shot
from studio.library import Library
from studio.models import Models, ModelState, PartState
from studio.planner import Decision, Planner
from studio.recipe import Recipe
from studio.settings import Settings

Told = tuple[str, str, str, str]
"""Name, level (ok, warn, fail), what was found, how to mend it."""


def tell(settings: Settings) -> Iterator[Told]:
    """One line for each model that is here, wholly or in part, and for each LoRA that is not where it was."""
    shelf = Models(settings.home, settings.models)
    there = [state for state in shelf.states() if _begun(state)]
    ready = {entry.name: entry for entry in shelf.entries()}
    if not there:
        yield "models", "ok", "none beside Storybook; to see which there are: python -m studio models", ""
    for state in there:
        if state.missing:
            yield (state.model.name, "warn", *_lacking(state))
        elif state.model.name in ready:
            yield (state.model.name, *_kept(ready[state.model.name], settings))
    for laid in shelf.loras():
        if laid.problem:
            yield laid.name, "warn", laid.problem, f"put it back, or forget it: models remove {laid.name}"


def _begun(state: ModelState) -> bool:
    """Whether somebody fetched or pointed to it: parts that another model brought along are no sign of that."""
    own = (part for part in state.parts if part.part.role == "transformer")
    return state.state != "absent" or any(part.pointed or part.problem for part in own)


def _lacking(state: ModelState) -> tuple[str, str]:
    """What is missing or broken of a model, and how to mend it."""
    said = "; ".join(f"{part.part.title}: {part.problem or 'not here'}" for part in state.missing)
    pointed = [part for part in state.missing if part.pointed]
    return said, _again(state, pointed)


def _again(state: ModelState, pointed: list[PartState]) -> str:
    fetch = f"python -m studio models download {state.model.name}"
    if not pointed:
        return fetch
    forget = f"models remove {state.model.name}"
    return f"point to it again (models point FOLDER), or forget it ({forget}) and fetch: {fetch}"


def _kept(entry: CatalogEntry, settings: Settings) -> tuple[str, str, str]:
    """Level, words and mending of how a clip of the usual size would be made here."""
    name, (width, height) = next(iter(entry.sizes.items()))
    recipe = shots.plan(Shot("A fox", size=name, seconds=entry.default_seconds, model=entry.name), entry).recipe
    found = _decided(entry, recipe, settings.home)
    if found is None:
        return "ok", "whole", ""
    plan = found.plan
    how = "without a graphics card, in full precision" if plan is None else f"{plan.name}: {plan.title}"
    clip = f"{width}x{height}, {entry.default_seconds:g} s"
    text = f"whole; {clip}: {how}; {found.needed / 1e9:.1f} of {found.free / 1e9:.1f} GB"
    if found.fits:
        return "ok", text, ""
    return "warn", f"{text}; {found.advice}", "close other programs, shoot smaller or shorter, or take a smaller model"


def _decided(entry: CatalogEntry, recipe: Recipe, home: Path) -> Decision | None:
    if not (home / "library.db").is_file():
        return Planner(None).decide(entry, recipe)
    with closing(Library(home)) as library:
        return Planner(library).decide(entry, recipe)
