"""Captions: many wordings of what a scene shows, from three words to a short screenplay.

Attributes come in any order and some are left out; nothing is said that the scene does not show, and nothing is
negated. An instance's colour is named only when it has one of its own ("a blue fox").
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from model.world.scene import Actor, Scene, Shot
from model.world.vocabulary import Term, term

SAID = {"time": 0.75, "weather": 0.85, "camera": 0.7, "style": 0.35, "framing": 0.35}
NUMBERS = {2: "two", 3: "three"}
ADJECTIVES = ("little", "lovely", "cheerful", "curious", "happy", "cute", "small", "lone", "proud", "gentle")
OPENINGS = ("", "", "", "", "A film of ", "A clip of ", "An animation of ", "We see ", "This is ")


def caption(scene: Scene, seed: int) -> str:
    """A caption of a scene; the seed picks the wording."""
    rng = random.Random(seed)
    from model.world.captions_story import is_story, story  # it builds on the words of this module

    return _tidy(story(scene, rng) if is_story(scene) else _shot(scene.shots[0], rng))


def _shot(shot: Shot, rng: random.Random) -> str:
    who = _who(shot.actors, rng)
    act = _pick(term("action", shot.actors[-1].action), rng, usual=0.6, most=4)
    act = act if len(shot.actors) == 1 else _plural(act)
    place = _pick(term("place", shot.place), rng, usual=0.45, most=4)
    extras = _extras(shot, rng)
    form = rng.random()
    if form < 0.15:  # terse: "fox, snowy meadow, night"
        words = [_bare(who), place, *extras]
        return ", ".join(words)
    if form < 0.30:  # without a verb
        core = f"{who} {place}"
    elif form < 0.40:
        core = f"{place}, {who} {act}"
    else:
        that = "that " if rng.random() < 0.1 else ""
        core = f"{rng.choice(OPENINGS)}{who} {that}{act} {place}"
    rng.shuffle(extras)
    if not extras:
        return core
    if rng.random() < 0.5:
        return core + ", " + ", ".join(extras)
    joint = (
        " "
        if extras[0].startswith(("at ", "in ", "on ", "by ", "under ", "while ", "with ", "during ", "as "))
        else ", "
    )
    return core + joint + extras[0] + "".join(f". {_upper(extra)}" for extra in extras[1:])


def _extras(shot: Shot, rng: random.Random) -> list[str]:
    out: list[str] = []
    if shot.place not in ("reef", "space") and rng.random() < (SAID["time"] if shot.time != "day" else 0.4):
        out.append(_pick(term("time", shot.time), rng, usual=0.4, most=5))
    if rng.random() < (SAID["weather"] if shot.weather != "clear" else 0.08):
        out.append(_pick(term("weather", shot.weather), rng, usual=0.5, most=3))
    if rng.random() < (SAID["camera"] if shot.camera != "static" else 0.2):
        out.append(_pick(term("camera", shot.camera), rng, usual=0.5, most=4))
    if rng.random() < SAID["framing"]:
        out.append(_pick(term("framing", shot.framing), rng, usual=0.7, most=2))
    if rng.random() < (SAID["style"] * 0.3 if shot.style == "3d" else 0.95):
        out.append(_pick(term("style", shot.style), rng, usual=0.5, most=3))
    return out


def _who(actors: Sequence[Actor], rng: random.Random) -> str:
    main = actors[-1]
    name = _name(main, rng)
    if len(actors) == 1:
        return _article(name)
    if all(a.instance.subject == main.instance.subject for a in actors):
        return f"{NUMBERS.get(len(actors), str(len(actors)))} {_many(name)}"
    return f"{_article(name)} and {_article(_name(actors[0], rng))}"


def _name(actor: Actor, rng: random.Random) -> str:
    word = _pick(term("subject", actor.instance.subject), rng, usual=0.6, most=4)
    if actor.instance.colour is not None:
        word = f"{actor.instance.colour} {word.removeprefix('red ').removeprefix('blue ').removeprefix('green ')}"
    return f"{rng.choice(ADJECTIVES)} {word}" if rng.random() < 0.18 else word


def _pick(item: Term, rng: random.Random, *, usual: float, most: int) -> str:
    """The usual wording, or one of the first few others."""
    return item.phrase if not item.synonyms or rng.random() < usual else rng.choice(item.synonyms[:most])


def _article(name: str) -> str:
    if name in ("santa claus", "santa", "father christmas"):
        return name
    return ("an " if name[0] in "aeio" or name.startswith("ug") else "a ") + name


def _many(name: str) -> str:
    if name.endswith(("sh", "s", "x", "ch")):
        return name if name.endswith("fish") else name + "es"
    return (
        {"sheep": "sheep", "deer": "deer", "mouse": "mice", "woman": "women", "man": "men"}.get(
            name.split()[-1], name + "s"
        )
        if " " not in name
        else name + "s"
    )


def _plural(act: str) -> str:
    first, _, rest = act.partition(" ")
    known = {
        "is": "are",
        "stands": "stand",
        "dances": "dance",
        "dashes": "dash",
        "races": "race",
        "flies": "fly",
        "hurries": "hurry",
        "rests": "rest",
    }
    verb = known.get(first, first.removesuffix("s") if not first.endswith("ss") else first)
    return f"{verb} {rest}".strip()


def _bare(who: str) -> str:
    return who.removeprefix("a ").removeprefix("an ")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tidy(text: str) -> str:
    text = " ".join(text.split()).replace(" ,", ",").replace("..", ".").strip(" ,")
    return _upper(text) if text[-1:] == "." or len(text) % 2 else text
