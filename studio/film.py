"""What the artist asks for and what comes of it: Shot, Job and Take, as immutable values.

A Shot is plain data and may be wrong; `studio.shots.plan` is what finds that out. Jobs and takes are what the library
holds; they are read-only here, so that a page can keep one while the render goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from studio.direction import Direction
from studio.recipe import Recipe

JobState = Literal["queued", "running", "finishing", "done", "failed", "cancelled"]

FINAL_STATES: frozenset[str] = frozenset({"done", "failed", "cancelled"})

TIMINGS = ("total", "load", "first_preview", "text", "denoise", "decode", "check", "mark", "encode", "sign")


@dataclass(frozen=True)
class Shot:
    """One shot as the artist asks for it.

    `size` is landscape, portrait, square or WxH in pixels; `seconds` the length; `seed` None draws one. `first`, `last`
    and `frames` are given pictures: `frames` is one clip, or pictures spread over the shot. None elsewhere means the
    model's own default.
    """

    prompt: str
    direction: Direction = Direction()
    negative: str = ""
    size: str = "landscape"
    seconds: float = 4.0
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    first: Path | None = None
    last: Path | None = None
    frames: tuple[Path, ...] = ()
    model: str = "storybook"

    def pictures(self) -> tuple[Path, ...]:
        """Every given file, in the order first, last, frames."""
        return tuple(path for path in (self.first, self.last, *self.frames) if path is not None)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold; `from_dict` reads it back."""
        data = asdict(self)
        data["first"] = None if self.first is None else str(self.first)
        data["last"] = None if self.last is None else str(self.last)
        data["frames"] = [str(path) for path in self.frames]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Shot:
        """The shot that `to_dict` wrote. Only for our own records: nothing is checked."""
        values = {name.name: data[name.name] for name in fields(cls) if name.name in data}
        values["direction"] = Direction(**values.get("direction", {}))
        for name in ("first", "last"):
            values[name] = Path(values[name]) if values.get(name) else None
        values["frames"] = tuple(Path(path) for path in values.get("frames", ()))
        return cls(**values)


@dataclass(frozen=True)
class Job:
    """A shot being rendered, at one moment.

    `step` of `steps` counts over the whole clip; `eta_s` is seconds left, None while unknown. `preview_version` grows
    with every preview. `error` is one plain line. `created` is ISO 8601 in UTC.
    """

    id: str
    owner: str
    state: JobState
    stage: str
    step: int
    steps: int
    elapsed_s: float
    eta_s: float | None
    preview_version: int
    take_id: str | None
    error: str | None
    shot: Shot
    created: str
    seed: int = 0
    notice: str | None = None

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to this job."""
        return self.state in FINAL_STATES


@dataclass(frozen=True)
class Take:
    """One rendered, signed result. The files never change; `starred` is the only thing that may.

    `sha256` is of the signed clip; `report` the credential as it was verified after signing; `seconds` the time each
    part took (see `TIMINGS`). width and height are pixels, frames is what the file holds.
    """

    id: str
    job_id: str
    owner: str
    clip: Path
    poster: Path
    latents: Path
    recipe: Recipe
    report: dict[str, Any]
    sha256: str
    width: int
    height: int
    frames: int
    fps: int
    seconds: dict[str, float] = field(default_factory=dict)
    created: str = ""
    starred: bool = False

    @property
    def duration(self) -> float:
        """Length of the clip in seconds."""
        return self.frames / self.fps
