"""Rehearsal: what is planned of a clip before it is rendered, for a model that is shown whom it films.

Who is seen and how they move is laid on paper (`world/blocking.py`); the same is staged on a set that the transformer
draws first, or before the picture that the clip begins with (`world/staging.py`). Where other frames are given they say
what there is, and nothing is staged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from model import conditioning, sets
from model.conditioning import Anchor, Frames
from model.cue import Cue, cued
from model.request import Told
from model.world import staging
from model.world.blocking import Blocking, block, emptied, traced
from model.world.light import change_of_light
from model.world.plate import plate
from model.world.render import PAPER, Backdrop
from model.world.scene import Shot
from model.world.turning import OVER, Turn, look_of

if TYPE_CHECKING:
    from model.pipeline import Generator
    from model.request import GenerationRequest
    from model.windows import Window

STRENGTH = 0.25  # the noise level from which a staged shot is rendered
LOOKED_AT = 8  # frames of what it goes on from or leads up to
ALIKE = 20.0  # grey levels by which their places may differ, or the clip leads from one place to another
BESIDE = 10  # pixels around somebody that may be theirs too: they are found to a frame, and clips are compressed
SEEN = 6  # grey levels from the paper: somebody, or something, is here


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """Of the new frames of a window: how they are planned, what the autoencoder makes of that, both uint8 (t, H, W, 3),
    where in them somebody or something is seen, bool (t, H, W), and whether everything else is planned too."""

    planned: Frames
    coded: Frames
    seen: NDArray[np.bool_]
    staged: bool = False

    def part(self, first: int, count: int) -> Detail:
        """The same of `count` frames from `first` on."""
        span = slice(first, first + count)
        return replace(self, planned=self.planned[span], coded=self.coded[span], seen=self.seen[span])


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

    @torch.inference_mode()
    def window(self, window: Window) -> Shown:
        """A window's part of it."""
        blocking = self._blocking
        first = max(0, 4 * window.start - 4)  # a later window's latents follow one frame that is not looked at
        count = 4 * window.stop - 3 - first
        behind, seen = 1 if window.start else 0, (4 * window.fresh - 3 if window.fresh else 0) - first
        pieces = tuple(self._pieces(first, count))
        made = [plan.staged(self._set, *part) for plan, *part in pieces]
        frames, planned = (np.concatenate(each) for each in zip(*made, strict=True))
        latents, staged = self._latents(frames, plain=blocking.plain), None
        if self._set is not None:
            staged = self._of.vae.encode(conditioning.to_video(planned, self._of.device))
        detail = None
        if staged is not None or not blocking.plain:
            coded = conditioning.to_frames(self._of.vae.decode(latents if staged is None else staged))
            detail = Detail(planned[seen:], coded[seen:], _seen(frames[seen:]), staged is not None)
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
        if self._cue is None:
            return Blocking(None, asked.width, asked.height)
        return self._cue.plan

    def _pieces(self, first: int, count: int) -> Iterator[tuple[Blocking, int, int]]:
        """The plans that are played in some frames of the stream: each with its first of them and how many."""
        if not self._led or self._cue is None:
            yield self._blocking, first, count
            return
        yield from self._cue.pieces(first, count)

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
        shot = block(asked.prompt, self._knows, given=len(self._pictures), seed=seed)
        turns = tuple(self._turns(shot))
        return Blocking(shot, asked.width, asked.height, self._pictures, turns=turns).at(-self._begins)

    def _turns(self, shot: Shot) -> Iterator[Turn]:
        """What a shot turns from, and to: where what it goes on from, or leads up to, looks otherwise."""
        asked, sides = self._asked, list[tuple[Told, int, bool]]()
        if asked.was is not None and self._before is not None:
            sides.append((asked.was, 4 * (self._before.shape[1] - 1), False))
        if asked.will is not None and self._last is not None and self._last.frames is not None:
            sides.append((asked.will, 4 * (asked.total - 1) + 1 - len(self._last.frames), True))
        for told, frame, ahead in sides:
            then = block(told.prompt, self._knows, given=len(self._pictures), seed=told.seed)
            there, same = look_of(shot, then), [each.instance for each in then.actors]
            moves = then.actors != shot.actors and same == [each.instance for each in shot.actors]
            if there != shot or moves:
                over = min(OVER, asked.frames // len(sides))
                yield Turn(there, frame, over, ahead, then.actors if moves else ())

    @cached_property
    @torch.inference_mode()
    def _cue(self) -> Cue | None:
        """From where in the plan it goes on, and up to where it has to get; None where somebody else is seen."""
        after, of = None, self._of
        if self._last is not None:
            (given,) = conditioning.encode((self._last,), of.vae, self._asked.total, device=of.device)
            after = given.start, given.latents[:, 0]
        known = self._known(self._asked.was, 0), self._known(self._asked.will, 3)
        return cued(self._plan, of.vae.encode, self._before, after, of.device, known)

    def _known(self, told: Told | None, more: int) -> int | None:
        """The frame of its own plan, and so many more, that is seen in a clip, where the same are seen in both."""
        shot = self._plan.shot
        if told is None or told.frame is None or shot is None:
            return None
        there = block(told.prompt, self._knows, given=len(self._pictures), seed=told.seed)
        same = [actor.instance for actor in there.actors] == [actor.instance for actor in shot.actors]
        return told.frame + more if same else None

    @property
    def _first(self) -> Frames | None:
        """The one picture (H, W, 3) that is given, if it is the first and alone."""
        asked = self._asked
        if len(asked.anchors) != 1 or asked.prefix or self._pictures:
            return None
        one = asked.anchors[0]
        alone = one.place in ("first", 0) and one.frames is not None and len(one.frames) == 1
        return one.frames[0] if alone and one.frames is not None else None

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

    @property
    def _staged(self) -> bool:
        """Whether the clip is staged: where nothing is given but what it goes on from or leads up to, or one first
        picture in which something is to move."""
        asked, blocking = self._asked, self._blocking
        if asked.source is not None or blocking.shot is None:
            return False
        if any(1 - anchor.strength >= STRENGTH for anchor in asked.anchors):
            return False  # so weak a picture would not be held from there
        if self._first is not None:
            return blocking.shot.camera not in ("static", "tracking") or not blocking.plain
        if asked.anchors and self._last is None and not self._opens:
            return False
        before, after = self._place_before, self._place_after
        return before is None or after is None or _apart(before, after) < ALIKE

    @cached_property
    def _set(self) -> Backdrop | None:
        """What the clip is staged before: a set that is drawn for it, the picture that it begins with, or the place
        that is seen in what it goes on from or leads up to."""
        blocking = self._blocking
        if not self._staged:
            return None
        if self._first is not None:
            picture = emptied(self._first) if blocking.manned else self._first
            return Backdrop(picture, straight=blocking.straight)
        if self._before is not None:
            return self._relit(self._place_before, self._asked.was)
        if self._last is not None:
            return self._relit(self._place_after, self._asked.will)
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
    def _place_before(self) -> Backdrop | None:
        """The place that is seen in the last frames of what the clip goes on from, or None."""
        if self._before is None:
            return None
        assert self._cue is not None  # nothing is staged where somebody else is seen
        count = 1 + 4 * (self._before.shape[1] - 1)
        frames = self._asked.anchors[0].frames if self._opens else self._asked.shown
        if frames is None:
            frames = self._of.decode(self._before)
        frames = frames[:count][-LOOKED_AT:] if self._opens else frames[-LOOKED_AT:]
        return self._place(frames, count - len(frames), self._cue.before, self._asked.was)

    @cached_property
    def _place_after(self) -> Backdrop | None:
        """The place that is seen in the first frames of what the clip leads up to, or None."""
        if self._last is None:
            return None
        assert self._cue is not None
        frames = self._last.frames
        if frames is None:
            assert self._last.latents is not None
            frames = self._of.decode(self._last.latents)
        first = 4 * (self._asked.total - 1) + 1 - len(frames)
        return self._place(frames[:LOOKED_AT], first, self._cue.after, self._asked.will)

    def _place(self, frames: Frames, first: int, blocking: Blocking, told: Told | None) -> Backdrop:
        """The place in some frames, of which the first is frame `first` of a blocking of whoever is seen there; told:
        how they were asked for."""
        seen = _seen(blocking.calm().frames(first, len(frames)))
        around = F.max_pool2d(torch.from_numpy(seen).float()[:, None], 2 * BESIDE + 1, stride=1, padding=BESIDE)
        picture, hidden = plate(frames, around[:, 0].numpy() > 0)
        words = self._place_prompt if told is None else staging.set_prompt(told.prompt, self._knows)
        made = sets.completed(self._of, self._asked, words, picture, hidden)
        return replace(made, straight=blocking.second(first + len(frames) - 1))

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


def _apart(a: Backdrop, b: Backdrop) -> float:
    """How far two pictures of one size are apart, in grey levels."""
    return float(np.abs(a.picture.astype(np.float32) - b.picture).mean())


def _seen(blocking: Frames) -> NDArray[np.bool_]:
    """Where frames (t, H, W, 3) of a blocking are not paper, (t, H, W)."""
    off = (blocking > PAPER + SEEN) | (blocking < PAPER - SEEN)
    found: NDArray[np.bool_] = off[..., 0] | off[..., 1] | off[..., 2]
    return found
