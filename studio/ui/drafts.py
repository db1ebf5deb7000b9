"""What an owner is working on: the form as typed, and the files they gave, each under an id that nobody can guess.

One small JSON file for each owner, written whole or not at all. The files themselves lie in the library, by content;
an id here is the only way to them from the page, so that nobody can borrow somebody else's picture by its hash. A link
under its own name stands beside each, because recipes and credentials tell what a picture was called.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from studio import media
from studio.disk import save_bytes
from studio.errors import MediaError
from studio.library import Library

KEPT_FILES = 300  # of one owner; older ones are forgotten by the page and stay in the library
_OWNER = re.compile(r"[A-Za-z0-9-]{1,80}")
_UNSAFE = re.compile(r"[^\w .()-]")


@dataclass(frozen=True)
class Given:
    """One given file: `kind` picture or clip, its sides in pixels, `seconds` of a clip (0 for a picture)."""

    id: str
    sha256: str
    name: str
    kind: str
    width: int
    height: int
    seconds: float = 0.0

    def shown(self) -> dict[str, Any]:
        """As the page is given it: without its hash."""
        data = asdict(self)
        del data["sha256"]
        return {**data, "picture": f"studio/given/{self.id}/picture", "strip": f"studio/given/{self.id}/strip"}


class Drafts:
    """The forms and given files of every owner of a home."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._folder = library.home / "forms"
        self._lock = threading.Lock()

    def form(self, owner: str) -> dict[str, Any] | None:
        """The form as it was typed last, or None."""
        form = self._read(owner).get("form")
        return form if isinstance(form, dict) else None

    def keep_form(self, owner: str, form: Mapping[str, Any]) -> None:
        """Write the form as it is typed."""
        with self._lock:
            self._write(owner, {**self._read(owner), "form": dict(form)})

    def add(self, owner: str, sha256: str, name: str, kind: str, size: tuple[int, int], seconds: float = 0.0) -> Given:
        """Remember a file of the library as one that this owner gave; the same file keeps its id.

        An empty name leaves the one it had.
        """
        with self._lock:
            data = self._read(owner)
            files: dict[str, Any] = data.get("files") or {}
            known = next((key for key, item in files.items() if item.get("sha256") == sha256), None)
            called = name or (files[known]["name"] if known else f"picture.{kind}")
            found = Given(known or secrets.token_urlsafe(16), sha256, called[:120], kind, *size, round(seconds, 3))
            files.pop(found.id, None)
            files[found.id] = asdict(found)
            kept = dict(list(files.items())[-KEPT_FILES:])
            self._write(owner, {**data, "files": kept})
            for gone in files.keys() - kept.keys():
                shutil.rmtree(self._links(owner) / gone, ignore_errors=True)
            return found

    def given(self, owner: str, identity: object) -> Given | None:
        """One of the owner's files, or None; somebody else's is None too."""
        item = (self._read(owner).get("files") or {}).get(identity) if isinstance(identity, str) else None
        return Given(**item) if isinstance(item, dict) else None

    def of_content(self, owner: str, sha256: str) -> Given | None:
        """One of the owner's files by its content, or None."""
        files = (self._read(owner).get("files") or {}).values()
        return next((Given(**item) for item in files if item.get("sha256") == sha256), None)

    def contents(self, owner: str) -> set[str]:
        """The content hashes of the owner's files."""
        return {str(item.get("sha256")) for item in (self._read(owner).get("files") or {}).values()}

    def contents_of_others(self, owner: str) -> set[str]:
        """The content hashes of everybody else's files."""
        names = {path.stem for path in self._folder.glob("*.json")} - {owner}
        return {content for name in names if _OWNER.fullmatch(name) for content in self.contents(name)}

    def is_clip(self, sha256: str) -> bool:
        """Whether a file of the library is a clip: its first frame is what a page shows of it."""
        kept = self._library.input(sha256)
        with suppress(MediaError):  # captions are neither
            return kept is not None and media.is_clip(kept)
        return False

    def path(self, owner: str, given: Given) -> Path | None:
        """The file under its own name, or None when the library no longer has it."""
        kept = self._library.input(given.sha256)
        if kept is None:
            return None
        stem = _UNSAFE.sub("_", Path(given.name).stem).strip(". ")[:80] or "picture"
        link = self._links(owner) / given.id / f"{stem}{kept.suffix}"
        if not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                os.link(kept, link)
            except OSError:
                shutil.copyfile(kept, link)
        return link

    def forget(self, owner: str) -> None:
        """Remove everything that is kept here of an owner."""
        with self._lock:
            self._file(owner).unlink(missing_ok=True)
            shutil.rmtree(self._links(owner), ignore_errors=True)

    def _links(self, owner: str) -> Path:
        return self._file(owner).with_suffix("")

    def _file(self, owner: str) -> Path:
        if not _OWNER.fullmatch(owner):
            raise ValueError("an owner's name is letters, digits and dashes")
        return self._folder / f"{owner}.json"

    def _read(self, owner: str) -> dict[str, Any]:
        try:
            data = json.loads(self._file(owner).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def _write(self, owner: str, data: Mapping[str, Any]) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        save_bytes(self._file(owner), json.dumps(data, ensure_ascii=False).encode())
