"""The database under the library: one connection that writes and one that reads, beside the folders it speaks of.

Pages read while a render writes, and while another process holds the write lock: a reader never waits for a writer.
"""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from studio.disk import free
from studio.errors import LibraryError, SettingsError
from studio.schema import migrate

BUSY_MS = 10_000
LEAST_FREE = 1_000_000  # bytes; with less nothing can be written
CHECKED_BYTES = 200_000_000  # a larger database takes too long to be read through at every start


class Store:
    """A home folder and its database; both are made if they are missing.

    `me` names this store among all that may work on the same home: the lease of a job is held in that name.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.inputs, self.work, self._takes = home / "inputs", home / "work", home / "takes"
        self._bin, self.keys, self.leases = home / "bin", home / "identity", home / "leases"
        self.me = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(6)}"
        self._lock, self._reading = threading.RLock(), threading.Lock()
        self._writer: int | None = None  # the thread that is inside a transaction
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.inputs, self.work, self._takes, self._bin, self.leases):
                folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            line = f"the studio cannot write to {home} ({error.strerror}): set AUTEUR_HOME to a folder it may"
            raise SettingsError(line) from None
        path = home / "library.db"
        try:
            self._db = _open(path)
            self._reader = _connect(path)
            self._reader.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise SettingsError(_cannot_open(path, error)) from None

    def close(self) -> None:
        """Let go of the database."""
        with self._lock, self._reading:
            self._reader.close()
            self._db.close()

    # Measurements

    def measure(self, model: str, machine: str, part: str, amount: float, value: float) -> None:
        """Remember that `amount` of a part of the work took `value` (seconds; bytes for memory) on this machine."""
        with self._write() as db:
            db.execute(
                "INSERT INTO measurements (at, model, machine, part, amount, seconds) VALUES (?,?,?,?,?,?)",
                (time.time(), model, machine, part, amount, value),
            )

    def measured(self, model: str, machine: str, part: str, last: int = 7) -> list[tuple[float, float]]:
        """The newest (amount, value) of a part of the work."""
        rows = self._all(
            "SELECT amount, seconds FROM measurements WHERE model = ? AND machine = ? AND part = ? "
            "ORDER BY id DESC LIMIT ?",
            (model, machine, part, last),
        )
        return [(row["amount"], row["seconds"]) for row in rows]

    # Underneath

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: what goes wrong leaves no trace, one inside another joins it. Raises LibraryError."""
        with self._lock:
            if self._writer is not None:
                yield self._db
                return
            with self._plainly():
                self._db.execute("BEGIN IMMEDIATE")
                self._writer = threading.get_ident()
                try:
                    yield self._db
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:  # a full disk has already taken it back
                        self._db.execute("ROLLBACK")
                    raise
                finally:
                    self._writer = None

    def _event(self, job_id: str, kind: str, text: str) -> None:
        self._db.execute(
            "INSERT INTO events (at, job_id, kind, text) VALUES (?,?,?,?)", (time.time(), job_id, kind, text)
        )

    def _one(self, query: str, values: tuple[Any, ...]) -> sqlite3.Row | None:
        return next(iter(self._all(query, values)), None)

    def _all(self, query: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        if self._writer == threading.get_ident():  # inside a transaction one sees what it has done so far
            return self._db.execute(query, values).fetchall()
        with self._reading, self._plainly():
            return self._reader.execute(query, values).fetchall()

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(_line(self.home / "library.db", error)) from error


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    db.row_factory = sqlite3.Row
    return db


def _open(path: Path) -> sqlite3.Connection:
    """Open for writing; whoever opens the same new library in the same moment is waited for.

    SQLite answers "busy" at once, without its own waiting, where two connections turn to the write-ahead log together
    (https://www.sqlite.org/c3ref/busy_handler.html: waiting there could be a deadlock), so it is asked again here.
    """
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            return _opened(path)
        except sqlite3.OperationalError as error:
            if (error.sqlite_errorcode or 0) & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _opened(path: Path) -> sqlite3.Connection:
    db = _connect(path)
    try:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}")
        if path.stat().st_size < CHECKED_BYTES:
            (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
            if said != "ok":
                raise sqlite3.DatabaseError(f"damaged: {said}")
        migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def _line(path: Path, error: sqlite3.Error) -> str:
    """What is the matter with the database, and what to do about it."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if str(error).startswith("damaged: "):
        code = sqlite3.SQLITE_CORRUPT
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{path.name} is held by another program: close what has it open, and try again; nothing was lost"
    # In a full disk the files beside the database cannot be made, which is told as any other fault of a disk.
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and free(path.parent) < LEAST_FREE):
        return f"the disk is full: make room on the disk of {path.parent}, and try again; nothing was lost"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return f"{path} cannot be written: allow writing there, or set AUTEUR_HOME to another folder"
    if code == sqlite3.SQLITE_IOERR:
        return f"the disk of {path.parent} cannot be read or written just now ({error}); nothing was lost"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        said = " ".join(str(error).split())
        return f"{path} is damaged ({said}): close the studio and run `python -m studio mend`; takes are kept as files"
    return f"the library could not do this ({error})"


def _cannot_open(path: Path, error: sqlite3.Error) -> str:
    return f"the library cannot be opened: {_line(path, error)}"


def when(seconds: float) -> str:
    """A moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
