"""Blocking: who is seen in a shot, where they stand and how they move, set on grey paper before anything is drawn.

A small transformer cannot know five hundred characters by heart, and need not. As in retrieval-augmented diffusion
("Re-Imagen", arXiv 2209.14491; "Semi-parametric neural image synthesis", arXiv 2204.11824) the subjects that a prompt
names are looked up; as in planned video ("VideoDirectorGPT", arXiv 2309.15091) a plan of their moves is made from its
words, by rule. Their pictures, moving so on plain paper, and what is in the air, are laid beside the noise. A picture
that the artist gives of one of the cast takes the place of the one that is looked up, and so a drawing of one's own
walks through the shot. The place is the transformer's to draw: see `staging.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.catalog import MOST_BLOCKED
from model.world.air import FALLS
from model.world.art import PICTURES, Art, Sprite, looked_up
from model.world.cutout import cut_out, sprite_of
from model.world.motion import MIDDLE, SPEED
from model.world.relations import one_way, related
from model.world.render import FPS, Backdrop, Renderer, View
from model.world.riding import carried_by, carrying, layer, seat, seated
from model.world.roles import Role, roles
from model.world.scene import (
    BUSTS,
    FLOOR,
    FRAMING_HEIGHT,
    OUTSIDE,
    PADDLERS,
    SUBJECT,
    Actor,
    Instance,
    Shot,
    Sign,
    close_up,
    in_water,
    under_water,
)
from model.world.setting import SETTINGS, WEATHER_HOURS
from model.world.turning import Turn, Turning, led, look_of, paced, relights, turned
from model.world.understand import Understanding, understand

APART = (0.62, 0.62, 0.62, 0.46)  # world units from one to the next, of one, two, three, four
SHARE = (1.0, 0.8, 0.62, 0.5)  # how large each is then
WIDE = 8 / 9  # world units from the middle of a wide frame to its side; in a narrower one they stand closer
MOST_SEEN = 6  # at once
CROWDED = 0.8  # of their size, with three or more behind them
VAGUE = ("snow", "city", "sky")  # of several places another is meant: "a snowy forest", "Tokyo city"
LIGHTS = ("candle", "red_candle", "lantern", "oil_lamp")
AT_HOME = {
    **dict.fromkeys(("astronaut", "alien", "ufo", "rocket", "satellite", "space_invader", "comet"), "space"),
    **dict.fromkeys(("hot_air_balloon", "paper_plane", "star", "cloud"), "sky"), "fire": "forest",
    **dict.fromkeys(("sun_face", "moon_face", "rainbow", "kite", "tornado", "rock_object", "log", "nest"), "meadow"),
    **dict.fromkeys(("traffic_light", "mailbox"), "city"), "football": "park", "pumpkin": "farm",
    **dict.fromkeys(("lighthouse", "treasure_chest"), "beach"), "windmill": "meadow", "knight": "castle",
    **dict.fromkeys(("snowman", "snowman_in_snow", "penguin", "polar_bear", "santa"), "snow"), "chef": "kitchen",
}  # fmt: skip
INDOORS = ("bed", "bathtub", "television", "toilet", "shower")  # with whomever
SUITS = {"water": "reef", "afloat": "ocean"}  # where those are of whom no place is told
ABOVE = ("sun_face", "moon_face", "star", "cloud", "rainbow", "feather")
BY_KIND = {"vehicle": "city", "food": "kitchen", "object": "room", "person": "park"}
SET = "set"  # the place of a shot before it has one: it casts shadows
LEG = 4.0  # seconds of the world
SMALL = 4  # times smaller
PACE = 0.75  # of the world's: slower is clearer
STAND_INS = ("teddy", "pumpkin", "robot")  # as whom those move who are given as pictures and named by no known word
PEOPLE = {  # the others of several
    "man": ("man", "walking_man_dark", "curly_man", "redhead_man", "blond_man", "grandfather"),
    "people": ("man", "redhead_woman", "walking_man_dark", "woman", "curly_man", "walking_woman_dark", "grandfather"),
    "woman": ("woman", "curly_woman", "walking_woman_dark", "redhead_woman", "woman_light", "grandmother"),
    "child": ("child", "girl", "boy_light", "girl_medium", "boy"), "boy": ("boy", "boy_light"),
    "girl": ("girl", "girl_medium"),
}  # fmt: skip
_ROAD = re.compile(  # what leads to a place, or is but part of one
    r"\b(?:roads?|path|track|trail|lane|mountains?|skyline|hills?|cliffs?|rug|sofa|couch|window ?sill|picnic)$",
    re.IGNORECASE,
)
LEAST_BUST = 0.5  # of the frame's height
RISES = {"jump": 0.34, "run": 0.12, "dance": 0.13, "wave": 0.11, "walk": 0.06}  # of their height, at most
# Where others of a kind are, x, how much higher, how much smaller: beside one in the middle, and between two.
BEHIND = ((0.6, 0.12, 0.6), (-0.6, 0.12, 0.6), (0.4, 0.17, 0.45), (-0.4, 0.17, 0.45), (0.85, 0.17, 0.45))
BETWEEN = ((0.0, 0.12, 0.6), (0.76, 0.14, 0.52), (-0.76, 0.14, 0.52), (0.24, 0.18, 0.42), (-0.24, 0.18, 0.42))
BUILDS = (1.0, 0.82, 0.92)  # of one, another and a third of a kind

Picture = NDArray[np.uint8]
Knows = Mapping[str, Collection[str]]


def block(
    prompt: str, knows: Knows | None = None, *, given: int = 0, seed: int = 0, frame: tuple[int, int] | None = None
) -> Shot:
    """The plan of a shot from its prompt: who is where and does what, from its first second on, how the camera moves,
    the hour, and what is in the air. given: for how many there are pictures, named or not; seed: of the chances in
    it, such as where each flake of snow is; frame: its width and height, None for a wide one."""
    cast, heard = roles(prompt, knows), understand(prompt, knows)
    if given:  # pictures are of one's own first of all
        cast = tuple(sorted(cast, key=lambda role: not role.mine))
    place, does = set_place(heard), heard.first("action") or "stand"
    if place == "reef":
        cast = tuple(replace(role, action=under_water(role.instance.subject, role.action)) for role in cast)
    named = {role.instance.subject for role in cast}
    spare = [Role(Instance(who), does) for who in STAND_INS if who not in named]
    cast = (*cast, *spare[: max(0, min(given, MOST_BLOCKED) - len(cast))])
    framing = heard.first("framing")
    shown = framing if framing in FRAMING_HEIGHT else "close"
    others = () if given else _others(cast)
    wide = 1.0 if frame is None else min(1.0, _reach(*frame) / WIDE)
    room = wide if len(cast) + len(others) > 1 else 1.0
    before = _together(cast, {} if given else _carried(prompt, cast, knows), shown, room, place)
    if framing == "close" and not any(actor.carried for actor in before):
        before = tuple(map(close_up, before))
    before = one_way(prompt, before)
    if not others:
        before = related(prompt, [span for span in heard.spans if span.kind == "subject"], before)
    if len(others) > 2:
        before = tuple(replace(actor, height=actor.height * CROWDED) for actor in before)
    behind = [
        _along(role, i, before) or _behind(_actor(role, 0, 1, shown, room, place), i, len(cast) == 2, room)
        for i, role in enumerate(others)
    ]
    actors = (*reversed(behind), *before)
    return replace(_shot(heard, shown, actors, seed), sign=_sign(heard, actors, wide))


def _sign(heard: Understanding, actors: Sequence[Actor], wide: float) -> Sign | None:
    """The sign whose word a prompt tells: beside the one who is seen, behind several, large where nobody is."""
    word = heard.first("sign")
    if word is None:
        return None
    paint = sum(map(ord, word))  # the same word is the same sign in every shot
    if not actors:
        return Sign(word, 0.0, 0.93, 0.78 * math.sqrt(wide), paint)
    if len(actors) == 1 and wide > 0.9:
        return Sign(word, 0.58, 0.86, 0.5, paint)
    return Sign(word, 0.0, 0.6, 0.5 * math.sqrt(wide), paint)


def _reach(width: int, height: int) -> float:
    """World units from the middle of a frame to its side."""
    return width / View(width, height).unit / 2


def _carried(prompt: str, cast: Sequence[Role], knows: Knows | None) -> Mapping[str, tuple[str, bool]]:
    """Who of a cast is carried, by whom, and whether inside."""
    seen = {role.called or role.instance.subject: role.instance.subject for role in cast}
    spans = [span for span in understand(prompt, knows).spans if span.kind == "subject" and span.id in seen]
    return {seen[who]: (seen[by], inside) for who, (by, inside) in carried_by(prompt, spans).items()}


def _together(
    cast: Sequence[Role], carried: Mapping[str, tuple[str, bool]], framing: str, room: float, place: str | None
) -> tuple[Actor, ...]:
    """A cast side by side, those who are carried on what carries them; room: of how wide a wide frame is, 0..1."""
    walks = [role for role in cast if role.instance.subject not in carried]
    found = {role.instance.subject: _actor(role, i, len(walks), framing, room, place) for i, role in enumerate(walks)}
    up = [role.instance.subject for role in cast if role.instance.subject in carried]
    for role in cast:
        who = role.instance.subject
        if who in carried:
            by, inside = carried[who]
            beside = [one for one in up if carried[one][0] == by]
            rider, mount = _actor(role, 0, len(walks), framing, room), carrying(found[by])
            nth = beside.index(who), len(beside)
            found[who], found[by] = seated(rider, mount, seat(looked_up().sprite(by)), inside, *nth)
    return tuple(sorted((found[role.instance.subject] for role in cast), key=lambda actor: layer(actor, carried)))


def _along(role: Role, number: int, seen: Sequence[Actor]) -> Actor | None:
    """One of several who are carried, beside the first of them; None where nothing carries those."""
    first = next((one for one in seen if one.carried and one.instance.subject == role.called), None)
    if first is None:
        return None
    aside = 0.6 * first.height * (number // 2 + 1) * (1 if number % 2 else -1)
    return replace(first, instance=role.instance, x=first.x + aside, phase=0.37 * (number + 1.6))


def _others(cast: Sequence[Role]) -> tuple[Role, ...]:
    """The second, third ... of those of whom there are several, as far as there is room; people are not all the
    same."""
    seen, found = [role.instance.subject for role in cast], list[Role]()
    for role in cast:
        for number in range(1, min(role.count, MOST_SEEN - len(cast) - len(found) + 1)):
            kinds = PEOPLE.get("people" if role.mixed and role.instance.subject == "man" else role.instance.subject, ())
            who = next((kind for kind in kinds if kind not in seen), role.instance.subject)
            seen.append(who)
            build = BUILDS[number % len(BUILDS)]
            past = number - (role.count - len(role.others))
            colour = role.others[past] if past >= 0 else role.instance.colour
            found.append(replace(role, instance=replace(role.instance, subject=who, build=build, colour=colour)))
    return tuple(found)


def _behind(actor: Actor, number: int, middle: bool, room: float) -> Actor:
    """One of the others, smaller and farther away, beside the one in the middle or between two."""
    x, back, size = (BETWEEN if middle else BEHIND)[number]
    back = 0.0 if actor.instance.subject in BUSTS else back
    return replace(actor, x=x * room, y=actor.y - back, height=actor.height * size, phase=0.37 * (number + 1.6))


def _shot(heard: Understanding, framing: str, actors: tuple[Actor, ...], seed: int, start: float = 0.0) -> Shot:
    camera = heard.first("camera") or "static"
    style = heard.first("style") or "3d"
    place, falls = set_place(heard) or SET, falls_of(heard)
    setting = SETTINGS.get(place)
    if setting is not None and setting.inside:
        falls = [weather for weather in falls if weather in setting.weathers]  # no rain falls in a kitchen
    weather, also = (*falls, "clear", "clear")[:2]
    usual = "day" if setting is None else setting.usual
    lit = [span.text.lower() for span in heard.spans if span.kind == "weather" and span.id in WEATHER_HOURS]
    dark = bool(falls) and any("star" in text or "fire" in text for text in lit)  # not seen by day, as glitter is
    time = heard.first("time") or ("night" if dark else usual)
    if setting is not None and setting.timeless:
        time = "day"
    return Shot(place, 0, time, weather, camera, framing, style, actors, start=start, seed=seed, also=also)


def set_place(heard: Understanding) -> str | None:
    """The id of the place that a prompt names, of several the one that it speaks of most; where it names none, one that
    suits whom it names; None where it names nobody either."""
    places = [span.id for span in heard.spans if span.kind == "place"]
    if places:
        roads = [span for span in heard.spans if span.kind == "place" and _ROAD.search(span.text)]
        told = [span.id for span in heard.spans if span.kind == "place" and span not in roads] or places
        telling = [p for p in told if p not in VAGUE] or [p for p in told if p != "snow"] or told
        return max(telling, key=telling.count)  # the first of those that are named as often
    named = [SUBJECT[span.id] for span in heard.spans if span.kind == "subject"]
    if not named:
        group = heard.first("group")
        return None if group is None else "reef" if group == "sea" else "forest"
    named = [subject for subject in named if subject.id not in ABOVE] or named
    if any(subject.id in LIGHTS for subject in named) and all(subject.kind != "food" for subject in named):
        return "room" if any(subject.kind == "person" for subject in named) else "cave"
    if any(subject.id in INDOORS for subject in named):
        return "room"
    if heard.first("action") == "swim" and named[0].home in ("ground", "air"):
        return "river" if named[0].home == "air" or named[0].id in PADDLERS else "ocean"
    one = next((subject for subject in named if subject.home == "afloat"), named[0])  # a boat takes all to the sea
    return AT_HOME.get(one.id) or SUITS.get(one.home) or BY_KIND.get(one.kind, "meadow")


def falls_of(heard: Understanding) -> list[str]:
    """What is in the air of a prompt and can be shown there piece by piece, each once."""
    return list(dict.fromkeys(s.id for s in heard.spans if s.kind == "weather" and s.id in FALLS))


def _actor(
    role: Role, number: int, count: int, framing: str, room: float = 1.0, place: str | None = None
) -> Actor:  # fmt: skip
    """One of `count`, side by side, at the middle size and height of the framing, as far as there is room, 0..1; in
    the water of a place that has it if they swim."""
    subject = SUBJECT[role.instance.subject]
    share = SHARE[count - 1] * math.sqrt(room)
    height = sum(FRAMING_HEIGHT[framing]) / 2 * subject.size * share
    y = sum(FLOOR[framing]) / 2
    if subject.aloft(role.action):
        y = min(0.86, 0.5 + height / 2) - 0.02
    elif subject.id in BUSTS:
        height = max(height, LEAST_BUST * share)
        y = 1.02 + RISES.get(role.action, 0.02) * height
    facing = -1 if subject.facing == "left" else 1
    x = APART[count - 1] * room * (number - (count - 1) / 2)
    leg = LEG if role.action in SPEED else None
    return in_water(Actor(role.instance, role.action, x, y, height, facing, 0.37 * number, leg), place)


class Blocking:
    """The frames of a blocking: `frames(first, count)` are uint8 (count, H, W, 3), of any stretch of the shot.

    shot: the plan, or None for empty paper; given: pictures of those in it, (H, W, 3), in their order, instead of the
    ones that are looked up. begins: the frame of the plan that is frame 0; rate: its frames a frame, negative for
    backwards. straight: the second of the plan at which the camera looks straight ahead, as if it had not moved yet.
    back: those who go somewhere face the way that they come from: backwards that is where they go. turns: what it turns
    from, or to, where it goes on from a clip or leads up to one.
    """

    def __init__(
        self, shot: Shot | None, width: int, height: int, given: Sequence[Picture] = (), *, begins: float = 0.0,
        rate: float = 1.0, straight: float | None = None, back: bool = False, turns: Sequence[Turn] = (),
    ) -> None:  # fmt: skip
        self._back, self._turns = back, tuple(turns)
        self.shot, self._size, self._given, self._begins, self._rate = shot, (width, height), tuple(given), begins, rate
        self.straight = straight

    @property
    def plain(self) -> bool:
        """Whether it is paper and nothing else."""
        return self.shot is None or not (self.shot.actors or self.shot.sign or self.shot.weather in FALLS)

    @property
    def manned(self) -> bool:
        """Whether somebody is in it."""
        return self.shot is not None and bool(self.shot.actors)

    @property
    def relights(self) -> bool:
        """Whether it turns from, or to, another light, weather or style."""
        return self.shot is not None and relights(self.shot, self._turns)

    def _like(self, shot: Shot | None = None, **other: Any) -> Blocking:
        """The same, of another shot or played in another way."""
        same = {"begins": self._begins, "rate": self._rate, "straight": self.straight, "turns": self._turns}
        return Blocking(shot or self.shot, *self._size, self._given, **{**same, **other})

    def at(self, begins: float, rate: float = 1.0) -> Blocking:
        """The same plan from another of its frames on, at another rate."""
        return self._like(begins=begins, rate=rate)

    def about(self) -> Blocking:
        """The same, with those who go somewhere turned about."""
        return self._like(back=True)

    def calm(self) -> Blocking:
        """The same plan with nothing in the air."""
        shot = None if self.shot is None else replace(self.shot, weather="clear", also="clear")
        turns = [replace(turn, shot=replace(turn.shot, weather="clear", also="clear")) for turn in self._turns]
        return self._like(shot, turns=turns)

    def small(self) -> Blocking:
        """The same plan a quarter as wide and high: enough to tell its moments apart."""
        found, (width, height) = self._like(), self._size
        found._size = max(1, width // SMALL), max(1, height // SMALL)
        return found

    def casting(self, ahead: bool) -> Blocking | None:
        """The plan with those in it as they move in what the shot goes on from, or leads up to; None where they move as
        here."""
        found = [turn for turn in self._turns if turn.ahead == ahead and turn.cast]
        return self._like(replace(found[0].shot, actors=found[0].cast), turns=()) if found else None

    def cast_at(self, ahead: bool, frame: float) -> Blocking:
        """The same, where those there are known to be at a frame of their plan when it turns."""
        second = 0.0 if self.shot is None else self.shot.start + frame * PACE / FPS
        turns = [replace(turn, second=second) if turn.ahead == ahead else turn for turn in self._turns]
        return self._like(turns=turns)

    def led(self, ahead: bool, joint: int, frame: float, over: int) -> Blocking:
        """The same, led out of how those in it move at the usual pace, or into it (`ahead`), over so many frames; frame
        `joint` of the stream shows a frame of the plan then."""
        if self.shot is None or any(turn.ahead == ahead and turn.cast for turn in self._turns):
            return self  # they are led already, from what they did otherwise
        joining = Turn(self.shot, joint, over, ahead, second=self.shot.start + frame * PACE / FPS)
        return self._like(turns=led(self.shot, self._turns, joining))

    def there(self, ahead: bool) -> Blocking:
        """The plan as it is in what the shot goes on from, or leads up to (`ahead`), and turns into no other."""
        shots = [turn.shot for turn in self._turns if turn.ahead == ahead]
        return self._like(shots[0] if shots else None, turns=())

    def empty(self, straight: float | None = None) -> Blocking:
        """The same shot with nobody in it, and a camera that looks straight ahead at a second of the plan."""
        shot = None if self.shot is None else replace(self.shot, actors=())
        return Blocking(shot, *self._size, begins=self._begins, rate=self._rate, straight=straight)

    def second(self, frame: float) -> float:
        """The second of the plan that a frame of the clip shows; 0 for empty paper."""
        return 0.0 if self.shot is None else self.shot.start + (self._begins + self._rate * frame) * PACE / FPS

    def frames(self, first: int, count: int) -> Picture:
        """Frames first, first + 1, ... of the shot, 16 a second."""
        return self.staged(None, first, count)[0]

    def staged(self, backdrop: Backdrop | None, first: int, count: int) -> tuple[Picture, Picture]:
        """The same frames, and the same before a backdrop instead of paper."""
        made = self._renderer.staged(
            self._from(first), backdrop, count, PACE * self._rate, self.straight, self._turning(first, count)
        )
        paper, on_set = made
        shown = _pictures(paper)
        return shown, shown if on_set is None else _pictures(on_set)

    def _turning(self, first: int, count: int) -> Turning | None:
        """What the shot turns from, or to, in frames first, first + 1, ..."""
        turns, shot = self._turns, self.shot
        if not turns or shot is None:
            return None
        shares = [(turn, turn.share(first, count)) for turn in turns]
        looking = [turn for turn in turns if look_of(shot, turn.shot) != shot]
        frames = torch.arange(first, first + count)
        cast = tuple(
            (turn.cast, turn.second + (frames - turn.frame) * (PACE / FPS), share)
            for turn, share in shares
            if turn.cast and bool(share.any())
        )
        looks = tuple((turn.shot, share) for turn, share in shares if turn in looking)
        if len(looking) == 1 and looking[0].shot.camera != shot.camera:
            return Turning(looks, cast, turned(shot, looking[0], self.second, first, count))
        if looking or shot.camera == "static":  # between two clips there is but one way
            return Turning(looks, cast)
        seconds = torch.tensor([self.second(frame) for frame in range(first, first + count)])
        return Turning(looks, cast, paced(shot, seconds, [(times, share) for _, times, share in cast]))

    def _from(self, first: int) -> Shot | None:
        if self.shot is None:
            return None
        actors = self.shot.actors
        way = tuple(replace(actor, back=actor.action in SPEED) for actor in actors) if self._back else actors
        return replace(self.shot, start=self.second(first), actors=way)

    @cached_property
    def _renderer(self) -> Renderer:
        art = looked_up()
        if self.shot is not None and self._given:
            subjects = [actor.instance.subject for actor in self.shot.actors]
            art = _Given({who: sprite_of(picture, who) for who, picture in zip(subjects, self._given, strict=False)})
        return Renderer(art, *self._size)


class _Given(Art):
    """Pictures that were given, before those that are looked up."""

    def __init__(self, sprites: Mapping[str, Sprite]) -> None:
        super().__init__(PICTURES)
        self._sprites.update(sprites)


def _pictures(frames: Tensor) -> Picture:
    return np.ascontiguousarray(frames.permute(0, 2, 3, 1).cpu().numpy())


def traced(picture: Picture, prompt: str, knows: Knows | None = None, *, seed: int = 0) -> Blocking | None:
    """The blocking of a shot that begins with a drawing (H, W, 3): whoever is drawn sets out from where they stand and
    moves as the prompt says. None where nobody stands out from plain paper."""
    found = cut_out(picture)
    if found is None:
        return None
    cut, (left, _, right, bottom) = found
    height, width = picture.shape[:2]
    unit = View(width, height).unit
    cast, heard = roles(prompt, knows), understand(prompt, knows)
    role = cast[0] if cast else Role(Instance(STAND_INS[0]), heard.first("action") or "stand")
    facing = -1 if SUBJECT[role.instance.subject].facing == "left" else 1
    actor = Actor(
        Instance(role.instance.subject), role.action, ((left + right) / 2 - width / 2) / unit,
        0.5 + (bottom - height / 2) / unit, max(cut.size) / unit, facing, 0.0, LEG if role.action in SPEED else None,
    )  # fmt: skip
    start = MIDDLE if role.action in SPEED else 0.0  # when it is where it stands
    shot = _shot(heard, "close", (actor,), seed, start)
    shot = replace(shot, place=OUTSIDE, time="day", style="3d")  # what is drawn is lit, and drawn, as it is
    return Blocking(shot, width, height, (picture,), straight=start)
