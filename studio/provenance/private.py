"""Files for their owner alone, on every system: modes where there are modes, access lists on Windows."""

from __future__ import annotations

import getpass
import os
import subprocess
from pathlib import Path


def write_private(path: Path, data: bytes, *, secret: bool = True) -> None:
    """Write a new file that is on the disk when this returns; `secret`: nobody else may read it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if secret and os.name == "nt":
        subprocess.run(access_command(path), check=True, capture_output=True, timeout=30)


def keep_private(folder: Path, *files: Path) -> None:
    """Take away from others what a copy or a restored backup has given them."""
    if os.name == "nt":
        # The folder's own list counts for what is in it, so one call is enough.
        subprocess.run(access_command(folder), check=True, capture_output=True, timeout=30)
        return
    for path, mode in ((folder, 0o700), *((file, 0o600) for file in files)):
        if path.stat().st_mode & 0o077:
            path.chmod(mode)


def access_command(path: Path) -> list[str]:
    """The Windows command that leaves a file or folder to its owner: nothing is inherited, one name is on the list."""
    domain, user = os.environ.get("USERDOMAIN", ""), getpass.getuser()
    name = f"{domain}\\{user}" if domain else user
    rights = "(OI)(CI)F" if path.is_dir() else "F"
    return ["icacls", str(path), "/inheritance:r", "/grant:r", f"{name}:{rights}"]
