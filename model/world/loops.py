"""Which picture of its loop somebody shows: who is drawn with a body stands at ease, steps, waves or sits; all others
go round and round, whatever they do.

Axis legend: T: frames.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

LOOP_SECONDS = 3.0
WAVE_SECONDS = 1.0
WALKS, RUNS = 4.8, 11.0  # radians a second of a cycle of two steps: short legs that do not slide at the usual pace


class Part(NamedTuple):
    """Some pictures of a loop that belong together, and go round: the first of them, and how many they are."""

    first: int
    length: int

    def turns(self) -> list[float]:
        """How much of its round has passed at each of them, 0..1."""
        return [number / self.length for number in range(self.length)]


IDLE, GAIT, WAVE, SIT = Part(0, 8), Part(8, 16), Part(24, 8), Part(32, 1)
BODIED = 33  # pictures has whoever is drawn with a body
PARTS = (IDLE, GAIT, WAVE, SIT)
# Who steps in the loop that they come with, and the picture of it in which both feet are on the ground.
AT_REST = dict.fromkeys(("woman", "man", "walking_man_dark", "walking_woman_dark", "cane_man"), 10)
# How fast those who do something step, in radians a second; who is not here stands.
STEPS = {"walk": WALKS, "run": RUNS, "dance": 4.2, "arrive": WALKS, "leave": WALKS, "swim": 3.5}
# From that second on who arrives stands; until then who leaves does.
STILL = {"arrive": (3.6, True), "leave": (0.2, False)}


def legged(loop: int) -> bool:
    """Whether somebody whose loop has so many pictures is drawn with a body."""
    return loop == BODIED


def steps(subject: str, loop: int) -> bool:
    """Whether the pictures of a subject show how it steps, so that it need not hop."""
    return legged(loop) or (loop > 1 and subject in AT_REST)


def shown(
    subject: str, loop: int, action: str, times: Tensor, phase: float, *, carried: bool = False, back: bool = False
) -> Tensor:
    """The picture, (T,) int64, of a subject that is shown at times (T,) in seconds; phase: where in its loop it began,
    0..1. carried: it sits on somebody; back: its way is shown from its end, and legs go forwards on any way."""
    ahead = -times if back else times
    if loop <= 1:
        return torch.zeros_like(times, dtype=torch.long)
    if not legged(loop):
        turns = ((ahead / LOOP_SECONDS + phase) * loop).long() % loop
        if subject not in AT_REST:
            return turns
        rests = torch.full_like(turns, AT_REST[subject] * loop // 24)
        return rests if carried else _by_turns(action, times, rests, turns)
    if carried or action == "sit":
        return torch.full_like(times, SIT.first, dtype=torch.long)
    if action == "wave":
        return _round(WAVE, ahead / WAVE_SECONDS + phase)
    rests = _round(IDLE, ahead / LOOP_SECONDS + phase)
    return _by_turns(action, times, rests, _round(GAIT, STEPS.get(action, 0.0) * ahead / (2 * math.pi) + phase))


def _by_turns(action: str, times: Tensor, rests: Tensor, walks: Tensor) -> Tensor:
    """The pictures of somebody who rests or walks, as what they do asks for."""
    if action not in STEPS:
        return rests
    second, after = STILL.get(action, (math.inf, True))
    return torch.where(times > second if after else times < second, rests, walks)


def between(one: Tensor, other: Tensor, share: Tensor, loop: int) -> Tensor:
    """A picture between two, (T,), as the one to a share of each frame: gone through the shorter way round, so that a
    head that nods does not jump; from one part of a loop to another it is either."""
    if not legged(loop):
        return (other + _further(one, other, share, loop)) % loop
    out = torch.where(share > 0.5, one, other)
    for first, count in PARTS:
        both = _within(one, first, count) & _within(other, first, count)
        out = torch.where(both, first + (other - first + _further(one, other, share, count)) % count, out)
    return out


def _further(one: Tensor, other: Tensor, share: Tensor, count: int) -> Tensor:
    """How many pictures to go from the other towards the one, the shorter way round."""
    far = (one - other + count // 2) % count - count // 2
    return (share * far).round().long()


def _within(picture: Tensor, first: int, count: int) -> Tensor:
    return (picture >= first) & (picture < first + count)


def _round(part: Part, turns: Tensor) -> Tensor:
    return part.first + (turns * part.length).floor().long() % part.length
