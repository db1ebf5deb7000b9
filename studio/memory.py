"""Memory: how much this process has, and how much it could still get."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from model import allocation

_LIMITS = (  # a container's limit and use: cgroup 2, then 1
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics card: its name, bytes in all, and bytes that this process could have there."""

    name: str
    total: int
    free: int


def gpu() -> Gpu | None:
    """The card that renders use; None where there is none. What this process holds there counts as free: it can go."""
    import torch

    if not torch.cuda.is_available():
        return None
    free, total = torch.cuda.mem_get_info()
    return Gpu(torch.cuda.get_device_name(), int(total), int(free + torch.cuda.memory_reserved()))


def begin_peak() -> None:
    """Begin to count the most memory that is used on the card."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def peak() -> int:
    """The most bytes of the card that were used since then; 0 without one."""
    import torch

    return int(torch.cuda.max_memory_reserved()) if torch.cuda.is_available() else 0


def give_back() -> None:
    """Give back what nothing uses any more, to the system and to the card."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
    allocation.give_back()


def ran_out(error: BaseException) -> bool:
    """Whether an error says that there was no memory left, on a card or in the machine."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in said or "can't allocate" in said


class Peak:
    """The most memory this process and its children (encoders, decoders) had when it was looked at, in bytes."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.bytes = 0
        self.look()

    def look(self) -> None:
        """Look again."""
        self.bytes = max(self.bytes, _resident(self._process))


def used() -> int:
    """Bytes this process and its children have now."""
    return _resident(psutil.Process())


def _resident(process: psutil.Process) -> int:
    total = int(process.memory_info().rss)
    for child in process.children(recursive=True):
        with suppress(psutil.Error):  # it ended while we looked
            total += int(child.memory_info().rss)
    return total


def free() -> int:
    """Bytes it could still get: what the machine has left, or the container where that is less."""
    left = int(psutil.virtual_memory().available)
    for limit, use in _LIMITS:
        try:
            most, now = int(limit.read_text()), int(use.read_text())
        except (OSError, ValueError):  # there is no such file, or it says "max"
            continue
        left = min(left, max(0, most - now))
    return left
