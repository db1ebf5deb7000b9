"""The library: jobs and takes in SQLite, their files beside it. It is the queue, the record and the archive in one.

    library.db      the tables of `studio.schema` (WAL: pages read while a render writes)
    inputs/         given pictures and clips as they came, by content hash
    work/JOB/       previews and what is being made; private, removed when the job ends
    takes/TAKE/     clip.mp4, poster.jpg, latents.safetensors, recipe.json; never changed
    bin/TAKE/       takes that were deleted and can come back
    identity/       the studio's signing identity

Every method is safe to call from any thread; several processes may share one home.
"""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

from studio import inputs
from studio.errors import NotFound
from studio.film import Take
from studio.jobs import JobStore
from studio.recipe import Recipe
from studio.store import when


class Library(JobStore):
    """The library under one home folder, which is made if it is missing."""

    def add_take(self, take: Take) -> None:
        """Record a take whose files are in place, and its job as done, in one step."""
        with self._write() as db:
            db.execute(
                "INSERT INTO takes (id, job_id, owner, recipe, report, sha256, width, height, frames, fps, seconds, "
                "created) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    take.id, take.job_id, take.owner, take.recipe.to_json(), json.dumps(take.report), take.sha256,
                    take.width, take.height, take.frames, take.fps, json.dumps(take.seconds), time.time(),
                ),
            )  # fmt: skip
            db.execute(
                "UPDATE jobs SET state = 'done', stage = 'Done', take_id = ?, eta = NULL, finished = ? WHERE id = ?",
                (take.id, time.time(), take.job_id),
            )
            self._event(take.job_id, "done", take.id)

    def take_folder(self, take_id: str) -> Path:
        """Where a take's files are while it is not in the bin."""
        return self._takes / take_id

    def take(self, take_id: str, owner: str, *, binned: bool = False) -> Take:
        """One take. Raises NotFound."""
        row = self._one(
            "SELECT * FROM takes WHERE id = ? AND owner = ? AND (deleted IS NOT NULL) = ?", (take_id, owner, binned)
        )
        if row is None:
            raise NotFound(f"there is no take {take_id[:40]!r}")
        return self._take(row)

    def takes(self, owner: str, *, binned: bool = False) -> list[Take]:
        """The owner's takes, newest first: those in the library, or those in the bin."""
        rows = self._all(
            "SELECT * FROM takes WHERE owner = ? AND (deleted IS NOT NULL) = ? ORDER BY created DESC, rowid DESC",
            (owner, binned),
        )
        return [self._take(row) for row in rows]

    def star(self, take_id: str, owner: str, starred: bool) -> Take:
        """Mark or unmark a favourite."""
        self.take(take_id, owner)
        with self._write() as db:
            db.execute("UPDATE takes SET starred = ? WHERE id = ?", (starred, take_id))
        return self.take(take_id, owner)

    def delete_take(self, take_id: str, owner: str) -> None:
        """Move a take to the bin. Raises NotFound."""
        self.take(take_id, owner)
        with self._write() as db:
            db.execute("UPDATE takes SET deleted = ? WHERE id = ?", (time.time(), take_id))
            _move(self._takes / take_id, self._bin / take_id)

    def restore_take(self, take_id: str, owner: str) -> Take:
        """Take it out of the bin. Raises NotFound."""
        self.take(take_id, owner, binned=True)
        with self._write() as db:
            db.execute("UPDATE takes SET deleted = NULL WHERE id = ?", (take_id,))
            _move(self._bin / take_id, self._takes / take_id)
        return self.take(take_id, owner)

    # Given files and measurements

    def keep_input(self, path: Path) -> tuple[str, Path]:
        """Keep a given file as it came: its sha256 and where it is now."""
        return inputs.keep(path, self.inputs)

    def input(self, sha256: str) -> Path | None:
        """A given file by its content."""
        return inputs.find(sha256, self.inputs)

    def _take(self, row: sqlite3.Row) -> Take:
        folder = (self._bin if row["deleted"] is not None else self._takes) / row["id"]
        return Take(
            id=row["id"],
            job_id=row["job_id"],
            owner=row["owner"],
            clip=folder / "clip.mp4",
            poster=folder / "poster.jpg",
            latents=folder / "latents.safetensors",
            recipe=Recipe.from_json(row["recipe"]),
            report=json.loads(row["report"]),
            sha256=row["sha256"],
            width=row["width"],
            height=row["height"],
            frames=row["frames"],
            fps=row["fps"],
            seconds=json.loads(row["seconds"]),
            created=when(row["created"]),
            starred=bool(row["starred"]),
        )


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.replace(target)
