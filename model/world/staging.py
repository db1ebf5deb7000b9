"""Staging: the set of a shot, and what a prompt asks of it.

A film is shot on a set, and so is a shot here. The transformer paints the set first, over a sketch (`sketch.py`), as a
picture with nobody in it, as wide and as high as the camera will look. The camera's move over it, the cast with the
light of the hour on them, and what falls through the air are planned by rule (`blocking.py`). From that, a quarter of
the way to noise and back, the transformer renders every frame. Starting from a moved picture to move a camera is the
idea of Text2Video-Zero (arXiv 2303.13439), going part of the way to noise and back that of SDEdit (arXiv 2108.01073).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import torch

from model.world.blocking import Knows, set_place
from model.world.camera import camera_path, seen
from model.world.render import BEHIND, FPS, View
from model.world.scene import Shot
from model.world.setting import SETTINGS
from model.world.understand import understand
from model.world.vocabulary import VOCABULARY

WIDEST, HIGHEST = 2.4, 1.3  # frames that a set may be wide and high: what is higher is drawn double
SKIES = ("rain", "snowfall", "fog")  # weathers that are seen in an empty place without what falls
_SNOWY = re.compile(r"snow|winter|\bice\b|frost", re.IGNORECASE)
_PHRASES = {(kind, term.id): term.phrase for kind, terms in VOCABULARY.items() for term in terms}
_PEOPLE = ("subject", "action", "colour", "framing", "camera")


def set_prompt(prompt: str, knows: Knows | None = None) -> str:
    """What a prompt says of its set, in the words of the captions of empty places: the place, the hour, the sky and the
    style; by day where nothing else is said. However a place is called, it is one place. Where none is named it is the
    prompt without those in it."""
    heard = understand(prompt, knows)
    place = set_place(heard)
    if place is None:
        for span in reversed(heard.spans):
            if span.kind in _PEOPLE:
                prompt = prompt[: span.start] + prompt[span.end :]
        return " ".join(prompt.split())
    snows = [span for span in heard.spans if span.kind == "place" and span.id == "snow"]
    snowy = place != "snow" and any(_SNOWY.search(span.text) for span in snows)
    setting = SETTINGS[place]
    said = {"time": "day"} if "day" in setting.hours and not setting.timeless else {}
    said |= {"weather": "snowfall"} if snowy else {}
    said |= {span.kind: span.id for span in reversed(heard.spans) if shows(place, span.kind, span.id)}
    return _told(place, said)


def empty_caption(shot: Shot) -> str:
    """What `set_prompt` makes of any prompt that says all there is to see in a shot with nobody in it."""
    said = {"time": shot.time, "weather": shot.weather} | ({"style": shot.style} if shot.style != "3d" else {})
    return _told(shot.place, {kind: of for kind, of in said.items() if shows(shot.place, kind, of)})


def _told(place: str, said: Mapping[str, str]) -> str:
    told = [_PHRASES[kind, said[kind]] for kind in ("time", "weather", "style") if kind in said]
    return ", ".join([f"an empty scene {_PHRASES['place', place]}", *told])


def shows(place: str, kind: str, of: str) -> bool:
    """Whether an empty place is seen to be as a word says: it rains in no room, and the moon knows no hours."""
    setting = SETTINGS[place]
    if kind == "weather":
        return of in SKIES and (not setting.inside or of in setting.weathers)  # there is fog in caves
    return kind == "style" or (kind == "time" and not setting.timeless)


def same_place(one: str, other: str) -> bool:
    """Whether two prompts speak of one place."""
    return set_place(understand(one)) == set_place(understand(other))


def extent(shot: Shot, seconds: float, width: int, height: int) -> tuple[float, float]:
    """How many frames of width x height pixels wide and high a set has to be, for all that the camera of a shot sees of
    it in so many seconds of the plan; at least 1, at most WIDEST and HIGHEST."""
    times = shot.start + torch.arange(0, max(seconds, 0.1), 1 / FPS)
    camera, view = camera_path([shot], times[None])[0], View(width, height)
    most = [1.0, 1.0]
    for near in (BEHIND, 1.0):
        x, y, zoom = seen(camera, near)
        for index, (middle, side) in enumerate(((x, width), (y - 0.5, height))):
            half = side / view.unit / 2
            most[index] = max(most[index], float((middle.abs() + half / zoom).max()) / half)
    return min(WIDEST, most[0]), min(HIGHEST, most[1])


def cells(extent: tuple[float, float], columns: int, rows: int) -> tuple[int, int]:
    """Latents wide and high of a set of that extent, for a frame of columns x rows latents, as many on the one side of
    the frame as on the other."""
    wide, high = (
        count + 2 * math.ceil(round((times - 1) * count / 2, 3))
        for times, count in zip(extent, (columns, rows), strict=True)
    )
    return wide, high
