"""What is done with clips that are there already, as a cutting list: which frames are kept, and which are made anew.

Every tool comes to the same few words. A clip's frames `before`, then frames that are `made` (led on from a `head`, led
up to a `tail`, or drawn over a `source`), then frames `after`. Like the rest of a recipe it travels inside the clip, so
what comes back is read as a stranger's: clamped, and dropped when it makes no sense.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, get_args

Tool = Literal["extend", "loop", "blend", "interpolate", "remix", "recut", "upscale", "smooth"]
Curve = Literal["smooth", "even", "early", "late", "quick"]

TOOLS: tuple[Tool, ...] = get_args(Tool)
CURVES: tuple[Curve, ...] = get_args(Curve)
MAX_PARENTS, MAX_SPANS, MAX_FRAMES = 8, 16, 100_000

_HEX64 = re.compile(r"[0-9a-f]{64}")
_TAKE = re.compile(r"t[0-9a-f]{8,32}")


@dataclass(frozen=True)
class Parent:
    """A clip that is worked on, by content: `sha256` of the file, its take's id ("" for a file from outside), a name.

    `latents` says that the take's own latents were used where the cut allows it, not those of its frames.
    """

    sha256: str
    take: str = ""
    name: str = ""
    latents: bool = False


@dataclass(frozen=True)
class Span:
    """Frames `start` up to `stop` of a parent (its number in the list), counted at the result's frame rate."""

    parent: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Made:
    """Frames that the model makes: `frames` of them are in the result.

    head      it goes on from the end of these
    tail      it arrives at the start of these
    source    it begins as the noised frames of one span (a remix), or of two that cross along `curve` (a blend)
    strength  how much of the source may change, above 0 up to 1
    """

    frames: int
    head: Span | None = None
    tail: Span | None = None
    source: tuple[Span, ...] = ()
    strength: float = 1.0
    curve: Curve = "smooth"


@dataclass(frozen=True)
class Work:
    """A cutting list. `closes` says that the last frame leads back to the first; `scale` and `rate` are those of a
    post step: how much larger the picture becomes, and its new frames a second (0: as it is)."""

    tool: Tool
    parents: tuple[Parent, ...]
    before: tuple[Span, ...] = ()
    made: Made | None = None
    after: tuple[Span, ...] = ()
    closes: bool = False
    scale: float = 1.0
    rate: int = 0

    @property
    def open_ended(self) -> bool:
        """Whether a part of it is good for something: nothing has to be met at its end."""
        return self.made is not None and self.made.tail is None and not self.after and not self.closes

    @property
    def seams(self) -> tuple[tuple[int, str], ...]:
        """Where two stretches meet: the frame after the join, and plain words. The joint of a loop is frame 0."""
        at, found = 0, list[tuple[int, str]]()
        stretches = [(len(span), "cut") for span in self.before]
        stretches += [(self.made.frames, "made")] if self.made else []
        stretches += [(len(span), "cut") for span in self.after]
        for (frames, kind), (_, following) in pairwise(stretches):
            at += frames
            words = {"cutmade": "into the new part", "madecut": "out of the new part"}.get(kind + following, "the cut")
            found.append((at, words))
        return (*found, (0, "from the end to the start")) if self.closes else tuple(found)

    def whence(self, frame: int) -> int | tuple[Parent, int]:
        """Which of the made frames a frame of the result is, or the clip that it was kept of and its frame there; what
        is beyond the end is as the last."""
        at = 0
        last: int | tuple[Parent, int] = 0
        for span in (*self.before, self.made, *self.after):
            if span is None:
                continue
            count = span.frames if isinstance(span, Made) else len(span)
            inside = min(max(0, frame - at), count - 1)
            last = inside if isinstance(span, Made) else (self.parents[span.parent], span.start + inside)
            if frame < at + count:
                break
            at += count
        return last

    def unnamed(self) -> Work:
        """The same without the names of what went in."""
        return replace(self, parents=tuple(replace(parent, name="") for parent in self.parents))


def from_dict(data: object) -> Work | None:
    """A cutting list from a stranger's JSON; None when it is none."""
    if not isinstance(data, Mapping) or data.get("tool") not in TOOLS:
        return None
    parents = _parents(data.get("parents"))
    before, after = _spans(data.get("before"), len(parents)), _spans(data.get("after"), len(parents))
    found = data.get("made")
    made = _made(found, len(parents)) if isinstance(found, Mapping) else None
    if not parents or not (before or made or after):
        return None
    return Work(
        tool=data["tool"],
        parents=parents,
        before=before,
        made=made,
        after=after,
        closes=data.get("closes") is True,
        scale=_real(data.get("scale"), 1.0, 1.0, 8.0),
        rate=_whole(data.get("rate"), 0, 240) or 0,
    )


def _parents(value: object) -> tuple[Parent, ...]:
    items = [item for item in value[:MAX_PARENTS] if isinstance(item, Mapping)] if isinstance(value, list) else []
    found = []
    for item in items:
        sha256, take, name = item.get("sha256"), item.get("take"), item.get("name")
        if not isinstance(sha256, str) or not _HEX64.fullmatch(sha256):
            return ()  # a list with a hole would point at other clips
        kept = take if isinstance(take, str) and _TAKE.fullmatch(take) else ""
        words = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cs")) if isinstance(name, str) else ""
        found.append(Parent(sha256, kept, words[:200], item.get("latents") is True))
    return tuple(found)


def _made(item: Mapping[str, Any], parents: int) -> Made | None:
    frames = _whole(item.get("frames"), 1, MAX_FRAMES)
    if frames is None:
        return None
    curve = item.get("curve")
    return Made(
        frames=frames,
        head=_span(item.get("head"), parents),
        tail=_span(item.get("tail"), parents),
        source=_spans(item.get("source"), parents)[:2],
        strength=_real(item.get("strength"), 1.0, 0.01, 1.0),
        curve=curve if curve in CURVES else "smooth",
    )


def _spans(value: object, parents: int) -> tuple[Span, ...]:
    items = value[:MAX_SPANS] if isinstance(value, list | tuple) else []
    return tuple(span for item in items if (span := _span(item, parents)) is not None)


def _span(item: object, parents: int) -> Span | None:
    if not isinstance(item, Mapping):
        return None
    parent, start, stop = (_whole(item.get(name), 0, MAX_FRAMES) for name in ("parent", "start", "stop"))
    if parent is None or start is None or stop is None or not (parent < parents and start < stop):
        return None
    return Span(parent, start, stop)


def _whole(value: object, low: int, high: int) -> int | None:
    good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return value if good and isinstance(value, int) else None


def _real(value: object, default: float, low: float, high: float) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return min(max(float(value), low), high) if good and isinstance(value, int | float) else default
