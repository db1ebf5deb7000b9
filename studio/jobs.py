"""The queue and its record: jobs in the library's database. Nothing that happened to a job is ever lost."""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from studio.errors import NotFound
from studio.film import FINAL_STATES, Job, Shot
from studio.recipe import Recipe
from studio.store import Store, when

MAX_ATTEMPTS = 2  # a job that twice took the process down with it is not tried again


class JobStore(Store):
    """The jobs of a home folder."""

    def add_job(self, owner: str, shot: Shot, recipe: Recipe, notice: str | None = None) -> str:
        """Put a checked shot in the queue; its id."""
        job_id = f"j{secrets.token_hex(8)}"
        now = time.time()
        with self._write() as db:
            db.execute("INSERT OR IGNORE INTO owners (id, created) VALUES (?, ?)", (owner, now))
            db.execute(
                "INSERT INTO jobs (id, owner, state, stage, notice, shot, recipe, created) VALUES (?,?,?,?,?,?,?,?)",
                (job_id, owner, "queued", "Waiting", notice, json.dumps(shot.to_dict()), recipe.to_json(), now),
            )
            self._event(job_id, "queued", "")
        return job_id

    def job(self, job_id: str, owner: str | None) -> Job:
        """One job; `owner` None is the engine's own view. Raises NotFound."""
        row = self._one("SELECT * FROM jobs WHERE id = ? AND (? IS NULL OR owner = ?)", (job_id, owner, owner))
        if row is None:
            raise NotFound(f"there is no job {job_id[:40]!r}")
        return _job(row)

    def jobs(self, owner: str) -> list[Job]:
        """The owner's jobs, newest first."""
        return [
            _job(row)
            for row in self._all("SELECT * FROM jobs WHERE owner = ? ORDER BY created DESC, rowid DESC", (owner,))
        ]

    def recipe(self, job_id: str) -> Recipe:
        """What a job is to render."""
        row = self._one("SELECT recipe FROM jobs WHERE id = ?", (job_id,))
        if row is None:
            raise NotFound(f"there is no job {job_id[:40]!r}")
        return Recipe.from_json(row["recipe"])

    def ahead(self, job_id: str) -> int:
        """How many jobs come before this one: those running, and those that wait for longer."""
        row = self._one(
            "SELECT count(*) AS n FROM jobs, (SELECT created AS mine, rowid AS row FROM jobs WHERE id = ?) "
            "WHERE id != ? AND (state IN ('running', 'finishing') "
            "OR (state = 'queued' AND (created, jobs.rowid) < (mine, row)))",
            (job_id, job_id),
        )
        return int(row["n"]) if row else 0

    def claim(self, only: Collection[str] | None = None) -> Job | None:
        """Take the oldest waiting job (of `only`, where given) and mark it running."""
        with self._write() as db:
            for row in db.execute("SELECT * FROM jobs WHERE state = 'queued' ORDER BY created, rowid").fetchall():
                if only is None or row["id"] in only:
                    db.execute(
                        "UPDATE jobs SET state = 'running', stage = 'Getting ready', started = ?, "
                        "attempts = attempts + 1 WHERE id = ?",
                        (time.time(), row["id"]),
                    )
                    self._event(row["id"], "started", "")
                    return self.job(row["id"], None)
        return None

    def update_job(self, job_id: str, **values: Any) -> None:
        """Write a running job's progress. A job that has ended is left alone."""
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._write() as db:
            db.execute(
                f"UPDATE jobs SET {columns} WHERE id = ? AND state IN ('queued', 'running', 'finishing')",
                (*values.values(), job_id),
            )

    def finish_job(self, job_id: str, state: str, stage: str, *, error: str | None = None) -> None:
        """Write how a job ended. The record stays, whatever happened."""
        self.update_job(job_id, state=state, stage=stage, error=error, eta=None, finished=time.time())
        with self._write():
            self._event(job_id, state, error or "")

    def requeue_job(self, job_id: str, why: str, *, innocent: bool = False) -> None:
        """Put a job that was stopped from outside back into the queue; an innocent one loses no attempt."""
        self.update_job(job_id, state="queued", stage=why, eta=None, started=None)
        if innocent:
            with self._write() as db:
                db.execute("UPDATE jobs SET attempts = max(0, attempts - 1) WHERE id = ?", (job_id,))
        with self._write():
            self._event(job_id, "requeued", why)

    def request_cancel(self, job_id: str, owner: str) -> None:
        """Set the stop flag, which the renderer reads at every step; a waiting job ends at once. Raises NotFound."""
        self.job(job_id, owner)
        with self._write() as db:
            db.execute("UPDATE jobs SET stop = 1 WHERE id = ?", (job_id,))
            ended = db.execute(
                "UPDATE jobs SET state = 'cancelled', stage = 'Stopped', finished = ? "
                "WHERE id = ? AND state = 'queued'",
                (time.time(), job_id),
            )
            self._event(job_id, "cancelled" if ended.rowcount else "stop", "")

    def stop_requested(self, job_id: str) -> bool:
        """Whether somebody asked this job to stop."""
        row = self._one("SELECT stop FROM jobs WHERE id = ?", (job_id,))
        return row is None or bool(row["stop"])

    def recover(self) -> list[str]:
        """Deal with jobs that a process left when it died: taken up again, or failed after the second time.

        Only for whoever holds the engine's lock: nobody else can be rendering then.
        """
        found = []
        for row in self._all("SELECT id, attempts, stop FROM jobs WHERE state IN ('running', 'finishing')", ()):
            found.append(row["id"])
            if row["stop"]:
                self.finish_job(row["id"], "cancelled", "Stopped")
            elif row["attempts"] >= MAX_ATTEMPTS:
                line = "The studio stopped twice while this was being shot, so it was not tried again. Shoot it again."
                self.finish_job(row["id"], "failed", "Failed", error=line)
            else:
                self.requeue_job(row["id"], "The studio stopped while this was being shot; it goes on by itself")
        self._sweep()
        return found

    def _sweep(self) -> None:
        """Remove working folders of jobs that have ended."""
        waiting = {row["id"] for row in self._all("SELECT id FROM jobs WHERE state = 'queued'", ())}
        for folder in self.work.iterdir():
            if folder.name not in waiting:
                shutil.rmtree(folder, ignore_errors=True)

    def history(self, job_id: str) -> list[tuple[float, str, str]]:
        """What happened to a job: (time, kind, text), oldest first."""
        rows = self._all("SELECT at, kind, text FROM events WHERE job_id = ? ORDER BY id", (job_id,))
        return [(row["at"], row["kind"], row["text"]) for row in rows]

    def preview(self, job: Job) -> Path | None:
        """A running job's newest preview."""
        path = self.work / job.id / f"preview-{job.preview_version}.webp"
        return path if job.preview_version and path.exists() else None


def _job(row: sqlite3.Row) -> Job:
    recipe = json.loads(row["recipe"])
    begun = row["started"]
    end = row["finished"] if row["state"] in FINAL_STATES else time.time()
    return Job(
        id=row["id"],
        owner=row["owner"],
        state=row["state"],
        stage=row["stage"],
        step=row["step"],
        steps=row["steps"],
        elapsed_s=max(0.0, end - begun) if begun and end else 0.0,
        eta_s=row["eta"],
        preview_version=row["preview_version"],
        take_id=row["take_id"],
        error=row["error"],
        shot=Shot.from_dict(json.loads(row["shot"])),
        created=when(row["created"]),
        seed=recipe["seed"],
        notice=row["notice"],
    )
