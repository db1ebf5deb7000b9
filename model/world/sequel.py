"""What a later shot of a list leaves unsaid: who "it" is, where and when one still is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from model.world.blocking import Knows, set_place
from model.world.understand import Span, understand
from model.world.vocabulary import VOCABULARY

KEPT = ("place", "time", "weather", "style")
_PRONOUN = re.compile(
    r"\b(?:(?P<own>its|their|his)|(?:it|he|she|they|him|them|her)\b(?!['’]|\s+(?:is\s+)?(?:rain|snow)(?:s|ing)\b))",
    re.IGNORECASE,
)
_PHRASE = {(kind, term.id): term.phrase for kind in KEPT for term in VOCABULARY[kind]}


def carried(prompts: Sequence[str], knows: Knows | None = None) -> tuple[str, ...]:
    """The prompts of shots that follow each other, each with what it leaves unsaid as the one before has it: a first
    pronoun becomes those who were named, and place, hour, weather and style stay."""
    told, who, kept = [], "", dict[str, str]()
    for prompt in prompts:
        heard = understand(prompt, knows)
        spans = heard.spans
        named = [span for span in spans if span.kind == "subject"]
        if named:
            who = " and ".join(_called(span, spans, prompt) for span in named)
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


def _called(span: Span, spans: Sequence[Span], prompt: str) -> str:
    """A subject with the colour before it and what it wears: "the blue fox in a hat"."""
    colour = [s for s in spans if s.kind == "colour" and prompt[s.end : span.start].isspace()]
    words = [each.text.strip() for each in (*colour, span)]
    after = [s for s in spans if s.start > span.start and s.kind in ("subject", "garment")]
    worn = [s.text.strip() for s in takewhile(lambda s: s.kind == "garment", after)]
    called = f"the {' '.join(words).removeprefix('the ').removeprefix('a ').removeprefix('an ')}"
    return f"{called} with {' and '.join(worn)}" if worn else called
