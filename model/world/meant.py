"""What a prompt means by its words, and what it only says: cowboy boots are no cowboy, and what somebody is like is not
there.

Rules of the ordinary kind on what stands around a word, for what the longest wording cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from model.world.scene import ALIVE, SUBJECT

if TYPE_CHECKING:
    from model.world.understand import Span

NAMED = ("subject", "place", "group")
_WORN = (  # what could also be a verb in the plural is no garment then: a girl dresses, a boy films
    r"boots?|shoes?|hats?|helmets?|costumes?|gloves?|slippers?|socks?|ears|onesies?|pyjamas|pajamas|outfits?|uniforms?|"
    r"(?:cap|suit|mask|tail|jacket|coat|sweater|jumper|shirt|t-shirt|dress)(?!s|es)"
)
_FILMED = r"cameras?|footage|(?:video|photo|film|lens|documentary|emoji|sticker|logo)(?!s|es)|photography"
_WORN_FAR = re.compile(rf"[\s-]+(?:(?!and\b|or\b|with\b|in\b|wear)[\w-]+\s+)?(?:{_WORN})\b", re.IGNORECASE)
_WORN_NEXT = re.compile(rf"[\s-]+(?:{_WORN})\b", re.IGNORECASE)
_FILMED_NEXT = re.compile(rf"[\s-]+(?:{_FILMED})\b", re.IGNORECASE)
_WEARS = re.compile(r"\b(?:wear(?:s|ing)?|dressed|in)\b[^.,;!?]*$", re.IGNORECASE)
_OTHER_WORLD = re.compile(
    r"\s+(?:planets?|worlds?|landscapes?|moons?|city|cities|jungles?|skies|terrain)\b", re.IGNORECASE
)
_IN_A_WOOD = re.compile(r"\b(?:in|into|through|of|across)\s+(?:an?|the)\s+(?:[\w-]+\s+)?$", re.IGNORECASE)
_ON_EARTH = re.compile(r"\b(?:on|over|above|to|down\s+to|across|around)\s+(?:the\s+)?$", re.IGNORECASE)
_FILMING = re.compile(r"\b(?:camera|shot|lens|drone|view|frame)\s+(?:[a-z]+ly\s+|then\s+)?$", re.IGNORECASE)
_LIKE = re.compile(
    r"(?<![\w-])(?:as\s(?:if|though)|(?:just\s)?like(?!\sto\b)|shaped\slike|in\sthe\s(?:shape|form|style)\sof|resembl\w+|"
    r"reminiscent\sof|inspired\sby|made\sfamous\sby|(?:blend|mix|mixture|cross|hybrid)\s(?:of|between)|"
    r"blending\sin\swith|not\sunlike|(?:dreams?|dreaming|thinks?|thinking)\s(?:of|about)|named\safter|"
    r"pretend\w*\sto\sbe|dressed\s(?:up\s)?as)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"[,.;:!?]|\b(?:in|on|at|through|while|who|that|across|into|over|under|towards?|along)\b", re.IGNORECASE
)
_MANY_LIKE = re.compile(r"(?:s|people|children)\s+like$", re.IGNORECASE)
_PAST = re.compile(r"\bafter\s+(?:the|a|an|some|days\s+of|hours\s+of)?\s*(?:heavy\s+|long\s+|last\s+)?$", re.IGNORECASE)
_NOT_ALIVE = re.compile(r"\b(?:stuffed|balloon|toy|plush|clay|plastic|as|like)\s+$", re.IGNORECASE)
_NONE = re.compile(r"\b(?:no|without|without\s+any|but\s+not|not)\s+(?:an?\s+)?$", re.IGNORECASE)
_NOT_THERE = re.compile(r"\b(?:named|called)\s+(?:an?\s+)?$", re.IGNORECASE)
_BREATHED = re.compile(r"\b(?:breath\w*|spits?|spitting|spews?|spewing)\s+$", re.IGNORECASE)
_HAIR = re.compile(r"[\s-]+hair", re.IGNORECASE)
_MOON = re.compile(r"(?:(?:full|crescent|new|half|pale|big|huge|silver|bright)\s+)*moon", re.IGNORECASE)
_ON_THE_MOON = re.compile(
    r"\b(?:on|onto|across|around|over|(?:surface|side|dust|craters)\s+of|"
    r"(?:fl(?:y|ies|ying)|go|goes|going|travels?|travell?ing|trip|journey|way|mission|race|sails?|drives?|back|up)\s+to)"
    r"\s+(?:the\s+)?(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_YOUNG = re.compile(
    r"(?:pups?|cubs?|pupp(?:y|ies)|kittens?|chicks?|calf|calves|foals?|lambs?|bab(?:y|ies)|hatchlings?)", re.IGNORECASE
)
_HEAD = re.compile(r"(?:dog|cat|bird|fish|bear|horse|monkey|whale|shark)(?:s|es)?", re.IGNORECASE)
_BREEDS = frozenset("guide_dog poodle panda polar_bear koala eagle parrot owl dove crow".split())  # of such a head
_KIN = re.compile(
    rf"(?:baby\s+)?(?:mothers?|fathers?|mum|mom|mommy|dad|daddy|mama|papa|parents?|sisters?|brothers?|sons?|daughters?|"
    rf"babies|baby|{_YOUNG.pattern})",
    re.IGNORECASE,
)
_ITS = re.compile(r"\b(?:its|his|her|their|with(?:\s+(?:two|three|four|some))?)\s+$", re.IGNORECASE)
_COATED = re.compile(r"\s+(?:[\w-]+\s+)?(?:stripes|spots|fur|patches|coat|markings)\b", re.IGNORECASE)


def meant(prompt: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans of a prompt, in its order, that are there to be seen; those that only say what something is like, what
    it is part of, or how it is filmed are left out. "Wolf pups" are one span, and a moon that nobody is on is night."""
    likened = _likened(prompt, spans)
    here = [(one, spans[index + 1 :]) for index, one in enumerate(spans) if one not in likened]
    here = [(one, ahead) for one, ahead in here if not (_seen(one) and _NONE.search(prompt[: one.start]))]
    kept = [one for one, ahead in here if not _aside(prompt, one, ahead)]
    if not any(_seen(span) for span in kept):  # else it is all that there is: "something like a dog", "a cat video"
        there = [span for span in spans if not _NONE.search(prompt[: span.start])]
        kept = [span for span in there if _seen(span) or span in kept]
    return tuple(_moonlit(prompt, _kin(prompt, _grown(prompt, kept))))


def _seen(span: Span) -> bool:
    return span.kind in ("subject", "group")


def _likened(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """Those whom somebody is only like: "runs like a cheetah". What such a group has, "animals like lions", is not the
    group but they are there."""
    out: list[Span] = []
    for lead in _LIKE.finditer(prompt):
        before = [span for span in spans if span.end <= lead.start()]
        last = before[-1] if before and prompt[before[-1].end : lead.start()].isspace() else None
        if last is not None and last.kind == "group" and lead.group().lower() == "like":
            out.append(last)
            continue
        if last is not None and last.kind == "subject" and _MANY_LIKE.search(prompt[: lead.end()]):
            continue  # boys like football
        until = _UNTIL.search(prompt, lead.end())
        end = len(prompt) if until is None else until.start()
        out += [span for span in spans if span.kind in NAMED and lead.end() <= span.start < end]
    return out


def _aside(prompt: str, span: Span, ahead: Sequence[Span]) -> bool:
    """Whether a span says something of another word."""
    before, behind = prompt[: span.start], prompt[span.end :]
    match span.kind:
        case "action":
            return bool(_FILMING.search(before))
        case "weather":
            return bool(_PAST.search(before))
        case "place":
            return span.text.lower() == "wood" and not _IN_A_WOOD.search(before)
        case "style":
            coat = any(0 < len(prompt[span.end : one.start].split()) + 1 < 3 for one in ahead[:1] if _seen(one))
            return span.text.lower() == "black and white" and (coat or bool(_COATED.match(behind)))
        case "group":
            return bool(_FILMED_NEXT.match(behind) or _NOT_ALIVE.search(before) or _again(span, before))
        case "subject":
            return _part(span, before, behind)
    return False


def _again(group: Span, before: str) -> bool:
    """Whether "the creature" is one that was named, and no group."""
    return not group.text.lower().endswith(("s", "life")) and bool(re.search(r"\bthe\s+$", before, re.IGNORECASE))


def _part(span: Span, before: str, behind: str) -> bool:
    """Whether a subject is but part of the name of something else."""
    if _NOT_THERE.search(before) or (span.text.lower() in ("couple", "family", "school") and behind.startswith(" of ")):
        return True
    if span.id == "fire" and _BREATHED.search(before):
        return True
    if span.near and (span.text.lower() in ("friend", "friends", "best friend", "best friends") or _HAIR.match(behind)):
        return True
    if span.id == "alien" and _OTHER_WORLD.match(behind):
        return True
    if span.text.lower() == "earth" and _ON_EARTH.search(before):
        return True
    far = SUBJECT[span.id].kind not in ALIVE and _WEARS.search(before)
    return bool((_WORN_FAR if far else _WORN_NEXT).match(behind) or _FILMED_NEXT.match(behind))


def _grown(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """The same with "wolf pups" and "golden retriever dog" as one, whose text is the whole; a spider monkey is no
    spider."""
    out: list[Span] = []
    for span in spans:
        last = out[-1] if out else None
        if last is None or not (last.kind == span.kind == "subject" and prompt[last.end : span.start].isspace()):
            out.append(span)
            continue
        words = prompt[span.start : span.end]
        if last.near or (last.id == "baby" and SUBJECT[span.id].kind != "person"):  # a mother duck, a baby elephant
            out[-1] = replace(span, start=last.start, text=prompt[last.start : span.end])
        elif SUBJECT[last.id].kind == "animal" and _HEAD.fullmatch(words) and last.id not in _BREEDS:
            out[-1] = replace(span, start=last.start, text=prompt[last.start : span.end])
        elif SUBJECT[last.id].kind == "animal" and (_YOUNG.fullmatch(words) or _HEAD.fullmatch(words)):
            out[-1] = replace(last, end=span.end, text=prompt[last.start : span.end])
        else:
            out.append(span)
    return out


def _kin(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """The same with "its mother" and "her cubs", behind an animal, as others of its kind."""
    out: list[Span] = []
    for span in spans:
        before = next((one for one in reversed(out) if one.kind == "subject"), None)
        beast = before is not None and SUBJECT[before.id].kind == "animal" and span.kind == "subject"
        if before is not None and beast and _KIN.fullmatch(span.text) and _ITS.search(prompt[: span.start]):
            span = replace(span, id=before.id)
        out.append(span)
    return out


def _moonlit(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """The same with the moon that shines as night, where no hour is told and nobody is on it, and so with stars that
    are beside something else."""
    hours = any(span.kind == "time" for span in spans)
    out: list[Span] = []
    for span in spans:
        beside = [one for one in spans if one is not span]
        there = any(one.kind in ("subject", "place") for one in beside)
        far = span.kind == "place" and span.id == "space" and _MOON.fullmatch(prompt[span.start : span.end])
        stars = span.kind == "subject" and span.text.lower() in ("stars", "the stars")
        if (stars and (there or hours)) or (far and there and not _ON_THE_MOON.search(prompt[: span.start])):
            out += [] if hours else [replace(span, kind="time", id="night")]
        else:
            out.append(span)
    return out
