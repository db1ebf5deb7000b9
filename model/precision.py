"""In which precision a processor multiplies: bfloat16 where it has instructions for it, else float32."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache

import torch


@lru_cache(maxsize=1)
def half() -> bool:
    """Whether this processor multiplies bfloat16 quicker than float32: in tiles (Intel AMX) several times as fast, in
    vectors (AVX-512 BF16: Zen 4, Cooper Lake and later) twice."""
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16", False) or able.get("avx512_bf16", False))


def multiplying(device: str, family: str) -> AbstractContextManager[object]:
    """Around a transformer's forward: Storybook's is made of matrices that these instructions are quick at, and small
    enough that what rounding does to it is not seen. Other families and other processors stay as they are."""
    if device == "cpu" and family == "storybook" and half():
        return torch.autocast("cpu", torch.bfloat16)
    return nullcontext()
