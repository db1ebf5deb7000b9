"""The first-block cache: an approximation that leaves out most of a transformer where the steps before say enough.

What the first block changes in the tokens tells how far the whole stack would change from one step to the next. While
that differs little from the last step that was computed in full, the other blocks are not run: what they added then is
added again. The result is not equal to the full one, so a request has to ask for it (`block_cache`).

Follows the first-block cache of ParaAttention, which TeaCache (Liu et al. 2024) led to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(slots=True)
class BlockCache:
    """What is remembered of the last full forward of one stream of steps; a new clip or window needs a new one.

    threshold  mean change of what the first block adds, relative to its mean size, up to which it is used again; the
               clips of a batch are each looked at by themselves, and computed if one of them has to be
    forwards   how many forwards there were; `reused` of them ran the first block alone
    """

    threshold: float
    forwards: int = 0
    reused: int = 0
    _first: Tensor | None = field(default=None, repr=False)  # (B, N, D): what the first block added
    _rest: Tensor | None = field(default=None, repr=False)  # (B, N, D): what all others added
    _after: Tensor | None = field(default=None, repr=False)  # (B, N, D): the tokens behind it, until the last block

    def recall(self, before: Tensor, after: Tensor) -> Tensor | None:
        """The tokens (B, N, D) behind the last block, or None where the blocks have to be run.

        `before` and `after` are the tokens around the first block.
        """
        self.forwards += 1
        added = after - before
        if self._first is not None and self._rest is not None and self._first.shape == added.shape:
            if bool((_change(added, self._first) < self.threshold).all()):
                self.reused += 1
                return after + self._rest
        self._first, self._rest, self._after = added, None, after
        return None

    def keep(self, last: Tensor) -> None:
        """Remember what the blocks behind the first one added, from the tokens (B, N, D) behind the last."""
        assert self._after is not None
        self._rest, self._after = last - self._after, None

    def shrink(self) -> None:
        """Go on with the first clip of the batch alone."""
        self._first = None if self._first is None else self._first[:1]
        self._rest = None if self._rest is None else self._rest[:1]


def _change(now: Tensor, then: Tensor) -> Tensor:
    """Mean absolute difference of each clip (B,), relative to how large it was."""
    size = then.abs().mean((1, 2), dtype=torch.float32)
    return (now - then).abs().mean((1, 2), dtype=torch.float32) / size.clamp_min(1e-12)
