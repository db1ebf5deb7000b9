"""Memory: how much this process has, and how much it could still get."""

from __future__ import annotations

from pathlib import Path

import psutil

_LIMITS = (  # a container's limit and use: cgroup 2, then 1
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)


class Peak:
    """The most memory this process had at the moments it was looked at, in bytes."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.bytes = 0
        self.look()

    def look(self) -> None:
        """Look again."""
        self.bytes = max(self.bytes, int(self._process.memory_info().rss))


def used() -> int:
    """Bytes this process has now."""
    return int(psutil.Process().memory_info().rss)


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
