"""On a public host, whoever asks three times within ten minutes for what is not made has to wait a while.

Remembered in memory alone, by owner: a restart forgets, and nothing of it is written down.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from studio.errors import PolicyStop, StudioError

MOST, WITHIN, PAUSE = 3, 600.0, 600.0  # refusals; seconds
OWNERS = 10_000  # that are remembered


class Patience:
    """Counts refusals by owner. `strict` is a public host; on one's own machine nobody waits."""

    def __init__(self, *, strict: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._strict, self._clock, self._lock = strict, clock, threading.Lock()
        self._refused: OrderedDict[str, list[float]] = OrderedDict()

    @contextmanager
    def asking(self, owner: str) -> Iterator[None]:
        """Around what may raise PolicyStop. Raises StudioError at once while the owner has to wait."""
        if self._strict and (left := self._left(owner)) > 0:
            minutes = max(1, round(left / 60))
            wait = "a minute" if minutes == 1 else f"{minutes} minutes"
            raise StudioError(f"{MOST} requests could not be made here. You can shoot again in {wait}.")
        try:
            yield
        except PolicyStop as stop:
            if self._strict and stop.decision.action == "block":
                self._note(owner)
            raise

    def _left(self, owner: str) -> float:
        with self._lock:
            times = self._refused.get(owner, [])
            return times[-1] + PAUSE - self._clock() if len(times) >= MOST else 0.0

    def _note(self, owner: str) -> None:
        with self._lock:
            now = self._clock()
            times = [at for at in self._refused.get(owner, []) if now - at < WITHIN]
            self._refused[owner] = [*times, now][-MOST:]
            self._refused.move_to_end(owner)
            while len(self._refused) > OWNERS:
                self._refused.popitem(last=False)
