"""A film as the page has it: JSON, with given files under ids of their owner. Read leniently, as it is typed.

A film in the works may be unfinished; nothing is refused here but what could not be kept. What is wrong with a shot is
said beside it by `planning`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from studio import direction as directions
from studio import words
from studio.direction import KINDS, Direction
from studio.errors import ShotError
from studio.films import casting, schema
from studio.films.script import (
    CARD_SECONDS,
    JOINS,
    MEMBER_KINDS,
    TRANSITION_SECONDS,
    TRANSITIONS,
    Captions,
    Card,
    Film,
    FilmShot,
    Given,
    Join,
    Kind,
    Member,
    Sound,
    Transition,
)  # fmt: skip
from studio.ui.drafts import Drafts

Data = Mapping[str, Any]


class FilmForms:
    """Between a film and its JSON, for the owner of a request."""

    def __init__(self, drafts: Drafts) -> None:
        self.drafts = drafts

    def read(self, data: Data, owner: str) -> Film:
        """The film that the page sent. Raises ShotError for more than a film can hold."""
        shots, cast = _rows(data, "shots"), _rows(data, "cast")
        for name, rows, most in (("shots", shots, schema.MAX_SHOTS), ("cast", cast, schema.MAX_CAST)):
            if len(rows) > most:
                raise ShotError(name, len(rows), f"{len(rows)} {name} are too many: up to {most} in one film", most)
        captions = data.get("captions")
        told: Data = captions if isinstance(captions, Mapping) else {}
        return Film(
            title=_line(data.get("title")) or "Untitled",
            size=_line(data.get("size")) or "landscape",
            model=_line(data.get("model")) or "storybook",
            seed=int(_number(data.get("seed"), 0, 0, 2**53)),
            look=_direction(data.get("look")),
            negative=_text(data.get("negative")),
            steps=_whole(data.get("steps")),
            guidance=_real(data.get("guidance")),
            block_cache=_real(data.get("block_cache")),
            guided=_real(data.get("guided")),
            cast=tuple(self._member(row, owner) for row in cast),
            shots=tuple(self._shot(row, owner) for row in shots),
            opening=_card(data.get("opening")),
            ending=_card(data.get("ending")),
            music=self._sound(data.get("music"), owner),
            voice=self._sound(data.get("voice"), owner),
            captions=Captions(self._given(told.get("file"), owner), told.get("shown") is not False),
            consent=data.get("consent") is True,
        ).with_ids()

    def shown(self, film: Film, owner: str) -> dict[str, Any]:
        """The film for the page."""
        data = film.to_dict()
        for name in ("source",):
            data.pop(name)

        def one(given: Given | None) -> dict[str, Any] | None:
            return None if given is None else self._shown(given, owner)

        for row, member in zip(data["cast"], film.cast, strict=True):
            row["pictures"] = [self._shown(given, owner) for given in member.pictures]
        data["look"] = directions.known_words(film.look).chosen()
        for row, shot in zip(data["shots"], film.shots, strict=True):
            row["direction"] = directions.known_words(shot.direction).chosen()
            row |= {name: one(getattr(shot, name)) for name in ("first", "last", "control", "mask")}
            row["frames"] = [self._shown(given, owner) for given in shot.frames]
            row.pop("line")
        for name in ("music", "voice"):
            sound: Sound | None = getattr(film, name)
            if sound is not None:
                data[name]["file"] = self._shown(sound.file, owner)
        data["captions"]["file"] = one(film.captions.file)
        return data

    def own(self, owner: str, sha256: str) -> bool:
        """Whether a file was given by this owner."""
        return self.drafts.of_content(owner, sha256) is not None

    def _shown(self, given: Given, owner: str) -> dict[str, Any]:
        found = self.drafts.of_content(owner, given.sha256)
        if found is None:
            kind = "sound" if given.name.lower().endswith((".wav", ".mp3", ".m4a", ".flac", ".ogg")) else "picture"
            kind = "clip" if kind == "picture" and self.drafts.is_clip(given.sha256) else kind
            found = self.drafts.add(owner, given.sha256, given.name, kind, (0, 0))
        return found.shown()

    def _given(self, item: object, owner: str) -> Given | None:
        found = self.drafts.given(owner, item.get("id")) if isinstance(item, Mapping) else None
        return None if found is None else Given(found.name, sha256=found.sha256)

    def _givens(self, items: object, owner: str, most: int) -> tuple[Given, ...]:
        rows = items if isinstance(items, list) else []
        return tuple(found for item in rows[:most] if (found := self._given(item, owner)) is not None)

    def _member(self, row: Data, owner: str) -> Member:
        kind = row.get("kind") if row.get("kind") in MEMBER_KINDS else "character"
        pictures = self._givens(row.get("pictures"), owner, schema.MAX_PICTURES)
        return Member(casting.plain_name(_line(row.get("name"))), cast("Kind", kind), _text(row.get("looks")), pictures)

    def _shot(self, row: Data, owner: str) -> FilmShot:
        return FilmShot(
            prompt=_text(row.get("prompt")),
            id=_line(row.get("id"))[:40],
            name=_line(row.get("name")),
            seconds=_number(row.get("seconds"), 4.0, 0.1, 60.0),
            join=cast("Join", row.get("join") if row.get("join") in JOINS else "cut"),
            after=_line(row.get("after")),
            transition=cast("Transition", row.get("transition") if row.get("transition") in TRANSITIONS else "none"),
            transition_seconds=_number(row.get("transition_seconds"), TRANSITION_SECONDS, 0.1, 4.0),
            direction=_direction(row.get("direction")),
            negative=_text(row.get("negative")),
            seed=_whole(row.get("seed")),
            steps=_whole(row.get("steps")),
            guidance=_real(row.get("guidance")),
            block_cache=_real(row.get("block_cache")),
            guided=_real(row.get("guided")),
            first=self._given(row.get("first"), owner),
            last=self._given(row.get("last"), owner),
            frames=self._givens(row.get("frames"), owner, 16),
            control=self._given(row.get("control"), owner),
            mask=self._given(row.get("mask"), owner),
            outpaint=row.get("outpaint") is True,
            caption=_text(row.get("caption")),
            take=_line(row.get("take"))[:40],
            trim_start=_number(row.get("trim_start"), 0.0, 0, 60),
            trim_end=_number(row.get("trim_end"), 0.0, 0, 60),
        )

    def _sound(self, data: object, owner: str) -> Sound | None:
        if not isinstance(data, Mapping):
            return None
        file = self._given(data.get("file"), owner)
        if file is None:
            return None
        standard = Sound(file)
        limits = {"at": schema.MAX_SECONDS, "fade_in": 30.0, "fade_out": 30.0}
        values = {name: _number(data.get(name), getattr(standard, name), 0, most) for name, most in limits.items()}
        return Sound(file, **values, gain=_number(data.get("gain"), 0.0, -40, 20))


def _rows(data: Data, name: str) -> list[Data]:
    items = data.get(name)
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _card(data: object) -> Card | None:
    if not isinstance(data, Mapping) or not isinstance(data.get("text"), str):
        return None
    lines = [words.printable(line) for line in data["text"][: schema.MAX_TEXT].splitlines()]
    return Card("\n".join(lines), _number(data.get("seconds"), CARD_SECONDS, 0.5, 20.0))


def _direction(data: object) -> Direction:
    chosen: Data = data if isinstance(data, Mapping) else {}
    return Direction(**{kind: _line(chosen[kind]) for kind in KINDS if chosen.get(kind)})


def _text(value: object) -> str:
    return words.printable(value[: schema.MAX_TEXT]) if isinstance(value, str) else ""


def _line(value: object) -> str:
    return words.printable(value)[: schema.MAX_LINE] if isinstance(value, str) else ""


def _real(value: object) -> float | None:
    try:
        number = float(str(value).replace(",", ".")) if value not in (None, "") else math.nan
    except ValueError:
        number = math.nan
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    number = _real(value)
    return None if number is None else int(min(max(number, 0), 2**53))


def _number(value: object, standard: float, low: float, high: float) -> float:
    number = _real(value)
    return standard if number is None else min(max(number, low), high)
