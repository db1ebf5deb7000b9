"""What can be asked of a tool, as plain data: one class for each tool, the same for page, command line and programs.

A clip is named by its take's id (text) or is a file (a Path). Moments and lengths are in seconds. None means: as in the
take that is worked on (prompt), drawn anew (seed), or the model's own (steps, guidance).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

from studio.errors import ShotError
from studio.work import Curve, Tool

ClipName = str | Path
Direction = Literal["forward", "backward"]
Strength = Literal["subtle", "gentle", "medium", "bold", "strong"]

STRENGTHS: Mapping[str, float] = {"subtle": 0.3, "gentle": 0.45, "medium": 0.6, "bold": 0.75, "strong": 0.9}
VARIATIONS = (2, 4, 8)


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """What every tool takes that makes new frames."""

    prompt: str | None = None
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None


@dataclass(frozen=True, kw_only=True)
class Extend(_Drawn):
    """Make a clip longer: forward from the frame seen at `at` (None: its last), or backward from it (its first)."""

    tool: ClassVar[Tool] = "extend"
    clip: ClipName
    seconds: float = 4.0
    direction: Direction = "forward"
    at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Loop(_Drawn):
    """Lead the end of a clip back to its start with new frames; `seconds` None is what suits the model."""

    tool: ClassVar[Tool] = "loop"
    clip: ClipName
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Blend(_Drawn):
    """Let one clip become another: the last `seconds` of it and the first of the other are drawn into each other along
    `curve`; `strength` is how freely."""

    tool: ClassVar[Tool] = "blend"
    clip: ClipName
    other: ClipName
    seconds: float = 1.0
    curve: Curve = "smooth"
    strength: float | Strength = "medium"


@dataclass(frozen=True, kw_only=True)
class Interpolate(_Drawn):
    """Make `seconds` of new frames that lead from the end of one clip to the start of another, or from a picture to
    another one; these need a prompt."""

    tool: ClassVar[Tool] = "interpolate"
    clip: ClipName
    other: ClipName
    seconds: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Remix(_Drawn):
    """Draw a clip again from its noised self: `strength` from "subtle" to "strong", or a number above 0 up to 1."""

    tool: ClassVar[Tool] = "remix"
    clip: ClipName
    strength: float | Strength = "medium"


@dataclass(frozen=True, kw_only=True)
class Recut(_Drawn):
    """Cut a clip. One of: `keep` a span, `cut` a span out, `replace` a span by new frames that meet both ends.

    A span is (start, end) in seconds; `seconds` is the length of what replaces it (None: as long as it was).
    """

    tool: ClassVar[Tool] = "recut"
    clip: ClipName
    keep: tuple[float, float] | None = None
    cut: tuple[float, float] | None = None
    replace: tuple[float, float] | None = None
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Upscale:
    """Make the picture `factor` times as large: Lanczos, and sharpening that follows the contrast."""

    tool: ClassVar[Tool] = "upscale"
    clip: ClipName
    factor: float = 2.0


@dataclass(frozen=True, kw_only=True)
class Smooth:
    """More frames a second, made by following the motion; `fps` None doubles them."""

    tool: ClassVar[Tool] = "smooth"
    clip: ClipName
    fps: int | None = None


Ask = Extend | Loop | Blend | Interpolate | Remix | Recut | Upscale | Smooth
DRAWN = (Extend, Loop, Blend, Interpolate, Remix, Recut)
ASKS: Mapping[str, type[Ask]] = {kind.tool: kind for kind in get_args(Ask)}


def read(tool: str, data: Mapping[str, Any]) -> Ask:
    """What a program or a page asked for, from JSON. Values are checked when it is planned; here it is that each is
    known, and of a kind that can be. Raises ShotError that names the field."""
    kind = ASKS.get(tool)
    if kind is None:
        raise ShotError("tool", tool, f"there is no tool {str(tool)[:30]!r}: use {', '.join(ASKS)}")
    known = {item.name: item for item in fields(kind)}
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name not in known:
            raise ShotError(name, value, f"{tool} takes no {name[:30]!r}: it takes {', '.join(known)}")
        if value is None or value == "":
            continue
        values[name] = _pair(name, value) if name in ("keep", "cut", "replace") else value
        if name in ("clip", "other", "prompt", "direction", "curve") and not isinstance(value, str):
            raise ShotError(name, value, f"{name} {str(value)[:30]!r} is not text")
    for name, item in known.items():
        if item.default is MISSING and name not in values:
            raise ShotError(name, None, f"{tool} needs {name}: the id of a take")
    return kind(**values)


def _pair(name: str, value: object) -> tuple[float, float]:
    if isinstance(value, list | tuple) and len(value) == 2:
        return (value[0], value[1])
    raise ShotError(name, value, f"{name} {str(value)[:40]!r} is not a span: give its start and its end in seconds")
