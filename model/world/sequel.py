"""What a later shot of a list leaves unsaid: who "it" is, where and when one still is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from model.world.blocking import Knows, set_place
from model.world.scene import ALIVE, SUBJECT
from model.world.understand import Span, understand
from model.world.vocabulary import VOCABULARY

KEPT = ("place", "time", "weather", "style")
_PRONOUN = re.compile(
    r"\b(?:(?P<own>its|their|his)|(?:it|he|she|they|him|them|her)\b(?!['’]|\s+(?:is\s+)?(?:rain|snow)(?:s|ing)\b))",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\s*(?:(?:and|then|next|now|later|there|suddenly|finally)\b,?\s+)*"
    r"(?P<one>he|she|they|it(?!['’]|\s+(?:is|was|rains|snows)\b))\b",
    re.IGNORECASE,
)
_THE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_PHRASE = {(kind, term.id): term.phrase for kind in KEPT for term in VOCABULARY[kind]}


def carried(prompts: Sequence[str], knows: Knows | None = None) -> tuple[str, ...]:
    """The prompts of shots that follow each other, each with what it leaves unsaid as the one before has it: a first
    pronoun becomes those who were named, and place, hour, weather and style stay."""
    told, who, kept, looks = [], "", dict[str, str](), dict[str, str]()
    for words in prompts:
        prompt = _as_they_look(words, looks, knows)
        heard = understand(prompt, knows)
        spans = heard.spans
        named = [span for span in spans if span.kind == "subject"]
        lead = _LEADS.match(prompt[: named[0].start]) if named and who else None
        for span in named:
            called = _called(span, spans, prompt)
            looks[span.id] = max(looks.get(span.id, ""), called, key=len)
        if lead is not None:
            prompt = f"{prompt[: lead.start('one')]}{who}{prompt[lead.end('one') :]}"
        elif named:
            alive = [span for span in named if SUBJECT[span.id].kind in ALIVE] or named
            who = " and ".join(_called(span, spans, prompt) for span in alive)
        elif who:
            found = _PRONOUN.search(prompt)
            if found is not None:
                name = f"{who}'s" if found["own"] else who
                prompt = f"{prompt[: found.start()]}{name}{prompt[found.end() :]}"
        said = {span.kind: _PHRASE[span.kind, span.id] for span in reversed(spans) if span.kind in KEPT}
        if "place" in said and (place := set_place(heard)) is not None:
            said["place"] = _PHRASE["place", place]
            if place != "snow" and any(span.id == "snow" and span.kind == "place" for span in spans):
                said["place"] += ", snowy"  # snow lies in "a snowy forest"; that it falls is not said
                if "weather" not in said:
                    kept.pop("weather", None)  # nor does it rain there because it rained where one came from
        unsaid = [kept[kind] for kind in KEPT if kind in kept and kind not in said]
        kept |= said
        told.append(", ".join([prompt.rstrip(" .,;"), *unsaid]) if unsaid else prompt)
    return tuple(told)


def _as_they_look(prompt: str, looks: Mapping[str, str], knows: Knows | None) -> str:
    """A prompt with those who are called "the ..." called as they were before: "the black dog in a hat"."""
    for span in reversed([span for span in understand(prompt, knows).spans if span.kind == "subject"]):
        bare = _THE.search(prompt[: span.start])
        if bare is not None and span.id in looks:
            prompt = prompt[: bare.start()] + looks[span.id] + prompt[span.end :]
    return prompt


def _called(span: Span, spans: Sequence[Span], prompt: str) -> str:
    """A subject with the colour before it and what it wears: "the blue fox in a hat"."""
    colour = [s for s in spans if s.kind == "colour" and prompt[s.end : span.start].isspace()]
    words = [each.text.strip() for each in (*colour, span)]
    after = [s for s in spans if s.start > span.start and s.kind in ("subject", "garment")]
    worn = [s.text.strip() for s in takewhile(lambda s: s.kind == "garment", after)]
    called = f"the {' '.join(words).removeprefix('the ').removeprefix('a ').removeprefix('an ')}"
    return f"{called} with {' and '.join(worn)}" if worn else called
