"""The place that is seen in frames of a clip, without those who are in it and whose moves are known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from model.conditioning import Frames
from model.world.blocking import Blocking
from model.world.plate import joined, plate
from model.world.render import PAPER

BESIDE = 10  # pixels around somebody that may be theirs too: they are found to a frame, and clips are compressed
SEEN = 6  # grey levels from the paper: somebody, or something, is here


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A place (H, W, 3) without those who are seen in it, what of it they hide (H, W), and the second of the plan at
    which it is seen so."""

    picture: Frames
    hidden: NDArray[np.bool_]
    second: float

    def beside(self, other: Seen) -> Seen:
        """The same with what is hidden here as it is seen there."""
        shown = self.hidden & ~other.hidden
        if not shown.any():
            return self
        picture = joined(self.picture, other.picture, self.hidden)
        return replace(self, picture=picture, hidden=self.hidden & other.hidden)


def seen_in(frames: Frames, first: int, blocking: Blocking) -> Seen:
    """The place in some frames, of which the first is frame `first` of a blocking of whoever is seen there."""
    seen = is_seen(blocking.calm().frames(first, len(frames)))
    around = F.max_pool2d(torch.from_numpy(seen).float()[:, None], 2 * BESIDE + 1, stride=1, padding=BESIDE)
    picture, hidden = plate(frames, around[:, 0].numpy() > 0)
    return Seen(picture, hidden, blocking.second(first + len(frames) - 1))


def is_seen(blocking: Frames) -> NDArray[np.bool_]:
    """Where frames (t, H, W, 3) of a blocking are not paper, (t, H, W)."""
    off = (blocking > PAPER + SEEN) | (blocking < PAPER - SEEN)
    found: NDArray[np.bool_] = off[..., 0] | off[..., 1] | off[..., 2]
    return found
