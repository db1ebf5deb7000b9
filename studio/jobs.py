"""The queue and its record: jobs in the library's database. Nothing that happened to a job is ever lost."""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from studio import unsigned
from studio.errors import Conflict, LibraryError, NotFound
from studio.film import FINAL_STATES, Event, Job, Shot, Wish
from studio.leases import LeaseStore
from studio.recipe import Recipe
from studio.store import when

KEPT_SECONDS = 7 * 86_400.0  # how long the state of a render that failed is kept
PART_SECONDS = 3600.0
MAX_ATTEMPTS = 3  # a job that so often took the process down with it, without getting further, is not tried again

_WAITING = "state IN ('queued', 'paused')"
_ALIVE = "finished IS NULL"
ACTIVE = (  # asked several times a second by every page: it reads nothing but what it answers
    "SELECT * FROM jobs INDEXED BY jobs_unfinished WHERE owner = ? AND finished IS NULL "
    f"ORDER BY {_WAITING}, position, seq"
)


class JobStore(LeaseStore):
    """The jobs of a home folder."""

    def add_job(self, owner: str, shot: Shot, recipe: Recipe, notice: str | None = None) -> str:
        """Put a checked shot in the queue; its id."""
        return self.add_jobs(owner, [(shot, recipe)], notice)[0]

    def add_jobs(
        self, owner: str, orders: Sequence[tuple[Shot, Recipe]], notice: str | None = None, group: str = ""
    ) -> list[str]:
        """Put checked shots in the queue, all or none; their ids."""
        ids = [f"j{secrets.token_hex(8)}" for _ in orders]
        now = time.time()
        with self._write() as db:
            db.execute("INSERT OR IGNORE INTO owners (id, created) VALUES (?, ?)", (owner, now))
            for job_id, (shot, recipe) in zip(ids, orders, strict=True):
                db.execute(
                    "INSERT INTO jobs "
                    "(id, owner, state, stage, notice, shot, recipe, seed, group_id, created, position) "
                    "VALUES (?,?,'queued','Waiting',?,?,?,?,?,?, (SELECT coalesce(max(position), 0) + 1 FROM jobs))",
                    (job_id, owner, notice, json.dumps(shot.to_dict()), recipe.to_json(), recipe.seed, group, now),
                )
                self._event(job_id, "queued", "")
        return ids

    # What there is

    def job(self, job_id: str, owner: str | None) -> Job:
        """One job; `owner` None is the engine's own view. Raises NotFound."""
        row = self._one("SELECT * FROM jobs WHERE id = ? AND (? IS NULL OR owner = ?)", (job_id, owner, owner))
        if row is None:
            raise NotFound(f"there is no job {job_id[:40]!r}")
        return _job(row)

    def jobs(self, owner: str, limit: int | None = None, before: str | None = None) -> list[Job]:
        """The owner's jobs, newest first; `before` goes on after that job. Raises NotFound for one that is not his."""
        if before is not None:
            self.job(before, owner)
        rows = self._all(
            "SELECT * FROM jobs WHERE owner = ? AND (? IS NULL OR seq < (SELECT seq FROM jobs WHERE id = ?)) "
            "ORDER BY seq DESC LIMIT ?",
            (owner, before, before, -1 if limit is None else max(0, limit)),
        )
        return [_job(row) for row in rows]

    def active(self, owner: str) -> list[Job]:
        """The owner's unfinished jobs: what is being shot first, then the queue in its order."""
        return [_job(row) for row in self._all(ACTIVE, (owner,))]

    def recipe(self, job_id: str) -> Recipe:
        """What a job is to render."""
        row = self._one("SELECT recipe FROM jobs WHERE id = ?", (job_id,))
        if row is None:
            raise NotFound(f"there is no job {job_id[:40]!r}")
        return Recipe.from_json(row["recipe"])

    def ahead(self, job_id: str) -> int:
        """How many jobs come before a waiting one; 0 for one that does not wait."""
        row = self._one("SELECT owner FROM jobs WHERE id = ?", (job_id,))
        return 0 if row is None else self.places(row["owner"]).get(job_id, 0)

    def places(self, owner: str) -> dict[str, int]:
        """How many jobs come before each of the owner's that wait: those running, and of those that wait the ones whose
        turn is earlier. Owners take turns, so of another owner's line only as many count as get their turn before.
        """
        row = self._one("SELECT count(*) AS n FROM jobs WHERE state IN ('running', 'finishing')", ())
        running = 0 if row is None else int(row["n"])
        mine = self._all("SELECT id FROM jobs WHERE owner = ? AND state = 'queued' ORDER BY position, seq", (owner,))
        lines = self._all(
            "SELECT owner, served, count(*) AS n FROM jobs JOIN owners ON owners.id = owner "
            "WHERE state = 'queued' AND (paused = 0 OR owner = ?) GROUP BY owner",
            (owner,),
        )
        turn = next(((line["served"], owner) for line in lines if line["owner"] == owner), (0, owner))
        others = [(int(o["n"]), (o["served"], o["owner"]) < turn) for o in lines if o["owner"] != owner]
        return {
            item["id"]: running + before + sum(min(count, before + first) for count, first in others)
            for before, item in enumerate(mine)
        }

    def history(self, job_id: str) -> list[tuple[float, str, str]]:
        """What happened to a job: (time, kind, text), oldest first."""
        rows = self._all("SELECT at, kind, text FROM events WHERE job_id = ? ORDER BY id", (job_id,))
        return [(row["at"], row["kind"], row["text"]) for row in rows]

    def events(self, job_id: str) -> list[Event]:
        """The same, for people to read."""
        return [Event(when(at), kind, text) for at, kind, text in self.history(job_id)]

    def preview(self, job: Job) -> Path | None:
        """A running job's newest preview."""
        path = self.work / job.id / f"preview-{job.preview_version}.webp"
        return path if job.preview_version and path.exists() else None

    # For the engine

    def claim(self, only: Collection[str] | None = None) -> Job | None:
        """Take the next waiting job (of `only`, where given), mark it running and lease it to this store.

        Owners take turns: whoever was served longest ago is next; within an owner's line its order counts.
        """
        with self._write() as db:
            rows = db.execute(
                "SELECT jobs.id, owner FROM jobs JOIN owners ON owners.id = owner "
                "WHERE state = 'queued' AND paused = 0 "
                "AND NOT EXISTS (SELECT 1 FROM needs JOIN jobs AS first ON first.id = need "
                "WHERE needs.job_id = jobs.id AND first.finished IS NULL) "
                "ORDER BY served, owner, position, seq"
            )
            row = next((row for row in rows if only is None or row["id"] in only), None)
            if row is None:
                return None
            db.execute(
                "UPDATE jobs SET state = 'running', stage = 'Getting ready', started = ?, worker = ?, "
                "attempts = attempts + 1 WHERE id = ?",
                (time.time(), self.me, row["id"]),
            )
            db.execute("UPDATE owners SET served = 1 + (SELECT max(served) FROM owners) WHERE id = ?", (row["owner"],))
            self._event(row["id"], "started", "")
            return self.job(row["id"], None)

    def update_job(self, job_id: str, **values: Any) -> bool:
        """Write a job's progress; whether it was. One that has ended, or is another process's, is left alone."""
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._write() as db:
            done = db.execute(
                f"UPDATE jobs SET {columns} WHERE id = ? AND {_ALIVE} AND (worker IS NULL OR worker = ?)",
                (*values.values(), job_id, self.me),
            )
            return done.rowcount > 0

    def progress(self, job_id: str, **values: Any) -> None:
        """As `update_job`, of what matters for the moment: a busy database or a full disk does not stop a render."""
        try:
            self.update_job(job_id, **values)
        except LibraryError:
            return

    def saved(self, job_id: str, step: int) -> None:
        """The sampler's state was kept at this step. A job that gets further each time may be tried again and again."""
        with self._write() as db:
            db.execute("UPDATE jobs SET saved = ?, attempts = 1 WHERE id = ? AND saved < ?", (step, job_id, step))

    def replan_job(self, job_id: str, plan: str) -> None:
        """When this job is tried again, a large model is kept in memory in another way."""
        with self._write() as db:
            db.execute("UPDATE jobs SET shot = json_set(shot, '$.plan', ?) WHERE id = ?", (plan, job_id))

    def retry_job(self, job_id: str, owner: str) -> None:
        """A job that failed or was stopped stands in the queue again; it goes on from its last saved step, if that was
        kept. Raises NotFound or Conflict."""
        with self._write() as db:
            job = self.job(job_id, owner)
            if job.state not in ("failed", "cancelled"):
                raise Conflict("this shot did not fail: clone it to shoot it again")
            db.execute(
                "UPDATE jobs SET state = 'queued', stage = 'Waiting', error = NULL, wish = '', attempts = 0, "
                "finished = NULL, position = (SELECT max(position) + 1 FROM jobs) WHERE id = ?",
                (job_id,),
            )
            self._event(job_id, "retried", "")

    def finish_job(self, job_id: str, state: str, stage: str, *, error: str | None = None) -> None:
        """Write how a job ended. The record stays, whatever happened."""
        with self._write():
            ended = self.update_job(
                job_id, state=state, stage=stage, error=error, eta=None, wish="", worker=None, finished=time.time()
            )
            if ended:
                self._event(job_id, state, error or "")

    def requeue_job(self, job_id: str, why: str, *, innocent: bool = False) -> None:
        """Put a job that was stopped from outside back into the queue; an innocent one loses no attempt."""
        with self._write() as db:
            if self.update_job(job_id, state="queued", stage=why, eta=None, started=None, worker=None):
                db.execute("UPDATE jobs SET attempts = max(0, attempts - ?) WHERE id = ?", (int(innocent), job_id))
                self._event(job_id, "requeued", why)

    def shelve_job(self, job_id: str) -> None:
        """A running job was put down because its owner paused it."""
        with self._write() as db:
            if self.update_job(job_id, state="paused", stage="Paused", eta=None, worker=None, wish=""):
                db.execute("UPDATE jobs SET attempts = max(0, attempts - 1) WHERE id = ?", (job_id,))
                self._event(job_id, "paused", "")

    def wish(self, job_id: str) -> Wish:
        """What somebody asked of a running job. One that is gone, or was taken over, is to stop."""
        row = self._one("SELECT wish, worker FROM jobs WHERE id = ?", (job_id,))
        if row is None or (row["worker"] is not None and row["worker"] != self.me):
            return "stop"
        found: Wish = row["wish"]
        return found

    def recover(self, at_work: Collection[str] = ()) -> list[str]:
        """Deal with jobs that a process left when it died: taken up again, or failed after the third time in a row.

        `at_work` are the jobs that this store renders just now. Those of a process that still lives are left alone.
        """
        found = []
        for row in self._all("SELECT * FROM jobs WHERE state IN ('running', 'finishing')", ()):
            if row["id"] in at_work:
                continue
            if row["worker"] is None or row["worker"] == self.me or not self.lives(row["worker"]):
                found.append(row["id"])
                with self._write() as db:
                    db.execute("UPDATE jobs SET worker = NULL WHERE id = ?", (row["id"],))
                    self._take_up(row)
        self.forget_dead()
        self._sweep()
        return found

    def _take_up(self, row: sqlite3.Row) -> None:
        if row["wish"] == "stop":
            self.finish_job(row["id"], "cancelled", "Stopped")
        elif row["attempts"] >= MAX_ATTEMPTS:
            line = "The studio stopped three times while this was being shot: it is not tried again. Shoot it again."
            self.finish_job(row["id"], "failed", "Failed", error=line)
        else:
            self.requeue_job(row["id"], "The studio stopped while this was being shot; it goes on by itself")
            if row["wish"] == "pause":
                self.update_job(row["id"], state="paused", stage="Paused", wish="")

    def _sweep(self) -> None:
        """Remove working folders of jobs that have ended; one that failed may be tried again from what is kept."""
        kept = f"SELECT id FROM jobs WHERE {_ALIVE} OR (state = 'failed' AND saved > 0 AND finished > ?)"
        alive = {row["id"] for row in self._all(kept, (time.time() - KEPT_SECONDS,))}
        known = {row["id"] for row in self._all("SELECT id FROM jobs WHERE state = 'failed'", ())}
        alive |= {job_id for job_id in known if unsigned.is_held(self.work / job_id)}  # only their signature is missing
        for folder in self.work.iterdir():
            if folder.name not in alive:
                shutil.rmtree(folder, ignore_errors=True)
        for part in self.inputs.glob(".*.part"):  # of an upload in which the process died
            if time.time() - part.stat().st_mtime > PART_SECONDS:
                part.unlink(missing_ok=True)


def _job(row: sqlite3.Row) -> Job:
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
        seed=row["seed"],
        notice=row["notice"],
        group=row["group_id"],
        waiting_for=row["wish"],
        queue=row["position"],
    )
