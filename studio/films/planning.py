"""From a film to what has to be shot: each shot in full, what it waits for, and a key that names its very content.

Two shots with the same key come out the same, so a take that was made for a key serves it for ever: a film that is
rendered again, after a crash or an edit, shoots only what is missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from model.catalog import CatalogEntry
from studio.direction import KINDS, Direction
from studio.errors import FilmError, ShotError
from studio.film import Shot
from studio.films import casting
from studio.films.script import Film, FilmShot, Given
from studio.recipe import Recipe
from studio.shots import Plan


@dataclass(frozen=True)
class Need:
    """What a shot waits for: the index of another, and what it takes of it ("before": its end, "cast": a still)."""

    index: int
    how: str


@dataclass(frozen=True)
class Order:
    """One shot of a film as it will be rendered. `rank` is its place in the order of shooting."""

    shot: FilmShot
    request: Shot
    recipe: Recipe
    needs: tuple[Need, ...]
    key: str


Value = TypeVar("Value")
Check = Callable[[Shot], Plan]
Locate = Callable[[Given], Path | None]


def plan(film: Film, entry: CatalogEntry, check: Check, locate: Locate) -> tuple[Order, ...]:
    """Every shot, checked in full, in the order of the film. Raises FilmError for the first that cannot be."""
    if not film.shots:
        raise FilmError("shots", 0, "the film has no shots yet: add one")
    found: list[Order] = []
    for order in tried(film, entry, check, locate):
        if isinstance(order, FilmError):
            raise order
        found.append(order)
    return tuple(found)


def tried(film: Film, entry: CatalogEntry, check: Check, locate: Locate) -> tuple[Order | FilmError, ...]:
    """Every shot, checked in full, or what is wrong with it."""
    try:
        casting.check(film)
        before = casting.predecessors(film)
    except FilmError as error:
        return (error,) * len(film.shots)
    found: dict[int, Order | FilmError] = {}
    for index in shooting_order(film):
        shot, known = film.shots[index], dict[int, Order]()
        try:
            needs = _needs(film, index, before, entry)
            for need in needs:
                other = found[need.index]
                if isinstance(other, FilmError):
                    message = f"shot {index + 1} goes on from shot {need.index + 1}, which is not right yet"
                    raise casting.wrong(film, shot, "join", shot.join, message)
                known[need.index] = other
            request = _request(film, index, entry, locate)
            recipe = check(request).recipe
            key = _key(recipe, request, [(need.how, _name(known[need.index])) for need in needs])
            found[index] = Order(shot, request, recipe, needs, key)
        except FilmError as error:
            found[index] = error
        except ShotError as error:
            message = f"shot {index + 1}: {error.message}"
            found[index] = casting.wrong(film, shot, error.field, error.value, message, error.suggestion)
    return tuple(found[index] for index in range(len(film.shots)))


def shooting_order(film: Film) -> tuple[int, ...]:
    """Indices of the shots, each after what it goes on from."""
    before, done = casting.predecessors(film), list[int]()
    for index in range(len(film.shots)):
        chain = [index]
        while chain[-1] in before and before[chain[-1]] not in done:
            chain.append(before[chain[-1]])
        done += [i for i in reversed(chain) if i not in done]
    return tuple(done)


def seed_of(film: Film, index: int) -> int:
    """The seed of a shot: its own, else the film's: of one seed, one place is one set for cameras that hold still."""
    own = film.shots[index].seed
    return film.seed if own is None else own


def _request(film: Film, index: int, entry: CatalogEntry, locate: Locate) -> Shot:
    shot, standard = film.shots[index], Shot("")
    members = casting.mentioned(shot.prompt, film.cast)
    told = " ".join(part for part in (casting.spoken(shot.prompt, film.cast),) if part)
    cast: tuple[Given, ...] = ()
    if entry.given.get("references", False):
        each = 1 if entry.notes.get("blocking") else None  # there every picture is somebody of their own
        cast = tuple(given for member in members for given in member.pictures[:each])[: entry.most_references]

    def path(given: Given | None) -> Path | None:
        found = None if given is None else locate(given)
        if given is not None and found is None:
            raise ShotError("pictures", given.name, f"{given.name} is no longer in the studio; give it again")
        return found

    def paths(many: Sequence[Given]) -> tuple[Path, ...]:
        return tuple(found for given in many if (found := path(given)) is not None)

    return Shot(
        prompt=told,
        direction=_direction(film.look, shot.direction),
        negative=shot.negative or film.negative,
        size=film.size,
        seconds=shot.seconds,
        seed=seed_of(film, index),
        steps=_told(shot.steps, film.steps, None),
        guidance=_told(shot.guidance, film.guidance, None),
        block_cache=_told(shot.block_cache, film.block_cache, standard.block_cache),
        guided=_told(shot.guided, film.guided, standard.guided),
        first=path(shot.first),
        last=path(shot.last),
        frames=paths(shot.frames),
        control=path(shot.control),
        mask=path(shot.mask),
        outpaint=shot.outpaint,
        model=film.model,
        cast=paths(cast),
        joined=shot.join == "continue",
        consent=film.consent,
        plan=film.plan,
        develop=film.develop,
        compiled=film.compiled,
    )


def _told(own: Value | None, of_film: Value | None, standard: Value) -> Value:
    """What the shot says, else what the film says, else what holds where nobody says anything."""
    said = own if own is not None else of_film
    return standard if said is None else said


def _direction(look: Direction, own: Direction) -> Direction:
    """What the shot says, and where it says nothing what the film says."""
    return replace(look, **{kind: value for kind in KINDS if (value := getattr(own, kind))})


def _needs(film: Film, index: int, before: dict[int, int], entry: CatalogEntry) -> tuple[Need, ...]:
    """What a shot goes on from; and for a cut, the shot in which each of its cast without pictures was first seen."""
    if index in before:
        return (Need(before[index], "before"),)
    if not entry.given.get("references", False) or entry.notes.get("blocking"):  # it looks its cast up by itself
        return ()
    found = []
    for member in casting.mentioned(film.shots[index].prompt, film.cast):
        if member.pictures or member.kind == "look":
            continue
        first = next(i for i, one in enumerate(film.shots) if member in casting.mentioned(one.prompt, film.cast))
        if first < index and not _leads_to(first, index, before):
            found.append(Need(first, "cast"))
    return tuple(dict.fromkeys(found))[: entry.most_references]


def _leads_to(start: int, wanted: int, before: dict[int, int]) -> bool:
    """Whether a shot itself goes on, over others, from another one."""
    while start in before:
        start = before[start]
        if start == wanted:
            return True
    return False


def _name(order: Order) -> str:
    """What another shot that goes on from this one goes on from: the take that was chosen, else what it comes to."""
    return order.shot.take or order.key


def _key(recipe: Recipe, request: Shot, needs: list[tuple[str, str]]) -> str:
    told = json.loads(recipe.to_json())
    told["anchors"] = [{**anchor, "name": ""} for anchor in told["anchors"]]
    if request.develop == "fast":  # a take that is a little softer does not stand for one that was made in full
        told["develop"] = "fast"
    text = json.dumps([told, request.joined, needs], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
