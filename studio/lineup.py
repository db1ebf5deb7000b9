"""What the artist does with the queue: its order, pausing, editing, clearing, and taking the last thing back."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any

from studio.errors import Conflict
from studio.film import Job, Shot, Wish
from studio.jobs import JobStore
from studio.recipe import Recipe

KEPT_UNDO = 50  # things an owner can take back


class Lineup(JobStore):
    """The queue of a home folder, as its owners see it."""

    def request_cancel(self, job_id: str, owner: str) -> None:
        """Set the stop flag, which the renderer reads at every step; a waiting job ends at once. Raises NotFound."""
        with self._write():
            job = self.job(job_id, owner)
            if job.waits:
                self._cancel_waiting(owner, [job], "cancel")
            elif not job.finished:
                self._wish(job_id, "stop")

    def clear_waiting(self, owner: str) -> int:
        """End all jobs that wait; how many."""
        with self._write():
            waiting = self._line(owner)
            if waiting:
                self._cancel_waiting(owner, waiting, "clear")
            return len(waiting)

    def pause_job(self, job_id: str, owner: str) -> None:
        """A waiting job is passed over, a running one is put down within one forward. Raises NotFound or Conflict."""
        with self._write() as db:
            job = self.job(job_id, owner)
            if job.finished:
                raise Conflict("this shot has ended: there is nothing to pause")
            if job.waits:
                db.execute("UPDATE jobs SET state = 'paused', stage = 'Paused' WHERE id = ?", (job_id,))
                self._event(job_id, "paused", "")
            else:
                self._wish(job_id, "pause")

    def resume_job(self, job_id: str, owner: str) -> None:
        """A paused job stands in the queue again, and goes on where it was. Raises NotFound or Conflict."""
        with self._write() as db:
            job = self.job(job_id, owner)
            if job.finished:
                raise Conflict("this shot has ended: clone it to shoot it again")
            if job.state == "paused":
                db.execute("UPDATE jobs SET state = 'queued', stage = 'Waiting', wish = '' WHERE id = ?", (job_id,))
                self._event(job_id, "resumed", "")
            elif job.waiting_for == "pause":
                self._wish(job_id, "")

    def request_keep(self, job_id: str, owner: str) -> None:
        """Ask a running job to stop and keep the windows that are finished. Raises NotFound or Conflict."""
        with self._write():
            job = self.job(job_id, owner)
            if job.finished or job.waits:
                raise Conflict("this shot is not being filmed just now: there is nothing to keep")
            work = self.recipe(job_id).work
            if work is not None and not work.open_ended:
                raise Conflict("this has to meet a clip at its end: a part of it is of no use")
            self._wish(job_id, "keep")

    def pause_queue(self, owner: str, paused: bool) -> None:
        """Begin none of the owner's jobs any more, or begin them again. What is running goes on."""
        with self._write() as db:
            db.execute("INSERT OR IGNORE INTO owners (id, created) VALUES (?, ?)", (owner, time.time()))
            db.execute("UPDATE owners SET paused = ? WHERE id = ?", (paused, owner))

    def queue_paused(self, owner: str) -> bool:
        """Whether none of the owner's jobs begins."""
        row = self._one("SELECT paused FROM owners WHERE id = ?", (owner,))
        return row is not None and bool(row["paused"])

    def move_job(self, job_id: str, before: str, owner: str) -> None:
        """Put a waiting job before another one, "first" or "last". Raises NotFound or Conflict."""
        with self._write() as db:
            job, line = self.job(job_id, owner), self._line(owner)
            if not job.waits:
                raise Conflict("this shot no longer waits: it cannot be moved")
            places = [item.queue for item in line]
            order = [item.id for item in line if item.id != job_id]
            if before == job_id:
                return
            if before not in ("first", "last", *order):
                self.job(before, owner)
                raise Conflict("the other shot no longer waits: choose another place")
            index = {"first": 0, "last": len(order)}.get(before)
            order.insert(order.index(before) if index is None else index, job_id)
            for place, item in zip(places, order, strict=True):  # the owner's own places, so nobody else is moved
                db.execute("UPDATE jobs SET position = ? WHERE id = ?", (place, item))

    def edit_job(self, job_id: str, owner: str, shot: Shot, recipe: Recipe, notice: str | None) -> None:
        """Another shot in the place of one that has not begun. Raises NotFound or Conflict."""
        with self._write() as db:
            held, was = self.job(job_id, owner).shot, self.recipe(job_id)
            if was.work is not None:
                raise Conflict("this works on a clip: stop it, and ask the tool again")
            done = db.execute(
                "UPDATE jobs SET shot = ?, recipe = ?, seed = ?, notice = ? WHERE id = ? AND step = 0 "
                "AND state IN ('queued', 'paused') AND saved = 0",
                (json.dumps(shot.to_dict()), recipe.to_json(), recipe.seed, notice, job_id),
            )
            if not done.rowcount:
                raise Conflict("this shot has begun: clone it to shoot it another way")
            if (recipe.to_json(), shot.develop) != (was.to_json(), held.develop):
                self._part_from_film(db, job_id)
            self._event(job_id, "edited", "")

    def _part_from_film(self, db: sqlite3.Connection, job_id: str) -> None:
        """A job no longer makes what its film asked for, nor do those that go on from it: their takes stay with their
        shots, but serve nothing that is written in a film."""
        db.execute(
            "WITH RECURSIVE other(id) AS (VALUES (?) UNION SELECT job_id FROM needs JOIN other ON need = other.id) "
            "UPDATE film_shots SET key = 'edited ' || job_id WHERE job_id IN (SELECT id FROM other)",
            (job_id,),
        )

    # Taking things back

    def _remember(self, owner: str, kind: str, **data: Any) -> None:
        """Note inside a transaction what would take it back."""
        self._db.execute(
            "INSERT INTO undo (at, owner, kind, data) VALUES (?,?,?,?)", (time.time(), owner, kind, json.dumps(data))
        )
        self._db.execute(
            "DELETE FROM undo WHERE owner = ? "
            "AND id NOT IN (SELECT id FROM undo WHERE owner = ? ORDER BY id DESC LIMIT ?)",
            (owner, owner, KEPT_UNDO),
        )

    def _uncancel(self, states: dict[str, str]) -> list[str]:
        """Put cancelled jobs back where they stood; those that there were."""
        found = []
        for job_id, state in states.items():
            done = self._db.execute(
                "UPDATE jobs SET state = ?, stage = ?, wish = '', finished = NULL WHERE id = ? AND state = 'cancelled'",
                (state, "Paused" if state == "paused" else "Waiting", job_id),
            )
            if done.rowcount:
                self._event(job_id, "restored", "")
                found.append(job_id)
        return found

    def _cancel_waiting(self, owner: str, jobs: list[Job], kind: str) -> None:
        for job in jobs:
            self._db.execute(
                "UPDATE jobs SET state = 'cancelled', stage = 'Stopped', finished = ? WHERE id = ?",
                (time.time(), job.id),
            )
            self._event(job.id, "cancelled", "")
        self._remember(owner, kind, jobs={job.id: job.state for job in jobs})

    def _wish(self, job_id: str, wish: Wish) -> None:
        self._db.execute("UPDATE jobs SET wish = ? WHERE id = ?", (wish, job_id))
        self._event(job_id, wish or "go on", "")

    def _line(self, owner: str) -> list[Job]:
        """The owner's jobs that wait, in their order."""
        return [job for job in self.active(owner) if job.waits]
