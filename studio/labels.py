"""Labels that anybody can see: a corner mark, an opening card, the two letters of the EU's icon, China's `AIGC`.

    painter = Painter("corner", 576, 320, fps=16)
    frames = painter.apply(chunk)        # chunks in their order

Heights: text is a twentieth of the short side or more (GB 45438-2025), and the card stands for the first two seconds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from studio.pictures import Frames

Label = Literal["off", "corner", "card", "eu", "aigc"]
LABELS: tuple[Label, ...] = get_args(Label)
CARD_SECONDS = 2.0
CARD_FADE = 0.25  # seconds, after those two

WORDS = {
    "off": "no visible label", "corner": "a corner mark, “AI-generated”", "card": "a card over the first two seconds",
    "eu": "the letters AI in a ring, in the corner", "aigc": "“AI生成” in the corner, and the tag AIGC in the file",
}  # fmt: skip

# The two characters 生成 as strokes on a grid of 10 by 10: no font that comes along has them.
_SHENG = [[(2.4, 0.6), (1.0, 3.4)], [(1.8, 2.6), (9.0, 2.6)], [(5.2, 0.4), (5.2, 9.4)], [(2.0, 5.8), (8.6, 5.8)],
          [(0.6, 9.4), (9.6, 9.4)]]  # fmt: skip
_CHENG = [[(1.6, 2.6), (9.4, 2.6)], [(1.8, 2.6), (1.7, 6.4), (0.6, 9.6)],
          [(1.8, 5.0), (4.4, 5.0), (4.2, 8.2), (3.2, 7.8)],
          [(5.6, 0.4), (6.2, 5.2), (7.6, 8.6), (9.4, 9.4), (9.5, 7.4)], [(8.6, 4.2), (6.8, 7.4), (4.8, 9.6)],
          [(7.2, 0.6), (8.6, 1.7)]]  # fmt: skip


class Painter:
    """Paints a label into frames of one clip."""

    def __init__(self, label: Label, width: int, height: int, fps: float) -> None:
        self._label, self._fps, self._seen = label, fps, 0
        short = min(width, height)
        size = _size(short)
        self._layer: NDArray[np.float32] | None = None
        if label == "card":
            self._layer = _card(width, height, short)
        elif label != "off":
            self._layer = _corner(label, width, height, size)

    def apply(self, frames: Frames, bare: Sequence[bool] | None = None) -> Frames:
        """The same frames, labelled: uint8 (t, h, w, 3). Those that are not `bare` show a label and are left alone."""
        if self._layer is None:
            return frames
        painted = [
            self._one(frame, self._seen + index) if bare is None or bare[index] else frame
            for index, frame in enumerate(frames)
        ]
        self._seen += len(frames)
        return np.stack(painted)

    def _one(self, frame: Frames, index: int) -> Frames:
        strength = 1.0
        if self._label == "card":
            strength = float(np.clip((CARD_SECONDS - index / self._fps) / CARD_FADE + 1.0, 0.0, 1.0))
        if strength == 0.0 or self._layer is None:
            return frame
        alpha = self._layer[..., 3:] * strength
        return np.rint(frame * (1 - alpha) + self._layer[..., :3] * alpha).astype(np.uint8)


def aigc_tag(producer: str, work: str) -> str:
    """The tag `AIGC` of GB 45438-2025: that the work is synthetic, by whom it was produced, and its number."""
    said = {
        "Label": "1", "ContentProducer": producer, "ProduceID": work, "ReservedCode1": "", "ContentPropagator": "",
        "PropagateID": "", "ReservedCode2": "",
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def corner_of(width: int, height: int) -> tuple[int, int, int, int]:
    """The box (left, top, right, bottom) in a picture that any label in its corner stays in."""
    size = _size(min(width, height))
    wide, margin = _words(size).width, _margin(size)
    return max(0, width - wide - margin), max(0, height - 2 * size - margin), width, height


def _size(short: int) -> int:
    """How high the letters of a corner are, in pixels."""
    return max(12, round(short * 0.055))


def _margin(size: int) -> int:
    return max(4, size // 2)


def _corner(label: Label, width: int, height: int, size: int) -> NDArray[np.float32]:
    """RGBA over the whole picture: colours 0 to 255, alpha 0 to 1; the label in the lower right corner."""
    tag = {"eu": _ring, "aigc": _aigc}.get(label, _words)(size)
    layer = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    margin = _margin(size)
    layer.alpha_composite(tag, (max(0, width - tag.width - margin), max(0, height - tag.height - margin)))
    return _floats(layer)


def _words(size: int) -> Image.Image:
    font = ImageFont.load_default(size)
    tag = _chip(round(font.getlength("AI-generated")) + size, size)
    ImageDraw.Draw(tag).text(
        (tag.width / 2, tag.height / 2), "AI-generated", font=font, anchor="mm", fill=(255, 255, 255, 255)
    )
    return tag


def _ring(size: int) -> Image.Image:
    """The letters AI in a ring: what stands in until there is a common icon."""
    side = size * 2
    big = Image.new("RGBA", (side * 4, side * 4), (0, 0, 0, 0))
    pen = ImageDraw.Draw(big)
    pen.ellipse((0, 0, side * 4 - 1, side * 4 - 1), fill=(0, 0, 0, 150), outline=(255, 255, 255, 255), width=size // 2)
    pen.text((side * 2, side * 2), "AI", font=ImageFont.load_default(size * 4), anchor="mm", fill=(255, 255, 255, 255))
    return big.resize((side, side), Image.Resampling.LANCZOS)


def _aigc(size: int) -> Image.Image:
    font = ImageFont.load_default(size)
    wide = round(font.getlength("AI")) + size // 5
    tag = _chip(wide + 2 * size + size // 5 + size, size)
    pen = ImageDraw.Draw(tag)
    middle, left = tag.height / 2, size / 2
    pen.text((left, middle), "AI", font=font, anchor="lm", fill=(255, 255, 255, 255))
    _strokes(tag, _SHENG, left + wide, middle - size / 2, size)
    _strokes(tag, _CHENG, left + wide + size * 1.15, middle - size / 2, size)
    return tag


def _strokes(tag: Image.Image, strokes: Sequence[Sequence[tuple[float, float]]], x: float, y: float, size: int) -> None:
    """Lines at four times the size, made small again: smooth at 12 pixels too."""
    big = Image.new("L", (size * 4, size * 4), 0)
    pen = ImageDraw.Draw(big)
    for stroke in strokes:
        pen.line([(a * size * 0.4, b * size * 0.4) for a, b in stroke], fill=255, width=max(3, size * 4 // 11))
    mask = big.resize((size, size), Image.Resampling.LANCZOS)
    tag.paste(Image.new("RGBA", (size, size), (255, 255, 255, 255)), (round(x), round(y)), mask)


def _chip(width: int, size: int) -> Image.Image:
    tag = Image.new("RGBA", (width, round(size * 1.7)), (0, 0, 0, 0))
    ImageDraw.Draw(tag).rounded_rectangle((0, 0, width - 1, tag.height - 1), radius=size // 2, fill=(0, 0, 0, 150))
    return tag


def _card(width: int, height: int, short: int) -> NDArray[np.float32]:
    layer = Image.new("RGBA", (width, height), (10, 11, 14, 200))
    pen = ImageDraw.Draw(layer)
    big, small = max(14, round(short * 0.11)), max(12, round(short * 0.055))
    fit = min(1.0, width * 0.9 / ImageFont.load_default(big).getlength("AI-generated"))
    lines = (
        ("AI-generated", big, -0.4, (255, 255, 255, 255)),
        ("Made by a model, with Auteur", small, 0.7, (200, 203, 208, 255)),
    )
    for words, size, below, colour in lines:
        place = (width / 2, height / 2 + big * below)
        pen.text(place, words, font=ImageFont.load_default(size * fit), anchor="mm", fill=colour)
    return _floats(layer)


def _floats(layer: Image.Image) -> NDArray[np.float32]:
    values = np.asarray(layer, np.float32).copy()
    values[..., 3] /= 255
    return values
