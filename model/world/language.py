"""Whether a prompt is English: by its script, and by the little words and accents that other languages have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_WORD = re.compile(r"[^\W\d_]+")
_ACCENTS = frozenset("äöüßéèêëàâçñáíóúãõøåæœłżźćśęąěščřžýůőűğışțș")
_FOREIGN = frozenset(
    """der die das ein eine einen einem einer und im am auf unter mit nicht ist sind vom zum zur durch über bei nachts
    läuft tanzt springt steht geht fliegt schwimmt schnee wald regen
    le la les un une des du dans sur avec sous au aux et est qui pendant une chez vers neige forêt pluie danse marche
    el los las una unos unas del al y con sobre bajo por para que en está mientras nieve bosque lluvia baila camina
    il lo gli uno nel nella nello sul sulla con di da che e sotto neve bosco pioggia balla cammina
    o os as um uma do da no na com sob em chuva floresta dança anda
    een het de van op met onder door loopt danst sneeuw bos regen
    en ett och på med under i av den det går dansar snö skog regn
    na w z i pod się jest śniegu lesie deszczu
    bir ve ile üzerinde altında""".split()
)
_SHARED = frozenset("die a i no do as e y o in on is at to me us we under over bald arm hat art fast gift rat".split())


def is_english(prompt: str, known: Collection[str]) -> bool:
    """False when a prompt is plainly not English; one that cannot be told, or says nothing, counts as English.

    known: the words of the prompt, in lower case, that are English for sure. Letters of another script, or as many
    foreign little words and accented words as known English ones, make a prompt foreign.
    """
    letters = [c for c in prompt if c.isalpha()]
    if not letters:
        return True
    latin = sum(_latin(c) for c in letters)
    if latin * 2 < len(letters):
        return False
    words = [word.casefold() for word in _WORD.findall(prompt)]
    foreign = sum(w in _FOREIGN - _SHARED or not _ACCENTS.isdisjoint(w) for w in words)
    sure = sum(w in known and w not in _FOREIGN for w in words)
    return foreign == 0 or foreign < sure


def _latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")
