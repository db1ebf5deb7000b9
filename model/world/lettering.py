"""What is to be written on a sign: "a sign that says OPEN", "next to a STOP sign". Pure text."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 10  # letters that a board has room for
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!?-&'. ")
_BOARD = r"\b(?:sign(?:board|post)?|banner|placard|billboard|notice\s+board)\b"
_SAYS = (
    r"\b(?:that\s+|which\s+)?(?:says?|saying|reads?|reading|spells?|spelling|with\s+the\s+(?:word|words|name|letters)|"
    r"labell?ed|written)\b"
)
_LEADS = rf"(?i:{_BOARD}[^.;!?\"“”‘’]{{0,40}}?{_SAYS}\s*:?\s*)"
_MARKS = (
    re.compile(rf"{_LEADS}[\"“'‘](?P<word>[^\"“”‘’]{{1,60}}?)[\"”'’](?=\W|$)"),
    re.compile(rf"{_LEADS}(?P<word>[A-Z0-9][A-Z0-9!&-]*(?: [A-Z0-9][A-Z0-9!&-]+)*)(?=\W|$)"),
    re.compile(rf"{_LEADS}(?P<word>(?!(?i:the|an?|that|it|in|on|to|his|her|its|their|something)\b)\w+!?)(?=\W|$)"),
    re.compile(r"\b[\"“'‘]?(?P<word>[A-Z][A-Z0-9]+)[\"”'’]?\s+(?i:sign)\b"),
    re.compile(
        r"(?i:\bthe\s+(?:name|word)\s+)[\"“'‘]?(?P<word>[A-Z][A-Z0-9]*)[\"”'’]?(?i:\s+on\s+an?\s+(?:[a-z]+\s+)?sign)\b"
    ),
)


@dataclass(frozen=True)
class Lettering:
    """The word of a sign in capitals, and where a prompt tells of it, [start, end)."""

    word: str
    start: int
    end: int


def lettering(prompt: str) -> Lettering | None:
    """The first sign of a prompt whose word is told and fits on it; of longer texts the first words that fit."""
    for mark in _MARKS:
        found = mark.search(prompt)
        word = None if found is None else _fitting(found["word"])
        if found is not None and word:
            return Lettering(word, found.start(), found.end())
    return None


def _fitting(text: str) -> str:
    """As many of the first words of a text, in capitals, as a sign has room for; "" where the first is too long."""
    plain = "".join(letter for letter in text.upper().replace("’", "'") if letter in LETTERS)
    kept = ""
    for word in plain.split():
        longer = f"{kept} {word}".strip()
        if len(longer) > LONGEST:
            break
        kept = longer
    return kept
