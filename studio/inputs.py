"""Given files, kept as they came and found by content: the credential a picture carries must not be lost."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from pathlib import Path

from studio import media
from studio.pictures import picture_kind

_SHA256 = re.compile(r"[0-9a-f]{64}")
CLIP_SUFFIXES = (".mp4", ".mov", ".webm", ".mkv")


def sha256_of(path: Path) -> str:
    """Hash of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keep(path: Path, folder: Path) -> tuple[str, Path]:
    """Copy a file into `folder` under the hash of its content; the hash and the copy. Raises DiskFull."""
    sha256 = sha256_of(path)
    target = folder / f"{sha256}{_suffix(path)}"
    if not target.exists():
        media.require_space(folder, path.stat().st_size)
        part = folder / f".{target.name}.{secrets.token_hex(4)}.part"  # the same file may come twice at once
        try:
            with media.room(folder):
                shutil.copyfile(path, part)
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return sha256, target


def find(sha256: str, folder: Path) -> Path | None:
    """The kept file with this content, or None."""
    if not _SHA256.fullmatch(sha256):
        return None
    return next(iter(sorted(folder.glob(f"{sha256}.*"))), None)


def _suffix(path: Path) -> str:
    """What the file is, not what it is called: readers of credentials choose their parser by it."""
    if path.suffix.lower() in CLIP_SUFFIXES and media.is_clip(path):
        return path.suffix.lower()
    return picture_kind(path).suffix if not media.is_container(path) else ".mp4"
