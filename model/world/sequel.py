"""What a later shot of a list leaves unsaid: who "it" is, where and when one still is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from model.world.blocking import Knows
from model.world.understand import Span, understand
from model.world.vocabulary import VOCABULARY

KEPT = ("place", "time", "style")
_PRONOUN = re.compile(r"\b(?:it|he|she|they)\b(?!['’])", re.IGNORECASE)
_PHRASE = {(kind, term.id): term.phrase for kind in KEPT for term in VOCABULARY[kind]}


def carried(prompts: Sequence[str], knows: Knows | None = None) -> tuple[str, ...]:
    """The prompts of shots that follow each other, each with what it leaves unsaid as the one before has it: a first
    pronoun becomes those who were named, and place, hour and style stay."""
    told, who, kept = [], "", dict[str, str]()
    for prompt in prompts:
        spans = understand(prompt, knows).spans
        named = [span for span in spans if span.kind == "subject"]
        if named:
            who = " and ".join(_called(span, spans, prompt) for span in named)
        elif who:
            prompt = _PRONOUN.sub(who, prompt, count=1)
        said = {span.kind: _PHRASE[span.kind, span.id] for span in reversed(spans) if span.kind in KEPT}
        unsaid = [kept[kind] for kind in KEPT if kind in kept and kind not in said]
        kept |= said
        told.append(", ".join([prompt.rstrip(" .,;"), *unsaid]) if unsaid else prompt)
    return tuple(told)


def _called(span: Span, spans: Sequence[Span], prompt: str) -> str:
    """A subject with the colour before it: "the blue fox"."""
    colour = [s for s in spans if s.kind == "colour" and prompt[s.end : span.start].isspace()]
    words = [each.text.strip() for each in (*colour, span)]
    return f"the {' '.join(words).removeprefix('the ').removeprefix('a ').removeprefix('an ')}"
