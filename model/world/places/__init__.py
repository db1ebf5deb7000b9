"""The places: each paints itself in three depth layers and, where lamps burn, a layer of their light.

A place is painted anew from a seed, so that no two meadows are the same. Layers are painted in plain daylight; the
hour of the day and the weather are put on when a clip is rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch

from model.world.art import Art
from model.world.places import grounds, halls, indoors, open_land, streets, water, wilds, wonders
from model.world.places.painter import HORIZON, Painter, PlaceLayers

__all__ = ["HORIZON", "Painter", "PlaceLayers", "paint"]

_PAINTERS: Mapping[str, Callable[[Painter], None]] = MappingProxyType({
    "meadow": open_land.meadow, "snow": open_land.snow, "forest": open_land.forest, "desert": open_land.desert,
    "beach": water.beach, "city": streets.city, "tokyo": streets.tokyo, "reef": water.reef, "room": indoors.room,
    "space": wonders.space, "village": open_land.village,
    "jungle": wilds.jungle, "ocean": water.ocean, "river": water.river,
    "farm": grounds.farm, "neon": streets.neon, "park": grounds.park, "zoo": grounds.zoo, "gallery": halls.gallery,
    "kitchen": halls.kitchen, "library": halls.library, "stage": halls.stage, "castle": grounds.castle,
    "harbour": water.harbour, "sky": wilds.sky, "volcano": wilds.volcano, "cave": wilds.cave,
})  # fmt: skip


def paint(
    place: str,
    seed: int,
    art: Art,
    *,
    resolution: int = 256,
    device: torch.device | str = "cpu",
    sign: str | None = None,
) -> PlaceLayers:
    """Paint a place by its id (see the vocabulary) from a seed.

    resolution: pixels a unit; sign: the word on the sign of a place that has one, its own word if None. KeyError for an
    unknown place.
    """
    painter = Painter(seed, art, resolution, device, sign)
    _PAINTERS[place](painter)
    return painter.layers()
