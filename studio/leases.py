"""Who renders: a lease on every running job, so that two processes on one home never render the same one.

A worker holds a lock on a file of its own, which the system lets go of however the process dies, and counts up a beat.
On this host the lock tells whether it lives; of another host (a shared folder) the beat does, timed by our own clock
from one look to the next, so that no clock has to agree with another.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

from studio.errors import StudioError
from studio.locks import HomeLock
from studio.store import Store

log = logging.getLogger(__name__)

BEAT_SECONDS = 4.0
STALE_SECONDS = 20.0  # a worker of another host that has not counted on for so long is taken for dead


class LeaseStore(Store):
    """The workers of a home folder."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._seen: dict[str, tuple[int, float]] = {}  # worker -> its beat, and when it was first seen (monotonic)

    def sign_on(self, *, serves: bool) -> None:
        """Say that this store renders; `serves` for one that takes everybody's jobs."""
        with self._write() as db:
            db.execute(
                "INSERT OR REPLACE INTO workers (id, pid, host, serves) VALUES (?,?,?,?)",
                (self.me, os.getpid(), socket.gethostname()[:60], serves),
            )

    def sign_off(self) -> None:
        """It renders no more."""
        with self._write() as db:
            db.execute("DELETE FROM workers WHERE id = ?", (self.me,))

    def beat(self) -> None:
        """Count on: this store lives."""
        with self._write() as db:
            db.execute("UPDATE workers SET beat = beat + 1 WHERE id = ?", (self.me,))

    def served(self) -> bool:
        """Whether a living process takes everybody's jobs of this home."""
        rows = self._all("SELECT id FROM workers WHERE serves AND id != ?", (self.me,))
        return any(self.lives(row["id"]) for row in rows)

    def lives(self, worker: str) -> bool:
        """Whether a worker may still be rendering."""
        row = self._one("SELECT host, beat FROM workers WHERE id = ?", (worker,))
        if row is None:
            return False
        if row["host"] == socket.gethostname()[:60]:
            return self._locked(worker)
        beat, since = self._seen.get(worker, (-1, 0.0))
        if beat != row["beat"]:
            self._seen[worker] = (row["beat"], time.monotonic())
            return True
        return time.monotonic() - since < STALE_SECONDS

    def forget_dead(self) -> None:
        """Strike workers off that are no more and have no job left."""
        gone = "SELECT id FROM workers WHERE id NOT IN (SELECT worker FROM jobs WHERE worker IS NOT NULL)"
        for row in self._all(gone, ()):
            if row["id"] != self.me and not self.lives(row["id"]):
                with self._write() as db:
                    db.execute("DELETE FROM workers WHERE id = ?", (row["id"],))

    def lease_file(self, worker: str) -> Path:
        """The file that a worker holds locked."""
        return self.leases / f"{worker.rsplit(':', 1)[-1]}.lock"

    def _locked(self, worker: str) -> bool:
        path = self.lease_file(worker)
        if not path.exists():
            return False
        lock = HomeLock(path)
        with suppress(OSError):  # a disk that may only be read: nobody renders there
            if not lock.acquire():
                return True
            lock.release()
            path.unlink(missing_ok=True)
        return False


class Lease:
    """Held while a process renders for a home: the locked file, and a thread that beats. Use as start and stop."""

    def __init__(self, store: LeaseStore, *, serves: bool) -> None:
        self._store, self._serves = store, serves
        self._lock = HomeLock(store.lease_file(store.me))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def start(self) -> None:
        """Take it. Raises LibraryError or OSError."""
        self._lock.acquire()
        self._store.sign_on(serves=self._serves)
        self._thread.start()

    def stop(self) -> None:
        """Give it back."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
            with suppress(StudioError):
                self._store.sign_off()
        self._lock.release()
        self._store.lease_file(self._store.me).unlink(missing_ok=True)

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                self._store.beat()
            except StudioError as error:
                log.warning("the lease could not be renewed just now: %s", error)
