"""The memory that tensors on a processor live in, kept by the process from one product to the next.

glibc hands blocks of more than 128 KB back to the system as soon as they are free, and the system gives them out again
page by page, each of them cleared: a sixth of a render's time. So they are kept, up to `LARGEST`, and given back where
there is nothing to do.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache

LARGEST = 32 << 20  # bytes; mallopt(3) takes no more
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of <malloc.h>
_NEVER = (1 << 31) - 1


@lru_cache(maxsize=1)
def keep() -> bool:
    """Have this process keep what it frees. Whether it does: other C libraries know nothing of it."""
    mallopt = _of_glibc("mallopt")
    wishes = ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, LARGEST), (_TRIM_THRESHOLD, _NEVER))
    return mallopt is not None and all(mallopt(what, value) == 1 for what, value in wishes)


def give_back() -> None:
    """Give what is free back to the system, where it was kept."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    """A function of the C library, where that is glibc."""
    try:
        library = ctypes.CDLL(None)
        return getattr(library, name) if hasattr(library, "gnu_get_libc_version") else None
    except (OSError, TypeError):  # TypeError: on Windows, where there is no library of no name
        return None
