"""Scenes made by hand, so that a test can change one thing and keep all others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from model.world.art import Art
from model.world.scene import SUBJECT, Actor, Instance, Scene, SceneOptions, Shot

FOX = Actor(Instance("fox"), "stand", x=0.0, y=0.9, height=0.6, direction=1, phase=0.3)
PLAIN = Shot("meadow", 3, "day", "clear", "static", "medium", "3d", (FOX,), start=0.5, seed=9)


def scene(**changes: Any) -> Scene:
    """One shot of a fox in a meadow at noon, with some things changed."""
    return Scene((replace(PLAIN, **changes),))


def acting(action: str, subject: str = "fox") -> Scene:
    """One shot of a subject that does something, flyers and swimmers off the ground."""
    y = 0.8 if action in ("fly", "swim", "float") else 0.9
    return scene(actors=(replace(FOX, instance=Instance(subject), action=action, y=y),))


def drawable(art: Art, **changes: Any) -> SceneOptions:
    """Options that keep to the subjects whose pictures are committed."""
    return SceneOptions(knows={"subject": tuple(s for s in SUBJECT if art.has(s))}, **changes)
