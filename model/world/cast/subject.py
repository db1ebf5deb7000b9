"""What a subject is, and the sets of moves that suit a kind of subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Home = Literal["ground", "air", "water", "afloat"]
Facing = Literal["left", "right", "front"]
Kind = Literal["animal", "person", "fantasy", "monster", "vehicle", "food", "plant", "object", "building"]
BODY = "body:"
Row = tuple[str, str, str, Home, Facing, float, tuple[str, ...], bool]


@dataclass(frozen=True)
class Subject:
    """One character or thing.

    id: the name used by `expect` and by the attribute judge; phrase: the caption wording without an article;
    synonyms: other words that mean it; code: the file name of its picture, with BODY before it where that is a head or a
    bust and the rest is drawn; home: where it can be (afloat: on the water,
    not under it); facing: which way the art looks; size: height beside a subject of size 1; moves: the ids of the
    actions that suit it; moving: True when the art itself is animated; kind: what sort of thing it is.
    """

    id: str
    phrase: str
    synonyms: tuple[str, ...]
    code: str
    home: Home
    facing: Facing
    size: float
    moves: tuple[str, ...]
    moving: bool
    kind: Kind = "object"

    @property
    def bodied(self) -> bool:
        """Whether its head is a picture and its body is drawn."""
        return self.code.startswith(BODY)

    @property
    def faces(self) -> bool:
        """Whether it looks at whoever watches, whichever way it goes."""
        return self.facing == "front" or (self.bodied and self.kind != "animal")

    @property
    def indoors(self) -> bool:
        """Whether it fits in a room: no vehicle, no building, nothing of the water, no tall beast."""
        if self.kind in ("vehicle", "building") or self.home not in ("ground", "air"):
            return False
        return self.size <= 1.05 or self.kind in ("person", "fantasy", "monster")

    def aloft(self, action: str) -> bool:
        """Whether it is off the ground while it does this: in the air or under water."""
        return action in ("fly", "swim", "float") or self.home in ("air", "water")


WALKER = ("stand", "walk", "run", "jump", "look", "arrive", "leave")
FACE = ("stand", "jump", "dance", "spin", "look")
SLOW = ("stand", "walk", "look", "leave")
THING = ("stand", "spin", "dance", "grow")
STILL = ("stand", "grow")
BALL = ("stand", "roll", "jump", "spin")
FLYER = ("fly", "float", "arrive", "leave")
SWIMMER = ("swim", "float", "arrive", "leave")
WHEELS = ("stand", "drive", "run", "arrive", "leave")
BOAT = ("stand", "sail", "arrive", "leave")
PERSON = ("stand", "walk", "run", "dance", "jump", "wave", "look", "arrive", "leave")
PLANT = ("stand", "grow", "dance")


def subjects(kind: Kind, rows: Iterable[Row]) -> tuple[Subject, ...]:
    """The subjects of one table; words are divided by bars, the first is the phrase."""
    out = []
    for identity, words, code, home, facing, size, moves, moving in rows:
        phrase, *others = words.split("|")
        out.append(Subject(identity, phrase, tuple(others), code, home, facing, size, moves, moving, kind))
    return tuple(out)
