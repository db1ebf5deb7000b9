"""In which precision a processor multiplies: bfloat16 where it has tile instructions for it, else float32."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache

import torch


@lru_cache(maxsize=1)
def tiles() -> bool:
    """Whether this processor multiplies bfloat16 in tiles (Intel AMX): several times as fast as float32."""
    return bool(torch.cpu.get_capabilities().get("amx_bf16", False))


def multiplying(device: str, family: str) -> AbstractContextManager[object]:
    """Around a transformer's forward: Storybook's is made of matrices that tiles are quick at, and small enough that
    what rounding does to it is not seen. Other families and other processors stay as they are."""
    if device == "cpu" and family == "storybook" and tiles():
        return torch.autocast("cpu", torch.bfloat16)
    return nullcontext()
