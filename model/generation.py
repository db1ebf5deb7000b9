"""A render: from a checked request to frames, chunk by chunk.

- Clips longer than the model's window roll forward; each window's frames are decoded as one stream before the next
  window is sampled, so memory does not grow with the length of the clip.
- One hook hears of every forward: progress, previews, saving, and stopping by raising `Cancelled`.
- All noise comes from one CPU generator; put down and taken up again, a render gives the same frames.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch
from einops import rearrange
from torch import Tensor

from model import conditioning, flow, text, windows
from model.conditioning import Frames, Given
from model.dit import TextCache
from model.errors import ModelError
from model.request import GenerationRequest
from model.state import SamplerState, fingerprint

if TYPE_CHECKING:
    from model.pipeline import Generator
    from model.tiny_vae import StreamDecoder

# Latents decoded at once: enough to keep the processor busy, few enough to keep memory flat.
SMALLEST_SIGMA = 1e-4
DECODE_AT_ONCE = 4


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


OnStep = Callable[[StepInfo], None]
HeldVelocity = Callable[[flow.Hold, Tensor, float], Tensor]


class Generation(Iterator[Frames]):
    """A clip being made: iterate over its chunks. Afterwards `latents` and `seconds` say what it took."""

    def __init__(
        self, generator: Generator, asked: GenerationRequest, on_step: OnStep | None, resume: SamplerState | None
    ) -> None:
        generator.check(asked)
        self.seconds = {"text": 0.0, "encode_anchors": 0.0, "denoise": 0.0, "decode": 0.0}
        self._of, self._asked, self._on_step, self._resume = generator, asked, on_step, resume
        limits = generator.limits
        self._windows = windows.plan(asked.total, limits.window, limits.overlap, asked.prefix)
        self._levels = _levels(asked)
        self._random = torch.Generator("cpu").manual_seed(asked.seed)
        self._digest = fingerprint(asked, generator.sha256)
        self._latents: Tensor | None = None
        if resume is not None and resume.request != self._digest:
            raise ModelError("this saved state is of another render (or other weights); start the render again")
        self._chunks = self._run()

    @property
    def latents(self) -> Tensor:
        """The finished clip's latents (C, T, h, w), float16 on the CPU; there once every chunk has been taken."""
        if self._latents is None:
            raise ModelError("the latents are there when the last chunk has been taken")
        return self._latents

    def __next__(self) -> Frames:
        return next(self._chunks)

    def _run(self) -> Iterator[Frames]:
        with self._timed("encode_anchors"):
            given, source = self._encode_given()
            references = self._encode_references()
        with self._timed("text"):
            velocity = self._velocity(references)
        decoder = self._of.vae.stream_decoder()
        finished, first = self._before(), 0
        if finished is not None:
            for _ in self._decode(decoder, finished):  # seen already: the decoder is only to remember it
                pass
        if self._resume is not None:
            first = self._resume.window
            self._random.set_state(self._resume.generator)
            finished = _joined(finished, self._resume.finished, self._of.device)
        for window in self._windows[:first]:  # cut as it was the first time: the same numbers
            assert finished is not None
            yield from self._decode(decoder, finished[:, window.fresh : window.stop])
        for index in range(first, len(self._windows)):
            window = self._windows[index]
            with self._timed("denoise"):
                latents = self._denoise(index, velocity, finished, given, source)
            fresh = latents[:, window.fresh - window.start :]
            finished = fresh if finished is None else torch.cat([finished, fresh], dim=1)
            yield from self._decode(decoder, fresh)
        assert finished is not None
        self._latents = finished[:, self._asked.prefix :].to("cpu", torch.float16)

    def _before(self) -> Tensor | None:
        before = self._asked.before
        return None if before is None else before.to(self._of.device, torch.float32)

    @torch.inference_mode()
    def _encode_references(self) -> Tensor | None:
        """References as latents (C, n, h, w)."""
        if self._asked.references is None:
            return None
        return conditioning.encode_references(self._asked.references, self._of.vae, device=self._of.device)

    @torch.inference_mode()
    def _encode_given(self) -> tuple[tuple[Given, ...], Tensor | None]:
        """Anchors as latents, and the source's latents (C, T, h, w)."""
        vae, device, source = self._of.vae, self._of.device, self._asked.source
        anchors = conditioning.placed(self._asked.anchors, self._asked.prefix)
        given = conditioning.encode(anchors, vae, self._asked.total, device=device)
        if source is None:
            return given, None
        if source.latents is not None:
            return given, source.latents[:, : self._asked.total].to(device, torch.float32)
        assert source.frames is not None
        encoder, parts = vae.stream_encoder(), []
        edges = [0, *range(1 + 4 * DECODE_AT_ONCE, self._asked.frames, 4 * DECODE_AT_ONCE), self._asked.frames]
        for start, stop in pairwise(edges):
            parts.append(encoder.push(conditioning.to_video(source.frames[start:stop], device)))
        return given, torch.cat(parts, dim=2)[0]

    @torch.inference_mode()
    def _velocity(self, references: Tensor | None) -> HeldVelocity:
        """The guided velocity as a function of what is held, the latent and sigma; the text is read once.

        `references` (C, n, h, w) are seen beside the clip, clean and behind a gap in time, and are no part of it.
        """
        asked, encoder = self._asked, self._of.encoder
        prompts = [asked.prompt] if asked.guidance == 1 else [asked.prompt, asked.negative_prompt]
        states, mask = text.stack([encoder.encode(prompt) for prompt in prompts])
        cache, batch = TextCache(), len(prompts)
        predicts_sample = self._of.entry.notes.get("prediction") == "sample"

        def velocity(hold: flow.Hold, x: Tensor, sigma: float) -> Tensor:
            frames, times, positions = x.shape[1], flow.TRAIN_STEPS * hold.sigma_of_frames(sigma), None
            shown = x
            if references is not None:
                shown = torch.cat([x, references], dim=1)
                times = torch.cat([times, times.new_zeros(references.shape[1])])
                positions = conditioning.times(frames, references.shape[1])
            area = x.shape[2] * x.shape[3] // math.prod(self._of.dit.config.patch)
            # Where nothing is held one time serves all tokens, which is the same and a little less work.
            t = times[:1] if bool((times == times[0]).all()) else times.repeat_interleave(area)[None]
            t = t.expand(batch) if t.ndim == 1 else t.expand(batch, -1)
            seen = conditioning.with_places(shown.expand(batch, *shown.shape), self._of.dit.config)
            v = self._of.dit(seen, t, states, positions=positions, text_mask=mask, cache=cache)[:, :, :frames].float()
            if predicts_sample:  # x_t = x + sigma v
                v = (x - v) / max(sigma, SMALLEST_SIGMA)
            return v[0] if batch == 1 else flow.guide(v[0], v[1], asked.guidance)

        return velocity

    @torch.inference_mode()
    def _denoise(
        self,
        index: int,
        velocity: HeldVelocity,
        finished: Tensor | None,
        given: tuple[Given, ...],
        source: Tensor | None,
    ) -> Tensor:
        """Sample one window, (C, T, h, w)."""
        window, device = self._windows[index], self._of.device
        before = self._random.get_state()
        channels, rows, columns = self._of.latent_shape(self._asked)
        noise = torch.randn(channels, window.length, rows, columns, generator=self._random).to(device)
        hold = windows.hold(window, noise, finished, given, float(self._of.entry.notes.get("prefix_level", 0.0)))
        start = noise
        if source is not None:
            start = torch.lerp(source[:, window.start : window.stop], noise, float(self._levels[0]))
        state = None
        if self._resume is not None and self._resume.window == index:
            state = _to(self._resume.solver, device)
        report = None if self._on_step is None else partial(self._report, index, before, finished)
        solver: flow.Solver = "euler" if self._asked.solver == "euler" else "unipc"
        return flow.sample(partial(velocity, hold), start, self._levels, solver, report, state, hold)

    def _report(self, window: int, before: Tensor, finished: Tensor | None, step: flow.Step) -> None:
        """Tell the hook of a step; its own time is not the model's."""
        assert self._on_step is not None
        begun = time.perf_counter()
        made = None if finished is None or window == 0 else finished[:, self._asked.prefix :]
        self._on_step(
            StepInfo(
                index=window * step.total + step.index,
                total=len(self._windows) * step.total,
                sigma=step.sigma,
                window=window,
                windows=len(self._windows),
                denoised=step.x0,
                preview=partial(self._preview, step.x0),
                state=lambda: SamplerState(window, _to(step.state, "cpu"), _cpu(made), before, self._digest),
            )
        )
        self.seconds["denoise"] -= time.perf_counter() - begun

    @torch.inference_mode()
    def _preview(self, latents: Tensor) -> Frames:
        pictures = self._of.vae.preview(latents[None])[0].mul(255).round().clamp(0, 255).to(torch.uint8)
        return np.ascontiguousarray(rearrange(pictures, "c t h w -> t h w c").cpu().numpy())

    def _decode(self, decoder: StreamDecoder, latents: Tensor) -> Iterator[Frames]:
        """Frames of latents (C, t, h, w) that go on from those the decoder has seen."""
        for piece in latents.split(DECODE_AT_ONCE, dim=1):
            with self._timed("decode"), torch.inference_mode():
                frames = conditioning.to_frames(decoder.push(piece[None]))
            yield frames

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        """Add the wall time of a `with` block to one of the parts."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[part] += time.perf_counter() - start


def _levels(asked: GenerationRequest) -> Tensor:
    """The noise levels to go through; a remix starts at its strength and goes on with those below."""
    levels = flow.sigmas(asked.steps, asked.shift)
    if asked.source is None or asked.source.strength >= levels[0]:
        return levels
    return torch.cat([levels.new_tensor([asked.source.strength]), levels[levels < asked.source.strength]])


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


def _cpu(tensor: Tensor | None) -> Tensor | None:
    return None if tensor is None else tensor.cpu()
