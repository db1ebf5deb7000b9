"""Captions of stories: relations, crowds, signs, lists of shots, and wordings in two or three sentences.

A later shot that shows the very same instance calls it "the same fox", so that the words mean what the pictures show.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from model.world.captions import SAID, _bare, _extras, _name, _pick, _timeless, _upper
from model.world.naming import article, many, plural_verb
from model.world.scene import SUBJECT, Actor, Scene, Shot
from model.world.vocabulary import term
from model.world.wording import act_words

CROWD = 4
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
HERDS = frozenset(
    """mammoth elephant cow sheep deer horse zebra camel llama giraffe bison buffalo ox goat ram donkey moose unicorn
    rhinoceros hippo dinosaur pig boar water_buffalo""".split()
)
_BESIDE = ("beside", "next to", "side by side with", "alongside", "by the side of")
_IN_FRONT = ("in front of", "before", "ahead of")
_FOLLOWS = ("follows", "walks behind", "goes after", "trails after", "is right behind")
_MEETS = ("meets", "comes to meet", "runs into", "greets", "walks up to")
_SIGN = (
    "beside a sign that says {}", "next to a {} sign", "with a sign that reads {}", "by a sign with the word {}",
    "near a sign saying {}",
)  # fmt: skip
_TITLE = (
    "a big sign that says {}", "a large sign with the word {}", "the name {} on a big sign", "a sign reads {}",
    "a close-up of a {} sign",
)  # fmt: skip
_EMPTY = ("a quiet view", "an empty scene", "a wide view", "a still picture", "the view", "a calm scene", "nobody")
_THEN: Mapping[bool, tuple[str, ...]] = MappingProxyType(
    {
        True: (". Cut to ", ". Then we cut to ", ". Next shot: ", ". Then cut to "),
        False: (". Cut to ", ". Next shot: ", ", then cut to "),
    }
)


def is_story(scene: Scene) -> bool:
    """Whether a scene has more to tell than one shot of one or two subjects."""
    first = scene.shots[0]
    return (
        len(scene.shots) > 1
        or first.relation is not None
        or first.sign is not None
        or not first.actors
        or len(first.actors) >= CROWD
    )


def story(scene: Scene, rng: random.Random) -> str:
    """The words of a story, not yet tidied."""
    if len(scene.shots) == 1:
        return _told(scene.shots[0], rng, None)
    parts, known = [], None
    for number, shot in enumerate(scene.shots):
        if number and shot.actors and known is not None and _goes_on(scene, number):
            parts.append(_told(shot, rng, rng.choice(("the same ", "the ", "the same ")) + known))
        else:
            known = _name(shot.actors[-1], rng) if shot.actors else None
            parts.append(_told(shot, rng, article(known) if known is not None else None))
    if rng.random() < 0.5:
        return " ".join(f"Shot {n}: {part}." for n, part in enumerate(parts, 1))
    text = parts[0]
    for number, part in enumerate(parts[1:], 1):
        text += rng.choice(_THEN[number > 1 or "." in text]) + part
    return text


def _goes_on(scene: Scene, number: int) -> bool:
    """Whether shot `number` shows the very instance that the shot before it was about."""
    before, after = scene.shots[number - 1], scene.shots[number]
    return bool(before.actors) and before.actors[-1].instance == after.actors[-1].instance


def _told(shot: Shot, rng: random.Random, name: str | None) -> str:
    """One shot, as one line or as sentences; name: what to call its subject, article and all."""
    place = _pick(term("place", shot.place), rng, usual=0.45, most=4)
    sign = "" if shot.sign is None or not shot.actors else " " + rng.choice(_SIGN).format(shot.sign.word)
    core = _core(shot, rng, name)
    if rng.random() < 0.2 and shot.actors:
        core = f"{place}, {core}{sign}"
    else:
        core = f"{core} {place}{sign}" if rng.random() < 0.6 else f"{core}{sign} {place}"
    if rng.random() < 0.35:
        return ". ".join([core, *_sentences(shot, rng)])
    extras = _extras(shot, rng) if shot.actors else [e for e in _extras(shot, rng) if rng.random() < 0.6]
    rng.shuffle(extras)
    return ", ".join([core, *extras])


def _core(shot: Shot, rng: random.Random, name: str | None) -> str:
    """Who does what: "a fox follows a bear", "a herd of mammoths walk", "a big sign that says ZOO"."""
    if not shot.actors:
        return rng.choice(_EMPTY) if shot.sign is None else rng.choice(_TITLE).format(shot.sign.word)
    main = shot.actors[-1]
    act = rng.choice(act_words(SUBJECT[main.instance.subject], main.action)[:5])
    name = name or article(_name(main, rng))
    if len(shot.actors) >= CROWD:
        return f"{crowd(shot.actors, rng)} {plural_verb(act)}"
    others = [_another(a, main, rng) for a in shot.actors[:-1]]
    if shot.relation is None:
        return f"{name} and {others[0]} {plural_verb(act)}" if others else f"{name} {act}"
    return _related(shot, rng, name, others, act)


def _related(shot: Shot, rng: random.Random, name: str, others: Sequence[str], act: str) -> str:
    """A relation in words. Two of three stand in it to the first."""
    together = len({a.action for a in shot.actors}) == 1
    everybody = ", ".join([name, *others[:-1]]) + f" and {others[-1]}"
    rest = " and ".join(others)
    if shot.relation == "follows":
        if len(others) > 1:
            return f"{everybody} " + rng.choice(("{} in a row", "{} one behind the other", "{} in a line")).format(
                plural_verb(act)
            )
        return f"{name} {rng.choice(_FOLLOWS)} {rest}"
    if shot.relation == "meets":
        if rng.random() < 0.3:
            return f"{everybody} {rng.choice(('meet', 'meet each other', 'come together', 'come face to face'))}"
        return f"{name} {rng.choice(_MEETS)} {rest}"
    if shot.relation == "beside" and together and rng.random() < 0.4:
        return f"{everybody} {plural_verb(act)} {rng.choice(('side by side', 'together', 'next to each other'))}"
    return f"{name} {act} {rng.choice(_BESIDE if shot.relation == 'beside' else _IN_FRONT)} {rest}"


def _another(actor: Actor, main: Actor, rng: random.Random) -> str:
    name = _name(actor, rng)
    alike = actor.instance.subject == main.instance.subject and actor.instance.colour is None
    return f"another {_bare(article(name))}" if alike else article(name)


def crowd(actors: Sequence[Actor], rng: random.Random) -> str:
    """Many of a kind in words: "several penguins", "a herd of mammoths", "five foxes", "a crowd of people"."""
    main = SUBJECT[actors[-1].instance.subject]
    kind = getattr(main, "kind", "")
    mixed = len({a.instance.subject for a in actors}) > 1
    name = "people" if mixed else many(_pick(term("subject", main.id), rng, usual=0.7, most=3))
    forms = ["several {}", "many {}", "a group of {}", "a crowd of {}", "lots of {}", f"{_number(len(actors))} {{}}"]
    if kind == "person":
        forms += ["a crowd of {}", "a bustling crowd of {}", "a throng of {}"]
    elif main.home == "water":
        forms += ["a school of {}", "a shoal of {}"]
    elif main.id in HERDS:
        forms += ["a herd of {}", "a herd of {}"]
    elif main.home == "air":
        forms += ["a flock of {}", "a swarm of {}"]
    elif kind == "vehicle":
        forms += ["a row of {}", "a line of {}"]
    return rng.choice(forms).format(name)


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _sentences(shot: Shot, rng: random.Random) -> list[str]:
    """Hour, weather, camera, framing and style, each as a sentence of its own; some are left out."""
    out = []
    air = []
    if not _timeless(shot) and rng.random() < SAID["time"] * (1 if shot.time != "day" else 0.5):
        air.append(_pick(term("time", shot.time), rng, usual=0.5, most=4))
    if shot.weather != "clear" and rng.random() < SAID["weather"]:
        air.append(_pick(term("weather", shot.weather), rng, usual=0.6, most=3))
    if air:
        opening = rng.choice(("The scene is set ", "It is set ", "It all happens ", ""))
        plain = all(a.startswith(("at ", "in ", "on ", "by ", "under ", "with ", "while ", "as ")) for a in air)
        out.append(f"{opening}{' '.join(air)}" if plain else _upper(", ".join(air)))
    if rng.random() < (SAID["camera"] if shot.camera != "static" else 0.2):
        out.append(_upper(_pick(term("camera", shot.camera), rng, usual=0.7, most=3)))
    if rng.random() < SAID["framing"] * 0.7 and shot.actors:
        out.append(_upper(_pick(term("framing", shot.framing), rng, usual=0.8, most=2)))
    if rng.random() < (0.1 if shot.style == "3d" else 0.95):
        style = _pick(term("style", shot.style), rng, usual=0.6, most=3)
        out.append(rng.choice((f"The style is {style}", f"Style: {style}", _upper(style), f"The art style is {style}")))
    return [_upper(sentence) for sentence in out]
