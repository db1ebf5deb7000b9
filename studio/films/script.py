"""A film as the artist has it: a cast, shots in a row, titles, captions and sound. Frozen data, and JSON both ways.

A film may be wrong (`planning` finds that out); what is read from film.yaml has been checked already. Pictures and
sounds are `Given`: a file of the artist's, or one that the library keeps by its content.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, cast

from studio.direction import KINDS, Direction

Join = Literal["cut", "continue"]
Transition = Literal["none", "dissolve", "dip", "dip white"]
Kind = Literal["character", "place", "look"]
Fit = Literal["subject", "middle", "whole"]

JOINS: tuple[Join, ...] = ("cut", "continue")
TRANSITIONS: tuple[Transition, ...] = ("none", "dissolve", "dip", "dip white")
MEMBER_KINDS: tuple[Kind, ...] = ("character", "place", "look")
TRANSITION_SECONDS = 0.5
CARD_SECONDS = 2.5


@dataclass(frozen=True)
class Given:
    """A given file: `sha256` where the library keeps it, else `path` where the artist has it; `name` for people."""

    name: str
    sha256: str = ""
    path: str = ""


@dataclass(frozen=True)
class Member:
    """One of the cast: `looks` stands for its @name in prompts, `pictures` are shown to the model."""

    name: str
    kind: Kind = "character"
    looks: str = ""
    pictures: tuple[Given, ...] = ()


@dataclass(frozen=True)
class Card:
    """A title on a plain ground: up to a few lines, the first one large. `seconds` 0 is no card."""

    text: str = ""
    seconds: float = CARD_SECONDS


@dataclass(frozen=True)
class Sound:
    """A track that the artist brings. `at` and the fades are seconds, `gain` decibels before the whole is levelled."""

    file: Given
    at: float = 0.0
    fade_in: float = 0.5
    fade_out: float = 1.5
    gain: float = 0.0


@dataclass(frozen=True)
class Captions:
    """Where the words under the picture come from: each shot's caption, or `file` (SRT); `shown` draws them in."""

    file: Given | None = None
    shown: bool = True


@dataclass(frozen=True)
class FilmShot:
    """One shot of a film. `id` stays with it wherever it is moved; `name` is what another shot may call it by.

    `control`, `mask`, `outpaint` and the approximations `block_cache` and `guided` (None: the film's) are as in a Shot.
    `after` names the shot it goes on from ("" is the one before); `take` the chosen take ("" is the newest that fits);
    `trim_start` and `trim_end` are seconds of it that the film leaves out; `line` is where it stands in film.yaml (0:
    not from a file).
    """

    prompt: str
    id: str = ""
    name: str = ""
    seconds: float = 4.0
    join: Join = "cut"
    after: str = ""
    transition: Transition = "none"
    transition_seconds: float = TRANSITION_SECONDS
    direction: Direction = Direction()
    negative: str = ""
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    block_cache: float | None = None
    guided: float | None = None
    first: Given | None = None
    last: Given | None = None
    frames: tuple[Given, ...] = ()
    control: Given | None = None
    mask: Given | None = None
    outpaint: bool = False
    caption: str = ""
    take: str = ""
    trim_start: float = 0.0
    trim_end: float = 0.0
    line: int = 0

    @property
    def files(self) -> tuple[Given, ...]:
        """Every given file."""
        many = (self.first, self.last, *self.frames, self.control, self.mask)
        return tuple(given for given in many if given is not None)


@dataclass(frozen=True)
class Film:
    """A film. `size` and the model's rate are fixed for all of it; `look` is the direction of shots that say nothing.

    `consent`: the people in its pictures are the artist or have agreed. `plan`, `develop` and `compiled` are how this
    machine makes it (see `studio.film.Shot`), and no part of what it is. `source` names the file it was read from ("":
    it was not)."""

    title: str = "Untitled"
    size: str = "landscape"
    model: str = "storybook"
    seed: int = 0
    look: Direction = Direction()
    negative: str = ""
    steps: int | None = None
    guidance: float | None = None
    block_cache: float | None = None
    guided: float | None = None
    cast: tuple[Member, ...] = ()
    shots: tuple[FilmShot, ...] = ()
    opening: Card | None = None
    ending: Card | None = None
    music: Sound | None = None
    voice: Sound | None = None
    captions: Captions = Captions()
    consent: bool = False
    plan: str = "auto"
    develop: str = "auto"
    compiled: bool | None = None
    source: str = ""

    def unmade(self) -> Film:
        """The film without what holds only for the machine that makes it and the file that it was read from."""
        return replace(self, plan="auto", develop="auto", compiled=None, source="")

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold; `from_dict` reads it back."""
        data = asdict(self)
        data["look"] = self.look.chosen()
        for shot, own in zip(data["shots"], self.shots, strict=True):
            shot["direction"] = own.direction.chosen()
        return data

    def files(self) -> tuple[Given, ...]:
        """Every given file of the film, each once."""
        found = [given for member in self.cast for given in member.pictures]
        found += [given for shot in self.shots for given in shot.files]
        found += [sound.file for sound in (self.music, self.voice) if sound is not None]
        found += [self.captions.file] if self.captions.file is not None else []
        return tuple(dict.fromkeys(found))

    def with_ids(self) -> Film:
        """The film with an id for every shot that has none, or one that another shot has too."""
        taken: set[str] = set()
        shots = []
        for shot in self.shots:
            own = shot.id if shot.id and shot.id not in taken else f"s{secrets.token_hex(5)}"
            taken.add(own)
            shots.append(shot if own == shot.id else replace(shot, id=own))
        return replace(self, shots=tuple(shots))


def from_dict(data: Mapping[str, Any]) -> Film:
    """The film that `to_dict` wrote. Only for our own records: nothing is checked."""
    values = _known(Film, data)
    values["look"] = _direction(data.get("look"))
    values["cast"] = tuple(
        Member(**{**_known(Member, one), "pictures": _givens(one.get("pictures"))}) for one in data.get("cast") or ()
    )
    values["shots"] = tuple(_shot(one) for one in data.get("shots") or ())
    for name in ("opening", "ending"):
        values[name] = Card(**_known(Card, data[name])) if data.get(name) else None
    for name in ("music", "voice"):
        one = data.get(name)
        values[name] = Sound(**{**_known(Sound, one), "file": Given(**one["file"])}) if one else None
    told = data.get("captions") or {}
    values["captions"] = Captions(_given(told.get("file")), bool(told.get("shown", True)))
    return Film(**values)


def _shot(data: Mapping[str, Any]) -> FilmShot:
    values = _known(FilmShot, data)
    values["direction"] = _direction(data.get("direction"))
    for name in ("first", "last", "control", "mask"):
        values[name] = _given(data.get(name))
    values["frames"] = _givens(data.get("frames"))
    return FilmShot(**values)


def _direction(data: object) -> Direction:
    chosen = data if isinstance(data, Mapping) else {}
    return Direction(**{kind: chosen[kind] for kind in KINDS if chosen.get(kind)})


def _given(data: object) -> Given | None:
    return Given(**_known(Given, data)) if isinstance(data, Mapping) else None


def _givens(data: object) -> tuple[Given, ...]:
    items = data if isinstance(data, (list, tuple)) else ()
    return tuple(cast("Given", _given(item)) for item in items)


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: data[one.name] for one in fields(kind) if one.name in data}


def with_files(film: Film, other: Mapping[Given, Given]) -> Film:
    """The film with some of its given files replaced."""

    def one(given: Given | None) -> Given | None:
        return None if given is None else other.get(given, given)

    def many(files: tuple[Given, ...]) -> tuple[Given, ...]:
        return tuple(other.get(given, given) for given in files)

    def sound(track: Sound | None) -> Sound | None:
        return None if track is None else replace(track, file=other.get(track.file, track.file))

    shots = (
        replace(
            s, first=one(s.first), last=one(s.last), frames=many(s.frames), control=one(s.control), mask=one(s.mask)
        )
        for s in film.shots
    )  # fmt: skip
    return replace(
        film, shots=tuple(shots), cast=tuple(replace(member, pictures=many(member.pictures)) for member in film.cast),
        music=sound(film.music), voice=sound(film.voice), captions=replace(film.captions, file=one(film.captions.file)),
    )  # fmt: skip
