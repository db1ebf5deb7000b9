"""How a long clip is cut into windows that the model can see at once.

The first window is sampled freely; each later one is given the last latents of what came before, clean, and adds to
them. The last window is as wide as the others: it is simply given more, so the model always sees what it knows. A model
that minds its width less has even ones instead, no wider than their number needs: none is spent on what is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model.conditioning import Given
from model.flow import Hold


@dataclass(frozen=True, slots=True)
class Window:
    """Latents start..stop of the clip, of which those before `fresh` are known already."""

    start: int
    fresh: int
    stop: int

    @property
    def length(self) -> int:
        """How many latents the model sees."""
        return self.stop - self.start


def plan(
    total: int, width: int, overlap: int, prefix: int = 0, *, short_first: bool = False, even: bool = False
) -> tuple[Window, ...]:
    """Windows that cover `total` latents, at most `width` wide, each given at least `overlap` of those before.

    The first `prefix` latents are known before anything is sampled. `short_first` lets the first window add what would
    be left over for the last one, so that the last one leads up to a given end and does not only repeat it. `even`: as
    few windows, but no wider than that takes (not with `short_first`).
    """
    overlap = min(max(overlap, 1), width - 1)
    if even and not short_first:
        width = _even(total, width, overlap, prefix)
    first = min(width, total)
    if short_first:
        first = total - max(0, math.ceil((total - width) / (width - overlap))) * (width - overlap)
    windows = [] if prefix else [Window(0, 0, first)]
    if prefix and short_first and (left := (total - prefix) % (width - min(overlap, prefix))):
        windows.append(Window(max(0, prefix + left - width), prefix, prefix + left))
    while (known := windows[-1].stop if windows else prefix) < total:
        stop = min(known - min(overlap, known) + width, total)
        windows.append(Window(max(0, stop - width), known, stop))
    return tuple(windows)


def _even(total: int, width: int, overlap: int, prefix: int) -> int:
    """The smallest width of windows that are as few as those of `width`."""
    fewest = len(plan(total, width, overlap, prefix))
    fits = (narrow for narrow in range(overlap + 1, width) if len(plan(total, narrow, overlap, prefix)) == fewest)
    return next(fits, width)


def hold(window: Window, noise: Tensor, known: Tensor | None, given: Sequence[Given], prefix_level: float) -> Hold:
    """What a window is given: known latents (C, t, h, w) before it, and anchors that lie in its fresh part.

    Held frames carry the window's own `noise` (C, T, h, w) at their level, so a weaker one goes on from there.
    """
    clean = torch.zeros_like(noise)
    level = torch.ones(window.length, device=noise.device)
    if known is not None and window.fresh > window.start:
        prefix = window.fresh - window.start
        clean[:, :prefix] = known[:, window.start : window.fresh]
        level[:prefix] = prefix_level
    for anchor in given:
        first, stop = max(anchor.start, window.fresh), min(anchor.start + anchor.latents.shape[1], window.stop)
        if first < stop:
            clean[:, first - window.start : stop - window.start] = anchor.latents[
                :, first - anchor.start : stop - anchor.start
            ]
            level[first - window.start : stop - window.start] = anchor.level
    return Hold(torch.lerp(clean, noise, level[:, None, None]), level)


def firmer(hold: Hold, clean: Tensor, noise: Tensor, more: float) -> Hold:
    """A hold in which those frames that are free stay the nearer to the `clean` latents (C, T, h, w) that they start
    from the nearer they are to one that is held: from each to the next farther away `more` of them may change."""
    held = [index for index, level in enumerate(hold.level.tolist()) if level < 1]
    if not held:
        return hold
    away = torch.tensor([min(abs(index - one) for one in held) for index in range(len(hold.level))])
    level = torch.where(away == 0, hold.level.cpu(), (more * away).clamp(max=1.0)).to(hold.level)
    free = (away > 0).to(noise.device)[:, None, None]
    return Hold(torch.where(free, torch.lerp(clean, noise, level[:, None, None]), hold.value), level)
