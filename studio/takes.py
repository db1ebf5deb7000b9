"""Takes in the library: recorded when their files are in place, found, named, put in the bin and taken out again."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

from studio import inputs
from studio.errors import Conflict, NotFound
from studio.film import Take, Undone
from studio.lineup import Lineup
from studio.recipe import Recipe
from studio.store import when
from studio.tools import seams

MAX_WORDS = 12  # of a search
_LAST_UNDO = "SELECT * FROM undo WHERE owner = ? ORDER BY id DESC LIMIT 1"


class TakeStore(Lineup):
    """The takes of a home folder."""

    def add_take(self, take: Take, made: Path | None = None) -> None:
        """Record a take and its job as done, in one step; `made` is the folder of its files, which moves into place.

        Raises Conflict, and keeps nothing, when the job is gone, has ended or is another process's by now.
        """
        with self._write() as db:
            done = db.execute(
                "UPDATE jobs SET state = 'done', stage = 'Done', take_id = ?, eta = NULL, wish = '', worker = NULL, "
                "finished = ? WHERE id = ? AND finished IS NULL AND (worker IS NULL OR worker = ?)",
                (take.id, time.time(), take.job_id, self.me),
            )
            if not done.rowcount:
                raise Conflict("this shot ended elsewhere while it was being signed")
            self._insert_take(take)
            self._event(take.job_id, "done", take.id)
            if made is not None:
                target = self.take_folder(take.id)
                shutil.rmtree(target, ignore_errors=True)  # of an attempt that died between this and its record
                made.replace(target)

    def adopt_take(self, take: Take, *, binned: bool = False) -> None:
        """Record a take whose files are in place and whose job is forgotten, or was never finished."""
        with self._write() as db:
            db.execute("INSERT OR IGNORE INTO owners (id, created) VALUES (?, ?)", (take.owner, time.time()))
            self._insert_take(take)
            db.execute(
                "UPDATE jobs SET state = 'done', stage = 'Done', take_id = ?, worker = NULL, finished = ? WHERE id = ?",
                (take.id, time.time(), take.job_id),
            )
            if binned:
                db.execute("UPDATE takes SET deleted = ? WHERE id = ?", (time.time(), take.id))

    def _insert_take(self, take: Take) -> None:
        self._db.execute(
            "INSERT INTO takes (id, job_id, owner, recipe, report, sha256, width, height, frames, fps, seconds, "
            "created, kept, words, seams, group_id) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?, coalesce((SELECT group_id FROM jobs WHERE jobs.id = ?), ''))",
            (
                take.id, take.job_id, take.owner, take.recipe.to_json(), json.dumps(take.report), take.sha256,
                take.width, take.height, take.frames, take.fps, json.dumps(take.seconds), time.time(), take.kept,
                take.recipe.prompt.casefold(), json.dumps([seam.to_dict() for seam in take.seams]), take.job_id,
            ),
        )  # fmt: skip

    def take_folder(self, take_id: str) -> Path:
        """Where a take's files are while it is not in the bin."""
        return self._takes / take_id

    def bin_folder(self, take_id: str) -> Path:
        """Where a take's files are while it is in the bin."""
        return self._bin / take_id

    def take(self, take_id: str, owner: str, *, binned: bool = False) -> Take:
        """One take. Raises NotFound."""
        row = self._one(
            "SELECT * FROM takes WHERE id = ? AND owner = ? AND (deleted IS NOT NULL) = ?", (take_id, owner, binned)
        )
        if row is None:
            raise NotFound(f"there is no take {take_id[:40]!r}")
        return self._take(row)

    def takes(
        self,
        owner: str,
        *,
        limit: int | None = None,
        before: str | None = None,
        search: str = "",
        starred: bool = False,
        binned: bool = False,
    ) -> list[Take]:
        """The owner's takes, newest first: those in the library, or those in the bin.

        `before` goes on after that take; every word of `search` stands in its name, note or prompt.
        """
        if before is not None and self._one("SELECT 1 FROM takes WHERE id = ? AND owner = ?", (before, owner)) is None:
            raise NotFound(f"there is no take {before[:40]!r}")
        words = search.casefold().split()[:MAX_WORDS]
        rows = self._all(
            "SELECT * FROM takes WHERE owner = ? AND (deleted IS NOT NULL) = ? AND starred >= ? "
            "AND (? IS NULL OR seq < (SELECT seq FROM takes WHERE id = ?)) "
            + "AND instr(words, ?) > 0 " * len(words)
            + "ORDER BY seq DESC LIMIT ?",
            (owner, binned, starred, before, before, *words, -1 if limit is None else max(0, limit)),
        )
        return [self._take(row) for row in rows]

    def take_of(self, sha256: str, owner: str) -> Take | None:
        """The take whose clip has this content, if the owner has one that is not in the bin."""
        row = self._one(
            "SELECT * FROM takes WHERE sha256 = ? AND owner = ? AND deleted IS NULL ORDER BY seq DESC", (sha256, owner)
        )
        return None if row is None else self._take(row)

    def recipe_of(self, sha256: str) -> Recipe | None:
        """How the clip of this content was shot here, or the one of which this content is a still, whoever's it is.
        None for all that came from elsewhere, whatever is said of it there."""
        here = "SELECT recipe FROM takes JOIN events USING (job_id)"
        done = "events.kind = 'done' AND events.text = takes.id"
        row = self._one(f"{here} WHERE sha256 = ? AND {done}", (sha256,)) or self._one(
            f"{here} JOIN stills ON stills.take_id = takes.id WHERE stills.sha256 = ? AND {done}", (sha256,)
        )
        return None if row is None else Recipe.from_json(row["recipe"])

    def star(self, take_id: str, owner: str, starred: bool) -> Take:
        """Mark or unmark a favourite."""
        return self._change(take_id, owner, "star", "starred", starred)

    def name_take(self, take_id: str, owner: str, name: str) -> Take:
        """Give it a name; "" takes it away."""
        return self._change(take_id, owner, "name", "name", name)

    def note_take(self, take_id: str, owner: str, note: str) -> Take:
        """Write a note beside it; "" takes it away."""
        return self._change(take_id, owner, "note", "note", note)

    def delete_take(self, take_id: str, owner: str) -> None:
        """Move a take to the bin. Raises NotFound."""
        with self._write() as db:
            self.take(take_id, owner)
            db.execute("UPDATE takes SET deleted = ? WHERE id = ?", (time.time(), take_id))
            self._remember(owner, "delete", take=take_id)
            move(self._takes / take_id, self._bin / take_id)

    def restore_take(self, take_id: str, owner: str) -> Take:
        """Take it out of the bin. Raises NotFound."""
        with self._write() as db:
            self.take(take_id, owner, binned=True)
            db.execute("UPDATE takes SET deleted = NULL WHERE id = ?", (take_id,))
            move(self._bin / take_id, self._takes / take_id)
        return self.take(take_id, owner)

    def empty_bin(self, owner: str) -> int:
        """Remove what is in the owner's bin for good; how many takes."""
        with self._write() as db:
            gone = [take.id for take in self.takes(owner, binned=True)]
            db.executemany("DELETE FROM takes WHERE id = ?", [(take_id,) for take_id in gone])
            db.executemany("DELETE FROM stills WHERE take_id = ?", [(take_id,) for take_id in gone])
            db.executemany("DELETE FROM credentials WHERE take_id = ?", [(take_id,) for take_id in gone])
        for take_id in gone:  # after the record: files without one are found by `mend`, a record without files is a lie
            shutil.rmtree(self._bin / take_id, ignore_errors=True)
        return len(gone)

    # Taking back

    def undoable(self, owner: str) -> Undone | None:
        """What `undo` would take back next."""
        row = self._one(_LAST_UNDO, (owner,))
        return None if row is None else _undone(row)

    def undo(self, owner: str) -> Undone | None:
        """Take back the last thing that still can be; None when there is nothing."""
        with self._write() as db:
            while (row := self._one(_LAST_UNDO, (owner,))) is not None:
                db.execute("DELETE FROM undo WHERE id = ?", (row["id"],))
                if self._take_back(owner, row["kind"], json.loads(row["data"])):
                    return _undone(row)
        return None

    def _take_back(self, owner: str, kind: str, data: dict[str, Any]) -> bool:
        """Whether it could be: what was deleted for good in between cannot."""
        if kind in ("cancel", "clear"):
            return bool(self._uncancel(data["jobs"]))
        try:
            if kind == "delete":
                self.restore_take(data["take"], owner)
            elif kind == "clean":
                return bool([take for take in data["takes"] if self._restored(take, owner)])
            else:
                self.take(data["take"], owner)
                self._set(data["take"], {"star": "starred"}.get(kind, kind), data["was"])
        except NotFound:
            return False
        return True

    def _restored(self, take_id: str, owner: str) -> bool:
        try:
            self.restore_take(take_id, owner)
        except NotFound:
            return False
        return True

    # Stills of takes that became given pictures

    def still(self, take_id: str, frame: int) -> Path | None:
        """A frame of a take that was taken out before, where it is kept."""
        row = self._one("SELECT sha256 FROM stills WHERE take_id = ? AND frame = ?", (take_id, frame))
        return None if row is None else self.input(row["sha256"])

    def add_still(self, take_id: str, frame: int, path: Path) -> Path:
        """Keep a frame of a take among the given files; where it is now."""
        sha256, kept = self.keep_input(path)
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO stills VALUES (?,?,?)", (take_id, frame, sha256))
        return kept

    # Given files and measurements

    def keep_input(self, path: Path) -> tuple[str, Path]:
        """Keep a given file as it came: its sha256 and where it is now."""
        return inputs.keep(path, self.inputs)

    def input(self, sha256: str) -> Path | None:
        """A given file by its content."""
        return inputs.find(sha256, self.inputs)

    def every_input(self) -> set[str]:
        """The content hashes of all given files, whoever gave them."""
        return {path.stem for path in self.inputs.iterdir() if not path.name.startswith(".")}

    def _change(self, take_id: str, owner: str, kind: str, column: str, value: str | bool) -> Take:
        """Change what an owner may change of a take, and remember what it was."""
        with self._write() as db:
            was = getattr(self.take(take_id, owner), column)
            if was != value:
                self._remember(owner, kind, take=take_id, was=was)
                self._set(take_id, column, value)
            row = db.execute("SELECT * FROM takes WHERE id = ?", (take_id,)).fetchone()
            return self._take(row)

    def _set(self, take_id: str, column: str, value: str | bool) -> None:
        self._db.execute(f"UPDATE takes SET {column} = ? WHERE id = ?", (value, take_id))
        row = self._db.execute("SELECT * FROM takes WHERE id = ?", (take_id,)).fetchone()
        take = self._take(row)
        words = " ".join((take.name, take.note, take.recipe.prompt)).casefold()
        self._db.execute("UPDATE takes SET words = ? WHERE id = ?", (words, take_id))

    def _take(self, row: sqlite3.Row) -> Take:
        places = (self._takes, self._bin) if row["deleted"] is None else (self._bin, self._takes)
        # A process that died between the move and its record leaves the folder in the other place.
        folder = next((place / row["id"] for place in places if (place / row["id"]).is_dir()), places[0] / row["id"])
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
            name=row["name"],
            note=row["note"],
            group=row["group_id"],
            kept=bool(row["kept"]),
            seams=tuple(seams.from_dict(item) for item in json.loads(row["seams"])),
        )


_BACK = {
    "delete": "The take is out of the bin again",
    "clean": "The takes are out of the bin again",
    "star": "The star is as it was",
    "name": "The name is as it was",
    "note": "The note is as it was",
    "cancel": "The shot is in the queue again",
    "clear": "The queue is as it was",
}


def _undone(row: sqlite3.Row) -> Undone:
    data = json.loads(row["data"])
    jobs = list(data.get("jobs", ()))
    return Undone(row["kind"], _BACK[row["kind"]], data.get("take"), jobs[0] if len(jobs) == 1 else None)


def move(source: Path, target: Path) -> None:
    """Move a take's folder, where it is there."""
    if source.exists():
        source.replace(target)
