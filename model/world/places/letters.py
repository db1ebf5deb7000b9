"""Letters drawn by code: round strokes on a grid four wide and six high, so that signs need no font file."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from types import MappingProxyType

from model.world.canvas import Canvas, Colour
from model.world.places.shapes import Point, capsule

# Strokes are runs of grid points, "xy" with x 0..4 and y 0..6 from the top; runs are parted by spaces.
_STROKES: Mapping[str, str] = MappingProxyType({
    "A": "062046 1434", "B": "0006 003041423303 3344453606", "C": "4130100105163645", "D": "00062644422000",
    "E": "40000646 0333", "F": "400006 0333", "G": "41301001051636454323", "H": "0006 4046 0343", "I": "2026",
    "J": "4045361605", "K": "0006 400346", "L": "000646", "M": "0600234046", "N": "06004640",
    "O": "103041453616050110", "P": "06003041423303", "Q": "103041453616050110 2446", "R": "06003041423303 2346",
    "S": "413010010213334445361605", "T": "0040 2026", "U": "000516364540", "V": "002640", "W": "0016233640",
    "X": "0046 4006", "Y": "002340 2326", "Z": "00400646", "0": "103041453616050110", "1": "112026",
    "2": "01103041420646", "3": "01103041423323 334445361605", "4": "36300444", "5": "400002324345361605",
    "6": "4130100105163645443303", "7": "004016", "8": "103041423313020110 1304051636454433",
    "9": "4313020110304145361605", "!": "2024 2626", "?": "01103041422324 2626", "-": "1333",
    "&": "4612112031320405162644", "'": "2021", ".": "2626",
})  # fmt: skip
WIDTH = 4 / 6
GAP = 0.30


def _runs(letter: str) -> list[list[Point]]:
    """The strokes of a letter, in units of its height, from its upper left corner; nothing for a letter not known."""
    runs = _STROKES.get(letter.upper(), "").split()
    return [[(int(x) / 6, int(y) / 6) for x, y in zip(run[::2], run[1::2], strict=True)] for run in runs]


def length(text: str, height: float) -> float:
    """How wide `write` sets a text, in units."""
    return height * (len(text) * (WIDTH + GAP) - GAP)


def write(
    canvas: Canvas, text: str, x: float, y: float, height: float, colour: Colour, *, weight: float = 0.10,
    most: float | None = None, shade: float = 0.3,
) -> None:  # fmt: skip
    """Write a line with its middle at (x, y); weight: radius of the stroke to the height; most: make it smaller until
    it is no wider than this."""
    if most is not None and text:
        height = min(height, height * most / length(text, height))
    left = x - length(text, height) / 2
    for letter in text:
        for run in _runs(letter):
            spots = [(left + px * height, y + (py - 0.5) * height) for px, py in run]
            for a, b in itertools.pairwise(spots):
                capsule(canvas, a, b, height * weight, colour, shade=shade)
        left += height * (WIDTH + GAP)
