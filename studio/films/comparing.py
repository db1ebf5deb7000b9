"""What continuity is worth: a film beside the same prompts as independent shots, measured alike.

The independent film says the same, but no shot goes on from another, none is shown who was seen before, and each has a
seed of its own. The first shot, and one that stands alone with a seed of its own, is the same take in both. All
continuity is taken away: the latents of the shot before; for a model that can see references, the pictures and stills
of the cast; for one that draws a set, the seed that makes one place one set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from statistics import fmean
from typing import Any

from studio.errors import FilmError
from studio.film import Take
from studio.films import casting, joins, likeness
from studio.films.likeness import SURE, Looks
from studio.films.script import Film


@dataclass(frozen=True)
class Seen:
    """A character in a shot (its number) where no other is: what the judge saw and whether it was asked for (None: it
    was not sure, or no word for it is known), and how alike it looks to itself in its shot before (0 to 1)."""

    shot: int
    member: str
    sees: str
    right: bool | None
    alike: float | None


@dataclass(frozen=True)
class Side:
    """One of the two films. `subject` is the share of shots with the right subject, `alike` the mean likeness of a
    character over all pairs of its shots, `within` over those of one scene (one place at one hour in the film),
    `roughness` how much rougher the joins are than what is beside them (dB)."""

    shots: tuple[Seen, ...]
    subject: float | None
    alike: float | None
    within: float | None
    roughness: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def independent(film: Film) -> Film:
    """The same film with nothing that leads from one shot to another, a common seed included. Raises FilmError where
    nobody is in its cast."""
    if not any(shots_of(film).values()):
        message = (
            "there is no character to compare: name one in the cast and bring it into two shots or more with @name"
        )
        raise FilmError("cast", "", message)
    shots = [
        replace(
            shot,
            prompt=casting.spoken(shot.prompt, film.cast),
            join="cut",
            after="",
            take="",
            seed=film.seed + number if shot.seed is None else shot.seed,
        )
        for number, shot in enumerate(film.shots)
    ]
    return replace(film, cast=(), shots=tuple(shots))


def shots_of(film: Film) -> dict[str, list[int]]:
    """For every character the shots in which it is the only one."""
    found: dict[str, list[int]] = {member.name: [] for member in film.cast if member.kind == "character"}
    for index, shot in enumerate(film.shots):
        here = [member.name for member in casting.mentioned(shot.prompt, film.cast) if member.name in found]
        if len(here) == 1:
            found[here[0]].append(index)
    return found


def side(film: Film, takes: Mapping[int, Take], looks: Mapping[int, Looks], knows: Any = None) -> Side:
    """How well these takes of a film keep its characters. Raises MediaError."""
    seen: list[Seen] = []
    pairs: list[float] = []
    near: list[float] = []
    where = likeness.scenes(film)
    for member in film.cast:
        indices = [index for index in shots_of(film).get(member.name, ()) if index in looks]
        wanted = likeness.subjects(member, knows) if indices else set()
        colours = {index: looks[index].colours for index in indices}
        for one, other in combinations(indices, 2):
            pairs.append(likeness.alike(colours[one], colours[other]))
            near += pairs[-1:] if where[one] == where[other] else []
        for before, index in zip([None, *indices[:-1]], indices, strict=True):
            alike = None if before is None else round(likeness.alike(colours[before], colours[index]), 3)
            seen.append(Seen(index + 1, member.name, looks[index].subject, _right(looks[index], wanted), alike))
    rough = [seam.drop_db for seam in joins.measured(film, takes).values()]
    right = [one.right for one in seen if one.right is not None]
    return Side(tuple(sorted(seen, key=lambda one: one.shot)), _mean(right), _mean(pairs), _mean(near), _mean(rough))


def table(film: Side, alone: Side) -> list[str]:
    """The two beside each other, as lines of text."""
    rows = [("", "this film", "independent shots")]
    for one, other in zip(film.shots, alone.shots, strict=True):
        rows.append((f"shot {one.shot}, @{one.member}", _words(one), _words(other)))
    rows.append(("subject as asked", _share(film.subject), _share(alone.subject)))
    rows.append(("alike, within one scene", _number(film.within), _number(alone.within)))
    rows.append(("alike, over all pairs of shots", _number(film.alike), _number(alone.alike)))
    joined = [f"{value:+.1f} dB" if value is not None else "no joins" for value in (film.roughness, alone.roughness)]
    rows.append(("joins, rougher than beside them", joined[0], joined[1]))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return [f"  {name:<{widths[0]}}  {one:<{widths[1]}}  {other}".rstrip() for name, one, other in rows]


def _right(looks: Looks, wanted: set[str]) -> bool | None:
    return looks.subject in wanted if wanted and looks.subject and looks.sure >= SURE else None


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 3) if values else None


def _words(seen: Seen) -> str:
    mark = {True: "", False: " (wrong)", None: " (unsure)"}[seen.right]
    alike = "" if seen.alike is None else f", {seen.alike:.2f} alike"
    return f"{seen.sees.replace('_', ' ') or 'nothing known'}{mark}{alike}"


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "no two shots" if value is None else f"{value:.2f}"
