"""What a later shot of a list leaves unsaid: who "it" is, where and when one still is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from model.world.again import gender, same
from model.world.blocking import Knows, set_place
from model.world.roles import plural
from model.world.scene import ALIVE, SUBJECT
from model.world.understand import Span, understand
from model.world.vocabulary import VOCABULARY

KEPT = ("place", "time", "weather", "style")
_PRONOUN = re.compile(
    r"\b(?:(?P<own>its|their|his)|(?:it|he|she|they|him|them|her)\b(?!['’]|\s+(?:is\s+)?(?:rain|snow)(?:s|ing)\b))",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\s*(?:(?:and|then|next|now|later|there|suddenly|finally|outside|inside)\b,?\s+)*"
    r"(?:(?:in|at|after|during|by)\s+(?:[\w']+\s+){0,2}[\w']+,?\s+)?"
    r"(?P<one>he|she|they|it(?!['’]|\s+(?:is|was|rains|snows)\b))\b",
    re.IGNORECASE,
)
_HELD = re.compile(  # behind what is done to them: "the fox chases it"
    r"(?<!and)(?<!then)(?<!while)(?<!as)(?<!when)(?<!but)(?<!that)(?<!\bif)(?<=\w)\s(?P<one>him|it|them|her)\b"
    r"(?=\s*$|\s*[.,;!?]|\s+(?:and|in|on|at|with|from|to|through|into|over|while|as|by|behind|away|around|across|up|a|an)\b)",
    re.IGNORECASE,
)
_HER_OWN = re.compile(
    r"\s+(?!(?:and|in|on|at|with|from|to|through|into|over|while|as|by|behind|away|around|across|the|an?)\b)\w",
    re.IGNORECASE,
)
_ONE = {"its": "it", "his": "he", "him": "he", "her": "she", "their": "they", "them": "they"}
_LATELY = 2  # shots back: of whom "they" may be said together
_THE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_PHRASE = {(kind, term.id): term.phrase for kind in KEPT for term in VOCABULARY[kind]}


def carried(prompts: Sequence[str], knows: Knows | None = None) -> tuple[str, ...]:
    """The prompts of shots that follow each other, each with what it leaves unsaid as the one before has it: a first
    pronoun becomes those who were named, and place, hour, weather and style stay."""
    told, kept, looks, known = [], dict[str, str](), dict[str, str](), _Known()
    for words in prompts:
        prompt = _as_they_look(words, looks, knows)
        heard = understand(prompt, knows)
        spans = heard.spans
        named = [span for span in spans if span.kind == "subject"]
        for span in named:
            called = _called(span, spans, prompt)
            looks[span.id] = max(looks.get(span.id, ""), called, key=len)
        prompt = known.told(prompt, named, spans)
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


@dataclass
class _Known:
    """Those who were named in the shots up to now, and what the last of them who live are called together."""

    who: str = ""
    many: bool = False
    shot: int = 0
    seen: dict[str, _Seen] = field(default_factory=dict)

    def told(self, prompt: str, named: Sequence[Span], spans: Sequence[Span]) -> str:
        """The prompt of the next shot with its pronouns as those whom they are said of."""
        self.shot += 1
        lead = _LEADS.match(prompt[: named[0].start]) if named and self.who else None
        whole, alone = prompt, not named
        here = {span.id for span in named}
        if lead is not None:
            called, ids = self._whom(lead["one"].lower(), here)
            whole = f"{prompt[: lead.start('one')]}{called}{prompt[lead.end('one') :]}"
            here |= ids
            self._again(ids)
        elif alone and self.who and (found := _PRONOUN.search(prompt)) is not None:
            one = found.group().lower()
            called, ids = self._whom(_ONE.get(one, one), set())
            own = found["own"] or (one == "her" and _HER_OWN.match(prompt[found.end() :]))
            whole = f"{prompt[: found.start()]}{called}{chr(39) + 's' if own else ''}{prompt[found.end() :]}"
            here |= ids
            self._again(ids)
        whole = self._held(whole, here)
        self._note(named, spans, prompt, lead is None)
        return whole

    def _whom(self, one: str, here: Collection[str]) -> tuple[str, set[str]]:
        """What they are called of whom a pronoun is said, and their ids; who is named in the shot is no "he"."""
        fits = sorted(
            ((who, seen) for who, seen in self.seen.items() if who not in here),
            key=lambda each: (-each[1].shot, each[1].place),
        )
        if one == "they":
            lately = [(who, s) for who, s in fits if s.alive and s.shot > self.shot - 1 - _LATELY]
            if self.many or len(lately) < 2:
                return self.who, {who for who, s in fits if s.called in self.who}
            return " and ".join(s.called for _, s in reversed(lately[:2])), {who for who, _ in lately[:2]}
        kinds = [("it", True), ("it", False)] if one == "it" else [(one, True), ("", True), ("it", True)]
        for kind, alive in kinds:
            found = next(((who, s) for who, s in fits if s.gender == kind and s.alive == alive), None)
            if found is not None:
                return found[1].called, {found[0]}
        return self.who, set()

    def _held(self, prompt: str, here: Collection[str]) -> str:
        """A prompt with what somebody does something to by its name."""
        found = _HELD.search(prompt)
        if found is None:
            return prompt
        called, ids = self._whom(_ONE.get(found["one"].lower(), found["one"].lower()), here)
        if not ids or ids & set(here):
            return prompt
        self._again(ids, 1)
        return f"{prompt[: found.start('one')]}{called}{prompt[found.end('one') :]}"

    def _again(self, ids: Collection[str], place: int = 0) -> None:
        for who in ids:
            self.seen[who] = replace(self.seen[who], shot=self.shot, place=place)

    def _note(self, named: Sequence[Span], spans: Sequence[Span], prompt: str, lead: bool) -> None:
        """Remember who was named; lead: whether the shot is theirs, and not of somebody whom a pronoun led in."""
        for place, span in enumerate(named, 2):
            called, alive = _called(span, spans, prompt), SUBJECT[span.id].kind in ALIVE
            self.seen[span.id] = _Seen(called, gender(span.text, span.id), alive, self.shot, place)
        if named and lead:
            heroes = [span for span in named if SUBJECT[span.id].kind in ALIVE] or list(named)
            self.who = " and ".join(_called(span, spans, prompt) for span in heroes)
            self.many = len(heroes) > 1 or plural(heroes[0])


@dataclass(frozen=True)
class _Seen:
    """Somebody named: what they are called, whether he, she or it, and in which shot, at which place of it."""

    called: str
    gender: str
    alive: bool
    shot: int
    place: int


def _as_they_look(prompt: str, looks: Mapping[str, str], knows: Knows | None) -> str:
    """A prompt with those who are called "the ..." called as they were before: "the black dog in a hat"."""
    for span in reversed([span for span in understand(prompt, knows).spans if span.kind == "subject"]):
        bare = _THE.search(prompt[: span.start])
        alike = (one for one in reversed([*looks]) if same(span.text, one, looks[one]))
        who = span.id if span.id in looks else next(alike, None)
        if bare is not None and who is not None:
            prompt = prompt[: bare.start()] + looks[who] + prompt[span.end :]
    return prompt


def _called(span: Span, spans: Sequence[Span], prompt: str) -> str:
    """A subject with the colour before it and what it wears: "the blue fox in a hat"."""
    colour = [s for s in spans if s.kind == "colour" and prompt[s.end : span.start].isspace()]
    words = [each.text.strip() for each in (*colour, span)]
    after = [s for s in spans if s.start > span.start and s.kind in ("subject", "garment")]
    worn = [s.text.strip() for s in takewhile(lambda s: s.kind == "garment", after)]
    called = f"the {' '.join(words).removeprefix('the ').removeprefix('a ').removeprefix('an ')}"
    return f"{called} with {' and '.join(worn)}" if worn else called
