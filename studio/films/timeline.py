"""Where every shot and card of a film stands, in frames: cuts meet, a dissolve overlaps, a dip goes through a colour.

All times are counted in frames of the film's own rate, so that nothing drifts over an hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

from studio.films.script import Card, Film, FilmShot, Transition

What = Literal["shot", "slate", "card"]
CARD_FADE = 0.4  # seconds a card takes to come and to go


@dataclass(frozen=True)
class Footage:
    """A take's clip: `frames` at `fps`, width and height in pixels; `labelled` when a visible label is in it."""

    clip: Path
    frames: int
    fps: int
    width: int
    height: int
    title: str = ""
    take: str = ""
    labelled: bool = False


@dataclass(frozen=True)
class Piece:
    """One thing in the film, from frame `start` on, `length` frames long.

    `index` is the shot's place in the film (-1 for a card); `skip` are the frames of its footage that come before what
    is seen of it, and the film leaves out. The first `over` frames are a dissolve from the piece
    before; `rise` and `fall` are frames at its ends that come from, and go to, black or (`white`) white.
    """

    what: What
    start: int
    length: int
    index: int = -1
    footage: Footage | None = None
    text: str = ""
    skip: int = 0
    over: int = 0
    rise: int = 0
    fall: int = 0
    rise_white: bool = False
    fall_white: bool = False

    @property
    def stop(self) -> int:
        """The frame after its last."""
        return self.start + self.length


@dataclass(frozen=True)
class Timeline:
    """The pieces of a film in order, and its rate."""

    pieces: tuple[Piece, ...]
    fps: int

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return max((piece.stop for piece in self.pieces), default=0)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.frames / self.fps

    def spans(self) -> Iterator[tuple[int, int, tuple[Piece, ...]]]:
        """Stretches of the film (from, to) with the pieces that are seen in them: one, or two of a dissolve."""
        edges = sorted({edge for piece in self.pieces for edge in (piece.start, piece.stop)})
        for start, stop in pairwise(edges):
            seen = tuple(piece for piece in self.pieces if piece.start < stop and piece.stop > start)
            yield start, stop, seen


def lay(film: Film, footage: Mapping[int, Footage], fps: int, lengths: Sequence[int]) -> Timeline:
    """The film's time line. `footage` is there for the shots that have a take, `lengths` are frames of those without,
    which become slates."""
    raw: list[tuple[Piece, Transition, float]] = []
    if film.opening is not None:
        raw.append((_card(film.opening, fps), "none", 0.0))
    for index, shot in enumerate(film.shots):
        raw.append((_shot(index, shot, footage.get(index), fps, lengths[index]), shot.transition, _time(shot)))
    if film.ending is not None:
        raw.append((_card(film.ending, fps), "none", 0.0))
    return Timeline(tuple(_joined(raw, fps)), fps)


def _joined(raw: list[tuple[Piece, Transition, float]], fps: int) -> list[Piece]:
    found: list[Piece] = []
    for piece, transition, seconds in raw:
        before = found[-1] if found else None
        start = 0 if before is None else before.stop
        asked = round(seconds * fps)
        if transition == "dissolve" and before is not None:
            over = max(0, min(asked, (before.length - before.over) // 2, piece.length // 2))
            found.append(replace(piece, start=start - over, over=over))
        elif transition != "none":
            white, half = transition == "dip white", max(1, asked // 2)
            rise = min(half, piece.length // 2)
            if before is not None:
                fall = min(half, (before.length - before.over) // 2)
                found[-1] = replace(before, fall=max(before.fall, fall), fall_white=white)
            found.append(replace(piece, start=start, rise=max(piece.rise, rise), rise_white=white))
        else:
            found.append(replace(piece, start=start))
    return found


def _card(card: Card, fps: int) -> Piece:
    length = max(1, round(card.seconds * fps))
    fade = min(round(CARD_FADE * fps), length // 3)
    return Piece("card", 0, length, text=card.text, rise=fade, fall=fade)


def _shot(index: int, shot: FilmShot, footage: Footage | None, fps: int, length: int) -> Piece:
    whole = length if footage is None else footage_frames(footage, fps)
    skip = min(round(shot.trim_start * fps), whole - 1)
    seen = max(1, whole - skip - round(shot.trim_end * fps))
    if footage is None:
        return Piece("slate", 0, seen, index, text=shot.prompt)
    return Piece("shot", 0, seen, index, footage, skip=skip)


def footage_frames(footage: Footage, fps: int) -> int:
    """Frames of the whole of some footage at the film's rate."""
    return max(1, round(footage.frames * fps / footage.fps))


def _time(shot: FilmShot) -> float:
    return shot.transition_seconds
