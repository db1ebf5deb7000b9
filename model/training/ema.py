"""An exponential moving average of a model's weights, with the early bias corrected."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Average:
    """Average of weights: `update` after every step, `state` for a checkpoint. The decay warms up with the steps."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay, self.steps = decay, 0
        self._values = {name: value.detach().clone() for name, value in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Take in the weights of a step."""
        self.steps += 1
        keep = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                self._values[name].lerp_(value.detach(), 1 - keep)

    def state(self) -> dict[str, Tensor]:
        """The averaged state dict."""
        return {name: value.clone() for name, value in self._values.items()}
