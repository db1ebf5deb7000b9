"""Bodies for those of the cast of whom the set of emoji has the head or the bust alone."""

from __future__ import annotations

from PIL import Image

from model.world import drawn_beasts, drawn_people
from model.world.drawn_beasts import BEASTS
from model.world.drawn_people_cast import BUSTS, PEOPLE

BODIED = frozenset((*BEASTS, *PEOPLE, *BUSTS))


def embody(identity: str, face: Image.Image) -> list[Image.Image]:
    """The pictures of somebody with a body under their head, as `loops.py` says; KeyError for whom none is drawn."""
    return (drawn_beasts if identity in BEASTS else drawn_people).embody(identity, face)
