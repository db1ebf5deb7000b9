"""What somebody is told to wear: "a red fox with a blue scarf", "She wears a black jacket and a long red dress".

Clothes and colours are read from the words behind whoever wears them; `clothes.py` puts them on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from model.world.builds import BUILDS
from model.world.scene import Garment

ROBED = frozenset(  # all that they wear is of one colour, or nearly
    "wizard witch king prince princess princess_dark farmer dancer superhero superheroine elf genie ninja doctor "
    "scientist businesswoman businessman pilot groom detective student judge_person "
    "headscarf_woman santa mrs_claus".split()
)
ON_ANYBODY = frozenset(("scarf", "bow", "hat", "tall hat", "crown"))
ON_A_CHEST = frozenset(("top", "coat", "dress", "suit"))

PAINTS: Mapping[str, str] = MappingProxyType(
    {
        "red": "#d8362f", "crimson": "#a81c2c", "scarlet": "#e0301e", "orange": "#f0822d", "yellow": "#f7c531",
        "golden": "#e6ad2e", "gold": "#e6ad2e", "green": "#3f9c4b", "olive": "#7b7d3a", "turquoise": "#2fb5b0",
        "blue": "#3268c8", "navy": "#25346b", "purple": "#7d4bb0", "violet": "#7d4bb0", "pink": "#ee86ab",
        "white": "#f2efe9", "black": "#26262b", "grey": "#8d9097", "gray": "#8d9097", "silver": "#bfc4cc",
        "brown": "#7c5236", "beige": "#d8c3a0", "leather": "#2c2728", "denim": "#3b5d94", "straw": "#e2c272",
    }
)  # fmt: skip

# Garment words: what they cover, and their colour when none is said.
_NAMED: tuple[tuple[str, str, str], ...] = (
    ("scarf|scarves|shawl|muffler|bandana|neckerchief|collar", "scarf", "red"),
    ("bow tie|bowtie|bow|ribbon", "bow", "red"),
    ("top hat|bowler hat|bowler|topper", "tall hat", "black"),
    ("straw hat|sun hat|sunhat", "hat", "straw"),
    ("hat|fedora|cap|beret|beanie|bonnet", "hat", "brown"),
    ("crown|tiara|diadem", "crown", "golden"),
    ("raincoat|rain coat|mackintosh", "coat", "yellow"),
    ("trench coat|trenchcoat|overcoat|coat|parka|cloak|cape|robe|robes|kimono", "coat", "beige"),
    ("jacket|blazer|hoodie|cardigan|waistcoat|vest", "top", "denim"),
    ("t-shirt|shirt|sweater|jumper|pullover|blouse", "top", "white"),
    ("wedding dress", "dress", "white"),
    ("dress|gown|sari|tunic", "dress", "red"),
    ("skirt|kilt|tutu", "skirt", "red"),
    ("suit|tuxedo|uniform|overalls|dungarees|pyjamas|pajamas|jumpsuit", "suit", "navy"),
    ("jeans", "bottom", "denim"),
    ("trousers|pants|slacks|leggings|shorts", "bottom", "brown"),
    ("boots|wellies|wellingtons|shoes|sneakers|trainers|heels|sandals|slippers", "feet", "brown"),
)
_GARMENTS = {name: (slot, paint) for names, slot, paint in _NAMED for name in names.split("|")}
_ONE = "|".join(re.escape(name) for name in sorted(_GARMENTS, key=len, reverse=True))
_CUE = r"(?:with|in|wear(?:s|ing)?|dressed\s+in|dressed\s+up\s+in|clad\s+in|sporting|has\s+on)"
# Words between "in" and "coat" may be anything that describes it, but nothing that leads somewhere else.
_ELSEWHERE = (
    r"beside|near|by|next|behind|before|under|over|on|at|to|of|for|from|in|with|into|inside|through|holds?|holding|"
    r"sits?|sitting|stands?|standing|walks?|walking|runs?|running|is|are|and|or|without|no|not|wear(?:s|ing)?"
)
_DESCRIBED = rf"(?:(?!(?:{_ELSEWHERE})\b)[\w'-]+\s+){{0,5}}?"
_NAME = rf"(?:{_ONE})(?:es|s)?\b(?!\s+(?:town|cod|verde|light|and\s+arrow))"  # Cape Town, a bow and arrow
_WORN = re.compile(rf"\b(?P<what>{_DESCRIBED})(?P<name>{_NAME})", re.IGNORECASE)
_CHAIN = re.compile(
    rf"\b{_CUE}\s+(?:(?:(?!(?:{_ONE})(?:es|s)?\b)[\w'-]+\s+){{1,4}}(?:and|with)\s+)?"  # glasses and ...
    rf"(?P<all>{_DESCRIBED}{_NAME}(?:\s*(?:,\s*and|,|and|with|over)\s+{_DESCRIBED}{_NAME})*)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:(?:an?|the|his|her|its|their|some)\s+)?", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.;!?]+[.;!?]*")
_SAME = re.compile(r"\s*(?:she|he|they|it)\b", re.IGNORECASE)  # who goes on being spoken of in the next sentence


@dataclass(frozen=True)
class Piece:
    """A garment, and where among the words that tell of whoever wears it: [start, end), its colour included. fits:
    whether there is anything of them to put it on."""

    garment: Garment
    start: int
    end: int
    fits: bool


def outfit(told: str, subject: str) -> tuple[Piece, ...]:
    """What a subject is said to wear in the words that follow it: one garment for each part of it, the first that is
    said of it. The sentences behind count as long as they go on about it ("She wears ...")."""
    found: dict[str, Piece] = {}
    for sentence in _SENTENCE.finditer(told):
        if sentence.start() and not _SAME.match(sentence.group()):
            break
        for chain in _CHAIN.finditer(told, sentence.start(), sentence.end()):
            for part in _WORN.finditer(told, chain.start("all"), chain.end("all")):
                slot, usual = _GARMENTS[_singular(part["name"].lower())]
                long = bool(re.search(r"\blong\b", part["what"], re.IGNORECASE))
                garment = Garment(slot, PAINTS[_paint(part["what"]) or usual], long=long)
                article = _ARTICLE.match(part.group())
                start = part.start() + (article.end() if article else 0)
                found.setdefault(slot, Piece(garment, start, part.end(), _fits(slot, subject)))
    return tuple(found.values())


def undressed(told: str, subject: str) -> str:
    """Words behind a subject without what they wear: "with a blue scarf sails in a"."""
    return told[max((piece.end for piece in outfit(told, subject)), default=0) :]


def _singular(name: str) -> str:
    return next(one for one in (name, name.removesuffix("s"), name.removesuffix("es")) if one in _GARMENTS)


def _fits(slot: str, subject: str) -> bool:
    return slot in ON_ANYBODY or subject in BUILDS or (subject in ROBED and slot in ON_A_CHEST)


def _paint(described: str) -> str | None:
    """The colour among the words before a garment: of "black leather" it is black, of leather alone leather's."""
    said = [word for word in re.findall(r"[a-z]+", described.lower()) if word in PAINTS]
    return said[0] if said else None
