"""What a prompt means by its words, and what it only says: cowboy boots are no cowboy, and what somebody is like is not
there.

Rules of the ordinary kind on what stands around a word, for what the longest wording cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from model.world.scene import ALIVE, SUBJECT

if TYPE_CHECKING:
    from model.world.understand import Span

_THINGS = ("subject", "place", "action", "weather")
_WORN = (  # what could also be a verb in the plural is no garment then: a girl dresses, a boy films
    r"boots?|shoes?|hats?|helmets?|costumes?|gloves?|slippers?|socks?|ears|onesies?|pyjamas|pajamas|outfits?|uniforms?|"
    r"(?:cap|suit|mask|tail|jacket|coat|sweater|jumper|shirt|t-shirt|dress)(?!s|es)"
)
_FILMED = r"cameras?|footage|(?:video|photo|film|lens|documentary|emoji|sticker|logo)(?!s|es)|photography"
_BUT = re.compile(rf"[\s-]+(?:(?!and\b|or\b)[\w-]+\s+)?(?:{_WORN}|{_FILMED})\b", re.IGNORECASE)
_BUT_NEXT = re.compile(rf"[\s-]+(?:{_WORN}|{_FILMED})\b", re.IGNORECASE)
_OTHER_WORLD = re.compile(
    r"\s+(?:planets?|worlds?|landscapes?|moons?|city|cities|jungles?|skies|terrain)\b", re.IGNORECASE
)
_IN_A_WOOD = re.compile(r"\b(?:in|into|through|of|across)\s+(?:an?|the)\s+(?:[\w-]+\s+)?$", re.IGNORECASE)
_ON_EARTH = re.compile(r"\b(?:on|over|above|to|down\s+to|across|around)\s+(?:the\s+)?$", re.IGNORECASE)
_FILMING = re.compile(r"\b(?:camera|shot|lens|drone|view|frame)\s+(?:[a-z]+ly\s+|then\s+)?$", re.IGNORECASE)
_LIKENESS = re.compile(
    r"\b(?:as\s+(?:if|though)|(?:just\s+)?like(?!\s+to\b)|shaped\s+like|"
    r"in\s+the\s+(?:shape|form|style)\s+of|resembl\w+|reminiscent\s+of|inspired\s+by|made\s+famous\s+by|"
    r"(?:blend|mix|mixture|cross|hybrid)\s+(?:of|between)|blending\s+in\s+with|not\s+unlike|dreams?\s+(?:of|about)|"
    r"dreaming\s+(?:of|about)|thinks?\s+(?:of|about)|thinking\s+(?:of|about)|named\s+after|pretend\w*\s+to\s+be)\b"
    r"[^,.;:!?]*",
    re.IGNORECASE,
)
_PAST = re.compile(r"\bafter\s+(?:the|a|an|some|days\s+of|hours\s+of)?\s*(?:heavy\s+|long\s+|last\s+)?$", re.IGNORECASE)
_MOON = re.compile(r"(?:(?:full|crescent|new|half|pale|big|huge|silver|bright)\s+)*moon", re.IGNORECASE)
_TO_THE_MOON = re.compile(r"\b(?:on|onto|to|across|around|over|of)\s+(?:the\s+)?(?:[\w-]+\s+)?$", re.IGNORECASE)
_YOUNG = re.compile(
    r"(?:pups?|cubs?|pupp(?:y|ies)|kittens?|chicks?|calf|calves|foals?|lambs?|bab(?:y|ies)|hatchlings?|dogs?|cats?|"
    r"birds?|fish(?:es)?|bears?|horses?|monkeys?|whales?|sharks?)",
    re.IGNORECASE,
)  # fmt: skip


def meant(prompt: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans of a prompt, in its order, that are there to be seen; those that only say what something is like, what
    it is part of, or how it is filmed are left out. "Wolf pups" are one span, and a moon that nobody is on is night."""
    kept = [span for index, span in enumerate(spans) if not _by_the_way(prompt, span, spans[index + 1 :])]
    likened = [(found.start(), found.end()) for found in _LIKENESS.finditer(prompt)]
    real = [span for span in kept if span.kind not in _THINGS or not _within(span, likened)]
    if any(span.kind == "subject" for span in real) or not any(span.kind == "subject" for span in kept):
        kept = real  # else it is all that there is: "something like a dog"
    return tuple(_moonlit(prompt, _grown(prompt, kept)))


def _within(span: Span, stretches: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span.start and span.end <= end for start, end in stretches)


def _by_the_way(prompt: str, span: Span, ahead: Sequence[Span]) -> bool:
    """Whether a span says something of another word."""
    before, behind = prompt[: span.start], prompt[span.end :]
    if span.kind == "action":
        return bool(_FILMING.search(before))
    if span.kind == "weather":
        return bool(_PAST.search(before))
    if span.kind == "group":
        return not span.text.lower().endswith(("s", "life"))  # "the creature" is one that was named
    if span.kind == "place" and span.text.lower() == "wood":
        return not _IN_A_WOOD.search(before)
    if span.kind != "subject":
        return False
    if span.text.lower() == "earth" and _ON_EARTH.search(before):
        return True
    if span.id == "alien" and _OTHER_WORLD.match(behind):
        return True
    worn = re.search(r"\b(?:wear(?:s|ing)?|dressed|in)\b[^.;!?]*$", before, re.IGNORECASE)
    return bool((_BUT if worn and SUBJECT[span.id].kind not in ALIVE else _BUT_NEXT).match(behind))


def _grown(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """The same with "wolf pups" and "golden retriever dog" as one, whose text is the whole."""
    out: list[Span] = []
    for span in spans:
        last = out[-1] if out else None
        joins = last is not None and last.kind == span.kind == "subject" and prompt[last.end : span.start].isspace()
        if joins and last is not None and _YOUNG.fullmatch(prompt[span.start : span.end]) and _animal(last):
            out[-1] = replace(last, end=span.end, text=prompt[last.start : span.end])
        else:
            out.append(span)
    return out


def _animal(span: Span) -> bool:
    return SUBJECT[span.id].kind == "animal"


def _moonlit(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """The same with the moon that shines as night, where no hour is told and nobody is on it."""
    hours = any(span.kind == "time" for span in spans)
    out: list[Span] = []
    for span in spans:
        far = span.kind == "place" and span.id == "space" and _MOON.fullmatch(prompt[span.start : span.end])
        alone = not any(one.kind in ("subject", "place") for one in spans if one is not span)
        if far and not alone and not _TO_THE_MOON.search(prompt[: span.start]):
            out += [] if hours else [replace(span, kind="time", id="night")]
        else:
            out.append(span)
    return out
