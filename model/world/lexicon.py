"""What else the words of English mean to the world: a beagle is a dog, the Sahara a desert, who saunters walks.

Tens of thousands of words that no caption of the world uses, with what they are a kind of, or what of all that the
world has comes nearest to them. Made from WordNet by `lexicon_make.py`.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

FILE = Path(__file__).resolve().parents[2] / "assets" / "world" / "lexicon.txt.gz"
_DOUBLED = "bdgmnprt"


@dataclass(frozen=True)
class Meaning:
    """A kind and an id of the vocabulary; near: the thing itself is not in the world, this comes nearest to it."""

    kind: str
    id: str
    near: bool = False


def noun(words: tuple[str, ...]) -> Meaning | None:
    """What a noun of one or several lower-case words, in the singular, means to the world; None if nothing."""
    return _read()[0].get(" ".join(words))


def verb(word: str) -> Meaning | None:
    """The action that a lower-case verb in any of its regular forms is a manner of; None if none."""
    acts = _read()[1]
    return next((acts[form] for form in forms(word) if form in acts), None)


def forms(word: str) -> Iterator[str]:
    """What a verb may be without its ending: "trot" of "trotting", "glide" of "gliding", "carry" of "carries"."""
    yield word
    for ending, instead in (("ies", "y"), ("ied", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ed", "")):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            yield stem + instead
            if ending in ("ing", "ed"):
                yield stem + "e"
                if stem[-1] == stem[-2] and stem[-1] in _DOUBLED:
                    yield stem[:-1]


@cache
def _read() -> tuple[Mapping[str, Meaning], Mapping[str, Meaning]]:
    nouns: dict[str, Meaning] = {}
    verbs: dict[str, Meaning] = {}
    for line in gzip.decompress(FILE.read_bytes()).decode().splitlines():
        key, _, words = line.partition(": ")
        kind, _, identity = key.rstrip("~").partition("/")
        meaning = Meaning(kind, identity, key.endswith("~"))
        (verbs if kind == "action" else nouns).update(dict.fromkeys(words.split(", "), meaning))
    return MappingProxyType(nouns), MappingProxyType(verbs)
