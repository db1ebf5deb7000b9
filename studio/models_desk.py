"""Models on their way here while the page only watches: a line of them, one at a time, that outlives a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from studio.errors import ModelsError, StudioError
from studio.models import Models
from studio.models_transfer import Progress, Transfer, failed
from studio.plain import plain_error

log = logging.getLogger(__name__)


class Fetcher:
    """Fetches models in a thread of its own. What is wanted is kept in the register until it is here or given up."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._lock = threading.Lock()
        self._progress: dict[str, Progress] = {}
        self._stopping: set[str] = set()
        self._closing = False
        self._thread: threading.Thread | None = None

    def progress(self) -> list[Progress]:
        """Of every model that is on its way, waits, or ended since the studio opened."""
        with self._lock:
            return list(self._progress.values())

    def fetch(self, name: str) -> None:
        """Put a model in the line. Raises ModelsError for an unknown one; its licence was agreed to before."""
        state = self._models.state(name)
        if not state.agreed:
            raise ModelsError(f"nothing was fetched: the licence of {state.model.title} was not agreed to")
        self._models.want(name, True)
        with self._lock:
            self._stopping.discard(name)
            self._progress.pop(name, None)
            self._progress[name] = Progress(name, state.model.title, total=state.model.size_bytes)
        self._begin()

    def stop(self, name: str) -> None:
        """Stop one; what has come is kept for another time."""
        self._models.want(name, False)
        with self._lock:
            self._stopping.add(name)
            known = self._progress.get(name)
            if known is not None and known.stage == "waiting":
                self._progress[name] = Progress(name, known.title, "stopped")

    def busy(self, name: str) -> bool:
        """Whether a model is on its way or waits."""
        with self._lock:
            known = self._progress.get(name)
        return known is not None and known.stage in ("waiting", "asking", "fetching")

    def resume(self) -> None:
        """Go on with what was on its way when the studio closed."""
        for name in self._models.wanted():
            try:
                self.fetch(name)
            except ModelsError as error:
                log.warning("%s is not fetched any more: %s", name, error)
                self._models.want(name, False)

    def close(self) -> None:
        """Stop; what was on its way goes on when the studio opens."""
        self._closing = True
        if self._thread is not None:
            self._thread.join()

    def _begin(self) -> None:
        with self._lock:
            if self._closing or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._work, name="models", daemon=True)
            self._thread.start()

    def _next(self) -> str | None:
        """The next in line. None ends the thread, under the lock, so that a model that comes now begins another."""
        with self._lock:
            waiting = [name for name, known in self._progress.items() if known.stage == "waiting"]
            if self._closing or not waiting:
                self._thread = None
                return None
            return waiting[0]

    def _work(self) -> None:
        while (name := self._next()) is not None:
            transfer = Transfer(self._models, name, self._tell, self._stops(name))
            try:
                ended = transfer.run()
                if ended.stage == "done":
                    self._models.want(name, False)
            except StudioError as error:
                self._fail(name, error)
            except Exception as error:
                log.exception("%s could not be fetched", name)
                self._fail(name, ModelsError(f"it could not be fetched: {plain_error(error)}"))

    def _stops(self, name: str) -> Callable[[], bool]:
        return lambda: self._closing or name in self._stopping

    def _fail(self, name: str, error: StudioError) -> None:
        self._models.want(name, False)
        with self._lock:
            self._progress[name] = failed(self._progress[name], error)

    def _tell(self, progress: Progress) -> None:
        with self._lock:
            self._progress[progress.model] = progress
