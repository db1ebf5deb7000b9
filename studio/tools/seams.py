"""How well two stretches of a clip meet, measured on the finished frames.

At a join the step from one frame to the next is compared with the largest step on each side of it: a clip whose picture
moves every fourth frame is no rougher where its parts meet than it is anywhere. Each step is told as PSNR, the likeness
of two neighbouring frames in decibels: 10 log10(255^2 / mean squared difference). A join that is less alike than
those can be seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from studio.pictures import Frames

AROUND = 4  # steps before and after a join that it is compared with
STILL = 60.0  # dB: what is more alike than this is the same to the eye
SEEN = 1.0  # dB below its neighbours from which a join counts as seen


@dataclass(frozen=True)
class Seam:
    """One join: the frame after it (0: from the end to the start), what meets there, the likeness of the two frames
    (dB), the likeness of the largest steps beside it (dB), and how much less alike the join is (dB, below 0: more)."""

    frame: int
    what: str
    join_db: float
    around_db: float
    drop_db: float

    @property
    def seamless(self) -> bool:
        """Whether the join is as smooth as what is around it."""
        return self.drop_db <= SEEN

    def to_dict(self) -> dict[str, Any]:
        """Plain data, with the verdict."""
        return {**asdict(self), "seamless": self.seamless}


def from_dict(data: Mapping[str, Any]) -> Seam:
    """The seam that `to_dict` wrote."""
    numbers = (float(data[name]) for name in ("join_db", "around_db", "drop_db"))
    return Seam(int(data["frame"]), str(data["what"]), *numbers)


class Steps:
    """Hears every frame of a clip and remembers how far each is from the one before; frames are not kept."""

    def __init__(self) -> None:
        self._first: Frames | None = None
        self._last: Frames | None = None
        self._likeness: list[float] = []

    def hear(self, frames: Frames) -> None:
        """The next frames, uint8 (n, h, w, 3)."""
        for frame in frames:
            if self._last is not None:
                self._likeness.append(psnr(self._last, frame))
            elif self._first is None:
                self._first = frame.copy()
            self._last = frame
        if self._last is not None:
            self._last = self._last.copy()

    def measure(self, joins: Sequence[tuple[int, str]]) -> tuple[Seam, ...]:
        """The seams at these frames, once every frame was heard."""
        return tuple(seam for frame, what in joins if (seam := self._seam(frame, what)) is not None)

    def _seam(self, frame: int, what: str) -> Seam | None:
        steps = self._likeness  # steps[i] leads from frame i to i + 1
        if frame == 0:
            if self._first is None or self._last is None or not steps:
                return None
            join, sides = psnr(self._last, self._first), (steps[-AROUND:], steps[:AROUND])
        elif frame - 1 < len(steps):
            join = steps[frame - 1]
            sides = (steps[max(0, frame - 1 - AROUND) : frame - 1], steps[frame : frame + AROUND])
        else:
            return None
        largest = [min(side) for side in sides if side]
        least = sum(largest) / len(largest) if largest else join
        return Seam(frame, what, round(join, 2), round(least, 2), round(least - join, 2))


def psnr(one: Frames, other: Frames) -> float:
    """Likeness of two frames in dB, at most `STILL`."""
    difference = one.astype(np.int16) - other
    error = float(np.square(difference, dtype=np.int32).mean())
    return STILL if error <= 0 else min(STILL, 10 * math.log10(255**2 / error))
