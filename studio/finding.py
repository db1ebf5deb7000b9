"""Finding takes among thousands: by words, model, film, star and date, a page at a time; and what nobody needs."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from studio.errors import NotFound
from studio.film import Take
from studio.takes import MAX_WORDS, TakeStore, move

_NAMED = re.compile(r"[0-9a-f]{64}|t[0-9a-f]{16}")  # a file by content, a take by id
_MODEL = "json_extract(recipe, '$.model')"


@dataclass(frozen=True)
class Find:
    """What is looked for: every word of `search` in name, note or prompt; a model and a film by id ("" for any);
    made from `since` on and before `until`, in seconds since 1970."""

    search: str = ""
    starred: bool = False
    model: str = ""
    film: str = ""
    since: float | None = None
    until: float | None = None
    binned: bool = False

    def where(self, owner: str) -> tuple[str, list[Any]]:
        """The condition, and its values."""
        parts, values = ["owner = ?", "(deleted IS NOT NULL) = ?"], [owner, self.binned]
        for condition, value in (
            ("starred", self.starred or None),
            (f"{_MODEL} = ?", self.model or None),
            ("job_id IN (SELECT job_id FROM film_shots WHERE film = ?)", self.film or None),
            ("created >= ?", self.since),
            ("created < ?", self.until),
        ):
            if value is not None:
                parts.append(condition)
                values += [value] * condition.count("?")
        for word in self.search.casefold().split()[:MAX_WORDS]:
            parts.append("instr(words, ?) > 0")
            values.append(word)
        return " AND ".join(parts), values


class Finding(TakeStore):
    """The takes of a home folder, as they are looked for and cleared away."""

    def find(self, owner: str, wanted: Find, *, limit: int, before: str | None = None) -> list[Take]:
        """The takes that are looked for, newest first; `before` goes on after that one. Raises NotFound."""
        condition, values = wanted.where(owner)
        if before is not None:
            row = self._one("SELECT seq FROM takes WHERE id = ? AND owner = ?", (before, owner))
            if row is None:
                raise NotFound(f"there is no take {before[:40]!r}")
            condition, values = f"{condition} AND seq < ?", [*values, row["seq"]]
        rows = self._all(f"SELECT * FROM takes WHERE {condition} ORDER BY seq DESC LIMIT ?", (*values, limit))
        return [self._take(row) for row in rows]

    def count(self, owner: str, wanted: Find) -> int:
        """How many there are."""
        condition, values = wanted.where(owner)
        row = self._one(f"SELECT count(*) AS n FROM takes WHERE {condition}", tuple(values))
        return 0 if row is None else int(row["n"])

    def models_used(self, owner: str) -> list[str]:
        """The models of the owner's takes, by name."""
        rows = self._all(f"SELECT DISTINCT {_MODEL} AS model FROM takes WHERE owner = ? ORDER BY model", (owner,))
        return [row["model"] for row in rows]

    def films_used(self, owner: str) -> list[tuple[str, str]]:
        """The films that the owner's takes were made for: id and title; one that is gone has its id alone."""
        rows = self._all(
            "SELECT DISTINCT film, coalesce(title, film) AS title FROM film_shots LEFT JOIN films ON films.id = film "
            "WHERE film_shots.owner = ? AND film <> '' ORDER BY title",
            (owner,),
        )
        return [(row["film"], row["title"] or row["film"]) for row in rows]

    def loose(self, owner: str, until: float) -> list[str]:
        """Takes made before `until` that nobody would miss: without a star, a name or a note, in no film, and neither
        they nor a frame of them were given to another take or to a shot that waits."""
        rows = self._all(
            "SELECT id, sha256 FROM takes WHERE owner = ? AND deleted IS NULL AND created < ? AND NOT starred "
            "AND name = '' AND note = '' AND job_id NOT IN (SELECT job_id FROM film_shots) "
            "AND job_id NOT IN (SELECT need FROM needs) ORDER BY seq DESC",
            (owner, until),
        )
        used = self._used(owner)
        stills = self._all("SELECT take_id, sha256 FROM stills", ())
        kept = {row["take_id"] for row in stills if row["sha256"] in used}
        scripts = "\n".join(row["script"] for row in self._all("SELECT script FROM films WHERE owner = ?", (owner,)))
        free = [row for row in rows if not {row["id"], row["sha256"]} & used and row["id"] not in kept]
        return [row["id"] for row in free if row["id"] not in scripts and row["sha256"] not in scripts]

    def _used(self, owner: str) -> set[str]:
        """Content hashes and ids of takes that the recipes of the owner's takes and jobs name: what they were given,
        what they were cut from."""
        found: set[str] = set()
        for table in ("takes", "jobs"):
            for row in self._all(f"SELECT recipe FROM {table} WHERE owner = ?", (owner,)):
                found.update(_NAMED.findall(row["recipe"]))
        return found

    def bin_takes(self, owner: str, ids: Sequence[str]) -> int:
        """Move several takes to the bin, as one thing that can be taken back; how many. Raises NotFound for any."""
        wanted = list(dict.fromkeys(ids))
        with self._write() as db:
            for take_id in wanted:
                self.take(take_id, owner)
            db.executemany("UPDATE takes SET deleted = ? WHERE id = ?", [(time.time(), take_id) for take_id in wanted])
            if wanted:
                self._remember(owner, "clean", takes=wanted)
            for take_id in wanted:
                move(self.take_folder(take_id), self.bin_folder(take_id))
        return len(wanted)

    def restore_takes(self, owner: str, ids: Collection[str]) -> int:
        """Take several out of the bin; how many. Raises NotFound for any."""
        with self._write():
            for take_id in ids:
                self.restore_take(take_id, owner)
        return len(ids)
