"""Relations: who goes after whom, stands in front of whom, behind whom, under what, or on which side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from model.world.scene import SUBJECT, Actor
from model.world.understand import Span

ASIDE = 0.24  # of the height of the one in front: how far from the middle each of the two is
NEARER, FARTHER = 0.05, 0.08  # of the frame's height: how much lower and higher they stand than side by side
SMALLER = 0.92  # of the size side by side: the one in front, who would hide the other else
_CHASES = re.compile(
    r"\b(?:chas(?:es?|ing)|follow(?:s|ing)?|pursu(?:es?|ing)|hunt(?:s|ing)|run(?:s|ning)?\s+after)\b", re.IGNORECASE
)
_WAY = r"(?:right\s+|just\s+|directly\s+)?"
_TO = r"\s+(?:(?:an?|the|his|her|its|their|my)\s+)?(?:[\w-]+\s+){0,2}$"
_BEFORE = re.compile(rf"\b{_WAY}(?:in\s+front\s+of|under(?:neath)?|beneath|below){_TO}", re.IGNORECASE)
_BEHIND = re.compile(rf"\b{_WAY}behind{_TO}", re.IGNORECASE)
_SIDE = re.compile(r"\b(?:on|to|at)\s+(?:the|its|his|her)\s+(?P<far>far\s+)?(?P<side>left|right)\b", re.IGNORECASE)


def one_way(prompt: str, cast: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """A cast of whom those who go somewhere go the same way, and who chases or follows is behind."""
    going = [actor for actor in cast if actor.leg is not None]
    if len(going) < 2:
        return cast
    sided = [actor for actor in going if SUBJECT[actor.instance.subject].facing != "front"]
    way = 1 if _CHASES.search(prompt) else (sided or going)[0].direction
    return tuple(actor if actor.leg is None else replace(actor, direction=way) for actor in cast)


def related(prompt: str, spans: Sequence[Span], actors: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """Two actors as a prompt says that they stand to each other, the farther first; as they are where it says nothing,
    where they are not two, or where one carries the other. spans: of the subjects named, in the prompt's order."""
    if len(actors) != 2 or len(spans) != 2 or any(actor.carried for actor in actors):
        return actors
    one, other = sorted(actors, key=lambda actor: actor.x)  # they stand in the order in which they are named
    between, after = prompt[spans[0].end : spans[1].start], prompt[spans[1].end :]
    if _BEFORE.search(between):
        return _deep(one, other)
    if _BEHIND.search(between):
        return _deep(other, one)
    if (told := _SIDE.search(between)) is not None:
        right = told["side"].lower() == "right"
    elif (told := _SIDE.match(after.lstrip())) is not None:
        right = told["side"].lower() == "left"
    else:
        return actors
    return (replace(one, x=other.x), replace(other, x=one.x)) if right else actors


def _deep(near: Actor, far: Actor) -> tuple[Actor, Actor]:
    """The one in front of the other, who is seen beside it."""
    aside = ASIDE * near.height * (1 if near.x > far.x else -1)
    front = replace(near, x=aside, y=min(0.97, near.y + NEARER), height=SMALLER * near.height)
    return replace(far, x=-aside, y=far.y - FARTHER), front
