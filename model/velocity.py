"""The transformer as a sampler sees it: the guided velocity of a latent at a noise level.

What does not change during a clip is computed once: text keys and values, rotary tables, control latents. The prompt
and what it is guided away from are one batch, or come one by one where memory is short. Where nothing is held, one
timestep serves all tokens.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from model import conditioning, flow, text
from model.dit import TextCache
from model.precision import multiplying

if TYPE_CHECKING:
    from model.pipeline import Generator
    from model.request import GenerationRequest

# A model that predicts the clip itself is asked for its velocity down to here.
SMALLEST_SIGMA = 1e-4


class Velocity:
    """Call it with what is held, a latent (C, T, h, w) and sigma: the guided velocity, float32.

    `references` (C, n, h, w) are seen beside the clip, clean and behind a gap in time, and are no part of it. A model
    with a control branch reads `control` (1, K, T, h, w) instead, which may be set anew for every window. `blocking`
    (1, C, T, h, w) is who is seen in a window and how they move, for a model that is shown that.
    """

    def __init__(
        self, of: Generator, asked: GenerationRequest, levels: Tensor, references: Tensor | None = None
    ) -> None:
        self._of, self._guidance, self._references = of, asked.guidance, references
        self._prompts = [asked.prompt] if asked.guidance == 1 else [asked.prompt, asked.negative_prompt]
        pad_to = of.encoder.config.pad_to
        states = [of.encoder.encode(prompt).to(of.device) for prompt in self._prompts]
        alone = of.residency.one_by_one
        texts = [[state] for state in states] if alone else [states]
        self._texts = [text.together(each, pad_to, collapse=collapsed(of.device)) for each in texts]
        self._caches, self._batch = [TextCache() for _ in texts], len(self._prompts)
        self._of_sample = of.entry.notes.get("prediction") == "sample"
        # The Wan models were sampled with whole timesteps of the exact table; sigmas arrive rounded to float32.
        whole = of.entry.family != "storybook" and not of.entry.sigmas
        exact = flow.timesteps(levels, truncate=whole).tolist()
        self._times = dict(zip(levels[:-1].float().tolist(), exact, strict=True)) if whole else {}
        self.control: Tensor | None = None
        self.blocking: Tensor | None = None
        self.control_scale = 1.0

    def __call__(self, hold: flow.Hold, x: Tensor, sigma: float) -> Tensor:
        """The velocity (C, T, h, w) of x (C, T, h, w) at sigma."""
        if self.control is not None:  # everything that is given stands there
            t = x.new_full((self._batch,), self._times.get(sigma, flow.TRAIN_STEPS * sigma))
            return self._guided(self._forward(x.expand(self._batch, *x.shape), t, None).float())
        frames, times, positions = x.shape[1], self._times_of(hold, sigma), None
        shown = x
        if self._references is not None:
            count = self._references.shape[1]
            shown = torch.cat([x, self._references], dim=1)
            times = torch.cat([times, times.new_zeros(count)])
            positions = conditioning.times(frames, count)
        area = x.shape[2] * x.shape[3] // math.prod(self._of.dit.config.patch)
        # Where nothing is held one time serves all tokens, which is the same and a little less work.
        t = times[:1] if bool((times == times[0]).all()) else times.repeat_interleave(area)[None]
        t = t.expand(self._batch) if t.ndim == 1 else t.expand(self._batch, -1)
        seen = conditioning.with_places(shown.expand(self._batch, *shown.shape), self._of.dit.config, self.blocking)
        v = self._forward(seen, t, positions)[:, :, :frames].float()
        if self._of_sample:  # x_t = x + sigma v
            v = (x - v) / max(sigma, SMALLEST_SIGMA)
        return self._guided(v)

    def _times_of(self, hold: flow.Hold, sigma: float) -> Tensor:
        """The model's timestep of each latent frame: the sampler's, or that of what is held."""
        levels = hold.sigma_of_frames(sigma)
        times = flow.TRAIN_STEPS * levels
        return torch.where(levels == sigma, self._times[sigma], times) if sigma in self._times else times

    def _forward(self, x: Tensor, t: Tensor, positions: list[float] | None) -> Tensor:
        with attention(self._of.device), multiplying(self._of.device, self._of.entry.family):
            made = [
                self._of.dit(
                    rows, when, one.states, pad_rows=list(one.pad_rows) or 0, text_mask=one.mask, positions=positions,
                    control=self.control, control_scale=self.control_scale, cache=cache,
                )
                for one, cache, rows, when in zip(
                    self._texts, self._caches, x.chunk(len(self._texts)), t.chunk(len(self._texts)), strict=True
                )
            ]  # fmt: skip
        return torch.cat(made) if len(made) > 1 else made[0]

    def _guided(self, v: Tensor) -> Tensor:
        return v[0] if self._batch == 1 else flow.guide(v[0], v[1], self._guidance)


def attention(device: str) -> AbstractContextManager[None]:
    """The order in which kernels of attention are tried on a device: the quickest that is there comes first."""
    if not device.startswith("cuda"):
        return nullcontext()  # a CPU has one
    from torch.nn.attention import SDPBackend, sdpa_kernel

    order = [SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
    return sdpa_kernel(order, set_priority=True)


def collapsed(device: str) -> bool:
    """Whether padding rows are read as one: it pays on a CPU, and keeps FlashAttention out elsewhere (see bench)."""
    return device == "cpu"
