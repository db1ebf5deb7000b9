"""What can be asked of a model, checked in full before anything is computed.

Each error names the field, the value and the nearest value that works.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from model import conditioning
from model.catalog import LEAST_GUIDED, MOST_CACHED, MOST_REFERENCES, CatalogEntry, Limits
from model.conditioning import Anchor, Frames
from model.errors import RequestError
from model.flow import SOLVERS

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A clip to remix: uint8 frames (n, h, w, 3) or latents (C, t, h, w), at least as long as the new one. For a clip
    that goes on from another they are those of the whole stream, what came before included; frames (1 + 4 (t - 1) of t
    latents) only for a model that is shown what it films, which gives back what latents lose of them.

    `strength` is how much may change: 1 starts from pure noise, small values stay near the source.
    """

    frames: Frames | None = None
    latents: Tensor | None = None
    strength: float = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """A clip that the whole shot is made after, for models with a control branch: uint8 frames (n, h, w, 3).

    With `mask`, uint8 (n, h, w), what is 0 is kept as it is and the rest is drawn anew: in- and outpainting. Without,
    all is drawn, after poses, depths, outlines or whatever the frames show. It begins with the clip; frames behind its
    end are free.
    """

    frames: Frames
    mask: np.ndarray[Any, np.dtype[np.uint8]] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How a clip that another one goes on from, or leads up to, was asked for: its words, its seed, and which of its
    frames is the last before the join, or the first behind it, where it was shot from nothing (None: not known)."""

    prompt: str
    seed: int = 0
    frame: int | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GenerationRequest:
    """A clip to make. Sizes in pixels, `frames` 1 + 4k, guidance 1 is none; see `Limits` for the ranges.

    `before` is the end of what this clip goes on from: its last latents (C, t, h, w). The model is given them and the
    decoder remembers them, so the join does not show; the clip begins right after, and `frames` is 4k. `shown` are its
    last frames, uint8 (n, h, w, 3), where there are any: they hold more than latents do. `was` and `will` are how what
    it goes on from, and what it leads up to, was asked for: light, weather and camera turn from the one and to the
    other, and what the prompt leaves unsaid is as it was. `references`
    are pictures, uint8 (n, h, w, 3) at the clip's size, of whoever is to be seen in it, not of how it begins. `meet` is
    over how many latents a jump at a join is spread, as far as it is more than the clip's movement; 0 leaves it.
    `eased` says that the first frames will be eased onto what they go on from: then they begin as planned.

    Two approximations, both off by default: `block_cache` above 0 leaves out blocks of the transformer whose first one
    changed by less than that part since they were last run, and of the steps only the first `guided` part is guided.

    `Generator.request(prompt, ...)` fills in what a model's catalogue entry says and checks the whole.
    """

    prompt: str
    negative_prompt: str = ""
    width: int
    height: int
    frames: int
    fps: int
    seed: int
    steps: int
    guidance: float
    shift: float
    solver: str
    anchors: tuple[Anchor, ...] = ()
    source: Source | None = None
    before: Tensor | None = None
    shown: Frames | None = None
    was: Told | None = None
    will: Told | None = None
    references: Frames | None = None
    meet: int = 0
    eased: bool = False
    control: Control | None = None
    block_cache: float = 0.0
    guided: float = 1.0

    @property
    def prefix(self) -> int:
        """How many latents of what came before it goes on from."""
        return 0 if self.before is None else int(self.before.shape[1])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a frame, in pixels."""
        return self.width, self.height

    @property
    def total(self) -> int:
        """Latents of the stream: what came before, and the clip."""
        return self.prefix + self.frames // 4 if self.prefix else 1 + (self.frames - 1) // 4


def build(prompt: str, entry: CatalogEntry, limits: Limits, **overrides: Any) -> GenerationRequest:
    """A checked request: the entry's defaults, then what is overridden. Raises RequestError."""
    known = [f.name for f in fields(GenerationRequest)]
    for name, value in overrides.items():
        if name not in known:
            raise RequestError(name, value, None, f"there is no such setting; there are {', '.join(known)}")
    width, height = next(iter(entry.sizes.values()))
    defaults: dict[str, Any] = {
        "width": width,
        "height": height,
        "frames": limits.frames(entry.default_seconds, entry.fps),
        "fps": entry.fps,
        "seed": 0,
        "steps": entry.defaults.steps,
        "guidance": entry.defaults.guidance,
        "shift": entry.defaults.shift,
        "solver": entry.defaults.solver,
        "negative_prompt": entry.negative,
    }
    request = GenerationRequest(prompt=prompt, **{**defaults, **overrides})
    check(request, entry, limits)
    return request


def check(request: GenerationRequest, entry: CatalogEntry, limits: Limits) -> None:
    """Raise RequestError for the first field that this model cannot film."""
    _text("prompt", request.prompt, limits)
    _text("negative_prompt", request.negative_prompt, limits)
    for field, told in (("was", request.was), ("will", request.will)):
        if told is not None:
            _text(field, told.prompt, limits)
            _whole(field, told.seed, 0, limits.seed_max)
    _whole("width", request.width, limits.min_width, limits.max_width, limits.multiple)
    _whole("height", request.height, limits.min_height, limits.max_height, limits.multiple)
    begins = 0 if request.prefix else 1
    _whole("frames", request.frames, 1 if begins else 4, limits.max_frames, limits.temporal, offset=begins)
    _whole("fps", request.fps, entry.fps, entry.fps)
    _whole("meet", request.meet, 0, 64)
    _whole("seed", request.seed, 0, limits.seed_max)
    _whole("steps", request.steps, limits.min_steps, limits.max_steps)
    _real("guidance", request.guidance, limits.min_guidance, limits.max_guidance)
    _real("shift", request.shift, limits.min_shift, limits.max_shift)
    _real("block_cache", request.block_cache, 0.0, MOST_CACHED)
    _real("guided", request.guided, LEAST_GUIDED, 1.0)
    if request.solver not in SOLVERS:
        raise RequestError("solver", request.solver, entry.defaults.solver)
    size = request.size
    conditioning.check(conditioning.placed(request.anchors, request.prefix), request.total, size, limits.temporal)
    if request.shown is not None and request.shown.shape[1:] != (request.height, request.width, 3):
        raise RequestError("shown", f"{request.shown.shape}", f"(n, {request.height}, {request.width}, 3)", "frames")
    if request.references is not None:
        if not entry.most_references and entry.family != "storybook":  # one that is being trained is still to learn it
            raise RequestError("references", "pictures", None, f"{entry.title} does not take pictures of the cast")
        conditioning.check_references(request.references, size, entry.most_references or MOST_REFERENCES)
    if request.control is not None:
        _control(request.control, size, entry)
    if request.source is not None:
        if request.prefix and request.source.latents is None and not entry.notes.get("blocking"):
            raise RequestError("source", "frames", "latents", "what goes on from another clip is remixed from latents")
        _source(request, request.source, request.total)


def _text(field: str, value: object, limits: Limits) -> None:
    if not isinstance(value, str):
        raise RequestError(field, value, None, "it must be text")
    if len(value) > limits.max_prompt_chars:
        reason = f"it has {len(value)} characters and at most {limits.max_prompt_chars} are read"
        raise RequestError(field, value, None, reason)


def _whole(field: str, value: object, low: int, high: int, multiple: int = 1, offset: int = 0) -> None:
    """A whole number in low..high that is offset + k * multiple."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestError(field, value, low if low == high else None, "it must be a whole number")
    near = min(max(value, low), high)
    near = offset + multiple * round((near - offset) / multiple) if multiple > 1 else near
    near += multiple * ((near < low) - (near > high))
    if value != near:
        rule = f"{low} to {high}" if low < high else f"{low} only"
        step = f", {offset} + a multiple of {multiple}" if offset else f", multiples of {multiple}"
        raise RequestError(field, value, near, rule + (step if multiple > 1 else ""))


def _real(field: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RequestError(field, value, low, "it must be a number")
    if not low <= value <= high:
        raise RequestError(field, value, min(max(value, low), high), f"{low:g} to {high:g}")


def _control(control: Control, size: tuple[int, int], entry: CatalogEntry) -> None:
    if not entry.given.get("control"):
        raise RequestError("control", "a clip", None, f"{entry.title} takes no control clip and no mask")
    width, height = size
    shape = control.frames.shape
    if control.frames.dtype != np.uint8 or len(shape) != 4 or shape[0] < 1 or shape[1:] != (height, width, 3):
        raise RequestError("control", f"{shape}", f"(n, {height}, {width}, 3)", "it must be uint8 of the clip's size")
    mask = control.mask
    if mask is not None and (mask.dtype != np.uint8 or mask.shape != shape[:3]):
        raise RequestError("control.mask", f"{mask.shape}", f"{shape[:3]}", "it must be uint8 of the control's size")


def _source(request: GenerationRequest, source: Source, total: int) -> None:
    if (source.frames is None) == (source.latents is None):
        raise RequestError("source", "both or none", None, "a source is either frames or latents")
    if not 0 < source.strength <= 1:
        raise RequestError("source.strength", source.strength, 0.6, "it must be above 0 and at most 1")
    if source.frames is not None:
        there = 1 + (len(source.frames) - 1) // 4
        if source.frames.shape[1:] != (request.height, request.width, 3):
            size = "x".join(map(str, source.frames.shape[2:0:-1]))
            raise RequestError("source", size, f"{request.width}x{request.height}", "it must have the clip's size")
    else:
        assert source.latents is not None
        there = int(source.latents.shape[1])
    if there < total:
        raise RequestError("frames", request.frames, 1 + 4 * max(0, there - 1), "the source is not longer")
