"""From what is asked of a tool to what will be rendered: a Shot and a Recipe with its cutting list, checked in full.

The finest cut that a model can be given is one latent (four frames), so what is made anew has a multiple of that, and
one more where it begins a clip. Everything here is read from the model's own limits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from model.catalog import CatalogEntry
from studio import direction as directions
from studio import media, shots
from studio.direction import KINDS, Direction
from studio.errors import ShotError
from studio.film import Shot
from studio.given import TEMPORAL
from studio.recipe import Recipe
from studio.tools import asks
from studio.tools.asks import Ask
from studio.tools.clips import Clip, Finder, no_file
from studio.work import CURVES, Made, Span, Work

REMEMBERED = 4  # latents before a join that the decoder is to have seen
LED_IN = 2  # latents more, of frames that are encoded anew, to fill the encoder's memory
LOOP_SECONDS = 2.0
LONGEST_SIDE = 4096  # pixels, of what is made larger


@dataclass(frozen=True)
class Room:
    """What a model can do here: its catalogue entry, and the names that it knows for a direction."""

    entry: CatalogEntry
    knows: Mapping[str, Collection[str]] | None = None

    @property
    def tail(self) -> int:
        """Latents that are given at the end of what has to meet a clip."""
        return max(1, self.entry.limits.overlap)

    @property
    def head(self) -> int:
        """Frames before a join that are looked at."""
        return 1 + TEMPORAL * (max(REMEMBERED, self.entry.limits.overlap) + LED_IN)


@dataclass(frozen=True)
class Order:
    """What is to be rendered, and the clips that it is made of."""

    shot: Shot
    recipe: Recipe
    clips: tuple[Clip, ...]


def plan(ask: Ask, finder: Finder, room_of: Callable[[str], Room]) -> Order:
    """Check an ask in full. Raises ShotError, NotFound or MediaError with one line; nothing is written before that."""
    if isinstance(ask, asks.Upscale):
        return _upscale(ask, finder)
    if isinstance(ask, asks.Smooth):
        return _smooth(ask, finder)
    if isinstance(ask, asks.Recut) and ask.replace is None:
        return _cut(ask, finder)
    first = finder.clip("clip", ask.clip, None)
    room = room_of(first.recipe.model if first.recipe is not None else "storybook")
    clip = finder.clip("clip", ask.clip, float(room.entry.fps))
    match ask:
        case asks.Extend():
            return _extend(ask, clip, room)
        case asks.Loop():
            return _loop(ask, clip, room)
        case asks.Remix():
            return _remix(ask, clip, room)
        case asks.Recut():
            return _replace(ask, clip, room)
        case asks.Blend() | asks.Interpolate():
            other = finder.clip("other", ask.other, float(room.entry.fps))
            return _blend(ask, clip, other, room) if isinstance(ask, asks.Blend) else _lead(ask, clip, other, room)


def between_pictures(ask: Ask, entry: CatalogEntry) -> Shot | None:
    """Frames between two pictures, which is a shot with a first and a last one; None for an ask about clips.

    Raises ShotError or MediaError.
    """
    if not isinstance(ask, asks.Interpolate):
        return None
    named = {field: Path(name) for field, name in (("clip", ask.clip), ("other", ask.other)) if isinstance(name, Path)}
    found = {field: path for field, path in named.items() if path.is_file() and not media.is_container(path)}
    if not found:
        return None
    for field, path in named.items():
        if not path.is_file():
            raise no_file(field, path)
    if len(found) == 1:
        ((field, path),) = found.items()
        line = f"{path.name} is a picture and the other one a clip: give two clips or two pictures"
        raise ShotError(field, path.name, line)
    if not ask.prompt:
        raise ShotError("prompt", "", "say what happens between the two pictures")
    size = _nearest(*media.open_picture(found["clip"]).size, entry)
    return Shot(
        prompt=ask.prompt, size=size, seconds=ask.seconds, seed=ask.seed, steps=ask.steps, guidance=ask.guidance,
        first=found["clip"], last=found["other"], model=entry.name,
    )  # fmt: skip


# Tools that make frames


def _extend(ask: asks.Extend, clip: Clip, room: Room) -> Order:
    if ask.direction not in ("forward", "backward"):
        message = f"direction {str(ask.direction)[:20]!r} is not known: use forward or backward"
        raise ShotError("direction", ask.direction, message, "forward")
    if ask.direction == "forward":
        at = clip.frames - 1 if ask.at is None else _frame("at", ask.at, clip)
        frames = _length(ask.seconds, room)
        before = (clip.span(0, at + 1),)
        work = Work("extend", (clip.parent,), before=before, made=Made(frames, head=_head(clip, at + 1, room)))
    else:
        at = 0 if ask.at is None else _frame("at", ask.at, clip)
        frames = _length(ask.seconds, room, begins=True)
        made = Made(frames, tail=_tail(clip, at, room))
        work = Work("extend", (clip.parent,), made=made, after=(clip.span(at, clip.frames),))
    return _order(ask, work, (clip,), room)


def _loop(ask: asks.Loop, clip: Clip, room: Room) -> Order:
    if ask.seconds is None:
        frames = TEMPORAL * max(1, round(LOOP_SECONDS * room.entry.fps / TEMPORAL))
        if not room.entry.notes.get("blocking"):  # without a plan only one window leads straight back
            free = room.entry.limits.window - max(1, room.entry.limits.overlap) - room.tail
            frames = min(frames, TEMPORAL * max(1, free))
    else:
        frames = _length(ask.seconds, room)
    made = Made(frames, head=_head(clip, clip.frames, room), tail=_tail(clip, 0, room))
    work = Work("loop", (clip.parent,), before=(clip.span(0, clip.frames),), made=made, closes=True)
    return _order(ask, work, (clip,), room)


def _blend(ask: asks.Blend, clip: Clip, other: Clip, room: Room) -> Order:
    if ask.curve not in CURVES:
        message = f"curve {str(ask.curve)[:20]!r} is not known: use {', '.join(CURVES)}"
        raise ShotError("curve", ask.curve, message, "smooth")
    frames = _length(ask.seconds, room)
    longest = min(clip.frames - 1, other.frames - TEMPORAL * room.tail) // TEMPORAL * TEMPORAL
    if longest < TEMPORAL:
        raise ShotError("clip", clip.title, f"{min(clip, other, key=lambda c: c.frames).title} is too short to blend")
    if frames > longest:
        near = longest / room.entry.fps
        line = f"seconds {ask.seconds:g} does not work: of these two clips up to {near:.2f} s can be blended"
        raise ShotError("seconds", ask.seconds, line, round(near, 2))
    start = clip.frames - frames
    made = Made(
        frames,
        head=_head(clip, start, room),
        tail=_tail(other, frames, room, number=1),
        source=(clip.span(start, clip.frames), other.span(0, frames, 1)),
        strength=_strength(ask.strength),
        curve=ask.curve,
    )
    after = (other.span(frames, other.frames, 1),)
    work = Work("blend", (clip.parent, other.parent), before=(clip.span(0, start),), made=made, after=after)
    return _order(ask, work, (clip, other), room)


def _lead(ask: asks.Interpolate, clip: Clip, other: Clip, room: Room) -> Order:
    frames = _length(ask.seconds, room)
    made = Made(frames, head=_head(clip, clip.frames, room), tail=_tail(other, 0, room, number=1))
    before, after = (clip.span(0, clip.frames),), (other.span(0, other.frames, 1),)
    work = Work("interpolate", (clip.parent, other.parent), before=before, made=made, after=after)
    return _order(ask, work, (clip, other), room)


def _remix(ask: asks.Remix, clip: Clip, room: Room) -> Order:
    limits = room.entry.limits
    frames = min(1 + (clip.frames - 1) // TEMPORAL * TEMPORAL, limits.max_frames)
    made = Made(frames, source=(clip.span(0, frames),), strength=_strength(ask.strength))
    return _order(ask, Work("remix", (clip.parent,), made=made), (clip,), room)


def _replace(ask: asks.Recut, clip: Clip, room: Room) -> Order:
    if ask.keep is not None or ask.cut is not None:
        raise ShotError("replace", ask.replace, "one thing at a time: keep a span, cut one out, or replace one")
    assert ask.replace is not None
    start, stop = _span("replace", ask.replace, clip)
    if (start, stop) == (0, clip.frames):
        raise ShotError("replace", ask.replace, "that is the whole clip: remix it, or shoot it again")
    seconds = (stop - start) / clip.fps if ask.seconds is None else ask.seconds
    frames = _length(seconds, room, begins=start == 0)
    made = Made(
        frames,
        head=_head(clip, start, room) if start else None,
        tail=_tail(clip, stop, room) if stop < clip.frames else None,
    )
    before = (clip.span(0, start),) if start else ()
    after = (clip.span(stop, clip.frames),) if stop < clip.frames else ()
    return _order(ask, Work("recut", (clip.parent,), before=before, made=made, after=after), (clip,), room)


# Tools that only cut, or change what is there


def _cut(ask: asks.Recut, finder: Finder) -> Order:
    clip = finder.clip("clip", ask.clip, None)
    if (ask.keep is None) == (ask.cut is None):
        raise ShotError("keep", None, "say what to do: keep a span, cut one out, or replace one by new frames")
    if ask.keep is not None:
        start, stop = _span("keep", ask.keep, clip)
        spans = [clip.span(start, stop)]
    else:
        assert ask.cut is not None
        start, stop = _span("cut", ask.cut, clip)
        spans = [clip.span(*each) for each in ((0, start), (stop, clip.frames)) if each[0] < each[1]]
    if not spans or sum(map(len, spans)) == clip.frames:
        done = "nothing would be left" if not spans else "that is the whole clip: nothing would be cut"
        raise ShotError("keep" if ask.keep else "cut", ask.keep or ask.cut, done)
    return _untouched(clip, Work("recut", (clip.parent,), before=tuple(spans)))


def _upscale(ask: asks.Upscale, finder: Finder) -> Order:
    clip = finder.clip("clip", ask.clip, None)
    most = min(4.0, LONGEST_SIDE / max(clip.width, clip.height))
    if not _is_number(ask.factor) or not 1 < ask.factor <= most:
        near = min(2.0, round(most - 0.005, 2))
        line = f"factor {str(ask.factor)[:20]} does not work: this clip can be made above 1 and up to {most:.2f} times"
        raise ShotError("factor", ask.factor, f"{line} as large", near)
    work = Work("upscale", (clip.parent,), before=(clip.span(0, clip.frames),), scale=float(ask.factor))
    order = _untouched(clip, work)
    width, height = (2 * round(side * ask.factor / 2) for side in (clip.width, clip.height))
    return replace(order, recipe=replace(order.recipe, width=width, height=height))


def _smooth(ask: asks.Smooth, finder: Finder) -> Order:
    clip = finder.clip("clip", ask.clip, None)
    fps = 2 * round(clip.fps) if ask.fps is None else ask.fps
    if isinstance(fps, bool) or not isinstance(fps, int) or not clip.fps < fps <= 120:
        line = f"fps {str(fps)[:20]} does not work: this clip has {clip.fps:g}; it can be a whole number up to 120"
        raise ShotError("fps", fps, line, min(120, 2 * round(clip.fps)))
    work = Work("smooth", (clip.parent,), before=(clip.span(0, clip.frames),), rate=fps)
    order = _untouched(clip, work)
    return replace(order, recipe=replace(order.recipe, fps=fps, frames=round(clip.frames * fps / clip.fps)))


# What they have in common


def _order(ask: Ask, work: Work, clips: tuple[Clip, ...], room: Room) -> Order:
    """The shot of what is made anew, in the words of the first clip where no others are given."""
    assert work.made is not None and not isinstance(ask, asks.Upscale | asks.Smooth)
    _can(work.made, room)
    seconds = work.made.frames / room.entry.fps
    shot = Shot(
        prompt=ask.prompt if ask.prompt is not None else _prompt(clips),
        direction=_direction(clips[0], room) if ask.prompt is None else Direction(),
        negative=clips[0].recipe.negative if clips[0].recipe is not None else "",
        size=_size(clips[0], room.entry),
        seconds=max(seconds, shots.SHORTEST),
        seed=ask.seed,
        steps=ask.steps,
        guidance=ask.guidance,
        model=room.entry.name,
    )
    found = shots.plan(shot, room.entry, room.knows)
    frames = work.made.frames + sum(map(len, (*work.before, *work.after)))
    takes = tuple(clip.parent.take for clip in clips if clip.parent.take)
    recipe = replace(found.recipe, frames=frames, seconds=round(seconds, 3), work=work, parents=takes)
    return Order(found.shot, recipe, clips)


def _untouched(clip: Clip, work: Work) -> Order:
    """What no model has a part in: the clip's own recipe, with what was done to it."""
    if clip.recipe is None:
        raise ShotError(
            "clip", clip.title, f"{clip.title} does not say how it was made: only clips of a studio are cut"
        )
    own, frames = clip.recipe, sum(map(len, work.before))
    takes = (clip.parent.take,) if clip.parent.take else ()
    recipe = replace(
        own, frames=frames, work=work, parents=takes, anchors=(), width=clip.width, height=clip.height,
        fps=round(clip.fps),
    )  # fmt: skip
    known = {kind: value for kind, value in own.direction.items() if kind in KINDS}
    shot = Shot(
        prompt=own.prompt, direction=Direction(**known), negative=own.negative, size=own.size, seconds=own.seconds,
        seed=own.seed, model=own.model,
    )  # fmt: skip
    return Order(shot, recipe, (clip,))


def _prompt(clips: tuple[Clip, ...]) -> str:
    """The words of the clips, each once."""
    known = list(dict.fromkeys(clip.recipe.prompt for clip in clips if clip.recipe is not None and clip.recipe.prompt))
    if not known:
        raise ShotError("prompt", "", f"{clips[0].title} does not say how it was made: say what the new frames show")
    return ". ".join(words.rstrip(". ") for words in known) if len(known) > 1 else known[0]


def _direction(clip: Clip, room: Room) -> Direction:
    """The clip's direction, as far as this model knows it."""
    chosen = clip.recipe.direction if clip.recipe is not None else {}
    known: dict[str, str] = {}
    for kind, value in chosen.items():
        if kind in KINDS:
            with suppress(ShotError):
                known |= directions.check(Direction(**{kind: value}), room.knows).chosen()
    return Direction(**known)


def _size(clip: Clip, entry: CatalogEntry) -> str:
    """The clip's own size where the model draws it, else the one of the nearest shape."""
    named = clip.recipe.size if clip.recipe is not None else f"{clip.width}x{clip.height}"
    try:
        shots.dimensions(named, entry)
    except ShotError:
        named = _nearest(clip.width, clip.height, entry)
    return named


def _nearest(width: int, height: int, entry: CatalogEntry) -> str:
    """The size of the nearest shape that the model draws."""
    shape = math.log(width / height)
    return min(entry.sizes, key=lambda name: abs(math.log(entry.sizes[name][0] / entry.sizes[name][1]) - shape))


def _can(made: Made, room: Room) -> None:
    entry = room.entry
    if made.tail is not None and not entry.given.get("last", False):
        raise ShotError("clip", entry.name, f"{entry.title} cannot be given its last frames: it can only go on forward")
    if made.head is not None and not (entry.given.get("sequence", False) or entry.given.get("first", False)):
        raise ShotError("clip", entry.name, f"{entry.title} cannot go on from a clip")


def _head(clip: Clip, stop: int, room: Room) -> Span:
    return clip.span(max(0, stop - room.head), stop)


def _tail(clip: Clip, start: int, room: Room, number: int = 0) -> Span:
    many = min(TEMPORAL * room.tail, (clip.frames - start) // TEMPORAL * TEMPORAL)
    if many < TEMPORAL:
        line = (
            f"{clip.title}: at least {TEMPORAL} frames must follow ({TEMPORAL / clip.fps:.2f} s) for a join to be made"
        )
        raise ShotError("clip", clip.title, line)
    return clip.span(start, start + many, number)


def _length(seconds: float, room: Room, *, begins: bool = False) -> int:
    """Frames that come nearest to a length: a multiple of a latent, and one more where they begin the clip."""
    entry = room.entry
    least = TEMPORAL / entry.fps
    most = min(entry.limits.max_seconds, entry.max_seconds)
    if not _is_number(seconds) or not 0 < seconds <= most + 1e-6:
        near = least if _is_number(seconds) and seconds <= 0 else most
        shown = f"{seconds:g}" if _is_number(seconds) else repr(seconds)[:20]
        line = f"seconds {shown} does not work: new frames last {least:.2f} to {most:g} seconds"
        raise ShotError("seconds", seconds, line, round(near, 2))
    count = max(1, round((seconds * entry.fps - begins) / TEMPORAL))
    highest = (entry.limits.max_frames - 1) // TEMPORAL - room.tail
    return TEMPORAL * min(count, highest) + begins


def _strength(value: object) -> float:
    if isinstance(value, str) and value in asks.STRENGTHS:
        return asks.STRENGTHS[value]
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not 0 < number <= 1:
        names = ", ".join(asks.STRENGTHS)
        line = f"strength {str(value)[:20]!r} is not known: use {names}, or a number above 0 and up to 1"
        raise ShotError("strength", value, line, "medium")
    return number


def _frame(field: str, moment: float, clip: Clip) -> int:
    """The frame that is seen at a moment."""
    if not _is_number(moment) or not -1e-6 <= moment <= clip.seconds + 1e-6:
        near = min(max(moment, 0.0), clip.seconds) if _is_number(moment) else 0.0
        shown = f"{moment:g}" if _is_number(moment) else repr(moment)[:20]
        raise ShotError(field, moment, f"{field} {shown} s is not in the clip: it lasts {clip.seconds:.2f} s", near)
    return min(max(int(moment * clip.fps + 1e-6), 0), clip.frames - 1)


def _span(field: str, span: tuple[float, float], clip: Clip) -> tuple[int, int]:
    """The frames of a span in seconds."""
    whole = (0.0, round(clip.seconds, 2))
    if len(span) != 2 or not all(map(_is_number, span)):
        line = f"{field}: say where the part begins and where it ends; the clip lasts {clip.seconds:.2f} s"
        raise ShotError(field, span, line, whole)
    shown = f"{field} {span[0]:g} to {span[1]:g} s does not work"
    if span[0] < 0 or span[1] > clip.seconds + 0.05:
        raise ShotError(field, span, f"{shown}: the clip goes from 0 to {clip.seconds:.2f} s", whole)
    start, stop = (min(round(value * clip.fps), clip.frames) for value in span)
    if start >= stop:
        raise ShotError(field, span, f"{shown}: the end comes after the start", whole)
    return start, stop


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
