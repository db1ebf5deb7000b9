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
from studio.recipe import Crop, Recipe
from studio.tools.seams import Seam

JobState = Literal["queued", "running", "finishing", "paused", "done", "failed", "cancelled"]
Wish = Literal["", "stop", "pause", "keep"]

_SINGLE = ("first", "last", "before", "control", "mask")  # fields of a shot that are one file each

FINAL_STATES: frozenset[str] = frozenset({"done", "failed", "cancelled"})
WAITING_STATES: frozenset[str] = frozenset({"queued", "paused"})

TIMINGS = ("total", "load", "first_preview", "text", "denoise", "decode", "check", "mark", "encode", "sign")


@dataclass(frozen=True)
class Shot:
    """One shot as the artist asks for it.

    `size` is landscape, portrait, square or WxH in pixels; `seconds` the length; `seed` None draws one. `first`, `last`
    and `frames` are given pictures: `frames` is one clip, or pictures spread over the shot. None elsewhere means the
    model's own default.

    `places` puts each picture of `frames` at its second of the shot, `strengths` says how firmly each is kept (above 0,
    up to 1); empty means evenly spread, and 1 each. `trim` is the part of a given clip that is used, (start, end) in
    seconds. A crop is the part of a given picture that is used, where its shape differs from the shot's: None is the
    middle; `crops` has one for each of `frames`.

    `cast` are pictures of whoever is to be seen, not of how the shot begins. `before` is a clip of ours that the shot
    goes on from, latents and all; `joined` says that it will go on from one that is not made yet. `plan` is how a
    large model is kept in memory ("auto": whatever fits), `develop` ("full" or "fast") and `compiled` are what else is
    chosen for one; "auto" and None are what its owner settled. `consent` says that the people in the given pictures
    are the artist or have agreed.

    `control` is a clip or picture that the whole shot is made after, `mask` one that is white where it is drawn anew
    and black where it is kept; with `outpaint` the control is seen whole, and what is around it is drawn.
    `block_cache` (above 0) and `guided` (below 1) are approximations: see `model.request`.
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
    places: tuple[float, ...] = ()
    strengths: tuple[float, ...] = ()
    first_strength: float = 1.0
    last_strength: float = 1.0
    trim: tuple[float, float] | None = None
    first_crop: Crop | None = None
    last_crop: Crop | None = None
    crops: tuple[Crop | None, ...] = ()
    cast: tuple[Path, ...] = ()
    before: Path | None = None
    joined: bool = False
    plan: str = "auto"
    develop: str = "auto"
    compiled: bool | None = None
    consent: bool = False
    control: Path | None = None
    mask: Path | None = None
    outpaint: bool = False
    block_cache: float = 0.0
    guided: float = 1.0

    def pictures(self) -> tuple[Path, ...]:
        """Every given file, in the order first, last, frames, cast, before, control, mask."""
        given = (self.first, self.last, *self.frames, *self.cast, self.before, self.control, self.mask)
        return tuple(path for path in given if path is not None)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold; `from_dict` reads it back."""
        data = asdict(self)
        for name in _SINGLE:
            path = getattr(self, name)
            data[name] = None if path is None else str(path)
        for name in ("frames", "cast"):
            data[name] = [str(path) for path in getattr(self, name)]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Shot:
        """The shot that `to_dict` wrote. Only for our own records: nothing is checked."""
        values = {name.name: data[name.name] for name in fields(cls) if name.name in data}
        values["direction"] = Direction(**values.get("direction", {}))
        for name in _SINGLE:
            values[name] = Path(values[name]) if values.get(name) else None
        for name in ("frames", "cast"):
            values[name] = tuple(Path(path) for path in values.get(name, ()))
        for name in ("places", "strengths"):
            values[name] = tuple(values.get(name, ()))
        for name in ("trim", "first_crop", "last_crop"):
            values[name] = tuple(values[name]) if values.get(name) else None
        values["crops"] = tuple(tuple(crop) if crop else None for crop in values.get("crops", ()))
        return cls(**values)


@dataclass(frozen=True)
class Job:
    """A shot being rendered, at one moment.

    `step` of `steps` counts over the whole clip; `eta_s` is seconds left, None while unknown. `preview_version` grows
    with every preview. `error` is one plain line. `created` is ISO 8601 in UTC. `group` is shared by takes that were
    ordered together; `waiting_for` is what was asked of a running job and is not done yet; `queue` is its place in the
    order of its owner's jobs (only for sorting).
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
    group: str = ""
    waiting_for: Wish = ""
    queue: int = 0

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to this job."""
        return self.state in FINAL_STATES

    @property
    def waits(self) -> bool:
        """Whether it stands in the queue, or was paused."""
        return self.state in WAITING_STATES


@dataclass(frozen=True)
class Event:
    """Something that happened to a job; `at` is ISO 8601 in UTC."""

    at: str
    kind: str
    text: str


@dataclass(frozen=True)
class Undone:
    """What was taken back, or would be: `text` is one line for whoever did it."""

    kind: Literal["delete", "clean", "star", "name", "note", "cancel", "clear"]
    text: str
    take_id: str | None = None
    job_id: str | None = None


@dataclass(frozen=True)
class Take:
    """One rendered, signed result. The files never change; a star, a name and a note may.

    `sha256` is of the signed clip; `report` the credential as it was verified after signing; `seconds` the time each
    part took (see `TIMINGS`). width and height are pixels, frames is what the file holds. `kept` says that the render
    was stopped and what was there was kept: it is shorter than what was asked for. `seams` is how well its parts meet,
    where it was made from other clips.
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
    name: str = ""
    note: str = ""
    group: str = ""
    kept: bool = False
    seams: tuple[Seam, ...] = ()

    @property
    def title(self) -> str:
        """Its name, else its prompt."""
        return self.name or self.recipe.prompt

    @property
    def duration(self) -> float:
        """Length of the clip in seconds."""
        return self.frames / self.fps
