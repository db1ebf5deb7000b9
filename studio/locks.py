"""One renderer for one home: a lock that the system itself lets go of when a process dies, however it dies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _take(stream: IO[bytes]) -> None:
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(stream: IO[bytes]) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class HomeLock:
    """The right to render for a home folder. Not for several threads at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: IO[bytes] | None = None

    @property
    def held(self) -> bool:
        """Whether this process has it."""
        return self._stream is not None

    def acquire(self) -> bool:
        """Take it if nobody else has it; whether it is ours now."""
        if self._stream is None:
            stream = self._path.open("ab")
            try:
                _take(stream)
            except OSError:
                stream.close()
                return False
            self._stream = stream
        return True

    def release(self) -> None:
        """Let somebody else have it."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
