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
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

from studio.credentials import CredentialStore
from studio.films.archive import FilmStore
from studio.finding import Finding
from studio.recipe import Recipe

_FILM = re.compile(r"f[0-9a-f]{16}")


class Library(Finding, FilmStore, CredentialStore):
    """The library under one home folder, which is made if it is missing."""

    # Owners

    def preferences(self, owner: str) -> str:
        """What an owner settled, as JSON."""
        row = self._one("SELECT preferences FROM owners WHERE id = ?", (owner,))
        return "{}" if row is None else str(row["preferences"])

    def set_preferences(self, owner: str, text: str) -> None:
        """Keep what an owner settled."""
        with self._write() as db:
            db.execute("INSERT OR IGNORE INTO owners (id, created) VALUES (?, ?)", (owner, time.time()))
            db.execute("UPDATE owners SET preferences = ? WHERE id = ?", (text, owner))

    def change_preferences(self, owner: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """Read, change and keep what an owner settled, as one step; what is kept now."""
        with self._write():
            settled = change(json.loads(self.preferences(owner)))
            self.set_preferences(owner, json.dumps(settled))
        return settled

    def delete_owner(
        self, owner: str, given: AbstractSet[str] = frozenset(), others: AbstractSet[str] = frozenset()
    ) -> tuple[int, int, int]:
        """Remove everything of an owner's for good; how many jobs, takes and given files.

        `given` are content hashes of what the owner gave and may never have used, `others` of what somebody else gave:
        that stays. A running job finds its record gone and stops.
        """
        with self._write() as db:
            mine, kept = self._given_of(owner, True) | given, self._given_of(owner, False) | others
            takes = [row["id"] for row in self._all("SELECT id FROM takes WHERE owner = ?", (owner,))]
            jobs = [row["id"] for row in self._all("SELECT id FROM jobs WHERE owner = ?", (owner,))]
            films = [row["id"] for row in self._all("SELECT id FROM films WHERE owner = ?", (owner,))]
            self._forget_films(db, owner)
            db.executemany("DELETE FROM events WHERE job_id = ?", [(job_id,) for job_id in jobs])
            for table in ("stills", "take_looks"):
                db.executemany(f"DELETE FROM {table} WHERE take_id = ?", [(take_id,) for take_id in takes])
            self.forget_credentials([], owner)
            for table, column in (("undo", "owner"), ("takes", "owner"), ("jobs", "owner"), ("owners", "id")):
                db.execute(f"DELETE FROM {table} WHERE {column} = ?", (owner,))
        for take_id in takes:
            for place in (self._takes, self._bin):
                shutil.rmtree(place / take_id, ignore_errors=True)
        for film in films:
            if _FILM.fullmatch(film):  # an id may have come out of a damaged library: it is no path by itself
                shutil.rmtree(self.home / "films" / film, ignore_errors=True)
        gone = [path for name in mine - kept if self.input(name) for path in self.inputs.glob(f"{name}.*")]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(jobs), len(takes), len(gone)

    def _given_of(self, owner: str, his: bool) -> set[str]:
        """The content hashes of what was given for an owner's jobs and takes, or for everybody else's; stills too."""
        found = self._given_to_films(owner, his)
        stills = "SELECT stills.sha256 AS still FROM stills JOIN takes ON takes.id = take_id WHERE (owner = ?) = ?"
        found |= {row["still"] for row in self._all(stills, (owner, his))}
        for table in ("jobs", "takes"):
            for row in self._all(f"SELECT recipe FROM {table} WHERE (owner = ?) = ?", (owner, his)):
                recipe = Recipe.from_json(row["recipe"])
                found |= {anchor.sha256 for anchor in recipe.anchors}
                found |= {parent.sha256 for parent in recipe.work.parents} if recipe.work is not None else set()
        return found

    # For mending

    def knows_take(self, take_id: str) -> bool:
        """Whether there is a record of it, in the bin or not."""
        return self._one("SELECT 1 FROM takes WHERE id = ?", (take_id,)) is not None

    def owner_of_job(self, job_id: str) -> str | None:
        """Whose job it is or was."""
        row = self._one("SELECT owner FROM jobs WHERE id = ?", (job_id,))
        return None if row is None else str(row["owner"])

    def bring(self, table: str, row: dict[str, Any]) -> int:
        """Add a row of a damaged library where there is room for it; how many were added. What does not fit is left."""
        with self._write() as db:
            columns = [info["name"] for info in db.execute(f"PRAGMA table_info({table})") if info["name"] in row]
            marks = ", ".join("?" * len(columns))
            try:
                done = db.execute(
                    f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                    tuple(row[name] for name in columns),
                )
            except sqlite3.IntegrityError:
                return 0
            return max(0, done.rowcount)
