"""Roles: whom a prompt puts in a shot, in which colours and clothes, how many of them, and what each does."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from model.world.scene import ALIVE, SUBJECT, Instance
from model.world.understand import Span, understand
from model.world.wardrobe import outfit

MOST_NAMED = 4  # of different kinds in a shot
DARK = {"man": "walking_man_dark", "woman": "walking_woman_dark", "princess": "princess_dark"}
SCENERY = ("plant", "building", "object")
GROWN = ("plant", "building")  # trees and houses: where others are, they are only around them
OVERHEAD = frozenset("sun moon star cloud flame feather plumage plume snowflake rainbow".split())  # beside somebody
NEAR = 4  # words before a subject among which its number is
MANY = 6
_NUMBERS = {
    "two": 2, "both": 2, "pair": 2, "couple": 2, "three": 3, "trio": 3, "few": 3, "some": 3, "four": 4, "five": 5,
    **dict.fromkeys("""several herd flock pack group crowd school swarm litter""".split(), 5),
    **dict.fromkeys("""six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen twenty thirty hundred
    dozen dozens many lots army hundreds thousands""".split(), MANY),
}  # fmt: skip
_CROWD = ("people", "children", "sheep", "fish", "deer")
_ALIKE = ("sheep", "fish", "deer")  # one is called as two are
_ONE_DOES = re.compile(  # "the fish swims", not "the fish swim across"
    r"\s+(?:slowly\s+|quietly\s+|happily\s+)?(?!(?:\w+wards|across|always|besides|perhaps|as|its|his|this|us)\b)"
    r"(?:is|was|has|[a-z]{2,}s)\b",
    re.IGNORECASE,
)
_WORN = re.compile(r"\b(?:wear(?:s|ing)?|dressed)\b", re.IGNORECASE)
_ANOTHER = re.compile(
    r"\b(?:(?:and|meets?|beside|behind|with)\s+an?|another)\s+(?:other\s+)?(?:[\w-]+\s+)?$", re.IGNORECASE
)
_BETWEEN = re.compile(  # one word more, that is no hair, no verb and no preposition
    r"\s+(?:(?!(?:and|or|with|in|of|on|at|the|an?|to|for|from|near|beside|behind|by|under|over|above|below|as|while|before|"
    r"sky|light|sun|water|sea)\b)(?!\w+(?:ed|ing|s)\b)[\w-]+\s+)?",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\s+(?:toys?|houses?|food|beds?|bowls?|doors?|baskets?|shows?|tails?|parks?|collars?)\b", re.IGNORECASE
)
_SITS = re.compile(r"(?:sits?|sat|sitting|seated|squat\w*)\b", re.IGNORECASE)
_HELD = re.compile(r"\s*(?:an?|the|his|her|its|their|my|some)\s+(?:[\w-]+\s+){0,2}", re.IGNORECASE)
# Whom one sees where "animals" or "sea creatures" are spoken of, by the place; the first are the likeliest.
_BEASTS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "zoo": ("elephant", "giraffe", "lion", "zebra", "penguin"),
    "jungle": ("tiger", "monkey", "parrot", "elephant", "gorilla"),
    "river": ("crocodile", "hippo", "duck", "frog", "otter"),
    "farm": ("cow", "pig", "sheep", "horse", "rooster"),
    "snow": ("polar_bear", "penguin", "wolf", "seal", "moose"),
    "desert": ("camel", "snake", "lizard", "scorpion", "lion"),
    "reef": ("tropical_fish", "turtle", "octopus", "jellyfish", "crab"),
    "ocean": ("dolphin", "whale", "shark", "turtle", "seal"),
    "beach": ("crab", "turtle", "seal", "dog", "parrot"),
    "room": ("cat", "dog", "rabbit", "hamster", "parrot"),
    "forest": ("fox", "deer", "owl", "rabbit", "bear"),
    "sky": ("eagle", "bird", "butterfly", "owl", "parrot"),
})  # fmt: skip
_SEA = ("tropical_fish", "turtle", "octopus", "jellyfish", "crab")


@dataclass(frozen=True)
class Role:
    """Somebody in a shot: how they look, what they do, whether they are called mine ("my dinosaur"), how many of them
    there are, and the subject that the prompt names, where another of its kind is seen."""

    instance: Instance
    action: str
    mine: bool = False
    count: int = 1
    called: str | None = None


def roles(prompt: str, knows: Mapping[str, Collection[str]] | None = None) -> tuple[Role, ...]:
    """Those whom a prompt names, in its order, each once, in the colour that stands before them and doing what is said
    behind them, else what is said first of all, else what they are wont to. What is worn, and trees and clouds around
    somebody, are nobody; "animals" are some who live there."""
    told = understand(prompt, knows).spans
    spans = [span for span in told if span.kind in ("subject", "colour", "action", "group")]
    first = next((span for span in spans if span.kind == "action"), None)
    found: dict[str, Role] = {}
    alive = [span for span in spans if span.kind == "subject" and SUBJECT[span.id].kind in ALIVE]
    before = any(span.kind == "subject" and SUBJECT[span.id].kind not in GROWN for span in spans)
    for index, span in enumerate(spans):
        if span.kind != "subject" or (alive and _around(span, prompt)):
            continue
        if before and SUBJECT[span.id].kind in GROWN and _plural(span):
            continue
        if span.id in found:
            another = _ANOTHER.search(prompt[: span.start]) and not _THING.match(prompt[span.end :])
            if another and not _plural(span):
                found[span.id] = replace(found[span.id], count=found[span.id].count + 1)
            continue
        until = next((one.start for one in alive if one.start > span.start), len(prompt))
        clothes = outfit(prompt[span.end : until], span.id) if span in alive else ()
        worn = tuple(piece.garment for piece in clothes if piece.fits)
        coloured = index > 0 and _belongs(spans[index - 1], span, prompt)
        near = coloured and prompt[spans[index - 1].end : span.start].isspace()
        who, colour = _skin(span.id, spans[index - 1].id if coloured else None, near)
        instance = Instance(who, colour=colour, worn=worn)
        called = prompt[: spans[index - 1].start if coloured else span.start].lower().split()
        mine = bool(called) and called[-1] in ("my", "our")
        found[span.id] = Role(instance, _act(spans, index, first, prompt), mine, _number(span, prompt), span.id)
    cast = tuple(found.values())
    return (*cast, *_groups(spans, told, knows, [role.instance.subject for role in cast], first, prompt))[:MOST_NAMED]


def _act(spans: Sequence[Span], index: int, first: Span | None, prompt: str) -> str:
    """What somebody does: what is said behind them, else what is said first of all, as it suits them; who has a body to
    sit with sits."""
    subject, ahead = SUBJECT[spans[index].id], [span for span in spans[index + 1 :] if span.kind != "colour"]
    behind = ahead[0] if ahead else None
    own = behind is not None and behind.kind == "action"
    told = behind if own else first
    act = None if told is None else told.id
    if told is not None and act == "stand" and subject.bodied and _SITS.match(told.text):
        act = "sit"
    before = next((span for span in reversed(spans[:index]) if span.kind != "colour"), None)
    done_to = before is not None and before.kind == "action" and not before.text.endswith("ing")
    if not own and done_to and subject.kind not in ALIVE:
        act = "roll" if act == "run" and "roll" in subject.moves else None  # it is done to it: nobody reads as a book
    if act == "walk" and subject.kind == "vehicle":
        act = "sail" if subject.home == "afloat" else "drive"
    if act == "fly" and own and behind is not None and "fly" not in subject.moves:
        flown = ahead[1] if len(ahead) > 1 else None
        held = flown is not None and flown.kind == "subject" and SUBJECT[flown.id].home == "air"
        if flown is not None and held and _HELD.fullmatch(prompt[behind.end : flown.start]):
            act = "look"  # at the kite that they fly
    return act or subject.moves[0]


def _groups(
    spans: Sequence[Span], told: Sequence[Span], knows: Mapping[str, Collection[str]] | None, named: Sequence[str],
    first: Span | None, prompt: str,
) -> tuple[Role, ...]:  # fmt: skip
    """Those whom "animals" and "sea creatures" stand for, where they are; not who is named already."""
    group = next((span for span in spans if span.kind == "group"), None)
    if group is None:
        return ()
    place = next((span.id for span in told if span.kind == "place"), None)
    kinds = _SEA if group.id == "sea" else _BEASTS.get(place or "", _BEASTS["forest"])
    here = [who for who in kinds if who not in named and (knows is None or who in knows.get("subject", (who,)))]
    most = _said(group, prompt) or (MOST_NAMED if group.text.lower().endswith(("s", "life")) else 1)
    act = None if first is None else first.id
    return tuple(Role(Instance(who), act or SUBJECT[who].moves[0]) for who in here[:most])


def _around(span: Span, prompt: str) -> bool:
    """Whether a subject is but what somebody wears, what is above them or on them, or trees and houses in the
    plural."""
    if SUBJECT[span.id].kind in ALIVE:
        return False
    if span.text.lower().split()[-1] in OVERHEAD:
        return True
    sentence = re.split(r"[.;!?]", prompt[: span.start])[-1]
    return bool(_WORN.search(sentence)) or (_plural(span) and SUBJECT[span.id].kind in SCENERY)


def _plural(span: Span) -> bool:
    subject, text = SUBJECT[span.id], span.text.lower().replace("’", "'").removesuffix("'s")
    if text.split()[-1] in _CROWD:
        return True
    return text.endswith(("s", "men", "mice", "geese")) and text not in (subject.phrase, *subject.synonyms)


def _number(span: Span, prompt: str) -> int:
    """How many of a subject a prompt speaks of; many are as many as can be."""
    if not _plural(span):
        return 1
    if said := _said(span, prompt):
        return said
    before, called = re.findall(r"[\w-]+", prompt[: span.start].lower())[-NEAR:], span.text.lower().split()[-1]
    if (before and before[-1] in ("a", "an", "one")) or (called in _ALIKE and _ONE_DOES.match(prompt[span.end :])):
        return 1
    return 2 if called in _ALIKE or called not in _CROWD else 3


def _said(span: Span, prompt: str) -> int | None:
    """The number that is said of a span, at most MANY; None where none is."""
    before = re.findall(r"[\w-]+", prompt[: span.start].lower())[-NEAR:]
    found = [_NUMBERS.get(word) or _digits(word) for word in (*before, *span.text.lower().split())]
    return next((number for number in reversed(found) if number), None)


def _digits(word: str) -> int | None:
    few = int(word[:6]) if word.isascii() and word.isdigit() else 0  # of a long row of figures the first will do
    return min(MANY, few) if few > 1 else None


def _belongs(before: Span, span: Span, prompt: str) -> bool:
    """Whether a colour is that of a subject: right before it, or with one more word between them."""
    return before.kind == "colour" and _BETWEEN.fullmatch(prompt[before.end : span.start]) is not None


def _skin(who: str, colour: str | None, near: bool) -> tuple[str, str | None]:
    """Of people a colour right before them may be that of their skin, which is nobody's coat of paint."""
    if colour not in ("black", "white", "brown") or SUBJECT[who].kind != "person":
        return who, colour
    return (DARK.get(who, who) if near and colour != "white" else who), None
