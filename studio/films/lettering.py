"""Letters on film: titles, slates and captions, drawn with the face that ships (Lexend, OFL)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from studio.pictures import Frames

INK, TEXT, QUIET = (14, 15, 18), (236, 237, 238), (155, 161, 166)
MARGIN = 0.08  # of the shorter side, kept free on every side
_FILES = ("lexend-latin-{}-normal.woff2", "lexend-latin-ext-{}-normal.woff2")

Font = ImageFont.FreeTypeFont


def card(text: str, size: tuple[int, int]) -> Frames:
    """A title: its first line large, the others quiet below; uint8 (height, width, 3)."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    image = Image.new("RGB", size, INK)
    draw = ImageDraw.Draw(image)
    short, width = min(size), size[0] * (1 - 2 * MARGIN)
    rows: list[tuple[str, int, int, tuple[int, int, int]]] = []
    for number, line in enumerate(lines):
        height, weight = (round(short * 0.115), 600) if number == 0 else (round(short * 0.055), 400)
        colour = TEXT if number == 0 else QUIET
        height = _fitting(line, height, weight, width)
        rows += [(part, height, weight, colour) for part in wrap(line, height, weight, width)]
    step = [round(height * 1.35) for _, height, _, _ in rows]
    top = (size[1] - sum(step)) // 2
    for (part, height, weight, colour), move in zip(rows, step, strict=True):
        _line(draw, part, (size[0] / 2, top + move / 2), height, weight, colour)
        top += move
    return np.asarray(image, dtype=np.uint8)


def slate(number: int, text: str, size: tuple[int, int]) -> Frames:
    """What stands in for a shot that has no take yet."""
    image = Image.new("RGB", size, (22, 24, 29))
    draw = ImageDraw.Draw(image)
    short, width = min(size), size[0] * (1 - 2 * MARGIN)
    stripes = max(8, short // 14)
    for x in range(-stripes, size[0], 2 * stripes):
        draw.polygon([(x, 0), (x + stripes, 0), (x + 2 * stripes, stripes), (x + stripes, stripes)], fill=(42, 46, 55))
    _line(draw, f"Shot {number}", (size[0] / 2, size[1] * 0.38), round(short * 0.12), 600, TEXT)
    height, top = max(9, round(short * 0.05)), size[1] * 0.52
    for part in wrap(text, height, 400, width)[:4]:
        _line(draw, part, (size[0] / 2, top), height, 400, QUIET)
        top += height * 1.4
    return np.asarray(image, dtype=np.uint8)


def caption(text: str, size: tuple[int, int]) -> tuple[Frames, np.ndarray[Any, np.dtype[np.float32]]]:
    """Words at the foot of the picture: colours uint8 (h, w, 3) and how much of them covers the picture, (h, w, 1)."""
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    height = max(10, round(min(size) * 0.062))
    rows = [row for line in text.splitlines() for row in wrap(line, height, 600, size[0] * (1 - 2 * MARGIN))][:4]
    step = height * 1.3
    top = size[1] * (1 - MARGIN * 0.75) - step * len(rows) + step / 2
    for row in rows:
        _line(draw, row, (size[0] / 2, top), height, 600, (255, 255, 255), stroke=max(1, round(height * 0.11)))
        top += step
    found = np.asarray(layer, dtype=np.uint8)
    return found[..., :3], (found[..., 3:] / np.float32(255)).astype(np.float32)


def wrap(text: str, height: int, weight: int, width: float) -> list[str]:
    """The text in lines that are no wider than `width` pixels; a word that is too long is cut."""
    rows: list[str] = []
    for word in text.split():
        while measured(word, height, weight) > width and len(word) > 1:
            cut = max(1, int(len(word) * width / measured(word, height, weight)))
            rows.append(word[:cut])
            word = word[cut:]
        if rows and measured(f"{rows[-1]} {word}", height, weight) <= width:
            rows[-1] = f"{rows[-1]} {word}"
        else:
            rows.append(word)
    return rows


def measured(text: str, height: int, weight: int) -> float:
    """How wide a line is, in pixels."""
    return sum(font.getlength(part) for part, font in _runs(text, height, weight))


def _fitting(text: str, height: int, weight: int, width: float) -> int:
    """The height at which the longest word of a title fits on one line."""
    longest = max((measured(word, height, weight) for word in text.split()), default=0.0)
    return height if longest <= width else max(8, int(height * width / longest))


def _line(
    draw: ImageDraw.ImageDraw,
    text: str,
    centre: tuple[float, float],
    height: int,
    weight: int,
    colour: tuple[int, int, int],
    stroke: int = 0,
) -> None:
    """A line of text about a point."""
    x = centre[0] - measured(text, height, weight) / 2
    for part, font in _runs(text, height, weight):
        draw.text((x, centre[1]), part, fill=colour, font=font, anchor="lm", stroke_width=stroke, stroke_fill=(0, 0, 0))
        x += font.getlength(part)


def _runs(text: str, height: int, weight: int) -> list[tuple[str, Font]]:
    """The text in stretches that one of the two files of the face can draw."""
    fonts = [_font(name.format(weight), height) for name in _FILES]
    runs: list[tuple[str, Font]] = []
    for char in text:
        font = fonts[1] if ord(char) > 0xFF and not 0x2000 <= ord(char) < 0x2070 else fonts[0]
        if runs and runs[-1][1] is font:
            runs[-1] = (runs[-1][0] + char, font)
        else:
            runs.append((char, font))
    return runs


@lru_cache(maxsize=64)
def _font(name: str, height: int) -> Font:
    with resources.as_file(resources.files("studio") / "ui" / "static" / "fonts" / name) as path:
        return ImageFont.truetype(str(path), height)
