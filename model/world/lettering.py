"""What is to be written on a sign: "a sign that says OPEN", "next to a STOP sign". Pure text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 10  # letters that a board has room for
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!?-&'. ")
_BOARD = r"\b(?:sign(?:board|post)?|banner|placard|billboard|notice\s+board)\b"
_SAYS = (
    r"(?:\b(?:that\s+|which\s+)?(?:says?|said|saying|reads?|reading|spells?|spelling|bearing(?:\s+the\s+words?)?|"
    r"with\s+the\s+(?:words?|text|name|letters)|with(?=\s*[\"“])|labell?ed)\b|:)"
)
_LEADS = rf"(?i:(?P<board>{_BOARD})(?:(?!\band\b)[^.,;:!?\"“”‘’]){{0,24}}?(?P<says>{_SAYS})\s*:?\s*)"
_ENDS = r"(?=\s*(?:[.,;!?]|$)|\s+(?i:in|on|at|near|beside|under|behind|above|by)\b)"
_NOT = r"(?!(?i:the|an?|that|it|in|on|to|his|her|its|their|something|aloud|like|by|out|up|we|you|i|they)\b)"
_MARKS = (
    re.compile(rf"{_LEADS}[\"“](?P<word>[^\"“”]{{1,60}}?)[\"”]"),
    re.compile(rf"{_LEADS}['‘](?P<word>[^‘]{{1,60}}?)['’](?=\W|$)"),
    re.compile(rf"{_LEADS}(?P<word>[A-Z0-9][A-Z0-9!&-]*(?: [A-Z0-9][A-Z0-9!&-]+)*)(?=\W|$)"),
    re.compile(rf"{_LEADS}(?P<word>{_NOT}[A-Z]\w*(?: (?:of|the|and|[A-Z]\w*))+)(?=\W|$)"),
    re.compile(rf"{_LEADS}(?P<word>{_NOT}\w+!?){_ENDS}"),
    re.compile(
        r"\b(?P<says>)[\"“'‘]?(?P<word>[A-Z][A-Z0-9]+(?: [A-Z][A-Z0-9]+)*)[\"”'’]?\s+(?P<board>(?i:sign))\b"
    ),
    re.compile(
        r"(?P<says>)(?i:\bthe\s+(?:name|words?)\s+)[\"“'‘]?(?P<word>[A-Z][A-Z0-9]*(?: [A-Z][A-Z0-9]*)*)[\"”'’]?"
        r"(?i:\s+on\s+(?:an?|the)\s+(?:[a-z]+\s+)?(?P<board>sign)\b)"
    ),
)

@dataclass(frozen=True)
class Lettering:
    """The word of a sign in capitals, and where a prompt tells of it, [start, end); said: where that goes on behind the
    name of the board."""

    word: str
    start: int
    said: int
    end: int


def lettering(prompt: str) -> Lettering | None:
    """The first sign of a prompt whose word is told and fits on it; of longer texts the first words that fit. None
    where a letter is none that can be drawn."""
    shouted = not any(letter.islower() for letter in prompt)
    for mark in _MARKS[:2] if shouted else _MARKS:
        found = mark.search(prompt)
        word = None if found is None else _fitting(found["word"])
        if found is not None and word:
            said = found.start("says") if found["says"] else found.start()
            return Lettering(word, found.start(), said, found.end())
    return None


def _fitting(text: str) -> str:
    """As many of the first words of a text, in capitals, as a sign has room for; "" where the first is too long, or
    where a letter of it cannot be drawn: what is left out could make it say something else than what was read."""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'")).upper()
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    if any((letter.isalnum() and letter not in LETTERS) or ord(letter) > 0x2000 for letter in plain):
        return ""
    kept = ""
    for word in "".join(letter if letter in LETTERS else " " for letter in plain).split():
        longer = f"{kept} {word}".strip()
        if len(longer) > LONGEST:
            break
        kept = longer
    return kept
