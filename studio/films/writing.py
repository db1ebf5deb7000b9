"""A film as film.yaml: only what was said is written, in the order of the schema, in plain block style."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import yaml

from studio.films import casting, schema
from studio.films.script import CARD_SECONDS, Card, Film, FilmShot, Given, Member, Sound

Named = Callable[[Given], str]
"""What a given file is called in the text."""


def write(film: Film, named: Named = lambda given: given.name) -> str:
    """The film as text that `reading` reads back."""
    data: dict[str, Any] = {"title": film.title, "size": film.size}
    if film.model != "storybook":
        data["model"] = film.model
    data |= {"seed": film.seed, **film.look.chosen(), **_how(film)}
    if film.cast:
        names = _names(film.cast)
        data["cast"] = {name: _member(member, named) for name, member in zip(names, film.cast, strict=True)}
    if film.opening is not None:
        data["opening"] = _card(film.opening)
    data["shots"] = [_shot(shot, named) for shot in film.shots]
    if film.ending is not None:
        data["ending"] = _card(film.ending)
    for name in ("music", "voice"):
        sound: Sound | None = getattr(film, name)
        if sound is not None:
            data[name] = _sound(sound, named)
    if film.captions.file is not None:
        data["captions"] = {"file": named(film.captions.file), "shown": film.captions.shown}
    elif not film.captions.shown:
        data["captions"] = False
    if film.consent:
        data["consent"] = True
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)


def _how(one: Film | FilmShot) -> dict[str, Any]:
    return {name: value for name in schema.HOW if (value := getattr(one, name)) not in (None, "")}


def _names(cast: Sequence[Member]) -> list[str]:
    """What each of the cast is called in the text: as it is, where the reader takes it and no other has it already."""
    found: list[str] = []
    for member in cast:
        plain, number, taken = casting.plain_name(member.name), 2, {name.casefold() for name in found}
        name = plain
        while name.casefold() in taken:
            name, number = f"{plain[:36]}_{number}", number + 1
        found.append(name)
    return found


def _member(member: Member, named: Named) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": member.kind}
    if member.looks:
        data["looks"] = member.looks
    if member.pictures:
        data["pictures"] = [named(given) for given in member.pictures]
    return data


def _card(card: Card) -> Any:
    return card.text if card.seconds == CARD_SECONDS else {"text": card.text, "seconds": card.seconds}


def _sound(sound: Sound, named: Named) -> dict[str, Any]:
    standard = Sound(sound.file)
    data: dict[str, Any] = {"file": named(sound.file)}
    for name in ("at", "fade_in", "fade_out", "gain"):
        if getattr(sound, name) != getattr(standard, name):
            data[name] = getattr(sound, name)
    return data


def _shot(shot: FilmShot, named: Named) -> dict[str, Any]:
    standard = FilmShot("")
    data: dict[str, Any] = {"prompt": shot.prompt}
    if shot.name:
        data["name"] = shot.name
    data["seconds"] = shot.seconds
    for name in ("join", "after", "transition", "transition_seconds", "seed"):
        if getattr(shot, name) != getattr(standard, name):
            data[name] = getattr(shot, name)
    data |= {**shot.direction.chosen(), **_how(shot)}
    for name in ("first", "last", "control", "mask"):
        given: Given | None = getattr(shot, name)
        if given is not None:
            data[name] = named(given)
    if shot.frames:
        data["frames"] = [named(given) for given in shot.frames]
    if shot.outpaint:
        data["outpaint"] = True
    if shot.caption:
        data["caption"] = shot.caption
    data |= {name: value for name in ("trim_start", "trim_end") if (value := getattr(shot, name))}
    return data
