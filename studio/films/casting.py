"""The cast in the prompts: `@name` becomes its looks, and brings its pictures; names, joins and order are checked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from studio.errors import FilmError
from studio.films.script import Film, FilmShot, Member

MENTION = re.compile(r"(?<![\w@])@([^\W\d]\w*)")
_DIGITS = re.compile(r"^\d+")
_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)


def plain_name(text: str) -> str:
    """What somebody of the cast can be called: letters, digits and _, a letter first; "someone" where none is left."""
    plain = "".join(char for char in text if char.isalnum() or char == "_")
    return _DIGITS.sub("", plain)[:40] or "someone"


def mentioned(text: str, cast: Iterable[Member]) -> tuple[Member, ...]:
    """Who of the cast is in a text, each once, in the order of the text."""
    known = {member.name.casefold(): member for member in cast}
    found = (known.get(match[1].casefold()) for match in MENTION.finditer(text))
    return tuple(dict.fromkeys(member for member in found if member is not None))


def spoken(text: str, cast: Iterable[Member]) -> str:
    """The text with looks in place of names: in full the first time, with "the" after that."""
    known = {member.name.casefold(): member for member in cast}
    said: set[str] = set()

    def words(match: re.Match[str]) -> str:
        member = known.get(match[1].casefold())
        if member is None:
            return match[0]
        looks = member.looks.strip().rstrip(".") or member.name
        again = f"the {_ARTICLE.sub('', looks)}" if member.looks else looks
        first = member.name not in said
        said.add(member.name)
        return looks if first else again

    return MENTION.sub(words, text)


def check(film: Film) -> None:
    """Every @name is in the cast, every `after` is a shot, no shots continue one another, and something is left of each
    that is trimmed. Raises FilmError."""
    names = {member.name.casefold(): member.name for member in film.cast}
    for number, shot in enumerate(film.shots, 1):
        for match in MENTION.finditer(shot.prompt):
            if match[1].casefold() not in names:
                raise _unknown(film, shot, number, match[1], list(names.values()))
    _check_names(film)
    before = predecessors(film)
    for number, shot in enumerate(film.shots, 1):
        if shot.join == "continue" and shot.transition != "none":
            message = f"shot {number} continues the one before: a transition between them cannot be ({shot.transition})"
            raise wrong(film, shot, "transition", shot.transition, message, "none")
        if not shot.take and shot.trim_start + shot.trim_end >= shot.seconds:
            trims = f"trim_start {shot.trim_start:g} and trim_end {shot.trim_end:g}"
            message = f"shot {number}: {trims} leave nothing of its {shot.seconds:g} s"
            raise wrong(film, shot, "trim_start", shot.trim_start, message, 0)
        _check_circle(film, number - 1, before)


def predecessors(film: Film) -> dict[int, int]:
    """For every shot that continues another: the index of that one. Raises FilmError when there is none."""
    by_name = {shot.name: index for index, shot in enumerate(film.shots) if shot.name}
    found = {}
    for index, shot in enumerate(film.shots):
        if shot.join != "continue":
            if shot.after:
                message = f"shot {index + 1} has after {shot.after!r} but join is cut: say join: continue"
                raise wrong(film, shot, "after", shot.after, message)
            continue
        if shot.after and shot.after not in by_name:
            near = difflib.get_close_matches(shot.after, list(by_name), n=1, cutoff=0.0)
            hint = f"; there is {near[0]!r}" if near else "; give that shot a name"
            message = f"shot {index + 1} goes on after {shot.after[:40]!r}, and no shot is called so{hint}"
            raise wrong(film, shot, "after", shot.after, message, near[0] if near else None)
        if not shot.after and index == 0:
            message = "the first shot has nothing to continue: join is cut, or say after which shot"
            raise wrong(film, shot, "join", "continue", message, "cut")
        found[index] = by_name[shot.after] if shot.after else index - 1
    return found


def wrong(film: Film, shot: FilmShot, field: str, value: object, message: str, suggestion: object = None) -> FilmError:
    """The error of a shot, with the line it stands in."""
    where = f"{film.source} line {shot.line}: " if film.source and shot.line else ""
    found = FilmError(field, value, f"{where}{message}", shot.line, suggestion)
    found.shot = shot.id
    return found


def _unknown(film: Film, shot: FilmShot, number: int, name: str, names: list[str]) -> FilmError:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    there = f"the cast has {', '.join(names)}" if names else "the film has no cast yet"
    hint = f"did you mean @{near[0]}? " if near else ""
    message = f"shot {number}: @{name[:40]} is not in the cast: {hint}{there}"
    return wrong(film, shot, "prompt", name, message, near[0] if near else None)


def _check_names(film: Film) -> None:
    taken: set[str] = set()
    for number, shot in enumerate(film.shots, 1):
        if shot.name and shot.name in taken:
            message = f"shot {number}: another shot is called {shot.name[:40]!r} too: names are for one shot each"
            raise wrong(film, shot, "name", shot.name, message)
        taken.add(shot.name)


def _check_circle(film: Film, start: int, before: dict[int, int]) -> None:
    seen, index = [start], start
    while index in before:
        index = before[index]
        if index == start:
            names = " → ".join(film.shots[i].name or f"shot {i + 1}" for i in [*reversed(seen), seen[-1]])
            message = f"these shots continue one another in a circle: {names}; one of them must be a cut"
            raise wrong(film, film.shots[start], "join", "continue", message, "cut")
        if index in seen:
            return  # a circle that this shot only leads into: it is told at one of its own
        seen.append(index)
