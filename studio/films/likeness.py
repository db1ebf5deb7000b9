"""Whether a subject stays itself over the cuts of a film: what the judge sees, and how alike it looks.

Two measures of a take. What it shows: the attribute judge that comes with the weights reads the subject; one that is
another than the words ask for was lost. How it looks: the colours of what stands out against the ground, as a soft
histogram that does not care where it stands or how large; two takes of a character are as alike as these overlap.
What that means depends on the light: only shots of one scene, the same place at the same hour, are held against each
other for it. A fox is blue on a beach at night, and still the fox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from studio import media
from studio.films import casting, framing
from studio.films.script import Film, Member
from studio.pictures import Frames

if TYPE_CHECKING:
    from model.training.judge_network import Judge

SIZE = (128, 72)
LOOKED_AT = 8  # frames of a take
BINS = 6  # a side of the cube of colours
ALIKE = 0.45  # below this a subject no longer looks like itself
SURE = 0.5  # the judge's word counts from here

Values = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Looks:
    """What one take shows: the subject the judge saw and how sure it was ("" where there is no judge), and colours."""

    subject: str
    sure: float
    colours: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"subject": self.subject, "sure": self.sure, "colours": list(self.colours)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Looks:
        """What `to_dict` gave."""
        return cls(data["subject"], data["sure"], tuple(data["colours"]))


@dataclass(frozen=True)
class Kept:
    """How one of the cast is kept in a shot: `alike` (0 to 1) is to the most like of its others, None when it has none.

    `lost` says what is wrong with it, or "".
    """

    shot: int
    member: str
    alike: float | None
    lost: str


def look(clip: Path, fps: int, judge: Judge | None) -> Looks:
    """What a take shows. Raises MediaError."""
    frames = media.decode_clip(clip, size=SIZE)
    picked = frames[np.linspace(0, len(frames) - 1, min(LOOKED_AT, len(frames))).round().astype(int)]
    subject, sure = "", 0.0
    if judge is not None:
        import torch

        answer = judge.read(torch.from_numpy(media.decode_clip(clip).transpose(0, 3, 1, 2).copy()), fps=fps)["subject"]
        subject, sure = answer.id, answer.sure
    return Looks(subject, round(sure, 4), tuple(round(float(value), 5) for value in colours(picked)))


def colours(frames: Frames) -> Values:
    """The colours of what stands out in frames, uint8 (n, h, w, 3): BINS^3 parts whose sum is 1."""
    total = np.zeros(BINS**3)
    for frame, weights in zip(frames, framing.salience(list(frames)), strict=True):
        small = np.asarray(framing.shrunk(frame), dtype=np.float64).reshape(-1, 3)
        flat = weights.reshape(-1)
        strong = flat >= np.quantile(flat, 0.85)
        total += _histogram(small[strong], flat[strong])
    return total / max(total.sum(), 1e-9)


def alike(one: Sequence[float], other: Sequence[float]) -> float:
    """How much two histograms overlap: 1 is the same, 0 nothing in common."""
    return float(np.minimum(np.asarray(one), np.asarray(other)).sum())


def kept(film: Film, looks: Mapping[int, Looks], knows: Any = None) -> tuple[Kept, ...]:
    """For every shot that has been looked at, how each character in it is kept."""
    found, where = [], scenes(film)
    for member in film.cast:
        if member.kind != "character":
            continue
        shots = [i for i in looks if member in casting.mentioned(film.shots[i].prompt, film.cast)]
        alone = [i for i in shots if _characters(film, i) == 1]
        wanted = subjects(member, knows)
        for index in shots:
            others = [i for i in alone if i != index and index in alone]
            near = max((alike(looks[index].colours, looks[i].colours) for i in others), default=None)
            lit_alike = any(where[i] == where[index] for i in others)
            lost = _lost(member, looks[index], wanted, near if lit_alike else None, index in alone)
            found.append(Kept(index, member.name, None if near is None else round(near, 3), lost))
    return tuple(sorted(found, key=lambda one: (one.shot, one.member)))


def _lost(member: Member, seen: Looks, wanted: set[str], near: float | None, alone: bool) -> str:
    if alone and wanted and seen.subject and seen.sure >= SURE and seen.subject not in wanted:
        return f"@{member.name} was lost: this looks like a {seen.subject.replace('_', ' ')}"
    if near is not None and near < ALIKE:
        return f"@{member.name} does not look the same as in the other shots"
    return ""


def _characters(film: Film, index: int) -> int:
    return sum(member.kind == "character" for member in casting.mentioned(film.shots[index].prompt, film.cast))


def scenes(film: Film) -> list[tuple[str | None, str | None]]:
    """Where and when each shot is, as far as it says so, or as the shot that it continues has it."""
    found: list[tuple[str | None, str | None]] = []
    for shot in film.shots:
        place, time = _scene(casting.spoken(shot.prompt, film.cast))
        time = shot.direction.time or time or film.look.time
        if shot.join == "continue" and not shot.after and found:
            place, time = place or found[-1][0], time or found[-1][1]
        found.append((place, time))
    return found


@lru_cache(maxsize=4096)  # the page asks again and again
def _scene(words: str) -> tuple[str | None, str | None]:
    from model.world.understand import understand

    heard = understand(words)
    return heard.first("place"), heard.first("time")


def subjects(member: Member, knows: Any = None) -> set[str]:
    """The subjects that a character's words name, by the ids that the judge knows."""
    from model.world.understand import understand

    return {span.id for span in understand(member.looks or member.name, knows).spans if span.kind == "subject"}


def _histogram(pixels: Values, weights: Values) -> Values:
    """Each pixel is shared between the nearest bins, so that a slight change of light is a slight change here."""
    place = pixels / 255 * (BINS - 1)
    low = np.floor(place).astype(int)
    part = place - low
    total = np.zeros(BINS**3)
    for corner in range(8):
        step = np.array([corner >> 2 & 1, corner >> 1 & 1, corner & 1])
        at = np.minimum(low + step, BINS - 1)
        share = np.prod(np.where(step == 1, part, 1 - part), axis=1)
        np.add.at(total, at[:, 0] * BINS * BINS + at[:, 1] * BINS + at[:, 2], share * weights)
    return total
