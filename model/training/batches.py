"""Batches for the transformer: draws from caches of latents, drops captions, and chooses which latents are given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model.errors import ModelError
from model.text import TextEncoder, stack
from model.training.held_out import held_out
from model.training.latents import MOST_TOKENS, TEXT, LatentCache
from model.training.recipe import preset, within
from model.world.render import View

MARGIN = 1.25  # an actor moves, and jumps


@dataclass(frozen=True)
class TransformerRun:
    """A run.

    minutes: wall time; clips: share of steps on clips, once clips_from of the time is over (stills alone before);
    tokens: a step's budget, so that stills come in larger batches; window: latents of a clip; drop: share of captions
    dropped; shift: of noise levels; softest: the level below which errors weigh no more; fall: share of the time, at
    its end, over which the rates fall to the floor; fast: the forward of `fast.py`; decay: of the average; teacher: a
    trained transformer whose guided answer, at `guidance`, is learned instead of the data; focus: how much more an
    error weighs where the subject stands; blocking: share of samples that are shown their blocking, the others
    seeing blank paper; with 0 there is no such input at all; sharpen: what the caption says more loudly than the
    data, as in `loss_of`.
    """

    out: Path
    stills: tuple[Path, ...]
    moving: tuple[Path, ...]
    minutes: float
    clips: float = 0.6
    clips_from: float = 0.4
    tokens: int = 3360
    window: int = 5
    learning_rate: float = 1e-3
    muon_rate: float = 4e-3
    floor: float = 0.02
    warmup: int = 100
    fall: float = 0.45
    drop: float = 0.1
    shift: float = 3.0
    softest: float = 0.4
    decay: float = 0.998
    seed: int = 1
    device: str = "cpu"
    amp: bool = False
    fast: bool = False
    preset: str = "cpu"
    teacher: Path | None = None
    guidance: float = 3.0
    focus: float = 1.0
    blocking: float = 0.0
    sharpen: float = 0.0


def padded(texts: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Token states (L, D) as (B, MOST_TOKENS, D) with their mask: one shape for all batches."""
    out = torch.zeros(len(texts), MOST_TOKENS, texts[0].shape[-1])
    mask = torch.zeros(len(texts), MOST_TOKENS, dtype=torch.bool)
    for row, text in enumerate(texts):
        out[row, : len(text)], mask[row, : len(text)] = text, True
    return out, mask


@dataclass(frozen=True)
class Batch:
    """x (B, C, T, h, w) clean latents; given (B, T) noise level at which a latent is given, -1 where it is to be made;
    text (B, L, D) with mask (B, L); dropped (B,): whose caption is left out; silence: text and mask of none at all;
    weight (B, 1, 1, h, w): what an error counts, with a mean of 1, or None for the same everywhere; blocking (B, C,
    T, h, w): the actors alone on paper, or None for a transformer that is not shown it."""

    x: Tensor
    given: Tensor
    text: Tensor
    mask: Tensor | None
    dropped: Tensor
    silence: tuple[Tensor, Tensor | None]
    weight: Tensor | None = None
    blocking: Tensor | None = None


class Batches:
    """Draws batches from caches, dropping captions and choosing what is given. area: latents a token covers."""

    def __init__(self, run: TransformerRun, area: int) -> None:
        self.run, self.area = run, area
        self.rng = np.random.default_rng(run.seed)
        self.world = preset(run.preset)
        self.caches: dict[Path, LatentCache] = {}
        self._shares: dict[Path, float] = {}
        self._suits: dict[tuple[Path, int], bool] = {}
        self.empty = TextEncoder.load(TEXT).encode("")

    def _cache(self, path: Path) -> LatentCache:
        """A cache, opened when first drawn from: it may still be growing, or not be there yet when a run begins."""
        if path not in self.caches:
            self.caches[path] = LatentCache(path)
        return self.caches[path]

    def draw(self, done: float) -> Batch:
        """The next batch, `done` of the run's time being over: stills or clips by the run's share."""
        due = done >= self.run.clips_from and self.rng.random() < self.run.clips
        moving = bool(self.run.moving) and (due or not self.run.stills)
        cache = self._pick(moving)
        per_frame = (cache.spec.width // 32) * (cache.spec.height // 32) // self.area
        length = min(self.run.window, 1 + (cache.spec.frames - 1) // 4) if moving else 1
        count = max(2, round(self.run.tokens / (per_frame * length)))
        picks = [self._index(cache) for _ in range(count)]
        rows, given, text, drops, shown = [], [], [], [], []
        for index in picks:
            latents = cache.latents(index)
            start = (
                0
                if not moving or latents.shape[1] <= length or self.rng.random() < 0.6
                else int(self.rng.integers(1, latents.shape[1] - length + 1))
            )
            rows.append(latents[:, start : start + length])
            given.append(self._given(length, stream=start > 0))
            if self.run.blocking:
                number = index if self.rng.random() < self.run.blocking else -1
                shown.append(cache.blocking(number)[:, start : start + length])
            drops.append(bool(self.rng.random() < self.run.drop))
            text.append(self.empty if drops[-1] else cache.text(index, int(self.rng.integers(cache.wordings))))
        put = padded if self.run.fast else stack
        (states, mask), (empty, silent) = put(text), put([self.empty] * count)
        device = self.run.device
        return Batch(
            torch.stack(rows).to(device),
            torch.stack(given).to(device),
            states.to(device),
            None if mask is None else mask.to(device),
            torch.tensor(drops, device=device),
            (empty.to(device), None if silent is None else silent.to(device)),
            None if self.run.focus == 1 else torch.stack([self._weight(cache, index) for index in picks]).to(device),
            torch.stack(shown).to(device) if shown else None,
        )

    def _weight(self, cache: LatentCache, index: int) -> Tensor:
        """What an error counts in every latent of a clip: (1, 1, h, w), more where its actors are, 1 in the mean."""
        spec = cache.spec
        rows, columns = spec.height // 32, spec.width // 32
        unit = View(spec.width, spec.height).unit / 32  # latents a world unit
        y, x = (torch.arange(n) + 0.5 - n / 2 for n in (rows, columns))
        found = torch.ones(rows, columns)
        for actor in spec.scene(index).shots[0].actors:
            high = actor.height * unit * MARGIN
            beside = (x - actor.x * unit).abs() < high / 2
            middle = (actor.y - 0.5 - 0.6 * actor.height) * unit
            found[((y - middle).abs() < high / 2)[:, None] & beside[None]] = self.run.focus
        return (found / found.mean())[None, None]

    def _pick(self, moving: bool) -> LatentCache:
        """A cache, the larger the likelier, of those there by now. A clip's first latent is a still too."""
        paths = self.run.moving if moving else (*self.run.stills, *self.run.moving)
        needed = ".blocking.npy" if self.run.blocking else ".json"  # blocking is drawn last
        there = [self._cache(path) for path in paths if path.with_suffix(needed).is_file()]
        if not there:
            need = " with its blocking (latents --blocking)" if self.run.blocking else ""
            raise ModelError(f"there is no cache of latents{need} at {', '.join(map(str, paths))}; make one first")
        sizes = np.array([len(cache) * self._share(cache) for cache in there])
        return there[int(self.rng.choice(len(there), p=sizes / sizes.sum()))]

    def _share(self, cache: LatentCache) -> float:
        """About what part of a cache this run may use, from a look at its first clips."""
        if cache.path not in self._shares:
            count = min(300, cache.spec.clips)
            usable = sum(self._usable(cache, index) for index in range(count))
            self._shares[cache.path] = max(usable, 1) / count
        return self._shares[cache.path]

    def _usable(self, cache: LatentCache, index: int) -> bool:
        if (cache.path, index) not in self._suits:
            scene = cache.spec.scene(index)
            self._suits[(cache.path, index)] = within(scene, self.world) and not held_out(scene)
        return self._suits[(cache.path, index)]

    def _index(self, cache: LatentCache) -> int:
        """A clip of a cache whose scene is of the preset's world and not held out."""
        for _ in range(1000):
            index = int(self.rng.integers(len(cache)))
            if self._usable(cache, index):
                return index
        raise ModelError(f"nearly no scene of {cache.path} is of the preset {self.run.preset!r}; render others")

    def _given(self, length: int, *, stream: bool) -> Tensor:
        """(T,) level of given latents, -1 where none: nothing, first, prefix, first and last, or a few anywhere."""
        given = torch.full((length,), -1.0)
        if length == 1:
            return given
        level = float(self.rng.choice((0.0, self.rng.uniform(0, 0.15))))
        dice = self.rng.random()
        if stream or dice > 0.85:
            given[: int(self.rng.integers(1, min(3, length)))] = level
        elif dice > 0.60:
            given[0] = 0.0
        elif dice > 0.52:
            given[0] = given[-1] = 0.0
        elif dice > 0.45:
            given[torch.from_numpy(self.rng.permutation(length)[: int(self.rng.integers(1, 3))])] = level
        return given
