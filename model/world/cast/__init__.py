"""The cast: every subject of the Storybook world, as pure data, in one file a kind.

One line a subject: the words that name it, where it can be, how it moves, which way its picture faces and how large it
stands beside the others. The pictures are Microsoft's Fluent emoji (MIT); `code` is the file name in the still and in
the animated set, or `drawn:` and the name of a picture that `model.world.drawn` draws. A subject without a moving
picture is moved as a whole.
"""

from __future__ import annotations

from model.world.cast.beasts import BEASTS
from model.world.cast.birds import BIRDS_AND_FISH
from model.world.cast.buildings import BUILDINGS
from model.world.cast.fantasy import FANTASY, MONSTERS
from model.world.cast.food import FOOD
from model.world.cast.people import PEOPLE
from model.world.cast.plants import PLANTS
from model.world.cast.subject import Facing, Home, Kind, Subject
from model.world.cast.things import THINGS
from model.world.cast.vehicles import VEHICLES

CAST: tuple[Subject, ...] = (
    *BEASTS, *BIRDS_AND_FISH, *VEHICLES, *THINGS, *FOOD, *PLANTS, *MONSTERS, *FANTASY, *PEOPLE, *BUILDINGS,
)  # fmt: skip

__all__ = ["CAST", "Facing", "Home", "Kind", "Subject"]
