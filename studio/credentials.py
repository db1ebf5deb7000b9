"""Signed manifests as the studio remembers them, so that a clip that lost its own can be led back to it.

What is kept is what travelled in the clip, no more: the privacy that was chosen for the clip holds here too.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from studio.provenance.fingerprint import NEAR, Code, distance
from studio.store import Store

MOST = 20_000  # newest credentials that are compared: a comparison takes a microsecond


@dataclass(frozen=True)
class Kept:
    """A credential that is kept: the manifest of a file, its fingerprint, and the number in its pictures ("" or 16
    hexadecimal digits). `take` is the take that it belongs to, "" for a film or another file."""

    manifest_id: str
    owner: str
    take: str
    manifest: bytes
    code: Code
    mark: str = ""


class CredentialStore(Store):
    """The credentials of a home folder."""

    def keep_credential(self, kept: Kept) -> None:
        """Remember one. The same manifest again changes nothing."""
        with self._write() as db:
            db.execute(
                "INSERT OR IGNORE INTO credentials (manifest_id, owner, take_id, manifest, code, mark, created) "
                "VALUES (?,?,?,?,?,?,?)",
                (kept.manifest_id, kept.owner, kept.take, kept.manifest, kept.code, kept.mark, time.time()),
            )

    def credential_near(self, code: Code, within: int = NEAR) -> tuple[Kept, int] | None:
        """The kept credential whose fingerprint is nearest, and how many bits it is away; None when none is near."""
        if len(code) != 32:
            return None
        rows = self._all(
            "SELECT manifest_id, code FROM credentials WHERE length(code) = 32 ORDER BY created DESC LIMIT ?", (MOST,)
        )
        found = min(((distance(code, row["code"]), row["manifest_id"]) for row in rows), default=None)
        if found is None or found[0] > within:
            return None
        kept = self._credential("manifest_id", found[1])
        return None if kept is None else (kept, found[0])

    def credential_marks(self) -> Sequence[str]:
        """The numbers of all marks, newest first."""
        rows = self._all("SELECT mark FROM credentials WHERE mark <> '' ORDER BY created DESC LIMIT ?", (MOST,))
        return [row["mark"] for row in rows]

    def credential_marked(self, mark: str) -> Kept | None:
        """The credential of a clip with this number in its pictures."""
        return self._credential("mark", mark)

    def forget_credentials(self, takes: Sequence[str], owner: str = "") -> None:
        """Remove those of takes that are gone for good, or everything of an owner's."""
        with self._write() as db:
            db.executemany("DELETE FROM credentials WHERE take_id = ?", [(take,) for take in takes])
            if owner:
                db.execute("DELETE FROM credentials WHERE owner = ?", (owner,))

    def _credential(self, column: str, value: str) -> Kept | None:
        row = self._one(f"SELECT * FROM credentials WHERE {column} = ? ORDER BY created DESC", (value,))
        if row is None:
            return None
        return Kept(row["manifest_id"], row["owner"], row["take_id"], row["manifest"], row["code"], row["mark"])
