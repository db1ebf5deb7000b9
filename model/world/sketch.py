"""A sketch of a set: where its hills, houses and trees are, laid out by the world's own painters.

A transformer of this size paints well and plans badly: left alone with noise it makes a volcano of two summits and half
a lighthouse. So, as in SDEdit (arXiv 2108.01073), it is given a picture to paint over: `sets.py` takes the sketch part
of the way to noise and lets the transformer come back from there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.world.art import looked_up
from model.world.blocking import set_place
from model.world.render import Renderer, View
from model.world.scene import Scene, Shot
from model.world.setting import SETTINGS
from model.world.staging import shows
from model.world.understand import understand


def sketched(prompt: str, seed: int, frame: tuple[int, int], size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """The place that a prompt of `staging.set_prompt` tells of, (H, W, 3), with nobody in it and nothing in its air;
    None where it names no place of the world.

    seed: of its layout: the same has the same; frame: width and height in pixels of what a camera sees of it; size:
    those of the sketch, whose middle is that of the frame.
    """
    heard = understand(prompt)
    place = set_place(heard)
    if place is None:
        return None
    said = {kind: of for kind in ("time", "weather", "style") if (of := heard.first(kind)) and shows(place, kind, of)}
    shot = Shot(
        place, seed, said.get("time", SETTINGS[place].usual), said.get("weather", "clear"), "static", "medium",
        said.get("style", "3d"), (), seed=seed,
    )  # fmt: skip
    renderer = Renderer(looked_up(), *size, pool=1, air=False, unit=View(*frame).unit)
    return np.ascontiguousarray(renderer.clips([Scene((shot,))], 1)[0, 0].permute(1, 2, 0).cpu().numpy())
