"""A contact sheet of an evaluation: one row a prompt, frames from first to last, under them what was asked and seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

COLUMNS = 5
CELL = 224
GAP = 6
INK, TEXT, QUIET, GOOD, WRONG = "#0e0f12", "#ecedee", "#9ba1a6", "#3dd68c", "#ff6369"


@dataclass(frozen=True)
class Row:
    """One prompt. frames: uint8 (T, H, W, 3); verdicts: words for each attribute and whether it is right."""

    prompt: str
    frames: np.ndarray
    verdicts: tuple[tuple[str, bool], ...] = ()


def draw_sheet(rows: Sequence[Row], path: Path) -> None:
    """Write the sheet as a picture; its format is that of the file's suffix."""
    font = ImageFont.load_default(size=15)
    heights = [round(CELL * row.frames.shape[1] / row.frames.shape[2]) for row in rows]
    size = (COLUMNS * (CELL + GAP) + GAP, sum(h + 46 + GAP for h in heights) + GAP)
    sheet = Image.new("RGB", size, INK)
    pen, top = ImageDraw.Draw(sheet), GAP
    for row, height in zip(rows, heights, strict=True):
        for column in range(COLUMNS):
            frame = row.frames[round(column * (len(row.frames) - 1) / (COLUMNS - 1))]
            picture = Image.fromarray(frame).resize((CELL, height), Image.Resampling.LANCZOS)
            sheet.paste(picture, (GAP + column * (CELL + GAP), top))
        pen.text((GAP, top + height + 3), _fit(row.prompt, size[0] - 2 * GAP, font), TEXT, font)
        left = float(GAP)
        for word, right in row.verdicts:
            pen.text((left, top + height + 23), word, GOOD if right else WRONG, font)
            left += font.getlength(word) + 14
        if not row.verdicts:
            pen.text((left, top + height + 23), "nothing expected", QUIET, font)
        top += height + 46 + GAP
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _fit(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """The text on one line, cut where it grows too wide."""
    text = " ".join(text.split())[:300]
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}...") > width:
        text = text[:-1]
    return f"{text}..."
