"""What a prompt means by its words, and what it only says: cowboy boots are no cowboy, and what somebody is like is not
there.

Rules of the ordinary kind on what stands around a word, for what the longest wording cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from model.world.again import again
from model.world.scene import ALIVE, SUBJECT

if TYPE_CHECKING:
    from model.world.understand import Span

TRADES = frozenset(  # what an animal may be: a bear detective
    """chef wizard king princess prince knight astronaut detective pilot doctor ninja guard police_officer firefighter
    teacher scientist judge_person superhero superheroine dancer singer businessman businesswoman builder mechanic
    student cowboy painter programmer santa witch pirate""".split()
)
NAMED = ("subject", "place", "group")
_WORN = (  # what could also be a verb in the plural is no garment then: a girl dresses, a boy films
    r"boots?|shoes?|hats?|helmets?|costumes?|gloves?|slippers?|socks?|ears|onesies?|pyjamas|pajamas|outfits?|"
    r"clothing|clothes|uniforms?|"
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
_OF_WHAT = re.compile(  # what is told or shown of it is not there: "reads a book about dragons", "holds a map of"
    r"(?<![\w-])(?:(?:stor(?:y|ies)|books?|movies?|films?|songs?|poems?|tales?|shows?|documentary|talk\w*|"
    r"s[aiou]ng\w*|read\w*|tell\w*|told|learn\w*|worr\w+|speak\w*)\sabout|as\san?|"
    r"(?:paintings?|pictures?|photos?|photographs?|posters?|portraits?|maps?|postcards?|drawings?|globe)\sof)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:before|after)\s+(?:the|his|her|their)\s+$", re.IGNORECASE)  # before the fight
_MODEL = re.compile(r"\b(?:toy|sand|bouncy|lego|paper|miniature)\s+$", re.IGNORECASE)
_FAR = re.compile(
    r"\b(?:far\s(?:away\s)?from|never\s(?:been\sto|seen|saw|visited)|long(?:s|ing|ed)\sfor|map\sof|postcard\sof|"
    r"(?:want|wish|hope|plan|long|dream|decide)(?:s|ed|d)?\s(?:to\s(?:see|visit|go|travel|live|be)|of\sgoing))\b",
    re.IGNORECASE,
)
_WHOSE = re.compile(r"['’]s?$")
_POSSESSED = re.compile(r"\s+(?:(?!(?:in|on|at|with|and|to|by|of|is|not|a|an|the)\b)[\w-]+\s+){0,2}$", re.IGNORECASE)
_ITS_OWN = re.compile(  # in a clause of its own: "Smoke rises", "while mist drifts"
    r"(?:^|[.,;:!?\n]|\b(?:while|as|and|when|before|until))\s*(?:(?:the|its|his|her|their|some|all|a|an)\s+)?(?:[\w-]+\s+)?"
    r"(?P<who>[\w-]+)\s+(?:(?:is|are|was|were|slowly|gently|softly|suddenly|\w+ly)\s+)?$",
    re.IGNORECASE,
)
_NATURE = frozenset(
    """smoke fire flame flames flour dust wind leaves snow rain clouds waves water light lights lightning sunlight sun
    shadow shadows ember embers spark sparks mist fog steam hair fur tail silence darkness night sunbeams
    rays beams tears petals bubbles music crowd grass sand foam
    stars moon dew sky storm thunder background mood scene view curtain curtains flags fireworks
    confetti river stream traffic smile eyes beard cape coat dress skirt veil mane""".split()
)
_SPARKLE = re.compile(  # a verb or what is in the air?
    r"(?:^|[.,;:!?\n]|\b(?:with|of|in|and|by|through|golden|silver|magic|magical|colou?rful|pink|blue|fairy|floating|"
    r"falling|flying|glowing|bright|tiny|more|many|some|the|rains?|drops?|throws?))\s*$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s+(?:stops?|stopped|ends?|ended|lifts?|lifted|clears?|cleared|is\s+over)\b", re.IGNORECASE)
_DRUNK = re.compile(
    r"\b(?:dr[iau]nk\w*|glass\s+of|bottle\s+of|cup\s+of|bucket\s+of|splash\w*|pour\w*|spray\w*|carr(?:y|ies|ying)|"
    r"afraid\s+of|hates?)\s+(?:the\s+|some\s+)?$",
    re.IGNORECASE,
)
_LIT = re.compile(r"[\s-]*(?:light|lit|glow)\b", re.IGNORECASE)
_PROGRAMME = re.compile(r"\s+(?:commercials?|ads?|adverts?|shows?|series|spot|program(?:me)?s?|news)\b", re.IGNORECASE)
_ROCK = re.compile(r"\s+(?:music|bands?|concerts?|stars?|songs?|singers?|show|and\s+roll|n\s+roll)\b", re.IGNORECASE)
_SHAPED = re.compile(r"[\s-]+(?:tattoos?|posters?|backpacks?|stickers?|pattern|lovers?|food)\b", re.IGNORECASE)
_STATUE = re.compile(r"(?:stone\s+)?(?:statues?|sculptures?)", re.IGNORECASE)
_OF = re.compile(r"\s+of\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+)?", re.IGNORECASE)
_FEAST = re.compile(r"\s+(?:day|eve)\b", re.IGNORECASE)
_THE_NAMED = re.compile(r"\s+the\s+(?:[\w-]+\s+)?", re.IGNORECASE)  # Lily the cat
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
_MOON = re.compile(r"(?:(?:full|crescent|new|half|pale|big|huge|silver|bright)\s+)*moon(?:['’]s)?", re.IGNORECASE)
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
    spans = _unnamed(prompt, spans)
    here = [(one, spans[index + 1 :]) for index, one in enumerate(spans) if one not in likened]
    here = [(one, ahead) for one, ahead in here if not (_seen(one) and _NONE.search(prompt[: one.start]))]
    kept = [one for one, ahead in here if not _aside(prompt, one, ahead)]
    if not any(_seen(span) for span in kept):  # else it is all that there is: "something like a dog", "a cat video"
        there = [span for span in spans if not _NONE.search(prompt[: span.start])]
        kept = [span for span in there if _seen(span) or span in kept]
    return tuple(again(prompt, _moonlit(prompt, _kin(prompt, _grown(prompt, _here(prompt, kept))))))


def _unnamed(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """The same without the names that are words: "Lily the cat" is no flower, now and later."""
    names = {
        one.text
        for one, behind in pairwise(spans)
        if one.text[:1].isupper() and _seen(one) and _seen(behind) and not prompt[: one.start].lower().endswith("the ")
        and _THE_NAMED.fullmatch(prompt[one.end : behind.start])
    }  # fmt: skip
    return [one for one in spans if one.text not in names]


def _here(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """The same without the places that are only spoken of, where there is another: "far from the city"."""
    away = [span for span in spans if span.kind == "place" and _MODEL.search(prompt[: span.start])]
    for lead in _FAR.finditer(prompt):
        until = _UNTIL.search(prompt, lead.end())
        end = len(prompt) if until is None else until.start()
        away += [span for span in spans if span.kind == "place" and lead.end() <= span.start < end]
    rest = [span for span in spans if span not in away]
    return rest if any(span.kind == "place" or _seen(span) for span in rest) else list(spans)


def _seen(span: Span) -> bool:
    return span.kind in ("subject", "group")


def _likened(prompt: str, spans: Sequence[Span]) -> list[Span]:
    """Those whom somebody is only like: "runs like a cheetah". What such a group has, "animals like lions", is not the
    group but they are there."""
    out: list[Span] = []
    for lead in _OF_WHAT.finditer(prompt):
        sentence = max(prompt.rfind(mark, 0, lead.start()) for mark in ".;!?\n") + 1
        before = [span for span in spans if _seen(span) and sentence <= span.start < lead.end()]
        role = lead.group().lower().startswith("as")
        if before and (not role or prompt[before[-1].end : lead.start()].isspace()):  # "a bear as a chef"
            until = _UNTIL.search(prompt, lead.end())
            end = len(prompt) if until is None else until.start()
            out += [span for span in spans if span.kind in NAMED and lead.end() <= span.start < end]
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
            own = _ITS_OWN.search(before)
            alone = own is not None and own["who"].lower() in _NATURE and not span.text.endswith("ing")
            return alone or bool(_FILMING.search(before) or _AFTER.search(before))
        case "weather":
            verb = span.text.lower() in ("glitters", "sparkles", "sparkle") and not _SPARKLE.search(before)
            return verb or bool(_PAST.search(before) or _ENDS.match(behind))
        case "place":
            own = _ITS_OWN.search(before)
            if span.text.lower() in ("streams", "falls") and own is not None and own["who"].lower() in _NATURE:
                return True
            if span.text.lower() == "water" and _DRUNK.search(before):
                return True
            return span.text.lower() == "wood" and not _IN_A_WOOD.search(before)
        case "style":
            coat = any(0 < len(prompt[span.end : one.start].split()) + 1 < 3 for one in ahead[:1] if _seen(one))
            return span.text.lower() == "black and white" and (coat or bool(_COATED.match(behind)))
        case "group":
            return bool(_FILMED_NEXT.match(behind) or _NOT_ALIVE.search(before) or _again(span, before))
        case "subject":
            return _whose(span, ahead, prompt) or _part(span, before, behind)
    return False


def _again(group: Span, before: str) -> bool:
    """Whether "the creature" is one that was named, and no group."""
    return not group.text.lower().endswith(("s", "life")) and bool(re.search(r"\bthe\s+$", before, re.IGNORECASE))


def _whose(span: Span, ahead: Sequence[Span], prompt: str) -> bool:
    """Whether somebody is only named as the one whose something is: the king's horse. Who has a boat is in it."""
    own = next((one for one in ahead if one.kind != "colour"), None)
    if _WHOSE.search(span.text) is None or own is None or own.kind not in ("subject", "place"):
        return False
    if own.kind == "subject" and SUBJECT[own.id].kind == "vehicle":
        return False
    return _POSSESSED.fullmatch(prompt[span.end : own.start]) is not None


def _part(span: Span, before: str, behind: str) -> bool:
    """Whether a subject is but part of the name of something else."""
    if _NOT_THERE.search(before) or (span.text.lower() in ("couple", "family", "school") and behind.startswith(" of ")):
        return True
    if span.id == "fire" and _BREATHED.search(before):
        return True
    if span.near and (span.text.lower() in ("friend", "friends", "best friend", "best friends") or _HAIR.match(behind)):
        return True
    if _FEAST.match(behind) and _WHOSE.search(span.text):  # Valentine's day
        return True
    if span.id == "television" and _PROGRAMME.match(behind):
        return True
    if span.id == "rock_object" and _ROCK.match(behind):
        return True
    if _SHAPED.match(behind) or (SUBJECT[span.id].kind == "object" and _LIT.match(behind)):
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
        if last is not None and span.kind == "subject" and last.kind == "subject" and _STATUE.fullmatch(last.text):
            if _OF.fullmatch(prompt[last.end : span.start]):
                out.pop()
                last = out[-1] if out else None
        if last is None or not (last.kind == span.kind == "subject" and prompt[last.end : span.start].isspace()):
            out.append(span)
            continue
        words = prompt[span.start : span.end]
        trades = (last.id in TRADES or last.id == "robot", span.id in TRADES or words.lower() in ("waiter", "waitress"))
        if SUBJECT[last.id].kind == "animal" and trades[1]:  # a frog king, a penguin waiter
            out[-1] = replace(last, end=span.end, text=prompt[last.start : span.end])
            continue
        if trades[0] and SUBJECT[span.id].kind == "animal":  # a wizard cat
            out[-1] = replace(span, start=last.start, text=prompt[last.start : span.end])
            continue
        if _STATUE.fullmatch(words):  # of a dragon
            out[-1] = replace(last, end=span.end)
            continue
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
