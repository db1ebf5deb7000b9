"""The transformer as a sampler sees it: the guided velocity of a latent at a noise level.

What does not change during a clip is computed once: text keys and values, rotary tables, control latents. The prompt
and what it is guided away from are one batch, or come one by one where memory is short. Where nothing is held, one
timestep serves all tokens.

A request may ask for two approximations: blocks that are used again (see `blockcache.py`), and guidance in the first
part of the steps alone, where it decides what is seen; then the prompt is sampled by itself.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from model import conditioning, flow, text
from model.blockcache import BlockCache
from model.dit import TextCache
from model.precision import multiplying

if TYPE_CHECKING:
    from model.pipeline import Generator
    from model.request import GenerationRequest

# A model that predicts the clip itself is asked for its velocity down to here.
SMALLEST_SIGMA = 1e-4


@dataclass(slots=True)
class Forwards:
    """How many forwards of one prompt a render asked for, and how many of them were run in full."""

    asked: int = 0
    ran: int = 0


@dataclass(slots=True)
class _Stream:
    """Texts that are sampled as one batch, and what is remembered of them from one step to the next."""

    texts: text.Prompts
    count: int
    reuse: BlockCache | None = None
    cache: TextCache = field(default_factory=TextCache)


class Velocity:
    """Call it with what is held, a latent (C, T, h, w) and sigma: the guided velocity, float32.

    `references` (C, n, h, w) are seen beside the clip, clean and behind a gap in time, and are no part of it. A model
    with a control branch reads `control` (1, K, T, h, w) instead, which may be set anew for every window. `blocking`
    (1, C, T, h, w) is who is seen in a window and how they move, for a model that is shown that. `counted` is
    told of every forward.
    """

    def __init__(
        self,
        of: Generator,
        asked: GenerationRequest,
        levels: Tensor,
        references: Tensor | None = None,
        counted: Forwards | None = None,
    ) -> None:
        self._of, self._guidance, self._references = of, asked.guidance, references
        prompts = [asked.prompt] if asked.guidance == 1 else [asked.prompt, asked.negative_prompt]
        self._states = [of.encoder.encode(prompt).to(of.device) for prompt in prompts]
        self._threshold, self._counted = asked.block_cache, counted or Forwards()
        # Guidance ends at this level: 0 where all steps are guided.
        self._ends = levels.float().tolist()[max(1, round(asked.guided * (len(levels) - 1)))]
        self._streams: list[_Stream] = []
        self.begin()
        self._of_sample = of.entry.notes.get("prediction") == "sample"
        # The Wan models were sampled with whole timesteps of the exact table; sigmas arrive rounded to float32.
        whole = of.entry.family != "storybook" and not of.entry.sigmas
        exact = flow.timesteps(levels, truncate=whole).tolist()
        self._times = dict(zip(levels[:-1].float().tolist(), exact, strict=True)) if whole else {}
        self.control: Tensor | None = None
        self.blocking: Tensor | None = None
        self.control_scale = 1.0

    def begin(self) -> None:
        """A window begins: what was remembered of the steps of another says nothing of its own."""
        if sum(stream.count for stream in self._streams) < len(self._states):  # none yet, or guidance had ended
            alone = self._of.residency.one_by_one
            self._streams = [self._read([one]) for one in self._states] if alone else [self._read(self._states)]
        for stream in self._streams:
            stream.reuse = BlockCache(self._threshold) if self._threshold else None

    def _read(self, states: list[Tensor]) -> _Stream:
        pad_to, collapse = self._of.encoder.config.pad_to, collapsed(self._of.device)
        return _Stream(text.together(states, pad_to, collapse=collapse), len(states))

    def _end_guidance(self) -> None:
        """From here on the prompt is sampled by itself; more than once this changes nothing."""
        first = self._streams[0]
        if first.count > 1:
            alone = self._read(self._states[:1])
            if first.reuse is not None:
                first.reuse.shrink()
            alone.reuse, first = first.reuse, alone
        self._streams = [first]

    def __call__(self, hold: flow.Hold, x: Tensor, sigma: float) -> Tensor:
        """The velocity (C, T, h, w) of x (C, T, h, w) at sigma."""
        if sigma <= self._ends:
            self._end_guidance()
        self._counted.asked += len(self._states)
        if self.control is not None:  # everything that is given stands there
            t = x.new_full((1,), self._times.get(sigma, flow.TRAIN_STEPS * sigma))
            return self._guided(self._forward(x[None], t, None).float())
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
        seen = conditioning.with_places(shown[None], self._of.dit.config, self.blocking)
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
        """What the model says of one clip (1, C, T, h, w) under each text, (B, C, T, h, w)."""
        made: list[Tensor] = []
        with attention(self._of.device), multiplying(self._of.device, self._of.entry.family):
            for one in self._streams:
                before = 0 if one.reuse is None else one.reuse.reused
                made.append(
                    self._of.dit(
                        x, t, one.texts.states, pad_rows=list(one.texts.pad_rows) or 0, text_mask=one.texts.mask,
                        positions=positions, control=self.control, control_scale=self.control_scale, cache=one.cache,
                        reuse=one.reuse,
                    )
                )  # fmt: skip
                self._counted.ran += one.count if one.reuse is None or one.reuse.reused == before else 0
        return torch.cat(made) if len(made) > 1 else made[0]

    def _guided(self, v: Tensor) -> Tensor:
        return v[0] if len(v) == 1 else flow.guide(v[0], v[1], self._guidance)


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
