"""A render: from a checked request to frames, chunk by chunk.

- Clips longer than the model's window roll forward; each window's frames are decoded as one stream before the next
  window is sampled, so memory does not grow with the length of the clip.
- One hook hears of every forward of its windows: progress, previews, saving, and stopping by raising `Cancelled`.
- All noise comes from one CPU generator; put down and taken up again, a render gives the same frames.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch
from einops import rearrange
from torch import Tensor

from model import conditioning, control, flow, meeting, shotlist, windows
from model.conditioning import Frames, Given
from model.detail import Evening, restored
from model.errors import ModelError
from model.recast import recast
from model.reel import DECODE_AT_ONCE, Reel
from model.rehearsal import Rehearsal, Shown
from model.request import GenerationRequest
from model.sets import Sets
from model.state import SamplerState, fingerprint
from model.vae import WanVAE
from model.velocity import Forwards, Velocity
from model.world.sequel import carried

if TYPE_CHECKING:
    from model.pipeline import Generator

COARSE = 8  # channels of a latent, its largest principal components, that say what colour the whole area has
FIRM = 0.25  # how much more of a blend may change with every latent from its joins
FEW_STEPS = 6  # up to so many a remix takes them all


@dataclass(frozen=True, slots=True, eq=False)
class StepInfo:
    """One forward has been done.

    index, total      over all windows; sigma the noise level it started from
    window, windows   which window it was of
    denoised          (C, T, h, w) this window's estimate of the clean latents
    preview()         that estimate as small pictures, uint8 (t, h, w, 3)
    state()           what `generate(..., resume=...)` goes on from
    """

    index: int
    total: int
    sigma: float
    window: int
    windows: int
    denoised: Tensor
    preview: Callable[[], Frames]
    state: Callable[[], SamplerState]


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    """One shot of a clip: what is asked of it, its latents start..stop, and its plan, if it has one."""

    asked: GenerationRequest
    start: int
    stop: int
    rehearsal: Rehearsal | None


OnStep = Callable[[StepInfo], None]


class Generation(Iterator[Frames]):
    """A clip being made: iterate over its chunks. Afterwards `latents`, `seconds` and `forwards` say what it
    took."""

    def __init__(
        self, generator: Generator, asked: GenerationRequest, on_step: OnStep | None, resume: SamplerState | None
    ) -> None:
        generator.check(asked)
        self.seconds = {"text": 0.0, "encode_anchors": 0.0, "denoise": 0.0, "decode": 0.0}
        self.forwards = Forwards()
        self._of, self._asked, self._on_step, self._resume = generator, asked, on_step, resume
        self._shots = self._cut()
        self._windows = tuple(window for shot in self._shots for window in self._windows_of(shot))
        self._random = torch.Generator("cpu").manual_seed(asked.seed)
        self._digest = fingerprint(asked, generator.sha256)
        self._latents: Tensor | None = None
        self._evening = Evening()
        if resume is not None and resume.request != self._digest:
            raise ModelError("this saved state is of another render (or other weights); start the render again")
        self._chunks = self._run()

    @property
    def latents(self) -> Tensor:
        """The finished clip's latents (C, T, h, w), float16 on the CPU; there once every chunk has been taken."""
        if self._latents is None:
            raise ModelError("the latents are there when the last chunk has been taken")
        return self._latents

    @property
    def joint(self) -> Frames | None:
        """What the plan makes of the last frame (h, w, 3) before the clip: its first frames go on from that. None where
        they go on from what the decoder makes of it."""
        rehearsal = self._shots[0].rehearsal
        return None if rehearsal is None else rehearsal.joint

    def __next__(self) -> Frames:
        return next(self._chunks)

    def _cut(self) -> tuple[_Shot, ...]:
        """The shots of the clip, each with its plan: those that the prompt lists, where a model is shown what to film.

        What goes on from another clip is its last shot; a picture to begin with is of the first.
        """
        asked, of = self._asked, self._of
        if not self._looks_up:
            return (_Shot(asked, 0, asked.total, None),)
        parts = shotlist.cuts(asked.prompt, asked.total)
        known = [told.prompt for told in (asked.was or asked.will,) if told is not None]
        prompts = carried([*known, *(part.prompt for part in parts)], of.entry.notes.get("knows"))[len(known) :]
        if len(parts) == 1 or asked.before is not None or asked.will is not None:
            return (self._rehearsed(replace(asked, prompt=prompts[-1]), 0, asked.total),)
        shots, shared = [], Sets(of, asked)
        for part, prompt in zip(parts, prompts, strict=True):
            opening = tuple(anchor for anchor in asked.anchors if anchor.place in ("first", 0) and not part.start)
            one = replace(asked, prompt=prompt, frames=1 + 4 * (part.stop - part.start - 1), anchors=opening)
            shots.append(self._rehearsed(one, part.start, part.stop, shared))
        return tuple(shots)

    def _rehearsed(self, one: GenerationRequest, start: int, stop: int, shared: Sets | None = None) -> _Shot:
        """A shot with its plan; of a remix one that is set up again, where it is known how its clip was shot."""
        begins, anew = (4 * start - 3 if start else 0), recast(self._of, one)
        if anew is not None:
            one, begins, shared = anew.asked, begins + anew.begins, anew.sets
        return _Shot(one, start, stop, Rehearsal(self._of, one, self._before(), begins, shared))

    def _windows_of(self, shot: _Shot) -> Iterator[windows.Window]:
        """The windows of a shot; the first one of a later shot knows nothing of the one before."""
        limits, total, prefix = self._of.limits, shot.stop - shot.start, self._asked.prefix
        even = not self._renewed  # the published models were trained at one length
        plan = windows.plan(total, limits.window, limits.overlap, prefix, short_first=self._ends, even=even)
        for window in plan:
            yield windows.Window(*(latent + shot.start for latent in (window.start, window.fresh, window.stop)))

    def _run(self) -> Iterator[Frames]:
        with self._timed("encode_anchors"):
            given, source = self._encode_given()
            levels = {shot: self._levels_of(shot) for shot in self._shots}
            self._steps = [len(levels[self._shot(window)]) - 1 for window in self._windows]
            references = self._encode_references()
        with self._timed("text"), torch.inference_mode():
            seen = None if self._controlled else references
            acting = self._shots[0]
            self._levels = levels[acting]
            velocity = Velocity(self._of, acting.asked, self._levels, seen, self.forwards)
        finished, first = self._before(), 0
        reel = Reel(self._of.vae, self._timed, renewed=self._renewed)
        if finished is not None:
            for _ in reel.add(finished, 0):  # seen already: it is only to be remembered
                pass
        if self._resume is not None:
            first = self._resume.window
            self._random.set_state(self._resume.generator)
            finished = _joined(finished, self._resume.finished, self._of.device)
        for window in self._windows[:first]:  # cut as it was the first time: the same numbers
            assert finished is not None
            known = reel.known(window)
            made = reel.add(_with(known, finished[:, window.fresh : window.stop]), window.fresh - window.start)
            yield from self._detailed(made, self._shown(window))
        for index in range(first, len(self._windows)):
            window = self._windows[index]
            with self._timed("denoise"):
                prefix = reel.known(window)
                before = finished if prefix is None else _at_end(prefix, window.fresh)
                if (shot := self._shot(window)) is not acting:
                    acting, self._levels = shot, levels[shot]
                    velocity = Velocity(self._of, shot.asked, self._levels, seen, self.forwards)
                shown = self._shown(window)
                velocity.blocking = None if shown is None else shown.blocking
                if self._controlled:
                    velocity.control = self._control(window, reel, references)
                clean = source if source is None else source[:, window.start : window.stop]
                if shown is not None and shown.staged is not None:
                    clean = shown.staged
                latents = self._denoise(index, velocity, before, finished, given, clean)
            staged = None if shown is None else shown.staged
            fresh = self._met(window, latents[:, window.fresh - window.start :], finished, given, staged)
            finished = fresh if finished is None else torch.cat([finished, fresh], dim=1)
            yield from self._detailed(reel.add(_with(prefix, fresh), window.fresh - window.start), shown)
        yield from self._evening.rest()
        assert finished is not None
        self._latents = finished[:, self._asked.prefix :].to("cpu", torch.float16)

    def _before(self) -> Tensor | None:
        before = self._asked.before
        return None if before is None else before.to(self._of.device, torch.float32)

    def _levels_of(self, shot: _Shot) -> Tensor:
        """The noise levels that a shot goes through, from what it starts from."""
        source, stated = shot.asked.source, self._of.entry.sigmas
        if source is not None:
            return _levels(self._asked, source.strength, stated, staged=False)
        strength = None if shot.rehearsal is None else shot.rehearsal.strength
        return _levels(self._asked, strength, stated, staged=True)

    def _shot(self, window: windows.Window) -> _Shot:
        return next(shot for shot in self._shots if window.start < shot.stop)

    def _shown(self, window: windows.Window) -> Shown | None:
        """A window's part of the plan."""
        rehearsal = self._shot(window).rehearsal
        return None if rehearsal is None else rehearsal.window(window)

    @torch.inference_mode()
    def _encode_references(self) -> Tensor | None:
        """References as latents (C, n, h, w)."""
        if self._asked.references is None or self._looks_up:
            return None
        return conditioning.encode_references(self._asked.references, self._of.vae, device=self._of.device)

    @property
    def _looks_up(self) -> bool:
        """Whether the model is shown whom it films."""
        return bool(self._of.entry.notes.get("blocking"))

    def _detailed(self, parts: Iterator[Frames], shown: Shown | None) -> Iterator[Frames]:
        """A window's new frames, those who are seen in them as sharp as they are planned."""
        begins = 0
        for frames in parts:
            if shown is not None and shown.detail is not None:
                with self._timed("decode"):
                    detail = shown.detail.part(begins, len(frames))
                    begins += len(frames)
                    frames = restored(frames, detail)
                    if detail.dissolves:
                        frames = self._evening.push(frames, detail.planned)
            if len(frames):
                yield frames

    @torch.inference_mode()
    def _encode_given(self) -> tuple[tuple[Given, ...], Tensor | None]:
        """Anchors as latents, and the source's latents (C, T, h, w)."""
        vae, device, source = self._of.vae, self._of.device, self._asked.source
        anchors = () if self._controlled else conditioning.placed(self._asked.anchors, self._asked.prefix)
        given = conditioning.encode(anchors, vae, self._asked.total, device=device)
        if source is None:
            return given, None
        if source.latents is not None:
            return given, source.latents[:, : self._asked.total].to(device, torch.float32)
        assert source.frames is not None
        if self._asked.prefix:
            return given, None  # they are staged, window by window
        encoder, parts = vae.stream_encoder(), []
        edges = [0, *range(1 + 4 * DECODE_AT_ONCE, self._asked.frames, 4 * DECODE_AT_ONCE), self._asked.frames]
        for start, stop in pairwise(edges):
            parts.append(encoder.push(conditioning.to_video(source.frames[start:stop], device)))
        return given, torch.cat(parts, dim=2)[0]

    @property
    def _ends(self) -> bool:
        """Whether the clip has to meet what is given at its end."""
        met = self._asked.meet > 0 and not self._renewed
        return met and any(anchor.place == "last" for anchor in self._asked.anchors)

    @property
    def _controlled(self) -> bool:
        return bool(self._of.dit.config.control_layers)

    @property
    def _renewed(self) -> bool:
        """Whether every window is a stream of its own: the published models know no latents from the middle of one."""
        return self._of.entry.family != "storybook"

    @torch.inference_mode()
    def _control(self, window: windows.Window, reel: Reel, references: Tensor | None) -> Tensor:
        """What a model with a control branch is shown of a window."""
        asked, vae = self._asked, self._of.vae
        assert isinstance(vae, WanVAE)
        anchors = conditioning.placed(asked.anchors, asked.prefix)
        begins = 1 + 4 * (asked.prefix - 1) if asked.prefix else 0
        video, drawn = control.window_video(
            window,
            (asked.width, asked.height),
            known=reel.tail(window),
            anchors=control.anchor_frames(anchors, vae, asked.total, self._of.device),
            control=None if asked.control is None else (begins, asked.control),
            device=self._of.device,
        )
        return control.context(vae, video, drawn, references, side=vae.config.spatial)

    @torch.inference_mode()
    def _denoise(
        self,
        index: int,
        velocity: Velocity,
        before: Tensor | None,
        finished: Tensor | None,
        given: tuple[Given, ...],
        clean: Tensor | None,
    ) -> Tensor:
        """Sample one window, (C, T, h, w); `before` are latents up to it, whose last ones it is given; `clean` are
        those that it starts from instead of noise alone."""
        window, device = self._windows[index], self._of.device
        state_before = self._random.get_state()
        channels, rows, columns = self._of.latent_shape(self._asked)
        ahead = 0 if velocity.control is None else velocity.control.shape[2] - window.length
        shape = (channels, ahead + window.length, rows, columns)
        noise = torch.randn(shape, generator=self._random).to(device)
        few = bool(self._of.entry.sigmas)
        steps = range(len(self._levels) - 2 if few else 0)
        fresh = [torch.randn(shape, generator=self._random).to(device) for _ in steps]
        if self._controlled:  # what is given stands in the control, and nothing is held
            hold = flow.Hold(noise, torch.ones(shape[1], device=device))
        else:
            prefix_level = float(self._of.entry.notes.get("prefix_level", 0.0))
            hold = windows.hold(window, noise, before, given, prefix_level)
            if clean is not None and self._asked.source is not None and self._ends:
                hold = windows.firmer(hold, clean, noise, FIRM)
        velocity.begin()
        start = noise
        if clean is not None:
            start = torch.cat([noise[:, :ahead], torch.lerp(clean, noise[:, ahead:], float(self._levels[0]))], dim=1)
        state = None
        if self._resume is not None and self._resume.window == index:
            state = _to(self._resume.solver, device)
        report = None if self._on_step is None else partial(self._report, index, state_before, finished, ahead)
        solver: flow.Solver = "euler" if self._asked.solver == "euler" else "unipc"
        latents = flow.sample(
            partial(velocity, hold), start, self._levels, solver, report, state, hold, fresh if few else None
        )  # fmt: skip
        return latents[:, ahead:]

    def _met(
        self, window: windows.Window, fresh: Tensor, finished: Tensor | None, given: tuple[Given, ...],
        staged: Tensor | None,
    ) -> Tensor:  # fmt: skip
        """A window's new latents, led from those before it and up to those that are given at the end of the clip. Of a
        staged shot it is how far both are from what was planned that meets: what moves is no jump."""
        if not self._asked.meet or self._renewed or window.fresh == window.start > 0:  # that is a cut
            return fresh
        starts = [each.start for each in given if each.start + each.latents.shape[1] == self._asked.total]
        count = min([start - window.fresh for start in starts if start < window.stop] + [fresh.shape[1]])
        if count < 1:
            return fresh
        before, plan = None if finished is None else finished[:, -self._asked.meet :], fresh.new_zeros(())
        if staged is not None:
            plan, known = staged[:, window.fresh - window.start :], staged[:, : window.fresh - window.start]
            if before is not None:
                many = min(before.shape[1], known.shape[1])
                before = before[:, before.shape[1] - many :] - known[:, known.shape[1] - many :] if many else None
        off = fresh - plan
        after = off[:, count:] if count < fresh.shape[1] else None
        change = meeting.meet(off[:, :count], before, after, self._asked.meet) - off[:, :count]
        if staged is not None:
            change[COARSE:] = 0  # light and colour meet; flakes, and whoever is seen, are where they are planned
        return torch.cat([fresh[:, :count] + change, fresh[:, count:]], dim=1)

    def _report(self, window: int, before: Tensor, finished: Tensor | None, ahead: int, step: flow.Step) -> None:
        """Tell the hook of a step; its own time is not the model's."""
        assert self._on_step is not None
        begun = time.perf_counter()
        made = None if finished is None or window == 0 else finished[:, self._asked.prefix :]
        self._on_step(
            StepInfo(
                index=sum(self._steps[:window]) + step.index,
                total=sum(self._steps),
                sigma=step.sigma,
                window=window,
                windows=len(self._windows),
                denoised=step.x0[:, ahead:],
                preview=partial(self._preview, step.x0[:, ahead:]),
                state=lambda: SamplerState(window, _to(step.state, "cpu"), _cpu(made), before, self._digest),
            )
        )
        self.seconds["denoise"] -= time.perf_counter() - begun

    @torch.inference_mode()
    def _preview(self, latents: Tensor) -> Frames:
        pictures = self._of.vae.preview(latents[None])[0].mul(255).round().clamp(0, 255).to(torch.uint8)
        return np.ascontiguousarray(rearrange(pictures, "c t h w -> t h w c").cpu().numpy())

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        """Add the wall time of a `with` block to one of the parts."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[part] += time.perf_counter() - start


def _levels(
    asked: GenerationRequest, strength: float | None, stated: tuple[float, ...] = (), *, staged: bool
) -> Tensor:
    """The noise levels to go through; what starts from something starts at its strength and goes on with those below.

    A model of few steps has hardly any below: it takes all its steps from there, with the same bend; a staged shot
    takes its share of them. `stated` are those that such a model was trained for, whatever the shift; fewer steps are
    the first of them.
    """
    levels = flow.sigmas(asked.steps, asked.shift)
    if stated:
        levels = levels.new_tensor([*stated[: asked.steps], 0.0])
    if strength is None or strength >= levels[0]:
        return levels
    below = levels[levels < strength]
    if not staged and (asked.steps > FEW_STEPS or stated):
        return torch.cat([levels.new_tensor([strength]), below])
    steps = max(1, round(strength * asked.steps)) if staged else asked.steps
    straight = strength / (asked.shift - (asked.shift - 1) * strength)  # the level before it was bent
    even = torch.linspace(straight, 0, steps + 1, dtype=levels.dtype)
    return asked.shift * even / (1 + (asked.shift - 1) * even)


def _to(state: flow.SolverState, device: str) -> flow.SolverState:
    return flow.SolverState(
        state.step,
        state.x.to(device),
        tuple(estimate.to(device) for estimate in state.estimates),
        None if state.last is None else state.last.to(device),
    )


def _joined(before: Tensor | None, made: Tensor | None, device: str) -> Tensor | None:
    """Two stretches of one stream (C, t, h, w), each of which may not be there."""
    parts = [part.to(device) for part in (before, made) if part is not None]
    return torch.cat(parts, dim=1) if parts else None


def _at_end(latents: Tensor, stop: int) -> Tensor:
    """Latents (C, t, h, w) as the last ones of `stop`; what is before them is not looked at."""
    return torch.cat([latents.new_zeros(latents.shape[0], stop - latents.shape[1], *latents.shape[2:]), latents], dim=1)


def _with(known: Tensor | None, fresh: Tensor) -> Tensor:
    return fresh if known is None else torch.cat([known, fresh], dim=1)


def _cpu(tensor: Tensor | None) -> Tensor | None:
    return None if tensor is None else tensor.cpu()
