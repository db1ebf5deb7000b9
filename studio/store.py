"""The database under the library: one connection, safe from any thread, beside the folders it speaks of."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from studio.errors import SettingsError
from studio.schema import migrate

BUSY_MS = 10_000


class Store:
    """A home folder and its database; both are made if they are missing."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.inputs, self.work, self._takes = home / "inputs", home / "work", home / "takes"
        self._bin, self.keys = home / "bin", home / "identity"
        self._lock = threading.RLock()
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.inputs, self.work, self._takes, self._bin):
                folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            line = f"the studio cannot write to {home} ({error.strerror}): set AUTEUR_HOME to a folder it may"
            raise SettingsError(line) from None
        try:
            self._db = _open(home / "library.db")
        except sqlite3.Error as error:
            line = f"{home / 'library.db'} cannot be opened ({error}): move it away, and a new one is made"
            raise SettingsError(line) from None

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self._db.close()

    # Measurements

    def measure(self, model: str, machine: str, part: str, amount: float, seconds: float) -> None:
        """Remember that `amount` of a part of the work took `seconds` on this machine."""
        with self._write() as db:
            db.execute(
                "INSERT INTO measurements (at, model, machine, part, amount, seconds) VALUES (?,?,?,?,?,?)",
                (time.time(), model, machine, part, amount, seconds),
            )

    def measured(self, model: str, machine: str, part: str, last: int = 7) -> list[tuple[float, float]]:
        """The newest (amount, seconds) of a part of the work."""
        rows = self._all(
            "SELECT amount, seconds FROM measurements WHERE model = ? AND machine = ? AND part = ? "
            "ORDER BY id DESC LIMIT ?",
            (model, machine, part, last),
        )
        return [(row["amount"], row["seconds"]) for row in rows]

    # Underneath

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """A transaction; what goes wrong inside it leaves no trace. One inside another joins it."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _event(self, job_id: str, kind: str, text: str) -> None:
        self._db.execute(
            "INSERT INTO events (at, job_id, kind, text) VALUES (?,?,?,?)", (time.time(), job_id, kind, text)
        )

    def _one(self, query: str, values: tuple[Any, ...]) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._db.execute(query, values).fetchone()
            return row

    def _all(self, query: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(query, values).fetchall()


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    try:
        db.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}")
        migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def when(seconds: float) -> str:
    """A moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
