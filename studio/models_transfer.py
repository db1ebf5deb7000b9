"""Bringing a whole model here: what it will cost, said before; how far it is, while; one at a time on this machine."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from model.published import Part, Published, RemoteFile
from studio.disk import SPARE_BYTES, free
from studio.errors import DiskFull, ModelsError, StudioError
from studio.locks import HomeLock
from studio.models import Models, throw_away
from studio.models_hub import Listing

Stage = Literal["waiting", "asking", "fetching", "done", "stopped", "failed"]
WINDOW_SECONDS = 8.0  # over which the speed is taken
TELL_SECONDS = 0.2  # how often at most progress is told


class Stopped(Exception):
    """The transfer was stopped; what has come is kept."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What fetching a model comes to: bytes in all, here already, and free on that disk. `exact`: the hub was asked."""

    model: Published
    total: int
    here: int
    free: int
    place: Path
    exact: bool
    listings: tuple[tuple[Part, Listing | None], ...]

    @property
    def needed(self) -> int:
        """Bytes that are still to come."""
        return max(0, self.total - self.here)

    @property
    def fits(self) -> bool:
        """Whether the disk has room for them."""
        return self.needed == 0 or self.needed + SPARE_BYTES <= self.free

    def require(self) -> None:
        """Raises DiskFull when there is no room for it."""
        if not self.fits:
            short = self.needed + SPARE_BYTES - self.free
            raise DiskFull(
                f"{self.model.title} needs {gb(self.needed)} more and {gb(self.free)} are free at {self.place}: make "
                f"room for {gb(short)}, or set HF_HOME to another disk"
            )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer is. Bytes, bytes a second (0: not known yet), seconds left (None: not known)."""

    model: str
    title: str
    stage: Stage = "waiting"
    file: str = ""
    done: int = 0
    total: int = 0
    speed: float = 0.0
    left_s: float | None = None
    error: str = ""


def quote(models: Models, name: str) -> Quote:
    """What fetching comes to. Offline, or without an answer of the hub, the sizes are those of the catalogue."""
    state = models.state(name)
    listings: list[tuple[Part, Listing | None]] = []
    total = here = 0
    for part in (*state.parts, *models.optional(state.model)):
        listing = models.known_listing(part.part)
        if part.place is None and listing is None:
            try:
                listing = models.hub.listing(part.part)
            except ModelsError:
                listing = None
        size = listing.size_bytes if listing else part.part.size_bytes
        total += size
        here += size if part.place is not None else min(size, part.here_bytes)
        if part.place is None:
            listings.append((part.part, listing))
    place = _existing(models.hub.cache)
    exact = all(listing is not None for _, listing in listings)
    return Quote(state.model, total, here, free(place), models.hub.cache, exact, tuple(listings))


@dataclass
class Transfer:
    """One model on its way here. `tell` hears of progress, `stop` is asked whether to go on."""

    models: Models
    name: str
    tell: Callable[[Progress], None] = lambda progress: None
    stop: Callable[[], bool] = lambda: False
    _progress: Progress = field(init=False)
    _seen: deque[tuple[float, int]] = field(init=False, default_factory=deque)
    _told: float = field(init=False, default=0.0)

    def run(self) -> Progress:
        """Fetch what is missing. Raises ModelsError or DiskFull. When it is stopped, what has come is kept."""
        model = self.models.state(self.name).model
        self._progress = Progress(self.name, model.title, "asking")
        self._say()
        with alone(self.models):
            asked = quote(self.models, self.name)
            asked.require()
            self._progress = replace(self._progress, stage="fetching", total=asked.total, done=asked.here)
            self._say()
            try:
                for part, listing in asked.listings:
                    self._part(part, listing, needed=part.name in model.parts)
            except Stopped:
                self._progress = replace(self._progress, stage="stopped", file="", speed=0.0, left_s=None)
                self._say()
                return self._progress
        self._progress = replace(self._progress, stage="done", file="", done=self._progress.total, left_s=0.0)
        self._say()
        return self._progress

    def _part(self, part: Part, listing: Listing | None, *, needed: bool) -> None:
        try:
            found = listing if listing is not None else self.models.hub.listing(part)
            for file in found.files:
                self._file(part, found.commit, file)
            self.models.keep_listing(part, found)
        except ModelsError:
            if needed:  # a model films without its small autoencoder
                raise

    def _file(self, part: Part, commit: str, file: RemoteFile) -> None:
        folder = self.models.hub.snapshot(part, commit)
        path = folder / file.path if folder is not None else None
        if path is not None and path.is_file():
            if not file.size or path.stat().st_size == file.size:
                return
            self._progress = replace(self._progress, done=self._progress.done - path.stat().st_size)
            throw_away(path)  # half, or another file: it comes again
        self._progress = replace(self._progress, file=Path(file.path).name)
        before = self.models.hub.fetched(part, file)
        self._say()
        self._progress = replace(self._progress, done=self._progress.done - before)
        self.models.hub.fetch(part, commit, file, self._heard, self._checking)

    def _checking(self) -> None:
        self._progress = replace(self._progress, file=f"checking {self._progress.file}")
        self._say()

    def _heard(self, count: int) -> None:
        if self.stop():
            raise Stopped
        self._progress = replace(self._progress, done=self._progress.done + count)
        now = time.monotonic()
        self._seen.append((now, self._progress.done))
        while now - self._seen[0][0] > WINDOW_SECONDS:
            self._seen.popleft()
        (start, had), done = self._seen[0], self._progress.done
        if now - start > 0.5:
            speed = max(0.0, (done - had) / (now - start))
            left = (self._progress.total - done) / speed if speed else None
            self._progress = replace(self._progress, speed=speed, left_s=left)
        if now - self._told > TELL_SECONDS:
            self._say()

    def _say(self) -> None:
        self._told = time.monotonic()
        self.tell(self._progress)


@contextmanager
def alone(models: Models) -> Iterator[None]:
    """Only one transfer at a time over one home, whichever process it is in. Raises ModelsError for the second."""
    models.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = HomeLock(models.home / "models.lock")
    if not lock.acquire():
        raise ModelsError("a model is being fetched already, by the page or by another command: wait for it or stop it")
    try:
        yield
    finally:
        lock.release()


def gb(size: float) -> str:
    """Bytes for people."""
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB"


def failed(progress: Progress, error: StudioError) -> Progress:
    """The same progress, ended by an error."""
    return replace(progress, stage="failed", error=str(error), speed=0.0, left_s=None)


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
