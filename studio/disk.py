"""Writing files whole or not at all, and saying so plainly when the disk is full."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.errors import DiskFull

SPARE_BYTES = 64_000_000  # what must stay free on the disk


def save_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    with room(path.parent):
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def room(folder: Path, kept: str = "its takes") -> Iterator[None]:
    """Turns the system's "no space left" into DiskFull. `kept` says what the studio keeps there."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise disk_full(folder, kept) from None
        raise


def unwritable(error: OSError) -> str | None:
    """The line for a folder that may only be read; None when that is not what went wrong."""
    if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
        return None
    why = error.strerror or "not allowed"
    return f"the studio's folder cannot be written ({why}): allow writing there, or set AUTEUR_HOME to another folder"


def require_space(folder: Path, needed: int) -> None:
    """Raises DiskFull when fewer than `needed` bytes, and some to spare, are free."""
    if free(folder) < needed + SPARE_BYTES:
        raise disk_full(folder)


def disk_full(folder: Path, kept: str = "its takes") -> DiskFull:
    """The error that says so, with what is left."""
    left = free(folder) // 1_000_000
    again = "shoot again" if kept == "its takes" else "go on: what has come is kept"
    return DiskFull(f"the disk is full: {left} MB are free where the studio keeps {kept}; make room and {again}")


def free(folder: Path) -> int:
    """Bytes that can still be written there."""
    return shutil.disk_usage(folder).free


def size(folder: Path) -> int:
    """Bytes of the files under a folder."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # it went while we looked
            continue
    return total
