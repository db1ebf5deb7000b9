"""Prompt help: a short idea said in film language, offline, without a model of words.

For a model that lists what it knows, everything added is a wording it was trained on, suits what is there already, and
stands where the captions have it. For a model that was trained on everybody's words, a look is chosen by what the idea
is about: framing, lens, light, camera and pace that belong together. What was typed is never changed, only added to;
what the prompt or the chosen direction say already is not said again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from model.world.naming import article, plural_verb
from model.world.scene import SUBJECT, allowed, who
from model.world.sequel import carried
from model.world.setting import SETTINGS, weathers
from model.world.understand import Span, Understanding, understand
from model.world.vocabulary import term
from model.world.wording import act_words
from studio.direction import SPOKEN, Direction, spoken, unsaid

Knows = Mapping[str, Collection[str]]

# Where an animal or a thing is at its best: tried first, the rest of the places that suit it after them.
_AT_HOME: Mapping[str, tuple[str, ...]] = {
    "penguin": ("snow",), "mammoth": ("snow", "meadow"), "polar_bear": ("snow",), "camel": ("desert",),
    "tropical_fish": ("reef",), "octopus": ("reef",), "astronaut": ("space",), "rocket": ("space", "desert"),
    "robot": ("city", "tokyo", "space"), "car": ("city", "tokyo"), "cat": ("room", "village"),
    "fox": ("forest", "snow"), "panda": ("forest", "jungle"), "lion": ("meadow", "desert"),
    "tiger": ("jungle", "forest"),
    "ghost": ("forest",), "elephant": ("meadow", "jungle"), "dinosaur": ("jungle", "meadow"),
    "frog": ("river", "meadow"),
    "butterfly": ("meadow",), "rabbit": ("meadow", "snow"), "dog": ("beach", "village"),
}  # fmt: skip


_STOPS = ".!,; "
_HANGS = re.compile(r"\b(of|with|for|like|and)( an?| the)?\s*$", re.IGNORECASE)  # "a portrait of a", before a subject


@dataclass(frozen=True)
class Expansion:
    """A longer wording: `text`, the stretches of it that were added ([start, end) in characters), and the name of the
    look, "" where there is none."""

    text: str
    added: tuple[tuple[int, int], ...]
    look: str = ""


@dataclass(frozen=True)
class Look:
    """Choices of direction that belong together, words that close the shot, and what in an idea asks for it."""

    name: str
    direction: Direction
    closing: str
    cues: str


LOOKS = (
    Look(
        "Intimate", Direction(framing="close", lens="shallow", light="soft", camera="dolly_in", pace="unhurried"),
        "small gestures, natural skin and fabric",
        "child girl boy woman man face hands eyes tea coffee letter smile cries kiss baby grandmother book kitchen",
    ),
    Look(
        "Epic", Direction(framing="wide", lens="anamorphic", light="rays", camera="crane_up", pace="unhurried"),
        "vast scale, layers of distance",
        "mountain mountains army sea ocean storm desert castle battle city canyon waterfall ship planet dragon valley",
    ),
    Look(
        "Noir", Direction(framing="medium", lens="wide_angle", light="low_key", camera="static", style="noir"),
        "smoke, wet streets, long shadows",
        "detective crime murder alley shadow hat cigarette noir gangster bar secret",
    ),
    Look(
        "Neon night", Direction(framing="medium", lens="shallow", light="neon_glow", camera="tracking", time="night"),
        "reflections on wet ground",
        "neon night tokyo street taxi rain club cyberpunk robot city motorcycle umbrella",
    ),
    Look(
        "Close to nature", Direction(framing="extreme_close", lens="macro", light="backlit", camera="static"),
        "fine detail, drops of water, drifting dust in the light",
        "insect bee ant butterfly flower leaf drop snail spider moss mushroom feather dew seed",
    ),
    Look(
        "Reportage", Direction(framing="medium", lens="deep", light="hard", camera="handheld", pace="brisk"),
        "unposed, people in the background",
        "market crowd street protest festival football race train station fisherman worker kids skate",
    ),
    Look(
        "Dream", Direction(framing="full", lens="shallow", light="high_key", camera="arc", pace="slow_motion"),
        "drifting particles, pale colours",
        "dream cloud clouds float angel ghost fairy memory underwater dance ballet balloon snow fog",
    ),
)  # fmt: skip


def expand(prompt: str, direction: Direction, knows: Knows | None, turn: int = 0) -> Expansion:
    """The prompt as a shot. `turn` counts how often another was asked for: the same idea and turn give the same words.

    An empty prompt becomes a whole idea for a model that says what it knows; for others it stays empty. In a list of
    shots each is said in film language; place, hour and weather of the first are those of all.
    """
    words = " ".join(prompt.split())
    if knows is None:
        return _looked(words, direction, turn)
    listed = spoken(words)
    return _listed(words, listed, direction, knows, turn) if listed else _world(words, direction, knows, turn)


# A model that knows everybody's words


def _looked(prompt: str, direction: Direction, turn: int) -> Expansion:
    if not prompt:
        return Expansion("", ())
    said = set(re.findall(r"[a-z]+", prompt.casefold()))
    order = sorted(LOOKS, key=lambda look: -len(said & set(look.cues.split())))
    look = order[turn % len(order)]
    chosen = direction.chosen()
    wanted = Direction(**{kind: value for kind, value in look.direction.chosen().items() if kind not in chosen})
    parts = [found.phrase for kind in SPOKEN if (found := unsaid(prompt, wanted, kind)) is not None]
    if spoken(prompt):  # it is said of all shots of a list
        before = f"{_sentence(', '.join(parts))}{_sentence(look.closing)}"
        return Expansion(f"{before}{prompt}", ((0, len(before)),) if before else (), look.name)
    start = prompt.rstrip(".,;")
    text = f"{start}. {_sentence(', '.join(parts))}{_sentence(look.closing)}".strip()
    return Expansion(text, ((len(start), len(text)),), look.name)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}. " if words else ""


# A model that lists its words


def _world(prompt: str, direction: Direction, knows: Knows, turn: int) -> Expansion:
    rng = random.Random(f"{prompt.casefold()} {turn}")
    found = understand(prompt, knows)
    line = _Line(prompt)
    subject = found.first("subject")
    if subject is None and not found.unknown:  # a place, an hour, or nothing yet: somebody is missing
        subject = _somebody(found, knows, rng)
        clause = f"{article(SUBJECT[subject].phrase)} {_act(subject, found, knows, rng)}"
        line.end(clause if prompt else clause.capitalize(), joint=", ")
    elif subject is not None and found.first("action") is None:
        _add_action(line, prompt, found, knows, rng)
    place = found.first("place")
    tail = []
    if place is None and subject is not None:
        place = _place(subject, knows, rng)
        tail.append(term("place", place).phrase)
    named = {kind: said for kind in SPOKEN if (said := found.first(kind)) is not None}
    chosen = {**direction.chosen(), **named}
    tail += _air(place, chosen, knows, rng) if place is not None else []
    line.end(" ".join(tail))
    line.end(", ".join(_camera(found, chosen, knows, rng)), joint=", ")
    return line.made()


def _listed(
    prompt: str, listed: Sequence[tuple[str, int]], direction: Direction, knows: Knows, turn: int
) -> Expansion:
    """A list of shots, each with what its own end is short of, once it has what the ones before it say."""
    told, text, added, at = list[str](), "", list[tuple[int, int]](), 0
    for words, end in listed:
        heard = carried([*told, words])[-1]
        found = _world(heard, direction, knows, turn)
        tail = found.text[found.added[-1][0] :] if found.added and found.added[-1][1] == len(found.text) else ""
        told.append(f"{heard.rstrip(_STOPS)}{tail}")
        if not tail:
            continue
        body = prompt[:end].rstrip(_STOPS)
        text += prompt[at : len(body)]
        added.append((len(text), len(text) + len(tail)))
        text, at = text + tail, len(body)
    return Expansion(text + prompt[at:], tuple(added))


class _Line:
    """A prompt and what is added to it, where."""

    def __init__(self, prompt: str) -> None:
        body = prompt.rstrip(_STOPS)
        self._body = body
        self._puts: dict[int, str] = {}
        self._ends: list[str] = []

    def put(self, at: int, words: str) -> None:
        self._puts[at] = words

    def end(self, words: str, joint: str = " ") -> None:
        if words:
            self._ends.append((joint if self._body or self._ends else "") + words)

    def made(self) -> Expansion:
        text, added, last = "", [], 0
        for at in sorted(self._puts):
            text += self._body[last:at]
            added.append((len(text), len(text) + len(self._puts[at])))
            text += self._puts[at]
            last = at
        text += self._body[last:]
        tail = "".join(self._ends)
        if tail:
            added.append((len(text), len(text) + len(tail)))
        return Expansion(text + tail, tuple(added))


def _somebody(found: Understanding, knows: Knows, rng: random.Random) -> str:
    """Who suits the place that was named; anybody where none was."""
    place = found.first("place")
    return rng.choice(who(place, knows) if place else allowed("subject", knows))


def _act(subject: str, found: Understanding, knows: Knows, rng: random.Random) -> str:
    moves = [move for move in SUBJECT[subject].moves if move in allowed("action", knows)]
    if found.first("place") == "reef" and "swim" in moves:
        moves = ["swim"]
    lively = [move for move in moves if move != "stand"] or moves or ["stand"]
    return act_words(SUBJECT[subject], rng.choice(lively))[0]


def _add_action(line: _Line, prompt: str, found: Understanding, knows: Knows, rng: random.Random) -> None:
    """A verb right behind the subject, unless a word that is not known stands there: it may be one."""
    span = next(span for span in found.spans if span.kind == "subject")
    behind = next((word for word in found.unknown if 0 <= word.start - span.end <= 1), None)
    if behind is not None or _HANGS.search(prompt[: span.start]):
        return
    act = _act(span.id, found, knows, rng)
    line.put(span.end, f" {plural_verb(act) if _several(span) else act}")


def _several(span: Span) -> bool:
    word = span.text.casefold()
    return word.endswith("s") and not SUBJECT[span.id].phrase.endswith("s")


def _place(subject: str, knows: Knows, rng: random.Random) -> str:
    places = allowed("place", knows)
    best = [place for place in _AT_HOME.get(subject, ()) if place in places]
    suited = [place for place in places if subject in who(place, knows)]
    return rng.choice(best or suited or places)


def _air(place: str, chosen: Mapping[str, str], knows: Knows, rng: random.Random) -> list[str]:
    """The hour and the weather, where the place has them and nobody has said them."""
    setting, said = SETTINGS[place], []
    times = [time for time in allowed("time", knows) if time in setting.hours]
    time = chosen.get("time")
    if time is None and not setting.timeless and times:
        time = rng.choice([each for each in times if each != "day"] or times)
        said.append(term("time", time).phrase)
    if "weather" not in chosen:
        suited = [each for each in allowed("weather", knows) if each in weathers(place, time) and each != "clear"]
        if suited and not setting.inside and rng.random() < 0.7:
            said.append(term("weather", rng.choice(suited)).phrase)
    return said


def _camera(found: Understanding, chosen: Mapping[str, str], knows: Knows, rng: random.Random) -> list[str]:
    said = []
    if "camera" not in chosen:
        moving = found.first("action") in ("walk", "run", "fly", "swim", "drive", "sail")
        cameras = [each for each in allowed("camera", knows) if each != "static"]
        if moving and "tracking" in cameras:
            cameras = ["tracking"]
        if cameras:
            said.append(term("camera", rng.choice(cameras)).phrase)
    if "framing" not in chosen and (framings := allowed("framing", knows)):
        said.append(term("framing", rng.choice(framings)).phrase)
    return said
