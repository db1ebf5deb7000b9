"""Which words suit which subject: a rocket does not flap its wings, and a mammoth is no tiny thing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from model.world.cast import Subject
from model.world.vocabulary import term

ALIVE = ("animal", "person", "fantasy", "monster")
_LIVELY = (
    "cheerful",
    "curious",
    "happy",
    "cute",
    "proud",
    "gentle",
    "friendly",
    "playful",
    "lone",
    "lovely",
    "charming",
)
_THINGS = ("lovely", "pretty", "lone", "charming", "beautiful", "simple", "splendid")
_LARGE = ("big", "huge", "giant", "tall", "mighty")
_LITTLE = ("little", "small", "tiny")
LARGE, LITTLE = 1.1, 0.85

_VERBS: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("vehicle", "run"): ("races along", "is racing along", "speeds along", "dashes along", "rushes along"),
        ("vehicle", "stand"): ("stands still", "is standing still", "waits", "is parked"),
        ("vehicle", "float"): ("hovers", "is hovering", "floats", "drifts"),
        ("plant", "dance"): ("sways", "is swaying", "dances", "wiggles"),
        ("plant", "float"): ("drifts", "is drifting", "floats", "hangs in the air"),
        ("building", "stand"): ("stands", "is standing", "stands still"),
        ("object", "stand"): ("stands", "is standing", "rests", "stands still"),
        ("food", "stand"): ("stands", "is standing", "rests", "stands still"),
        ("plant", "stand"): ("stands", "is standing", "stands still"),
    }
)
_LEGS = frozenset("trots gallops scampers trudges plods treads treading stomps stomping galloping".split())
_MANNERS = frozenset("strolls saunters marches tiptoes jogs strolling marching".split())
_WINGS = frozenset(("flutters", "flaps its wings", "fluttering"))


def act_words(subject: Subject, action: str) -> tuple[str, ...]:
    """The wordings of an action that suit a subject, the usual one first; one of them begins with "is"."""
    own = _VERBS.get((subject.kind, action))
    if own is not None:
        return own
    return tuple(word for word in term("action", action).wordings if _suits(subject, word))


def _suits(subject: Subject, word: str) -> bool:
    alive, first = subject.kind in ALIVE, word.split()[0]
    if word in _WINGS:
        return subject.home == "air" and subject.kind in ("animal", "fantasy")
    if first in _LEGS or word in ("turns its head", "waves its hand", "watches", "searches"):
        return subject.kind == "animal" if first in _LEGS or " its " in word else alive
    if first in _MANNERS:
        return alive
    if word in ("sits", "sitting", "poses", "waits", "waiting"):
        return alive
    if word in ("walks away", "drives away", "flies away", "sails away"):
        return word == f"{_gait(subject)} away"
    if word == "levitates":
        return subject.kind in ("person", "fantasy", "monster")
    return True


def _gait(subject: Subject) -> str:
    """How a subject gets about: walks, drives, flies, sails or (under water) swims."""
    if subject.home == "ground":
        return "drives" if subject.kind == "vehicle" else "walks"
    return {"air": "flies", "afloat": "sails"}.get(subject.home, "swims")


def adjectives(subject: Subject) -> tuple[str, ...]:
    """What may be said of any instance of a subject: its size where it has one to speak of, and kind words."""
    kind = _LIVELY if subject.kind in ALIVE else _THINGS
    if subject.kind == "person":
        return kind
    return (*kind, *(_LARGE if subject.size >= LARGE else _LITTLE if subject.size <= LITTLE else ()))
