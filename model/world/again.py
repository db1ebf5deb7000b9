"""Again: who is meant by a word for somebody already named: "the bird" for an eagle, "she" for the queen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from model.world.cast.birds import BIRDS_AND_FISH
from model.world.scene import SUBJECT

if TYPE_CHECKING:
    from model.world.understand import Span

_THAT = re.compile(
    r"\b(?:the|this|that)\s+(?:(?:little|big|small|tiny|young|old|brave|poor|huge|giant|great|lonely|happy|sad)\s+)?$",
    re.IGNORECASE,
)
_SHE = re.compile(
    r"woman|women|girl|princess|queen|mother|\bm[ua]m|grandma|nana|witch|mermaid|fairy|heroine|bride(?!groom)|mrs|lady|"
    r"daughter|sister|waitress|actress|duchess|nun\b",
    re.IGNORECASE,
)
_HE = re.compile(
    r"\bm[ae]n\b|man\b|\bman_|boy|\bking|prince(?!ss)|father|\bdad|grandpa|wizard|santa|groom|\bson\b|brother|gentleman|"
    r"guy|hero(?!i)|viking|monk",
    re.IGNORECASE,
)
_BIRDS = frozenset(one.id for one in BIRDS_AND_FISH if one.home != "water")


def gender(called: str, who: str) -> str:
    """'she' or 'he' of a person who is called so, 'it' of an animal or a thing, '' where the words do not say."""
    if SUBJECT[who].kind not in ("person", "fantasy"):
        return "it"
    told = f"{called} {who.replace('_', ' ')}"
    return "she" if _SHE.search(told) else "he" if _HE.search(told) else ""


def same(word: str, who: str, called: str) -> bool:
    """Whether a word can be said of somebody who is called otherwise: "car" of a sports car, "bird" of an eagle, "man"
    of a king."""
    word, subject = word.lower(), SUBJECT[who]
    if word in ("man", "woman", "boy", "girl") and subject.kind in ("person", "fantasy"):
        return gender(called, who) == ("he" if word in ("man", "boy") else "she")
    if word == "bird" and who in _BIRDS:
        return True
    return any(wording.endswith(f" {word}") for wording in (called.lower(), subject.phrase, *subject.synonyms))


def again(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """The same with "the bird", where an eagle was named before and no bird, as the eagle."""
    out: list[Span] = []
    for span in spans:
        if span.kind == "subject" and _THAT.search(prompt[: span.start]):
            before = [one for one in out if one.kind == "subject"]
            if all(one.id != span.id for one in before):
                meant = next((one for one in reversed(before) if same(span.text, one.id, one.text)), None)
                span = span if meant is None else replace(span, id=meant.id)
        out.append(span)
    return out
