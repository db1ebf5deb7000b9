"""Riding: who rides, drives, or sits on whom, and so goes where they go."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from model.world.art import Sprite
from model.world.cast import Subject
from model.world.motion import gait
from model.world.scene import ALIVE, BUSTS, SUBJECT, Actor
from model.world.understand import Span
from model.world.wardrobe import undressed

SMALLER = 0.72  # of their size: who is carried
# In what has room for somebody in one place: how far behind its middle that is, how high, and how tall they are there.
ROOM = {"hot_air_balloon": (0.0, 0.25, 0.3), "pirate_ship": (0.33, 0.46, 0.42)}
SADDLE = 0.2  # of the height of such a beast, behind the middle of its picture
DECK = 0.5  # of the height of a boat: nobody sits on its mast
APART = 0.7  # of their height, from one to the next on one back
TOP = 0.04  # of the frame's height: nobody's head is higher
# Of their height, how much of somebody is below the edge or the back of what carries them: inside it, without legs,
# with legs that hang down, with legs on its other side, and as a beast that stands on it.
SUNK, SITS, ASTRIDE, ASIDE, STANDS = 0.3, 0.12, 0.25, 0.42, 0.05
_DOES = (
    r"(?:sits?|sitting|seated|stands?|standing|perche[sd]|perching|balanc(?:es?|ing)|danc(?:es?|ing)|surf(?:s|ing)?|"
    r"skat(?:es?|ing)|fly|flies|flying|sail(?:s|ing)?|travel(?:s|ing)?|sleep(?:s|ing)?|glid(?:es?|ing)|"
    r"c[ao]mes?|coming|arriv(?:es?|ed|ing)|rode|flew|sat|stood)"
)
_BEHIND = (
    r"\s+(?:the\s+back\s+of\s+)?(?:(?:a|an|the|his|her|its|their|my|one's)\s+)?(?:[\w-]+\s+(?!\w+ing\b)){0,2}$"
)
_AND = re.compile(r"^\s*,?\s*and\s+(?:(?:a|an|the|his|her|its|their|my)\s+)?(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_RIDE = re.compile(r"\s*(?:are\s+)?(?:rid(?:e|ing)|(?:sit|sitting)?\s*on)\b", re.IGNORECASE)
_RIDES = re.compile(
    r"^\s*(?:[\w-]+\s+){0,2}?(?:(?:rid(?:es?|ing)|rode)(?:(?:\s+[\w-]+){0,4}\s+(?:on|in|aboard))?|astride|atop|on\s+top\s+of)"
    rf"{_BEHIND}",
    re.IGNORECASE,
)
_ON = re.compile(rf"^\s*(?:(?:is|are|happily|quietly|proudly)\s+)?(?:{_DOES}\s+)?(?:on|upon){_BEHIND}", re.IGNORECASE)
_IN = re.compile(
    rf"^\s*(?:(?:is|are)\s+)?(?:driv(?:es?|ing)|steer(?:s|ing)?|row(?:s|ing)?|paddl(?:es?|ing)|sail(?:s|ing)?|"
    rf"pilot(?:s|ing)?|fl(?:y|ies|ying)|(?:{_DOES}\s+)?(?:in|inside|aboard)){_BEHIND}",
    re.IGNORECASE,
)


def carried_by(prompt: str, spans: Sequence[Span]) -> Mapping[str, tuple[str, bool]]:
    """For everybody who is carried, what carries them and whether they are inside it, as ids of subjects; spans: the
    subjects of a prompt that are in the shot, in its order. Nobody is carried and carries."""
    found: dict[str, tuple[str, bool]] = {}
    for rider, mount in pairwise(spans):
        between = undressed(prompt[rider.end : mount.start], rider.id)
        carries = any(rider.id == by for by, _ in found.values())
        if SUBJECT[rider.id].kind not in (*ALIVE, "object", "food") or rider.id == mount.id or carries:
            continue
        inside = bool(_IN.match(between)) and SUBJECT[mount.id].kind == "vehicle"
        whose = rider.text.endswith(("'s", "’s")) and between.isspace()  # Santa's sleigh
        inside = inside or (whose and SUBJECT[mount.id].kind == "vehicle")
        if inside or _carries(between, rider.id, mount.id):
            found[rider.id] = mount.id, inside
    for friend, rider in reversed(list(pairwise(spans))):
        both = rider.id in found and _AND.match(prompt[friend.end : rider.start])
        free = friend.id not in found and all(friend.id != by for by, _ in found.values())
        if both and free and SUBJECT[friend.id].kind in ALIVE and _for_two(prompt, rider, found):
            found[friend.id] = found[rider.id]
    return found


def _for_two(prompt: str, rider: Span, found: Mapping[str, tuple[str, bool]]) -> bool:
    """Whether what is said of a rider is said of who is named before them as well: "and a dog ride a horse"."""
    return found[rider.id][1] or _RIDE.match(prompt[rider.end :]) is not None


def _carries(between: str, rider: str, mount: str) -> bool:
    if SUBJECT[mount].kind in ("person", "building"):
        return False
    if _RIDES.match(between):
        return True
    small = SUBJECT[mount].kind == "animal" and SUBJECT[mount].size < 0.8 * SUBJECT[rider].size and rider not in BUSTS
    return bool(_ON.match(between)) and not small


def carrying(mount: Actor) -> Actor:
    """What carries somebody: it does not sit, and an animal does not drive, it goes as it is wont to."""
    if mount.action == "sit":
        return replace(mount, action="stand")
    subject = SUBJECT[mount.instance.subject]
    alive = subject.kind in ("animal", "fantasy", "monster")
    return replace(mount, action=gait(subject)) if alive and mount.action == "drive" else mount


def layer(actor: Actor, carried: Mapping[str, tuple[str, bool]]) -> int:
    """-1: behind what carries them; 1: before it, with a leg that hangs down; 0: nothing carries them."""
    who = SUBJECT[actor.instance.subject]
    if who.id not in carried:
        return 0
    _, inside = carried[who.id]
    return 1 if not inside and _astride(who) else -1


def _looks_at_us(mount: Subject) -> bool:
    """Whether it has its head before its body, which is behind that then."""
    return mount.bodied and mount.kind == "animal"


def _astride(who: Subject) -> bool:
    """Whether there is a picture of how they sit."""
    return who.bodied and who.faces


def _hidden(who: Subject, inside: bool) -> float:
    """How much of somebody is below the back or the edge of what carries them, of their height."""
    if inside:
        return SUNK
    if who.id in BUSTS:
        return SITS
    if _astride(who):
        return ASTRIDE
    return ASIDE if who.kind == "person" else STANDS


def seat(sprite: Sprite) -> float:
    """How high one sits on somebody, in their heights: where the columns in the middle of their picture begin, in the
    middle: behind a horse's neck, and not on it; behind the head of a beast that looks at us."""
    alpha = sprite.frames[0, 3].numpy() > 127
    side = alpha.shape[1]
    first = 0.35 + (SADDLE if _looks_at_us(SUBJECT[sprite.id]) else 0.0)
    middle = alpha[:, round(first * side) : round((first + 0.3) * side)]
    tops = middle.argmax(0)[middle.any(0)]
    return 1 - float(np.median(tops)) / side if len(tops) else 0.0


def seated(
    rider: Actor, mount: Actor, sits: float, inside: bool, number: int = 0, count: int = 1
) -> tuple[Actor, Actor]:
    """The first, second, ... of some on what carries them, and that; both as large as there is room for. sits: how high
    one sits on it, where it has no room of its own."""
    height, afloat = SMALLER * rider.height / count**0.5, SUBJECT[mount.instance.subject].home == "afloat"
    sits = min(sits, DECK) if inside and afloat else sits
    behind = SADDLE if _looks_at_us(SUBJECT[mount.instance.subject]) else 0.0
    if mount.instance.subject in ROOM:
        behind, sits, most = ROOM[mount.instance.subject]
        height, inside = min(height, most * mount.height / count**0.6), True
    hidden = _hidden(SUBJECT[rider.instance.subject], inside)
    tall = sits * mount.height + (1 - hidden) * height
    fits = min(1.0, (min(mount.y, 1.0) - TOP) / tall)
    mount = replace(mount, height=mount.height * fits)
    height *= fits
    y = mount.y - sits * mount.height + hidden * height
    aside = APART * height * (number - (count - 1) / 2)
    rides = replace(
        rider, x=mount.x + aside, y=y, height=height, action=mount.action, direction=mount.direction, phase=mount.phase,
        leg=mount.leg, carried=True, behind=behind * mount.height,
    )  # fmt: skip
    return rides, mount
