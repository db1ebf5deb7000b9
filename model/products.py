"""Matrix products in full precision on a processor, by oneDNN where torch itself would ask another library.

Torch multiplies float32 matrices by MKL, which is slow on processors that are not Intel's: on a Zen 4 oneDNN takes less
than half of the time, and applies the activation where the product lies. The numbers are equal up to the order of sums.
What is chosen depends on the machine alone and never on a stopwatch: the same seed gives the same clip.
"""

from __future__ import annotations

import platform
from functools import lru_cache
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@lru_cache(maxsize=1)
def able() -> bool:
    """Whether oneDNN's product can be asked for by name here: it is no part of torch's documented interface."""
    intel_alike = platform.machine().lower() in ("x86_64", "amd64")
    return intel_alike and torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def quick(x: Tensor, weight: Tensor) -> bool:
    """Whether `product` goes by oneDNN for these: float32 on a processor, and nothing that learns or compiles."""
    plain = x.device.type == "cpu" and x.dtype == weight.dtype == torch.float32 and x.numel() > 0
    learns = torch.is_grad_enabled() or torch.compiler.is_compiling()
    return plain and not learns and not torch.is_autocast_enabled("cpu") and able()


def product(x: Tensor, weight: Tensor, bias: Tensor | None, *, gelu: bool = False) -> Tensor:
    """x (..., K) times weight (N, K) plus bias (N,): (..., N), through GELU (by tanh) where `gelu` says so."""
    if quick(x, weight):
        after, how = ("gelu", "tanh") if gelu else ("none", "")
        return cast(Tensor, torch.ops.mkldnn._linear_pointwise(x, weight, bias, after, [], how))
    made = F.linear(x, weight, bias)
    return F.gelu(made, approximate="tanh") if gelu else made


class Linear(nn.Linear):
    """`nn.Linear`, by `product`."""

    def forward(self, x: Tensor) -> Tensor:
        """x (..., K) to (..., N)."""
        return product(x, self.weight, self.bias)
