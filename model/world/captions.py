"""Captions: many wordings of what a scene shows, from three words to a screenwriter's paragraph.

Attributes come in any order and some are left out; nothing is said that the scene does not show, and nothing is
negated. An instance's colour is named only when it has one of its own ("a blue fox").
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from model.world.naming import article, many, plural_verb
from model.world.scene import SUBJECT, Actor, Scene, Shot
from model.world.setting import SETTINGS
from model.world.vocabulary import Term, term
from model.world.wording import act_words, adjectives

SAID = {"time": 0.75, "weather": 0.85, "camera": 0.7, "style": 0.35, "framing": 0.35}
NUMBERS = {2: "two", 3: "three"}
OPENINGS = (
    "", "", "", "", "", "A film of ", "A clip of ", "An animation of ", "We see ", "This is ", "A video of ",
    "There is ", "A short film about ", "Here is ", "A scene with ", "Picture ", "A storybook film of ",
)  # fmt: skip
FEATURES = (
    "The scene features", "An animated scene features", "The scene opens on", "We open on", "The film shows",
    "This animated shot shows", "The shot begins with", "Animated scene of", "In this scene we see",
)  # fmt: skip
MOODS = (
    "The mood is calm and playful", "Every detail is rendered with care", "The textures are rich and soft",
    "The animation is smooth and lively", "The picture is full of soft light and gentle shadows",
    "It feels like a page of a picture book", "The colours are rich", "The lighting is soft and cinematic",
)  # fmt: skip
_JOINTS = frozenset(
    """above across along amid among around as at behind below beneath beside between by close deep during early far
    from high in inside into near next on out outside over past surrounded through under underneath up while
    with""".split()
)
LIGHTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "day": ("The light is bright and even", "Everything is brightly lit"),
        "golden": ("Warm colors and dramatic lighting", "The low sun makes long warm shadows"),
        "dusk": ("The light is fading in soft reds", "Warm colors fill the frame as the light fades"),
        "night": ("Soft glowing light against the dark", "Deep blue shadows and glowing lights"),
        "dawn": ("Pale pink light on everything", "The first soft light comes in from the side"),
    }
)


def caption(scene: Scene, seed: int) -> str:
    """A caption of a scene; the seed picks the wording."""
    rng = random.Random(seed)
    from model.world.captions_story import is_story, story  # it builds on the words of this module

    return _tidy(story(scene, rng) if is_story(scene) else _shot(scene.shots[0], rng))


def _shot(shot: Shot, rng: random.Random) -> str:
    if rng.random() < 0.14:
        return _paragraph(shot, rng)
    place = _within("place", shot.place, rng, usual=0.4, most=6)
    extras = _extras(shot, rng)
    form = rng.random()
    if form < 0.15:  # terse, in any order: "fox, snowy meadow, night"
        words = [_bare(_who(shot.actors, rng)), _pick(term("place", shot.place), rng, usual=0.3, most=12), *extras]
        if rng.random() < 0.4:
            rng.shuffle(words)
        return ", ".join(words)
    opening = ""
    if form < 0.25:  # without a verb
        core = f"{_who(shot.actors, rng)} {place}"
    elif form < 0.35:
        core = f"{place}, {_clause(shot, rng)}"
    elif form < 0.47:  # "a fox walking in the snow"
        opening, core = rng.choice(OPENINGS), f"{_clause(shot, rng, doing=True)} {place}"
    elif form < 0.53 and len(shot.actors) == 1:
        opening, core = rng.choice(OPENINGS), f"{_who(shot.actors, rng)} that {_act(shot.actors[-1], rng)} {place}"
    else:
        opening, core = (
            rng.choice(("", "", "", "We see how ", "In this clip ", "Here ")),
            f"{_clause(shot, rng)} {place}",
        )
    return _with(core, opening, extras, rng)


def _with(core: str, opening: str, extras: list[str], rng: random.Random) -> str:
    """A core with its extras behind it, in front of it, or as sentences of their own, in any order."""
    rng.shuffle(extras)
    if not extras:
        return opening + core
    form = rng.random()
    if form < 0.45:
        return opening + core + ", " + ", ".join(extras)
    if form < 0.58:
        return f"{extras[0]}, {core}" + "".join(f", {extra}" for extra in extras[1:])
    joint = " " if extras[0].split()[0] in _JOINTS else ", "
    return opening + core + joint + extras[0] + "".join(f". {_upper(extra)}" for extra in extras[1:])


def _clause(shot: Shot, rng: random.Random, *, doing: bool = False) -> str:
    """Who does what: "a fox walks", "two foxes walking", "a fox walks while a bear dances"."""
    actors = shot.actors
    if len(actors) == 1 or len({(a.instance.subject, a.action) for a in actors}) == 1:
        act = _doing(actors[-1]) if doing else _act(actors[-1], rng)
        return f"{_who(actors, rng)} {act if doing or len(actors) == 1 else plural_verb(act)}"
    parts: list[str] = []
    for actor in reversed(actors):
        name, act = _name(actor, rng), _doing(actor) if doing else _act(actor, rng)
        again = parts and actor.instance.subject == actors[-1].instance.subject
        parts.append(f"{f'another {name}' if again else article(name)} {act}")
    return (" and " if doing or rng.random() < 0.5 else " while ").join(parts)


def _paragraph(shot: Shot, rng: random.Random) -> str:
    """A screenwriter's paragraph of two to seven sentences, all of them true of the shot."""
    place = _within("place", shot.place, rng, usual=0.4, most=6)
    opening = rng.choice(FEATURES)
    framing = {"close": "a close-up of ", "wide": "a wide shot of "}.get(shot.framing, "")
    framing = framing if not opening.endswith(" of") and rng.random() < 0.6 else ""
    rest = _sentences(shot, rng)
    rng.shuffle(rest)
    return ". ".join([f"{opening} {framing}{_clause(shot, rng, doing=True)} {place}", *rest]) + "."


def _sentences(shot: Shot, rng: random.Random) -> list[str]:
    """Hour and weather, camera, style, light and mood, a sentence each; some are left out."""
    air = [] if _timeless(shot) else [_within("time", shot.time, rng, usual=0.4, most=5)]
    if shot.weather != "clear":
        air.append(_within("weather", shot.weather, rng, usual=0.5, most=4))
    rest = []
    if air:
        rest.append(rng.choice(("It is set ", "The scene is set ", "All this happens ", "We are ")) + " ".join(air))
    if shot.camera != "static" or rng.random() < 0.2:
        rest.append(_upper(_pick(term("camera", shot.camera), rng, usual=0.6, most=6)))
    if shot.style != "3d" or rng.random() < 0.4:
        style = _pick(term("style", shot.style), rng, usual=0.5, most=4)
        tail = rng.choice(("", "", ", with a focus on lighting and texture", ", rich in detail"))
        rest.append(rng.choice((f"The art style is {style}{tail}", f"Art style: {style}{tail}", _upper(style))))
    if rng.random() < 0.5 and not _timeless(shot):
        rest.append(rng.choice(LIGHTS[shot.time]))
    if rng.random() < 0.5:
        rest.append(rng.choice(MOODS))
    return rest


def _timeless(shot: Shot) -> bool:
    """Whether the hour cannot be seen in the place of a shot."""
    return SETTINGS[shot.place].timeless


def _extras(shot: Shot, rng: random.Random) -> list[str]:
    out: list[str] = []
    if not _timeless(shot) and rng.random() < (SAID["time"] if shot.time != "day" else 0.4):
        out.append(_pick(term("time", shot.time), rng, usual=0.4, most=8))
    if rng.random() < (SAID["weather"] if shot.weather != "clear" else 0.08):
        out.append(_pick(term("weather", shot.weather), rng, usual=0.45, most=6))
    if rng.random() < (SAID["camera"] if shot.camera != "static" else 0.2):
        out.append(_pick(term("camera", shot.camera), rng, usual=0.45, most=7))
    if rng.random() < SAID["framing"]:
        out.append(_pick(term("framing", shot.framing), rng, usual=0.7, most=2).removesuffix(" of"))
    if rng.random() < (SAID["style"] * 0.3 if shot.style == "3d" else 0.95):
        out.append(_pick(term("style", shot.style), rng, usual=0.5, most=5))
    return out


def _act(actor: Actor, rng: random.Random) -> str:
    """What one actor does, in words that suit it: "walks", "is walking"."""
    words = act_words(SUBJECT[actor.instance.subject], actor.action)
    finite = [word for word in words if not word.split()[0].endswith("ing")]
    return finite[0] if rng.random() < 0.5 or len(finite) == 1 else rng.choice(finite[1:10])


def _doing(actor: Actor) -> str:
    """What one actor does as a participle: "walking", "looking around"."""
    words = act_words(SUBJECT[actor.instance.subject], actor.action)
    return next(word for word in words if word.startswith("is ")).removeprefix("is ")


def _who(actors: Sequence[Actor], rng: random.Random) -> str:
    main = actors[-1]
    name = _name(main, rng)
    if len(actors) == 1:
        return article(name)
    if all(a.instance.subject == main.instance.subject for a in actors):
        return f"{NUMBERS.get(len(actors), str(len(actors)))} {many(name)}"
    return f"{article(name)} and {article(_name(actors[0], rng))}"


def _name(actor: Actor, rng: random.Random) -> str:
    subject = SUBJECT[actor.instance.subject]
    word = _pick(term("subject", subject.id), rng, usual=0.55, most=8)
    if actor.instance.colour is not None:
        first, _, rest = word.partition(" ")
        word = f"{actor.instance.colour} {rest if first in _COLOURS and rest else word}"
    own = adjectives(subject)
    if rng.random() < 0.18 and article(word) != word:
        chosen = rng.choice(own)
        return word if chosen in word.split() else f"{chosen} {word}"
    return word


_COLOURS = frozenset(
    "red orange yellow green blue purple pink brown grey gray white black golden ginger silver".split()
)


def _pick(item: Term, rng: random.Random, *, usual: float, most: int) -> str:
    """The usual wording, or one of the first few others."""
    return item.phrase if not item.synonyms or rng.random() < usual else rng.choice(item.synonyms[:most])


def _within(kind: str, identity: str, rng: random.Random, *, usual: float, most: int) -> str:
    """A wording that goes on a sentence ("in the snow", "as it snows"), not one that stands alone ("snowfall")."""
    words = [word for word in term(kind, identity).wordings if word.split()[0].lower() in _JOINTS]
    return words[0] if len(words) == 1 or rng.random() < usual else rng.choice(words[1 : most + 1])


def _bare(who: str) -> str:
    return who.removeprefix("a ").removeprefix("an ")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tidy(text: str) -> str:
    text = " ".join(text.split()).replace(" ,", ",").replace("..", ".").strip(" ,")
    return _upper(text) if text[-1:] == "." or len(text) % 2 else text
