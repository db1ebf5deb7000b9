"""What a render took, part by part, and on what machine."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import studio
from studio.film import TIMINGS


@dataclass
class Stopwatch:
    """Seconds by part, under the names of `TIMINGS`."""

    began: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TIMINGS, 0.0))

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Adds the time inside to a part."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - start

    def elapsed(self) -> float:
        """Seconds since the job began."""
        return time.perf_counter() - self.began

    def rounded(self) -> dict[str, float]:
        """For the record: milliseconds are enough."""
        return {name: round(value, 4) for name, value in self.seconds.items()}


def machine(threads: int | None, plan: str = "") -> dict[str, str]:
    """What the same frames may depend on, beside the recipe. `plan` is how a large model is kept in memory."""
    import torch

    from model.precision import half

    return {
        **({"plan": plan} if plan else {}),
        **({"products": "bfloat16"} if half() else {}),
        "auteur": studio.__version__,
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "threads": str(threads or torch.get_num_threads()),
        "torch": torch.__version__,
    }
