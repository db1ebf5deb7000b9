"""Films in the library: which job shot what, what a job waits for, and films with their history."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.film import Job, Shot, Take
from studio.films.planning import Order
from studio.jobs import _job
from studio.recipe import Recipe
from studio.takes import TakeStore


@dataclass(frozen=True)
class Waiting:
    """Another job that a job waits for, and what it takes of it ("before" or "cast")."""

    job: Job
    how: str


class FilmShots(TakeStore):
    """The shots of films, as jobs."""

    def order_film(
        self, owner: str, film: str, orders: Sequence[Order], wanted: Sequence[int], known: Mapping[int, str]
    ) -> list[str]:
        """Put shots of a film in the queue, all or none; their ids, in the order of `wanted`.

        `wanted` are indices of `orders` in the order of shooting; `known` is the job of every shot that another may
        wait for and that was ordered before.
        """
        jobs = dict(known)
        with self._write() as db:
            for index in wanted:
                order = orders[index]
                jobs[index] = self.add_job(owner, order.request, order.recipe)
                db.execute(
                    "INSERT INTO film_shots (job_id, owner, film, shot, key) VALUES (?,?,?,?,?)",
                    (jobs[index], owner, film, order.shot.id, order.key),
                )
                db.executemany(
                    "INSERT OR IGNORE INTO needs (job_id, need, how) VALUES (?,?,?)",
                    [(jobs[index], jobs[need.index], need.how) for need in order.needs],
                )
        return [jobs[index] for index in wanted]

    def note_shot(self, owner: str, film: str, shot: str, key: str, job_id: str) -> None:
        """Remember that a job also serves this shot of this film."""
        with self._write() as db:
            db.execute(
                "INSERT OR REPLACE INTO film_shots (job_id, owner, film, shot, key) VALUES (?,?,?,?,?)",
                (job_id, owner, film, shot, key),
            )

    def jobs_for(self, owner: str, keys: Collection[str]) -> dict[str, Job]:
        """For each key the job that serves it: one with a take that is not in the bin, else an unfinished one, else the
        newest that ended without one."""
        wanted = list(dict.fromkeys(keys))
        marks = ",".join("?" * len(wanted))
        rows = self._all(
            "SELECT film_shots.key AS key, jobs.*, "
            "(SELECT count(*) FROM takes WHERE takes.id = jobs.take_id AND deleted IS NULL) AS there "
            f"FROM film_shots JOIN jobs ON jobs.id = film_shots.job_id WHERE film_shots.owner = ? AND key IN ({marks}) "
            "AND NOT (state = 'done' AND there = 0) ORDER BY there, finished IS NULL, jobs.seq",
            (owner, *wanted),
        )
        return {row["key"]: _job(row) for row in rows}  # the last of a key stays

    def takes_of_film(self, owner: str, film: str) -> dict[str, list[Take]]:
        """The takes that were made for each shot of a film, the newest first."""
        rows = self._all(
            "SELECT film_shots.shot AS of_shot, takes.* FROM film_shots JOIN takes ON takes.job_id = film_shots.job_id "
            "WHERE film_shots.owner = ? AND film = ? AND deleted IS NULL ORDER BY takes.seq DESC",
            (owner, film),
        )
        found: dict[str, list[Take]] = {}
        for row in rows:
            found.setdefault(row["of_shot"], []).append(self._take(row))
        return found

    def counts_of_film(self, owner: str, film: str) -> tuple[dict[str, int], dict[str, list[str]]]:
        """For each shot of a film how many takes were made for it, and the jobs that are to make more."""
        made = self._all(
            "SELECT film_shots.shot AS of, count(*) AS many FROM film_shots JOIN takes "
            "ON takes.job_id = film_shots.job_id "
            "WHERE film_shots.owner = ? AND film = ? AND deleted IS NULL GROUP BY of",
            (owner, film),
        )
        alive = self._all(
            "SELECT film_shots.shot AS of, jobs.id AS job FROM film_shots JOIN jobs ON jobs.id = film_shots.job_id "
            "WHERE film_shots.owner = ? AND film = ? AND state NOT IN ('done', 'failed', 'cancelled') "
            "ORDER BY jobs.seq",
            (owner, film),
        )
        jobs: dict[str, list[str]] = {}
        for row in alive:
            jobs.setdefault(row["of"], []).append(row["job"])
        return {row["of"]: row["many"] for row in made}, jobs

    # What a job waits for

    def needs(self, job_id: str) -> list[Waiting]:
        """What a job waits for, in no order."""
        rows = self._all(
            "SELECT jobs.*, needs.how AS how FROM needs JOIN jobs ON jobs.id = needs.need WHERE job_id = ?", (job_id,)
        )
        return [Waiting(_job(row), row["how"]) for row in rows]

    def unsettled(self, job_id: str, owner: str) -> tuple[Job, list[Waiting]]:
        """A job, and what it waits for at that very moment. Raises NotFound."""
        with self._write():
            return self.job(job_id, owner), self.needs(job_id)

    def add_waiting(
        self, owner: str, shot: Shot, recipe: Recipe, notice: str | None, needs: Sequence[Waiting]
    ) -> str:
        """Put a checked shot in the queue that waits for other jobs; its id."""
        with self._write() as db:
            made = self.add_job(owner, shot, recipe, notice)
            rows = [(made, need.job.id, need.how) for need in needs]
            db.executemany("INSERT INTO needs (job_id, need, how) VALUES (?,?,?)", rows)
        return made

    def settle(self, job_id: str, shot: Shot, recipe: Recipe) -> None:
        """What a job waited for is there, and now part of it."""
        with self._write() as db:
            db.execute(
                "UPDATE jobs SET shot = ?, recipe = ? WHERE id = ?",
                (json.dumps(shot.to_dict()), recipe.to_json(), job_id),
            )
            db.execute("DELETE FROM needs WHERE job_id = ?", (job_id,))

    def shown_in(self, sha256: str) -> Take | None:
        """The take whose clip has this content, whoever's it is: for the renderer, never for an answer."""
        row = self._one("SELECT * FROM takes WHERE sha256 = ? ORDER BY seq DESC", (sha256,))
        return None if row is None else self._take(row)

    def latents_of(self, sha256: str) -> Path | None:
        """The latents of the take whose clip has this content."""
        take = self.shown_in(sha256)
        return take.latents if take is not None and take.latents.is_file() else None

    def _forget_films(self, db: sqlite3.Connection, owner: str) -> None:
        db.execute("DELETE FROM needs WHERE job_id IN (SELECT id FROM jobs WHERE owner = ?)", (owner,))
        db.execute("DELETE FROM film_shots WHERE owner = ?", (owner,))
