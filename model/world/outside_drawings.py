"""Drawings as children make them, by code: animals, people, things and whole scenes in thick wavering strokes."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

Point = tuple[float, float]
COLOURS = (
    (214, 48, 49), (240, 128, 30), (250, 200, 40), (70, 160, 70), (40, 110, 200), (120, 70, 180), (230, 110, 160),
    (120, 75, 40), (60, 170, 190),
)  # fmt: skip
POSES = 8
SIDE = 160


class Hand:
    """A hand with a crayon on a transparent square: x and y from 0 to 1, y downwards; strokes waver a little."""

    def __init__(self, rng: random.Random, width: int, height: int) -> None:
        self.rng, self.scale = rng, height
        self.image = Image.new("RGBA", (width * 2, height * 2))
        self.pen = ImageDraw.Draw(self.image)
        self.thick = rng.uniform(0.016, 0.028)
        self.line = rng.choice(((40, 36, 40), (40, 36, 40), (70, 45, 30), *COLOURS[3:6]))

    def _spots(self, points: Sequence[Point], waver: float) -> list[Point]:
        """Points in pixels, with more between them, each a little off."""
        out: list[Point] = []
        for (x0, y0), (x1, y1) in pairwise(points):
            count = max(2, int(math.dist((x0, y0), (x1, y1)) / 0.06))
            for k in range(count):
                t = k / count
                out.append((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t))
        out.append(points[-1])
        return [
            ((x + self.rng.gauss(0, waver)) * self.scale * 2, (y + self.rng.gauss(0, waver)) * self.scale * 2)
            for x, y in out
        ]

    def stroke(self, points: Sequence[Point], colour: tuple[int, int, int] | None = None, thick: float = 1.0) -> None:
        """A line through points."""
        width = max(2, round(self.thick * thick * self.scale * 2))
        spots = self._spots(points, 0.004)
        self.pen.line(spots, fill=(*(colour or self.line), 255), width=width, joint="curve")
        for x, y in (spots[0], spots[-1]):
            self.pen.ellipse(
                (x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=(*(colour or self.line), 255)
            )

    def shape(self, points: Sequence[Point], colour: tuple[int, int, int], *, opacity: float = 1.0) -> None:
        """A closed outline, filled."""
        spots = self._spots([*points, points[0]], 0.004)
        self.pen.polygon(spots, fill=(*colour, round(255 * opacity)))
        width = max(2, round(self.thick * self.scale * 2))
        self.pen.line([*spots, spots[0]], fill=(*self.line, 255), width=width, joint="curve")

    def round(self, cx: float, cy: float, rx: float, ry: float, colour: tuple[int, int, int]) -> None:
        """A filled oval."""
        angles = [k / 14 * 2 * math.pi for k in range(14)]
        self.shape([(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles], colour)

    def eye(self, x: float, y: float, size: float = 0.018) -> None:
        """A dark dot."""
        r, s = size * self.scale * 2, self.scale * 2
        self.pen.ellipse((x * s - r, y * s - r, x * s + r, y * s + r), fill=(20, 20, 24, 255))

    def done(self) -> Tensor:
        """The drawing, uint8 (4, H, W)."""
        small = self.image.resize((self.image.width // 2, self.image.height // 2), Image.Resampling.BOX)
        return torch.from_numpy(np.array(small)).permute(2, 0, 1).contiguous()


def _legs(hand: Hand, spots: Sequence[float], top: float, swing: float, thick: float = 2.4) -> None:
    for index, x in enumerate(spots):
        foot = x + (0.05 if index % 2 else -0.05) * swing
        hand.stroke([(x, top), (foot, 0.97)], None, thick)


def _dinosaur(hand: Hand, body: tuple[int, int, int], swing: float) -> None:
    _legs(hand, (0.36, 0.46, 0.58, 0.66), 0.70, swing, 3.0)
    hand.shape([
        (0.02, 0.66), (0.22, 0.56), (0.40, 0.46), (0.56, 0.47), (0.66, 0.40), (0.72, 0.20), (0.80, 0.10), (0.95, 0.13),
        (0.97, 0.21), (0.84, 0.25), (0.79, 0.45), (0.72, 0.66), (0.58, 0.76), (0.38, 0.76), (0.20, 0.66),
    ], body)  # fmt: skip
    for x, y in ((0.33, 0.49), (0.43, 0.44), (0.53, 0.45), (0.63, 0.42)):
        hand.shape([(x - 0.035, y + 0.01), (x, y - 0.09), (x + 0.04, y)], COLOURS[1])
    hand.eye(0.86, 0.16)


def _cat(hand: Hand, body: tuple[int, int, int], swing: float) -> None:
    _legs(hand, (0.30, 0.40, 0.56, 0.64), 0.74, swing)
    hand.stroke([(0.74, 0.60), (0.86, 0.50), (0.86, 0.32 + 0.03 * swing)], None, 1.4)
    hand.round(0.50, 0.64, 0.26, 0.15, body)
    hand.shape([(0.12, 0.36), (0.14, 0.18), (0.22, 0.28), (0.32, 0.28), (0.40, 0.18), (0.42, 0.38)], body)
    hand.round(0.27, 0.42, 0.17, 0.15, body)
    hand.eye(0.21, 0.39)
    hand.eye(0.33, 0.39)
    for side in (-1, 1):
        hand.stroke([(0.27 + 0.03 * side, 0.47), (0.27 + 0.19 * side, 0.45)], None, 0.5)


def _fish(hand: Hand, body: tuple[int, int, int], swing: float) -> None:
    hand.shape([(0.66, 0.55), (0.95, 0.38 + 0.05 * swing), (0.95, 0.74 - 0.05 * swing)], COLOURS[1])
    hand.round(0.42, 0.56, 0.32, 0.22, body)
    hand.stroke([(0.38, 0.38), (0.44, 0.56), (0.38, 0.74)], None, 0.8)
    hand.eye(0.22, 0.52)


def _person(hand: Hand, body: tuple[int, int, int], swing: float) -> None:
    _legs(hand, (0.44, 0.56), 0.70, swing * 1.6, 1.6)
    for side in (-1, 1):
        hand.stroke([(0.5 + 0.08 * side, 0.46), (0.5 + 0.26 * side, 0.52 + 0.08 * swing * side)], None, 1.4)
    hand.shape([(0.42, 0.40), (0.58, 0.40), (0.68, 0.74), (0.32, 0.74)], body)
    hand.round(0.5, 0.24, 0.15, 0.16, (255, 222, 190))
    hand.eye(0.45, 0.22)
    hand.eye(0.55, 0.22)
    hand.stroke([(0.44, 0.29), (0.50, 0.32), (0.56, 0.29)], (200, 50, 50), 0.8)


def _car(hand: Hand, body: tuple[int, int, int], swing: float) -> None:
    hand.shape([(0.24, 0.62), (0.34, 0.42), (0.66, 0.42), (0.76, 0.62)], (200, 228, 246))
    hand.shape([(0.05, 0.60), (0.95, 0.60), (0.95, 0.84), (0.05, 0.84)], body)
    for x in (0.26, 0.74):
        hand.round(x, 0.86, 0.10, 0.10, (80, 80, 86))
        hand.stroke(
            [(x, 0.86), (x + 0.08 * math.cos(swing * 3), 0.86 + 0.08 * math.sin(swing * 3))], (230, 230, 230), 0.7
        )


def _rocket(hand: Hand, body: tuple[int, int, int], swing: float) -> None:
    hand.shape([(0.42, 0.78), (0.50, 0.96 + 0.03 * swing), (0.58, 0.78)], COLOURS[1])
    for side in (-1, 1):
        hand.shape([(0.5 + 0.14 * side, 0.52), (0.5 + 0.30 * side, 0.80), (0.5 + 0.14 * side, 0.74)], COLOURS[0])
    hand.shape([(0.36, 0.78), (0.36, 0.34), (0.5, 0.06), (0.64, 0.34), (0.64, 0.78)], body)
    hand.round(0.5, 0.42, 0.08, 0.08, (200, 228, 246))


def _boat(hand: Hand, body: tuple[int, int, int], swing: float) -> None:
    hand.stroke([(0.5, 0.78), (0.5, 0.08)], None, 1.2)
    hand.shape([(0.53, 0.10), (0.53, 0.66), (0.90, 0.66)], (250, 246, 236))
    hand.shape([(0.47, 0.20), (0.47, 0.66), (0.18, 0.66)], COLOURS[2])
    hand.shape([(0.08, 0.76), (0.92, 0.76), (0.76, 0.96), (0.24, 0.96)], body)


# What it is in the cast, whose place in a scene it takes; the drawing; which colours it likes.
CREATURES: Mapping[str, tuple[Callable[[Hand, tuple[int, int, int], float], None], tuple[int, ...]]] = MappingProxyType(
    {
        "dinosaur": (_dinosaur, (3, 3, 4, 5)), "cat": (_cat, (1, 7, 2)), "fish": (_fish, (4, 8, 4)),
        "woman": (_person, (0, 6, 5)), "man": (_person, (3, 4, 7)), "car": (_car, (0, 0, 0)),
        "rocket": (_rocket, (4, 2, 6)), "sailboat": (_boat, (0, 7, 4)),
    }
)  # fmt: skip


def creature(subject: str, rng: random.Random) -> Tensor:
    """A child's drawing of a subject, uint8 (N, 4, P, P): one picture a pose of its walk, each drawn anew."""
    draw, likes = CREATURES[subject]
    body, seed = COLOURS[rng.choice(likes)], rng.randrange(1 << 30)
    frames = []
    for pose in range(POSES):
        hand = Hand(random.Random(seed), SIDE, SIDE)
        hand.rng.seed(seed + pose // 2)  # redrawn for every second pose: lines live, and do not flicker
        draw(hand, body, math.sin(pose / POSES * 2 * math.pi))
        frames.append(hand.done())
    return torch.stack(frames)


def scenery(rng: random.Random, width: int, height: int) -> tuple[Tensor, list[str]]:
    """A child's scene without anybody in it, uint8 (4, H, W), and what is there: a sun, a house, a tree, flowers."""
    hand = Hand(rng, width, height)
    hand.thick *= 0.5  # the sheet is larger than what a frame shows of it
    wide, shown = width / height, []
    ground = rng.uniform(0.70, 0.78)
    if rng.random() < 0.8:
        hand.shape(
            [(-0.1, ground), (wide / 2, ground - 0.02), (wide + 0.1, ground), (wide + 0.1, 1.1), (-0.1, 1.1)],
            (120, 190, 90),
        )
    else:
        hand.stroke([(-0.1, ground), (wide + 0.1, ground)])
    if rng.random() < 0.75:
        _sun(hand, rng.choice((0.36, 0.64)) * wide, rng.uniform(0.34, 0.40))
        shown.append("a sun")
    for _ in range(rng.randint(0, 2)):
        x, y = rng.uniform(0.3, 0.7) * wide, rng.uniform(0.32, 0.42)
        for k in range(3):
            hand.round(x + k * 0.05, y - 0.015 * (k == 1), 0.04, 0.028, (226, 238, 250))
    if rng.random() < 0.6:
        _house(hand, rng.choice((0.37, 0.60)) * wide, ground)
        shown.append("a house")
    for _ in range(rng.randint(0, 2)):
        _tree(hand, rng.uniform(0.32, 0.68) * wide, ground + 0.01)
        shown = [s for s in shown if s != "a tree"] + ["a tree"]
    for _ in range(rng.randint(0, 4)):
        _flower(hand, rng.uniform(0.30, 0.70) * wide, rng.uniform(ground + 0.03, ground + 0.10))
        shown = [s for s in shown if s != "flowers"] + ["flowers"]
    return hand.done(), shown


def _sun(hand: Hand, x: float, y: float) -> None:
    for k in range(9):
        a = k / 9 * 2 * math.pi
        hand.stroke(
            [(x + 0.06 * math.cos(a), y + 0.06 * math.sin(a)), (x + 0.10 * math.cos(a), y + 0.10 * math.sin(a))],
            COLOURS[2],
            0.6,
        )
    hand.round(x, y, 0.05, 0.05, COLOURS[2])


def _house(hand: Hand, x: float, ground: float) -> None:
    wall, roof = (
        hand.rng.choice(((250, 226, 150), (240, 190, 170), (190, 216, 240))),
        COLOURS[hand.rng.choice((0, 7, 4))],
    )
    hand.shape([(x, ground + 0.02), (x, ground - 0.16), (x + 0.22, ground - 0.16), (x + 0.22, ground + 0.02)], wall)
    hand.shape([(x - 0.03, ground - 0.16), (x + 0.11, ground - 0.28), (x + 0.25, ground - 0.16)], roof)
    hand.shape(
        [(x + 0.08, ground + 0.02), (x + 0.08, ground - 0.07), (x + 0.14, ground - 0.07), (x + 0.14, ground + 0.02)],
        COLOURS[7],
    )
    hand.shape(
        [(x + 0.16, ground - 0.12), (x + 0.20, ground - 0.12), (x + 0.20, ground - 0.08), (x + 0.16, ground - 0.08)],
        (200, 228, 246),
    )


def _tree(hand: Hand, x: float, ground: float) -> None:
    hand.stroke([(x, ground), (x, ground - 0.14)], COLOURS[7], 1.6)
    hand.round(x, ground - 0.19, 0.08, 0.08, (80, 160, 70))


def _flower(hand: Hand, x: float, y: float) -> None:
    hand.stroke([(x, y), (x, y - 0.05)], COLOURS[3], 0.4)
    hand.round(x, y - 0.06, 0.014, 0.014, COLOURS[hand.rng.choice((0, 2, 5, 6))])
