"""Signs: boards on posts with a short word, drawn by code."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType

from torch import Tensor

from model.world.canvas import X_REACH, Y_TOP, Canvas, rgb
from model.world.lettering import LONGEST
from model.world.places.letters import length, write

WORDS = (
    "ZOO", "CAFE", "OPEN", "STOP", "SHOP", "HOTEL", "PARK", "FARM", "INN", "BUS", "TAXI", "PIZZA", "TEA", "SALE",
    "HELLO", "HOME", "BEACH", "MUSEUM", "RAMEN", "CINEMA",
)  # fmt: skip
_FITTING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "zoo": ("ZOO",), "park": ("PARK", "ZOO"), "farm": ("FARM",), "gallery": ("MUSEUM",), "beach": ("BEACH", "CAFE"),
        "meadow": ("ZOO", "FARM", "PARK"), "village": ("INN", "CAFE", "SHOP", "TEA"), "tokyo": ("RAMEN", "OPEN", "TEA"),
        "city": ("CAFE", "HOTEL", "BUS", "TAXI", "PIZZA", "CINEMA"), "neon": ("OPEN", "HOTEL", "RAMEN", "CINEMA"),
        "room": ("HOME", "HELLO"), "kitchen": ("PIZZA", "TEA"), "desert": ("STOP", "HOTEL"),
        "jungle": ("ZOO",), "snow": ("INN", "HOTEL"), "forest": ("PARK", "INN", "ZOO"),
    }
)  # fmt: skip
_COLOURS = (  # board, frame, letters
    ("#2f7d4f", "#f4ead0", "#fff8e3"), ("#c43a3a", "#fff1d8", "#fff6e6"), ("#2d5fa8", "#f2e6c8", "#fffbe9"),
    ("#f3c648", "#7a4a21", "#5b2f12"), ("#fbf2dc", "#8a5a34", "#b5312b"), ("#8a5a34", "#5b3a20", "#ffe9b8"),
)  # fmt: skip
SIDE = 192


def words_for(place: str) -> tuple[str, ...]:
    """The words that a sign in this place may say."""
    return _FITTING.get(place, ("OPEN", "HELLO", "STOP"))


def picture(word: str, paint: int) -> Tensor:
    """A sign as a premultiplied picture (1, 4, P, P) in 0..1, standing on the bottom edge; ValueError for a word that
    is empty or too long."""
    if not 0 < len(word) <= LONGEST:
        raise ValueError(f"a sign has room for 1 to {LONGEST} letters, not {len(word)}; a word like OPEN fits")
    board, frame, letters = (rgb(c) for c in random.Random(paint).choice(_COLOURS))
    canvas = Canvas(SIDE)
    tall = min(0.26, 0.74 * 0.26 / length(word, 0.26))
    half = min(0.46, length(word, tall) / 2 + 0.10)
    post = rgb("#6b4527")
    for x in (-half * 0.62, half * 0.62):
        canvas.box(x - 0.030, 0.30, x + 0.030, 0.995, post, shade=0.5)
    canvas.box(-half - 0.03, 0.10, half + 0.03, 0.60, frame, shade=0.12)
    canvas.box(-half, 0.13, half, 0.57, board, shade=0.18)
    write(canvas, word, 0.0, 0.35, tall, letters, weight=0.13, shade=0.0)
    left, top = round((X_REACH - 0.5) * SIDE), round(-Y_TOP * SIDE)
    pixels = canvas.pixels[:, top : top + SIDE, left : left + SIDE]
    return pixels[None].clamp(0, 1).contiguous()
