"""Films in the library: each with every edit that was made to it, so that any can be taken back, and its exports."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from studio.errors import Conflict, NotFound
from studio.film import Shot, Take
from studio.films.likeness import Looks
from studio.films.script import Film, from_dict
from studio.films.store import FilmShots
from studio.recipe import Recipe
from studio.store import when

KEPT_EDITS = 200  # of one film
SAME_EDIT = 20.0  # seconds within which more of the same (typing in one field) is one edit

ExportState = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class KeptFilm:
    """A film as it is kept. `version` grows with every change; `undo` and `redo` say what they would do, or ""."""

    id: str
    owner: str
    film: Film
    version: int
    created: str
    changed: str
    undo: str = ""
    redo: str = ""


@dataclass(frozen=True)
class Export:
    """A finished film, or one on its way. `asked` is what for; `facts` what came of it."""

    id: str
    film: str
    owner: str
    state: ExportState
    stage: str
    done: int
    of: int
    error: str
    asked: Mapping[str, Any]
    facts: Mapping[str, Any]
    created: str


class FilmStore(FilmShots):
    """The films of every owner."""

    def add_film(self, owner: str, film: Film) -> KeptFilm:
        """Keep a new film."""
        film_id, now = f"f{secrets.token_hex(8)}", time.time()
        text = _text(film)
        with self._write() as db:
            db.execute("INSERT OR IGNORE INTO owners (id, created) VALUES (?, ?)", (owner, now))
            db.execute(
                "INSERT INTO films (id, owner, title, script, created, changed) VALUES (?,?,?,?,?,?)",
                (film_id, owner, film.title, text, now, now),
            )
            db.execute(
                "INSERT INTO film_edits (film, number, said, script, at) VALUES (?,0,'',?,?)", (film_id, text, now)
            )
        return self.film(film_id, owner)

    def film(self, film_id: str, owner: str) -> KeptFilm:
        """One film. Raises NotFound, also for somebody else's or a deleted one."""
        row = self._film_row(film_id, owner)
        said = {
            edit["number"]: edit["said"]
            for edit in self._all(
                "SELECT number, said FROM film_edits WHERE film = ? AND number IN (?, ?)",
                (film_id, row["at"], row["at"] + 1),
            )
        }
        first = self._one("SELECT min(number) AS n FROM film_edits WHERE film = ?", (film_id,))
        undo = said.get(row["at"], "") if first is not None and row["at"] > first["n"] else ""
        return KeptFilm(
            row["id"], owner, from_dict(json.loads(row["script"])), row["version"], when(row["created"]),
            when(row["changed"]), undo, said.get(row["at"] + 1, ""),
        )  # fmt: skip

    def films(self, owner: str) -> list[tuple[str, str, str, int]]:
        """The owner's films, the last changed first: (id, title, changed, number of shots)."""
        rows = self._all(
            "SELECT id, title, changed, json_array_length(script, '$.shots') AS shots FROM films "
            "WHERE owner = ? AND deleted IS NULL ORDER BY changed DESC, seq DESC",
            (owner,),
        )
        return [(row["id"], row["title"], when(row["changed"]), row["shots"]) for row in rows]

    def edit_film(
        self, film_id: str, owner: str, version: int, film: Film, said: str, *, typing: bool = False
    ) -> KeptFilm:
        """Keep a change; `said` is what undo will call it, and more `typing` of the same is one edit with it.

        Raises Conflict when the film is no longer at `version`.
        """
        with self._write() as db:
            row = self._film_row(film_id, owner)
            if row["version"] != version:
                raise Conflict("this film was changed in another tab since; nothing of yours is lost")
            text, now, at = _text(film), time.time(), int(row["at"])
            if text == row["script"]:
                return self.film(film_id, owner)
            last = self._one("SELECT said, at FROM film_edits WHERE film = ? AND number = ?", (film_id, at))
            same = typing and last is not None and last["said"] == said and now - last["at"] < SAME_EDIT
            db.execute("DELETE FROM film_edits WHERE film = ? AND number > ?", (film_id, at))
            number = at if same and at > 0 else at + 1
            db.execute(
                "INSERT OR REPLACE INTO film_edits (film, number, said, script, at) VALUES (?,?,?,?,?)",
                (film_id, number, said or "The film", text, now),
            )
            db.execute("DELETE FROM film_edits WHERE film = ? AND number < ?", (film_id, number - KEPT_EDITS))
            self._now(db, film_id, text, number, film.title)
            return self.film(film_id, owner)

    def step_film(self, film_id: str, owner: str, step: Literal[-1, 1]) -> KeptFilm:
        """Take the last edit back, or do it again. Raises Conflict when there is none."""
        with self._write() as db:
            at = int(self._film_row(film_id, owner)["at"]) + step
            row = self._one("SELECT script FROM film_edits WHERE film = ? AND number = ?", (film_id, at))
            if row is None:
                raise Conflict("there is nothing to take back" if step < 0 else "there is nothing to do again")
            self._now(db, film_id, row["script"], at, from_dict(json.loads(row["script"])).title)
            return self.film(film_id, owner)

    def delete_film(self, film_id: str, owner: str, deleted: bool = True) -> None:
        """Put a film away, or bring it back; its takes stay in the library. Raises NotFound."""
        with self._write() as db:
            moment = time.time() if deleted else None
            done = db.execute("UPDATE films SET deleted = ? WHERE id = ? AND owner = ?", (moment, film_id, owner))
            if not done.rowcount:
                raise NotFound(f"there is no film {film_id[:40]!r}")

    # Exports

    def add_export(self, film_id: str, owner: str, asked: Mapping[str, Any]) -> Export:
        """A film is to be finished."""
        export_id = f"x{secrets.token_hex(8)}"
        with self._write() as db:
            self._film_row(film_id, owner)
            db.execute(
                "INSERT INTO film_exports (id, film, owner, state, asked, created) VALUES (?,?,?,'waiting',?,?)",
                (export_id, film_id, owner, json.dumps(asked), time.time()),
            )
        return self.export(export_id, owner)

    def export(self, export_id: str, owner: str | None) -> Export:
        """One export. Raises NotFound."""
        row = self._one(
            "SELECT * FROM film_exports WHERE id = ? AND (? IS NULL OR owner = ?)", (export_id, owner, owner)
        )
        if row is None:
            raise NotFound(f"there is no finished film {export_id[:40]!r}")
        return _export(row)

    def exports(self, film_id: str, owner: str) -> list[Export]:
        """A film's exports, the newest first."""
        rows = self._all(
            "SELECT * FROM film_exports WHERE film = ? AND owner = ? ORDER BY seq DESC LIMIT 20", (film_id, owner)
        )
        return [_export(row) for row in rows]

    def next_export(self) -> Export | None:
        """The export that has waited longest, and those that a process left when it died."""
        rows = self._all("SELECT * FROM film_exports WHERE state IN ('waiting', 'running') ORDER BY seq", ())
        for row in rows:
            if row["state"] == "waiting" or row["worker"] is None or not self.lives(row["worker"]):
                return _export(row)
        return None

    def update_export(self, export_id: str, **values: Any) -> bool:
        """Write where an export stands; False when it was cancelled meanwhile."""
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._write() as db:
            done = db.execute(
                f"UPDATE film_exports SET {columns} WHERE id = ? AND state <> 'cancelled'",
                (*values.values(), export_id),
            )
            return done.rowcount > 0

    # Looks

    def take_looks(self, take_id: str) -> Looks | None:
        """What was seen of a take, if it was looked at."""
        row = self._one("SELECT facts FROM take_looks WHERE take_id = ?", (take_id,))
        return None if row is None else Looks.from_dict(json.loads(row["facts"]))

    def keep_looks(self, take_id: str, looks: Looks) -> None:
        """Remember what was seen of a take."""
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO take_looks VALUES (?, ?)", (take_id, json.dumps(looks.to_dict())))

    def bring_take(self, film_id: str, shot: str, key: str, take: Take) -> None:
        """Record a take that came with a film, as if it had been made here; its files are in place."""
        shown = Shot(take.recipe.prompt, size=take.recipe.size, seconds=take.recipe.seconds, seed=take.recipe.seed)
        with self._write() as db:
            self.add_job_row(take.job_id, take.owner, shown, take.recipe)
            self.adopt_take(take)
            db.execute(
                "INSERT OR REPLACE INTO film_shots (job_id, owner, film, shot, key) VALUES (?,?,?,?,?)",
                (take.job_id, take.owner, film_id, shot, key),
            )

    def add_job_row(self, job_id: str, owner: str, shot: Shot, recipe: Recipe) -> None:
        """The record of a job that was done elsewhere."""
        self._db.execute(
            "INSERT INTO jobs (id, owner, state, stage, shot, recipe, seed, created) "
            "VALUES (?,?,'done','Done',?,?,?,?)",
            (job_id, owner, json.dumps(shot.to_dict()), recipe.to_json(), recipe.seed, time.time()),
        )

    def _film_row(self, film_id: str, owner: str) -> sqlite3.Row:
        row = self._one("SELECT * FROM films WHERE id = ? AND owner = ? AND deleted IS NULL", (film_id, owner))
        if row is None:
            raise NotFound(f"there is no film {film_id[:40]!r}")
        return row

    def _now(self, db: sqlite3.Connection, film_id: str, text: str, at: int, title: str) -> None:
        db.execute(
            "UPDATE films SET script = ?, at = ?, title = ?, version = version + 1, changed = ? WHERE id = ?",
            (text, at, title, time.time(), film_id),
        )

    def _forget_films(self, db: sqlite3.Connection, owner: str) -> None:
        super()._forget_films(db, owner)
        db.execute("DELETE FROM film_edits WHERE film IN (SELECT id FROM films WHERE owner = ?)", (owner,))
        for table in ("film_exports", "films"):
            db.execute(f"DELETE FROM {table} WHERE owner = ?", (owner,))

    def _given_to_films(self, owner: str, his: bool) -> set[str]:
        """The content hashes of what an owner's films were given, or everybody else's: now, and in any edit of them."""
        found: set[str] = set()
        edits = "SELECT film_edits.script FROM film_edits JOIN films ON films.id = film"
        for row in self._all(
            f"SELECT script FROM films WHERE (owner = ?) = ? UNION {edits} WHERE (owner = ?) = ?",
            (owner, his, owner, his),
        ):
            found |= {given.sha256 for given in from_dict(json.loads(row["script"])).files() if given.sha256}
        return found


def _text(film: Film) -> str:
    return json.dumps(film.to_dict(), ensure_ascii=False, sort_keys=True)


def _export(row: sqlite3.Row) -> Export:
    return Export(
        row["id"], row["film"], row["owner"], row["state"], row["stage"], row["done"], row["total"], row["error"],
        json.loads(row["asked"]), json.loads(row["facts"]), when(row["created"]),
    )  # fmt: skip
