"""Rehearsal: what is planned of a clip before it is rendered, for a model that is shown whom it films.

Who is seen and how they move is laid on paper (`world/blocking.py`); the same is staged on a set that the transformer
draws first, or before the picture that the clip begins with (`world/staging.py`). Where a clip leads from one place to
another, from somebody to somebody else, or from picture to picture, the end of the one and the start of the other are
both staged, and the one dissolves into the other. Where other frames are given they say what there is, and nothing is
staged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model import conditioning, sets
from model.conditioning import Anchor, Frames
from model.cue import NOTHING, Cue, Known, cued
from model.handover import Side, alike, handed
from model.request import Told
from model.seen import Seen, is_seen, seen_in
from model.world import staging
from model.world.blocking import Blocking, block, traced
from model.world.cutout import emptied
from model.world.light import change_of_light
from model.world.render import Backdrop, View
from model.world.scene import Shot

if TYPE_CHECKING:
    from model.pipeline import Generator
    from model.request import GenerationRequest
    from model.windows import Window

STRENGTH = 0.25  # the noise level from which a staged shot is rendered
MET = 8  # frames over which what is drawn gives way to what is planned, where it meets frames that are there
LOOKED_AT = 8  # frames of what it goes on from or leads up to
ALIKE = 20.0  # grey levels by which their places may differ, or the clip leads from one place to another


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """Of the new frames of a window: how they are planned, what the autoencoder makes of that, both uint8 (t, H, W, 3),
    where in them somebody or something is seen, bool (t, H, W), whether everything else is planned too, and how much
    of each frame is to be as planned whatever was drawn, 0 to 1 (t,): what has to meet frames that are there.
    dissolves: whether one thing becomes another in it; then it does so evenly."""

    planned: Frames
    coded: Frames
    seen: NDArray[np.bool_]
    staged: bool = False
    firm: NDArray[np.float32] | None = None
    dissolves: bool = False

    def part(self, first: int, count: int) -> Detail:
        """The same of `count` frames from `first` on."""
        span = slice(first, first + count)
        firm = None if self.firm is None else self.firm[span]
        return replace(self, planned=self.planned[span], coded=self.coded[span], seen=self.seen[span], firm=firm)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A window's part of the plan: latents (1, C, T, h, w) of the blocking; of the staged shot, (C, T, h, w), or None
    where nothing is staged; and what latents lose of it, or None where nothing is planned."""

    blocking: Tensor
    staged: Tensor | None
    detail: Detail | None


class Rehearsal:
    """The plan of a request; `before` are the latents (C, t, h, w) that the clip goes on from, if any. Of a shot that
    begins in the middle of a clip, `begins` is the clip's frame that is its first, and `shared` are the clip's sets."""

    def __init__(
        self, of: Generator, asked: GenerationRequest, before: Tensor | None = None, begins: int = 0,
        shared: sets.Sets | None = None,
    ) -> None:  # fmt: skip
        self._of, self._asked, self._begins = of, asked, begins
        self._knows = of.entry.notes.get("knows")
        self._pictures = () if asked.references is None else tuple(asked.references)
        self._paper: dict[tuple[int, bool], Tensor] = {}
        self._before = self._opening if before is None else before
        self._sets = shared or sets.Sets(of, asked)
        if before is None and not asked.anchors and self._staged:
            self._sets.need(self._place_prompt, self._extent)

    @property
    def strength(self) -> float | None:
        """The noise level from which the shot is rendered; None from nothing but noise."""
        return STRENGTH if self._staged else None

    @property
    def joint(self) -> Frames | None:
        """The last frame (H, W, 3) of what it goes on from as it would be staged, where the first ones will be eased
        onto it; None where they go on from what is decoded."""
        if self._before is None or not self._asked.eased or not self._staged:
            return None
        return self._played(4 * (self._before.shape[1] - 1), 1)[1][0]

    @torch.inference_mode()
    def window(self, window: Window) -> Shown:
        """A window's part of it."""
        blocking = self._blocking
        first = max(0, 4 * window.start - 4)  # a later window's latents follow one frame that is not looked at
        count = 4 * window.stop - 3 - first
        behind, seen = 1 if window.start else 0, (4 * window.fresh - 3 if window.fresh else 0) - first
        frames, planned = self._played(first, count)
        latents, staged = self._latents(frames, plain=blocking.plain), None
        if self._staged:
            staged = self._of.vae.encode(conditioning.to_video(planned, self._of.device))
        detail = None
        if staged is not None or not blocking.plain:
            coded = conditioning.to_frames(self._of.vae.decode(latents if staged is None else staged))
            firm = self._firm(first + seen, len(planned) - seen) if staged is not None else None
            new = planned[seen:], coded[seen:], is_seen(frames[seen:])
            detail = Detail(*new, staged is not None, firm, self._dissolves)
        return Shown(latents[:, :, behind:], None if staged is None else staged[0, :, behind:], detail)

    @cached_property
    def _blocking(self) -> Blocking:
        """Who is seen in the clip and how they move: whom the prompt names, or who is drawn in the picture that it
        begins with; empty paper where other given frames show who there is."""
        asked, plan = self._asked, self._plan
        if self._first is not None:
            found = traced(self._first, asked.prompt, self._knows, seed=asked.seed)
            return found or plan.empty(plan.second(0))
        if not self._led:
            shows = asked.anchors and not self._pictures  # those who are in the frames that are given
            return Blocking(None, asked.width, asked.height) if shows else plan
        cue = self._cue if self._parted is None else self._parted[0]
        return Blocking(None, asked.width, asked.height) if cue is None else cue.plan

    def _played(self, first: int, count: int) -> tuple[Frames, Frames]:
        """Frames first, first + 1, ... of the stream as they are blocked, and as they are staged."""
        acts = [self._act(*act, first, count) for act in self._acts]
        paper, planned = acts[0] if len(acts) == 1 else tuple(
            self._dissolved(one, other, first) for one, other in zip(*acts, strict=True)
        )  # fmt: skip
        if self._filmed is not None:
            planned = self._filmed[first : first + count]
        elif self._ends is not None:
            one, other = (each.repeat(count, axis=0) for each in self._ends)
            planned = self._dissolved(one, other, first)
        return paper, planned

    def _act(self, cue: Cue | None, backdrop: Backdrop | None, first: int, count: int) -> tuple[Frames, Frames]:
        pieces = ((self._blocking, first, count),) if cue is None else tuple(cue.pieces(first, count))
        made = [plan.staged(backdrop, *part) for plan, *part in pieces]
        paper, planned = (np.concatenate(each) for each in zip(*made, strict=True))
        return paper, planned

    def _dissolved(self, one: Frames, other: Frames, first: int) -> Frames:
        """Frames first, first + 1, ... of what goes over from one thing into another between its joins."""
        joint, meets = self._joints
        assert joint is not None and meets is not None
        t = ((np.arange(first, first + len(one), dtype=np.float32) - joint) / (meets - joint)).clip(0, 1)
        share = (t * t * (3 - 2 * t))[:, None, None, None]
        return np.rint(one + share * (other.astype(np.float32) - one)).astype(np.uint8)

    @property
    def _joints(self) -> tuple[int | None, int | None]:
        """The last frame of the stream that is there before what is made, and the first one behind it."""
        last = 4 * (self._asked.total - 1) + 1
        if self._ends is not None:
            return 0, last - 4  # a picture behind the first is four equal frames
        joint = None if self._before is None else 4 * (self._before.shape[1] - 1)
        given = None if self._last is None else self._last.frames
        return joint, None if given is None else last - len(given)

    def _firm(self, first: int, count: int) -> NDArray[np.float32] | None:
        """How much of frames first, first + 1, ... is to be as planned: all where they meet what is there."""
        frames, firm = np.arange(first, first + count), np.zeros(count, np.float32)
        (joint, meets), last = self._joints, 4 * (self._asked.total - 1) + 1
        if joint is not None and (self._asked.eased or self._before is None):
            firm = np.maximum(firm, 1 - (frames - joint) / (MET + 1))
        if meets is not None and (self._ends is not None or last - meets >= 4):  # a lone picture is held, not planned
            firm = np.maximum(firm, 1 - (meets - frames) / (MET + 1))
        return firm.clip(0, 1).astype(np.float32) if firm.any() else None

    @cached_property
    def _acts(self) -> tuple[tuple[Cue | None, Backdrop | None], ...]:
        """What is played, and before what: one act, or two of which the one dissolves into the other."""
        before, after = self._places
        if self._parted is not None:
            one, other = self._parted
            return (one, before), (other, after)
        cue = self._cue if self._led else None
        if not self._staged or before is None or after is None:
            return ((cue, self._set),)
        return (cue, self._relit(before, self._asked.was)), (cue, self._relit(after, self._asked.will))

    @cached_property
    @torch.inference_mode()
    def _parted(self) -> tuple[Cue, Cue] | None:
        """How it goes on, and how it leads up to what comes then, where other people are seen there; None where the
        same are, or where it is not known how the two were asked for."""
        asked, of, width, height = self._asked, self._of, self._asked.width, self._asked.height
        if asked.was is None or asked.will is None or self._before is None or self._last is None or self._pictures:
            return None
        one, other = (self._blocked(told.prompt, told.seed) for told in (asked.was, asked.will))
        if alike(one, other):
            return None
        code, last = of.vae.encode, asked.will.frame
        known = Known(asked.was.frame), Known(None if last is None else last + 3)
        begins = cued(Blocking(one, width, height), code, self._before, None, of.device, (known[0], NOTHING))
        ends = cued(Blocking(other, width, height), code, None, self._coming, of.device, (NOTHING, known[1]))
        return (begins, ends) if begins is not None and ends is not None else None

    @property
    def _dissolves(self) -> bool:
        """Whether one thing becomes another: a clip, a place, an hour."""
        known = self._filmed is not None or self._ends is not None or self._parted is not None
        if known or (self._led and self._plan.relights):
            return True
        before, after = self._places
        return before is not None and after is not None and _apart(before.picture, after.picture) >= ALIKE

    @property
    def _coming(self) -> tuple[int, Tensor] | None:
        """The first latent (C, h, w) of what it leads up to, and which of the stream it is."""
        if self._last is None:
            return None
        (given,) = conditioning.encode((self._last,), self._of.vae, self._asked.total, device=self._of.device)
        return given.start, given.latents[:, 0]

    @property
    def _filmed(self) -> Frames | None:
        """The frames of the whole stream, where it is drawn over clips that are there already."""
        source = self._asked.source
        return None if source is None or not self._asked.prefix else source.frames

    @property
    def _led(self) -> bool:
        """Whether it goes on from something, or leads up to one thing."""
        asked = self._asked
        if asked.anchors and self._last is None and not self._pictures and not self._opens:
            return False
        return self._before is not None or self._last is not None

    @cached_property
    def _plan(self) -> Blocking:
        """The blocking of the prompt, as if nothing were given."""
        asked = self._asked
        told = asked.was or asked.will  # the same chances: rain that goes on is the same rain
        seed = asked.seed if told is None else told.seed
        shot = self._blocked(asked.prompt, seed)
        shot, turns = handed(shot, tuple(self._sides(shot)), asked.frames, View(asked.width, asked.height))
        return Blocking(shot, asked.width, asked.height, self._pictures, turns=turns).at(-self._begins)

    def _blocked(self, prompt: str, seed: int) -> Shot:
        return block(prompt, self._knows, given=len(self._pictures), seed=seed, frame=self._asked.size)

    def _sides(self, shot: Shot) -> Iterator[Side]:
        """What a shot goes on from, and leads up to; not where other pictures may have been given of those in it."""
        asked, sides = self._asked, list[tuple[Told, int, bool]]()
        if asked.was is not None and self._before is not None:
            sides.append((asked.was, 4 * (self._before.shape[1] - 1), False))
        if asked.will is not None and self._last is not None and self._last.frames is not None:
            sides.append((asked.will, 4 * (asked.total - 1) + 1 - len(self._last.frames), True))
        for told, frame, ahead in sides:
            there = self._blocked(told.prompt, told.seed)
            if self._pictures and not alike(there, shot):
                there = replace(there, actors=shot.actors)
            yield Side(there, frame, ahead, told.frame)

    @cached_property
    @torch.inference_mode()
    def _cue(self) -> Cue | None:
        """From where in the plan it goes on, and up to where it has to get; None where somebody else is seen."""
        known, of = (self._known(self._asked.was, 0), self._known(self._asked.will, 3)), self._of
        return cued(self._plan, of.vae.encode, self._before, self._coming, of.device, known)

    def _known(self, told: Told | None, more: int) -> Known:
        """What is known of a frame that is so many behind the one that is seen in a clip."""
        shot = self._plan.shot
        if told is None or told.frame is None or shot is None:
            return NOTHING
        there, frame = self._blocked(told.prompt, told.seed), told.frame + more
        same = not self._pictures or alike(there, shot)
        planned = Blocking(there, self._asked.width, self._asked.height, self._pictures).calm().small()
        return Known(frame if same else None, planned.frames(frame, 1))

    @property
    def _first(self) -> Frames | None:
        """The one picture (H, W, 3) that is given, if it is the first and alone."""
        asked = self._asked
        if len(asked.anchors) != 1 or asked.prefix or self._pictures:
            return None
        one = asked.anchors[0]
        alone = one.place in ("first", 0) and one.frames is not None and len(one.frames) == 1
        return one.frames[0] if alone and one.frames is not None else None

    @cached_property
    def _ends(self) -> tuple[Frames, Frames] | None:
        """The two pictures (1, H, W, 3) that are given, if they are the first and the last, to be kept, and all."""
        asked = self._asked
        if len(asked.anchors) != 2 or asked.prefix or asked.source is not None or self._pictures:
            return None
        one, other = sorted(asked.anchors, key=lambda anchor: anchor.place == "last")
        placed = one.place in ("first", 0) and other.place == "last"
        if not placed or any(1 - anchor.strength >= STRENGTH for anchor in asked.anchors):
            return None
        pictures = [anchor.frames for anchor in (one, other) if anchor.frames is not None and len(anchor.frames) == 1]
        return (pictures[0], pictures[1]) if len(pictures) == 2 else None

    @property
    def _opens(self) -> bool:
        """Whether a clip is given that it begins with, and nothing else."""
        asked = self._asked
        if len(asked.anchors) != 1 or asked.prefix or self._pictures:
            return False
        one = asked.anchors[0]
        return one.place in ("first", 0) and one.frames is not None and len(one.frames) > LOOKED_AT

    @property
    @torch.inference_mode()
    def _opening(self) -> Tensor | None:
        """The latents (C, t, h, w) of that clip."""
        if not self._opens:
            return None
        (given,) = conditioning.encode(self._asked.anchors, self._of.vae, self._asked.total, device=self._of.device)
        return given.latents

    @property
    def _last(self) -> Anchor | None:
        """The one picture or clip that is given, if it is the last and alone."""
        anchors = () if self._pictures else self._asked.anchors
        return anchors[0] if len(anchors) == 1 and anchors[0].place == "last" else None

    @cached_property
    def _staged(self) -> bool:
        """Whether the clip is staged: where nothing is given but what it goes on from or leads up to, or one first
        picture in which something is to move; or where it is drawn over what is there already."""
        asked, blocking = self._asked, self._blocking
        if asked.source is not None:
            return self._filmed is not None
        if self._ends is not None:
            return True
        if blocking.shot is None:
            return False
        if any(1 - anchor.strength >= STRENGTH for anchor in asked.anchors):
            return False  # so weak a picture would not be held from there
        if self._first is not None:
            return blocking.shot.camera not in ("static", "tracking") or not blocking.plain
        return not (asked.anchors and self._last is None and not self._opens)

    @cached_property
    def _set(self) -> Backdrop | None:
        """What the clip is staged before: a set that is drawn for it, the picture that it begins with, or the place
        that is seen in what it goes on from or leads up to."""
        blocking = self._blocking
        if not self._staged or self._filmed is not None or self._ends is not None:
            return None
        if self._first is not None:
            picture = emptied(self._first) if blocking.manned else self._first
            return Backdrop(picture, straight=blocking.straight)
        before, after = self._places
        if before is not None:
            return self._relit(before, self._asked.was)
        if after is not None:
            return self._relit(after, self._asked.will)
        return self._sets.set(self._place_prompt)

    def _relit(self, place: Backdrop | None, told: Told | None) -> Backdrop | None:
        """A place that is seen in a clip, and how it looks at the hour and in the weather of this one."""
        new, shot = self._place_prompt, self._blocking.shot
        if place is None or told is None or shot is None or not staging.same_place(told.prompt, self._asked.prompt):
            return place
        if staging.set_prompt(told.prompt, self._knows) == new:
            return place
        there = block(told.prompt, self._knows)
        tint = change_of_light((there.time, there.weather), (shot.time, shot.weather))
        return replace(place, turned=sets.relit(self._of, self._asked, new, place.picture, torch.tensor(tint)))

    @property
    def _extent(self) -> tuple[float, float]:
        """How much the camera sees of a set, in frames across and down."""
        asked, blocking = self._asked, self._blocking
        assert blocking.shot is not None
        seconds = abs(blocking.second(asked.frames) - blocking.second(0))
        return staging.extent(blocking.shot, seconds, asked.width, asked.height)

    @cached_property
    def _places(self) -> tuple[Backdrop | None, Backdrop | None]:
        """The places that are seen at the end of what it goes on from, and at the start of what it leads up to; None
        where there is none, or where nothing is staged."""
        if not self._staged or self._filmed is not None or self._ends is not None or self._first is not None:
            return None, None
        one, other = self._parted or (self._cue, self._cue)
        before = None if self._before is None or one is None else self._seen_before(one.before)
        after = None if self._last is None or other is None else self._seen_after(other.after)
        shot, asked = self._blocking.shot, self._asked
        if before is not None and after is not None and shot is not None and shot.camera == "static":
            if _apart(before.picture, after.picture) < ALIKE:
                before, after = before.beside(after), after.beside(before)
        return (
            None if before is None else self._completed(before, asked.was),
            None if after is None else self._completed(after, asked.will),
        )

    def _seen_before(self, blocking: Blocking) -> Seen:
        """The place in the last frames of what the clip goes on from."""
        assert self._before is not None
        count = 1 + 4 * (self._before.shape[1] - 1)
        frames = self._asked.anchors[0].frames if self._opens else self._asked.shown
        if frames is None:
            frames = self._of.decode(self._before)
        frames = frames[:count][-LOOKED_AT:] if self._opens else frames[-LOOKED_AT:]
        return seen_in(frames, count - len(frames), blocking)

    def _seen_after(self, blocking: Blocking) -> Seen:
        """The place in the first frames of what the clip leads up to."""
        assert self._last is not None
        frames = self._last.frames
        if frames is None:
            assert self._last.latents is not None
            frames = self._of.decode(self._last.latents)
        return seen_in(frames[:LOOKED_AT], 4 * (self._asked.total - 1) + 1 - len(frames), blocking)

    def _completed(self, found: Seen, told: Told | None) -> Backdrop:
        """A place with what is hidden in it drawn; told: how it was asked for."""
        words = self._place_prompt if told is None else staging.set_prompt(told.prompt, self._knows)
        made = sets.completed(self._of, self._asked, words, found.picture, found.hidden, told)
        return replace(made, straight=found.second)

    @property
    def _place_prompt(self) -> str:
        return staging.set_prompt(self._asked.prompt, self._knows)

    def _latents(self, frames: Frames, *, plain: bool) -> Tensor:
        """Latents (1, C, T, h, w) of a blocking; those of plain paper are remembered."""
        key = len(frames), plain
        if key in self._paper:
            return self._paper[key]
        made = self._of.vae.encode(conditioning.to_video(frames, self._of.device))
        if plain:
            self._paper[key] = made
        return made


def _apart(one: Frames, other: Frames) -> float:
    """How far two pictures of one size are apart, in grey levels."""
    return float(np.abs(one.astype(np.float32) - other).mean())
