"""Roles: whom a prompt puts in a shot, in which colours and clothes, how many of them, and what each does."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from model.world.acts import does
from model.world.scene import ALIVE, HUES, SHADES, SUBJECT, Instance
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
    "two": 2, "both": 2, "pair": 2, "couple": 2, "three": 3, "trio": 3, "few": 3, "some": 3, "four": 4, "family": 4,
    "five": 5,
    **dict.fromkeys("""several herd flock pack group crowd school swarm litter bunch pride team band""".split(), 5),
    **dict.fromkeys("""six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen twenty thirty hundred
    dozen dozens many lots lot army hundreds thousands""".split(), MANY),
}  # fmt: skip
_FEW = ("two", "three", "four", "five")
_KINDS_OF = {*HUES, *SHADES, *"gray big small little tiny large huge giant young old happy sad cute funny".split()}
_CROWD = ("people", "children", "sheep", "fish", "deer")
_ALIKE = ("sheep", "fish", "deer", "samurai")  # one is called as two are
_ONE_DOES = re.compile(  # "the fish swims", not "the fish swim across"
    r"\s+(?:slowly\s+|quietly\s+|happily\s+)?(?!(?:\w+wards|across|always|besides|perhaps|as|its|his|this|us)\b)"
    r"(?:is|was|has|[a-z]{2,}s)\b",
    re.IGNORECASE,
)
_WORN = re.compile(r"\b(?:wear(?:s|ing)?|dressed)\b", re.IGNORECASE)
_ANOTHER = re.compile(
    r"\b(?:(?:and|meets?|beside|behind|with)\s+(?:an?|one|two|three|four|her|his|its|their)|another)\s+(?:other\s+)?(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_WITH = re.compile(r"\bwith\s+$", re.IGNORECASE)
_BETWEEN = re.compile(  # one word more, that is no hair, no verb and no preposition
    r"\s+(?:(?!(?:and|or|with|in|of|on|at|the|an?|to|for|from|near|beside|behind|by|under|over|above|below|as|while|before|"
    r"sky|light|sun|water|sea)\b)(?!\w+(?:ed|ing|s)\b)[\w-]+\s+)?",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\s+(?:toys?|houses?|food|beds?|bowls?|doors?|baskets?|shows?|tails?|parks?|collars?)\b", re.IGNORECASE
)
_IS = re.compile(r"\s*,?\s+(?:that|which|who)?\s*(?:is|was|are)\s+(?:all\s+)?", re.IGNORECASE)
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
    there are, and the subject that the prompt names, where another of its kind is seen; mixed: whether the others of
    several may be men and women; others: the colours of those who are named one by one behind the first ("a red fish
    and a blue fish")."""

    instance: Instance
    action: str
    mine: bool = False
    count: int = 1
    called: str | None = None
    mixed: bool = False
    others: tuple[str | None, ...] = ()


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
        if before and plural(span) and (SUBJECT[span.id].kind in GROWN or _drifts(span, spans)):
            continue
        if span.id in found:
            told_apart = _ANOTHER.search(prompt[: span.start]) or (plural(span) and _WITH.search(prompt[: span.start]))
            if told_apart and not _THING.match(prompt[span.end :]):
                own = spans[index - 1].id if _belongs(spans[index - 1], span, prompt) else None
                kept, more = found[span.id], _number(span, prompt)
                found[span.id] = replace(kept, count=kept.count + more, others=(*kept.others, *[own] * more))
            continue
        until = next((one.start for one in alive if one.start > span.start), len(prompt))
        clothes = outfit(prompt[span.end : until], span.id) if span in alive else ()
        worn = tuple(piece.garment for piece in clothes if piece.fits)
        coloured = index > 0 and _belongs(spans[index - 1], span, prompt)
        near = coloured and prompt[spans[index - 1].end : span.start].isspace()
        who, colour = _skin(span.id, spans[index - 1].id if coloured else None, near)
        colour = colour or _said_behind(spans, index, prompt)
        instance = Instance(who, colour=colour, worn=worn)
        called = prompt[: spans[index - 1].start if coloured else span.start].lower().split()
        mine = bool(called) and called[-1] in ("my", "our")
        mixed = not re.search(r"m[ae]n$", span.text, re.IGNORECASE)
        found[span.id] = Role(instance, does(spans, index, first, prompt), mine, _number(span, prompt), span.id, mixed)
    cast = tuple(found.values())
    return (*cast, *_groups(spans, told, knows, [role.instance.subject for role in cast], first, prompt))[:MOST_NAMED]


def _said_behind(spans: Sequence[Span], index: int, prompt: str) -> str | None:
    """The colour that a subject is said to be of behind it: "the dog is brown". People are told so of their hair."""
    span, behind = spans[index], spans[index + 1] if index + 1 < len(spans) else None
    if behind is None or behind.kind != "colour" or SUBJECT[span.id].kind == "person":
        return None
    return behind.id if _IS.fullmatch(prompt[span.end : behind.start]) else None


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


def _drifts(span: Span, spans: Sequence[Span]) -> bool:
    """Whether a subject is the clouds over another one."""
    return span.id == "cloud" and any(one.kind == "subject" and one.id != "cloud" for one in spans)


def _around(span: Span, prompt: str) -> bool:
    """Whether a subject is but what somebody wears, what is above them or on them, or trees and houses in the
    plural."""
    if SUBJECT[span.id].kind in ALIVE:
        return False
    if span.text.lower().split()[-1] in OVERHEAD:
        return True
    sentence = re.split(r"[.;!?]", prompt[: span.start])[-1]
    return bool(_WORN.search(sentence)) or (plural(span) and SUBJECT[span.id].kind in SCENERY)


def plural(span: Span) -> bool:
    """Whether a subject is called in the plural."""
    subject, text = SUBJECT[span.id], span.text.lower().replace("’", "'").removesuffix("'s")
    if text.split()[-1] in _CROWD:
        return True
    return text.endswith(("s", "men", "mice", "geese")) and text not in (subject.phrase, *subject.synonyms)


def _number(span: Span, prompt: str) -> int:
    """How many of a subject a prompt speaks of; many are as many as can be."""
    if not plural(span):
        right = re.findall(r"[\w-]+", prompt[: span.start].lower())[-1:]
        return _NUMBERS[right[0]] if right and right[0] in _FEW else 1  # "two samurai", "three polar bear"
    if said := _said(span, prompt):
        return said
    before, called = re.findall(r"[\w-]+", prompt[: span.start].lower())[-NEAR:], span.text.lower().split()[-1]
    article = next((word for word in reversed(before) if word not in _KINDS_OF), "")
    if article in ("a", "an", "one") or (called in _ALIKE and _ONE_DOES.match(prompt[span.end :])):
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
