"""Where a clip that is made meets one that is there: a jump greater than the clip's own movement is spread over time.

A model that was shown the end of a clip goes on from it as well as it has learned to. Here the step from the last known
latent to the first new one is compared with the steps on both sides; only what is more than those is taken away, and
fades over the latents that follow. A model that goes on smoothly is left as it is.
"""

from __future__ import annotations

import torch
from torch import Tensor

SHARE = 0.7  # of the usual step that is left at a join: decoded, a step of that size does not stand out


def meet(made: Tensor, before: Tensor | None, after: Tensor | None, over: int) -> Tensor:
    """New latents (C, n, h, w), led away from those `before` and up to those `after`, over at most `over` latents."""
    found = made
    if before is not None:
        found = made + _share(made, before[:, -1], _usual(made, before), over)
    if after is not None:
        back, ahead = torch.flip(made, [1]), torch.flip(after, [1])
        found = found + torch.flip(_share(back, ahead[:, -1], _usual(back, ahead), over), [1])
    return found


def _share(made: Tensor, neighbour: Tensor, usual: Tensor, over: int) -> Tensor:
    """What is added to each new latent: all that is too much of the jump to the first, and less and less of it."""
    jump = neighbour - made[:, 0]
    excess = (1 - SHARE * usual / _size(jump).clamp_min(1e-6)).clamp_min(0.0) * jump
    count = made.shape[1]
    t = (torch.arange(count, dtype=made.dtype, device=made.device) / min(max(over, 1), count)).clamp_max(1.0)
    return excess[:, None] * (1 - t * t * (3 - 2 * t))[None, :, None, None]


def _usual(made: Tensor, known: Tensor) -> Tensor:
    """How far one latent is from the next on both sides of the join, as a rule."""
    steps = [part[:, 1:] - part[:, :-1] for part in (known, made) if part.shape[1] > 1]
    if not steps:
        return made.new_zeros(())
    return torch.cat([_size(step.unbind(1)) for step in steps]).median()


def _size(step: Tensor | tuple[Tensor, ...]) -> Tensor:
    """Root mean square of a step, or of each of several."""
    if isinstance(step, Tensor):
        return step.float().square().mean().sqrt()
    return torch.stack([each.float().square().mean().sqrt() for each in step])
